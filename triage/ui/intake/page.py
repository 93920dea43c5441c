"""Defines the import page: the form on one side, the queue of imports with its progress on the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from triage.jobs.exchange.import_queue import QueuedImport
from triage.model.progress import Progress
from triage.model.users import Right
from triage.model.views import ImportResult
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_files, ask_folder
from triage.ui.core.runner import NOTHING, Changed, Job, Runner
from triage.ui.intake.form import ImportForm, ImportOrder
from triage.ui.intake.import_words import describe_paths, describe_result
from triage.ui.intake.queue_panel import QueuePanel
from triage.ui.intake.set_aside import describe_reasons
from triage.ui.kit import keys
from triage.ui.kit.listing import ScrolledContent, make_side
from triage.ui.kit.widgets import KeyButton, bar, clear, label, scrolled
from triage.ui.queue.alarm_bar import AlarmBar
from triage.ui.text.i18n import Safe, tr, trn

SIDE = 350
TRY_AGAIN_MS = 5_000  # milliseconds until an import that waits for another program is tried again
CAN_START = ("waiting",)
"""States in which an import starts by itself when its turn has come."""


class ImportPage(QWidget):
    """Queues imports, runs them one after the other, and shows the progress and the result.

    `progressed` carries the job and its progress for the status bar, and (None, None) when no import runs. `titled` says that the
    title has changed.
    """

    closed = Signal()
    progressed = Signal(object, object)
    said = Signal(str)
    titled = Signal()
    set_aside_asked = Signal()

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self._may = api.may(Right.IMPORT)
        self.job: Job | None = None
        self.current: QueuedImport | None = None
        self.orders: tuple[QueuedImport, ...] = ()
        self._passwords: dict[int, tuple[str, ...]] = {}
        """By import; they are kept in memory until the import has run."""
        self._complete = False
        """Whether the last import went through, which the title says."""
        self._goes_on = False
        """Whether the next import starts when one has ended."""
        self._refused: int | None = None
        """The import that was started last and did not end well. If it still waits, another program imports."""
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(TRY_AGAIN_MS)
        self._again.timeout.connect(self.reload)
        self.form = ImportForm()
        self.form.ordered.connect(self.order)
        self.form.files_asked.connect(self._choose_files)
        self.form.folder_asked.connect(self._choose_folder)
        self.alarm = AlarmBar()
        self.panel = QueuePanel()
        self._result = QWidget()
        self._result_column = QVBoxLayout(self._result)
        self._result_column.setContentsMargins(0, 0, 0, 0)
        self._result.hide()
        self._build()
        self._connect()
        if not self._may:
            self.form.disable(tr("Your roles do not allow importing."))
        else:
            runner.ask(api.office_policy, self.form.apply_policy, owner=self, failed=lambda _: None, about="policy")
        self.reload()

    def _build(self) -> None:
        """Lays out the form, and the queue beside it."""
        back = KeyButton.for_action("import", "back", tr("Go to the queue"), on=self.closed.emit)
        left = ScrolledContent()
        inside = QVBoxLayout(left)
        inside.setContentsMargins(24, 20, 24, 24)
        inside.addWidget(self.form)
        column, area = make_side(SIDE, top=20)
        column.addWidget(self._result)
        column.addWidget(self.panel, 1)
        both = QHBoxLayout()
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(16)
        both.addWidget(scrolled(left), 1)
        both.addWidget(area)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(bar(label(tr("Import bundles"), "title"), None, self.form.go, back))
        page.addWidget(self.alarm)
        page.addLayout(both, 1)

    def _connect(self) -> None:
        """Connects the keys and the queue."""
        self.panel.start_asked.connect(self.start)
        self.panel.moved.connect(lambda order, step: self._change(lambda: self._api.move_import(order, step)))
        self.panel.removed.connect(lambda order: self._change(lambda: self._api.remove_import(order)))
        self.panel.pause_asked.connect(self.pause_or_continue)
        self.panel.stop_asked.connect(self.stop)
        for action, call in (
            ("acknowledge", self.alarm.take_report),
            ("back", self.closed.emit),
            ("files", self._choose_files),
            ("folder", self._choose_folder),
            ("take_in", self._submit),
            ("pause", self.pause_or_continue),
            ("stop", self.stop),
        ):
            keys.bind(self, "import", action, call)

    # The queue

    def reload(self) -> None:
        """Reads the queue of imports again."""
        if self._api.may(Right.READ_REPORT):
            self._runner.ask(self._api.import_queue, self._show_queue, owner=self, failed=self.said.emit, about="imports")

    def _show_queue(self, orders: Sequence[QueuedImport]) -> None:
        """Shows the queue, and starts the next import when one is due.

        This answers the last question only: one from before an order knows nothing of it, and would keep it from starting.
        """
        self.orders = tuple(orders)
        if self._goes_on and self.job is None:
            due = next((order for order in self.orders if order.state in CAN_START), None)
            if due is None:
                self._goes_on = False
            elif due.id == self._refused:
                self._refused = None
                self._again.start()
                self._show_waiting()
            else:
                self._begin(due)
                return
        self._list()

    def _show_waiting(self) -> None:
        """Says that the next import waits for another program, in place of a failure."""
        clear(self._result_column)
        self._result_column.addWidget(label(tr("The import waits"), "title", wrap=True))
        why = tr("Another program imports into this store. This import starts by itself when that has ended.")
        self._result_column.addWidget(label(why, "muted", wrap=True))
        self._result.show()

    def _list(self) -> None:
        """Lists the imports."""
        running = None if self.current is None else self.current.id
        self.panel.show_orders(self.orders, running, may_import=self._may, ready=self._passwords.keys())

    def _change(self, work: object) -> None:
        """Changes the queue, then reads it again."""
        self._runner.do(lambda _progress, _cancel: work(), lambda _: self.reload(), owner=self, failed=self.said.emit)  # type: ignore[operator]

    def add_paths(self, paths: list[Path]) -> None:
        """Adds dropped files and folders to the form."""
        self.form.add_paths(paths)

    def title(self) -> Safe:
        """Returns the title of the page."""
        if self.job is not None:
            return tr("Importing")
        return tr("Import complete") if self._complete else tr("Import bundles")

    def _submit(self) -> None:
        """Submits the form if it is enabled."""
        if self.form.go.isEnabled():
            self.form.submit()

    def order(self, order: ImportOrder) -> None:
        """Queues an import. It starts at once when no other runs."""

        def queued(made: QueuedImport) -> None:
            if order.passwords:
                self._passwords[made.id] = order.passwords
            self.form.setEnabled(True)
            self.form.clear_fields()
            self._goes_on = True
            if self.job is not None:
                self.said.emit(tr("Queued: {name}. It starts when the running import has ended.", name=describe_paths(made)))
            self.reload()

        def refused(sentence: str) -> None:
            self.form.setEnabled(True)
            self.form.show_problem(sentence)

        self.form.setEnabled(False)  # what is typed meanwhile would be cleared
        self._runner.do(
            lambda _progress, _cancel: self._api.queue_import(order.paths, receipt=order.receipt, passwords=len(order.passwords)),
            queued,
            owner=self,
            failed=refused,
        )

    def start(self, order_id: int) -> None:
        """Starts an import of the queue, unless one runs."""
        order = next((each for each in self.orders if each.id == order_id), None)
        if order is None or self.job is not None:
            return
        if order.passwords and order.id not in self._passwords:
            if not self.form.passwords:
                self.said.emit(tr("Its passwords are not kept. Choose the password file again, then start it."))
                self.form.focus_passwords()
                return
            self._passwords[order.id] = self.form.passwords
        self._begin(order)

    def _begin(self, order: QueuedImport) -> None:
        """Runs an import in the background."""
        passwords = [password.encode() for password in self._passwords.get(order.id, ())]

        def work(on_progress: object, cancel: object) -> ImportResult:
            """Runs the import."""
            return self._api.run_import(order.id, passwords=passwords, on_progress=on_progress, cancel=cancel)  # type: ignore[arg-type]

        self.current = order
        self._goes_on, self._complete = True, False
        self._result.hide()
        self.job = self._runner.do(
            work,
            self._finished,
            changes=Changed(all_reports=True, set_aside=True),
            owner=self,
            failed=self._failed,
            progress=self._progress,
            long=True,
        )
        self.panel.begin(order)
        self.progressed.emit(self.job, None)
        self.titled.emit()
        self._list()

    def pause_or_continue(self) -> None:
        """Pauses the running import between two batches, or lets it continue."""
        job, order = self.job, self.current
        if job is None or order is None or job.token.cancelled():
            return
        pausing = not job.token.paused()
        if pausing:
            job.token.pause()
        else:
            job.token.resume()
        self.panel.set_paused(pausing)
        if pausing:
            self.panel.progress.words.setText(tr("Paused after the current batch. The store can be used meanwhile."))
        self.progressed.emit(job, None)
        self._runner.do(
            lambda _progress, _cancel: self._api.mark_import_paused(order.id, paused=pausing), owner=self, failed=self.said.emit
        )

    def stop(self) -> None:
        """Stops the import after its current batch; what was imported stays, and the queue waits."""
        if self.job is not None:
            self._goes_on = False
            self.job.token.resume()
            self.job.cancel()
            self.panel.stop.setEnabled(False)
            self.panel.progress.words.setText(tr("Stopping after the current batch; imported reports stay."))

    def _progress(self, progress: Progress) -> None:
        """Shows the progress here and in the status bar."""
        if self.job is not None and not self.job.token.paused() and not self.job.token.cancelled():
            self.panel.progress.show_progress(progress)
        self.progressed.emit(self.job, progress)

    def _end(self) -> None:
        """Ends the progress, and reads what the queue is now."""
        if self.current is not None:
            self._passwords.pop(self.current.id, None)
        self.job = self.current = None
        self.panel.end()
        focus = QApplication.focusWidget()
        if self.isVisible() and (focus is None or not self.isAncestorOf(focus)):
            self.setFocus()  # what had the keys is gone with the progress, and Escape would do nothing
        self.progressed.emit(None, None)
        self.titled.emit()
        self.reload()

    def _failed(self, sentence: str) -> None:
        """Shows why the import did not finish; the next one in the queue goes on."""
        stopped = self.job is not None and self.job.token.cancelled()
        passwords = self._passwords.get(self.current.id) if self.current is not None else None
        order = self.current
        self._refused = None if order is None else order.id
        self._end()
        if order is not None and passwords:
            self._passwords[order.id] = passwords  # it can be started again
        clear(self._result_column)
        add = self._result_column.addWidget
        add(label(tr("The import did not finish"), "title", wrap=True))
        add(label(tr("Stopped. What was already imported stays.") if stopped else sentence, "bad", wrap=True))
        step = tr("Start it again: content that is already stored is recognised and not imported twice.")
        add(label(step, "muted", wrap=True))
        self._result.show()

    def _finished(self, result: ImportResult) -> None:
        """Shows what was imported, set aside and skipped."""
        name = describe_paths(self.current) if self.current is not None else ""
        self._complete = True
        self._end()
        clear(self._result_column)
        add = self._result_column.addWidget
        add(label(tr("Import complete: {name}", name=Safe(name)), "title", wrap=True))
        for line in describe_result(result):
            add(label(line, wrap=True))
        if result.quarantined:
            add(label(trn("{n} file set aside", "{n} files set aside", len(result.quarantined)), "heading"))
            for line in describe_reasons(item.reason for item in result.quarantined):
                add(label(line, "warn", wrap=True))
            add(KeyButton(tr("Show what was set aside"), on=self.set_aside_asked.emit))
        if result.skipped:
            text = trn(
                "{n} file without evidential content was skipped.",
                "{n} files without evidential content were skipped.",
                len(result.skipped),
            )
            add(label(text, "muted", wrap=True))
        self._result.show()

    def on_changed(self, changed: Changed) -> None:
        """Reads the queue again when another page imported something."""
        if changed is not NOTHING and changed.set_aside and self.job is None:
            self.reload()

    def _choose_files(self) -> None:
        """Asks for files and adds them to the form."""
        names = ask_files(self, tr("Files to import"))
        self.form.add_paths([Path(name) for name in names])

    def _choose_folder(self) -> None:
        """Asks for a folder and adds it to the form."""
        name = ask_folder(self, tr("Folder to import"), "in")
        if name:
            self.form.add_paths([Path(name)])
