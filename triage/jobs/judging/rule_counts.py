"""Counts by rule what people say of its factors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from triage.jobs.codec import read_or_none
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.session import Session
from triage.model.users import Right
from triage.store.compression import decompress
from triage.store.database import Reader
from triage.store.queries import corrections, score_cards


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """One rule: on how many cards it applies, and what people last said of its factors, each report once.

    `unread` cards are damaged, so whether it applies to them is not known: the same number for every rule.
    """

    rule: str
    axis: str
    applied: int
    agreed: int
    means_nothing: int
    cannot_tell: int
    unread: int = 0


class AppliedRule(msgspec.Struct, frozen=True):
    """A factor of a stored card, as far as counting needs it."""

    rule: str
    axis: str
    points: float
    taken_out: int | None = None


class _Card(msgspec.Struct, frozen=True):
    factors: tuple[AppliedRule, ...]


_decode_card = msgspec.msgpack.Decoder(_Card).decode


def count_rules(session: Session) -> tuple[RuleCount, ...]:
    """Returns the counts of all rules in use and of those that people spoke of, those that mean nothing most often first."""
    session.require(Right.STATISTICS)
    with session.reading() as db:
        rules = load_active_rules(db)
        applied, unread = Counter[str](), 0
        for _, factors in iterate_factors(db):
            unread += factors is None
            applied.update(each.rule for each in factors or ())
        said = Counter(corrections.list_verdicts(db))
    axes = {rule.id: rule.axis for rule in (*rules.rules, *rules.off)}
    names = {*(rule.id for rule in rules.rules), *(rule for rule, _ in said)}
    counts = [
        RuleCount(
            rule=name,
            axis=axes.get(name, "not in use"),
            applied=applied[name],
            agreed=said[name, "agree"],
            means_nothing=said[name, "means nothing"],
            cannot_tell=said[name, "cannot tell"],
            unread=unread,
        )
        for name in names
    ]
    return tuple(sorted(counts, key=lambda each: (-each.means_nothing, -each.agreed - each.cannot_tell, each.rule)))


def iterate_factors(db: Reader) -> Iterator[tuple[int, tuple[AppliedRule, ...] | None]]:
    """Yields (report, factors) of every stored card; None for a damaged one, which whoever counts has to mention."""
    for report_id, score in score_cards.iterate_scores(db):
        card = read_or_none(_read_card, score, report_id)
        yield report_id, None if card is None else card.factors


def _read_card(stored: bytes) -> _Card:
    """Returns the factors of a stored score."""
    return _decode_card(decompress(stored))
