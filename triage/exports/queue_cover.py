"""The cover of a sheet of the queue: what it lists, what it leaves out, who made it, and the totals a lead plans by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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


def list_facts(scope: SheetScope, about: About, lines: Sequence[SheetLine]) -> tuple[tuple[str, str], ...]:
    """Returns what the sheet is of and who made it, as names and values."""
    filters = "; ".join(f"{name}: {value}" for name, value in scope.filters) or "no filter: every report"
    left_out = scope.in_store - len(lines)
    not_listed = scope.matching - len(lines)
    said = f"{scope.in_store} in the store, {len(lines)} listed here, {left_out} left out"
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


def make_totals(lines: Sequence[SheetLine], scope: SheetScope) -> Totals:
    """Returns the totals by office and band, with deadlines that end soon, overdue duties, and open reports that nobody has."""
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        row, left = line.sheet.row, days_left(line)
        names = [row.band, TOTAL]
        if row.status != "closed":
            names += ["unassigned"] if row.assignee is None else []
            if left is not None:
                names += ["overdue"] if left < 0 else ["soon"] if left < DUE_SOON_DAYS else []
        for office in (scope.name_office(row.office), TOTAL):
            counts.setdefault(office, Counter()).update(names)
    columns = (*BAND_WORDS, TOTAL, "overdue", "soon", "unassigned")
    offices = sorted(office for office in counts if office != TOTAL)
    rows = tuple(
        (office, *(str(counts[office][name]) for name in columns)) for office in (*offices, *([TOTAL] if counts else []))
    )
    bands = (f"{band} {words}" for band, words in BAND_WORDS.items())
    return Totals(("Office", *bands, "All bands", "Overdue", f"Due in {DUE_SOON_DAYS} days", "Unassigned"), rows)
