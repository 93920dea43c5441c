"""The numbers of each chart of the leads' page as a table: what the desktop and the command line write alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from triage.model.lead_figures import LeadFigures

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table: the titles of its columns, and its rows."""

    titles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def _tabulate_outcomes(found: LeadFigures) -> FigureTable:
    rows = tuple((each.month, each.received, each.cases, each.per_100_000) for each in found.months)
    return FigureTable(("month", "received", "in a case", "of 100,000"), rows)


def _tabulate_misses(found: LeadFigures) -> FigureTable:
    titles = ("week", "became a case or a referral", "completed", "low %", "high %")
    return FigureTable(
        titles,
        tuple(
            (each.week or "", each.hits, each.of, round(100 * each.low, 2), round(100 * each.high, 2))
            for each in found.missed_weeks
        ),
    )


FIGURE_TABLES: dict[str, Callable[[LeadFigures], FigureTable]] = {
    "inflow-days": lambda f: FigureTable(("day", "reports"), tuple((each.name, each.reports) for each in f.inflow_days)),
    "inflow-weeks": lambda f: FigureTable(("week", "reports"), tuple((each.name, each.reports) for each in f.inflow_weeks)),
    "backlog-ages": lambda f: FigureTable(
        ("days since received", "band", "open reports"), tuple((part.column, part.band, part.reports) for part in f.by_age)
    ),
    "backlog-offices": lambda f: FigureTable(
        ("office", "band", "open reports"), tuple((part.column, part.band, part.reports) for part in f.by_office)
    ),
    "deadlines": lambda f: FigureTable(
        ("week from", "what expires", "open reports"), tuple((each.day, each.name, each.reports) for each in f.due)
    ),
    "outcomes": _tabulate_outcomes,
    "load": lambda f: FigureTable(
        ("person", "open", "finished in 7 days"), tuple((each.person, each.open, each.finished) for each in f.load)
    ),
    "misses": _tabulate_misses,
}
"""Name of a chart -> its numbers."""
