"""Cycles of objects are freed on the window's thread only: a widget that another thread deletes crashes the window now and then."""

from __future__ import annotations

import gc
import math
import threading
import weakref
from collections.abc import Callable
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from triage.ui import app as app_module
from triage.ui.core import cycles
from triage.ui.core.cycles import CycleCollector, collect_on_this_thread
from triage.ui.core.runner import Runner


class Part(QMenu):
    """A part of a page that nothing but a cycle holds, as each chart has one."""

    def __init__(self, gone: Callable[[], None]) -> None:
        super().__init__()
        self.itself = self
        self.destroyed.connect(gone)


@pytest.fixture
def collector(app: QApplication) -> CycleCollector:
    return collect_on_this_thread(app)


def allocate() -> None:
    """Takes memory for more objects than Python creates between two looks for cycles, also among old objects."""
    kept: list[list[object]] = []
    for _ in range(200_000):
        kept.append([])


def test_a_thread_that_reads_deletes_no_part_of_the_window(collector: CycleCollector, runner: Runner, qtbot: QtBot) -> None:
    threads: list[int] = []
    Part(lambda: threads.append(threading.get_ident()))
    done: list[None] = []
    runner.ask(allocate, done.append)
    runner.wait(60)
    assert threads == [], "the window's thread had no turn yet"
    qtbot.waitUntil(lambda: bool(done))
    collector.collect_all()
    assert threads == [threading.get_ident()]


def test_many_new_objects_are_looked_through_soon(collector: CycleCollector, qtbot: QtBot) -> None:
    gone: list[None] = []
    Part(lambda: gone.append(None))
    kept = [[] for _ in range(cycles.MANY)]  # type: ignore[var-annotated]
    qtbot.waitUntil(lambda: bool(gone))
    assert kept


def test_old_objects_are_looked_through_later(collector: CycleCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        def __init__(self) -> None:
            self.itself = self

    held = weakref.ref(old := Old())
    gc.collect(1)  # it is no longer new
    del old
    monkeypatch.setattr(collector, "_next_whole", math.inf)
    collector.collect_due()
    assert held() is not None
    monkeypatch.setattr(collector, "_next_whole", 0.0)
    collector.collect_due()
    assert held() is None
    assert collector._next_whole > 0.0


def test_the_program_has_one_collector(collector: CycleCollector, app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("qInstallMessageHandler", "QGuiApplication"):  # they belong to the tests
        monkeypatch.setattr(app_module, name, MagicMock())
    begun: list[QCoreApplication] = []
    monkeypatch.setattr(app_module, "collect_on_this_thread", begun.append)
    assert app_module.application() is app
    assert begun == [app]
    assert collect_on_this_thread(app) is collector and not gc.isenabled()


@pytest.mark.parametrize("fails", [False, True])
def test_a_thread_never_lets_go_last(runner: Runner, qtbot: QtBot, fails: bool) -> None:
    """What a call holds, a part of a closed page perhaps, is let go on the window's thread."""
    threads: list[int] = []
    holding = QObject()
    holding.destroyed.connect(lambda: threads.append(threading.get_ident()))
    ended: list[object] = []

    def work(held: QObject = holding) -> None:
        if fails:
            raise ValueError

    runner.ask(work, ended.append, failed=ended.append)
    del holding, work
    runner.wait(60)
    assert threads == [] and ended == []
    qtbot.waitUntil(lambda: bool(ended))
    assert threads == [threading.get_ident()]


@pytest.mark.parametrize("end", [Runner.stop, lambda runner: runner.retire(lambda: None)])
def test_what_never_began_is_let_go_on_the_windows_thread(app: QApplication, qtbot: QtBot, end: Callable[[Runner], None]) -> None:
    """A lock cleared the queue of reads on the thread that writes, and with them what their calls held of pages."""
    threads: list[int] = []

    class Held:
        def __del__(self) -> None:
            threads.append(threading.get_ident())

    runner, gate = Runner(app), threading.Event()
    for held in [Held() for _ in range(6)]:
        runner.ask(lambda held=held: gate.wait(60), lambda _: None)  # type: ignore[misc]
    del held
    ends = threading.Timer(0.05, gate.set)  # a stop waits without an event loop
    ends.start()
    end(runner)
    qtbot.waitUntil(lambda: len(threads) == 6)
    ends.join()
    assert set(threads) == {threading.get_ident()}
