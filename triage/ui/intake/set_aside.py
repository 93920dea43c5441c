"""Defines the list of files that could not be read, with what can be done about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from triage.jobs.intake.remedies import Remedy, find_remedy
from triage.jobs.intake.retry import RetryResult
from triage.message import Message
from triage.model.users import Right
from triage.store.queries.bundles import SetAsideRow
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file
from triage.ui.core.page import EmptyState
from triage.ui.core.paged_table import PagedRows, PagedTable, read_rows
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.intake.form import read_password_file
from triage.ui.kit import keys
from triage.ui.kit.listing import lay_out, make_side
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.table import TableColumn
from triage.ui.kit.widgets import Card, KeyButton, bar, clear, label
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, ltr, mark, tr, trn, word

COLUMNS: tuple[TableColumn[SetAsideRow], ...] = (
    TableColumn(mark("File"), 0, lambda r: ltr(r.path), cut_middle=True),
    TableColumn(mark("Reason"), 270, lambda r: report_words.reason(r.reason), lambda _: "warn"),
    TableColumn(mark("Import of"), 190, lambda r: times.pkt(r.received), lambda _: "muted", spare=True),
)


class SetAsidePage(QWidget):
    """Lists the files that were set aside, with the reason, and reads one of them again."""

    closed = Signal()
    import_asked = Signal()
    said = Signal(str)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self._may = api.may(Right.IMPORT)
        self._job: Job | None = None
        self._retried: int | None = None
        self.count = label("", "small")
        self.table = PagedTable(COLUMNS, runner, name=tr("Set aside"))
        self.table.paged.failed.connect(self.said)
        self.table.row_changed.connect(self._show_row)
        self.table.opened.connect(lambda _: self.read_again())
        self.progress = ProgressRows()
        self.again = KeyButton.for_action("set_aside", "again", tr("Read again"), on=self.read_again)
        self.password = KeyButton.for_action("set_aside", "password", tr("With passwords"), on=self.choose_passwords)
        self.copy = KeyButton.for_action("set_aside", "copy", tr("Other copy"), on=self.choose_copy)
        self.stop = KeyButton.for_action("set_aside", "stop", tr("Stop"), kind="quiet", on=self.stop_reading)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(6)
        self._answer = label("", "muted", wrap=True)
        self.nothing = EmptyState(self.reload)
        self.states = QStackedWidget()
        self._build()
        for action, call in (
            ("back", self.closed.emit),
            ("import", self.import_asked.emit),
            ("next", lambda: self.table.go(1)),
            ("previous", lambda: self.table.go(-1)),
            ("again", self.read_again),
            ("password", self.choose_passwords),
            ("copy", self.choose_copy),
            ("stop", self.stop_reading),
        ):
            keys.bind(self, "set_aside", action, call)

    def _build(self) -> None:
        """Lays out the table, and beside it what can be done."""
        acts = Card(tr("What you can do"))
        acts.body.addLayout(self._facts)
        for button in (self.again, self.password, self.copy):
            button.setEnabled(self._may)
            acts.body.addWidget(button)
        acts.body.addWidget(self.progress)
        acts.body.addWidget(self.stop)
        acts.body.addWidget(self._answer)
        self.progress.hide()
        self.stop.hide()
        column, area = make_side()
        column.addWidget(acts)
        column.addStretch(1)
        self.body = QWidget()
        lay_out(self.body, self.table, area)
        self.states.addWidget(self.nothing)
        self.states.addWidget(self.body)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(
            bar(
                label(tr("Set aside"), "title"),
                self.count,
                None,
                KeyButton.for_action("set_aside", "import", tr("Import"), on=self.import_asked.emit),
                KeyButton.for_action("set_aside", "back", tr("Go to the queue"), on=self.closed.emit),
            )
        )
        page.addWidget(self.states, 1)
        self.nothing.say(tr("Reading …"))

    def reload(self) -> None:
        """Reads the list again."""
        kept = self.table.current_id()

        def read() -> PagedRows[SetAsideRow]:
            return read_rows(self._api.list_set_aside_ids(), self._api.load_set_aside, kept)

        self._runner.ask(read, self.show_found, owner=self, failed=self._failed, about="rows")

    def on_changed(self, changed: Changed) -> None:
        """Reads the list again when a file was set aside."""
        if changed.set_aside:
            self.reload()

    def _failed(self, sentence: str) -> None:
        """Shows why the list could not be read."""
        self.nothing.say(sentence, failed=True)
        self.states.setCurrentWidget(self.nothing)

    def show_found(self, found: PagedRows[SetAsideRow]) -> None:
        """Shows the files."""
        self.count.setText(trn("{n} file", "{n} files", len(found.ids)))
        if not found.ids:
            self.nothing.say(tr("No file is set aside."), tr("What can't be read of an import is listed here with its reason."))
            self.states.setCurrentWidget(self.nothing)
            return
        self.table.show_found(found)
        self.states.setCurrentWidget(self.body)

    def _show_row(self, row: SetAsideRow | None) -> None:
        """Shows the reason of the current file, and what helps."""
        clear(self._facts)
        if row is None:
            return
        self._facts.addWidget(label(ltr(row.path), "strong", wrap=True, selectable=True))
        self._facts.addWidget(label(report_words.reason(row.reason), "warn", wrap=True))
        self._facts.addWidget(label(format_help(row.reason), wrap=True))
        if row.sha256 is None:
            self._facts.addWidget(label(tr("Nothing of it could be read; only another copy helps."), "muted", wrap=True))
        for button in (self.again, self.password):
            button.setEnabled(self._may and row.sha256 is not None and self._job is None)
        if self._retried != row.id:
            self._answer.setText("")

    # Reading again

    def read_again(self) -> None:
        """Reads the current file again from the bytes that the store kept."""
        self._retry()

    def choose_passwords(self) -> None:
        """Asks for a password file and reads the current file again with it."""
        if self.table.current_row() is None or not self._may:
            return
        name = ask_file(self, tr("File with passwords"))
        if name:
            self.read_with_passwords(Path(name))

    def read_with_passwords(self, file: Path) -> None:
        """Reads the current file again with the passwords of a file, which are kept in memory only."""
        passwords = read_password_file(file)
        if passwords is None:
            self._answer.setText(tr("The password file can't be read as UTF-8 text; choose another."))
            return
        self._retry(passwords=passwords)

    def choose_copy(self) -> None:
        """Asks for another copy of the current file."""
        if self.table.current_row() is None or not self._may:
            return
        name = ask_file(self, tr("Another copy of the file"))
        if name:
            self.read_copy(Path(name))

    def read_copy(self, copy: Path) -> None:
        """Imports another copy of the current file."""
        self._retry(copy=copy)

    def stop_reading(self) -> None:
        """Stops after the current batch."""
        if self._job is not None:
            self._job.cancel()

    def _retry(self, *, passwords: Sequence[str] = (), copy: Path | None = None) -> None:
        """Reads the current file again in the background."""
        row = self.table.current_row()
        if row is None or self._job is not None or not self._may or (row.sha256 is None and copy is None):
            return
        self._retried = row.id
        self._answer.setText("")
        self._set_reading(True)

        def work(on_progress: object, cancel: object) -> RetryResult:
            return self._api.retry_set_aside(
                row.id,
                passwords=[password.encode() for password in passwords],
                copy=copy,
                on_progress=on_progress,  # type: ignore[arg-type]
                cancel=cancel,  # type: ignore[arg-type]
            )

        self._job = self._runner.do(
            work,
            lambda result: self._show_answer(row, result),
            changes=Changed(all_reports=True, set_aside=True),
            owner=self,
            failed=self._not_read,
            progress=self.progress.show_progress,
            long=True,
        )

    def _set_reading(self, under_way: bool) -> None:
        """Shows or hides the progress."""
        self.progress.setVisible(under_way)
        self.stop.setVisible(under_way)
        if under_way:
            self.progress.begin()
        for button in (self.again, self.password, self.copy):
            button.setEnabled(not under_way and self._may)

    def _not_read(self, sentence: str) -> None:
        """Shows why the file could not be read again."""
        self._job = None
        self._set_reading(False)
        self._answer.setText(Safe(sentence))

    def _show_answer(self, row: SetAsideRow, result: RetryResult) -> None:
        """Says whether the file can be read now."""
        self._job = None
        self._set_reading(False)
        if result.resolved:
            self._answer.setText("")
            self.said.emit(tr("{path} could be read and is imported.", path=ltr(row.path)))
        else:
            why = report_words.reason(result.why) if result.why is not None else tr("It is still not readable.")
            self._answer.setText(why)


HELP: dict[Remedy, str] = {
    "password": mark("Ask the sender for the password and read it again with a password file."),
    "other form": mark("It holds images of pages without text. Ask the sender for the JSON or XML, or read it yourself."),
    "with report": mark("Import it together with its report. Or pack the files in it into a zip, and choose that as other copy."),
    "stored": mark("It is stored with its hashes and can be matched; ask the sender for another copy."),
    "other copy": mark("Ask the sender for another copy, and choose it here."),
}


def format_help(reason: Message) -> Safe:
    """Returns what a person can do about it."""
    return word(HELP[find_remedy(reason)])


def describe_reasons(reasons: Iterable[Message]) -> list[Safe]:
    """Returns each reason with how many files it concerns, the most frequent first."""
    counted = Counter(report_words.reason(reason) for reason in reasons)
    return [tr("{n} × {reason}", n=n, reason=Safe(reason)) for reason, n in counted.most_common(6)]
