"""What a chart shows, without a word on how it is drawn. Every part has a name and a number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from triage.model.lead_figures import Behind
from triage.ui.text.i18n import Safe

ChartKind = Literal["stack", "bars", "line", "intervals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPart:
    """One part of a chart: a piece of a column, a bar, or a point.

    `mark` is the letter and number that stand in the part or above it. `name` says the whole in words. `low` and `high` are the
    bounds of an interval.
    """

    column: int
    value: float
    mark: str
    name: Safe
    behind: Behind | None
    colour: str = "bar"
    """A colour of the palette. Its ink is the colour `on_...`, or that of the ground."""
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadChart:
    """A chart: parts of the same column stand above one another in a stack, and beside one another in bars."""

    key: str
    kind: ChartKind
    title: Safe
    columns: tuple[str, ...]
    parts: tuple[ChartPart, ...]
    axis: Safe
    """What the columns are."""
    reference: float | None = None
    """A value that is drawn as a line across the chart."""
    reference_name: str = ""
    note: str = ""
    titles: tuple[str, ...] = ()
    """Of the table of its numbers, which is exported as CSV."""
    rows: Sequence[Sequence[str | int | float]] = ()
    empty: str = ""
    """What stands in place of the chart when it has no parts."""

    def total(self, column: int) -> float:
        """Returns the sum of a column's parts."""
        return sum(part.value for part in self.parts if part.column == column)
