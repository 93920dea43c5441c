"""A small dialog: fields, a line for what is wrong, Record and Cancel. A refusal keeps what was filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QLayout, QVBoxLayout, QWidget

from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.runner import NOTHING, Changed, Job, Runner
from triage.ui.kit.fitting_dialog import HIGHEST, FittingDialog
from triage.ui.kit.listing import ScrolledContent
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import KeyButton, give_focus_back, label, row, scrolled
from triage.ui.text.i18n import Safe, tr


class FormDialog(FittingDialog):
    """Collects fields in `form`, runs what `work` returns in the background, and hands its result to `done`.

    Subclasses put their fields into `form`, set `changes`, and implement `work`.
    """

    def __init__(self, runner: Runner, title: Safe, *, parent: QWidget, done: Callable[[Any], None], record: Safe) -> None:
        super().__init__(parent)
        self._runner, self._done = runner, done
        self.changes: Changed | Callable[[Any], Changed] = NOTHING
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        self.heading = label(title, "title", wrap=True)
        whole.addWidget(self.heading)
        self.form = QVBoxLayout()
        self.form.setSpacing(8)
        whole.addLayout(self.form)
        self.progress = ProgressRows()
        self.progress.hide()
        whole.addWidget(self.progress)
        self.problem = label("", "bad", wrap=True)
        whole.addWidget(self.problem)
        self.waiting = label("", "warn", wrap=True)
        self.waiting.hide()
        whole.addWidget(self.waiting)
        runner.waits.changed.connect(self._show_wait)
        self.record = KeyButton(record, tr("Enter"), kind="primary", on=self.accept)
        self.cancel = KeyButton.for_way_back(tr("Cancel"), self.reject)
        whole.addLayout(row(None, self.cancel, self.record))
        self._scrolls = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.resize(460, 0)

    def showEvent(self, event: QShowEvent) -> None:
        """Puts the focus on the first field, else on the button that records: Enter on Cancel could cancel.

        While neither takes keys, since choices are still read, the dialog itself takes them.
        """
        super().showEvent(event)
        if self.focusWidget() in (None, self.cancel):
            self._focus_first()

    def event(self, event: QEvent) -> bool:
        """Hands the focus on to what came into the form since the dialog was shown."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.hasFocus():
            self._focus_first()
        return done

    def _focus_first(self) -> None:
        """Puts the focus on the first field that takes keys."""
        for part in self.findChildren(QWidget):
            takes = part.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
            if takes and part.isVisibleTo(self) and part.isEnabled() and part not in (self.cancel, self.record):
                part.setFocus()
                return
        (self.record if self.record.isEnabled() else self).setFocus()

    def fit_height(self) -> None:
        """Lets the fields scroll when the dialog would be higher than the lowest screen."""
        if self.measure_height() > HIGHEST and not self._scrolls:
            self._scrolls = True
            self._scroll_form()
        super().fit_height()

    def _scroll_form(self) -> None:
        """Puts the fields into an area that scrolls; the buttons stay in sight."""
        whole, focused = self.layout(), self.focusWidget()
        if not isinstance(whole, QVBoxLayout):
            return
        at, rest = whole.indexOf(self.form), self.measure_height() - self.form.totalHeightForWidth(self.form.geometry().width())
        whole.takeAt(at)
        self.form.setParent(None)
        inner = ScrolledContent()
        inner.setLayout(self.form)
        area = scrolled(inner)
        area.setFixedHeight(HIGHEST - rest)
        whole.insertWidget(at, area)
        area.show()  # the layout would show it later, and until then no field in it keeps the focus
        whole.activate()
        if focused in (None, self.cancel):
            self._focus_first()
        else:
            focused.setFocus()

    def set_title(self, title: Safe) -> None:
        """Changes the title in the window and above the fields."""
        self.setWindowTitle(title)
        self.heading.setText(title)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call to make, or None when something is missing; then `problem` says what."""
        raise NotImplementedError

    def accept(self) -> None:
        """Runs the call. The dialog closes when it has succeeded."""
        work = self.work()
        if work is None:
            return
        self.problem.setText("")  # what was missing is there now
        self.setEnabled(False)
        self._runner.do(lambda _progress, _cancel: work(), self._made, changes=self.changes, owner=self, failed=self._failed)

    def _show_wait(self, sentence: str) -> None:
        """Shows what the call waits for, and nothing once the wait has ended."""
        self.waiting.setText(Safe(sentence))
        self.waiting.setVisible(bool(sentence) and self.is_recording())

    def is_recording(self) -> bool:
        """Returns whether the call is under way."""
        return not self.isEnabled()

    def _made(self, made: Any) -> None:
        self._done(made)
        QDialog.accept(self)

    def _failed(self, sentence: str) -> None:
        self.setEnabled(True)
        self.problem.setText(Safe(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Records on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)


class LongFormDialog(FormDialog):
    """A form dialog whose call takes a while: it shows progress with the time left, and Cancel stops the call.

    `work` returns a call that takes the progress function and the cancel token. `stoppable` is False for a call that nobody
    can stop.
    """

    stoppable = True
    stops_whole = True
    """Whether a stop leaves nothing behind. Else the words of the stopped call say what stays."""
    running = False
    _job: Job | None = None
    _paused: tuple[QWidget, ...] = ()
    """The fields that are disabled while the call runs."""
    _focused: QWidget | None = None

    def work(self) -> Callable[[OnProgress, CancelToken], Any] | None:  # type: ignore[override]
        """Returns the call to make, or None when something is missing; then `problem` says what."""
        raise NotImplementedError

    def accept(self) -> None:
        """Runs the call with its progress."""
        work = None if self.running else self.work()
        if work is None:
            return
        self.problem.setText("")
        self._set_running(True)
        self._job = self._runner.do(
            work, self._made, changes=self.changes, owner=self, failed=self._failed, progress=self.progress.show_progress
        )

    def is_recording(self) -> bool:
        """Returns whether the call is under way."""
        return self.running

    def reject(self) -> None:
        """Stops the call, or closes the dialog."""
        if not self.running:
            super().reject()
        elif self._job is not None and self.stoppable:
            self._job.cancel()
            self.progress.stage.setText(tr("Stopping"))

    def _made(self, made: Any) -> None:
        self.running = False
        super()._made(made)

    def _failed(self, sentence: str) -> None:
        if not self.running:  # a list of choices could not be read
            super()._failed(sentence)
            return
        stopped = self._job is not None and self._job.token.cancelled()
        self._set_running(False)
        self.problem.setText(tr("Stopped; nothing was recorded.") if stopped and self.stops_whole else Safe(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Takes no key but Esc while the call runs: another key would choose something else."""
        if not self.running or event.key() == Qt.Key.Key_Escape:
            super().keyPressEvent(event)

    def _set_running(self, running: bool) -> None:
        """Shows the progress in place of an enabled form."""
        self.running = running
        if running:
            self._focused = self.focusWidget()
            self._paused = tuple(field for field in list_fields(self.form) if field.isEnabled())
        for field in self._paused:
            field.setEnabled(not running)
        self.record.setEnabled(not running)
        self.cancel.setEnabled(not running or self.stoppable)
        self.progress.setVisible(running)
        self.progress.begin()
        if not running:
            give_focus_back(self._focused)


def list_fields(layout: QLayout) -> Iterator[QWidget]:
    """Yields the widgets of a layout and of the layouts in it."""
    for item in map(layout.itemAt, range(layout.count())):
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from list_fields(inner)
