"""Makes of the matched rows of replies what a report shows: the owner of a line, who is not shown to be its user."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.importers.normal_forms import normalise_cnic, normalise_identifier
from triage.jobs.requests.row_matching import OwnerStatement, find_answers, is_stated
from triage.model.data_requests import LineFact, ReplyRow
from triage.model.document import Document, Identifier, Person, Source
from triage.model.formats import ReportFormat

SAYS = "owner of the line; not shown to be the user"
_FIELDS = (("name", "name"), ("cnic", "cnic"), ("address", "address"), ("phone", "phone"))


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """A row of a reply with the line it belongs to."""

    document: str
    row: ReplyRow
    fact: LineFact


def describe_subscribers(number: str, rows: Iterable[MatchedRow], *, child: bool) -> Document | None:
    """Returns the owners that the replies to a request name, as a document of a report; None when they name nobody."""
    people: list[Person] = []
    identifiers: dict[tuple[str, str, int, str], Identifier] = {}
    places: dict[tuple[object, ...], int] = {}
    path = f"reply {number}"
    for each in rows:
        said = _list_statements(each)
        if not said:
            continue
        cnic = normalise_cnic(each.row.cnic)
        owner = (cnic,) if cnic else tuple((answer.kind, answer.value) for answer in said)
        if owner not in places:
            places[owner] = len(people)
            people.append(Person(role="subscriber", says=SAYS))
        person = places[owner]
        source = Source(path, f"{each.document}, {each.row.at}", "")
        details = (("line", each.fact.value), ("request", number), *((("lineOf", "the child"),) if child else ()))
        for answer in said:
            key = (answer.kind, answer.value, person, each.fact.value)
            if key not in identifiers:
                identifiers[key] = Identifier(
                    kind=answer.kind,
                    value=answer.value,
                    normalised=answer.normalised,
                    role="subscriber",
                    person=person,
                    details=details,
                    sources=(source,),
                )
    if not identifiers:
        return None
    return Document(
        format=ReportFormat.OPERATOR_REPLY,
        slot=ReportFormat.OPERATOR_REPLY.slot(number),
        path=path,
        people=tuple(people),
        identifiers=tuple(identifiers.values()),
    )


def _list_statements(matched: MatchedRow) -> list[OwnerStatement]:
    """Returns what a row states of the owner of its line: who that is, and numbers that the line led to."""
    fields = [(kind, getattr(matched.row, field)) for kind, field in _FIELDS]
    named = [OwnerStatement(kind, value, normalise_identifier(kind, value)) for kind, value in fields if is_stated(value)]
    numbers = {answer.normalised or answer.value for answer in named if answer.kind == "phone"}
    return named + [
        answer
        for answer in find_answers(matched.row, matched.fact)
        if answer.kind != "phone" or (answer.normalised or answer.value) not in numbers
    ]
