"""The queue of imports: order, states, pauses, and what a kill leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.bundles import jpeg, le_json, write_bundle
from triage.errors import Cancelled, InputError, NotFound, Refused
from triage.jobs.exchange import import_queue
from triage.jobs.exchange.import_queue import (
    list_import_queue,
    mark_import_paused,
    move_queued_import,
    queue_import,
    remove_queued_import,
    run_queued_import,
)
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.stages import STAGES, ExpectedWork, ImportStage, StageMeter, expect_work
from triage.jobs.policy import set_policy
from triage.jobs.session import Session, unlock
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, Progress
from triage.store import lock
from triage.store.queries import reports

RECEIPT = Receipt(received_from="the courier", medium="USB stick 14", seal="No. 77")


def bundle(folder: Path, first: int, count: int = 1) -> Path:
    for n in range(first, first + count):
        inside = folder / str(n)
        inside.mkdir(parents=True)
        (inside / "r.json").write_bytes(le_json(n))
        (inside / f"{n}.jpg").write_bytes(jpeg(n % 200))
    return folder


def states(session: Session) -> list[tuple[int, str]]:
    return [(order.id, order.state) for order in list_import_queue(session)]


def test_imports_wait_in_order_and_keep_their_receipts(session: Session, tmp_path: Path) -> None:
    first, second, third = (
        queue_import(session, [bundle(tmp_path / str(n), 900000500 + n)], receipt=RECEIPT).id for n in range(3)
    )
    move_queued_import(session, third, -1)
    move_queued_import(session, first, -1)
    assert states(session) == [(first, "waiting"), (third, "waiting"), (second, "waiting")]
    run_queued_import(session, third)
    assert states(session) == [(first, "waiting"), (second, "waiting"), (third, "finished")]
    done = list_import_queue(session)[-1]
    assert done.receipt == RECEIPT and done.paths == (str(tmp_path / "2"),), "read from its bundle now"
    assert done.result is not None and (done.result.new, done.result.media) == (1, 1)
    remove_queued_import(session, first)
    with pytest.raises(NotFound):
        run_queued_import(session, first)
    with pytest.raises(Refused):
        run_queued_import(session, third)


def test_a_receipt_that_the_policy_requires_is_asked_when_it_is_queued(session: Session, tmp_path: Path) -> None:
    set_policy(session, "receipt-required", "yes")
    with pytest.raises(Refused):
        queue_import(session, [tmp_path], receipt=Receipt())
    with pytest.raises(Refused):
        queue_import(session, [], receipt=RECEIPT)
    assert list_import_queue(session) == ()


def test_a_failure_is_kept_with_its_reason_and_can_be_repeated(session: Session, tmp_path: Path) -> None:
    order = queue_import(session, [tmp_path / "missing"], receipt=RECEIPT).id
    with pytest.raises(InputError):
        run_queued_import(session, order)
    (failed,) = list_import_queue(session)
    assert failed.state == "failed" and failed.problem is not None and "does not exist" in str(failed.problem)
    bundle(tmp_path / "missing", 900000510)
    run_queued_import(session, order)
    assert states(session) == [(order, "finished")]


def test_a_pause_waits_between_batches_and_nothing_is_locked(session: Session, tmp_path: Path) -> None:
    order = queue_import(session, [bundle(tmp_path / "in", 900000520, 3)], receipt=RECEIPT).id
    rests = threading.Event()

    class Token(CancelToken):
        def rest(self) -> None:
            if self.paused():
                rests.set()
            super().rest()

    token, seen = Token(), list[Progress]()

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 3:
            token.pause()

    with unlock(tmp_path / "store", "first", "seven green boats") as other:
        thread = threading.Thread(target=lambda: run_queued_import(session, order, on_progress=watch, cancel=token))
        thread.start()
        assert rests.wait(60)
        held = len(seen)
        mark_import_paused(other, order, paused=True)  # another program writes meanwhile
        assert states(other) == [(order, "paused")]
        with pytest.raises(Refused):
            run_queued_import(other, order)
        assert len(seen) == held, "it waits"
        mark_import_paused(other, order, paused=False)
        token.resume()
        thread.join(60)
        assert states(other) == [(order, "finished")]


def test_a_paused_import_that_is_stopped_stays_paused_and_goes_on_later(session: Session, tmp_path: Path) -> None:
    order = queue_import(session, [bundle(tmp_path / "in", 900000530, 2)], receipt=RECEIPT).id
    token = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.note == Message("media"):
            token.pause()
            token.cancel()

    with pytest.raises(Cancelled):
        run_queued_import(session, order, on_progress=stop, cancel=token)
    session.close()
    with unlock(tmp_path / "store", "first", "seven green boats") as again:
        assert states(again) == [(order, "paused")]
        result = run_queued_import(again, order)
        assert (result.reports.new, result.reports.unchanged) == (0, 2), "what was acknowledged is not imported twice"


def test_a_stopped_import_says_so(session: Session, tmp_path: Path) -> None:
    order = queue_import(session, [bundle(tmp_path / "in", 900000540)], receipt=RECEIPT).id
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run_queued_import(session, order, cancel=token)
    assert states(session) == [(order, "stopped")]


_KILLED = """
import os, sys, time
from pathlib import Path
from triage.jobs.exchange.import_queue import run_queued_import
from triage.jobs.session import unlock
with unlock(Path(sys.argv[1]), "first", "seven green boats") as session:
    def stop(progress):
        if str(progress.note) == "media":
            print("here", flush=True)
            time.sleep(60)
    run_queued_import(session, int(sys.argv[2]), on_progress=stop)
