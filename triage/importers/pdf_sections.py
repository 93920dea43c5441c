"""Reads Sections B to D of a report PDF: what NCMEC and law enforcement added to the provider's report."""

from __future__ import annotations

import re

from msgspec.structs import replace

from triage.importers import normal_forms
from triage.importers.bounds import MAX_FIELD
from triage.importers.building import Builder
from triage.importers.le_json import DESIGNATIONS
from triage.importers.pdf_items import normalise_label
from triage.importers.pdf_lines import PdfLine
from triage.importers.values import normalise_hash_kind
from triage.model.document import Identifier, place_on_page

_GEO_HEADING = re.compile(r"(?:IP\s+)?Geo-?Lookup\s*\(?(?:[A-Za-z ]{0,40})(?:\d{0,3})\)?", re.IGNORECASE)
_GEO_ROW = re.compile(r"([0-9A-Fa-f:.]{7,45})\s+([A-Z]{2})\b\s*(.*)")
_ROW_ENDS = re.compile(r"(?:IP\s+)?Geo-?Lookup|Deconfliction|Further Information|Explanation of|IP Address\b", re.IGNORECASE)
_RELATED = re.compile(r"\b\d{7,10}\b")
_LABELLED = re.compile(r"([A-Z][\w /'()-]{1,50}?)\s*:\s*(\S.*)")
_ONLY_NUMBERS = re.compile(r"[\d\s,;]+")
_DESIGNATED = (
    "incidenttype",
    "ncmecincidenttype",
    "classification",
    "ncmecclassification",
    "reporttype",
    "referraltype",
    "designation",
)
_TITLES = {"B": "Section B", "C": "Section C", "D": "Section D"}


def read_geo_lookups(b: Builder, lines: list[PdfLine]) -> None:
    """Adds NCMEC's look-up of addresses: a fact a row, and the country in the details of every such address."""
    rows: list[tuple[int, str]] = []
    inside = False
    for line in lines:
        if _GEO_HEADING.fullmatch(line.text):
            inside = True
        elif _ROW_ENDS.match(line.text) and not _GEO_ROW.match(line.text):
            inside = inside and line.text.casefold().startswith("ip address")
        elif inside and (found := _GEO_ROW.match(line.text)) and normal_forms.normalise_ip(found[1]):
            rows.append((line.page, line.text))
        elif inside and rows and not _GEO_HEADING.match(line.text) and len(rows[-1][1]) <= MAX_FIELD:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line.text}")
    countries: dict[str, str] = {}
    for page, row in rows:
        found = _GEO_ROW.match(row)
        address = normal_forms.normalise_ip(found[1]) if found else None
        if found and address:
            b.add_fact(b.whole, "geoLookup", row, place_on_page(page), "Geo-Lookup")
            countries[address] = found[2]

    def beside(i: Identifier) -> Identifier:
        return replace(i, details=(*i.details, ("ncmecGeoCountry", countries[i.normalised or ""])))

    b.replace_identifiers("ip", beside, countries)


def read_later_section(b: Builder, letter: str, lines: list[PdfLine]) -> None:
    """Adds a section as a text, and its labelled values as facts.

    Section C may set the designation.

    Contacts in the text belong to nobody in the report.
    """
    if not lines:
        return
    at = place_on_page(lines[0].page)
    b.add_text(b.reporter, "\n".join(line.text for line in lines), at, _TITLES[letter])
    related = False
    for line in lines:
        where = place_on_page(line.page)
        found = _LABELLED.fullmatch(line.text)
        if letter == "C":
            _set_designation(b, found[2] if found and normalise_label(found[1]) in _DESIGNATED else line.text, where, line.text)
        if found and letter in "CD":
            b.add_fact(b.whole, f"section{letter}.{found[1]}", found[2], where, found[1])
        heading = normalise_label(line.text.partition(":")[0]) == "deconfliction"
        if heading or (related and _ONLY_NUMBERS.fullmatch(line.text)):
            related = True
            for number in _RELATED.findall(line.text):
                if number not in b.numbers:
                    b.prior_reports.append(number)
                    b.add_fact(b.whole, "deconfliction", number, where, "Deconfliction")
        else:
            related = False


def _set_designation(b: Builder, value: str, at: str, label: str) -> None:
    """Sets the designation, when the value is a known one and none was set."""
    known = DESIGNATIONS.get(normalise_hash_kind(value))
    if known and not b.has_field("designation"):
        b.set_field("designation", known, at, label)
