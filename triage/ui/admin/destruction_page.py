"""Defines the page of destruction and legal holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.jobs.keeping.destruction import DestructionResult
from triage.jobs.keeping.holdings import DestructionEntry, HoldEntry
from triage.model.users import Right
from triage.ui.admin.destruction_dialog import DestroyDialog, describe_destroyed
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.page import DeskPage
from triage.ui.core.paged_table import PagedRows, PagedTable, read_rows
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import NamedField
from triage.ui.kit.listing import lay_out, make_side, set_start_margin
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, clear, label
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn
from triage.ui.text.times import pkt

DESTROYED: tuple[TableColumn[DestructionEntry], ...] = (
    TableColumn(mark("Destroyed"), 190, lambda d: pkt(d.destroyed)),
    TableColumn(mark("Internal number"), 120, lambda d: number(d.number), lambda _: "muted", spare=True),
    TableColumn(mark("By"), 110, lambda d: isolated(d.user)),
    TableColumn(mark("Second person"), 0, lambda d: isolated(d.second)),
    TableColumn(mark("Documents"), 96, lambda d: number(d.documents)),
    TableColumn(mark("Media"), 70, lambda d: number(d.media)),
)
HELD: tuple[TableColumn[HoldEntry], ...] = (
    TableColumn(mark("Report"), 110, lambda h: ltr(h.report_id), cut_middle=True),
    TableColumn(mark("Reason"), 0, lambda h: isolated(h.reason)),
    TableColumn(mark("Placed"), 190, lambda h: pkt(h.placed), lambda _: "muted"),
    TableColumn(mark("By"), 110, lambda h: isolated(h.user), lambda _: "muted", spare=True),
)


class HoldDialog(FormDialog):
    """Places a legal hold on a report."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Place a legal hold"), parent=parent, done=done, record=tr("Place the hold"))
        self._api = api
        self.number = NamedField(tr("Report number"))
        self.reason = NamedField(tr("Reason"), tr("e.g. the court asked to keep it, with number and date"))
        self.form.addWidget(label(tr("As long as it stands, nobody can destroy the report."), "muted", wrap=True))
        self.form.addWidget(self.number.holder)
        self.form.addWidget(self.reason.holder)
        self.number.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that places the hold."""
        number_, reason = self.number.get_text(), self.reason.get_text()
        if number_ is None or reason is None:
            self.problem.setText(tr("Type the number of the report and the reason."))
            return None

        def place() -> str:
            self._api.place_hold(number_, reason)
            return number_

        return place


class DestructionPage(DeskPage):
    """Lists destructions and holds; destroys, holds and lifts."""

    keys_of = "destruction"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Destruction and holds"))
        self._may_destroy, self._may_hold = api.may(Right.DESTROY), api.may(Right.HOLD)
        self.destroying = self.add_button("destroy", tr("Destroy a report"), self.ask_destroy)
        self.destroying.setEnabled(self._may_destroy)
        self.hold = self.add_button("hold", tr("Place a hold"), self.ask_hold)
        self.hold.setEnabled(self._may_hold)
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        self.holds = RowsTable(HELD, lambda hold: hold.report_id, name=tr("Legal holds"))
        self.holds.opened.connect(lambda hold: self.open_asked.emit(hold.report_id, ""))
        self.gone = PagedTable(DESTROYED, runner, name=tr("Destructions"))
        self.gone.paged.failed.connect(self.said)
        self._no_holds, self._none_gone = label("", "muted", wrap=True), label("", "muted", wrap=True)
        main = QWidget()
        column = QVBoxLayout(main)
        set_start_margin(column, 12)
        column.setSpacing(6)
        for heading, nothing, table in (
            (tr("Legal holds"), self._no_holds, self.holds),
            (tr("Destructions"), self._none_gone, self.gone),
        ):
            column.addWidget(label(heading, "heading"))
            column.addWidget(nothing)
            column.addWidget(table, 1)
        column.addStretch(0)
        side, area = make_side()
        self._result = QVBoxLayout()
        side.addLayout(self._result)
        acts = Card(tr("What you can do"))
        self.lift = KeyButton.for_action("destruction", "lift", tr("Lift the chosen hold"), on=self.lift_hold)
        acts.body.addWidget(self.lift)
        for says in (
            tr("A hold is placed and lifted by those who work on reports, not by those who destroy."),
            tr("A destruction takes two people, a reason and the rule or order."),
            tr("A signed certificate and the register of destructions are written."),
            tr("Statistics keep the destroyed report as a count; nothing else of it stays."),
        ):
            acts.body.addWidget(label(says, "small", wrap=True))
        side.addWidget(acts)
        side.addStretch(1)
        lay_out(self.body, main, area)
        self.bind(
            {
                "back": lambda: self.page_asked.emit("admin", ""),
                "next": lambda: self.holds.go(1),
                "previous": lambda: self.holds.go(-1),
                "destroy": self.ask_destroy,
                "hold": self.ask_hold,
                "lift": self.lift_hold,
            }
        )

    def reload(self) -> None:
        """Reads destructions and holds again."""
        if not self.api.may(Right.RECORD):
            self.message.say(tr("Your roles do not include administration."), tr("Ask your administrator if that is wrong."))
            return
        kept = self.gone.current_id()

        def read() -> tuple[Sequence[HoldEntry] | None, PagedRows[DestructionEntry]]:
            holds = self.api.holds() if self._may_hold else None
            return holds, read_rows(self.api.list_destruction_ids(), self.api.load_destructions, kept)

        self.read(read, lambda found: self.show_all(*found))

    def show_all(self, holds: Sequence[HoldEntry] | None, gone: PagedRows[DestructionEntry]) -> None:
        """Shows holds, which only those who work on reports see, and destructions."""
        self.beside.setText(trn("{n} destruction", "{n} destructions", len(gone.ids)))
        self.holds.show_rows(holds or ())
        self.holds.setVisible(bool(holds))
        self._no_holds.setVisible(not holds)
        self._no_holds.setText(
            tr("Your roles do not include legal holds.") if holds is None else tr("No report is under a legal hold.")
        )
        self.gone.show_found(gone)
        self.gone.setVisible(bool(gone.ids))
        self._none_gone.setVisible(not gone.ids)
        self._none_gone.setText(tr("Nothing was destroyed yet."))
        self.lift.setEnabled(self._may_hold and bool(holds))
        self.show_body()

    def ask_destroy(self) -> None:
        """Opens the dialog that destroys a report."""
        if self._may_destroy:
            DestroyDialog(self.api, self.runner, parent=self, done=self._destroyed).open()
        else:
            self.said.emit(tr("Your roles do not include destruction."))

    def _destroyed(self, result: DestructionResult) -> None:
        """Shows what was destroyed, where the papers are, and what still holds it."""
        clear(self._result)
        card = Card(tr("Destroyed"))
        for says in describe_destroyed(result):
            card.body.addWidget(label(says, wrap=True, selectable=True))
        self._result.addWidget(card)
        self.reload()

    def ask_hold(self) -> None:
        """Opens the dialog that places a hold."""
        if self._may_hold:
            HoldDialog(self.api, self.runner, parent=self, done=self._held).open()
        else:
            self.said.emit(tr("Your roles do not include holds."))

    def _held(self, number: str) -> None:
        """Selects the hold that was placed."""
        self.holds.choose(number)
        self._done(tr("The hold is placed."))

    def lift_hold(self) -> None:
        """Lifts the chosen hold; the notice says how to place it again."""
        hold = self.holds.current_row()
        if hold is None or not self._may_hold:
            return
        says = tr("The hold on {report} is lifted. Place it again to undo.", report=ltr(hold.report_id))
        self.runner.do(
            lambda _progress, _cancel: self.api.lift_hold(hold.report_id),
            lambda _: self._done(says),
            owner=self,
            failed=self.failed,
        )

    def _done(self, sentence: Safe) -> None:
        """Says what was done, and reads everything again."""
        self.said.emit(sentence)
        self.reload()

    def focus(self) -> None:
        """Moves the focus to a table that is shown."""
        shown = next((table for table in (self.holds, self.gone) if table.isVisibleTo(self)), None)
        (shown or self).setFocus()
