"""Puts the parts of report.pdf together."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.annexes import list_json_only, print_law
from triage.exports.packet_paper.assessment import print_location, print_priority
from triage.exports.packet_paper.cover import print_cover
from triage.exports.packet_paper.custody_steps import print_custody
from triage.exports.packet_paper.enclosed import print_media, print_not_done
from triage.exports.packet_paper.evidence_files import print_derived, print_files
from triage.exports.packet_paper.law_table import collect_law
from triage.exports.packet_paper.numbering import number_blocks
from triage.exports.packet_paper.receipt import print_sources
from triage.exports.packet_paper.relations import print_relations
from triage.exports.packet_paper.report_contents import print_report
from triage.exports.packet_paper.statement import print_statement
from triage.exports.pdf_documents import Block, ContentsBlock, HeadingBlock
from triage.model.packet import Packet


def make_blocks(packet: Packet) -> Iterator[Block]:
    """Yields the blocks of the whole paper, numbered.

    It begins with the sentence that a person was cleared, if so.
    """
    return number_blocks(_make_parts(packet))


def _make_parts(packet: Packet) -> Iterator[Block]:
    """Yields the twelve parts, those of each report one behind the other, and the annexes."""
    law = collect_law(packet.reports)
    several = len(packet.reports) > 1
    yield from print_cover(packet)
    yield ContentsBlock()
    for n, report in enumerate(packet.reports):
        yield HeadingBlock(f"Report {report.show.report_id}", new_page=n > 0)
        yield from print_sources(report, packet.edition)
        yield from print_report(report)
        yield from print_files(report)
        yield from print_derived(report, packet.about)
        yield from print_relations(report, law, packet.about.made)
        yield from print_location(report.show)
        yield from print_priority(report.show, packet.rules)
        yield from print_custody(report, packet.about)
    yield HeadingBlock("Statement, and what the packet holds" if several else "Statement and enclosures", new_page=True)
    yield from print_statement(packet)
    yield from print_not_done(packet)
    yield from print_media(packet)
    yield HeadingBlock("Annexes", new_page=False)
    yield from print_law(law)
    yield from list_json_only(packet)
