"""The columns of the queue in every format: one declaration holds all that a column is. A cell is never empty: it says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from triage.exports.sheet_cells import Cell
from triage.exports.time_labels import format_pakistan_time
from triage.model.moment import parse_utc, to_pakistan
from triage.model.queue_sheet import SheetRow

NOT_STATED, NONE_KNOWN, NONE_RUNS, NOBODY = "not stated", "none known", "none runs", "nobody"
_LANE = {"no": "no", "confirmed": "a lead allowed release", "waits for a lead": "no release until a lead confirms"}
_IN_PAKISTAN = {True: "yes", False: "no", None: "unclear"}
BAND_WORDS = {"A": "act now", "B": "urgent", "C": "soon", "D": "in turn", "E": "info only"}
"""What the lanes of the screen call the bands: one word must not mean two bands."""
BAND_COLOURS = {
    "A": ("#B23A31", "#FFFFFF"),
    "B": ("#E0A04A", "#000000"),
    "C": ("#E4D27A", "#000000"),
    "D": ("#A9C4D8", "#000000"),
    "E": ("#D5D9DE", "#000000"),
}
"""Ground and ink of a band. The word stands beside it, since paper is copied in grey."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row with its place in the queue, from 1, and the time at which the sheet was made."""

    order: int
    sheet: SheetRow
    made: datetime


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of spreadsheet and CSV and, with `page`, of the PDF."""

    header: str
    width: int
    """In the spreadsheet, in characters."""
    cell: Callable[[SheetLine], Cell]
    page: PageColumn | None = None
    printed: bool = True
    """Whether the spreadsheet prints it. A page holds so much; the rest is read on the screen."""


@dataclass(frozen=True, slots=True)
class PageColumn:
    """How a column stands on a page of the PDF."""

    header: str
    share: int
    """Of the width of the page, relative to the shares of the other columns."""
    text: Callable[[SheetLine], str] | None = None
    """Another text than the cell."""


def days_left(line: SheetLine) -> int | None:
    """Returns the whole days until the next deadline, negative when a duty is overdue; None when none runs."""
    due = line.sheet.row.deadline
    return None if due is None else (parse_utc(due) - line.made).days


def describe_days_left(line: SheetLine) -> str:
    """Returns the time until the next deadline in words."""
    due = line.sheet.row.deadline
    if due is None:
        return NONE_RUNS
    seconds = (parse_utc(due) - line.made).total_seconds()
    if seconds < 0:
        return "OVERDUE"
    days = int(seconds // 86_400)
    if days > 1:
        return f"{days} days"
    hours = int(seconds // 3_600)
    return "1 hour" if hours == 1 else f"{hours} hours"


def describe_ran_out(line: SheetLine) -> str:
    """Returns the deadlines that ran out in words; the data may still exist."""
    passed = line.sheet.row.ran_out
    if not passed:
        return "none"
    days = ", ".join(f"{each.name} ran out on {to_pakistan(parse_utc(each.due)).date()}" for each in passed)
    return f"{days} (ask anyway)"


def describe_band(line: SheetLine) -> str:
    """Returns the band with its meaning, such as "A act now"."""
    band = line.sheet.row.band
    return f"{band} {BAND_WORDS[band]}"


def _next_deadline(line: SheetLine) -> str:
    """Returns the next deadline in Pakistan's time to the minute."""
    due = line.sheet.row.deadline
    return NONE_RUNS if due is None else f"{to_pakistan(parse_utc(due)):%Y-%m-%d %H:%M} PKT"


def _by_when(line: SheetLine) -> str:
    """Returns when the next deadline ends, how long that is, and what ran out, for a page."""
    row = line.sheet.row
    parts = [] if row.deadline is None else [_next_deadline(line), f"{describe_days_left(line)}, {row.deadline_name}"]
    if not parts:
        parts = [NONE_KNOWN if not row.ran_out else NONE_RUNS]
    if row.ran_out:
        parts.append(describe_ran_out(line))
    return "\n".join(parts)


def _duplicates(line: SheetLine) -> str:
    """Returns whose duplicate a report is, or how many stand as its duplicates."""
    row = line.sheet.row
    if row.duplicates_of is not None:
        return f"duplicate of {row.duplicates_of}"
    return f"{line.sheet.folded} folded into it" if line.sheet.folded else "none"


