"""A report's page in a window of the usual size, ready to be looked at; and an api whose media are known pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import sharpness
from tests.ui.fakes import MAIN, FakeApi
from triage.jobs.reading.media import OpenView
from triage.model.media import ImageCrop, Pixels, RevealStep
from triage.model.views import ShowReport
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.kit.text_view import TextView
from triage.ui.leads.page import LeadsPage
from triage.ui.report.chat_view import ChatView
from triage.ui.report.identifiers import IdentifierTable
from triage.ui.report.page import ReportPage
from triage.ui.report.view import ReportView

PATIENCE_MS = 60_000
PAUSE_SECONDS = 0.001
"""While jobs run, the window's thread pauses so long between two looks: it would only take the processor from them."""


class PictureApi(FakeApi):
    """Every medium is a known picture. What left the doors is written down: previews by length, reveals from begin to end."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.forget()

    def forget(self) -> None:
        self.calls.clear()
        self.looked.clear()
        self.__dict__.pop("reveal", None)
        self.previews: list[int] = []
        self.open = 0
        self.handed: list[bytes] = []
        self.frames: list[int | None] = []

    def picture(self, sha256: str) -> NDArray[np.uint8]:
        return sharpness.known_picture(int(sha256[:8], 16))

    def preview(self, sha256: str) -> bytes | None:
        grey = sharpness.preview_of(int(sha256[:8], 16))
        self.previews.append(len(grey))
        return grey

    @contextmanager
    def reveal(self, report_id: str, sha256: str, step: RevealStep, at_ms: int | None = None, window: ImageCrop | None = None) -> Iterator[OpenView]:  # fmt: skip
        grey = self.picture(sha256)

        def render() -> Pixels:
            rgb = np.repeat(grey[:, :, None], 3, axis=2).tobytes()
            self.handed.append(rgb)
            return Pixels(grey.shape[1], grey.shape[0], rgb)

        self.frames.append(at_ms)
        self.open += 1
        self.calls.append(("reveal", report_id, sha256, step))
        try:
            yield OpenView(render)
        finally:
            self.open -= 1
            self.calls.append(("reveal ended", report_id, sha256, step))


class ChangedApi(FakeApi):
    """Shows the report with some fields replaced."""

    def __init__(self, **fields: Any) -> None:
        super().__init__()
        self.fields = fields

    def show(self, report_id: str, version: int | None = None) -> ShowReport:
        return replace(super().show(report_id, version), **self.fields)


def open_page(api: FakeApi, runner: Runner, qtbot: QtBot | None, report_id: str = MAIN) -> ReportPage:
    """In a window of its own, shown, active and loaded. With `qtbot` it is gone after the test."""
    host = QWidget()
    host.setProperty("kind", "ground")
    host.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    page = ReportPage(api, report_id, runner=runner)
    page.host = host  # type: ignore[attr-defined]  # nothing else keeps the window alive
    if qtbot is not None:
        qtbot.addWidget(host)
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page)
    host.resize(1288, 860)
    host.show()
    host.activateWindow()
    wait_active(host)
    settle(runner)
    return page


P = TypeVar("P", bound=DeskPage)


def show_page(page: P, runner: Runner, qtbot: QtBot, width: int = 1186, height: int = 700) -> P:
    """Shown in a window of its own, active, read and focused."""
    qtbot.addWidget(page)
    page.resize(width, height)
    page.show()
    page.activateWindow()
    wait_active(page)
    page.reload()
    settle(runner)
    page.focus()
    return page


def wait_active(window: QWidget) -> None:
    """Until the system gives it the keys, however busy the machine is, and Qt knows of it: without that a dialog ignores keys."""
    assert QTest.qWaitForWindowActive(window, PATIENCE_MS), "another window has the keys"
    until = time.monotonic() + PATIENCE_MS / 1000
    while not window.isActiveWindow():
        assert time.monotonic() < until, "Qt gives the keys to another window"
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def wait_exposed(window: QWidget) -> None:
    """Until it is on screen and laid out."""
    assert QTest.qWaitForWindowExposed(window, PATIENCE_MS)


def settle(runner: Runner, seconds: float = 60) -> None:
    """Until all that was asked in the background has come and is painted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if runner.under_way():
            time.sleep(PAUSE_SECONDS)
        elif not _is_filling():
            QCoreApplication.processEvents()
            if not runner.under_way() and not _is_filling():  # what was painted may have asked for more
                return
    raise TimeoutError("a job does not end")


def _is_filling() -> bool:
    """Whether the cards of a report or of the leads' page are still being filled."""
    tops = QApplication.topLevelWidgets()  # Python would be given each widget there is, which takes six times as long
    views = [view for top in tops for view in (top, *top.findChildren(ReportView)) if isinstance(view, ReportView)]
    pages = [page for top in tops for page in (top, *top.findChildren(LeadsPage)) if isinstance(page, LeadsPage)]
    return any(view.page is not None and not view.is_filled() for view in views) or not all(page.is_filled() for page in pages)


def texts(widget: QWidget) -> list[str]:
    """What its labels and texts say, in the order they were made."""
    found: list[str] = []
    for part in widget.findChildren(QWidget):
        if isinstance(part, QLabel) and part.text():
            found.append(part.text())
        elif isinstance(part, TextView):
            found += part.list_lines()
        elif isinstance(part, ChatView):
            for item in part.rows.items:
                found += filter(None, (item.heading, item.speaker, item.time, item.text))
        elif isinstance(part, IdentifierTable):
            found += [row.heading for row in part.rows.items[: part.rows.shown_rows] if row.entry is None]
    return found
