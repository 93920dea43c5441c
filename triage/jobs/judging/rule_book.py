"""Shows the rules by family, with points, reason and source, and the version and hash of the set in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.jobs.judging.rules import SHIPPED, RuleUse
from triage.jobs.judging.ruleset import edit_active_files, load_active_rules, parse_rules
from triage.jobs.session import Session
from triage.model.users import Right
from triage.priority import CHILD_LANE, Rule, RuleEdit, RuleSet, band_steps, reach_of
from triage.store.queries import judgement, rulesets

AXES = ("floor", "risk", "actionability", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule as people read it.

    `amount` is points, or with `takes` the share of all points that it takes (0 to 1). It is None for floors and notes.
    """

    id: str
    axis: Literal["floor", "risk", "actionability", "note"]
    family: str | None
    amount: float | None
    takes: bool
    scale: str
    at_most: float | None
    band: str | None
    sinks: bool
    flag: str | None
    field: str
    reason: str
    source: str
    on: bool
    fixed: bool
    """The rule opens the child lane and can't be turned off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyView:
    """A family of rules. `reach` is the most that its active rules could give together; it may not exceed `cap`."""

    name: str
    axis: Literal["risk", "actionability"]
    cap: float
    about: str
    reach: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """The rules as people read them.

    `uses` has the newest first. `waiting` counts reports whose card has to be made again. `bands` says where A to D begin.
    """

    name: str
    version: str
    sha256: str
    shipped: bool
    since: str | None
    by: str | None
    can_go_back: bool
    waiting: int
    bands: dict[str, float]
    families: tuple[FamilyView, ...]
    rules: tuple[RuleView, ...]
    uses: tuple[RuleUse, ...]


def load_rule_book(session: Session, edit: RuleEdit | None = None, base: str | None = None) -> RuleBook:
    """Returns the rules in use, or with an edit of the set `base` the rules as they would be.

    Everybody who reads reports may read why they are ranked as they are.

    Raises:
        RulesError: if the edit would be refused
    """
    session.require(Right.READ_REPORT)
    users = session.store.users.names()
    with session.reading() as db:
        rules = parse_rules(edit_active_files(db, edit, base)) if edit and base else load_active_rules(db)
        uses = rulesets.list_uses(db)
        shipped, can_go_back = rulesets.load_active_files(db) is None, rulesets.can_go_back(db)
        waiting = judgement.count_stale(db)
    standing = next((use for use in reversed(uses) if not use.taken_back), None)
    return RuleBook(
        name=rules.name,
        version=rules.version,
        sha256=rules.sha256,
        shipped=shipped,
        since=None if standing is None else standing.since,
        by=None if standing is None else users.get(standing.user_id, ""),
        can_go_back=can_go_back,
        waiting=waiting,
        bands={name: begin for name, begin in band_steps(rules.bands)},
        families=tuple(
            FamilyView(name=f.name, axis=f.axis, cap=f.cap, about=f.about, reach=reach_of(f.name, rules.rules))
            for f in rules.families.values()
        ),
        rules=_sort_rules(rules),
        uses=tuple(
            RuleUse(name=u.name or SHIPPED, since=u.since, user=users.get(u.user_id, ""), taken_back=u.taken_back)
            for u in reversed(uses)
        ),
    )


def _sort_rules(rules: RuleSet) -> tuple[RuleView, ...]:
    """Returns floors first, then family by family with the most points first, then notes."""
    place = {name: at for at, name in enumerate(rules.families)}
    every = sorted(
        (*rules.rules, *rules.off),
        key=lambda r: (AXES.index(r.axis), place.get(r.family or "", len(place)), r.band or "", -(r.points or 0), r.id),
    )
    return tuple(_build_rule_view(rule) for rule in every)


def _build_rule_view(rule: Rule) -> RuleView:
    """Builds what people read of a rule."""
    return RuleView(
        id=rule.id,
        axis=rule.axis,
        family=rule.family,
        amount=rule.points if rule.takes is None else rule.takes,
        takes=rule.takes is not None,
        scale=rule.scale,
        at_most=rule.at_most,
        band=rule.band,
        sinks=rule.sinks,
        flag=rule.flag,
        field=rule.field,
        reason=rule.reason,
        source=rule.source,
        on=not rule.off,
        fixed=rule.flag == CHILD_LANE,
    )
