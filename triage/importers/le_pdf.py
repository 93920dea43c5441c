"""The PDF that NCMEC sends to law enforcement ("CyberTipline Report 123456789").

No sample is public: docs/formats/le-pdf.md says which labels are read and on what evidence. Identifiers are read inside the
blocks of people, files and the incident only; contacts of NCMEC, the provider and the police stand elsewhere and stay there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from triage.errors import InputError
from triage.importers import time_parsing
from triage.importers.base import NotAReport, PdfText, RefusedParts
from triage.importers.bounds import Allowance
from triage.importers.building import Builder
from triage.importers.pdf_blocks import SectionAReader
from triage.importers.pdf_items import ItemSplitter, normalise_label
from triage.importers.pdf_labels import KNOWN, TABLE_HEADS
from triage.importers.pdf_lines import PdfLine, extract_lines, split_sections
from triage.importers.pdf_sections import read_geo_lookups, read_later_section
from triage.model.document import Document, place_on_page
from triage.model.formats import ReportFormat

_NUMBER = re.compile(r"CyberTipline\s+Report\s*#?:?\s*(\d{5,10})\b", re.IGNORECASE)
_PRIORITY = re.compile(r"Priority\s+Level\s*:?\s*([A-Za-z0-9]{1,3})\b", re.IGNORECASE)
_RECEIVED = re.compile(r"Received\s+by\s+NCMEC\s+on\s+(\d{2}-\d{2}-\d{4}\s+\d{2}:\d{2}:\d{2}(?:\s+UTC)?)", re.IGNORECASE)
_GENERATED = re.compile(r"Date\s+PDF\s+Generated\s*:?\s*(\d{2}-\d{2}-\d{4}\s+\d{2}:\d{2}:\d{2}(?:\s+UTC)?)", re.IGNORECASE)
_TOTAL_FILES = re.compile(r"Total\s+Uploaded\s+Files\s*:?\s*(\d{1,6})", re.IGNORECASE)
_COVER_TYPE = re.compile(r"^Incident\s+Type\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_CHILD_VICTIM = re.compile(r"Summary\s+of\s+ESP\s+Reported\s+Child\s+Victim\s+Information\s*:?\s*(.+)", re.IGNORECASE)
_COVER_LABEL = re.compile(r"[A-Z][\w ]{2,50}:|Summary of ESP Reported", re.IGNORECASE)
_LEAST_TEXT = 40  # characters; a PDF with fewer is a scan
IMAGE_ONLY = "This PDF is image only: its pages hold no text. It has to be typed in or run through OCR."
"""Fewer characters than this in a whole document mean that its pages are pictures."""


class LePdfImporter:
    """Reads NCMEC's report PDF."""

    format = ReportFormat.LE_PDF
    needs_sandbox = True

    def detect(self, name: str, peek: bytes) -> bool:
        """Returns whether the file begins as a PDF."""
        return b"%PDF-" in peek[:1024]

    def read(
        self, path: str, data: bytes, extract_pages: PdfText | None, refused: RefusedParts | None = None
    ) -> tuple[Document, ...]:
        """Returns one document a report. A later report begins at a page with a cover of another number.

        Raises InputError when its pages hold no text.

        Errors of the sandbox (PasswordNeeded, InputError) pass through. Raises NotAReport for another PDF.
        """
        if extract_pages is None:
            raise InputError("PDF reports can't be read here.")
        pages = extract_pages(data)
        if not _has_text(pages):
            raise InputError(IMAGE_ONLY)
        allowance = Allowance(sum(map(len, pages)))
        return tuple(_build_document(path, part, _find_report_number(part), allowance) for part in _split_reports(pages))


_COVER_HEAD = 500  # characters at the top of a cover within which its number stands, on a line of its own


