"""Knows which reports others have open, and tells the store which report this window has open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.open_marks import OpenMark
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, tr

LOOK_EVERY_MS = 20_000
RENEW_EVERY_MS = 60_000  # the store calls a mark uncertain after three times as long
SETTLE_MS = 400  # J held down writes nothing on the way


class OpenMarks(QObject):
    """Reads the marks of others every 20 seconds, and keeps the mark of this window.

    Signals:
        changed: The marks of others, after each look that found other ones.
        said: A sentence: somebody else has the report open too, or marks can't be written or read.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self._marks: dict[int, OpenMark] = {}
        self._opened: str | None = None
        self._asked = False
        """Whether the person was asked before this report was opened, since somebody else has it open."""
        self._told: str | None = None
        self._warned = False
        self.known = True
        """Whether the last look succeeded; else nobody can say what others have open."""
        self._look, self._renew, self._settle = QTimer(self), QTimer(self), QTimer(self)
        for timer, every, call in (
            (self._look, LOOK_EVERY_MS, self.look),
            (self._renew, RENEW_EVERY_MS, self._renew_mark),
            (self._settle, SETTLE_MS, self._write),
        ):
            timer.setInterval(every)
            timer.timeout.connect(call)
        self._settle.setSingleShot(True)

    def start(self) -> None:
        """Begins to look."""
        self.look()
        self._look.start()

    def of_row(self, row_id: int) -> OpenMark | None:
        """Returns who else has a report open."""
        return self._marks.get(row_id)

    def of_report(self, report_id: str) -> OpenMark | None:
        """Returns who else has the report of this number open."""
        return next((mark for mark in self._marks.values() if mark.report_id == report_id), None)

    def look(self) -> None:
        """Reads what others have open."""
        self._runner.ask(self._api.open_marks, self._arrived, owner=self, failed=lambda _: self._lost(), about="marks")

    def set_opened(self, report_id: str | None, *, asked: bool = False) -> None:
        """Says which report this window shows; None for none. With `asked`, the person knows who else has it open."""
        self._opened, self._asked = report_id, asked
        self._settle.start()

    def _arrived(self, marks: tuple[OpenMark, ...]) -> None:
        self.known = True
        found = {mark.row_id: mark for mark in reversed(marks)}  # the latest sign of life counts
        if found != self._marks:
            self._marks = found
            self.changed.emit()

    def _lost(self) -> None:
        """Forgets what was known, since it may no longer hold."""
        self.known = False
        self._arrived(())
        self.known = False

    def _write(self) -> None:
        """Writes or removes the mark of this window."""
        report_id = self._opened
        if report_id == self._told:
            return
        self._told = report_id
        if report_id is None:
            self._renew.stop()
            self._runner.do(lambda _progress, _cancel: self._api.mark_closed(), changes=None, owner=self, failed=lambda _: None)
            return

        def marked(others: tuple[OpenMark, ...]) -> None:
            if self._told is not None:  # else it was left before this answer came
                self._renew.start()
            if others and others[0].certain and report_id == self._opened and not self._asked:
                self.said.emit(tr("{mark}. Two people would work on it.", mark=describe_mark(others[0])))

        self._runner.do(
            lambda _progress, _cancel: self._api.mark_open(report_id), marked, changes=None, owner=self, failed=self._not_marked
        )

    def _renew_mark(self) -> None:
        self._runner.do(lambda _progress, _cancel: self._api.renew_open(), changes=None, owner=self, failed=lambda _: None)

    def _not_marked(self, _sentence: str) -> None:
        """Says once that others can't see what this window has open."""
        if not self._warned:
            self._warned = True
            self.said.emit(tr("Others can't see that you have this report open: the store can't be written."))


class OpenQuestion(FittingDialog):
    """Asks before a report is opened that somebody else has open. `agreed` is called when a person opens it all the same."""

    def __init__(self, mark: OpenMark, parent: QWidget, agreed: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("{report} is open elsewhere", report=ltr(mark.report_id))
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(title, "title", wrap=True))
        whole.addWidget(label(tr("{mark}. Two people would work on it.", mark=describe_mark(mark)), wrap=True))
        self.open_button = KeyButton(tr("Open it too"), tr("Enter"), kind="primary", on=self.accept)
        self.back_button = KeyButton.for_way_back(tr("Go back"), self.reject)
        whole.addLayout(row(None, self.back_button, self.open_button))
        self.accepted.connect(agreed)
        self.open_button.setDefault(True)
        self.open_button.setFocus()
        self.resize(440, 0)


def describe_mark(mark: OpenMark) -> Safe:
    """Returns who has a report open, and since when; an old sign of life is told as such."""
    name, report = isolated(mark.user), ltr(mark.report_id)
    since = times.moment(mark.since)
    if mark.certain:
        return tr("{name} has {report} open since {time}", name=name, report=report, time=since)
    last = times.moment(mark.last_sign)
    return tr(
        "{name} opened {report} at {time}; the last sign of that window is of {last}",
        name=name,
        report=report,
        time=since,
        last=last,
    )


def print_mark(mark: OpenMark) -> Safe:
    """Returns the mark in the short words of a queue row."""
    if mark.certain:
        return tr("open by {name}", name=mark.user)
    return tr("perhaps open by {name}", name=mark.user)