"""


def test_a_kill_leaves_the_queue_and_the_import_goes_on(session: Session, tmp_path: Path) -> None:
    order = queue_import(session, [bundle(tmp_path / "in", 900000550, 2)], receipt=RECEIPT).id
    waiting = queue_import(session, [bundle(tmp_path / "more", 900000560)], receipt=RECEIPT).id
    session.close()
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "store"), str(order)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.getcwd()}) as running:  # noqa: PTH109
        assert running.stdout is not None and running.stdout.readline() == b"here\n"
        running.send_signal(signal.SIGKILL)
        running.wait(120)
    with unlock(tmp_path / "store", "first", "seven green boats") as again:
        assert states(again) == [(order, "interrupted"), (waiting, "waiting")]
        with again.reading() as db:
            assert reports.count_reports(db) == 2, "what was acknowledged before"
        run_queued_import(again, order)
        run_queued_import(again, waiting)
        assert sorted(states(again)) == [(order, "finished"), (waiting, "finished")]
        assert again.store.check().valid


def test_an_import_of_another_program_is_not_started_beside(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = queue_import(session, [bundle(tmp_path / "in", 900000570)], receipt=RECEIPT).id
    monkeypatch.setattr(import_queue, "is_import_running", lambda _: True)
    with pytest.raises(Refused):
        run_queued_import(session, order)
    assert states(session) == [(order, "waiting")], "it did not fail: it waits"


def test_a_program_that_looks_whether_an_import_runs_keeps_no_import_from_starting(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    tries = iter(range(1, 1_000))
    took = lock.try_lock

    def is_looked_at_first(handle: int) -> bool:
        if not looked.is_set() and next(tries) < 3:
            return False  # another program looks just now
        looked.set()
        return took(handle)

    monkeypatch.setattr(lock, "try_lock", is_looked_at_first)
    assert import_bundles(session, [bundle(tmp_path / "in", 900000700)], receipt=RECEIPT).reports.new == 1


def test_two_programs_that_start_at_once_show_what_runs(session: Session, tmp_path: Path) -> None:
    """The second one took the first for interrupted, and called itself failed: until the end both states were wrong."""
    one, two = (queue_import(session, [bundle(tmp_path / str(n), 900000580 + n)], receipt=RECEIPT).id for n in range(2))
    seen: list[tuple[list[tuple[int, str]], str]] = []

    def start_beside(*_: object) -> bool:
        """Looks whether an import runs, as the first program does, while the second one starts."""
        if not seen:
            with pytest.raises(Refused) as refused:
                run_in_thread(lambda: run_queued_import(session, two))
            seen.append((states(session), str(refused.value)))
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_queue, "import_paths", watch(import_queue.import_paths, start_beside))
        patch.setattr(import_queue, "is_import_running", lambda _: False)  # neither saw the other
        run_queued_import(session, one)
    assert seen == [
        ([(one, "running"), (two, "waiting")], "Another import is running in this store; this one starts when it has ended.")
    ]
    assert states(session) == [(two, "waiting"), (one, "finished")]


def watch(call: Callable[..., Any], before: Callable[[], object]) -> Callable[..., Any]:
    def watched(*given: Any, **named: Any) -> Any:
        before()
        return call(*given, **named)

    return watched


def run_in_thread(call: Callable[[], object]) -> None:
    """Runs a call as another program would: with no lock of this thread. Raises what it raised."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(call).result()


# -- the bar ---------------------------------------------------------------------------------------------------------------


def test_the_share_of_the_whole_never_falls_and_reaches_the_end(session: Session, tmp_path: Path) -> None:
    seen: list[float] = []
    order = queue_import(session, [bundle(tmp_path / "in", 900000580, 4), write_bundle(tmp_path / "b")], receipt=RECEIPT).id
    run_queued_import(
        session, order, on_progress=lambda progress: seen.append(-1 if progress.overall is None else progress.overall)
    )
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] == 1


@pytest.mark.parametrize("wrong", [0.1, 1, 10])
def test_a_wrong_expectation_does_not_move_the_bar_back(wrong: float) -> None:
    seen: list[float] = []
    meter = StageMeter(
        lambda progress: seen.append(progress.overall or 0.0), ExpectedWork(round(100 * wrong), round(900 * wrong)), None
    )
    meter.begin(ImportStage.READING)
    for done in range(1000):
        meter(Progress(done=done, total=None, unit="files"))
    meter.expect(ImportStage.MEDIA, 900)
    for stage, units in zip(STAGES[1:], (100, 900, 5, 10), strict=True):
        meter.begin(stage)
        for done in range(1, units + 1):
            meter(Progress(done=done, total=units, unit="files"))
    assert seen == sorted(seen) and seen[0] >= 0 and seen[-1] == pytest.approx(1)


def test_files_are_counted_by_name_in_folders_and_zips(tmp_path: Path) -> None:
    found = expect_work([write_bundle(tmp_path / "b"), bundle(tmp_path / "in", 900000590, 2)])
    assert found.documents >= 3 and found.others >= 3
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 not a zip")
    assert expect_work([tmp_path / "broken.zip", tmp_path / "missing"]) == ExpectedWork(0, 1)
