"""Builds the card of the people in a report and their identifiers, the child first."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.views import ShowIdentifier, ShowPerson, ShowReport
from triage.ui.kit import theme
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import Card, KeyButton, chip, label, row
from triage.ui.report.identifiers import IdentifierTable
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn, word

PERSON_ORDER = ("victim", "recipient", "suspect", "associated", "subscriber", "incident", "file", "mentioned", "reporter")
NAMING = ("name", "username", "display_name", "email", "phone", "user_id")


def sort_people(report: ShowReport) -> list[tuple[int, ShowPerson]]:
    """Returns the people with their index in the report, the child first."""

    def rank(entry: tuple[int, ShowPerson]) -> int:
        role = entry[1].role
        return PERSON_ORDER.index(role) if role in PERSON_ORDER else len(PERSON_ORDER)

    return sorted(enumerate(report.people), key=rank)


def build_people_card(report: ShowReport) -> Card:
    """Builds the card: a block for each person, then the identifiers that belong to no person."""
    card = Card(tr("People and identifiers"))
    if not any(person.role in report_words.CHILD_ROLES for person in report.people):
        card.body.addWidget(label(tr("Child: not named in the sources. That does not mean there is none."), "muted", wrap=True))
    header = True
    for index, person in sort_people(report):
        block = PersonBlock(report, index, person, header=header)
        header = header and block.identifiers is None
        card.body.addWidget(block)
    for role in PERSON_ORDER:
        loose = [entry for entry in report.identifiers if entry.role == role and not _owned(report, entry)]
        if loose:
            card.body.addWidget(IdentifierBlock(report, report_words.role(role), loose, header=header, open_=role != "reporter"))
            header = False
    if not report.people and not report.identifiers:
        card.body.addWidget(label(tr("The sources state no people and no identifiers."), "muted", wrap=True))
    return card


def _owned(report: ShowReport, entry: ShowIdentifier) -> bool:
    """Returns whether an identifier belongs to a person of the report."""
    return entry.person is not None and 0 <= entry.person < len(report.people)


def find_name(own: list[ShowIdentifier]) -> Safe | None:
    """Returns the name by which the page calls a person, or None."""
    found = (entry.value for kind in NAMING for entry in own if entry.kind == kind)
    value = next(found, None)
    return None if value is None else isolated(value)


class PersonBlock(QWidget):
    """Shows a person: role, name, the source's own word, facts and identifiers."""

    def __init__(self, report: ShowReport, index: int, person: ShowPerson, *, header: bool) -> None:
        super().__init__()
        own = [entry for entry in report.identifiers if entry.person == index]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        name = find_name(own)
        line = row(label(report_words.role(person.role), "strong"), spacing=8)
        line.addWidget(label(name or tr("not named"), "" if name else "muted", selectable=name is not None))
        line.addWidget(label(Safe(f"({report_words.source_says(person)})"), "muted"))
        line.addStretch(1)
        column.addLayout(line)
        chips = FlowLayout()
        for said, grave in list_facts(report, person):
            chips.addWidget(chip(said, "grave" if grave else "plain"))
        column.addLayout(chips)
        self.identifiers = IdentifierBlock(report, Safe(""), own, header=header) if own else None
        if self.identifiers is not None:
            column.addWidget(self.identifiers)


def list_facts(report: ShowReport, person: ShowPerson) -> list[tuple[Safe, bool]]:
    """Returns the stated facts of a person and their location, each with whether it is grave."""
    child = person.role in report_words.CHILD_ROLES
    found: list[tuple[Safe, bool]] = []
    if child or person.role == "suspect":
        found.append(_describe_location(report, person.role))
    if child and "age" not in person.facts:
        found.append((tr("age: not stated"), False))
    for name, value in person.facts.items():
        found.append(
            (
                tr("{name}: {value}", name=report_words.fact(name), value=report_words.stated(value)),
                child and name == "age" and value is not None,
            )
        )
    return found


def _describe_location(report: ShowReport, role: str) -> tuple[Safe, bool]:
    """Returns the location of a role in words, and whether a child is in Pakistan."""
    place = next((entry for entry in report.location.by_person if entry.of == role), None)
    if place is None or place.verdict == "unclear":
        return tr("not located"), False
    said = word(report_words.VERDICTS[place.verdict])
    return said, role in report_words.CHILD_ROLES and place.in_pakistan is True


class IdentifierBlock(QWidget):
    """Shows a table of identifiers under an optional heading; long tables are folded."""

    def __init__(
        self, report: ShowReport, heading: Safe, found: list[ShowIdentifier], *, header: bool, open_: bool = True
    ) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.table = IdentifierTable(report, found, header=header)
        self._toggle: KeyButton | None = None
        if heading:
            line = row(label(heading, "strong"), label(ltr(f"{len(found):,}"), "small"), None)
            self._column.addSpacing(theme.GRID // 2)
            self._column.addLayout(line)
        self._column.addWidget(self.table)
        if not open_:
            self.table.hide()
            self._button(trn("Show {n} identifier", "Show {n} identifiers", len(found)), self._unfold)
        elif self.table.hidden_rows():
            self._button(trn("Show {n} more", "Show {n} more", self.table.hidden_rows()), self._show_all)

    def _button(self, text: Safe, call: object) -> None:
        """Adds the button that unfolds the table."""
        self._toggle = KeyButton(text, kind="quiet", on=call)  # type: ignore[arg-type]
        self._column.addLayout(row(self._toggle, None))

    def _unfold(self) -> None:
        """Shows the table with all rows."""
        self.table.show()
        self._show_all()

    def _show_all(self) -> None:
        """Shows all rows and hides the button."""
        self.table.show_all()
        if self._toggle is not None:
            self._toggle.hide()
