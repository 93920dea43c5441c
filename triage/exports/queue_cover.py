"""The cover of a sheet of the queue: what it lists, what it leaves out, who made it, and the totals a lead plans by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from triage.exports.queue_columns import BAND_WORDS, SheetLine, days_left
from triage.exports.time_labels import format_pakistan_time
from triage.model.exports import About
from triage.model.queue_sheet import DUE_SOON_DAYS, SheetScope

TITLE = "Prioritised queue"
ORDER = "Sorted by band, risk (highest first), actionability (highest first), next deadline that still runs, and report number."
TOTAL = "Total"


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals by band and office. `rows` end with the row of totals."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def list_facts(scope: SheetScope, about: About, listed: int) -> tuple[tuple[str, str], ...]:
    """Returns what the sheet is of and who made it, as names and values."""
    filters = "; ".join(f"{name}: {value}" for name, value in scope.filters) or "no filter: every report"
    left_out, not_listed = scope.in_store - listed, scope.matching - listed
    said = f"{scope.in_store} in the store, {listed} listed here, {left_out} left out"
    if not_listed:
        said += f" ({scope.in_store - scope.matching} by the filters, {not_listed} by the limit or the first place)"
    return (
        ("Lists", filters),
        ("Reports", said),
        ("Closed among them", str(scope.closed_listed)),
        ("Made", f"{format_pakistan_time(about.made)} ({about.made})"),
        ("Made by", about.by),
        ("Agency", about.officer.agency_name or "not stated"),
        ("Order", ORDER),
        ("Program", f"{about.tool}, rules {about.rules}"),
        ("Clock", about.clock),
        ("Signing key", about.fingerprint),
    )


class TotalsCounter:
    """Counts the totals by office and band, with deadlines that end soon, overdue duties, and open reports that nobody has."""

    def __init__(self, scope: SheetScope) -> None:
        self._scope, self._counts = scope, dict[str, Counter[str]]()

    def add(self, line: SheetLine) -> None:
        """Counts a row."""
        row, left = line.sheet.row, days_left(line)
        names = [row.band, TOTAL]
        if row.status != "closed":
            names += ["unassigned"] if row.assignee is None else []
            if left is not None:
                names += ["overdue"] if left < 0 else ["soon"] if left < DUE_SOON_DAYS else []
        for office in (self._scope.name_office(row.office), TOTAL):
            counted = self._counts.setdefault(office, Counter())
            for name in names:
                counted[name] += 1

    def finish(self) -> Totals:
        """Returns the totals of the rows that were counted."""
        counts, columns = self._counts, (*BAND_WORDS, TOTAL, "overdue", "soon", "unassigned")
        offices = sorted(office for office in counts if office != TOTAL)
        rows = tuple(
            (office, *(str(counts[office][name]) for name in columns)) for office in (*offices, *([TOTAL] if counts else []))
        )
        bands = (f"{band} {words}" for band, words in BAND_WORDS.items())
        return Totals(("Office", *bands, "All bands", "Overdue", f"Due in {DUE_SOON_DAYS} days", "Unassigned"), rows)


def make_totals(lines: Iterable[SheetLine], scope: SheetScope) -> Totals:
    """Returns the totals of these rows."""
    counter = TotalsCounter(scope)
    for line in lines:
        counter.add(line)
    return counter.finish()
