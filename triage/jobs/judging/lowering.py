"""Measures what a change of rules, tables or hash lists does to reports, and asks for a second lead where it lowers some.

A change lowers when a minimum band goes or sinks, or when any report leaves band A or B. One person alone makes no such change,
whichever way it comes: a rule file, an edit, a step back, a signed update, or a hash list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from triage.errors import Refused
from triage.jobs.consent import Consent, GivenConsent, is_alone, name_lead_roles, request_lead_consent
from triage.jobs.faults import Fault, log_fault
from triage.jobs.judging import material
from triage.jobs.judging.steps import load_in_pieces
from triage.jobs.session import Session
from triage.message import Message
from triage.model.judgement import BANDS, name_band
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.priority import NOT_JUDGED, RuleSet
from triage.store.audit import Value
from triage.store.database import Reader
from triage.store.queries import judgement, queue, rulesets
from triage.store.queries.judgement import QueueFacts

if TYPE_CHECKING:
    from triage.jobs.judging.judges import Judges

MOST_TOLD = 200  # reports that would move and are listed; the rest is counted
_TOP = ("A", "B")
_AT_ONCE = 400  # reports that are read in one go

Rescored = tuple[int, str, QueueFacts | None, tuple[str, float] | None]
"""A report's id and number, its row of the queue, and the band and risk that it would have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A report that would change its band. `risk` and `would_risk` are in points."""

    report_id: str
    band: str
    would_be: str
    risk: float
    would_risk: float
    why: tuple[str, ...] = ()
    """Ids of the rules that are others than now and apply to it; WHERE_BANDS_BEGIN when that puts its points elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweredMinimum:
    """A minimum band that would go, sink, or apply to other facts. `would_be` is None when it would go."""

    rule: str
    band: str
    would_be: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change would do to reports: `moves` are the first MOST_TOLD, those that fall first; `bands` count (now, then)."""

    reports: int
    moved: int
    rise: int
    """Of those that moved, into a graver band."""
    bands: dict[str, tuple[int, int]]
    moves: tuple[Move, ...]
    leaving: int = 0
    """Reports that would fall from band A or B."""
    minimum_bands: tuple[LoweredMinimum, ...] = ()
    second_lead: bool = False
    """It lowers, so a second lead has to agree once the store has had two users."""


