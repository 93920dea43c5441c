from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThreadPool
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from triage.errors import StoreError
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.store.database import Database
from triage.ui.core.runner import Changed, Runner


def test_the_answer_comes_back_on_the_windows_thread(runner: Runner, qtbot: QtBot) -> None:
    threads: list[int] = []
    answers: list[int] = []

    def landed(value: int) -> None:
        threads.append(threading.get_ident())
        answers.append(value)

    def work() -> int:
        threads.append(threading.get_ident())
        return 7

    runner.ask(work, landed)
    qtbot.waitUntil(lambda: answers == [7])
    assert threads[0] != threads[1] == threading.get_ident()
    assert runner.under_way() == 0


def test_many_calls_share_the_reading_connections_of_few_threads(runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    """Python forgets a thread of Qt after each call: a connection for each call held memory and files until the window closed."""
    read: list[int] = []
    with closing(Database.create(tmp_path / "x.db", bytes(32))) as db:
        for n in range(1, 7):
            runner.ask(lambda: db.reader().value("SELECT 7"), read.append)
            qtbot.waitUntil(lambda n=n: len(read) == n, timeout=60_000)  # type: ignore[misc]
        assert read == [7] * 6
        assert len(db._readers) <= 2


def test_the_worlds_fault_is_one_sentence(runner: Runner, qtbot: QtBot) -> None:
    said: list[str] = []

    def work() -> None:
        raise StoreError("The disk is full; free some space.")

    runner.ask(work, lambda _: said.append("no"), failed=said.append)
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["The disk is full; free some space."]


def test_our_bug_says_nothing_of_the_data(runner: Runner, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    runner.failed.connect(said.append)

    def work() -> None:
        raise KeyError("paper_boat_77")

    with caplog.at_level(logging.INFO):
        runner.ask(work, lambda _: None)
        qtbot.waitUntil(lambda: bool(said))
    assert "Triage made an error" in said[0]
    assert "paper_boat" not in said[0] + caplog.text
    assert "test_runner.py" in caplog.text


def test_do_tells_progress_and_what_changed(runner: Runner, qtbot: QtBot) -> None:
    seen: list[Progress] = []
    changed: list[Changed] = []
    runner.changed.connect(changed.append)

    def work(on_progress: OnProgress, _cancel: CancelToken) -> str:
        on_progress(Progress(done=1, total=2, unit="files"))
        on_progress(Progress(done=2, total=2, unit="files"))
        return "900"

    runner.do(work, changes=lambda value: Changed(reports=frozenset({value})), progress=seen.append)
    qtbot.waitUntil(lambda: bool(changed))
    assert changed[0].touches("900") and not changed[0].touches("901")
    assert Changed(all_reports=True).touches("901")
    assert [progress.done for progress in seen][-1:] == [2]


def test_a_stopped_job_says_so_and_what_it_did_is_looked_for(runner: Runner, qtbot: QtBot) -> None:
    said: list[str] = []
    changed: list[Changed] = []
    runner.changed.connect(changed.append)
    begun = threading.Event()

    def work(_on_progress: OnProgress, cancel: CancelToken) -> None:
        begun.set()
        while True:
            cancel.check()

    job = runner.do(work, failed=said.append)
    assert begun.wait(60)
    job.cancel()
    qtbot.waitUntil(lambda: bool(changed))
    assert said == ["Stopped. Finished steps stay."]
    assert changed[0].all_reports


def test_nobody_is_told_when_the_screen_is_gone(runner: Runner, qtbot: QtBot) -> None:
    owner = QObject()
    told: list[object] = []
    gate = threading.Event()
    runner.ask(gate.wait, told.append, owner=owner, failed=told.append)
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert told == []


@pytest.mark.parametrize("fails", [False, True])
def test_the_answer_to_an_earlier_question_is_dropped(runner: Runner, qtbot: QtBot, fails: bool) -> None:
    owner, told = QObject(), list[object]()
    gate = threading.Event()

    def late() -> str:
        gate.wait(60)
        if fails:
            raise StoreError("The disk is full; free some space.")
        return "first"

    runner.ask(late, told.append, owner=owner, failed=told.append, about="rows")
    runner.ask(lambda: "second", told.append, owner=owner, failed=told.append, about="rows")
    qtbot.waitUntil(lambda: told == ["second"])
    gate.set()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert told == ["second"]


def test_questions_of_others_and_about_other_things_are_answered(runner: Runner, qtbot: QtBot) -> None:
    owner, other, told = QObject(), QObject(), list[object]()
    gate = threading.Event()

    def late(answer: int) -> Callable[[], int]:
        return lambda: gate.wait(60) and answer

    for n, (owned_by, about) in enumerate([(owner, "rows"), (other, "rows"), (owner, "counts"), (owner, None), (owner, None)]):
        runner.ask(late(n), told.append, owner=owned_by, about=about)
    gate.set()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert sorted(told) == [0, 1, 2, 3, 4]  # type: ignore[type-var]


def test_a_later_study_stops_the_earlier_one_and_its_progress(runner: Runner, qtbot: QtBot) -> None:
    owner, told, seen = QObject(), list[object](), list[int]()
    begun = threading.Event()

    def late(on_progress: OnProgress, cancel: CancelToken) -> None:
        begun.set()
        while not cancel.cancelled():
            pass
        on_progress(Progress(done=7, total=7, unit="files"))
        cancel.check()

    runner.study(late, told.append, owner=owner, failed=told.append, progress=lambda each: seen.append(each.done), about="chart")
    assert begun.wait(60)
    runner.study(lambda *_: "second", told.append, owner=owner, failed=told.append, about="chart")
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert (told, seen) == (["second"], [])


def test_retire_lets_a_writing_job_end_before_the_last_call(app: QApplication, qtbot: QtBot) -> None:
    runner = Runner()
    order: list[str] = []
    gate = threading.Event()

    def work(_on_progress: OnProgress, _cancel: CancelToken) -> None:
        gate.wait(60)
        order.append("job")

    runner.do(work, lambda _: order.append("told"))
    runner.retire(lambda: order.append("closed"))
    gate.set()
    qtbot.waitUntil(lambda: not shiboken6.isValid(runner))
    assert order == ["job", "closed"]


@pytest.mark.parametrize("way", ["do", "study", "quietly"])
def test_progress_of_a_job_that_ends_before_its_caller_goes_on_is_told(
    runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """As threads do it under load."""
    monkeypatch.setattr(QThreadPool, "start", lambda _pool, work: work.run())
    seen: list[Progress] = []
    ended: list[None] = []
    only = Progress(done=2, total=2, unit="files")
    getattr(runner, way)(lambda on_progress, _cancel: on_progress(only), ended.append, progress=seen.append)
    qtbot.waitUntil(lambda: bool(ended))
    assert seen == [only]


@pytest.mark.parametrize("end", [Runner.stop, lambda runner: runner.retire(lambda: None)])
def test_what_has_landed_is_not_told_after_a_stop(runner: Runner, app: QApplication, end: Callable[[Runner], None]) -> None:
    told: list[int] = []
    runner.changed.connect(lambda _: told.append(0))
    runner.ask(lambda: 1, told.append)
    runner.do(lambda _progress, _cancel: 2, told.append)
    runner.wait()  # both are on their way to the window
    end(runner)
    runner.wait()
    app.processEvents()
    assert told == [] and not runner.under_way()


@pytest.mark.parametrize("way", ["ask", "do", "study", "quietly"])
@pytest.mark.parametrize("end", [Runner.stop, lambda runner: runner.retire(lambda: None)])
def test_nothing_begins_after_a_stop(runner: Runner, app: QApplication, way: str, end: Callable[[Runner], None]) -> None:
    """The timers of a window that was closed asked a closed store every five seconds, and each answer was logged as our error."""
    begun: list[int] = []
    end(runner)
    getattr(runner, way)(lambda *_: begun.append(1), lambda _: None)
    runner.wait()
    app.processEvents()
    assert begun == []


@pytest.mark.parametrize("way", ["ask", "study", "quietly", "do"])
@pytest.mark.parametrize("end", [Runner.stop, lambda runner: runner.retire(lambda: None)])
def test_a_read_that_waits_its_turn_never_begins(runner: Runner, way: str, end: Callable[[Runner], None]) -> None:
    """Each would read a store that is being closed. What a person ordered to be written is written."""
    let_go, begun = threading.Event(), []
    start = getattr(runner, way)
    for _ in range(2):  # as many as read at once
        start(lambda *_: let_go.wait(60), lambda _: None)
    start(lambda *_: begun.append(1), lambda _: None)
    threading.Timer(0.05, let_go.set).start()
    end(runner)
    runner.wait(60)
    assert begun == ([1] if way == "do" else [])


@pytest.mark.parametrize("way", ["ask", "do"])
def test_nothing_holds_a_screen_whose_job_has_ended(runner: Runner, qtbot: QtBot, way: str) -> None:
    told: list[object] = []

    class Screen:
        def tell(self, value: object) -> None:
            told.append(value)

    screen = Screen()
    held = weakref.ref(screen)
    getattr(runner, way)(lambda *_: None, screen.tell)
    qtbot.waitUntil(lambda: bool(told))
    runner.wait()
    del screen
    gc.collect()
    assert held() is None
