"""Defines the page of deconfliction: three steps over carried files, and what both workstations hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QVBoxLayout

from triage.model.deconfliction import Deconfliction, DeconflictionList, DeconflictionResult
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.paged_table import PagedRows, PagedTable, read_rows
from triage.ui.core.runner import Runner
from triage.ui.exchange.deconfliction_dialogs import (
    AnswerDialog,
    FinishFirstDialog,
    FinishSecondDialog,
    StartDialog,
    describe_result,
)
from triage.ui.kit.listing import lay_out, make_side, stack
from triage.ui.kit.marked_lines import LinkButton, MarkedLines
from triage.ui.kit.question_dialog import QuestionDialog
from triage.ui.kit.table import TableColumn
from triage.ui.kit.widgets import Card, clear, label, row
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn, word

SIDE = 400
MOST_SHARED, MOST_REPORTS = 200, 12
KINDS = {
    "email": mark("Email"),
    "phone": mark("Phone"),
    "username": mark("Username"),
    "user_id": mark("Account"),
    "device": mark("Device"),
    "cnic": mark("CNIC"),
    "wallet": mark("Wallet"),
}
STEPS = (mark("The side that begins writes the first file"), mark("The other side answers with the second file"),
         mark("The first side reads it, knows the result, and writes the third file"),
         mark("The other side reads the third file and knows the result"))  # fmt: skip


def describe_state(each: Deconfliction) -> Safe:
    """Returns who is at which step."""
    if each.state == "finished":
        return tr("finished")
    if each.begun_here:
        return tr("not run yet; waits for their answer")
    return tr("not run yet; waits for their third file")


def describe_found(each: Deconfliction) -> Safe:
    """Returns what is known. Before the end that is nothing, which is not the same as "none"."""
    if each.shared is None:
        return tr("not known yet")
    return number(each.shared) if each.shared else tr("none is shared")


COLUMNS: tuple[TableColumn[Deconfliction], ...] = (
    TableColumn(mark("Workstation"), 0, lambda d: isolated(d.other)),
    TableColumn(mark("Begun"), 92, lambda d: times.day(times.to_pkt(times.parse(d.made))), lambda _: "muted", spare=True),
    TableColumn(mark("Begun by"), 88, lambda d: tr("here") if d.begun_here else tr("the other side"), spare=True),
    TableColumn(mark("Compared"), 76, lambda d: number(d.compared)),
    TableColumn(mark("Held by both"), 120, describe_found, lambda d: "warn" if d.shared is None else "text"),
    TableColumn(mark("State"), 260, describe_state, lambda d: "good" if d.state == "finished" else "warn"),
)


class DeconflictionPage(DeskPage):
    """Lists the sessions and takes the three steps. Only leads reach it, since it also counts undercover accounts."""

    keys_of = "deconfliction"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Deconfliction"))
        self.start = self.add_button("start", tr("Compare"), self.begin, kind="primary")
        self.answer = self.add_button("answer", tr("Answer a file"), self.answer_file)
        self.finish = self.add_button("finish", tr("Finish"), self.finish_session)
        self.withdraw = self.add_button("withdraw", tr("Withdraw"), self.withdraw_session)
        self.add_way_back()
        name = tr("Comparisons with other workstations")
        self._sessions: Sequence[str] = ()
        self.table = PagedTable(COLUMNS, runner, name=name)
        self.table.paged.failed.connect(self.said)
        self.table.row_changed.connect(self._read_result)
        self.table.opened.connect(lambda _: self.finish_session())
        self.nothing = label("", "muted", wrap=True)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self._card = QVBoxLayout()
        cards, area = make_side(SIDE)
        cards.addLayout(self._card)
        cards.addWidget(_build_steps())
        cards.addStretch(1)
        lay_out(self.body, stack(self.nothing, self.table), area)
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "start": self.begin,
                "answer": self.answer_file,
                "finish": self.finish_session,
                "withdraw": self.withdraw_session,
            }
        )

    def reload(self) -> None:
        """Reads the sessions again."""
        if not self.api.may(Right.ASSIGN):
            says = tr("A lead compares with other workstations, since undercover accounts are counted here.")
            self.message.say(tr("Only leads see this page."), says)
            return
        before, kept = self._sessions, self.table.current_id()

        def read() -> tuple[DeconflictionList, PagedRows[Deconfliction]]:
            found = self.api.find_deconflictions()
            places = {session: n for n, session in enumerate(found.sessions, 1)}

            def load(ids: Sequence[int]) -> dict[int, Deconfliction]:
                """Reads the sessions at these places, from 1."""
                rows = self.api.load_deconflictions([found.sessions[n - 1] for n in ids])
                return {places[session]: row for session, row in rows.items()}

            now = places.get(before[kept - 1]) if kept else None
            return found, replace(read_rows(range(1, len(found.sessions) + 1), load, now), kept=kept)

        self.read(read, lambda found: self.show_sessions(*found))

    def show_sessions(self, found: DeconflictionList, rows: PagedRows[Deconfliction]) -> None:
        """Shows the sessions, the newest first."""
        self._sessions = found.sessions
        parts = [trn("{n} comparison", "{n} comparisons", len(found.sessions))]
        if found.waiting:
            parts.append(trn("{n} not run to its end", "{n} not run to their end", found.waiting))
        self.beside.setText(Safe(tr(", ").join(parts)) if found.sessions else "")
        self.nothing.setText(tr("Nothing was compared yet, so nothing is known. Press N to begin, or I to answer a file."))
        self.nothing.setVisible(not found.sessions)
        self.table.setVisible(bool(found.sessions))
        for button in (self.finish, self.withdraw):
            button.setEnabled(found.waiting > 0)
        self.table.show_found(rows)
        self.show_body()

    def _read_result(self, each: Deconfliction | None) -> None:
        """Shows what is known of the current session."""
        clear(self._card)
        self.runner.drop_answers(self, "result")
        if each is None:
            return
        if each.state != "finished":
            card = Card(tr("Not run to its end"))
            card.body.addWidget(label(describe_state(each), "warn", wrap=True))
            says = tr("Nothing is known yet. That is not the same as: nothing was found.")
            card.body.addWidget(label(says, "muted", wrap=True))
            self._card.addWidget(card)
            return
        self.runner.ask(
            lambda: self.api.show_deconfliction(each.session),
            lambda result: self._show_result(each, result),
            owner=self,
            failed=self.said.emit,
            about="result",
        )

    def _show_result(self, each: Deconfliction, result: DeconflictionResult) -> None:
        """Shows the identifiers that both hold, with links to the reports here."""
        if self.table.current_row() != each:
            return
        clear(self._card)
        card = Card(tr("Held by both"), number(len(result.shared)))
        card.body.addWidget(label(describe_result(len(result.shared), result.silent), "strong", wrap=True))
        for found in result.shared[:MOST_SHARED]:
            kind = word(KINDS.get(found.kind, found.kind))
            says = tr("{kind}: {value}", kind=kind, value=isolated(found.value))
            card.body.addWidget(label(says, wrap=True, selectable=True))
            for report in found.reports[:MOST_REPORTS]:
                card.body.addLayout(row(12, LinkButton(ltr(report), partial(self.open_asked.emit, report, "")), None))
        if (more := len(result.shared) - MOST_SHARED) > 0:
            card.body.addWidget(label(tr("and {n} more", n=number(more)), "small"))
        self._card.addWidget(card)

    # What a person does

    def begin(self) -> None:
        """Opens the dialog that writes the first file."""
        self._open(StartDialog)

    def answer_file(self) -> None:
        """Opens the dialog that answers a first file."""
        self._open(AnswerDialog)

    def _open(self, kind: type[StartDialog] | type[AnswerDialog]) -> None:
        """Opens a dialog, for a lead."""
        if not self.api.may(Right.ASSIGN):
            self.said.emit(tr("Only leads see this page."))
            return
        dialog = kind(self.api, self.runner, parent=self)
        dialog.written.connect(self.reload)
        dialog.open()

    def finish_session(self) -> None:
        """Opens the dialog that reads the file which came back for the current session."""
        each = self.table.current_row()
        if each is None or self.states.currentWidget() is not self.body:
            self.said.emit(tr("Select a comparison."))
        elif each.state == "finished":
            self.said.emit(tr("This comparison is finished."))
        elif each.begun_here:
            dialog = FinishFirstDialog(self.api, self.runner, each, parent=self)
            dialog.written.connect(self.reload)
            dialog.open()
        else:
            FinishSecondDialog(self.api, self.runner, each, parent=self, done=lambda _: self.reload()).open()

    def withdraw_session(self) -> None:
        """Asks whether the current comparison, which is not finished, is withdrawn."""
        each = self.table.current_row()
        if each is None or self.states.currentWidget() is not self.body:
            self.said.emit(tr("Select a comparison."))
        elif each.state == "finished":
            self.said.emit(tr("This comparison is finished; what it found can't be withdrawn."))
        else:
            erased = tr("Its secrets are erased here, so that no file can finish it and nobody learns anything from it.")
            if not each.begun_here:
                erased = tr("Its secrets are erased here. From the answer the other side still learns what both hold.")
            says = (
                erased,
                tr("Destroy the file that was carried, and tell the other side."),
            )
            title = tr("Withdraw the comparison with {store}?", store=isolated(each.other))
            QuestionDialog(title, says, tr("Withdraw"), partial(self._withdraw, each), parent=self).open()

    def _withdraw(self, each: Deconfliction) -> None:
        """Withdraws a comparison in the background."""

        def announce(_: int) -> None:
            self.said.emit(tr("The comparison with {store} was withdrawn.", store=isolated(each.other)))
            self.reload()

        self.runner.do(lambda _progress, _cancel: self.api.withdraw_deconfliction(each.session), announce, owner=self)

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()


def _build_steps() -> Card:
    """Builds the card that explains the steps."""
    card = Card(tr("Three carried files"))
    lines = MarkedLines()
    for at, each in enumerate(STEPS, 1):
        lines.add_line(ltr(str(at)), word(each))
    card.body.addWidget(lines)
    says = tr("Undercover accounts stay silent: the other side can't tell that they are held, and only a lead here sees them.")
    card.body.addWidget(label(says, "small", wrap=True))
    return card
