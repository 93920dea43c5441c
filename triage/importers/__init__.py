"""Documents in: bundles are opened, report documents read, grouped to reports and merged. No store, no decoders."""

from __future__ import annotations

from typing import Literal

from triage.importers.base import Importer, NotAReport, PdfText
from triage.importers.complaint import Complaint
from triage.importers.esp_xml import EspXml
from triage.importers.filetypes import sort_of
from triage.importers.le_json import LeJson
from triage.importers.le_pdf import LePdf
from triage.importers.own_cases import OwnCases

IMPORTERS: tuple[Importer, ...] = (EspXml(), Complaint(), OwnCases(), LeJson(), LePdf())
"""In the order in which they are asked."""

__all__ = ["IMPORTERS", "Importer", "NotAReport", "PdfText", "classify"]


def classify(name: str, peek: bytes) -> Importer | Literal["media", "archive", "document", "unknown"]:
    """What is to be done with a file: the importer that reads it, or its sort. Content counts before the name.

    "document" is kept beside its report and not read (.txt, .csv, .eml ...); "unknown" is kept too, as evidence of no known
    kind. Junk and archives never come this far: `archive.Bundle` skips the one and opens the other.
    """
    sort = sort_of(name, peek)
    if sort in ("media", "archive"):
        return sort
    return next((importer for importer in IMPORTERS if importer.detect(name, peek)), sort)
