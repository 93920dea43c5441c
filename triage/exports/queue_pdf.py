"""The queue on paper: a cover, then the rows, landscape, with a repeated header."""

from __future__ import annotations

from collections.abc import Sequence

from triage.exports.pdf_documents import Block, GridBlock, HeadingBlock, Pairs, ParagraphBlock, Rows, typeset
from triage.exports.queue_columns import BAND_COLOURS, COLUMNS, SheetLine
from triage.exports.queue_cover import TITLE, list_facts, make_totals
from triage.model.exports import About
from triage.model.queue_sheet import SheetScope


def format_pdf(lines: Sequence[SheetLine], scope: SheetScope, about: About) -> bytes:
    """Returns the bytes of the PDF."""
    totals = make_totals(lines, scope)
    blocks: list[Block] = [
        HeadingBlock(TITLE),
        Pairs(list_facts(scope, about, len(lines))),
        HeadingBlock("Totals of the listed reports", 2),
        Rows(totals.head, totals.rows, (3,) + (2,) * (len(totals.head) - 1)),
        ParagraphBlock("Overdue, due and unassigned count open reports only."),
    ]
    shown = [(column, column.page) for column in COLUMNS if column.page is not None]
    blocks.append(
        GridBlock(
            head=tuple(page.header for _, page in shown),
            widths=tuple(page.share for _, page in shown),
            rows=tuple(
                tuple(str(column.cell(line)) if page.text is None else page.text(line) for column, page in shown)
                for line in lines
            ),
            fill_column=next(at for at, (column, _) in enumerate(shown) if column.header == "Band"),
            fills=tuple(BAND_COLOURS[line.sheet.row.band] for line in lines),
        )
    )
    return typeset(tuple(blocks), title=TITLE, footer=f"Signing key {about.fingerprint}", landscape=True)
