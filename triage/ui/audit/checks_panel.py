"""Shows the checks of an auditor: the audit log verified, the store checked, the log head exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from triage.model.handover import Handover
from triage.model.users import Right
from triage.model.verification import AuditResult, CheckResult
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file, ask_new_file
from triage.ui.core.runner import Job, Runner
from triage.ui.kit.fields import label_field
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import Card, KeyButton, LabelKind, clear, label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, number, tr, tr_message, trn, word

SLICES = 7


class ChecksPanel(QWidget):
    """Runs one check at a time in the background, with progress and a way to stop.

    Green is only shown for a check that ran to its end.
    """

    said = Signal(str)
    done = Signal()

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.job: Job | None = None

        def make(action: str, words: Safe, on: Callable[[], None]) -> KeyButton:
            return KeyButton.for_action("audit", action, words, on=on)

        self.verify = make("verify", tr("Verify the audit log"), self.verify_log)
        self.compare = make("compare", tr("Verify with a log head"), self.choose_head)
        self.check = make("check", tr("Check the store"), self.check_store)
        self.export = make("export", tr("Export the log head"), self.choose_out)
        self.stop = KeyButton.for_action("audit", "stop", tr("Stop"), kind="quiet", on=self.stop_check)
        self.slice = QComboBox()
        self.slice.addItem(tr("everything"), None)
        for n in range(1, SLICES + 1):
            self.slice.addItem(tr("slice {n} of {of} of the vault", n=n, of=SLICES), (n, SLICES))
        self.progress = ProgressRows()
        self.progress.hide()
        self.stop.hide()
        self._result = QVBoxLayout()
        self._result.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        log, store, head = Card(tr("Audit log")), Card(tr("Store")), Card(tr("Log head"))
        log.body.addWidget(
            label(tr("Recomputes every entry up to the signed head. The store can be used meanwhile."), "small", wrap=True)
        )
        log.body.addWidget(self.verify)
        log.body.addWidget(self.compare)
        store.body.addWidget(label(tr("Reads every stored byte. Slices spread that over a week."), "small", wrap=True))
        store.body.addWidget(label_field(tr("How much"), self.slice))
        store.body.addWidget(self.check)
        head.body.addWidget(
            label(tr("Only a head that is kept elsewhere shows an older copy of the whole store."), "small", wrap=True)
        )
        head.body.addWidget(self.export)
        self._running = Card(tr("Result"))
        self._running.body.addWidget(self.progress)
        self._running.body.addWidget(self.stop)
        self._running.body.addLayout(self._result)
        self._running.hide()
        for card in (self._running, log, store, head):
            column.addWidget(card)
        self._buttons = (self.verify, self.compare, self.check, self.export)
        for button in self._buttons:
            button.setEnabled(api.may(Right.RECORD))

    # What a person does

    def verify_log(self) -> None:
        """Verifies the audit log."""
        self._verify(None)

    def choose_head(self) -> None:
        """Asks for an exported log head and verifies the log against it."""
        if self.job is None:
            name = ask_file(self, tr("Exported log head"))
            if name:
                self._verify(Path(name))

    def _verify(self, head: Path | None) -> None:
        """Verifies the log in the background."""
        self._run(
            lambda on_progress, cancel: self._api.verify_log(head, on_progress, cancel),
            lambda result: self.show_log(result, compared=head is not None),
        )

    def check_store(self) -> None:
        """Checks the store, or a slice of it."""
        subset = self.slice.currentData()
        self._run(
            lambda on_progress, cancel: self._api.check_store(subset=subset, on_progress=on_progress, cancel=cancel),
            lambda result: self.show_check(result, subset),
        )

    def choose_out(self) -> None:
        """Asks where to write the log head."""
        if self.job is None:
            today = times.to_pkt(times.now()).date().isoformat()
            name = ask_new_file(self, tr("Log head"), f"head-{today}.json", "*.json")
            if name:
                self.export_head(Path(name))

    def export_head(self, out: Path) -> None:
        """Writes the log head; the file dialog has asked whether to overwrite."""
        self._run(
            lambda _progress, _cancel: self._api.export_head(out, handover=Handover(), overwrite=True),
            lambda _: self._show(
                [(tr("The log head is in {path}. Keep it away from this machine.", path=ltr(str(out))), "")],
            ),
        )

    def stop_check(self) -> None:
        """Stops the check; it then says nothing about the store."""
        if self.job is not None:
            self.job.cancel()

    # Running

    def _run(self, work: Any, show: Any) -> None:
        """Runs a check in the background, unless one runs."""
        if self.job is not None or not self._api.may(Right.RECORD):
            return
        clear(self._result)
        self._running.show()
        self.progress.begin()
        self.progress.show()
        self.stop.show()
        for button in self._buttons:
            button.setEnabled(False)

        def ended(result: Any) -> None:
            self._end()
            show(result)
            self.done.emit()

        self.job = self._runner.study(
            work, ended, owner=self, failed=self._failed, progress=self.progress.show_progress, about="check"
        )

    def _end(self) -> None:
        """Hides the progress."""
        self.job = None
        self.progress.hide()
        self.stop.hide()
        for button in self._buttons:
            button.setEnabled(True)

    def _failed(self, sentence: str) -> None:
        """Says why there is no result."""
        stopped = self.job is not None and self.job.token.cancelled()
        self._end()
        self._show([(tr("Stopped before its end: not checked.") if stopped else Safe(sentence), "warn")])

    def _show(self, lines: list[tuple[Safe, LabelKind]]) -> None:
        """Shows the result."""
        clear(self._result)
        for words_, kind in lines:
            self._result.addWidget(label(words_, kind, wrap=True, selectable=True))
        self._running.show()

    def show_log(self, result: AuditResult, *, compared: bool) -> None:
        """Shows whether the audit log is whole."""
        lines: list[tuple[Safe, LabelKind]] = []
        if result.valid:
            lines.append((tr("The audit log is whole."), "good"))
        else:
            lines.append((tr("The audit log is NOT whole: stop work and call your administrator."), "bad"))
        lines += [(tr_message(problem), "bad") for problem in result.problems]
        lines.append((trn("{n} entry", "{n} entries", result.entries), "muted"))
        if result.last_step is not None:
            lines.append((tr("The last entry was made {when}.", when=times.pkt(result.last_step)), "muted"))
            if times.parse(result.last_step) > times.now():
                lines.append((tr("This machine's clock is behind that time. Set the clock."), "bad"))
        if result.head_problem is not None:
            lines.append((tr_message(result.head_problem), "bad"))
        elif compared and result.valid:
            lines.append((tr("It holds all that the exported head vouches for."), "good"))
        elif not compared:
            lines.append((tr("An older copy of the whole store would look the same: compare with an exported head."), "warn"))
        self._show(lines)

    def show_check(self, result: CheckResult, subset: tuple[int, int] | None) -> None:
        """Shows what the check of the store found."""
        lines: list[tuple[Safe, LabelKind]] = []
        if not result.valid:
            lines.append((trn("{n} problem was found.", "{n} problems were found.", len(result.problems)), "bad"))
            lines += [(isolated(problem), "bad") for problem in result.problems[:20]]
        elif subset is None:
            part = "documents_unread" in result.checked
            lines.append((tr("What was read agrees.") if part else tr("Everything agrees."), "good"))
        else:
            lines.append((tr("Slice {n} of {of} agrees; the rest of the vault was not read.", n=subset[0], of=subset[1]), "good"))
        if unread := result.checked.get("documents_unread", 0):
            said = trn(
                "{n} stored document was not decoded: whether it can be read is unknown."
                " All are decoded at the command line: {command}",
                "{n} stored documents were not decoded: whether they can be read is unknown."
                " All are decoded at the command line: {command}",
                unread,
                command=ltr("triage check --documents"),
            )
            lines.append((said, "warn"))
        lines += [
            (tr("{what}: {n}", what=word(name.replace("_", " ")), n=number(n)), "small") for name, n in result.checked.items()
        ]
        self._show(lines)