def _what(line: SheetLine) -> str:
    row = line.sheet.row
    return f"{row.incident_type or NOT_STATED}\n{row.esp or 'provider ' + NOT_STATED}"


def _list_other_reports(line: SheetLine) -> int | str:
    """Returns how many other reports are on the user."""
    count = line.sheet.same_user_reports
    return "not known" if count is None else count


COLUMNS = (
    SheetColumn("Order", 6, lambda line: line.order, PageColumn("No.", 5)),
    SheetColumn("Assigned to", 15, lambda line: line.sheet.row.assignee or NOBODY, PageColumn("Assigned to", 8)),
    SheetColumn("Next act", 25, lambda line: line.sheet.next_act, PageColumn("Next act", 14)),
    SheetColumn("Next deadline (PKT)", 13, _next_deadline, PageColumn("By when", 15, _by_when)),
    SheetColumn("Time left", 9, describe_days_left),
    SheetColumn("Ran out", 20, describe_ran_out),
    SheetColumn("Report", 12, lambda line: line.sheet.row.report_id, PageColumn("Report", 9)),
    SheetColumn("Band", 6, lambda line: line.sheet.row.band, PageColumn("Band", 10, describe_band)),
    SheetColumn("Risk", 6, lambda line: line.sheet.row.risk, PageColumn("Risk", 4, lambda line: f"{line.sheet.row.risk:.1f}")),
    SheetColumn(
        "Actionability",
        13,
        lambda line: line.sheet.row.actionability,
        PageColumn("Can act", 4, lambda line: f"{line.sheet.row.actionability:.1f}"),
    ),
    SheetColumn("Case", 12, lambda line: line.sheet.case or "none", PageColumn("Case", 9)),
    SheetColumn("Other reports on the user", 9, _list_other_reports, PageColumn("Other reports on user", 6)),
    SheetColumn("Duplicates", 14, _duplicates, PageColumn("Duplicates", 8)),
    SheetColumn(
        "Incident type", 21, lambda line: line.sheet.row.incident_type or NOT_STATED, PageColumn("Type, provider", 16, _what)
    ),
    SheetColumn("Flags", 27, lambda line: ", ".join(line.sheet.row.flags) or "none", PageColumn("Flags", 20)),
    SheetColumn("Office", 7, lambda line: line.sheet.row.office or "none", PageColumn("Office", 5)),
    SheetColumn("Status", 11, lambda line: line.sheet.row.status.replace("_", " "), PageColumn("Status", 7)),
    SheetColumn("Deadline for", 18, lambda line: line.sheet.row.deadline_name or NONE_RUNS, printed=False),
    SheetColumn("Provider", 22, lambda line: line.sheet.row.esp or NOT_STATED, printed=False),
    SheetColumn("Next deadline (UTC)", 21, lambda line: line.sheet.row.deadline or NONE_RUNS, printed=False),
    SheetColumn("Received (UTC)", 21, lambda line: line.sheet.row.received or NOT_STATED, printed=False),
    SheetColumn("Received (PKT)", 24, lambda line: format_pakistan_time(line.sheet.row.received) or NOT_STATED, printed=False),
    SheetColumn(
        "Received estimated",
        11,
        lambda line: "estimated" if line.sheet.row.received_estimated else "stated" if line.sheet.row.received else NOT_STATED,
        printed=False,
    ),
    SheetColumn("Reported user in Pakistan", 12, lambda line: _IN_PAKISTAN[line.sheet.row.in_pakistan], printed=False),
    SheetColumn("Province", 12, lambda line: line.sheet.row.province or "unclear", printed=False),
    SheetColumn("Duplicate of", 14, lambda line: line.sheet.row.duplicates_of or "none", printed=False),
    SheetColumn("Files", 7, lambda line: line.sheet.row.files, printed=False),
    SheetColumn("Files present", 8, lambda line: line.sheet.row.files_present, printed=False),
    SheetColumn("Child lane", 30, lambda line: _LANE[line.sheet.row.child_lane], printed=False),
)
HEADERS = tuple(column.header for column in COLUMNS)
ASSIGNEE, REPORT = "Assigned to", "Report"
"""The columns that are read when a filled-in sheet comes back, besides NOTE."""
NOTE = "Note for the analyst"


def list_cells(line: SheetLine) -> list[Cell]:
    """Returns the cells of a row.

    None becomes "not stated", "none known" or "none", which are three things.
    """
    return [column.cell(line) for column in COLUMNS]
