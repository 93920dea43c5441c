"""The sweep in the background: it begins by itself, gives way, can be paused, fails once, and ends with a lock."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi, fake_machine
from tests.ui.slow_work import UNTIL_LET_GO
from triage.errors import StoreBusy, StoreError
from triage.jobs.sweeping.sweep import SweepResult
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Role
from triage.ui.app import Desktop
from triage.ui.core.preferences import Preferences
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import theme
from triage.ui.shell import airgap
from triage.ui.shell.main_window import MainWindow
from triage.ui.shell.status_bar import StatusBar
from triage.ui.shell.sweeping import SweepControl, SweepPhase
from triage.ui.text.i18n import Language


def sweeps(api: FakeApi) -> int:
    return sum(call[0] == "sweep" for call in api.calls)


@pytest.fixture
def window(api: FakeApi, runner: Runner, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(api, runner)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    yield made
    made.sweeping.end()


def test_it_begins_by_itself_and_shows_nothing_when_all_is_compared(window: MainWindow, api: FakeApi, qtbot: QtBot) -> None:
    api.unswept, api.slow = 4, UNTIL_LET_GO
    window.start()
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.WORKS)
    bar = window.status.sweep
    assert bar.isVisible() and bar.words.text() == "Comparing images: 4 left"
    api.slow = 0
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.REST)
    assert api.unswept == 0 and not bar.isVisible()
    assert sweeps(api) == 1


def test_nothing_waits_nothing_begins(window: MainWindow, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    window.start()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert sweeps(api) == 0 and window.sweeping.state is SweepPhase.REST


def test_who_may_not_import_runs_no_sweep(app: QApplication, runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(roles=frozenset({Role.AUDITOR}))
    api.unswept = 4
    sweeping = SweepControl(api, runner)
    sweeping.look_for_work()
    runner.changed.emit(Changed(all_reports=True))
    assert runner.under_way() == 0 and sweeping.state is SweepPhase.REST


def test_what_comes_later_is_swept_too(window: MainWindow, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    window.start()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    api.unswept = 2
    runner.do(lambda _progress, _cancel: None, changes=Changed(all_reports=True), long=True)
    qtbot.waitUntil(lambda: api.unswept == 0)
    assert sweeps(api) == 1


def test_it_stops_for_a_long_job_and_goes_on_afterwards(window: MainWindow, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.unswept, api.slow = 100_000, 0.1
    window.start()
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.WORKS)
    gate = threading.Event()
    runner.do(lambda _progress, _cancel: gate.wait(60), long=True)
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.GIVES_WAY)
    assert "waiting" in window.status.sweep.words.text()
    stands = api.unswept
    qtbot.wait(100)
    assert api.unswept == stands > 0, "nothing goes on beside it"
    gate.set()
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.WORKS)
    qtbot.waitUntil(lambda: sweeps(api) == 2)


def test_a_decision_does_not_stop_it(window: MainWindow, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.unswept, api.slow = 100_000, 0.1
    window.start()
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.WORKS)
    qtbot.waitUntil(lambda: sweeps(api) == 1)  # it is shown to work from the moment it is ordered; its thread begins later
    patience = window.sweeping._patience
    patience.setInterval(60_000)  # on a busy machine a decision takes longer than half a second
    done: list[object] = []
    runner.do(lambda _progress, _cancel: api.decide(MAIN, status="in_progress"), done.append)
    assert patience.isActive()
    qtbot.waitUntil(lambda: bool(done) and not patience.isActive())
    assert window.sweeping.state is SweepPhase.WORKS and sweeps(api) == 1


def test_it_is_paused_by_key_and_goes_on_by_mouse(window: MainWindow, api: FakeApi, qtbot: QtBot) -> None:
    api.unswept, api.slow = 100_000, 0.1
    window.start()
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.WORKS)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert window.sweeping.state is SweepPhase.PAUSED
    assert "paused" in window.status.sweep.words.text()
    qtbot.waitUntil(lambda: window.runner.under_way() == 0)
    stands = api.unswept
    window.runner.changed.emit(Changed(all_reports=True))
    qtbot.wait(100)
    assert api.unswept == stands, "paused is paused, whatever comes in"
    assert window.status.sweep.button.words() == "Continue"
    qtbot.mouseClick(window.status.sweep.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.WORKS)
    assert window.status.sweep.button.words() == "Pause"


def test_a_failure_is_told_once_and_does_not_loop(window: MainWindow, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.unswept, api.sweep_fails = 3, StoreError("The disk is full; free some space.")
    said: list[str] = []
    window.sweeping.said.connect(said.append)
    window.start()
    qtbot.waitUntil(lambda: bool(said))
    assert window.sweeping.state is SweepPhase.FAILED
    assert "stopped" in window.status.sweep.words.text() and "disk is full" in window.status.sweep.words.toolTip()
    runner.changed.emit(Changed(all_reports=True))
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert sweeps(api) == 1 and said == ["The disk is full; free some space."]
    api.sweep_fails = None
    window.status.sweep.button.click()
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.REST)
    assert api.unswept == 0


def test_it_waits_for_another_program_and_goes_on_by_itself(window: MainWindow, api: FakeApi, qtbot: QtBot) -> None:
    window.sweeping._try_again.setInterval(10)
    api.unswept, api.slow, api.sweep_fails = 3, 0.1, StoreBusy("The store is in use by another program or window.")
    said: list[str] = []
    window.sweeping.said.connect(said.append)
    window.start()
    bar = window.status.sweep
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.HELD_UP)
    assert bar.words.text() == "Comparing images: waiting for another program, 3 left"
    assert "continues when" in bar.words.toolTip() and bar.button.words() == "Pause"
    qtbot.waitUntil(lambda: sweeps(api) > 2)
    assert window.sweeping.state is SweepPhase.HELD_UP, "also while it tries again"
    bar.button.click()
    assert window.sweeping.state is SweepPhase.PAUSED
    bar.button.click()
    api.sweep_fails = None
    qtbot.waitUntil(lambda: window.sweeping.state is SweepPhase.REST)
    assert api.unswept == 0 and said == []


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_narrow_bar_cuts_nothing_off(app: QApplication, runner: Runner, qtbot: QtBot, language: Language) -> None:
    theme.apply(app, "dark", language)
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1920, 60)
    bar, sweeping = StatusBar(), SweepControl(FakeApi(), runner)
    bar.setParent(host)
    host.show()
    bar.show_machine(fake_machine(), "2026-11-24T09:00:00Z")
    bar.gap.setText(airgap.describe_air_gap(["wlp0s20f3"])[0])
    bar.show_screen_lock("perhaps")
    bar.show_counts(38_112, 4_120)
    sweeping.left = 1_234_567
    sweeping.pace.add(Progress(done=0, total=1_234_567, unit="files"), 0)
    sweeping.pace.add(Progress(done=9, total=1_234_567, unit="files"), 9)
    for paused, held_up in ((False, False), (False, True), (True, False)):
        sweeping.paused, sweeping.held_up = paused, held_up
        bar.show_sweep(sweeping)
        bar.resize(1920, bar.height())
        wide = bar.sweep.words.text()
        bar.resize(1280, bar.height())
        assert bar.layout().totalMinimumSize().width() <= 1280  # type: ignore[union-attr]
        assert bar.sweep.words.text() and bar.sweep.button.isVisible(), wide


def test_what_could_not_be_checked_is_said_once(
    window: MainWindow, api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    window.sweeping.said.connect(said.append)
    sentence = "2 pictures not checked for uneven crops: could not be decoded: took too long"
    swept = api.sweep

    def not_all(**arguments: Any) -> SweepResult:
        api.unchecked = {"could not be decoded: took too long": 2}
        return swept(**arguments)

    monkeypatch.setattr(api, "sweep", not_all)
    api.unswept = 3
    window.start()
    qtbot.waitUntil(lambda: said == [sentence])
    api.unswept = 2
    runner.changed.emit(Changed(all_reports=True))
    qtbot.waitUntil(lambda: not api.unswept and not runner.under_way())
    assert said == [sentence]
    window.show_desk("possible")
    page = window.desk.current()
    assert page is not None
    qtbot.waitUntil(lambda: sentence in page.beside.text())


def test_as_long_as_pictures_wait_no_list_of_pairs_is_said_to_be_empty(window: MainWindow, api: FakeApi, qtbot: QtBot) -> None:
    api.unswept, api.slow = 100_000, 0.1
    window.start()
    window.show_desk("possible")
    page = window.desk.current()
    assert page is not None
    qtbot.waitUntil(lambda: page.message.title.text() == "No possible matches so far.")
    assert "images are still being compared" in page.beside.text()


def test_what_it_finds_reaches_the_screens(window: MainWindow, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.unswept = 4
    heard: list[Changed] = []
    runner.changed.connect(heard.append)
    window.start()
    qtbot.waitUntil(lambda: any(changed.touches_files(MAIN) for changed in heard))
    assert not any(changed.touches(MAIN) for changed in heard), "no card changes"


def at_work(app: QApplication, api: FakeApi, tmp_path: Path, qtbot: QtBot) -> Desktop:
    """A desktop that compares pictures, and has more than enough of them."""
    api.unswept, api.slow = 100_000, 0.1
    desktop = Desktop(app, tmp_path / "store", api=api)
    (tmp_path / "store").mkdir()
    desktop.show()
    qtbot.waitUntil(lambda: desktop.sweeping is not None and desktop.sweeping.state is SweepPhase.WORKS)
    return desktop


def test_a_lock_stops_it_at_once_and_closing_does_not_wait(app: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    api = FakeApi()
    desktop = at_work(app, api, tmp_path, qtbot)
    desktop.lock("Locked.")
    qtbot.waitUntil(lambda: api.closed)
    assert api.unswept > 0 and desktop.sweeping is None
    desktop.close()
    desktop.deleteLater()


def test_another_look_of_the_window_keeps_it_going(app: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    api = FakeApi()
    desktop = at_work(app, api, tmp_path, qtbot)
    qtbot.waitUntil(lambda: sweeps(api) == 1)
    desktop.change_look(Preferences(theme="light"))
    qtbot.wait(50)
    window = desktop.centralWidget()
    assert isinstance(window, MainWindow) and window.status.sweep.isVisible()
    assert sweeps(api) == 1
    window.sweeping.toggle()
    desktop.change_look(Preferences())
    again = desktop.centralWidget()
    assert isinstance(again, MainWindow) and "paused" in again.status.sweep.words.text()
    desktop.close()
    desktop.deleteLater()


def test_what_a_stopped_job_held_leaves_memory(runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    class Index:
        pass

    held: list[weakref.ref[Index]] = []

    def work(_on_progress: OnProgress, cancel: CancelToken) -> None:
        index = Index()
        held.append(weakref.ref(index))
        while True:
            cancel.check()

    said: list[str] = []
    job = runner.quietly(work, lambda _: None, failed=said.append)
    qtbot.waitUntil(lambda: bool(held))
    monkeypatch.setattr(gc, "collect", lambda *_: 0)  # it must not lie in a cycle
    job.cancel()
    qtbot.waitUntil(lambda: bool(said))
    qtbot.waitUntil(lambda: held[0]() is None)
