"""Parts 6 to 12 and the annexes as a whole, as test_paper_received.py has parts 1 to 5."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exports.outlines import outline, read_whole
from tests.exports.packet_paper.test_paper import law
from tests.exports.packet_paper.test_paper_received import NOON, NOON_LINES, NOON_SAID, with_number
from tests.exports.packet_paper.test_paper_values import with_show
from tests.exports.reading_back import ABOUT
from triage.exports.description_sheets import make_sheets
from triage.exports.packet_paper import make_blocks
from triage.exports.packet_paper.annexes import HASHES_ONLY, JSON_ONLY, list_json_only, print_law
from triage.exports.packet_paper.assessment import print_location, print_priority
from triage.exports.packet_paper.custody_steps import print_custody
from triage.exports.packet_paper.enclosed import print_media, print_not_done
from triage.exports.packet_paper.law_table import PaperLaw, collect_law
from triage.exports.packet_paper.relations import print_relations
from triage.message import Message
from triage.model.casework import Appeal, CaseNumber, CaseStage, CaseView
from triage.model.exports import CustodyStep
from triage.model.judgement import CardCorrection, Clock, Factor, Link
from triage.model.packet import (
    INTERNAL,
    NotDone,
    Packet,
    PacketNotice,
    Removed,
    RuleFile,
)
from triage.model.views import ShowDecision

# -- part 6 ------------------------------------------------------------------------------------------------------------

CASE = CaseView(
    number="C-1", opened=NOON, by="amina", officer=None, stage="enquiry", clocks=(),
    stages=(CaseStage(stage="enquiry", since=NOON, due=None, basis="b", by="sana", note=None), CaseStage(stage="FIR", since=NOON, due="2026-12-01", basis="b", by="sana", note=None)),
    numbers=(CaseNumber(kind="FIR", value="12/2026", by="bilal"),), reports=("900000001", "900000002"),
    appeals=(Appeal(id=1, report=None, received=NOON, from_whom=None, text="not me", recorded=NOON, by="a", answer=None, answered=None, answered_by=None),
             Appeal(id=2, report=None, received=NOON, from_whom="a lawyer", text="nor me", recorded=NOON, by="a", answer="seen", answered=NOON, answered_by="bilal")),
)  # fmt: skip
LINKS = (
    Link(report_id="900000005", via="ip", value="192.0.2.1", strength=80, same_user=True),
    Link(report_id="900000006", via="drawn_kind", value="v", strength=7, same_user=False),
)
DECISION = ShowDecision(
    id=1, when=NOON, user="sana", status="case_opened", reason=None, note="secret", assignee=None, undone=True
)
CLOCKS = (
    Clock(name="provider data", due=NOON, basis=Message("a year after {start}", start="receipt"), estimated=True),
    Clock(name="answer", due=NOON, basis=Message("a rule"), duty=True),
    Clock(name="operator data", due="2026-11-20T07:00:00Z", basis=Message("a rule")),
    Clock(name="reply", due="2026-11-20T07:00:00Z", basis=Message("another rule"), duty=True),
)


def test_other_reports_case_decisions_and_deadlines(values: Packet) -> None:
    report = with_show(
        values, prior_reports=("7", "8"), links=LINKS, status="case_opened", assignee="sana", clocks=CLOCKS,
        decisions=(DECISION, replace(DECISION, status="new", reason="asked", assignee="bilal", undone=False)),
    )  # fmt: skip
    notice = PacketNotice(issued="1 Nov", to_whom="Operator", number=None, court_informed=None, by="amina")
    notices = (notice, replace(notice, to_whom="Provider", number="N-2", court_informed="2 Nov"), replace(notice, number="N-3"))
    report = replace(report, case=CASE, notices=notices, lane_confirmed=(NOON, "bilal"))
    table = PaperLaw()
    assert read_whole(print_relations(report, table, "2026-11-20T07:00:00Z")) == [
        "## 6 Other reports, case, decisions and deadlines",
        "The source names these earlier reports: 7, 8.",
        "The following values stand in other reports of this store too. A shared value is a lead; two people may share one.",
        ("Links", ("900000005", "IP address", "192.0.2.1", "80 of 100", "yes"), ("900000006", "drawn kind", "v", "7 of 100", "no")),
        ("The case", ("Case", f"C-1, opened {NOON_SAID} by amina"), ("Officer", "nobody"), ("Reports of the case", "900000001, 900000002"),
         ("Number: FIR", "12/2026 (entered by bilal)"), ("Stage: enquiry", f"since {NOON_SAID}, by sana; due not set"),
         ("Stage: FIR", f"since {NOON_SAID}, by sana; due 2026-12-01"), ("Appeal 1", "the reported user: not me\nnot answered yet"),
         ("Appeal 2", "a lawyer: nor me\nanswered by bilal: seen")),
        f"The reported user may be a child, and may be the victim. A lead read the report and allowed its release: bilal, {NOON_SAID}.",
        "Status: case opened; assigned to sana.",
        ("Decisions", (NOON_LINES, "sana", "case opened, taken back later", "not stated", ""), (NOON_LINES, "sana", "new", "asked", "bilal")),
        ("Notices to Operator and Provider", ("not stated", "Operator", "1 Nov", "not recorded", "amina"), ("N-2", "Provider", "1 Nov", "2 Nov", "amina"),
         ("N-3", "Operator", "1 Nov", "not recorded", "amina")),
        ("Deadlines", ("provider data (estimated)", f"{NOON_LINES}\nran out; data may still exist, ask anyway", "receipt", "D1"),
         ("answer", f"{NOON_LINES}\noverdue", "", "D2"),
         ("operator data", "2026-11-20 07:00:00 UTC\n2026-11-20 12:00:00 PKT", "", "D2"), ("reply", "2026-11-20 07:00:00 UTC\n2026-11-20 12:00:00 PKT", "", "D3")),
    ]  # fmt: skip
    assert table.bases == {"A year after its start": "D1", "A rule": "D2", "Another rule": "D3"}
    alone = replace(
        with_show(values, prior_reports=(), links=(), clocks=(), decisions=(), status="new", assignee=None),
        case=None,
        notices=(),
        lane_confirmed=None,
    )
    assert read_whole(print_relations(alone, PaperLaw(), NOON))[1:] == [
        "No link to another report in this store was found.", "The report belongs to no case.", "Status: new; assigned to nobody.",
        "No written notice to keep data is recorded.", "No deadline is known.",
    ]  # fmt: skip


# -- parts 7 to 9 ------------------------------------------------------------------------------------------------------


def test_a_place_without_evidence_and_what_evidence_is(values: Packet) -> None:
    show = values.reports[0].show
    head, _, said = read_whole(print_location(replace(show, location=replace(show.location, evidence=()))))
    assert (head, said) == ("## 7 Location", "No evidence of location was found.")
    assert read_whole(print_location(show))[2] == (
        "A weight above 0 speaks for Pakistan, one below 0 against it. Location was computed from offline tables, and proves nothing by itself."
    )


def test_the_score_card(values: Packet) -> None:
    show = values.reports[0].show
    factors = tuple(
        Factor(rule=f"rule.{n}", points=points, field=field, value=value if isinstance(value, Message) else Message(value), why=Message(f"why {n}"), axis=axis)  # type: ignore[arg-type]
        for n, (points, field, value, axis) in enumerate(((70.0, "files", "v", "risk"), (45.0, "files", "w", "risk"), (0.0, "esp", "x", "floor"), (0.0, "esp", "y", "note"),
                                                          (12.5, "annotations", Message("{marks}", marks=("viral", "physicalHarm")), "actionability")))
    )  # fmt: skip
    correction = CardCorrection(
        id=1,
        rule=None,
        verdict=None,
        band=None,
        value="",
        by="sana",
        made=NOON,
        reason="r",
        confirmed_by=None,
        state="counts",
        says=Message("By sana."),
    )
    score = replace(
        show.score, band="B", risk=100.0, actionability=12.5, rules="2026.11", factors=factors, corrections=(correction,)
    )
    rules = (RuleFile(name="a", sha256="", data=b""),) * 2
    band = "Band B, risk to a child 100.0 of 100, actionability 12.5 of 100. Rules: 2026.11."
    said = "A score sets the order of work; it is no finding against a person."
    whole = read_whole(print_priority(replace(show, score=score), rules))
    assert whole == [
        "## 8 Priority",
        f"{band} The rule files lie in data/rules of this packet (2 files), so that an expert can compute it again. {said}",
        "Correction by a person (counts): By sana.",
        ("Points of risk", ("+70.0", "why 0", "files: v", "rule.0"), ("+45.0", "why 1", "files: w", "rule.1"), ("none", "why 2", "provider: x", "rule.2"),
         ("none", "why 3", "provider: y", "rule.3"), ("-15.0", "The scale ends at 0 and at 100.", "", ""), ("100.0", "Sum: risk", "", "")),
        ("Points of actionability", ("+12.5", "why 4", "annotations: a viral file, physical harm", "rule.4"), ("12.5", "Sum: actionability", "", "")),
    ]  # fmt: skip
    bare = replace(score, factors=factors[-1:], corrections=())
    assert read_whole(print_priority(replace(show, score=bare), ()))[1:] == [f"{band} {said}", whole[-1]]
    for change, why in (((Message("x"),), "the report was not scored"), ((), "the reported user was cleared")):
        none = replace(score, rules="", would_change_if=change)
        assert read_whole(print_priority(replace(show, score=none), rules)) == [
            "## 8 Priority",
            f"There is no score card: {why}.",
        ]


def test_the_chain_of_custody(values: Packet) -> None:
    step = CustodyStep(when=NOON, who="sana", what="grade", subject="", says=Message("Graded."), entry=41, leaf="ab")
    report = replace(values.reports[0], custody=(step, replace(step, says=Message("Handed over."), entry=None)))
    head, first, steps, last = read_whole(print_custody(report, ABOUT))
    assert (
        head == "## 9 Chain of custody"
        and str(first).startswith("Part 2 describes the receipt")
        and f"sealed with the key {'ab' * 32}." in str(last)
    )
    assert steps == ("Steps since receipt", (NOON_LINES, "Graded.", "41"), (NOON_LINES, "Handed over.", "after this paper"))


# -- parts 11 and 12, and the annexes ----------------------------------------------------------------------------------


def test_what_was_not_done_stands_once_for_all_and_else_by_report(values: Packet) -> None:
    all_of_it, one, file = (
        NotDone(what=Message("No file was opened.")),
        NotDone(what=Message("Not asked.")),
        NotDone(what=Message("No file was opened."), exhibits=("F1", "F2")),
    )
    first, second = with_number(values, "900000001", "900000002")
    packet = replace(
        values, reports=(replace(first, not_done=(all_of_it, all_of_it, file)), replace(second, not_done=(one, all_of_it)))
    )
    head = ["## 11 What was not done", "What was not done is unknown; it is not a no."]
    assert read_whole(print_not_done(packet)) == [
        *head, "No file was opened.",
        ("Not done, by report", ("900000001", "No file was opened.", "F1, F2"), ("900000002", "Not asked.", "the whole report")),
    ]  # fmt: skip
    assert read_whole(print_not_done(replace(packet, reports=(replace(first, not_done=(one,)),)))) == [*head, "Not asked."]
    assert read_whole(print_not_done(replace(packet, reports=()))) == head


@pytest.mark.parametrize("keys", [0, 1, 2])
@pytest.mark.parametrize("edition", ["full", "redacted"])
def test_which_media_are_enclosed_and_what_was_removed(values: Packet, keys: int, edition: str) -> None:
    named = tuple(f"age1drawn{n}" for n in range(keys))
    removed = (Removed(what=Message("names"), why=Message("of children")),)
    packet = replace(values, with_media=keys > 0, recipients=named, edition=edition, removed=removed)  # type: ignore[arg-type]
    enclosed = [
        f"media.tar.age holds the originals under their exhibit numbers, encrypted for the {keys} public key{'s' * (keys > 1)} below. Nobody else can open it.", *named,
    ]  # fmt: skip
    without = [
        "This is the redacted edition. The following was removed from all its parts.",
        ("What was removed, and why", ("names", "of children")),
    ]
    assert read_whole(print_media(packet)) == [
        "## 12 Media", *(enclosed if keys else ["No media are enclosed. The originals stay on the workstation."]), *(without if edition == "redacted" else ()),
    ]  # fmt: skip


def test_the_annex_of_the_law(values: Packet) -> None:
    first, second = with_number(values, "900000001", "900000002")
    until = replace(law("22A", "A child is named."), holds_until="2026-12-31", investigators=())
    laws = (
        law("22", "A file came."),
        law("22", "A file came."),
        law("22", "Another file."),
        until,
        law("9", "x", offered=False),
        law("8", "x", only_marked=True),
    )
    reports = (replace(first, show=replace(first.show, law=laws)), replace(second, show=replace(second.show, law=laws[:1])))
    table = collect_law(reports)
    table.refer(Message("a rule"))
    head, said, sections, who, left_out, bases = read_whole(print_law(table))
    assert head == "## Annex A: law" and str(said).startswith("The sections below may apply. An officer decides.")
    assert sections == (
        "Sections that may apply",
        ("An Act 22", "Title of 22\nSource: Source of 22", "from 2016-08-18\nprobable", "900000001, 900000002: A file came.\n900000001: Another file."),
        ("An Act 22A", "Title of 22A\nSource: Source of 22A", "from 2016-08-18 until 2026-12-31\nprobable", "900000001: A child is named."),
    )  # fmt: skip
    assert who == ("Who may investigate", ("The agency (probable)", "An Act 22"), ("not checked", "An Act 22A"))
    assert left_out == "2 suggestions are left out for these reasons." and bases == (
        "What the deadlines rest on",
        ("D1", "A rule"),
    )
    assert read_whole(print_law(PaperLaw())) == [head, "No section of law is suggested by a fact that a report states."]


@pytest.mark.parametrize(("edition", "held"), [("full", (HASHES_ONLY, *JSON_ONLY)), ("redacted", JSON_ONLY)])
def test_the_annex_of_what_is_not_printed(values: Packet, edition: str, held: tuple[str, ...]) -> None:
    assert read_whole(list_json_only(replace(values, edition=edition))) == [  # type: ignore[arg-type]
        "## Annex B: what this paper does not print", f"report.json also holds: {'; '.join(held)}.",
        "custody.jsonl holds each step of custody with its leaf hash; case.jsonld holds the exhibits as a graph.", " ".join(INTERNAL),
    ]  # fmt: skip


# -- the whole ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("several", [1, 2])
def test_each_report_and_each_end_begins_a_page(values: Packet, several: int) -> None:
    lines = outline(make_blocks(replace(values, reports=with_number(values, "900000001", "900000002")[:several]))).splitlines()
    statement = "Statement, and what the packet holds" if several > 1 else "Statement and enclosures"
    reports = ["# Report 900000001", "# Report 900000002 (new page)"][:several]
    assert [line for line in lines if line.startswith("# ")][1:] == [*reports, f"# {statement} (new page)", "# Annexes"]
    assert lines.index("contents") == lines.index("# Report 900000001") - 1
    parts = [line.split()[1] for line in lines if line.startswith("## ")]
    assert parts == ["1", *"23456789" * several, "10", "11", "12", "Annex", "Annex"]


def test_a_sheet_of_a_file_has_each_block_in_its_place(values: Packet) -> None:
    one = replace(values, reports=values.reports[:1])
    assert outline(make_sheets(one)).splitlines() == [
        "# Description of a file · فائل کی تفصیل (new page)", "table of 9: , English, اردو", "table of 3: Digest, Value",
        "small: This sheet describes a file without showing", "small: یہ صفحہ فائل دکھائے بغیر اسے بیان",
    ]  # fmt: skip