def summarize_effect(
    rescored: Iterable[Rescored],
    total: int,
    minimum_bands: tuple[LoweredMinimum, ...] = (),
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> tuple[Effect, list[int]]:
    """Returns the effect, and the ids of the reports in its `moves`."""
    bands: dict[str, list[int]] = {band: [0, 0] for band in BANDS}
    moves: list[tuple[int, Move]] = []
    for done, (report_id, number, facts, would) in enumerate(rescored, 1):
        if cancel:
            cancel.check()
        on_progress(Progress(done=done, total=total, unit="reports", note=Message("trying")))
        if facts is None or would is None:
            continue
        now_in, (band, risk) = name_band(facts.band), would
        bands[now_in][0] += 1
        bands[band][1] += 1
        if now_in != band:
            move = Move(report_id=number, band=now_in, would_be=band, risk=facts.risk / 10, would_risk=risk)
            moves.append((report_id, move))
    moves.sort(key=lambda m: (ord(m[1].band) - ord(m[1].would_be), m[1].band, m[1].report_id))
    leaving = sum(move.band in _TOP and move.would_be > move.band for _, move in moves)
    effect = Effect(
        reports=total,
        moved=len(moves),
        rise=sum(move.would_be < move.band for _, move in moves),
        bands={band: (n, m) for band, (n, m) in bands.items()},
        moves=tuple(move for _, move in moves[:MOST_TOLD]),
        leaving=leaving,
        minimum_bands=minimum_bands,
        second_lead=bool(leaving or minimum_bands),
    )
    return effect, [i for i, _ in moves[:MOST_TOLD]]


def list_lowered_minimums(before: RuleSet, after: RuleSet) -> tuple[LoweredMinimum, ...]:
    """Returns the minimum bands that go or sink, and those that would apply to other facts: nobody knows how many."""
    new = {rule.id: rule for rule in after.rules if rule.band is not None}
    lowered = []
    for rule in before.rules:
        if rule.band is None:
            continue
        other = new.get(rule.id)
        if other is None or other.band is None:
            lowered.append(LoweredMinimum(rule=rule.id, band=rule.band, would_be=None))
        elif (
            other.band > rule.band
            or other.fact != rule.fact
            or other.unless != rule.unless
            or min(other.level(0.0) - rule.level(0.0), other.level(1.0) - rule.level(1.0)) < 0
        ):
            lowered.append(LoweredMinimum(rule=rule.id, band=rule.band, would_be=other.band))
    return tuple(lowered)


def rescore(
    session: Session, files: str | None, *, tables: Mapping[str, bytes] | None = None
) -> tuple[Iterator[Rescored], Sequence[int]]:
    """Returns every report as it would be scored by these rule files (None: the shipped rules), and the ids of all.

    With `tables` locations and texts are judged by them too, in other processes. Nothing is stored, and nobody has to wait.
    """
    from triage.jobs.judging.judges import Judges, choose_workers

    with session.reading() as db:
        ids = queue.list_judged_reports(db)
    judges = Judges(files, choose_workers(len(ids)), tables=tables)
    return _rescore(judges, ids, session.reading, score_only=tables is None), ids


def measure_tables(
    session: Session,
    tables: Mapping[str, bytes],
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Effect:
    """Returns what it does to reports when exactly these tables are used in place of shipped ones. Nothing is stored."""
    with session.reading() as db:
        files = rulesets.load_active_files(db)
    rescored, ids = rescore(session, files, tables=tables)
    return summarize_effect(rescored, len(ids), (), on_progress, cancel)[0]


def measure_written(
    batch: Reader,
    report_ids: Iterable[int] | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Effect:
    """Returns what the rows that a batch has written, and not committed, do to these reports; None: to all that are stale."""
    from triage.jobs.judging.judges import Judges

    ids = judgement.list_stale(batch) if report_ids is None else sorted(report_ids)
    judges = Judges(rulesets.load_active_files(batch), 0)
    return summarize_effect(
        _rescore(judges, ids, lambda: nullcontext(batch), score_only=True), len(ids), (), on_progress, cancel
    )[0]


def _rescore(
    judges: Judges, ids: Sequence[int], reading: Callable[[], AbstractContextManager[Reader]], *, score_only: bool
) -> Iterator[Rescored]:
    """Yields each report that still exists."""
    with judges:
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            with reading() as db:
                facts = judgement.load_queue_facts(db, some)
                work = load_in_pieces(some, partial(material.load_with_context, db, score_only=score_only))
                answers = [
                    pair for each, moved in judges.rescore_reports(work) for pair in zip(each.materials, moved, strict=True)
                ]
            for report, would in answers:
                if isinstance(would, Fault):  # it would stand where a person has to read it
                    log_fault(would, "report %d not scored by other rules", report.report_id)
                    would = NOT_JUDGED.band, NOT_JUDGED.risk
                yield report.report_id, report.number, facts.get(report.report_id), would


def request_agreement(session: Session, consent: Consent | None, **about: Value) -> GivenConsent | None:
    """Obtains the second lead's agreement to a change that may lower reports; None when nobody was named.

    Raises:
        Refused: if this person can't agree
        WrongPassphrase: if the passphrase is wrong
    """
    return None if consent is None else request_lead_consent(session, consent, "lowering consented", **about)


def is_agreement_open(session: Session, given: GivenConsent | None) -> bool:
    """Returns whether it has to be measured what a change does: nobody agreed to it, and somebody could."""
    return given is None and not is_alone(session.store.read())


def check_given(batch: Reader, given: GivenConsent | None) -> dict[str, Value]:
    """Returns what the audit log says of who agreed: nothing when nobody had to. Raises Refused when they can't any more."""
    if given is None:
        return {}
    given.check(batch)
    return {} if given.second is None else {"second": given.second.id}


def require_agreement(session: Session, effect: Effect) -> None:
    """Raises Refused when a change lowers: then it needs the agreement that nobody gave."""
    if effect.second_lead:
        names = tuple(each.rule for each in effect.minimum_bands)
        raise Refused(
            "This lowers reports. Reports that would leave band A or B: {leaving}. Minimum bands that would go or sink: {bands}. "
            "It needs the consent of a second person ({roles}): give --consent-user.",
            leaving=effect.leaving,
            bands=names or 0,
            roles=name_lead_roles(session),
        )


def check_written(
    session: Session,
    batch: Reader,
    given: GivenConsent | None,
    report_ids: Iterable[int] | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> dict[str, Value]:
    """Returns what the audit log says of who agreed to what a batch has written; see `measure_written`.

    Raises:
        Refused: if it lowers reports and nobody agreed; then the batch writes nothing
    """
    if is_agreement_open(session, given):
        require_agreement(session, measure_written(batch, report_ids, on_progress, cancel))
    return check_given(batch, given)
