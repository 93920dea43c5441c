"""What stands at the beginning of a packet's PDF: that somebody was cleared, which edition it is, and what was removed."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.pdf_documents import Block, HeadingBlock, ParagraphBlock, Rows
from triage.model.packet import Packet


def list_edition_blocks(packet: Packet) -> Iterator[Block]:
    """Yields the blocks. A full edition about nobody who was cleared has none."""
    if packet.cleared is not None:
        yield ParagraphBlock(packet.cleared.sentence)
    if packet.edition == "redacted":
        yield HeadingBlock("Redacted edition: what was removed, and why", 2)
        yield Rows(("What", "Why"), tuple((str(each.what), str(each.why)) for each in packet.removed), (1, 1))
