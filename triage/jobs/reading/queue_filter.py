"""Turns the words of a queue filter into the numbers by which the queue's columns are searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from triage.errors import NotFound
from triage.jobs.session import Session
from triage.jobs.state.deadlines import STAGE
from triage.jobs.state.queue_layout import encode_user
from triage.locate.offices import read_offices
from triage.message import Message
from triage.model.choices import name_choices
from triage.model.funnel import WITHOUT_OUTCOME
from triage.model.judgement import BANDS
from triage.model.languages import QUEUE_LANGUAGES
from triage.model.moment import parse_utc
from triage.model.queue_order import QueueFacet
from triage.model.views import STATUSES, QueueFilter
from triage.store.database import Reader
from triage.store.queries import deadlines, judgement, reports

NO_BIT = -1
OPEN = frozenset(STATUSES.index(status) for status in WITHOUT_OUTCOME)


@dataclass(frozen=True, slots=True)
class FacetPlanes:
    """A facet: its field in a filter, its column of planes, and whether a report has several values as bits."""

    field: str
    column: str
    bits: bool = False


FACETS: dict[QueueFacet, FacetPlanes] = {
    "band": FacetPlanes("bands", "band"),
    "status": FacetPlanes("statuses", "status"),
    "office": FacetPlanes("offices", "office"),
    "assignee": FacetPlanes("assignees", "assignee"),
    "provider": FacetPlanes("providers", "provider"),
    "incident_type": FacetPlanes("incident_types", "incident_type"),
    "province": FacetPlanes("provinces", "province"),
    "flag": FacetPlanes("flags", "flags", bits=True),
    "language": FacetPlanes("languages", "languages", bits=True),
}
_KINDS = {"office": "office", "provider": "esp", "incident_type": "incident_type", "province": "province"}
"""Facets whose values are codes, and the kind of code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A queue filter in numbers. Times are seconds since 1970."""

    facets: Mapping[QueueFacet, frozenset[int]] = field(default_factory=dict)
    """The wanted values as the planes hold them, or ranks of bits; NO_BIT stands for a report without any bit."""
    excluded: Mapping[QueueFacet, frozenset[int]] = field(default_factory=dict)
    """The same of values whose reports are left out."""
    open_only: bool = False
    due_before: int | None = None
    preserve_before: int | None = None
    stage_only: tuple[int, ...] = ()
    """Reports in which nothing but the stage of a case is due before `preserve_before`."""
    arrived_after: int | None = None
    only: int | None = None
    """The one report of this id."""
    words: str | None = None
    """Only reports whose texts hold these words."""
    fold: bool = False


def resolve_filter(db: Reader, session: Session, filter: QueueFilter, now: int) -> Selection:
    """Returns the filter in numbers.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    only = reports.find_report(db, filter.search.strip()) if filter.search else None
    due_before, preserve_before = _find_end(now, filter.expiring_within_days), _find_end(now, filter.preserve_within_days)
    return Selection(
        facets={
            facet: frozenset(_find_codes(db, session, facet, wanted))
            for facet, how in FACETS.items()
            if (wanted := getattr(filter, how.field))
        },
        excluded={
            facet: frozenset(_find_codes(db, session, facet, unwanted))
            for facet in FACETS
            if (unwanted := [value for name, value in filter.excluded if name == facet])
        },
        open_only=filter.open_only,
        due_before=due_before,
        preserve_before=preserve_before,
        stage_only=() if preserve_before is None else tuple(deadlines.list_due_alone(db, STAGE, now, preserve_before)),
        arrived_after=None if filter.new_since is None else int(parse_utc(filter.new_since).timestamp()),
        only=only,
        words=filter.search if filter.search and only is None else None,
        fold=filter.fold_duplicates,
    )


def _find_end(now: int, days: int | None) -> int | None:
    """Returns the moment so many days after `now`; None without a number of days."""
    return None if days is None else now + int(timedelta(days=days).total_seconds())


def load_words(db: Reader, session: Session, facet: QueueFacet) -> dict[int, str]:
    """Returns number -> word of all values of a facet as the planes hold them, or by the rank of a bit."""
    if facet in _KINDS:
        return dict(enumerate(judgement.load_codes(db, _KINDS[facet]).values(), start=1))
    others: dict[str, Callable[[], dict[int, str]]] = {
        "band": lambda: dict(enumerate(BANDS)),
        "status": lambda: dict(enumerate(STATUSES)),
        "assignee": lambda: {encode_user(i): name for i, name in session.store.users.names().items()},
        "flag": lambda: dict(enumerate(judgement.load_codes(db, "flag").values())),
        "language": lambda: dict(enumerate(QUEUE_LANGUAGES)),
    }
    return others[facet]()


def _find_codes(db: Reader, session: Session, facet: QueueFacet, wanted: Sequence[str]) -> list[int]:
    """Returns the numbers of these words, and that of nothing for "". A word that stands in no report has none.

    Raises:
        NotFound: if there is no such office, band, status or user
    """
    known = load_words(db, session, facet)
    _check_words(facet, wanted, known)
    found = [number for number, word in known.items() if word in wanted]
    if "" in wanted and facet not in ("band", "status"):
        found.append(NO_BIT if FACETS[facet].bits else 0)
    return found


def _check_words(facet: QueueFacet, wanted: Sequence[str], known: Mapping[int, str]) -> None:
    """Raises NotFound when a wanted value of a closed list is not in it."""
    for word in wanted:
        if not word:
            continue
        if facet in ("band", "status") and word not in known.values():
            words = tuple(known.values())
            raise NotFound("There is no {what} {word}; choose from: {words}.", what=facet, word=repr(word), words=words)
        if facet == "assignee" and word not in known.values():
            choices = name_choices(sorted(known.values()), Message("triage user list"))
            raise NotFound("There is no user {name}; {choices}.", name=repr(word), choices=choices)
        if facet == "office" and word not in (offices := _list_offices()):
            choices = name_choices(offices, Message("triage stats"))
            raise NotFound("There is no office {office}; {choices}.", office=repr(word), choices=choices)


def _list_offices() -> list[str]:
    """Returns the ids of all offices, headquarters first."""
    return [read_offices().headquarters, *(each.id for each in read_offices().office)]
