"""Hashes that match hundreds, for a lead: a picture that goes round, or a hash that says too little? Nothing is revealed."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from triage.model.matches import HeldHash
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.table import Column, RowsTable
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn, word

OUTCOMES = {
    "waits for a lead": mark("waits for a lead"),
    "confirmed": mark("confirmed: it counts"),
    "rejected": mark("rejected: it never counts"),
}
KINDS = {"list": mark("of a hash list"), "picture": mark("of an image with many near copies")}


WAITS = "waits for a lead"


def outcome(held: HeldHash) -> Safe:
    said = word(OUTCOMES.get(held.outcome, held.outcome))
    return said if held.decided_by is None else tr("{what}, decided by {name}", what=said, name=held.decided_by)


COLUMNS: tuple[Column[HeldHash], ...] = (
    Column(mark("Hash"), 170, lambda h: ltr(h.hash[:16]), told=lambda h: ltr(h.hash)),
    Column(mark("Of"), 232, lambda h: word(KINDS[h.of])),
    Column(mark("Lists"), 0, lambda h: report_words.listed(isolated(name) for name in h.lists), lambda _: "muted"),
    Column(mark("Files"), 70, lambda h: number(h.files)),
    Column(mark("Reports"), 76, lambda h: number(h.reports)),
    Column(mark("Since"), 100, lambda h: times.ago(h.since), lambda _: "muted", told=lambda h: times.both(h.since)),
    Column(mark("Decision"), 250, outcome, lambda h: "text" if h.outcome == WAITS else "muted"),
)


class HeldPage(DeskPage):
    keys_of = "held"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Held hashes"))
        self.add_button("back", tr("Go to the queue"), self.closed.emit)
        self.table = RowsTable(COLUMNS, lambda held: held.id, name=tr("Held hashes"))
        self.confirm = KeyButton.of("held", "confirm", tr("Confirm"), on=lambda: self.say(True))
        self.reject = KeyButton.of("held", "reject", tr("Reject"), on=lambda: self.say(False))
        self.undo_button = KeyButton.of("held", "undo", tr("Undo"), kind="quiet", on=self.undo)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(12)
        hint = label(
            tr(
                "Each of these hashes matches files in hundreds of reports. It has no effect until a lead decides: "
                "confirm a widespread image, reject a low-quality hash."
            ),
            "muted",
            wrap=True,
        )
        hint.setContentsMargins(16, 12, 16, 0)
        column.addWidget(hint)
        column.addWidget(self.table, 1)
        answers = row(self.confirm, self.reject, self.undo_button, None)
        answers.setContentsMargins(16, 0, 16, 0)
        column.addLayout(answers)
        if not api.may(Right.LISTS):
            only = label(tr("Only a lead can decide on these."), "small")
            only.setContentsMargins(16, 0, 16, 0)
            column.addWidget(only)
        self.table.row_changed.connect(self._state)
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "confirm": lambda: self.say(True),
                "reject": lambda: self.say(False),
                "undo": self.undo,
            }
        )
        self._state(None)

    def reload(self) -> None:
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.runner.ask(self.api.held, self._found, owner=self, failed=self.failed)

    def on_changed(self, changed: Changed) -> None:
        if changed.all_reports or changed.likeness or changed.lists:
            self.reload()

    def focus(self) -> None:
        self.table.setFocus()

    def _found(self, held: tuple[HeldHash, ...]) -> None:
        waits = sum(each.outcome == WAITS for each in held)
        self.beside.setText(trn("{n} hash to review", "{n} hashes to review", waits))
        self.table.show_rows(held)
        if held:
            self.show_body()
            self.table.setFocus()
            return
        self.message.say(
            tr("No hash is held for review."),
            tr("Hashes that match hundreds of different files in as many reports are listed here."),
        )
        self.states.setCurrentWidget(self.message)

    def _state(self, held: HeldHash | None) -> None:
        may = self.api.may(Right.LISTS) and held is not None
        self.confirm.setEnabled(may and held is not None and held.outcome != "confirmed")
        self.reject.setEnabled(may and held is not None and held.outcome != "rejected")
        self.undo_button.setEnabled(may and held is not None and held.outcome != WAITS)

    # A lead's word

    def say(self, confirm: bool) -> None:
        held = self.table.current()
        if held is None or held.outcome == ("confirmed" if confirm else "rejected"):
            return
        sentence = tr("It counts from now on.") if confirm else tr("Rejected: it never counts.")
        undo = tr("Undo: {key}", key=keys.key("held", "undo").cap)
        self._tell(held, confirm, Safe(f"{sentence} {undo}"))

    def undo(self) -> None:
        """Of the hash one is on: it waits again."""
        held = self.table.current()
        if held is None or held.outcome == WAITS:
            self.said.emit(tr("There is nothing to undo."))
        else:
            self._tell(held, None, tr("Undone: it waits for a lead again."))

    def _tell(self, held: HeldHash, confirm: bool | None, sentence: Safe) -> None:
        if not self.api.may(Right.LISTS):
            self.said.emit(tr("Only a lead can decide on these."))
            return
        self.runner.do(
            lambda _progress, _cancel: self.api.say_held(held.id, confirm),
            lambda _: self.said.emit(sentence),
            changes=Changed(all_reports=True, likeness=True),
            owner=self,
        )
