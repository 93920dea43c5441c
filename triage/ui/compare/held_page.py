"""Defines the page on which a lead confirms or rejects held hashes; no image is revealed there."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from triage.model.matches import HeldHash
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, tr_message, trn, word
from triage.ui.text.role_names import name_person

OUTCOMES = {
    "waits for a lead": mark("waits for a lead"),
    "confirmed": mark("confirmed: it counts"),
    "rejected": mark("rejected: it never counts"),
}
KINDS = {"list": mark("of a hash list"), "picture": mark("of an image with many near copies")}


WAITS = "waits for a lead"


def describe_outcome(held: HeldHash) -> Safe:
    """Returns the decision on a held hash in words, with the name of the lead."""
    said = word(OUTCOMES.get(held.outcome, held.outcome))
    return said if held.decided_by is None else tr("{what}, decided by {name}", what=said, name=name_person(held.decided_by))


COLUMNS: tuple[TableColumn[HeldHash], ...] = (
    TableColumn(mark("Hash"), 170, lambda h: ltr(h.hash[:16]), told=lambda h: ltr(h.hash)),
    TableColumn(mark("Of"), 250, lambda h: word(KINDS[h.of])),
    TableColumn(mark("Lists"), 0, lambda h: report_words.listed(tr_message(each) for each in h.lists), lambda _: "muted"),
    TableColumn(mark("Files"), 70, lambda h: number(h.files)),
    TableColumn(mark("Reports"), 76, lambda h: number(h.reports)),
    TableColumn(mark("Since"), 100, lambda h: times.ago(h.since), lambda _: "muted", told=lambda h: times.both(h.since)),
    TableColumn(mark("Decision"), 250, describe_outcome, lambda h: "text" if h.outcome == WAITS else "muted"),
)


class HeldPage(DeskPage):
    """Lists the held hashes, and lets a lead confirm, reject or undo."""

    keys_of = "held"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Held hashes"))
        self.add_way_back()
        self.table = RowsTable(COLUMNS, lambda held: held.id, name=tr("Held hashes"))
        self.confirm = KeyButton.for_action("held", "confirm", tr("Confirm"), on=lambda: self.decide(True))
        self.reject = KeyButton.for_action("held", "reject", tr("Reject"), on=lambda: self.decide(False))
        self.undo_button = KeyButton.for_action("held", "undo", tr("Undo"), kind="quiet", on=self.undo)
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
        self.table.row_changed.connect(self._update_buttons)
        self.bind(
            {
                "back": self.closed.emit,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "confirm": lambda: self.decide(True),
                "reject": lambda: self.decide(False),
                "undo": self.undo,
            }
        )
        self._update_buttons(None)

    def reload(self) -> None:
        """Reads the held hashes again, or says that the person's roles do not include reports."""
        if not self.api.may(Right.READ_REPORT):
            self.message.say(tr("Your roles do not include reports."), tr("Ask your administrator if that is wrong."))
            return
        self.read(self.api.held, self._show_hashes)

    def on_changed(self, changed: Changed) -> None:
        """Reads the held hashes again when reports or decisions on matches changed."""
        if changed.all_reports or changed.match_decisions:
            self.reload()

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()

    def _show_hashes(self, held: tuple[HeldHash, ...]) -> None:
        """Shows the held hashes, or a message when there are none."""
        waits = sum(each.outcome == WAITS for each in held)
        self.beside.setText(trn("{n} hash to review", "{n} hashes to review", waits))
        self.table.show_rows(held)
        if held:
            self.show_body()
            if self.isVisible():
                self.take_focus()
            return
        self.message.say(
            tr("No hash is held for review."),
            tr("Hashes that match hundreds of different files in as many reports are listed here."),
        )
        self.states.setCurrentWidget(self.message)

    def _update_buttons(self, held: HeldHash | None) -> None:
        """Enables the buttons that fit the selected hash and the person's roles."""
        may = self.api.may(Right.LISTS) and held is not None
        self.confirm.setEnabled(may and held is not None and held.outcome != "confirmed")
        self.reject.setEnabled(may and held is not None and held.outcome != "rejected")
        self.undo_button.setEnabled(may and held is not None and held.outcome != WAITS)

    # A lead's word

    def decide(self, confirm: bool) -> None:
        """Confirms or rejects the selected hash, unless that is its state already."""
        held = self.table.current_row()
        if held is None or held.outcome == ("confirmed" if confirm else "rejected"):
            return
        sentence = tr("It counts from now on.") if confirm else tr("Rejected: it never counts.")
        undo = tr("Undo: {key}", key=keys.find_key("held", "undo").cap)
        self._store_decision(held, confirm, Safe(f"{sentence} {undo}"))

    def undo(self) -> None:
        """Undoes the decision on the selected hash, so that it awaits review again."""
        held = self.table.current_row()
        if held is None or held.outcome == WAITS:
            self.said.emit(tr("There is nothing to undo."))
        else:
            self._store_decision(held, None, tr("Undone: it waits for a lead again."))

    def _store_decision(self, held: HeldHash, confirm: bool | None, sentence: Safe) -> None:
        """Stores a lead's decision in the background and announces it."""
        if not self.api.may(Right.LISTS):
            self.said.emit(tr("Only a lead can decide on these."))
            return
        self.runner.do(
            lambda _progress, _cancel: self.api.decide_held(held.id, confirm),
            lambda _: self.said.emit(sentence),
            changes=Changed(all_reports=True, match_decisions=True),
            owner=self,
        )
