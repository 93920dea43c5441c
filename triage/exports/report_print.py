"""The print of one report: what the report says, its files, links, location and score, without annexes."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.annexes import print_law
from triage.exports.packet_paper.assessment import print_location, print_priority
from triage.exports.packet_paper.evidence_files import print_files
from triage.exports.packet_paper.law_table import collect_law
from triage.exports.packet_paper.relations import print_relations
from triage.exports.packet_paper.report_contents import print_report
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, typeset
from triage.exports.time_labels import format_own_time
from triage.model.exports import About
from triage.model.packet import PacketReport


def format_report(report: PacketReport, about: About, cleared: str | None) -> bytes:
    """Returns the bytes of the PDF. `cleared` is the sentence that its reported user was cleared, which stands first."""
    title = f"Report {report.show.report_id}"
    footer = f"Signing key {about.fingerprint}"
    return typeset(tuple(_make_blocks(report, about, cleared, title)), title=title, footer=footer)


def _make_blocks(report: PacketReport, about: About, cleared: str | None, title: str) -> Iterator[Block]:
    yield HeadingBlock(title)
    if cleared is not None:
        yield ParagraphBlock(cleared)
    yield Pairs(
        (
            ("Printed", format_own_time(about.made)),
            ("Version", str(report.show.versions[-1].n if report.show.versions else 1)),
            ("Notes of officers", "not printed"),
            ("Media", "not printed"),
        )
    )
    law = collect_law((report,))
    yield from print_report(report)
    yield from print_files(report)
    yield from print_relations(report, law, about.made)
    yield from print_location(report.show)
    yield from print_priority(report.show, ())
    yield from print_law(law)
