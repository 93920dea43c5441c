"""The importers of report documents, and the choice among them for one file."""

from __future__ import annotations

from typing import Literal

from triage.importers.base import Importer
from triage.importers.complaint import ComplaintImporter
from triage.importers.esp_xml import EspXmlImporter
from triage.importers.filetypes import classify_content
from triage.importers.le_json import LeJsonImporter
from triage.importers.le_pdf import LePdfImporter
from triage.importers.own_cases import OwnCasesImporter

IMPORTERS: tuple[Importer, ...] = (EspXmlImporter(), ComplaintImporter(), OwnCasesImporter(), LeJsonImporter(), LePdfImporter())
"""In the order in which they are asked."""


def classify(name: str, peek: bytes) -> Importer | Literal["media", "archive", "document", "unknown"]:
    """Returns the importer that reads a file, or the kind of file when no importer does.

    Content counts before the name.

    "document" (.txt, .csv, .eml ...) is kept beside its report and not read. "unknown" is kept too, as evidence of no known kind.
    Operating-system junk and archives never reach this function: `archive.Bundle` skips junk and opens archives.
    """
    sort = classify_content(name, peek)
    if sort in ("media", "archive"):
        return sort
    return next((importer for importer in IMPORTERS if importer.detect(name, peek)), sort)
