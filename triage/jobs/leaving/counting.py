"""Counts the reports of a period for a statistic: what they are, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from triage.exports.statistic_tables import RESERVED
from triage.intents.stated_ages import read_ages
from triage.jobs.codec import read_documents_or_none
from triage.jobs.session import Session
from triage.message import Message
from triage.model.document import Document, Person
from triage.model.moment import PAKISTAN, to_pakistan
from triage.model.printable import make_printable
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.statistics import AGE_BANDS, NOT_STATED, UNREADABLE, CountedReport, Period
from triage.model.users import Right
from triage.model.views import name_status
from triage.store.queries import reports, statistics
from triage.store.queries.statistics import PeriodRow

PROVINCES = ("PB", "SD", "KP", "BA", "ICT", "GB", "AJK", "unclear", "abroad")
_AT_ONCE = 200  # reports whose documents are read in one go
_LONGEST_NAME = 80  # characters of a provider, type or mark
_CHILD_ROLES = ("victim", "recipient")
_AGE_FACTS = ("age", "approximateage")
_ADULT_AGE = 18  # years
_UPPER_AGES = (5, 9, 12, 15, 17)  # years, the last of each of AGE_BANDS


def iter_counted(
    session: Session, period: Period, on_progress: OnProgress, cancel: CancelToken | None
) -> Iterator[CountedReport]:
    """Yields what is counted of each report that was received in the period; two million of them fill a gigabyte as a list.

    Raises Refused at once, without the right.
    """
    session.require(Right.EXPORT_QUEUE)
    return _iter_counted(session, find_bounds(period), on_progress, cancel)


def _iter_counted(
    session: Session, bounds: tuple[int, int], on_progress: OnProgress, cancel: CancelToken | None
) -> Iterator[CountedReport]:
    after, done = -1, 0
    while True:
        if cancel:
            cancel.check()
        with session.reading() as db:
            rows = statistics.list_reports_of_period(db, *bounds, after, _AT_ONCE)
            documents = reports.load_parsed_documents(db, [row.report_id for row in rows])
        if not rows:
            return
        for row in rows:
            yield _count(row, read_documents_or_none(documents.get(row.report_id, ()), row.report_id))
        after = rows[-1].report_id
        done += len(rows)
        on_progress(Progress(done=done, total=None, unit="reports", note=Message("counting")))


def find_bounds(period: Period) -> tuple[int, int]:
    """Returns the first second of a period and the first one after it, in seconds since 1970."""
    first, last = (
        datetime.combine(date.fromisoformat(day), datetime.min.time(), PAKISTAN) for day in (period.first, period.last)
    )
    return int(first.timestamp()), int((last + timedelta(days=1)).timestamp())


def list_months(period: Period) -> tuple[str, ...]:
    """Returns the months that a period touches, as YYYY-MM."""
    at, last = date.fromisoformat(period.first).replace(day=1), period.last[:7]
    found = [f"{at:%Y-%m}"]
    while found[-1] < last:
        at = (at + timedelta(days=32)).replace(day=1)
        found.append(f"{at:%Y-%m}")
    return tuple(found)


def _count(row: PeriodRow, readable: Sequence[Document] | None) -> CountedReport:
    """Returns what is counted of one report. Of damaged documents neither ages nor marks are known, which is not "none"."""
    received, documents = datetime.fromtimestamp(row.received, UTC), readable or ()
    marks = {mark for document in documents for mark in document.annotations}
    marks |= {mark for document in documents for file in document.files for mark in file.annotations}
    return CountedReport(
        month=f"{to_pakistan(received):%Y-%m}",
        province=row.province or ("abroad" if row.in_pakistan == 0 else "unclear"),
        esp=_clean(row.esp),
        type=_clean(row.incident_type),
        outcome=_describe_outcome(row),
        age_band=_find_age_band((person for document in documents for person in document.people), received.date())
        if readable is not None
        else UNREADABLE,
        annotations=frozenset(_clean(mark) for mark in marks) if readable is not None else frozenset((UNREADABLE,)),
    )


def _describe_outcome(row: PeriodRow) -> str:
    """Returns the stage of the case, else status and reason."""
    if row.stage is not None:
        return f"case, {row.stage}"
    status = name_status(row.status)
    if status == "closed":
        return f"closed, {_clean(row.reason)}"
    return status.replace("_", " ")


def _clean(name: str | None) -> str:
    """Returns a name that a report states, so that it can't pass for one of ours."""
    if name is None or not name.strip():
        return NOT_STATED
    shown = make_printable(" ".join(name.split()))[:_LONGEST_NAME]
    return f"{shown} (as stated)" if shown.casefold() in RESERVED else shown


def _find_age_band(people: Iterable[Person], received: date) -> str:
    """Returns the age band of the youngest child of which a report states age or date of birth."""
    ages = [age for person in people if person.role in _CHILD_ROLES for age in _list_ages(person, received)]
    youngest = min((age for age in ages if age < _ADULT_AGE), default=None)
    if youngest is None:
        return NOT_STATED
    return next(band for band, upper in zip(AGE_BANDS, _UPPER_AGES, strict=True) if youngest <= upper)


def _list_ages(person: Person, received: date) -> list[int]:
    """Returns the ages in years that a person's facts state; of a span the lower one."""
    ages: list[int] = []
    for fact in person.facts:
        name = re.sub("[^a-z]", "", fact.name.casefold())
        if name in _AGE_FACTS:
            ages += read_ages(fact.value)[:1]
        elif name == "dateofbirth":
            ages += _find_age(str(fact.value), received)
    return ages


def _find_age(born: str, received: date) -> list[int]:
    """Returns the age at the receipt of somebody born on an ISO day; nothing for any other text."""
    try:
        day = date.fromisoformat(born[:10])
    except ValueError:
        return []
    age = received.year - day.year - ((received.month, received.day) < (day.month, day.day))
    return [age] if age >= 0 else []
