"""Documents in: bundles are opened, report documents read, grouped to reports and merged. No store, no decoders."""

from __future__ import annotations

from typing import Literal

from triage.importers.base import Importer, NotAReport, PdfText
from triage.importers.complaint import ComplaintImporter
from triage.importers.esp_xml import EspXmlImporter
from triage.importers.filetypes import classify_content
from triage.importers.le_json import LeJsonImporter
from triage.importers.le_pdf import LePdfImporter
from triage.importers.own_cases import OwnCasesImporter

IMPORTERS: tuple[Importer, ...] = (EspXmlImporter(), ComplaintImporter(), OwnCasesImporter(), LeJsonImporter(), LePdfImporter())
"""In the order in which they are asked."""

__all__ = ["IMPORTERS", "Importer", "NotAReport", "PdfText", "classify"]


def classify(name: str, peek: bytes) -> Importer | Literal["media", "archive", "document", "unknown"]:
    """What is to be done with a file: the importer that reads it, or its sort. Content counts before the name.

    "document" is kept beside its report and not read (.txt, .csv, .eml ...); "unknown" is kept too, as evidence of no known
    kind. Junk and archives never come this far: `archive.Bundle` skips the one and opens the other.
    """
    sort = classify_content(name, peek)
    if sort in ("media", "archive"):
        return sort
    return next((importer for importer in IMPORTERS if importer.detect(name, peek)), sort)
