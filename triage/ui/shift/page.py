"""Defines the page of shifts: what is unfinished, by name; the sheets, and who acknowledged them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from triage.message import Message
from triage.model.handover import Handover
from triage.model.shift import ShiftList, ShiftRow, ShiftSheet
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import label_field
from triage.ui.kit.table import RowHeading, RowsTable, TableColumn
from triage.ui.kit.widgets import label, set_tooltip
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, tr_message, trn, word
from triage.ui.text.role_names import name_person

SHEETS_WIDTH = 340
MOST_NOTE = 2000  # characters, as triage/jobs/casework/shift.py
LISTS = (
    mark("open in band A"), mark("open in band B"), mark("open in band A, assigned to nobody"),
    mark("open in band B, assigned to nobody"), mark("deadline within 7 days"), mark("child lane: waits for a lead"),
    mark("corrections that wait for a second person"), mark("grades that are not final"), mark("requests without a reply"),
    mark("requests that were not sent"), mark("conflicts with another workstation"), mark("no outcome in time"),
)  # fmt: skip
"""Names of the lists, as the job writes them."""
REQUESTS = ("requests without a reply", "requests that were not sent")
WAITS = (
    mark("may not leave until a lead confirms it"), mark("two people disagree"), mark("waits for a second grader"),
    mark("the stored grade can't be read"),
)  # fmt: skip


def describe_what(row: ShiftRow) -> Safe:
    """Returns what waits: a status of a report, or a sentence."""
    if row.what is None:
        return Safe("")
    if row.band is not None and isinstance(row.what, str):
        return words.status(row.what)
    return tr_message(row.what) if isinstance(row.what, Message) else word(row.what)


def describe_due(row: ShiftRow) -> Safe:
    """Returns the next deadline with the time left."""
    if row.due is None:
        return Safe("")
    return tr("{what}, {left}", what=word(row.due_for or ""), left=times.left(row.due))


def _describe_closed(sheet: ShiftSheet) -> Safe:
    """Returns day and time at which a shift was closed, in Pakistan."""
    when = times.to_pkt(times.parse(sheet.made))
    return tr("{day}, {time}", day=times.day(when), time=times.clock(when))


SHEETS: tuple[TableColumn[ShiftSheet], ...] = (
    TableColumn(mark("Sheet"), 52, lambda s: number(s.number)),
    TableColumn(mark("Closed"), 0, _describe_closed),
    TableColumn(mark("By"), 64, lambda s: name_person(s.by)),
    TableColumn(
        mark("Read by"),
        64,
        lambda s: isolated(s.acknowledged_by) if s.acknowledged_by else tr("nobody"),
        lambda s: "good" if s.acknowledged else "warn",
    ),
)
ROWS: tuple[TableColumn[ShiftRow], ...] = (
    TableColumn(mark("Band"), 44, lambda r: r.band or "", band=True),
    TableColumn(mark("Number"), 104, lambda r: ltr(r.number), cut_middle=True),
    TableColumn(mark("What waits"), 0, describe_what),
    TableColumn(mark("Deadline"), 220, describe_due, lambda _: "muted", spare=True),
    TableColumn(mark("With"), 88, lambda r: words.assignee(r.assignee), lambda r: "text" if r.assignee else "warn"),
)


class ShiftPage(DeskPage):
    """Shows the lists of the chosen sheet as of now, closes a shift and acknowledges one."""

    keys_of = "shift"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Shift"))
        self.close_button = self.add_button("close", tr("Close the shift"), self.close_shift, kind="primary")
        self.acknowledge_button = self.add_button("acknowledge", tr("Acknowledge"), self.acknowledge)
        self.print_button = self.add_button("print", tr("Print"), self.print_sheet)
        self.add_way_back()
        decide, export = api.may(Right.DECIDE), api.may(Right.EXPORT_QUEUE)
        self._acts = ((self.acknowledge_button, decide), (self.print_button, export))
        for button, allowed, why in (
            (self.close_button, decide, tr("Your roles do not allow decisions.")),
            (self.acknowledge_button, decide, tr("Your roles do not allow decisions.")),
            (self.print_button, export, tr("Your roles do not allow the export of queues.")),
        ):
            button.setEnabled(allowed)
            if not allowed:
                set_tooltip(button, why)
        self._lists: dict[int, str] = {}
        self.sheets: RowsTable[ShiftSheet] = RowsTable(SHEETS, lambda s: s.number, name=tr("Sheets of shifts"))
        self.sheets.setFixedWidth(SHEETS_WIDTH)
        self.sheets.row_changed.connect(self._read_sheet)
        self.table: RowsTable[ShiftRow] = RowsTable(ROWS, lambda r: id(r), name=tr("What is unfinished"))
        self.table.opened.connect(lambda _: self.open_current())
        self.state = label("", wrap=True, selectable=True)
        self.state.setContentsMargins(0, 10, 16, 8)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.state)
        right.addWidget(self.table, 1)
        whole = QHBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(self.sheets)
        whole.addLayout(right, 1)
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "newer": lambda: self.sheets.go(-1),
                "older": lambda: self.sheets.go(1),
                "open": self.open_current,
                "close": self.close_shift,
                "acknowledge": self.acknowledge,
                "print": self.print_sheet,
            }
        )

    def reload(self) -> None:
        """Reads the sheets again."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.read(self.api.list_shifts, self.show_sheets)

    def show_sheets(self, sheets: tuple[ShiftSheet, ...]) -> None:
        """Shows the sheets, the newest first."""
        for button, allowed in self._acts:
            button.setEnabled(allowed and bool(sheets))
        if not sheets:
            self.beside.setText("")
            step = tr("At the end of a shift press N: a sheet lists what is open, and the next person acknowledges it.")
            self.message.say(tr("No shift was closed yet."), step)
            self.states.setCurrentWidget(self.message)
            return
        waiting = sum(sheet.acknowledged is None for sheet in sheets)
        said = trn("{n} sheet is not acknowledged", "{n} sheets are not acknowledged", waiting)
        self.beside.setText(said if waiting else tr("all acknowledged"))
        self.sheets.show_rows(sheets)
        self.show_body()

    def _read_sheet(self, sheet: ShiftSheet | None) -> None:
        """Reads the lists of a sheet as of now."""
        if sheet is None:
            self.runner.drop_answers(self, "sheet")
        else:
            self.runner.ask(
                lambda: self.api.show_shift(sheet.number), self.show_sheet, owner=self, failed=self.said.emit, about="sheet"
            )

    def show_sheet(self, sheet: ShiftSheet) -> None:
        """Shows the note and the lists of a sheet; each list says how long it was when the shift ended."""
        current = self.sheets.current_row()
        if current is None or current.number != sheet.number:
            return
        made, by = times.pkt(sheet.made), name_person(sheet.by)
        says = tr("Shift closed by {name}, {when}. The lists are as of now.", name=by, when=made)
        if sheet.acknowledged is None:
            says = Safe(f"{says} {tr('Nobody has acknowledged it.')}")
        else:
            who, when = isolated(sheet.acknowledged_by or tr("not stated")), times.pkt(sheet.acknowledged)
            says = Safe(f"{says} {tr('Acknowledged by {name}, {when}.', name=who, when=when)}")
        if sheet.note:
            says = Safe(f"{says}\n{tr('Note: {note}', note=isolated(sheet.note))}")
        self.state.setText(says)
        rows: list[ShiftRow | RowHeading] = []
        self._lists = {}
        for each in sheet.lists:
            if each.total or sheet.counts.get(each.name):
                rows.append(RowHeading(word(each.name), describe_count(each, sheet.counts.get(each.name))))
                rows += each.rows
                self._lists |= {id(row): each.name for row in each.rows}
        self.table.show_rows(rows or [RowHeading(tr("Nothing is unfinished."))])

    # What a person does

    def open_current(self) -> None:
        """Opens the report of the current row, or the page of requests."""
        row = self.table.current_row()
        if row is None:
            return
        if self._lists.get(id(row)) in REQUESTS:
            self.page_asked.emit("requests", "")
        else:
            self.open_asked.emit(row.number, "")

    def step(self, step: int) -> str | None:
        """Returns the report in the row after or before the current one."""
        self.table.go(step)
        row = self.table.current_row()
        return None if row is None or self._lists.get(id(row)) in REQUESTS else row.number

    def close_shift(self) -> None:
        """Asks for a note and closes the shift."""
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
            return
        CloseDialog(self.api, self.runner, parent=self, done=lambda _: self.reload()).open()

    def acknowledge(self) -> None:
        """Asks whether the current sheet was read, and records it."""
        sheet = self._find_sheet()
        if sheet is None:
            return
        if not self.api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        elif sheet.acknowledged is not None:
            self.said.emit(tr("Sheet {n} is acknowledged already.", n=sheet.number))
        else:
            AcknowledgeDialog(self.api, self.runner, sheet, parent=self, done=lambda _: self.reload()).open()

    def print_sheet(self) -> None:
        """Opens the dialog that writes the sheet as a PDF."""
        sheet = self._find_sheet()
        if sheet is None:
            return
        if not self.api.may(Right.EXPORT_QUEUE):
            self.said.emit(tr("Your roles do not allow the export of queues."))
            return
        PrintDialog(self.api, self.runner, sheet.number, parent=self).open()

    def _find_sheet(self) -> ShiftSheet | None:
        """Returns the current sheet, or says that there is none."""
        sheet = self.sheets.current_row() if self.states.currentWidget() is self.body else None
        if sheet is None:
            self.said.emit(tr("Select a sheet."))
        return sheet

    def focus(self) -> None:
        """Moves the focus to the table of what is unfinished."""
        self.table.setFocus()


