"""A benchmark that waits for the window takes no processor time of the window's thread."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QApplication

from bench.probe import WAKE_MS, settle
from triage.ui.core.runner import Runner


def test_waiting_for_a_thread_sleeps_between_events(app: QApplication, runner: Runner) -> None:
    asked: list[None] = []
    runner.ask(lambda: time.sleep(0.2), lambda _: None)
    settle(runner, lambda: asked.append(None) is None)
    assert len(asked) < 4 * 200 / WAKE_MS, "it asks again and again"
