"""Says of each damaged part of a report where it is shown, counted or used, and what has to be said there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from triage.errors import Refused
from triage.exports.packet_paper.annexes import print_law
from triage.exports.packet_paper.assessment import print_location
from triage.exports.packet_paper.law_table import PaperLaw, collect_law
from triage.exports.packet_paper.relations import print_relations
from triage.exports.packet_paper.report_contents import print_report
from triage.jobs.case_page.contents import read_contents
from triage.jobs.casework.corrections import DAMAGED, correct_band, list_corrections
from triage.jobs.casework.referral import list_bodies, preview_referral
from triage.jobs.exchange.deconflict_preview import plan_deconfliction
from triage.jobs.judging import rule_counts
from triage.jobs.judging.rule_outcomes import measure_rules
from triage.jobs.judging.rules import SCORE_DAMAGED, _explain_moves
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.keeping.check import check_next_part, check_store
from triage.jobs.leaving.export_timeline import _make_content
from triage.jobs.leaving.packet_contents import load_packet_report
from triage.jobs.load import load_report
from triage.jobs.lookup import find_report
from triage.jobs.reading.clusters import _build_cluster_view, show_links
from triage.jobs.reading.gallery import load_cells
from triage.jobs.reading.media import load_preview
from triage.jobs.reading.neighbourhood import show_neighbourhood
from triage.jobs.reading.order import explain_queue_order
from triage.jobs.reading.queue_sheet import load_sheet
from triage.jobs.reading.report_page import load_report_page
from triage.jobs.reading.show_files import DAMAGED_FACTS
from triage.jobs.reading.show_tracks import show_tracks
from triage.jobs.session import Session
from triage.model.damage import DAMAGE, StoredPart
from triage.model.gallery import GalleryCell
from triage.model.judgement import Link
from triage.model.packet import PacketReport
from triage.model.progress import ignore_progress
from triage.model.views import QueueFilter

BROKEN, SOUND, PICTURES = "900000021", "900000022", "900000001"


def read_case(session: Session) -> tuple[str, ...]:
    with session.reading() as db:
        report_id = find_report(db, BROKEN)
        (track,) = read_contents(db, [report_id], "2026-03-11T00:00:00Z").tracks
    return track.damaged


def read_tracks(session: Session) -> tuple[str, ...]:
    """Returns what the timeline of the sound report says of the broken one, which is linked with it."""
    with session.reading() as db:
        link = Link(report_id=BROKEN, via="email", value="kite@example.invalid", strength=60, same_user=True)
        tracks, _ = show_tracks(db, SOUND, load_report(db, find_report(db, SOUND)).report, (), (), (link,))
    return tracks[1].damaged


def read_cluster(session: Session) -> tuple[str, ...]:
    with session.reading() as db:
        return _build_cluster_view(db, [find_report(db, number) for number in (BROKEN, SOUND)]).damaged


def read_cells(session: Session) -> list[GalleryCell]:
    with session.reading() as db:
        files = db.all("SELECT media_item_id, report_id FROM file WHERE report_id IS NOT NULL")
    return list(load_cells(session, files).values())


def export_csv(session: Session) -> str:
    _, data, _ = _make_content(session, [BROKEN], Path("out.csv"), None, None, ignore_progress, None)
    return data.decode()


def refuses(act: Callable[[], object], words: str) -> bool:
    try:
        act()
    except Refused as error:
        return words in str(error)
    return False


def load_packet(session: Session, number: str) -> PacketReport:
    with session.reading() as db:
        return load_packet_report(session, db, find_report(db, number))


def print_packet(session: Session, number: str = BROKEN) -> str:
    report = load_packet(session, number)
    parts = (
        print_report(report),
        print_relations(report, PaperLaw(), "2026-11-01T00:00:00Z"),
        print_location(report.show),
    )
    return "\n".join(str(block) for part in parts for block in part) + str(report.not_done)


def print_annex(session: Session) -> str:
    report = load_packet(session, BROKEN)
    return "\n".join(map(str, print_law(collect_law([replace(report, show=replace(report.show, law=()))]))))


def explain_move(session: Session) -> tuple[str, ...]:
    """Returns why a move of the broken report would be one, under the rules in use."""
    with session.reading() as db:
        report_id, active = find_report(db, BROKEN), load_active_rules(db)
    return _explain_moves(session, [report_id], None, active, active)[report_id]


NOTHING_SAID = {
    "links": "No link to another report",
    "deadlines": "No deadline is known",
    "location": "No evidence of location",
    "document": "not stated",
}
"""Damaged part -> what a paper must not say of it."""


def says_only(session: Session, what: str, part: StoredPart) -> bool:
    """Whether the packet says of a part that it can't be read, and not that there is none."""
    text = print_packet(session)
    return str(DAMAGE[part]) in text and NOTHING_SAID[what] not in text


