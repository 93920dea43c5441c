"""Numbers the paragraphs and tables of a paper, so that a court can cite them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from triage.exports.pdf_documents import Block, Pairs, ParagraphBlock, Rows


def number_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yields the blocks with numbers: paragraphs from 1 on, tables with a caption from "Table 1" on.

    A small paragraph and one in a frame have none.
    """
    paragraph = table = 0
    for block in blocks:
        if isinstance(block, ParagraphBlock) and not block.small and not block.strong:
            paragraph += 1
            yield msgspec.structs.replace(block, number=f"{paragraph}.")
        elif isinstance(block, (Pairs, Rows)) and block.caption:
            table += 1
            yield msgspec.structs.replace(block, caption=f"Table {table}. {block.caption}")
        else:
            yield block
