"""The sheet at the end of a shift as a PDF, to be signed by both people."""

from __future__ import annotations

from collections.abc import Iterator

from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows, typeset
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.shift import ShiftList, ShiftSheet


def format_shift_sheet(sheet: ShiftSheet, about: About) -> bytes:
    """Returns the bytes of the PDF."""
    title = f"Shift sheet {sheet.number}"
    return typeset(tuple(_make_blocks(sheet, about, title)), title=title, footer=f"signing key {about.fingerprint}")


def _make_blocks(sheet: ShiftSheet, about: About, title: str) -> Iterator[Block]:
    """Yields the blocks of the sheet."""
    yield HeadingBlock(title)
    acknowledged = f"{format_pakistan_time(sheet.acknowledged)}, by {sheet.acknowledged_by}" if sheet.acknowledged else "not yet"
    yield Pairs(
        (
            ("Shift closed", f"{format_pakistan_time(sheet.made)}, by {sheet.by}"),
            ("Acknowledged", acknowledged),
            ("Note", sheet.note or "none"),
            ("Lists as of", f"{format_pakistan_time(about.made)}, {about.tool}"),
        )
    )
    yield Rows(("List", "Now", "When the shift was closed"), tuple(_count_lists(sheet)), (8, 2, 3))
    for each in sheet.lists:
        if each.total:
            yield from _make_list(each)
    yield HeadingBlock("Signatures", 2)
    yield Pairs((("Handed over by", "\n\n"), ("Taken over by", "\n\n")))


def _count_lists(sheet: ShiftSheet) -> Iterator[tuple[str, ...]]:
    """Yields one row for each list: its length now and then."""
    return ((each.name, str(each.total), str(sheet.counts.get(each.name, 0))) for each in sheet.lists)


def _make_list(each: ShiftList) -> Iterator[Block]:
    """Yields a list that is not empty."""
    yield HeadingBlock(each.name[:1].upper() + each.name[1:], 2)
    yield Rows(
        ("Number", "Band", "Next deadline (PKT)", "For", "Assigned to", "State"),
        tuple(
            (
                row.number,
                row.band or "see queue",
                format_pakistan_time(row.due) or "none known",
                row.due_for or "none known",
                row.assignee or "nobody",
                "" if row.what is None else str(row.what),
            )
            for row in each.rows
        ),
        (4, 2, 5, 5, 4, 6),
    )
    if each.total > len(each.rows):
        yield ParagraphBlock(f"The first {len(each.rows)} of {each.total}; the others stand in the queue.", small=True)
