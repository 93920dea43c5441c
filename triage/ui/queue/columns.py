"""The columns of the queue on the screen. One declaration holds all that a column is; model, table and delegate read the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from triage.model.views import QueueRow
from triage.ui.queue.painting import draw_band, draw_bar, draw_chips
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, is_rtl, ltr, mark, tr, word

Paint = Callable[[QPainter, QRect, QueueRow], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueColumn:
    """One column of the queue.

    Widths are in pixels at the normal text size. A column is never narrower than its heading. The column with `stretch` gets
    what the others leave, and its width is the least that it gets.
    """

    key: str
    header: str
    """Marked for translation."""
    text: Callable[[QueueRow], Safe]
    """The cell in words: drawn, and read out by screen readers."""
    width: int
    urdu_width: int
    """Urdu words are shorter, and its digits are larger."""
    hidden_first: int = 0
    """Which columns go on a narrow window: 1 goes first, then 2. A column with 0 always stays."""
    stretch: bool = False
    colour: Callable[[QueueRow], str] = lambda row: "text"
    """Name of the palette colour of the text."""
    is_bold: Callable[[QueueRow], bool] = lambda row: False
    tip: Callable[[QueueRow], str] = lambda row: ""
    """What the cell cannot hold; empty for no tooltip."""
    paint: Paint | None = None
    """Draws the cell in place of its text."""

    def usual_width(self) -> int:
        """Returns the width in the language in force."""
        return self.urdu_width if is_rtl() else self.width


def _of_100(value: float) -> Safe:
    return tr("{value} of 100", value=f"{value:.1f}")


def _flags(row: QueueRow) -> Safe:
    return Safe(tr(", ").join(word(flag) for flag in row.flags))


def _describe_deadline(row: QueueRow) -> str:
    next_one = [] if row.deadline is None else [words.deadline(row), times.both(row.deadline)]
    ran_out = [tr("{what} ran out on {time}", what=word(each.name), time=times.both(each.due)) for each in row.ran_out]
    return "\n".join((*next_one, *ran_out))


def _describe_location(row: QueueRow) -> str:
    province = words.province(row.province)
    return tr("{place}; province of the reported user: {province}", place=words.where(row), province=province)


COLUMNS: tuple[QueueColumn, ...] = (
    QueueColumn(
        key="band",
        header=mark("Band"),
        text=lambda row: ltr(row.band),
        width=38,
        urdu_width=38,
        paint=lambda painter, place, row: draw_band(painter, place, row.band),
    ),
    QueueColumn(
        key="risk",
        header=mark("Child risk"),
        text=lambda row: ltr(f"{row.risk:.0f}"),
        width=74,
        urdu_width=86,
        tip=lambda row: _of_100(row.risk),
        paint=lambda painter, place, row: draw_bar(painter, place, row.risk),
    ),
    QueueColumn(
        key="actionability",
        header=mark("Can act"),
        text=lambda row: ltr(f"{row.actionability:.0f}"),
        width=66,
        urdu_width=76,
        tip=lambda row: _of_100(row.actionability),
        paint=lambda painter, place, row: draw_bar(painter, place, row.actionability),
    ),
    QueueColumn(
        key="report",
        header=mark("Report"),
        text=lambda row: ltr(row.report_id),
        width=82,
        urdu_width=97,
        is_bold=lambda row: row.band == "A",
        tip=lambda row: tr("Possible duplicate of {report}", report=row.duplicates_of) if row.duplicates_of else "",
    ),
    QueueColumn(
        key="incident",
        header=mark("Incident"),
        text=lambda row: words.incident(row.incident_type),
        width=126,
        urdu_width=112,
        tip=lambda row: "\n".join(filter(None, (row.incident_type, row.esp))),
    ),
    QueueColumn(
        key="deadline",
        header=mark("Next deadline"),
        text=words.deadline,
        width=120,
        urdu_width=102,
        colour=words.deadline_colour,
        tip=_describe_deadline,
    ),
    QueueColumn(
        key="flags",
        header=mark("Flags"),
        text=_flags,
        width=120,
        urdu_width=120,
        stretch=True,
        tip=_flags,
        paint=lambda painter, place, row: draw_chips(painter, place, row.flags),
    ),
    QueueColumn(
        key="location",
        header=mark("Location"),
        text=words.where,
        width=87,
        urdu_width=82,
        colour=lambda row: "text" if "victim in Pakistan" in row.flags else "muted",
        tip=_describe_location,
    ),
    QueueColumn(
        key="office",
        header=mark("Office"),
        text=lambda row: ltr(row.office or "-"),
        width=50,
        urdu_width=54,
        hidden_first=2,
        colour=lambda row: "muted",
    ),
    QueueColumn(
        key="status",
        header=mark("Status"),
        text=lambda row: words.status(row.status),
        width=87,
        urdu_width=62,
        hidden_first=3,
        colour=lambda row: "muted",
    ),
    QueueColumn(
        key="assignee",
        header=mark("With"),
        text=lambda row: ltr(row.assignee or "-"),
        width=54,
        urdu_width=62,
        hidden_first=1,
    ),
)


def find_column(key: str) -> QueueColumn:
    """Returns the column of this key. Raises StopIteration when there is none."""
    return next(column for column in COLUMNS if column.key == key)
