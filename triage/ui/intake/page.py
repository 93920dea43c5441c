"""Defines the import page with its three steps: form, progress and result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from triage.model.progress import Progress
from triage.model.users import Right
from triage.model.views import ImportResult
from triage.model.work import WorkImport
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.intake.form import ImportForm, ImportOrder
from triage.ui.intake.set_aside import set_aside_rows
from triage.ui.kit import keys
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import KeyButton, clear, column, label, row, scrolled
from triage.ui.queue.alarm_bar import AlarmBar
from triage.ui.text.i18n import Safe, number, tr, trn
from triage.ui.text.times import duration

WIDTH = 760


class ImportPage(QWidget):
    """Imports bundles and shows the progress and the result.

    `progressed` carries the job and its progress for the status bar, and (None, None) when the import ended.
    """

    closed = Signal()
    progressed = Signal(object, object)
    said = Signal(str)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.job: Job | None = None
        self.form = ImportForm()
        self.form.ordered.connect(self.start)
        self.form.files_asked.connect(self._choose_files)
        self.form.folder_asked.connect(self._choose_folder)
        self.alarm = AlarmBar()
        self._under_way = QWidget()
        self._result = QWidget()
        self._result_column = QVBoxLayout(self._result)
        self._result_column.setContentsMargins(0, 0, 0, 0)
        self._build_under_way()
        self.steps = QStackedWidget()
        for step in (self.form, self._under_way, self._result):
            self.steps.addWidget(step)
        self.steps.setMaximumWidth(WIDTH)
        middle = QWidget()
        holder = QHBoxLayout(middle)
        holder.setContentsMargins(24, 24, 24, 24)
        holder.addStretch(1)
        holder.addWidget(self.steps, 20)
        holder.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.alarm)
        page.addWidget(scrolled(middle))
        keys.bind(self, "import", "acknowledge", self.alarm.take_report)
        keys.bind(self, "import", "back", self.closed.emit)
        keys.bind(self, "import", "files", self._choose_files)
        keys.bind(self, "import", "folder", self._choose_folder)
        keys.bind(self, "import", "take_in", self._submit)
        keys.bind(self, "import", "stop", self.stop)
        if api.may(Right.IMPORT):
            runner.ask(api.office_policy, self.form.apply_policy, owner=self, failed=lambda _: None)
        else:
            self.form.disable(tr("Your roles do not allow importing."))

    def add_paths(self, paths: list[Path]) -> None:
        """Adds dropped files and folders to the form, unless an import is running."""
        if self.job is None:
            self.steps.setCurrentWidget(self.form)
            self.form.add_paths(paths)
        else:
            self.said.emit(tr("An import is running; drop these when it is done."))

    def title(self) -> Safe:
        """Returns the title of the current step."""
        titles = {self.form: tr("Import bundles"), self._under_way: tr("Importing"), self._result: tr("Import complete")}
        return titles[self.steps.currentWidget()]

    def _submit(self) -> None:
        """Submits the form if it is shown and enabled."""
        if self.steps.currentWidget() is self.form and self.form.go.isEnabled():
            self.form.submit()

    def start(self, order: ImportOrder) -> None:
        """Starts the import in the background."""

        def work(on_progress: object, cancel: object) -> ImportResult:
            """Runs the import."""
            return self._api.import_bundles(
                order.paths,
                receipt=order.receipt,
                passwords=[password.encode() for password in order.passwords],
                on_progress=on_progress,  # type: ignore[arg-type]
                cancel=cancel,  # type: ignore[arg-type]
            )

        self.job = self._runner.do(
            work,
            self._show_result,
            changes=Changed(all_reports=True, set_aside=True),
            owner=self,
            failed=self._failed,
            progress=self._progress,
            long=True,
        )
        self._rows.begin()
        self._stop.setEnabled(True)
        self.steps.setCurrentWidget(self._under_way)
        self.progressed.emit(self.job, None)

    def stop(self) -> None:
        """Stops the import after its current batch; what was imported stays."""
        if self.job is not None:
            self.job.cancel()
            self._stop.setEnabled(False)
            self._rows.stage.setText(tr("Stopping after the current batch; imported reports stay."))

    def _progress(self, progress: Progress) -> None:
        """Shows the progress here and in the status bar."""
        if self._stop.isEnabled():
            self._rows.show_progress(progress)
        self.progressed.emit(self.job, progress)

    def _end_progress(self) -> None:
        """Ends the progress and shows the empty result step."""
        self.job = None
        self.progressed.emit(None, None)
        clear(self._result_column)
        self.steps.setCurrentWidget(self._result)

    def _failed(self, sentence: str) -> None:
        """Shows why the import failed and what to do next; the form keeps its content."""
        stopped = self.job is not None and self.job.token.cancelled()
        self._end_progress()
        add = self._result_column.addWidget
        add(label(tr("The import did not finish"), "title"))
        add(label(tr("Stopped. What was already imported stays.") if stopped else sentence, "bad", wrap=True))
        step = tr("Import the same bundle again: content that is already stored is recognised and not imported twice.")
        add(label(step, "muted", wrap=True))
        self._result_buttons()

    def _show_result(self, result: ImportResult) -> None:
        """Shows what was imported, set aside and skipped."""
        self._end_progress()
        self.form.clear_fields()
        add = self._result_column.addWidget
        add(label(tr("Import complete"), "title"))
        for line in describe_result(result):
            add(label(line, wrap=True))
        if result.quarantined:
            self._result_column.addSpacing(8)
            add(label(trn("{n} file set aside", "{n} files set aside", len(result.quarantined)), "heading"))
            hint = tr("Nothing is lost: the files are kept. They stay listed under Set aside.")
            add(label(hint, "muted", wrap=True))
            for widget in set_aside_rows([(item.path, item.reason, None) for item in result.quarantined]):
                add(widget)
        if result.skipped:
            text = trn(
                "{n} file without evidential content was skipped.",
                "{n} files without evidential content were skipped.",
                len(result.skipped),
            )
            add(label(text, "muted"))
        self._result_buttons()

    def _result_buttons(self) -> None:
        """Adds the buttons below the result."""
        self._result_column.addSpacing(12)
        back = KeyButton.for_action("import", "back", tr("Go to the queue"), kind="primary", on=self.closed.emit)
        more = KeyButton(tr("Import more"), on=lambda: self.steps.setCurrentWidget(self.form))
        self._result_column.addLayout(row(back, more, None))
        self._result_column.addStretch(1)
        back.setFocus()

    def _build_under_way(self) -> None:
        """Lays out the progress step."""
        self._rows = ProgressRows()
        self._stop = KeyButton.for_action("import", "stop", tr("Stop"), on=self.stop)
        hint = tr("You can keep working; reports appear in the queue as soon as their documents are read.")
        parts = column(
            label(tr("Importing"), "title"),
            8,
            self._rows,
            8,
            label(hint, "muted", wrap=True),
            row(
                KeyButton.for_action("import", "back", tr("Go to the queue"), kind="primary", on=self.closed.emit),
                self._stop,
                None,
            ),
            None,
        )
        self._under_way.setLayout(parts)

    def _choose_files(self) -> None:
        """Asks for files and adds them to the form."""
        names, _ = QFileDialog.getOpenFileNames(self, tr("Files to import"))
        self.form.add_paths([Path(name) for name in names])

    def _choose_folder(self) -> None:
        """Asks for a folder and adds it to the form."""
        name = QFileDialog.getExistingDirectory(self, tr("Folder to import"))
        if name:
            self.form.add_paths([Path(name)])


def describe_result(result: ImportResult) -> list[str]:
    """Returns the sentences that sum up an import: reports, files and time."""
    reports, media = result.reports, result.media
    return [
        tr(
            "Reports: {new} new, {updated} updated, {unchanged} unchanged.",
            new=number(reports.new),
            updated=number(reports.updated),
            unchanged=number(reports.unchanged),
        ),
        tr(
            "Files: {new} new, {duplicate} already stored, {near} new but similar to a stored one.",
            new=number(media.new),
            duplicate=number(media.duplicate),
            near=number(media.near_duplicate),
        ),
        tr("Time taken: {time}.", time=duration(result.seconds)),
        *([] if result.package is None else _describe_package(result.package)),
    ]


def _describe_package(package: WorkImport) -> list[str]:
    """Returns the sentences about a work package or results of another workstation."""
    open_conflicts = [conflict for conflict in package.conflicts if not conflict.resolved]
    found: list[str] = [
        tr("Work package {id} from {store}.", id=package.id, store=package.sender)
        if package.kind == "work"
        else tr("Results of work package {id} from {store}.", id=package.id, store=package.sender)
    ]
    found += [
        tr(
            "Report {report}, {field}: here {here}, there {there}. A lead decides.",
            report=conflict.report_id,
            field=conflict.field,
            here=conflict.here or "-",
            there=conflict.there or "-",
        )
        for conflict in open_conflicts
    ]
    if package.destroyed:
        found.append(tr("Destroyed here by order, so not imported: {reports}.", reports=", ".join(package.destroyed)))
    return found
