"""The columns of the queue on the screen. One declaration holds all that a column is; model, table, header and delegate read it.

A cell has two lines: what a person reads first, and below it in small type what belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from triage.model.queue_order import QueueColumn as SortColumn
from triage.model.views import QueueRow
from triage.ui.queue.painting import draw_band, draw_bar, draw_flags, order_flags
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, decimal, is_rtl, ltr, mark, stack_lines, tr, trn, word

Paint = Callable[[QPainter, QRect, QueueRow], None]
NOTHING = Safe("")
TYPE_FLAGS = {"Child Sexual Molestation": "molestation type"}
"""NCMEC's incident type -> the flag that the rules give it."""


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
    """The first line of the cell in words."""
    second: Callable[[QueueRow], Safe] = lambda row: NOTHING
    """The second line."""
    width: int
    urdu_width: int
    """Urdu words are shorter, and its digits are larger."""
    usual: bool = False
    """Whether it is shown until a person chooses the columns."""
    fixed: bool = False
    """Whether it is always shown and stays in view."""
    stretch: bool = False
    sort: SortColumn | None = None
    """The column of the store's order; None when the queue can't be sorted by it."""
    sorted_by: str = ""
    """What the queue is sorted by, marked for translation."""
    facets: tuple[str, ...] = ()
    """Names of the facets that its header lists."""
    colour: Callable[[QueueRow], str] = lambda row: "text"
    """Name of the palette colour of the first line."""
    is_bold: Callable[[QueueRow], bool] = lambda row: False
    tip: Callable[[QueueRow], str] = lambda row: ""
    """What the cell cannot hold; empty for no tooltip."""
    paint: Paint | None = None
    """Draws the cell in place of its text."""

    def usual_width(self) -> int:
        """Returns the width in the language in force."""
        return self.urdu_width if is_rtl() else self.width

    def describe(self, row: QueueRow) -> Safe:
        """Returns the whole cell in words, for screen readers."""
        return Safe(tr(", ").join(part for part in (self.text(row), self.second(row)) if part))


def _of_100(value: float) -> Safe:
    return tr("{value} of 100", value=decimal(value))


def _flags(row: QueueRow) -> Safe:
    return Safe(tr(", ").join(word(flag) for flag in order_flags(row.flags)))


def _list_cell_flags(row: QueueRow) -> tuple[str, ...]:
    """Returns the flags of a row without the one that only repeats the incident type, which stands two columns before."""
    repeated = TYPE_FLAGS.get(row.incident_type or "")
    return tuple(flag for flag in row.flags if flag != repeated)


def count_copies(row: QueueRow) -> Safe:
    """Returns how many duplicates are folded into a row, or an empty text."""
    return trn("{n} folded", "{n} folded", row.copies) if row.copies else NOTHING


def _report(row: QueueRow) -> Safe:
    return tr("{report} ({folded})", report=ltr(row.report_id), folded=count_copies(row)) if row.copies else ltr(row.report_id)


def _describe_deadline(row: QueueRow) -> str:
    next_one = [] if row.deadline is None else [words.deadline(row), times.both(row.deadline)]
    ran_out = [tr("{what} ran out on {time}", what=word(each.name), time=times.both(each.due)) for each in row.ran_out]
    return "\n".join((*next_one, *ran_out))


def _describe_location(row: QueueRow) -> str:
    province = words.province(row.province)
    return tr("{place}; province of the reported user: {province}", place=words.where(row), province=province)


def _describe_report(row: QueueRow) -> str:
    parts = (ltr(row.report_id), row.incident_type, row.esp, count_copies(row))
    twin = tr("Possible duplicate of {report}", report=row.duplicates_of) if row.duplicates_of else NOTHING
    return stack_lines(*(part for part in (*parts, twin) if part))


def _describe_status(row: QueueRow) -> Safe:
    if row.assignee is None:
        return tr("unassigned, {status}", status=words.status(row.status))
    return tr("{name}, {status}", name=row.assignee, status=words.status(row.status))


def _list_languages(row: QueueRow) -> Safe:
    return Safe(tr(", ").join(word(each) for each in row.languages)) if row.languages else tr("not stated")


