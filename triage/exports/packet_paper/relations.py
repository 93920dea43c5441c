"""Part 6: other reports, the case, decisions, notices and deadlines."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.law_table import PaperLaw
from triage.exports.packet_paper.wording import NOT_STATED, format_value, join_and
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import format_own_time
from triage.model.casework import CaseView
from triage.model.damage import DAMAGE
from triage.model.deadlines import is_overdue, is_running
from triage.model.judgement import Clock
from triage.model.moment import parse_utc
from triage.model.packet import PacketReport
from triage.model.role_words import IDENTIFIER_KINDS
from triage.model.views import ShowReport


def print_relations(report: PacketReport, law: PaperLaw, made: str) -> Iterator[Block]:
    """Yields links to other reports, the case with its numbers, decisions with reasons, notices and deadlines."""
    show = report.show
    yield HeadingBlock("6 Other reports, case, decisions and deadlines", 2)
    yield from _print_links(show)
    yield from _print_case(report.case)
    yield from _print_decisions(report)
    yield from _print_notices(report)
    if not show.clocks:
        yield ParagraphBlock(str(DAMAGE["clocks"]) if "clocks" in show.damaged else "No deadline is known.")
        return
    rows = []
    for clock in show.clocks:
        start, rule = law.refer(clock.basis)
        estimated = " (estimated)" if clock.estimated else ""
        rows.append((clock.name + estimated, format_own_time(clock.due, lines=True) + _describe_state(clock, made), start, rule))
    yield Rows(("Deadline", "Runs out", "Counted from", "Rule, annex A"), tuple(rows), (4, 4, 8, 2), caption="Deadlines")


def _describe_state(clock: Clock, made: str) -> str:
    """Returns what to add to a deadline that passed before the packet was made."""
    if not is_running(clock, parse_utc(made)):
        return "\nran out; data may still exist, ask anyway"
    return "\noverdue" if is_overdue(clock, parse_utc(made)) else ""


def _print_links(show: ShowReport) -> Iterator[Block]:
    if show.prior_reports:
        yield ParagraphBlock(f"The source names these earlier reports: {', '.join(show.prior_reports)}.")
    if not show.links:
        damaged = "links" in show.damaged
        yield ParagraphBlock(str(DAMAGE["links"]) if damaged else "No link to another report in this store was found.")
        return
    yield ParagraphBlock(
        "The following values stand in other reports of this store too. A shared value is a lead; two people may share one."
    )
    rows = tuple(
        (
            link.report_id,
            IDENTIFIER_KINDS.get(link.via, link.via.replace("_", " ")),
            link.value,
            f"{link.strength} of 100",
            format_value(link.same_user),
        )
        for link in show.links
    )
    yield Rows(("Report", "Shared", "Value", "Strength", "Of the reported user in both"), rows, (3, 3, 7, 2, 3), caption="Links")


def _print_case(case: CaseView | None) -> Iterator[Block]:
    if case is None:
        yield ParagraphBlock("The report belongs to no case.")
        return
    rows = [
        ("Case", f"{case.number}, opened {format_own_time(case.opened)} by {case.by}"),
        ("Officer", case.officer or "nobody"),
        ("Reports of the case", ", ".join(case.reports)),
        *((f"Number: {number.kind}", f"{number.value} (entered by {number.by})") for number in case.numbers),
        *(
            (f"Stage: {stage.stage}", f"since {format_own_time(stage.since)}, by {stage.by}; due {stage.due or 'not set'}")
            for stage in case.stages
        ),
    ]
    for appeal in case.appeals:
        answer = f"answered by {appeal.answered_by}: {appeal.answer}" if appeal.answer else "not answered yet"
        rows.append((f"Appeal {appeal.id}", f"{appeal.from_whom or 'the reported user'}: {appeal.text}\n{answer}"))
    yield Pairs(tuple(rows), caption="The case")


def _print_decisions(report: PacketReport) -> Iterator[Block]:
    show = report.show
    if report.lane_confirmed is not None:
        when, who = report.lane_confirmed
        yield ParagraphBlock(
            "The reported user may be a child, and may be the victim. A lead read the report and allowed its release: "
            f"{who}, {format_own_time(when)}."
        )
    yield ParagraphBlock(f"Status: {show.status.replace('_', ' ')}; assigned to {show.assignee or 'nobody'}.")
    if not show.decisions:
        return
    rows = tuple(
        (
            format_own_time(each.when, lines=True),
            each.user,
            each.status.replace("_", " ") + (", taken back later" if each.undone else ""),
            each.reason or NOT_STATED,
            each.assignee or "",
        )
        for each in show.decisions
    )
    yield Rows(("When", "By", "Decision", "Reason", "Assigned to"), rows, (5, 3, 4, 6, 3), caption="Decisions")


def _print_notices(report: PacketReport) -> Iterator[Block]:
    if not report.notices:
        yield ParagraphBlock("No written notice to keep data is recorded.")
        return
    rows = tuple(
        (each.number or NOT_STATED, each.to_whom, each.issued, each.court_informed or "not recorded", each.by)
        for each in report.notices
    )
    head = ("Number", "To whom", "Issued (as entered)", "Court told (as entered)", "Entered by")
    yield Rows(
        head, rows, (3, 5, 4, 4, 3), caption=f"Notices to {join_and(dict.fromkeys(each.to_whom for each in report.notices))}"
    )
