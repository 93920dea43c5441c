"""The diary of a case as a PDF or a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from triage.errors import WorldError
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows, typeset
from triage.exports.sheet_cells import make_plain_lines, set_text_cell, split_cell
from triage.exports.time_labels import format_pakistan_time
from triage.model.diary import CaseDiary, DiaryEntry
from triage.model.exports import About

_HEAD = ("No.", "Time (UTC)", "Time (PKT)", "Who", "Report", "What was done", "In their words")


def format_diary(diary: CaseDiary, out: Path, about: About, first: str | None) -> bytes:
    """Returns the bytes of the diary in the format that the ending of `out` names: .pdf or .xlsx.

    `first` is a sentence that stands before everything else, such as that the reported user was cleared.

    Raises:
        WorldError: for another ending
    """
    ending = out.suffix.lower()
    if ending == ".pdf":
        title = f"Diary of case {diary.case}"
        blocks = tuple(_make_blocks(diary, about, title, first))
        return typeset(blocks, title=title, footer=f"signing key {about.fingerprint}", landscape=True)
    if ending == ".xlsx":
        return _format_xlsx(diary, about, first)
    raise WorldError("Can't tell the format of {name}: end the name in .pdf or .xlsx.", name=out.name)


def _make_blocks(diary: CaseDiary, about: About, title: str, first: str | None) -> Iterator[Block]:
    """Yields the blocks of the PDF."""
    yield HeadingBlock(title)
    if first is not None:
        yield ParagraphBlock(first)
    yield Pairs(tuple(_list_facts(diary, about)))
    yield Rows(_HEAD, tuple(_make_cells(n, entry) for n, entry in enumerate(diary.entries, 1)), (2, 7, 7, 5, 6, 14, 16))
    yield Pairs((("Officer of the case", "\n\n"), ("Date", "\n")))


def _list_facts(diary: CaseDiary, about: About) -> Iterator[tuple[str, str]]:
    """Yields what stands at the head of the diary."""
    yield "Case", f"{diary.case}, opened {format_pakistan_time(diary.opened)}"
    yield "Officer", diary.officer or "nobody"
    yield "Stage", diary.stage
    yield "Numbers", "; ".join(f"{kind} {value}" for kind, value in diary.numbers) or "none recorded"
    yield "Reports", ", ".join(diary.reports) or "none"
    yield "Written", f"{format_pakistan_time(about.made)} by {about.by}, {about.tool}"
    yield "Clock", about.clock
    yield "Not in it", "Who viewed which file; this stands in the custody record of the evidence packet."


def _make_cells(n: int, entry: DiaryEntry) -> tuple[str, ...]:
    """Returns the cells of one entry."""
    when = format_pakistan_time(entry.when) if "T" in entry.when else "a day only"
    return (str(n), entry.when, when or "", entry.who, entry.report or "the case", str(entry.what), entry.text or "")


def _format_xlsx(diary: CaseDiary, about: About, first: str | None) -> bytes:
    """Returns the bytes of the spreadsheet: the diary, and what it is of."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"Diary of case {diary.case}", "author": about.by})
    sheet, bold = book.add_worksheet("Diary"), book.add_format({"bold": True, "bottom": 1})
    wrap, quoted = (book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": quote}) for quote in (False, True))
    for at, (head, width) in enumerate(zip(_HEAD, (5, 21, 24, 16, 16, 44, 60), strict=True)):
        sheet.set_column(at, at, width, wrap)
        sheet.write_string(0, at, head, bold)
    for n, entry in enumerate(diary.entries, 1):
        for at, cell in enumerate(_make_cells(n, entry)):
            set_text_cell(sheet, n, at, cell, wrap, quoted)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    head = book.add_worksheet("About")
    head.set_column(0, 0, 18)
    head.set_column(1, 1, 100)
    facts = [*([("First of all", first)] if first else []), *_list_facts(diary, about)]
    rows = [(name, piece) for name, value in facts for piece in split_cell(make_plain_lines(value))]
    for row, (name, piece) in enumerate(rows):
        head.write_string(row, 0, name)
        set_text_cell(head, row, 1, piece, wrap, quoted)
    book.close()
    return file.getvalue()
