"""Builds the cards of the wellbeing page from one's own account."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from triage import wellbeing
from triage.model.private_account import ExposureSummary, TeamWeekTotal
from triage.ui.kit.widgets import Card, label
from triage.ui.text import times
from triage.ui.text.annotation_words import describe_annotation
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, word

DAYS = 14
"""So many days are shown one by one; `triage exposure` prints all of them."""
STEPS = {"blurred": mark("blurred"), "edges": mark("only edges"), "grey": mark("grey"), "colour": mark("colour")}
"""What an account calls each step of viewing that is recorded, in words."""
KINDS = {
    "infant": mark("An infant or toddler"),
    "violence": mark("Violence, physical harm or an animal"),
    "sadistic": mark("Sadistic exploitation"),
    "live": mark("A live stream"),
}
"""The kinds of warning that a person can keep away from, in words."""


def _add_row(grid: QGridLayout, *cells: str, strong: int | None = 1) -> None:
    """Adds a row of words and numbers to a grid."""
    at = grid.rowCount()
    for place, cell in enumerate(cells):
        made = label(cell, "strong" if place == strong else "", wrap=place == 0)
        grid.addWidget(made, at, place, Qt.AlignmentFlag.AlignTop if place == 0 else Qt.AlignmentFlag.AlignTrailing)


def _start_grid() -> QGridLayout:
    """Returns a grid whose first column takes the space."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    return grid


def make_views_card(found: ExposureSummary) -> Card:
    """Builds the card with one's own views: in all, by step and by warning."""
    card = Card(tr("Your views"))
    private = tr("Only your own passphrase opens this. Leads and administrators can't read it.")
    card.body.addWidget(label(private, "good", wrap=True))
    if not found.views:
        none = tr("You have viewed no media yet. Each view will stand here, for you alone.")
        card.body.addWidget(label(none, "muted", wrap=True))
        card.body.addStretch(1)
        return card
    grid = _start_grid()
    _add_row(grid, tr("Views, in all"), number(found.views))
    _add_row(grid, tr("Time, in all"), times.duration(found.seconds))
    for step, n in found.by_step.items():
        _add_row(grid, tr("of which {step}", step=word(STEPS[step])), number(n))
    card.body.addLayout(grid)
    card.body.addWidget(label(tr("With a warning"), "small"))
    warned = _start_grid()
    for warning, n in found.by_warning.items():
        _add_row(warned, describe_annotation(warning), number(n))
    if not found.by_warning:
        _add_row(warned, tr("None of them had a grave warning that the provider stated."), "")
    card.body.addLayout(warned)
    card.body.addStretch(1)
    return card


def make_days_card(found: ExposureSummary) -> Card:
    """Builds the card with one's own views by day."""
    card = Card(tr("By day"), tr("Pakistan time"))
    grid = _start_grid()
    if found.by_day:
        _add_row(grid, tr("Day"), tr("Views"), tr("Time"), tr("With a warning"), strong=None)
    for each in found.by_day[:DAYS]:
        _add_row(grid, ltr(each.day), number(each.views), times.duration(each.seconds), number(each.grave))
    card.body.addLayout(grid)
    if not found.by_day:
        card.body.addWidget(label(tr("No day with views yet."), "muted", wrap=True))
    elif len(found.by_day) > DAYS:
        card.body.addWidget(
            label(
                tr("The last {n} days with views. All days are printed at the command line: triage exposure", n=DAYS),
                "small",
                wrap=True,
            )
        )
    card.body.addStretch(1)
    return card


def make_avoided_card(found: ExposureSummary) -> Card:
    """Builds the card with the views that one's own reports did not need."""
    card = Card(tr("Views you did not need"))
    grid = _start_grid()
    _add_row(grid, tr("Files with the same bytes as one that was graded, listed or viewed"), number(found.avoided_exact))
    _add_row(grid, tr("Files that took over the grade of a matching image"), number(found.avoided_near))
    card.body.addLayout(grid)
    counted = tr("Counted over the reports on which you decided or graded. You may have opened some of them all the same.")
    card.body.addWidget(label(counted, "small", wrap=True))
    card.body.addStretch(1)
    return card


def make_breaks_card() -> Card:
    """Builds the card that says when a break is advised, and on what that rests."""
    card = Card(tr("Breaks"))
    policy = wellbeing.ViewingPolicy()
    minutes = {name: round(getattr(policy, name).total_seconds() / 60) for name in ("spell", "exposure", "pause")}
    advised = tr(
        "A break of {pause} min is advised after {spell} min of viewing without a pause, and after {open} min of media held open."
        " It is also advised after {grave} different files with a grave warning.",
        pause=minutes["pause"],
        spell=minutes["spell"],
        open=minutes["exposure"],
        grave=policy.grave,
    )
    card.body.addWidget(label(advised, wrap=True))
    rests = tr(
        "These numbers are agreed practice, not science. In a survey of 500 investigators (Mitchell 2024), breaks, knowing the"
        " outcome and talking with colleagues were helpful. Blurring was not shown to prevent harm."
    )
    card.body.addWidget(label(rests, "small", wrap=True))
    card.body.addStretch(1)
    return card


def make_help_card(text: str) -> Card:
    """Builds the card that says where to find help, in the words of the office."""
    card = Card(tr("Where to find help"))
    if text:
        card.body.addWidget(label(text, wrap=True, selectable=True))
        card.body.addWidget(label(tr("Set by your administrator."), "small"))
    else:
        card.body.addWidget(
            label(tr("Nothing is set yet. Your administrator writes it on the page Policies."), "muted", wrap=True)
        )
    card.body.addStretch(1)
    return card


def make_team_card(weeks: Sequence[TeamWeekTotal]) -> Card:
    """Builds the card with the totals of the whole team, for leads."""
    card = Card(tr("Team, by week"), tr("for leads"))
    grid = _start_grid()
    if weeks:
        _add_row(grid, tr("Week from"), tr("Views"), tr("Minutes"), strong=None)
    for each in weeks[:8]:
        counts = (tr("too few people") if n is None else number(n) for n in (each.views, each.minutes))
        _add_row(grid, times.day(times.find_week_start(each.week)), *counts)
    card.body.addLayout(grid)
    if not weeks:
        card.body.addWidget(label(tr("No week with views has ended yet."), "muted", wrap=True))
    why = tr("All people together, of finished weeks in which at least 5 people viewed media. Nothing tells them apart.")
    card.body.addWidget(label(why, "small", wrap=True))
    card.body.addStretch(1)
    return card


def list_kinds(kinds: Sequence[str]) -> Safe:
    """Returns kinds of warning in words."""
    return Safe(tr(", ").join(word(KINDS.get(kind, kind)) for kind in kinds))
