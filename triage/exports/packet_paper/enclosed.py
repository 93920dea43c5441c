"""Parts 11 and 12: what was not done, and which media are enclosed."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.packet_paper.wording import count
from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, Rows
from triage.model.packet import Packet


def print_not_done(packet: Packet) -> Iterator[Block]:
    """Yields what was not done: once what holds for all reports, then by report and exhibit."""
    yield HeadingBlock("11 What was not done", 2)
    yield ParagraphBlock("What was not done is unknown; it is not a no.")
    general = [{str(each.what) for each in report.not_done if not each.exhibits} for report in packet.reports]
    shared = set.intersection(*general) if general else set()
    first = packet.reports[0].not_done if packet.reports else ()
    for each in dict.fromkeys(str(each.what) for each in first):
        if each in shared:
            yield ParagraphBlock(each)
    rows = [
        (report.show.report_id, str(each.what), ", ".join(each.exhibits) or "the whole report")
        for report in packet.reports
        for each in report.not_done
        if each.exhibits or str(each.what) not in shared
    ]
    if rows:
        yield Rows(("Report", "What was not done", "Exhibits"), tuple(rows), (3, 9, 7), caption="Not done, by report")


def print_media(packet: Packet) -> Iterator[Block]:
    """Yields which media are enclosed and for whom, and what a redacted edition leaves out."""
    yield HeadingBlock("12 Media", 2)
    if packet.with_media:
        yield ParagraphBlock(
            "media.tar.age holds the originals under their exhibit numbers, encrypted for the "
            f"{count(len(packet.recipients), 'public key', 'public keys')} below. Nobody else can open it."
        )
        for key in packet.recipients:
            yield ParagraphBlock(key)
    else:
        yield ParagraphBlock("No media are enclosed. The originals stay on the workstation.")
    if packet.edition != "full":
        yield ParagraphBlock("This is the redacted edition. The following was removed from all its parts.")
        if packet.texts_read_by:
            yield ParagraphBlock(f"{packet.texts_read_by} stated that they read the texts of this edition.")
        rows = tuple((str(each.what), str(each.why)) for each in packet.removed)
        yield Rows(("Removed", "Why"), rows, (8, 8), caption="What was removed, and why")
