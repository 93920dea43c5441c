"""Defines the page of work packages: what was sent and received, what is overdue, conflicts, and known workstations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from triage.model.users import Right
from triage.model.work import WorkConflict, WorkReport, WorkRow, Workstation
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file
from triage.ui.core.page import DeskPage
from triage.ui.core.paged_table import PagedRows, PagedTable, group_ids, read_rows
from triage.ui.core.runner import Runner
from triage.ui.exchange.work_dialogs import ConflictDialog, ResultsDialog, SendWorkDialog
from triage.ui.exchange.work_words import (
    choose_ink,
    describe_conflict,
    describe_day,
    describe_report,
    describe_state,
    format_fingerprint,
)
from triage.ui.kit.fields import ShownCode
from triage.ui.kit.listing import lay_out, make_side, stack
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.table import TableColumn
from triage.ui.kit.widgets import Card, KeyButton, clear, label, set_tooltip
from triage.ui.kit.widgets import row as lay_row
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn, word

SIDE = 400
MOST_REPORTS, MOST_CONFLICTS = 60, 40
COLUMNS: tuple[TableColumn[WorkRow], ...] = (
    TableColumn(mark("Workstation"), 0, lambda r: isolated(r.with_)),
    TableColumn(mark("Reports"), 64, lambda r: number(r.reports)),
    TableColumn(mark("Sent"), 92, lambda r: describe_day(r.sent), lambda _: "muted", spare=True),
    TableColumn(mark("Due"), 92, lambda r: describe_day(r.due), lambda r: "bad" if r.state == "overdue" else "text"),
    TableColumn(mark("Conflicts"), 64, lambda r: number(r.conflicts), lambda r: "warn" if r.conflicts else "muted", spare=True),
    TableColumn(mark("State"), 180, describe_state, choose_ink),
)
GROUPS = (("sent", mark("Sent packages")), ("received", mark("Received packages")))
NO_EXPORT = mark("Your roles do not allow the export of queues.")


@dataclass(frozen=True, slots=True)
class _Found:
    """What the page reads at once."""

    rows: PagedRows[WorkRow]
    overdue: int
    conflicts: tuple[WorkConflict, ...]
    stations: tuple[Workstation, ...]


def _build_key(station: Workstation) -> ShownCode:
    """Builds a field with an age key, which is too long for a line and is copied as a whole."""
    field = ShownCode(station.age_key or "")
    field.setAccessibleName(tr("Age key of this workstation") if station.own else tr("Age key of {store}", store=station.name))
    return field


class WorkPage(DeskPage):
    """Lists work packages, sends and receives them, and shows conflicts until a lead resolves them."""

    keys_of = "work"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Work packages"))
        self._conflicts: tuple[WorkConflict, ...] = ()
        may_export = api.may(Right.EXPORT_QUEUE)
        self.send = self.add_button("send", tr("Send work"), self.send_work, kind="primary")
        self.receive = self.add_button("receive", tr("Receive"), self.choose_file)
        self.results = self.add_button("results", tr("Write results"), self.write_results)
        self.resolve = KeyButton.for_action("work", "resolve", tr("Resolve the next one"), on=self.resolve_next)
        self.resolve.setEnabled(api.may(Right.ASSIGN))
        if not api.may(Right.ASSIGN):
            set_tooltip(self.resolve, tr("Only a lead resolves conflicts."))
        self.add_way_back()
        for button in (self.send, self.results):
            button.setEnabled(may_export)
            if not may_export:
                set_tooltip(button, word(NO_EXPORT))
        self.receive.setEnabled(api.may(Right.IMPORT))
        self.table = PagedTable(COLUMNS, runner, name=tr("Work packages"))
        self.table.paged.failed.connect(self.said)
        self.table.row_changed.connect(self._read_reports)
        self.table.opened.connect(lambda _: self.open_first())
        says = tr("No package was sent or received yet. Press N to send work, or I to receive a file.")
        self.nothing = label(says, "muted", wrap=True)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self._reports: tuple[WorkReport, ...] = ()
        self._cards = {name: QVBoxLayout() for name in ("package", "conflicts", "stations")}
        self._build()
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "open": self.open_first,
                "send": self.send_work,
                "receive": self.choose_file,
                "results": self.write_results,
                "resolve": self.resolve_next,
            }
        )

    def _build(self) -> None:
        """Lays out the table, and beside it the cards."""
        cards, area = make_side(SIDE)
        for column in self._cards.values():
            cards.addLayout(column)
        cards.addStretch(1)
        lay_out(self.body, stack(self.nothing, self.table), area)

    def reload(self) -> None:
        """Reads packages, conflicts and workstations again."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return

        kept = self.table.current_id()

        def read() -> _Found:
            found = self.api.find_work()
            ids, headings = group_ids((word(words), getattr(found, direction)) for direction, words in GROUPS)
            rows = read_rows(ids, self.api.load_work, kept, headings)
            return _Found(rows, found.overdue, self.api.list_work_conflicts(waiting=True), self.api.list_workstations())

        self.read(read, self.show_work)

    def show_work(self, found: _Found) -> None:
        """Shows the packages in two groups, the newest first."""
        self._conflicts = found.conflicts
        rows = len(found.rows.ids) - len(found.rows.headings)
        parts = [trn("{n} package", "{n} packages", rows)]
        if found.overdue:
            parts.append(trn("{n} overdue", "{n} overdue", found.overdue))
        self.beside.setText(Safe(tr(", ").join(parts)))
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._show_conflicts(found.conflicts)
        self._show_stations(found.stations)
        self.table.show_found(found.rows)
        if not rows:
            clear(self._cards["package"])
        self.show_body()

    # Cards

    def _read_reports(self, row: WorkRow | None) -> None:
        """Reads the reports of the current package."""
        clear(self._cards["package"])
        self._reports = ()
        self.results.setEnabled(row is not None and row.direction == "received" and self.api.may(Right.EXPORT_QUEUE))
        if row is None:
            self.runner.drop_answers(self, "package")
            return
        self.runner.ask(
            lambda: self.api.list_work_reports(row.package_id),
            lambda found: self._show_package(row, found),
            owner=self,
            failed=self.said.emit,
            about="package",
        )

    def _show_package(self, row: WorkRow, found: Sequence[WorkReport]) -> None:
        """Shows the current package with its reports."""
        if self.table.current_row() != row:
            return
        self._reports = tuple(found)
        clear(self._cards["package"])
        card = Card(tr("Package"), ltr(row.package_id[:8]))
        set_tooltip(card.title, ltr(row.package_id))
        came = trn(
            "Results came {n} time, last on {day}",
            "Results came {n} times, last on {day}",
            row.results,
            day=describe_day(row.imported),
        )
        if row.direction == "received":
            came = trn(
                "Received on {day}; results were written {n} time",
                "Received on {day}; results were written {n} times",
                row.results,
                day=describe_day(row.imported),
            )
        elif not row.results:
            came = tr("No results came back yet")
        card.body.addWidget(label(came, "muted", wrap=True))
        for each in self._reports[:MOST_REPORTS]:
            link = LinkButton(ltr(each.report_id), partial(self.open_asked.emit, each.report_id, ""))
            how = label(describe_report(each, row.with_), "warn" if each.conflicts else "small", wrap=True)
            line = lay_row(link, how)
            line.setStretch(1, 1)
            card.body.addLayout(line)
        if (gone := row.reports - len(self._reports)) > 0:
            says = trn("{n} report of it was destroyed here.", "{n} reports of it were destroyed here.", gone)
            card.body.addWidget(label(says, "warn", wrap=True))
        if (more := len(self._reports) - MOST_REPORTS) > 0:
            card.body.addWidget(label(tr("and {n} more", n=number(more)), "small"))
        self._cards["package"].addWidget(card)

    def _show_conflicts(self, conflicts: Sequence[WorkConflict]) -> None:
        """Shows each conflict with both values, and a link that resolves it."""
        self.resolve.setParent(self)  # it stays when the card goes
        self.resolve.hide()
        clear(self._cards["conflicts"])
        if not conflicts:
            return
        card = Card(tr("Two workstations set differently"), number(len(conflicts)))
        card.body.addLayout(lay_row(self.resolve, None))
        self.resolve.show()
        for each in conflicts[:MOST_CONFLICTS]:
            card.body.addWidget(label(describe_conflict(each), "warn", wrap=True, selectable=True))
            if self.api.may(Right.ASSIGN):
                card.body.addLayout(lay_row(LinkButton(tr("Resolve"), partial(self.ask_side, each)), None))
        if (more := len(conflicts) - MOST_CONFLICTS) > 0:
            card.body.addWidget(label(tr("and {n} more", n=number(more)), "small"))
        if not self.api.may(Right.ASSIGN):
            card.body.addWidget(label(tr("Only a lead resolves conflicts."), "small", wrap=True))
        self._cards["conflicts"].addWidget(card)

    def _show_stations(self, stations: Sequence[Workstation]) -> None:
        """Shows the keys by which workstations know one another."""
        clear(self._cards["stations"])
        card = Card(tr("Keys of workstations"))
        for each in stations:
            card.body.addWidget(label(tr("This workstation") if each.own else isolated(each.name), "strong"))
            card.body.addWidget(label(format_fingerprint(each.fingerprint), "small", wrap=True, selectable=True))
            if each.age_key is not None:
                card.body.addWidget(_build_key(each))
        if all(each.own for each in stations):
            says = tr("No other workstation is known. An administrator trusts its key after comparing the fingerprint on paper.")
            card.body.addWidget(label(says, "muted", wrap=True))
        self._cards["stations"].addWidget(card)

    # What a person does

    def open_first(self) -> None:
        """Opens the first report of the current package."""
        if self._reports:
            self.open_asked.emit(self._reports[0].report_id, "")

    def step(self, step: int) -> str | None:
        """Returns the report of the current package after or before the one that was opened last."""
        return None

    def send_work(self) -> None:
        """Opens the dialog that sends work."""
        if not self.api.may(Right.EXPORT_QUEUE):
            self.said.emit(word(NO_EXPORT))
            return
        dialog = SendWorkDialog(self.api, self.runner, parent=self)
        dialog.written.connect(self.reload)
        dialog.open()

    def choose_file(self) -> None:
        """Asks for a package or results file, which the import page then imports with its receipt."""
        if not self.api.may(Right.IMPORT):
            self.said.emit(tr("Your roles do not allow imports."))
            return
        name = ask_file(self, tr("Receive a work package or results"), "*.age")
        if name:
            self.import_asked.emit(name)

    def write_results(self) -> None:
        """Opens the dialog that writes results of the current package."""
        row = self.table.current_row()
        if not self.api.may(Right.EXPORT_QUEUE):
            self.said.emit(word(NO_EXPORT))
        elif row is None or row.direction != "received":
            self.said.emit(tr("Select a package that was received."))
        else:
            dialog = ResultsDialog(self.api, self.runner, row, parent=self)
            dialog.written.connect(self.reload)
            dialog.open()

    def resolve_next(self) -> None:
        """Opens the first conflict of the current package, else the first of all."""
        if not self.api.may(Right.ASSIGN):
            self.said.emit(tr("Only a lead resolves conflicts."))
            return
        if not self._conflicts:
            self.said.emit(tr("There is no conflict."))
            return
        row = self.table.current_row()
        own = [each for each in self._conflicts if row is not None and each.package_id == row.package_id]
        self.ask_side((own or list(self._conflicts))[0])

    def ask_side(self, conflict: WorkConflict) -> None:
        """Opens the dialog with both values."""
        ConflictDialog(self.api, self.runner, conflict, parent=self, done=lambda _: self.reload()).open()

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()
