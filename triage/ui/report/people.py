"""Builds the card of the people in a report, the child first."""

from __future__ import annotations

from triage.model.damage import DAMAGE
from triage.model.report_page import ReportPageView
from triage.model.views import ShowIdentifier, ShowPerson, ShowReport
from triage.ui.kit.text_view import Run, TextWriter
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, tr, tr_message, trn, word

PERSON_ORDER = (
    "victim", "recipient", "suspect", "complainant", "witness", "associated", "subscriber", "incident", "file", "mentioned",
    "reporter",
)  # fmt: skip
NAMING = ("name", "username", "display_name", "email", "phone", "user_id")


class PeopleCard(TextCard):
    """Shows each person: role, name, the source's own word and what is stated."""

    pinned = "main"
    first = 12

    def __init__(self) -> None:
        super().__init__(tr("People"))

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes a line or two for each person."""
        report = page.report
        if "documents" in report.damaged:
            writer.write_line([(tr_message(DAMAGE["documents"]), "bad")])
            return
        if not any(person.role in report_words.CHILD_ROLES for person in report.people):
            said = tr("Child: not named in the sources. That does not mean there is none.")
            writer.write_line([(said, "muted")])
        own = group_by_person(report)
        lines = [
            lambda index=index, person=person: write_person(writer, report, person, own.get(index, []))
            for index, person in sort_people(report)
        ]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        if not report.people and not report.identifiers:
            writer.write_line([(tr("The sources state no people and no identifiers."), "muted")])


def write_person(writer: TextWriter, report: ShowReport, person: ShowPerson, own: list[ShowIdentifier]) -> None:
    """Writes the lines of a person."""
    name = find_name(own)
    writer.write_line(
        [
            (report_words.role(person.role), "strong"),
            ("  ", ""),
            (name or tr("not named"), "" if name else "muted"),
            ("  ", ""),
            (Safe(f"({report_words.source_says(person)})"), "muted"),
        ],
        gap=6,
    )
    chips: list[Run] = [(said, "chip-grave" if grave else "chip") for said, grave in list_facts(report, person)]
    if chips:
        writer.write_chips(chips, gap=1)


def sort_people(report: ShowReport) -> list[tuple[int, ShowPerson]]:
    """Returns the people with their index in the report, the child first."""

    def rank(entry: tuple[int, ShowPerson]) -> int:
        role = entry[1].role
        return PERSON_ORDER.index(role) if role in PERSON_ORDER else len(PERSON_ORDER)

    return sorted(enumerate(report.people), key=rank)


def group_by_person(report: ShowReport) -> dict[int, list[ShowIdentifier]]:
    """Returns person -> identifiers; of -1 those that belong to no person of the report."""
    found: dict[int, list[ShowIdentifier]] = {}
    for entry in report.identifiers:
        owner = -1 if entry.person is None or not 0 <= entry.person < len(report.people) else entry.person
        found.setdefault(owner, []).append(entry)
    return found


def find_name(own: list[ShowIdentifier]) -> Safe | None:
    """Returns the name by which the page calls a person, or None."""
    found = (entry.value for kind in NAMING for entry in own if entry.kind == kind)
    value = next(found, None)
    return None if value is None else isolated(value)


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
