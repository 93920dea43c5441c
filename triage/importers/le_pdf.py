"""The PDF that NCMEC sends to law enforcement ("CyberTipline Report 123456789").

No sample is public: docs/formats/le-pdf.md says which labels are read and on what evidence. Identifiers are read inside the
blocks of people, files and the incident only; contacts of NCMEC, the provider and the police stand elsewhere and stay there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from triage.errors import InputError
from triage.importers import times
from triage.importers.base import NotAReport, PdfText
from triage.importers.bounds import Allowance
from triage.importers.building import Builder
from triage.importers.pdf_blocks import Blocks
from triage.importers.pdf_items import Itemiser, bare
from triage.importers.pdf_labels import KNOWN, TABLE_HEADS
from triage.importers.pdf_lines import Line, lines_of, parts_of
from triage.importers.pdf_sections import read_added, read_geo_lookups
from triage.model.document import Document
from triage.model.formats import ReportFormat

_NUMBER = re.compile(r"CyberTipline\s+Report\s*#?:?\s*(\d{5,10})\b", re.IGNORECASE)
_PRIORITY = re.compile(r"Priority\s+Level\s*:?\s*([A-Za-z0-9]{1,3})\b", re.IGNORECASE)
_RECEIVED = re.compile(r"Received\s+by\s+NCMEC\s+on\s+(\d{2}-\d{2}-\d{4}\s+\d{2}:\d{2}:\d{2}(?:\s+UTC)?)", re.IGNORECASE)
_GENERATED = re.compile(r"Date\s+PDF\s+Generated\s*:?\s*(\d{2}-\d{2}-\d{4}\s+\d{2}:\d{2}:\d{2}(?:\s+UTC)?)", re.IGNORECASE)
_TOTAL_FILES = re.compile(r"Total\s+Uploaded\s+Files\s*:?\s*(\d{1,6})", re.IGNORECASE)
_COVER_TYPE = re.compile(r"^Incident\s+Type\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_CHILD_VICTIM = re.compile(r"Summary\s+of\s+ESP\s+Reported\s+Child\s+Victim\s+Information\s*:?\s*(.+)", re.IGNORECASE)
_COVER_LABEL = re.compile(r"[A-Z][\w ]{2,50}:|Summary of ESP Reported", re.IGNORECASE)
_LEAST_TEXT = 40
IMAGE_ONLY = "This PDF is image only: its pages hold no text. It has to be typed in or run through OCR."
"""Fewer characters than this in a whole document mean that its pages are pictures."""


class LePdf:
    format = ReportFormat.LE_PDF
    asks_cell = True

    def detect(self, name: str, peek: bytes) -> bool:
        return b"%PDF-" in peek[:1024]

    def read(self, path: str, data: bytes, cell: PdfText | None) -> tuple[Document, ...]:
        """One document a file. What the sandbox raises (PasswordNeeded, InputError) goes through."""
        if cell is None:
            raise InputError("PDF reports can't be read here.")
        pages = cell(data)
        if not _says_something(pages):
            raise InputError(IMAGE_ONLY)
        return (_document(path, pages, _own_number(pages)),)


def _says_something(pages: tuple[str, ...]) -> bool:
    left = _LEAST_TEXT
    for page in pages:
        for word in page.split(None, _LEAST_TEXT):
            left -= len(word)
            if left <= 0:
                return True
    return False


def _own_number(pages: tuple[str, ...]) -> str:
    """The number on the cover, else the one that is named most often. Raises NotAReport."""
    on_cover = _NUMBER.search(pages[0])
    if on_cover:
        return str(on_cover[1])
    numbers = _NUMBER.findall("\n".join(pages))
    if not numbers:
        raise NotAReport("PDF, but not a CyberTipline report.")
    return str(Counter(numbers).most_common(1)[0][0])


def _document(path: str, pages: tuple[str, ...], own: str) -> Document:
    b = Builder(LePdf.format, path, Allowance(sum(map(len, pages))))
    b.numbers.append(own)
    b.fact(b.whole, "reportId", own, "page 1", "CyberTipline Report")
    itemiser = Itemiser(KNOWN, TABLE_HEADS)
    parts = parts_of(lines_of(pages, itemiser.begins), itemiser.begins)
    _cover(b, parts.cover)
    blocks = Blocks(b)
    for item in itemiser.items(parts.sections["A"]):
        blocks.take(item)
    blocks.finish()
    read_geo_lookups(b, parts.sections.get("B", []))
    for letter in "BCD":
        read_added(b, letter, parts.sections.get(letter, []))
    _count_files(b)
    return b.build()


def _cover(b: Builder, lines: list[Line]) -> None:
    if not lines:
        return
    text = "\n".join(line.text for line in lines)

    def at(position: int) -> str:
        return f"page {lines[text.count(chr(10), 0, position)].page}"

    def first(pattern: re.Pattern[str], use: Callable[[str, str], None]) -> None:
        found = pattern.search(text)
        if found:
            use(found[1].strip(), at(found.start()))

    first(_PRIORITY, lambda value, where: b.set("priority_code", value, where, "Priority Level"))
    first(_RECEIVED, lambda value, where: _set_time(b, "received", value, where, "Received by NCMEC on"))
    first(_GENERATED, lambda value, where: b.fact(b.whole, "datePdfGenerated", value, where, "Date PDF Generated"))
    first(_TOTAL_FILES, lambda value, where: b.fact(b.whole, "totalUploadedFiles", int(value), where, "Total Uploaded Files"))
    first(_COVER_TYPE, lambda value, where: b.fact(b.whole, "ncmecIncidentType", value, where, "Incident Type"))
    first(_CHILD_VICTIM, lambda value, where: b.fact(b.whole, "childVictimInformation", value, where, "Child Victim Information"))
    b.tell(b.reporter, text, f"page {lines[0].page}", "Cover", mine=False)
    _summary(b, lines)


def _summary(b: Builder, lines: list[Line]) -> None:
    """The sentences under "Executive Summary", up to the first label."""
    start = next((n for n, line in enumerate(lines) if bare(line.text) == "executivesummary"), len(lines))
    stop = next((n for n in range(start + 1, len(lines)) if _COVER_LABEL.match(lines[n].text)), len(lines))
    if start < stop:
        text = "\n".join(line.text for line in lines[start + 1 : stop])
        b.tell(b.whole, text, f"page {lines[start].page}", "Executive Summary", mine=False)


def _set_time(b: Builder, field: str, value: str, at: str, label: str) -> None:
    when = times.month_first(value)
    if when is not None:
        b.set(field, when, at, label)
    else:
        b.unknown(f"{at}, {label}", value)


def _count_files(b: Builder) -> None:
    """A file that was printed in a way we do not see must not go unnoticed."""
    stated = [f for f in b.whole.facts if f.name in ("totalUploadedFiles", "numberOfUploadedFiles")]
    for fact in stated[-1:]:
        if fact.value != len(b.files):
            b.unknown(f"{fact.sources[0].at}, {fact.sources[0].label}", f"{fact.value} stated, {len(b.files)} read")
