"""Finds the gravest reading of a report whose documents differ, so that nothing that arrives makes it look less serious.

A reading is a choice among the documents that speak for the whole report: each alone, some together, all together. Each is scored
in turn, and the gravest counts until a person chooses a version. The result depends on the set of documents, not on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from triage.importers.levels import content_key, is_answer
from triage.importers.people_merging import are_different, list_personal_keys
from triage.message import Message
from triage.model.document import Document
from triage.model.formats import ReportFormat
from triage.model.judgement import BANDS, Clock, Factor, Location, ScoreCard
from triage.model.report import Report
from triage.model.version_flags import DISAGREE_PERSON, DISAGREE_TYPE, VERSION_FLAGS, VERSION_WAITS
from triage.store.queries.reports import Held

GRAVEST_RULE = "versions.gravest"
"""Stands in place of a rule for the note that says which reading counts."""
_ALL_CHOICES = 6
"""Of so many documents every choice is read; of more each alone, each left out, and all together."""
_LEFT_OUT = 24
"""Of more documents than this none is left out in turn: that many versions nobody sends but to keep the machine busy."""
_FILE_PART = ReportFormat.ESP_XML.slot("file")


@dataclass(frozen=True, slots=True)
class JudgedReading:
    """What judging says of one reading of a report, and the documents that it was read from."""

    documents: tuple[Document, ...]
    report: Report
    location: Location
    score: ScoreCard
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class GravestReading:
    """The card, location and deadlines that count, and the reading of which the queue shows type and provider."""

    shown: Report
    location: Location
    score: ScoreCard
    clocks: tuple[Clock, ...]


def choose_documents(documents: Sequence[Document], held: Sequence[Held | None]) -> list[tuple[int, ...]]:
    """Returns the readings as places of documents: first all together, then the other choices.

    An earlier document is not among all together: a fuller one says what it said. Parts of a report, and what replies say, belong
    to each reading, unless there are several of one part.
    """
    kinds = Counter(_part(document) for document in documents)
    whole = {n for n, document in enumerate(documents) if speaks_for_all(document)}
    choices = [n for n, document in enumerate(documents) if n in whole or kinds[_part(document)] > 1]
    replies = [n for n, document in enumerate(documents) if document.format is ReportFormat.OPERATOR_REPLY]
    together = tuple(n for n, why in enumerate(held) if why != "earlier")
    fixed = [n for n in range(len(documents)) if n not in choices and n not in replies]
    in_force = tuple(n for n in choices if held[n] is None)
    found: dict[tuple[int, ...], None] = {together: None}
    for some in _choose(choices, in_force) if len(choices) > 1 or replies else ():
        if whole and whole.isdisjoint(some):
            continue
        for also in ((), replies) if replies else ((),):
            found.setdefault(tuple(sorted((*some, *fixed, *also))))
    return list(found)


def _part(document: Document) -> str:
    """Returns the slot of a document without its number."""
    return document.slot.partition("#")[0]


def speaks_for_all(document: Document) -> bool:
    """Returns whether a document speaks for the whole report, and not for one file or as an answer."""
    is_part = document.slot.startswith(_FILE_PART) or is_answer(document)
    return not is_part and document.format is not ReportFormat.OPERATOR_REPLY


def _choose(choices: Sequence[int], in_force: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Returns the choices among documents."""
    if len(choices) <= _ALL_CHOICES:
        return [some for size in range(len(choices), 0, -1) for some in combinations(choices, size)]
    left_out = choices if len(choices) <= _LEFT_OUT else ()
    return [tuple(choices), in_force, *((one,) for one in choices), *(tuple(n for n in choices if n != one) for one in left_out)]