def describe_count(each: ShiftList, before: int | None) -> Safe:
    """Returns how long a list is now, and how long it was when the shift ended."""
    now = tr("{n} now", n=number(each.total))
    if before is None or before == each.total:
        return now
    return tr("{now}, {n} when the shift ended", now=now, n=number(before))


class CloseDialog(FormDialog):
    """Asks for a note to the next person and closes the shift."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Close the shift"), parent=parent, done=done, record=tr("Close the shift"))
        self._api = api
        says = tr("A sheet keeps what is open now. It can't be taken back; the next person acknowledges it.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(110)
        self.form.addWidget(label_field(tr("Note for the next person; it may stay blank"), self.note))
        self.note.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that closes the shift."""
        note = self.note.toPlainText().strip()
        if len(note) > MOST_NOTE:
            self.problem.setText(tr("The note has more than {most} characters.", most=MOST_NOTE))
            return None
        return lambda: self._api.close_shift(note or None)


class AcknowledgeDialog(FormDialog):
    """Asks whether a sheet was read."""

    def __init__(self, api: Api, runner: Runner, sheet: ShiftSheet, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Acknowledge sheet {n}", n=sheet.number)
        super().__init__(runner, title, parent=parent, done=done, record=tr("I have read it"))
        self._api, self._number = api, sheet.number
        says = tr("You take over what is listed. Your name and the time are recorded; that can't be taken back.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.record.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that records it."""
        return lambda: self._api.acknowledge_shift(self._number)


class PrintDialog(WritingDialog):
    """Writes a sheet to a signed PDF."""

    def __init__(self, api: Api, runner: Runner, number_of: int, *, parent: QWidget) -> None:
        super().__init__(api, runner, tr("Print sheet {n}", n=number_of), parent=parent, name="shift", ending=".pdf")
        self._number = number_of
        self.place.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns the call that reads the sheet."""
        return lambda _progress, _cancel: self.api.show_shift(self._number)

    def show_preview(self, found: ShiftSheet) -> bool:
        """Shows how long the lists are."""
        for each in found.lists:
            if each.total:
                self.add_line(tr("{name}: {n}", name=word(each.name), n=number(each.total)))
        return True

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the sheet."""
        return lambda _progress, _cancel: self.api.print_shift(self._number, out, handover=handover)

    def show_written(self, made: ShiftSheet, column: QVBoxLayout) -> None:
        """Says which sheet was written."""
        column.addWidget(label(tr("Sheet {n}", n=made.number), "muted"))
