"""Describes rules in words and columns, with their values before the current edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.jobs.judging.rule_book import FamilyView, RuleBook, RuleView
from triage.jobs.judging.rules import SCORE_DAMAGED, WHERE_BANDS_BEGIN
from triage.ui.kit.table import RowHeading, TableColumn
from triage.ui.text import times
from triage.ui.text.i18n import Safe, decimal, isolated, ltr, mark, short_number, tr, word
from triage.ui.text.rule_field_words import describe_rule_field, name_rules

AXES = {
    "floor": mark("Minimum bands: whatever the points, the band is at least this"),
    "risk": mark("risk"),
    "actionability": mark("can act"),
    "note": mark("Notes: no points; facts to know, and what lowers a report to band E"),
}
ABOUT = (
    mark("What is stated to have happened"), mark("The reported user's access to children and history"),
    mark("A child who is named or young"), mark("What the files are stated to show"),
    mark("New material"), mark("Assessment by NCMEC and the provider"),
    mark("How much material, and how many recipients"), mark("Whether Pakistan can act, and which office"),
    mark("Details that lead to a name"), mark("Details an operator can look up"), mark("Material to examine"),
    mark("Other details a request needs"),
)  # fmt: skip
BANDS = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Holds a rule with the current edits, and as it is in use."""

    now: RuleView
    was: RuleView

    @property
    def edited(self) -> bool:
        """Returns whether the rule is edited."""
        return self.now != self.was


def describe_amount(rule: RuleView) -> Safe:
    """Returns what a rule gives: points, a removed share, a minimum band or "none"."""
    if rule.axis == "floor":
        return tr("at least {band}", band=ltr(rule.band or ""))
    if rule.amount is None:
        return tr("lowers to band E") if rule.sinks else tr("none")
    if rule.takes:
        return tr("removes {part}", part=tr("{n} %", n=short_number(100 * rule.amount)))
    return short_number(rule.amount)


def describe_scale(rule: RuleView) -> Safe:
    """Returns how the points grow with the count, or an empty text."""
    if rule.scale == "log2" and rule.at_most is not None:
        return tr("Grows with the logarithm of the count, up to {most}.", most=short_number(rule.at_most))
    if rule.scale == "part":
        return tr("Counts by the share to which it applies.")
    return Safe("")


def _choose_ink(row: RuleRow) -> str:
    """Returns the palette colour of a rule's points."""
    return "muted" if not row.now.on else "accent" if row.edited else "text"


def _describe_change(row: RuleRow) -> Safe:
    """Returns the value in use of an edited rule, or that it was turned off or on."""
    if row.now.on != row.was.on:
        return tr("turned off") if row.was.on else tr("turned on")
    return tr("was {amount}", amount=describe_amount(row.was)) if row.now.amount != row.was.amount else Safe("")


COLUMNS: tuple[TableColumn[RuleRow], ...] = (
    TableColumn(mark("Points"), 92, lambda r: describe_amount(r.now) if r.now.on else tr("off"), _choose_ink),
    TableColumn(mark("Before"), 84, _describe_change, lambda _: "accent"),
    TableColumn(mark("Rule"), 0, lambda r: word(r.now.reason), lambda r: "text" if r.now.on else "muted"),
    TableColumn(mark("Flag"), 132, lambda r: word(r.now.flag) if r.now.flag else Safe(""), lambda _: "muted", spare=True),
)


def group_rules(draft: RuleBook, book: RuleBook, wanted: str) -> list[RuleRow | RowHeading]:
    """Returns the rules that contain all words of `wanted`, with a heading for each family."""
    was = {rule.id: rule for rule in book.rules}
    families = {family.name: family for family in draft.families}
    rows: list[RuleRow | RowHeading] = []
    words = wanted.casefold().split()
    last: tuple[str, str | None] | None = None
    for rule in draft.rules:
        if not all(each in _search_text(rule) for each in words):
            continue
        if (rule.axis, rule.family) != last:
            last = (rule.axis, rule.family)
            rows.append(_build_heading(rule, families))
        rows.append(RuleRow(rule, was[rule.id]))
    return rows


def _search_text(rule: RuleView) -> str:
    """Returns the lower-case text of a rule in which the search looks."""
    flag, family = rule.flag or "", rule.family or ""
    said = (rule.id, rule.reason, word(rule.reason), flag, word(flag), family, rule.field, describe_rule_field(rule.field))
    return " ".join(said).casefold()


def _build_heading(rule: RuleView, families: Mapping[str, FamilyView]) -> RowHeading:
    """Builds the heading of a rule's family or axis."""
    family = families.get(rule.family or "")
    if family is None:
        if rule.axis in ("risk", "actionability"):
            return RowHeading(tr("Shares removed from {axis}", axis=word(AXES[rule.axis])))
        return RowHeading(word(AXES[rule.axis]))
    title = tr("{family}: {about}", family=word(family.name), about=word(family.about))
    return RowHeading(title, describe_reach(family))


def describe_reach(family: FamilyView) -> Safe:
    """Returns the axis, the maximum and the cap of a family."""
    return tr(
        "{axis}; maximum {reach} of cap {cap}",
        axis=word(AXES[family.axis]),
        reach=decimal(family.reach),
        cap=short_number(family.cap),
    )


_OTHER_CAUSES = {
    WHERE_BANDS_BEGIN: mark("where bands begin"),
    SCORE_DAMAGED: mark("the stored score can't be read"),
}
"""Causes that are no rules."""


def describe_causes(why: Sequence[str], reasons: Mapping[str, str]) -> Safe:
    """Returns the rules that cause a change of band, by their reasons; a rule without one here is named by its id."""
    reasons = {**_OTHER_CAUSES, **reasons}
    said = [word(reasons[each]) if each in reasons else ltr(each) for each in why]
    return Safe(" ".join(said)) if said else tr("other rules in its family")


def compare_names(new: str, old: str) -> Safe:
    """Returns which rule set would take the place of which; an edited one keeps the version of the one that was edited."""
    if name_rules(new) == name_rules(old):
        return tr("Another form of {name}, instead of the one in use", name=name_rules(new))
    return tr("{new} instead of {old}", new=name_rules(new), old=name_rules(old))


def describe_use(book: RuleBook) -> Safe:
    """Returns since when and by whom the rules are used, or that they came with the program."""
    if book.since is None:
        return tr("the rules that came with the program")
    return tr("in use since {when}, by {name}", when=times.pkt(book.since), name=isolated(book.by or ""))