def _split_reports(pages: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Returns the pages of each report. The pages of earlier ones are empty there, so that each page keeps its number."""
    starts = [0]
    named = _NUMBER.search(pages[0])
    number = named[1] if named else ""
    for n, page in enumerate(pages[1:], 1):
        cover = _find_cover_number(page)
        if cover and number and cover != number:
            starts.append(n)
        number = cover or number
    return [("",) * start + pages[start:stop] for start, stop in zip(starts, [*starts[1:], len(pages)], strict=True)]


def _find_cover_number(page: str) -> str:
    """Returns the number of the report whose cover this page is, or "" when it is no cover."""
    lines = (_NUMBER.fullmatch(line.strip()) for line in page[:_COVER_HEAD].splitlines())
    titles = [line[1] for line in lines if line is not None]
    is_cover = titles and any(pattern.search(page) is not None for pattern in (_PRIORITY, _RECEIVED, _GENERATED))
    return titles[0] if is_cover else ""


def _has_text(pages: tuple[str, ...]) -> bool:
    """Returns whether the pages hold at least `_LEAST_TEXT` characters."""
    left = _LEAST_TEXT
    for page in pages:
        for word in page.split(None, _LEAST_TEXT):
            left -= len(word)
            if left <= 0:
                return True
    return False


def _find_report_number(pages: tuple[str, ...]) -> str:
    """Returns the number on the cover, else the one that occurs most often.

    Raises NotAReport.
    """
    on_cover = _NUMBER.search(next((page for page in pages if page), ""))
    if on_cover:
        return str(on_cover[1])
    numbers = _NUMBER.findall("\n".join(pages))
    if not numbers:
        raise NotAReport("PDF, but not a CyberTipline report.")
    return str(Counter(numbers).most_common(1)[0][0])


def _build_document(path: str, pages: tuple[str, ...], own: str, allowance: Allowance) -> Document:
    """Reads the cover and Sections A to D into one document."""
    b = Builder(LePdfImporter.format, path, allowance)
    b.numbers.append(own)
    b.add_fact(b.whole, "reportId", own, place_on_page(_first_page(pages)), "CyberTipline Report")
    splitter = ItemSplitter(KNOWN, TABLE_HEADS)
    parts = split_sections(extract_lines(pages, splitter.begins_item), splitter.begins_item)
    _read_cover(b, parts.cover)
    blocks = SectionAReader(b)
    for item in splitter.split_items(parts.sections["A"]):
        blocks.take_item(item)
    blocks.finish()
    read_geo_lookups(b, parts.sections.get("B", []))
    for letter in "BCD":
        read_later_section(b, letter, parts.sections.get(letter, []))
    _check_file_count(b)
    return b.build()


def _first_page(pages: tuple[str, ...]) -> int:
    """Returns the number of the first page with text."""
    return next((n for n, page in enumerate(pages, 1) if page), 1)


def _read_cover(b: Builder, lines: list[PdfLine]) -> None:
    """Reads priority, times and totals of the cover, and keeps it whole as a text."""
    if not lines:
        return
    text = "\n".join(line.text for line in lines)

    def at(position: int) -> str:
        return place_on_page(lines[text.count(chr(10), 0, position)].page)

    def first(pattern: re.Pattern[str], use: Callable[[str, str], None]) -> None:
        found = pattern.search(text)
        if found:
            use(found[1].strip(), at(found.start()))

    first(_PRIORITY, lambda value, where: b.set_field("priority_code", value, where, "Priority Level"))
    first(_RECEIVED, lambda value, where: _set_time(b, "received", value, where, "Received by NCMEC on"))
    first(_GENERATED, lambda value, where: b.add_fact(b.whole, "datePdfGenerated", value, where, "Date PDF Generated"))
    first(_TOTAL_FILES, lambda value, where: b.add_fact(b.whole, "totalUploadedFiles", int(value), where, "Total Uploaded Files"))
    first(_COVER_TYPE, lambda value, where: b.add_fact(b.whole, "ncmecIncidentType", value, where, "Incident Type"))
    first(
        _CHILD_VICTIM,
        lambda value, where: b.add_fact(b.whole, "childVictimInformation", value, where, "Child Victim Information"),
    )
    b.add_text(b.reporter, text, place_on_page(lines[0].page), "Cover", mined=False)
    _read_summary(b, lines)


def _read_summary(b: Builder, lines: list[PdfLine]) -> None:
    """Adds the sentences under "Executive Summary", up to the first label."""
    start = next((n for n, line in enumerate(lines) if normalise_label(line.text) == "executivesummary"), len(lines))
    stop = next((n for n in range(start + 1, len(lines)) if _COVER_LABEL.match(lines[n].text)), len(lines))
    if start < stop:
        text = "\n".join(line.text for line in lines[start + 1 : stop])
        b.add_text(b.whole, text, place_on_page(lines[start].page), "Executive Summary", mined=False)


def _set_time(b: Builder, field: str, value: str, at: str, label: str) -> None:
    """Sets a time field.

    A text that is no time is kept as not understood.
    """
    when = time_parsing.parse_month_first_time(value)
    if when is not None:
        b.set_field(field, when, at, label)
    else:
        b.add_unknown(f"{at}, {label}", value)


def _check_file_count(b: Builder) -> None:
    """Notes as not understood when the stated number of files differs from those read."""
    stated = [f for f in b.whole.facts if f.name in ("totalUploadedFiles", "numberOfUploadedFiles")]
    for fact in stated[-1:]:
        if fact.value != len(b.files):
            b.add_unknown(f"{fact.sources[0].at}, {fact.sources[0].label}", f"{fact.value} stated, {len(b.files)} read")
