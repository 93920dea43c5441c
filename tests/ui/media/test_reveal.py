from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from triage.errors import StoreError
from triage.jobs.reading.media import OpenView
from triage.model.media import Pixels, RevealStep
from triage.ui.media.reveal import HeldPixels, Revealer, RevealRequest

WANTED = RevealRequest("900000001", "ab", RevealStep.BLURRED)


class SlowApi:
    """Opens two pixels once `gate` is set, and says in `ended` that the view was recorded."""

    def __init__(self, error: Exception | None = None) -> None:
        self.gate, self.ended, self.error = threading.Event(), threading.Event(), error

    @contextmanager
    def reveal(self, *_: object) -> Iterator[OpenView]:
        try:
            assert self.gate.wait(60)
            if self.error is not None:
                raise self.error
            yield OpenView(lambda: Pixels(width=2, height=1, rgb=bytes(range(1, 7))))
        finally:
            self.ended.set()


def test_a_view_ends_and_is_recorded_although_its_page_was_deleted(app: QApplication, qtbot: QtBot) -> None:
    """Its thread waited for ever, with the pixels in memory."""
    api, page = SlowApi(), QObject()
    revealer = Revealer(api, page)  # type: ignore[arg-type]
    opened: list[HeldPixels] = []
    revealer.opened.connect(opened.append)
    revealer.hold(WANTED)
    shiboken6.delete(page)
    api.gate.set()
    qtbot.waitUntil(api.ended.is_set)
    for thread in revealer._threads:
        thread.join(60)
    app.processEvents()
    assert opened == []


@pytest.mark.parametrize("error", [None, StoreError("The disk is full; free some space."), ValueError("paper boat 77")])
def test_nothing_of_a_page_is_held_by_a_view_that_ended(
    app: QApplication, qtbot: QtBot, error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that reads would delete it."""
    api, page = SlowApi(error), QObject()
    revealer = Revealer(api, page)  # type: ignore[arg-type]
    said: list[object] = []
    revealer.opened.connect(lambda held: said.append(bytes(held._rgb)))
    revealer.closed.connect(lambda step, _seconds: said.append(step))
    revealer.failed.connect(said.append)
    api.gate.set()
    with caplog.at_level(logging.INFO):
        revealer.hold(WANTED)
        qtbot.waitUntil(lambda: bool(said))
        revealer.finish(60)
        qtbot.waitUntil(lambda: len(said) == (1 if error else 2))
    failed = {StoreError: "The disk is full; free some space."}.get(type(error))  # type: ignore[arg-type]
    assert said == ([bytes(range(1, 7)), RevealStep.BLURRED] if error is None else [failed or said[0]])
    assert "paper boat" not in f"{said} {caplog.text}"
    gone = weakref.ref(revealer)
    shiboken6.delete(page)
    del revealer
    assert gone() is None