Says = Callable[[Session], object]
SAYS: dict[str, dict[str, Says]] = {
    "links": {
        "links": lambda s: show_links(s, BROKEN).damaged,
        "page": lambda s: "links" in load_report_page(s, BROKEN).report.damaged,
        "packet": lambda s: says_only(s, "links", "links"),
        "sheet": lambda s: None in [row.same_user_reports for row in load_sheet(s, QueueFilter(), -1, 0)[0]],
        "check": lambda s: BROKEN in str(check_store(s).problems),
    },
    "deadlines": {
        "page": lambda s: "clocks" in load_report_page(s, BROKEN).report.damaged,
        "own track": lambda s: load_report_page(s, BROKEN).tracks[0].damaged == ("clocks",),
        "track of a linked report": lambda s: read_tracks(s) == ("clocks",),
        "case": lambda s: read_case(s) == ("clocks",),
        "packet": lambda s: says_only(s, "deadlines", "clocks"),
        "check": lambda s: BROKEN in str(check_store(s).problems),
    },
    "score": {
        "page": lambda s: "score" in load_report_page(s, BROKEN).report.damaged,
        "rule counts": lambda s: {each.unread for each in rule_counts.count_rules(s)} == {1},
        "rule outcomes": lambda s: measure_rules(s).unread == 1,
        "order of the queue": lambda s: refuses(lambda: explain_queue_order(s, BROKEN, SOUND), "is damaged"),
        "a correction": lambda s: refuses(lambda: correct_band(s, BROKEN, "A", "graver"), "can't be read"),
        "rules on trial": lambda s: explain_move(s) == (SCORE_DAMAGED,),
        "corrections": lambda s: list_corrections(s, BROKEN)[0].state == DAMAGED,
        "packet": lambda s: str(DAMAGE["score"]) in print_packet(s),
        "check": lambda s: BROKEN in str(check_store(s).problems),
    },
    "location": {
        "page": lambda s: "location" in load_report_page(s, BROKEN).report.damaged,
        "packet": lambda s: says_only(s, "location", "location"),
        "check": lambda s: BROKEN in str(check_store(s).problems),
    },
    "document": {
        "page": lambda s: "documents" in load_report_page(s, BROKEN).report.damaged,
        "own track": lambda s: load_report_page(s, BROKEN).tracks[0].damaged == ("documents",),
        "track of a linked report": lambda s: read_tracks(s) == ("documents",),
        "case": lambda s: read_case(s) == ("documents",),
        "packet": lambda s: says_only(s, "document", "documents"),
        "check": lambda s: BROKEN in str(check_store(s).problems),
        "annex of law": lambda s: f"documents of {BROKEN} can't be read" in print_annex(s) and "No section" not in print_annex(s),
        "cluster": lambda s: read_cluster(s) == (BROKEN,),
        "graph": lambda s: "reports that were not read" in str(show_neighbourhood(s, report=BROKEN).left_out),
        "deconfliction": lambda s: plan_deconfliction(s).unread == 1,
        "timeline": lambda s: str(DAMAGE["documents"]) in export_csv(s),
        "referral": lambda s: refuses(lambda: preview_referral(s, BROKEN, list_bodies()[0].id), "can't be read"),
        "a correction": lambda s: refuses(lambda: correct_band(s, BROKEN, "A", "graver"), "can't be read"),
        "check in parts": lambda s: BROKEN in str(check_next_part(s, 1 << 30).problems),
    },
    "facts": {
        "page": lambda s: DAMAGED_FACTS.key in [file.problem for file in load_report_page(s, PICTURES).report.files],
        "packet": lambda s: DAMAGED_FACTS.key in print_packet(s, PICTURES),
        "preview": lambda s: None in [load_preview(s, file.sha256) for file in load_packet(s, PICTURES).files if file.sha256],
        "gallery": lambda s: "unreadable" in {cell.problem for cell in read_cells(s)},
    },
    "reading": {"page": lambda s: not load_report_page(s, BROKEN).whole},
}
"""Damaged part -> where it is shown or counted, and whether it says there that it can't be read, instead of "none", "no" or 0."""