def join_readings(
    together: JudgedReading,
    others: Sequence[JudgedReading],
    documents: Sequence[Document],
    held: Sequence[Held | None],
    order: Sequence[str],
) -> GravestReading:
    """Returns the gravest band and risk, the highest number for acting, the earliest deadlines and all flags of the readings.

    A band that a person set on all together stands. `order` lists the flags of the rules. Of equally grave readings that of most
    documents is shown, and of these one that their content decides: which one, must not depend on the order of arrival.
    """
    readings = (together, *others)
    if any(each.rule is None and each.state == "applied" for each in together.score.corrections):
        gravest = shown = together
    else:
        least = min(map(_grave, readings))
        shown = choose_fullest([each for each in readings if _grave(each) == least])
        gravest = together if _grave(together) == least else shown
    most = max(map(_acts, readings))
    acting = gravest if _acts(gravest) == most else choose_fullest([each for each in readings if _acts(each) == most])
    told = {flag for each in readings for flag in each.score.flags} | set(find_disagreements(together.report, documents))
    is_graver = _grave(gravest) < _grave(together)
    is_better = _acts(acting) > _acts(together)
    if "waiting" in held or ("earlier" in held and (is_graver or is_better)):
        told.add(VERSION_WAITS)
    factors = gravest.score.factors
    if acting is not gravest:
        factors = (
            *(factor for factor in factors if factor.axis != "actionability"),
            *(factor for factor in acting.score.factors if factor.axis == "actionability"),
        )
    due: dict[str, Clock] = {}
    for clock in (clock for each in readings for clock in each.clocks):
        if clock.name not in due or clock.due < due[clock.name].due:
            due[clock.name] = clock
    clocks = tuple(sorted(due.values(), key=lambda clock: (clock.due, clock.name)))
    score = replace(
        gravest.score,
        actionability=acting.score.actionability,
        factors=(*factors, _note(together, gravest, acting)) if is_graver or is_better else factors,
        flags=tuple(flag for flag in (*VERSION_FLAGS, *order) if flag in told),
        rescore_at=min((each.score.rescore_at for each in readings if each.score.rescore_at), default=None),
    )
    return GravestReading(shown.report, acting.location if is_better else together.location, score, clocks)


def _grave(reading: JudgedReading) -> tuple[int, float]:
    """Returns what is least for the gravest reading."""
    return BANDS.index(reading.score.band), -reading.score.risk


def _acts(reading: JudgedReading) -> float:
    return reading.score.actionability


def choose_fullest(alike: Sequence[JudgedReading]) -> JudgedReading:
    """Returns the reading of most documents; of several the first by its content."""
    most = max(len(each.documents) for each in alike)
    fullest = [each for each in alike if len(each.documents) == most]
    return min(fullest, key=lambda each: sorted(map(content_key, each.documents))) if len(fullest) > 1 else fullest[0]


def _note(together: JudgedReading, gravest: JudgedReading, acting: JudgedReading) -> Factor:
    """Returns the factor that says that a graver reading counts than that of all documents together."""
    value = Message(
        "together: band {band}, risk {risk}, actionability {acting}",
        band=together.score.band,
        risk=str(together.score.risk),
        acting=str(together.score.actionability),
    )
    why = Message("The versions and sources of this report differ. The gravest reading counts until a person chooses a version.")
    return Factor(rule=GRAVEST_RULE, points=0.0, field="versions", value=value, why=why, axis="note")


def find_disagreements(report: Report, documents: Sequence[Document]) -> tuple[str, ...]:
    """Returns the flags that say on what the sources of a report disagree: the incident type, or whom it is about."""
    found = []
    if any(conflict.field == "incident_type" for conflict in report.conflicts):
        found.append(DISAGREE_TYPE)
    if name_different_users(documents):
        found.append(DISAGREE_PERSON)
    return tuple(found)


def name_different_users(documents: Sequence[Document]) -> bool:
    """Returns whether two documents each identify a reported user, by the same kind of identifier, and share none."""
    stated = {list_personal_keys(i for i in each.identifiers if i.role == "suspect") for each in documents}
    return any(are_different(first, second) for first, second in combinations(stated, 2))
