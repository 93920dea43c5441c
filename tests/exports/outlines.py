"""A paper as one line a block, to be compared with what it has to be."""

from __future__ import annotations

from collections.abc import Iterable

from triage.exports.pdf_documents import (
    Block,
    ChartsBlock,
    ContentsBlock,
    FormBlock,
    GridBlock,
    HeadingBlock,
    ImageBlock,
    Pairs,
    ParagraphBlock,
    Rows,
)

SHOWN = 7
"""Words of a paragraph that stand in an outline."""


def outline(blocks: Iterable[Block]) -> str:
    """Returns a line for each block: what it is, and how it begins. The widths of columns do not matter."""
    lines = []
    for block in blocks:
        match block:
            case HeadingBlock():
                lines.append(f"{'#' * block.level} {block.text}{' (new page)' if block.new_page else ''}")
            case ParagraphBlock():
                kind = "frame" if block.strong else "small" if block.small else "text"
                lines.append(f"{kind}: {block.number}{' ' * bool(block.number)}{' '.join(block.text.split()[:SHOWN])}")
            case Pairs():
                lines.append(f"pairs: {', '.join(name.split(':')[0].strip() for name, _ in block.rows)}")
            case Rows():
                assert len(block.widths) == len(block.head) and {len(row) for row in block.rows} <= {len(block.head)}
                lines.append(f"table of {len(block.rows)}: {', '.join(block.head)}")
            case GridBlock():
                assert len(block.widths) == len(block.head) and {len(row) for row in block.rows} <= {len(block.head)}
                page = ", on a new page" if block.begins_page else ""
                filled = "" if block.fill_column is None else f", {block.head[block.fill_column]} coloured"
                lines.append(f"grid of {len(block.rows)}{page}{filled}: {', '.join(block.head)}")
            case FormBlock():
                lines.append(f"form: {', '.join(name.partition(' · ')[0] for row in block.rows for name, _ in row)}")
            case ChartsBlock():
                page = ", on a new page" if block.begins_page else ""
                lines.append(f"charts{page}: {', '.join(chart.title for chart in block.charts)}")
            case ImageBlock():
                lines.append(f"image {block.width} x {block.height}: {block.caption}")
            case ContentsBlock():
                lines.append("contents")
    return "\n".join(lines)


def read_whole(blocks: Iterable[Block]) -> list[object]:
    """Returns all that is printed: paragraphs and headings as texts, and each table as (caption, its rows)."""
    found: list[object] = []
    for block in blocks:
        match block:
            case HeadingBlock():
                found.append(f"{'#' * block.level} {block.text}")
            case ParagraphBlock():
                found.append("frame: " * block.strong + "small: " * block.small + block.text)
            case Pairs() | Rows():
                assert isinstance(block, Pairs) or {len(row) for row in block.rows} == {len(block.head)} == {len(block.widths)}
                found.append((block.caption, *block.rows))
            case _:
                raise TypeError(f"{type(block).__name__} is not read here")
    return found
