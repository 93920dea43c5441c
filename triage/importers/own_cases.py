"""Identifiers of the agency's own open cases: a CSV of case number, kind, value (docs/formats/complaints.md).

A case becomes a report of its own, "K-" before its number, so that every tip on the same phone, account or file is tied to it.
"""

from __future__ import annotations

from triage.errors import InputError
from triage.importers.base import PdfText
from triage.importers.bounds import Allowance
from triage.importers.building import HEX_LENGTH, Builder, Said, Subject
from triage.importers.forms import Row, bare, is_table_with, number_of, rows_of
from triage.importers.normal import FORMS
from triage.model.document import Document, Role
from triage.model.formats import ReportFormat

_NUMBER_KEYS = ("casenumber", "caseno", "caseid", "fir", "firnumber")
_KINDS = {bare(kind): kind for kind in FORMS} | {"mobile": "phone", "imei": "device", "handle": "username", "mail": "email"}
_ROLES: dict[str, Role] = {
    "": "suspect",
    "suspect": "suspect",
    "accused": "suspect",
    "reporteduser": "suspect",
    "victim": "victim",
    "child": "victim",
    "complainant": "victim",
    "associated": "associated",
    "witness": "associated",
}
_READ = {*_NUMBER_KEYS, "kind", "value", "role", "platform", "note"}


class OwnCases:
    format = ReportFormat.OWN_CASE
    asks_cell = False

    def detect(self, name: str, peek: bytes) -> bool:
        return is_table_with(peek, (_NUMBER_KEYS, ("kind",), ("value",)))

    def read(self, path: str, data: bytes, cell: PdfText | None) -> tuple[Document, ...]:
        """One document a case."""
        drafts: dict[str, _Case] = {}
        left: list[Row] = []
        allowance = Allowance(len(data))
        for row in rows_of(data):
            stated = next((row.cells[key] for key in _NUMBER_KEYS if key in row.cells), "")
            if not stated or "kind" not in row.cells or "value" not in row.cells:
                left.append(row)
                continue
            number = number_of("K", stated)
            if number not in drafts:
                drafts[number] = _Case(path, allowance, number, stated, row.at)
            drafts[number].add(row)
        if not drafts:
            raise InputError("The table of cases has no row with a number, a kind and a value.")
        for row in left:
            next(iter(drafts.values())).b.unknown(row.at, row.text)
        return tuple(case.b.build(f"{number.removeprefix('K-')}") for number, case in drafts.items())


class _Case:
    def __init__(self, path: str, allowance: Allowance, number: str, stated: str, at: str) -> None:
        self.b = Builder(OwnCases.format, path, allowance)
        self.b.numbers.append(number)
        self.b.fact(self.b.whole, "caseNumber", stated, at)
        self.b.set("incident_type", "Own open case", at, "case number")
        self._people: dict[Role, Subject] = {}

    def add(self, row: Row) -> None:
        kind, value = bare(row.cells["kind"]), row.cells["value"]
        role = _ROLES.get(bare(row.cells.get("role", "")))
        if kind in HEX_LENGTH and len(value) == HEX_LENGTH[kind]:
            file = self.b.file(f"hash:{value.casefold()}", row.at, "value")
            file.declared[kind] = value.casefold()
        elif kind in _KINDS and role is not None:
            details = tuple((name, row.cells[name]) for name in ("platform",) if name in row.cells)
            details += (("idType", "IMEI"),) if kind == "imei" else ()
            self.b.identify(self._person(role), _KINDS[kind], value, row.at, "value", Said(details=details))
        else:
            self.b.unknown(row.at, row.text)
            return
        for column, cell in row.cells.items():
            if column == "note":
                self.b.tell(self._person(role or "suspect"), cell, row.at, "note")
            elif column not in _READ:
                self.b.unknown(f"{row.at}.{row.labels[column]}", cell)

    def _person(self, role: Role) -> Subject:
        if role not in self._people:
            self._people[role] = self.b.person(role, "own case")
        return self._people[role]
