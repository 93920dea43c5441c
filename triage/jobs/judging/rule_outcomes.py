"""Measures rules and bands by what the reports turned out to be.

All counts are of this store. Reports that people completed are no fair draw of all: they were worked because they stand high. The
weekly sample is the fair draw. Small cells have wide intervals, and below `LEAST_DECIDED` no rate is given.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from triage.jobs.judging.rule_counts import iterate_factors
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.judging.sampling import Share, compute_share
from triage.jobs.session import Session
from triage.model.casework import NO_OFFENCE, Closing
from triage.model.judgement import BANDS, name_band
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import statistics

LEAST_DECIDED = 10  # decided reports; below, a rate would be read as more than it is
CONFIRMED = (Closing.REFERRED.value, Closing.WORKED.value)
"""Reasons for closing that say: there was something in it. So do the statuses "case opened" and "referred"."""
REFUTED = tuple(reason.value for reason in NO_OFFENCE if reason is not Closing.DUPLICATE)
"""A duplicate says nothing of the rules: its other report does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """What became of the reports on whose cards a rule applies.

    `share` are the confirmed of the decided with Wilson's interval at 95 %. `rate` is the hit rate and `lift` how many times the
    rate of all decided reports it is; both are None while not enough reports are decided.
    """

    rule: str
    axis: str
    band: str | None
    applied: int
    share: Share
    enough: bool
    rate: float | None
    lift: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BandOutcome:
    """What became of the reports of a band."""

    band: str
    share: Share
    enough: bool
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """`base` are the confirmed of all decided reports, `least` the number of decided reports below which no rate is given.

    `unread` reports have a damaged card: which rules apply to them is not known, so they count for no rule.
    """

    base: Share
    least: int
    bands: tuple[BandOutcome, ...]
    rules: tuple[RuleOutcome, ...]
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedReports:
    """The reports that were decided, as far as learning needs them: which were confirmed, and which rules apply to them.

    Of `unread` reports, decided or not, the card is damaged: they are in `confirmed` and `bands`, and count for no rule.
    """

    confirmed: dict[int, bool]
    bands: dict[int, str]
    applied: Counter[str]
    decided: Counter[str]
    hits: Counter[str]
    unread: int


def measure_rules(session: Session) -> Outcomes:
    """Returns hit rate and lift of each rule and minimum band, and how many of each band were confirmed."""
    session.require(Right.STATISTICS)
    with session.reading() as db:
        return build_outcomes(db)


def build_outcomes(db: Reader) -> Outcomes:
    """Returns the outcomes of the rules in use, those with the most decided reports first."""
    found = load_decided_reports(db)
    base = compute_share(sum(found.confirmed.values()), len(found.confirmed))
    rules = []
    for rule in load_active_rules(db).rules:
        share = compute_share(found.hits[rule.id], found.decided[rule.id])
        rate = _rate(share)
        lift = None if rate is None or not base.hits else round(rate / (base.hits / base.of), 2)
        rules.append(
            RuleOutcome(
                rule=rule.id,
                axis=rule.axis,
                band=rule.band,
                applied=found.applied[rule.id],
                share=share,
                enough=share.of >= LEAST_DECIDED,
                rate=rate,
                lift=lift,
            )
        )
    bands = []
    for band in BANDS:
        of = [report for report, own in found.bands.items() if own == band]
        share = compute_share(sum(found.confirmed[report] for report in of), len(of))
        bands.append(BandOutcome(band=band, share=share, enough=share.of >= LEAST_DECIDED, rate=_rate(share)))
    ordered = sorted(rules, key=lambda each: (-each.share.of, each.rule))
    return Outcomes(base=base, least=LEAST_DECIDED, bands=tuple(bands), rules=tuple(ordered), unread=found.unread)


def load_decided_reports(db: Reader) -> DecidedReports:
    """Returns what was decided, and which rules apply; a factor that a person took out was applied all the same."""
    confirmed: dict[int, bool] = {}
    bands: dict[int, str] = {}
    for report_id, band, status, reason in statistics.list_completed_reports(db):
        said = is_confirmed(status, reason)
        if said is not None:
            confirmed[report_id], bands[report_id] = said, name_band(band)
    applied, decided, hits, unread = Counter[str](), Counter[str](), Counter[str](), 0
    for report_id, factors in iterate_factors(db):
        unread += factors is None
        rules = {each.rule for each in factors or ()}
        applied.update(rules)
        if report_id in confirmed:
            decided.update(rules)
            if confirmed[report_id]:
                hits.update(rules)
    return DecidedReports(confirmed=confirmed, bands=bands, applied=applied, decided=decided, hits=hits, unread=unread)


def is_confirmed(status: str, reason: str | None) -> bool | None:
    """Returns whether there was something in a completed report; None when its outcome does not say."""
    if status in ("case_opened", "referred") or (status == "closed" and reason in CONFIRMED):
        return True
    return False if status == "closed" and reason in REFUTED else None


def _rate(share: Share) -> float | None:
    return None if share.of < LEAST_DECIDED else round(share.hits / share.of, 4)
