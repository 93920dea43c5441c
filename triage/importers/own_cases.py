"""Identifiers of the agency's own open cases: a CSV of case number, kind, value (docs/formats/complaints.md).

A case becomes a report of its own, "K-" before its number, so that every tip on the same phone, account or file is tied to it.
"""

from __future__ import annotations

from triage.errors import InputError
from triage.importers.base import PdfText, RefusedParts
from triage.importers.bounds import Allowance
from triage.importers.building import BlockSubject, Builder, IdentifierDetails
from triage.importers.forms import Row, has_columns, make_report_number, normalise_column, read_rows
from triage.importers.normal_forms import FORMS
from triage.message import Message
from triage.model.digest_kinds import DIGEST_HEX
from triage.model.document import Document, Role
from triage.model.formats import ReportFormat
from triage.model.incident_kinds import OWN_CASE

_NUMBER_KEYS = ("casenumber", "caseno", "caseid", "fir", "firnumber")
_KINDS = {normalise_column(kind): kind for kind in FORMS} | {
    "mobile": "phone",
    "imei": "device",
    "handle": "username",
    "mail": "email",
}
_ROLES: dict[str, Role] = {
    "": "suspect",
    "suspect": "suspect",
    "accused": "suspect",
    "reporteduser": "suspect",
    "victim": "victim",
    "child": "victim",
    "complainant": "complainant",
    "associated": "associated",
    "witness": "witness",
}
_READ = {*_NUMBER_KEYS, "kind", "value", "role", "platform", "note"}


_INCOMPLETE = Message("This row has no case number, no kind or no value. Complete it, and import it again.")


class OwnCasesImporter:
    """Reads a table of the agency's own cases."""

    format = ReportFormat.OWN_CASE
    needs_sandbox = False

    def detect(self, name: str, peek: bytes) -> bool:
        """Returns whether the first line names columns for a case number, a kind and a value."""
        return has_columns(peek, (_NUMBER_KEYS, ("kind",), ("value",)))

    def read(
        self, path: str, data: bytes, extract_pages: PdfText | None, refused: RefusedParts | None = None
    ) -> tuple[Document, ...]:
        """Returns one document a case.

        A row without a usable number, a kind or a value is refused by itself. Raises InputError when all rows are.
        """
        refused = RefusedParts() if refused is None else refused
        drafts: dict[str, _CaseDraft] = {}
        allowance = Allowance(len(data))
        for row in read_rows(data):
            stated = next((row.cells[key] for key in _NUMBER_KEYS if key in row.cells), "")
            if not stated or "kind" not in row.cells or "value" not in row.cells:
                refused.add(row.at, _INCOMPLETE, row.text)
                continue
            try:
                number = make_report_number("K", stated)
            except InputError as error:
                refused.add(row.at, error.message, row.text)
                continue
            if number not in drafts:
                drafts[number] = _CaseDraft(path, allowance, number, stated, row.at)
            drafts[number].add(row)
        if not drafts:
            raise InputError("The table of cases has no row with a number, a kind and a value.")
        return tuple(case.b.build(f"{number.removeprefix('K-')}") for number, case in drafts.items())


class _CaseDraft:
    """A case that is being built."""

    def __init__(self, path: str, allowance: Allowance, number: str, stated: str, at: str) -> None:
        self.b = Builder(OwnCasesImporter.format, path, allowance)
        self.b.numbers.append(number)
        self.b.add_fact(self.b.whole, "caseNumber", stated, at)
        self.b.set_field("incident_type", OWN_CASE, at, "case number")
        self._people: dict[tuple[Role, str], BlockSubject] = {}

    def add(self, row: Row) -> None:
        """Adds the identifier or file hash of one row."""
        kind, value = normalise_column(row.cells["kind"]), row.cells["value"]
        stated = normalise_column(row.cells.get("role", ""))
        role = _ROLES.get(stated)
        if kind in DIGEST_HEX and len(value) == DIGEST_HEX[kind]:
            file = self.b.add_file(f"hash:{value.casefold()}", row.at, "value")
            file.declared[kind] = value.casefold()
        elif kind in _KINDS and role is not None:
            details = tuple((name, row.cells[name]) for name in ("platform",) if name in row.cells)
            details += (("idType", "IMEI"),) if kind == "imei" else ()
            self.b.add_identifier(
                self._person(role, stated), _KINDS[kind], value, row.at, "value", IdentifierDetails(details=details)
            )
        else:
            self.b.add_unknown(row.at, row.text)
            return
        for column, cell in row.cells.items():
            if column == "note":
                self.b.add_text(self._person(role or "suspect", stated if role else ""), cell, row.at, "note")
            elif column not in _READ:
                self.b.add_unknown(f"{row.at}.{row.labels[column]}", cell)

    def _person(self, role: Role, stated: str) -> BlockSubject:
        """Returns the case's person of this role, added on first use; people of no stated role are one of their own."""
        says = "own case" if stated else "own case, role not stated"
        if (role, says) not in self._people:
            self._people[role, says] = self.b.add_person(role, says)
        return self._people[role, says]
