"""Lists the reporting centres with what their codes mean, and how many reports each has."""

from __future__ import annotations

from dataclasses import dataclass

from triage.jobs.session import Session
from triage.locate.offices import read_offices
from triage.model.users import Right
from triage.store.queries import judgement, queue


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """A reporting centre. `inferred` are districts of which no notification says that it serves them."""

    id: str
    city: str
    districts: tuple[str, ...]
    inferred: tuple[str, ...]
    provinces: tuple[str, ...]
    """Provinces whose reports without a district go to it."""
    reports: int


def list_offices(session: Session) -> tuple[OfficeRow, ...]:
    """Returns all reporting centres, headquarters first."""
    session.require(Right.STATISTICS)
    offices = read_offices()
    with session.reading() as db:
        codes = judgement.load_codes(db, "office")
        counts = {codes[i]: n for i, n in queue.count_reports_by(db, "office").items() if i in codes}
    head = OfficeRow(
        id=offices.headquarters,
        city="",
        districts=(),
        inferred=(),
        provinces=tuple(offices.headquarters_only),
        reports=counts.get(offices.headquarters, 0),
    )
    return (
        head,
        *(
            OfficeRow(
                id=each.id,
                city=each.city,
                districts=(*each.notified, *each.press, *each.inferred),
                inferred=each.inferred,
                provinces=tuple(province for province, office in offices.default.items() if office == each.id),
                reports=counts.get(each.id, 0),
            )
            for each in offices.office
        ),
    )