COLUMNS: tuple[QueueColumn, ...] = (
    QueueColumn(
        key="tick",
        header="",
        text=lambda row: NOTHING,
        width=30,
        urdu_width=30,
        fixed=True,
    ),
    QueueColumn(
        key="band",
        header=mark("Band"),
        text=lambda row: ltr(row.band),
        width=50,
        urdu_width=50,
        usual=True,
        sort="priority",
        sorted_by=mark("band, then child risk"),
        facets=("bands",),
        paint=lambda painter, place, row: draw_band(painter, place, row.band),
    ),
    QueueColumn(
        key="risk",
        header=mark("Child risk"),
        text=lambda row: decimal(row.risk, 0),
        width=72,
        urdu_width=78,
        usual=True,
        sort="risk",
        sorted_by=mark("child risk"),
        tip=lambda row: _of_100(row.risk),
        paint=lambda painter, place, row: draw_bar(painter, place, row.risk),
    ),
    QueueColumn(
        key="actionability",
        header=mark("Can act"),
        text=lambda row: decimal(row.actionability, 0),
        width=66,
        urdu_width=76,
        usual=True,
        sort="actionability",
        sorted_by=mark("what can be acted on"),
        tip=lambda row: _of_100(row.actionability),
        paint=lambda painter, place, row: draw_bar(painter, place, row.actionability),
    ),
    QueueColumn(
        key="report",
        header=mark("Report, incident"),
        text=_report,
        second=lambda row: words.incident(row.incident_type),
        width=152,
        urdu_width=134,
        usual=True,
        sort="incident_type",
        sorted_by=mark("incident type"),
        facets=("incident_types", "providers"),
        is_bold=lambda row: True,
        tip=_describe_report,
    ),
    QueueColumn(
        key="deadline",
        header=mark("Deadline"),
        text=words.deadline_left,
        second=words.deadline_what,
        width=104,
        urdu_width=94,
        usual=True,
        sort="deadline",
        sorted_by=mark("time left"),
        facets=("deadline",),
        colour=words.deadline_colour,
        tip=_describe_deadline,
    ),
    QueueColumn(
        key="flags",
        header=mark("Flags"),
        text=_flags,
        width=150,
        urdu_width=130,
        usual=True,
        stretch=True,
        facets=("flags",),
        tip=_flags,
        paint=lambda painter, place, row: draw_flags(painter, place, _list_cell_flags(row)),
    ),
    QueueColumn(
        key="location",
        header=mark("Where"),
        text=words.where_user,
        second=words.where_child,
        width=90,
        urdu_width=90,
        usual=True,
        sort="province",
        sorted_by=mark("province"),
        facets=("provinces",),
        tip=_describe_location,
    ),
    QueueColumn(
        key="office",
        header=mark("Office, with"),
        text=lambda row: words.office(row.office),
        second=_describe_status,
        width=108,
        urdu_width=118,
        usual=True,
        sort="office",
        sorted_by=mark("office"),
        facets=("offices", "assignees", "statuses"),
        tip=lambda row: stack_lines(words.office(row.office), _describe_status(row)),
    ),
    QueueColumn(
        key="received",
        header=mark("Received"),
        text=lambda row: times.ago(row.received) if row.received else tr("not stated"),
        second=lambda row: tr("estimated") if row.received_estimated else NOTHING,
        width=96,
        urdu_width=100,
        sort="received",
        sorted_by=mark("time received"),
        tip=lambda row: times.both(row.received) if row.received else "",
    ),
    QueueColumn(
        key="provider",
        header=mark("Provider"),
        text=lambda row: word(row.esp) if row.esp else tr("not stated"),
        width=110,
        urdu_width=110,
        sort="provider",
        sorted_by=mark("provider"),
        facets=("providers",),
        tip=lambda row: word(row.esp) if row.esp else "",
    ),
    QueueColumn(
        key="languages",
        header=mark("Language"),
        text=_list_languages,
        width=100,
        urdu_width=96,
        facets=("languages",),
        tip=_list_languages,
    ),
    QueueColumn(
        key="status",
        header=mark("Status"),
        text=lambda row: words.status(row.status),
        width=92,
        urdu_width=84,
        sort="status",
        sorted_by=mark("status"),
        facets=("statuses",),
    ),
    QueueColumn(
        key="assignee",
        header=mark("With"),
        text=lambda row: ltr(row.assignee) if row.assignee else tr("unassigned"),
        width=84,
        urdu_width=92,
        sort="assignee",
        sorted_by=mark("who has it"),
        facets=("assignees",),
    ),
    QueueColumn(
        key="files",
        header=mark("Files"),
        text=lambda row: ltr(str(row.files)),
        second=lambda row: tr("{n} stored", n=row.files_present) if row.files else NOTHING,
        width=72,
        urdu_width=80,
    ),
)


def find_column(key: str) -> QueueColumn:
    """Returns the column of this key. Raises StopIteration when there is none."""
    return next(column for column in COLUMNS if column.key == key)
