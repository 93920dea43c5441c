"""Makes of the matched rows of replies what a report shows: the owner of a line, who is not shown to be its user."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.importers.normal_forms import normalise_identifier, normalise_phone
from triage.jobs.requests.row_matching import find_subscriber_numbers
from triage.model.data_requests import LineFact, ReplyRow
from triage.model.document import Document, Identifier, Person, Source
from triage.model.formats import ReportFormat

SAYS = "owner of the line; not shown to be the user"
_FIELDS = (("name", "name"), ("cnic", "cnic"), ("address", "address"))


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
    places: dict[tuple[str, ...], int] = {}
    path = f"reply {number}"
    for each in rows:
        said = [(kind, getattr(each.row, field)) for kind, field in _FIELDS if getattr(each.row, field)]
        said += [("phone", value) for value in find_subscriber_numbers(each.row, each.fact.value)]
        if not said:
            continue
        owner = (each.row.cnic,) if each.row.cnic else tuple(value for _, value in said)
        if owner not in places:
            places[owner] = len(people)
            people.append(Person(role="subscriber", says=SAYS))
        person = places[owner]
        source = Source(path, f"{each.document}, {each.row.at}", "")
        details = (("line", each.fact.value), ("request", number), *((("lineOf", "the child"),) if child else ()))
        for kind, value in said:
            key = (kind, value, person, each.fact.value)
            if key not in identifiers:
                identifiers[key] = Identifier(
                    kind=kind,
                    value=value,
                    normalised=normalise_identifier(kind, value) or _normalise_number(kind, value),
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


def _normalise_number(kind: str, value: str) -> str | None:
    """Returns a telephone number that an operator in Pakistan spells without its first zero, in E.164 form."""
    return normalise_phone(value, "92") if kind == "phone" else None
