"""Every screen of the desktop over a store, without a display."""

from __future__ import annotations

import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from bench.fuzzing.place import Problems
from triage.jobs.session import Session
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.queue.columns import COLUMNS
from triage.ui.queue.lanes import SET_ASIDE
from triage.ui.shell.main_window import MainWindow

MOST_REPORTS = 6
PAGES = ("cases", "grades", "ranking", "rules", "possible", "held")
SECONDS = 60


def look_at_screens(problems: Problems, session: Session, numbers: list[str]) -> None:
    """Opens the queue, every page of the desk, the files set aside, and the first reports.

    Qt catches no exception of a slot: they come to `sys.excepthook`, which the caller watches.
    """
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "dark", "en")
    api, runner = Api(session), Runner()
    runner.failed.connect(lambda sentence: problems.append(f"screen: {sentence}"))
    window = MainWindow(api, runner)
    try:
        window.resize(1288, 860)
        window.show()
        window.start()
        _settle(runner)
        model = window.queue.model
        for row in range(model.rowCount()):
            for column in range(len(COLUMNS)):
                model.data(model.index(row, column))
        _settle(runner)
        window.choose_lane(SET_ASIDE.name)
        for name in PAGES:
            window.show_desk(name)
            _settle(runner)
        for number in numbers[:MOST_REPORTS]:
            window.open_report(number)
            _settle(runner)
            if window.report is None or window.report.report is None:
                problems.append("screen: a report's page stays empty")
    finally:
        runner.stop()
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if shiboken6.isValid(runner):
            shiboken6.delete(runner)
        api._pool.close()  # the session goes on


def _settle(runner: Runner) -> None:
    """Waits until all that was asked in the background has come and is painted."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if runner.under_way():
            time.sleep(0.001)  # or this thread would take the processor from the jobs
        else:
            QCoreApplication.processEvents()
            if not runner.under_way():
                return
    raise TimeoutError("a job of the desktop does not end")
