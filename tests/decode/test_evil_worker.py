"""The host against a worker that an attacker owns: it never hangs, never raises, never believes."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.decode.evil import ANSWERS
from triage import limits
from triage.decode import process
from triage.decode.client import MediaPool
from triage.decode.process import Worker, WorkerFailed
from triage.decode.protocol import Request
from triage.errors import DecoderError, InputError
from triage.model.media import MediaFacts, RevealStep

EVIL = str(Path(__file__).parent / "evil.py")
RULES = ("another request", "kind", "endless", "range of inline data", "refusal", *ANSWERS)
AGAINST_THE_RULES = "could not be decoded: the decoder answered against the rules"
CRASHED = "could not be decoded: the decoder crashed"
TOO_LONG = "could not be decoded: took too long"


def evil_pool(rule: str, seconds: float = 20) -> MediaPool:
    return MediaPool(1, command=(sys.executable, "-I", "-S", EVIL, rule), seconds=seconds)


def test_the_stand_in_can_behave() -> None:
    with evil_pool("none") as pool:
        assert pool.measure(b"x") == MediaFacts(mime="application/pdf")


@pytest.mark.parametrize("rule", RULES)
def test_nothing_of_an_answer_against_the_rules_is_believed(rule: str) -> None:
    with evil_pool(rule) as pool:
        assert pool.measure(b"x") == MediaFacts(mime="application/octet-stream", problem=AGAINST_THE_RULES)
        with pytest.raises(InputError, match="against the rules"):
            pool.render(b"x", RevealStep.GREY, 100)


@pytest.mark.parametrize("rule", ["dies", "dies midway"])
def test_a_crash_costs_one_file(rule: str) -> None:
    with evil_pool(rule) as pool:
        for _ in range(2):
            assert pool.measure(b"x").problem == CRASHED


@pytest.mark.parametrize("rule", ["dies later", "lies later", "hangs later"])
def test_a_file_does_not_answer_for_the_one_that_broke_the_worker_before(rule: str) -> None:
    with evil_pool(rule, seconds=2) as pool:
        assert pool.measure(b"breaks the worker").problem is None
        assert pool.measure(b"x") == MediaFacts(mime="application/pdf")
        assert pool.measure(b"breaks the worker").problem is None
        assert pool.measure_all([b"x", b"y"]) == [MediaFacts(mime="application/pdf")] * 2


def test_what_breaks_a_new_worker_is_to_blame() -> None:
    with evil_pool("none") as pool:
        assert [pool.measure(data).problem for data in (b"x", b"dies", b"y", b"dies")] == [None, CRASHED, None, CRASHED]


@pytest.mark.parametrize("rule", ["dies of several", "one answer too few", "one bad answer", "no memory for one"])
def test_no_file_answers_for_another(rule: str) -> None:
    with evil_pool(rule) as pool:
        assert pool.measure_all([b"x", b"y", b"z"]) == [MediaFacts(mime="application/pdf")] * 3


def test_of_several_the_one_that_kills_is_found_out() -> None:
    with evil_pool("none") as pool:
        assert [facts.problem for facts in pool.measure_all([b"x", b"dies", b"z"])] == [None, CRASHED, None]
        assert pool.measure_all([]) == []


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """What workers are asked for, group by group."""
    found: list[list[bytes]] = []
    ask_all = Worker.ask_all

    def noted(worker: Worker, request: Request, files: list[bytes], seconds: float) -> list[bytes | WorkerFailed]:
        found.append(list(files))
        return ask_all(worker, request, files, seconds)

    monkeypatch.setattr(Worker, "ask_all", noted)
    return found


def test_what_took_too_long_is_not_asked_for_again(asked: list[list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "allowed_seconds", lambda size: 0.2 if size == len(b"hangs") else 60)
    with evil_pool("begins") as pool:
        files = [b"a", b"b", b"hangs", b"c", b"hangs", b"d"]
        assert [facts.problem for facts in pool.measure_all(files)] == [None, None, TOO_LONG, None, TOO_LONG, None]
    assert sum(group.count(b"hangs") for group in asked) == 3  # the second one was in the first group too
    assert all(sum(group.count(name) for group in asked) <= 3 for name in files)


def test_whoever_crashed_is_asked_for_alone_and_nobody_else(asked: list[list[bytes]]) -> None:
    """A worker that somebody took over could name another file."""
    with evil_pool("begins") as pool:
        files = [b"a", b"crashes", b"b", b"c"]
        assert [facts.problem for facts in pool.measure_all(files)] == [None, CRASHED, None, None]
    assert [group for group in asked if len(group) == 1] == [[b"crashes"], [b"a"]]


def test_of_files_begun_together_each_is_asked_for_alone(asked: list[list[bytes]]) -> None:
    with evil_pool("begins together") as pool:
        assert [facts.problem for facts in pool.measure_all([b"a", b"crashes", b"b"])] == [None, CRASHED, None]
    assert asked == [[b"a", b"crashes", b"b"], [b"a"], *[[b"crashes"]] * 2, [b"b"]]  # once by a worker that had seen another


def test_a_small_file_may_take_less_and_a_film_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DECODE_FLOOR_SECONDS", 0.2)
    with evil_pool("begins", seconds=600) as pool:
        assert pool.measure(b"hangs").problem == TOO_LONG
    with evil_pool("begins", seconds=1.5) as pool:
        started = time.monotonic()
        assert pool.measure(b"film").problem == TOO_LONG
        assert time.monotonic() - started > 1


def test_to_begin_for_ever_is_against_the_rules() -> None:
    with evil_pool("begins for ever") as pool:
        assert pool.measure(b"x").problem == AGAINST_THE_RULES


def test_whoever_gives_up_waits_for_no_worker() -> None:
    with evil_pool("hangs", seconds=600) as pool, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(pool.measure, b"x")
        while not any(watch.deadline > time.monotonic() + 300 for watch in tuple(pool._watchdog._watches)):
            time.sleep(0.01)  # it starts within a minute
        pool.give_up()
        assert asked.result(timeout=60).problem == TOO_LONG


@pytest.mark.parametrize("rule", ["hangs"])
def test_a_slow_worker_is_killed(rule: str) -> None:
    with evil_pool(rule, seconds=0.3) as pool:
        assert pool.measure(b"x").problem == TOO_LONG
        assert pool.measure(bytes(5_000_000)).problem == TOO_LONG
        assert [str(error) for error in pool.extract_pdf_texts([b"x", b"y"])] == [f"The file {TOO_LONG}."] * 2


def test_noise_is_against_the_rules_or_too_slow() -> None:
    with evil_pool("noise", seconds=1) as pool:
        assert pool.measure(b"x").problem in (AGAINST_THE_RULES, TOO_LONG)


@pytest.mark.parametrize("rule", ["dead on arrival", "never ready", "no welcome", "bad walls"])
def test_no_file_is_to_blame_when_no_worker_can_be_started(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.decode.process.START_SECONDS", 0.3 if rule == "never ready" else 20)
    with evil_pool(rule) as pool:
        with pytest.raises(DecoderError, match="can't be started"):
            pool.measure(b"x")
        with pytest.raises(DecoderError):
            pool.extract_pdf_text(b"x")
        barriers = pool.check_restrictions()
    assert not barriers.confined
    assert not barriers.restrictions[-1].holds


def test_a_worker_that_could_not_confine_itself_is_not_used() -> None:
    with evil_pool("not confined") as pool:
        assert pool.measure(b"x").problem == "could not be decoded: the decoder could not be confined on this machine"
        barriers = pool.check_restrictions()
    assert not barriers.confined
    assert not barriers.restrictions[0].holds


def test_a_claim_of_walls_without_attempts_is_not_confinement() -> None:
    with evil_pool("none") as pool:
        assert not pool.check_restrictions().confined
