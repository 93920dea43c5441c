"""The formats of report documents. No other module writes their names; `tests/model/test_formats.py` checks it."""

from __future__ import annotations

from enum import StrEnum


class ReportFormat(StrEnum):
    """What a report document is written in. The store and the packets keep the value. `docs/formats` describes each."""

    ESP_XML = "esp_xml"
    """A provider's submission to NCMEC."""
    LE_JSON = "le_json"
    """NCMEC's report for law enforcement, as JSON."""
    LE_PDF = "le_pdf"
    """NCMEC's report for law enforcement, as PDF."""
    COMPLAINT = "complaint"
    """A complaint that the agency received."""
    OWN_CASE = "own_case"
    """A case of the agency, as a table."""
    OPERATOR_REPLY = "operator_reply"
    """What replies to a request say of a report. No importer detects it: it is made of matched rows."""

    def slot(self, part: str = "") -> str:
        """Returns the slot of a document of this format, see `triage.model.document.Document`."""
        return f"{self.value}/{part}" if part else self.value
