"""Judges reports in this process, in worker processes when there is much to do, or wherever a given executor runs them.

The answers are the same, and in order.
"""

from __future__ import annotations

import os
import queue
import subprocess
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import NoReturn, Self, TypeVar

import msgspec

from triage import limits, priority, programs
from triage.errors import Refused
from triage.jobs.codec import encode, make_decoder
from triage.jobs.judging import judge, report_keys, wire, worker
from triage.jobs.judging.basis import Basis
from triage.jobs.judging.judge import Judged, Moved
from triage.jobs.judging.material import JudgingBatch
from triage.jobs.judging.report_keys import ReportKeys
from triage.jobs.judging.ruleset import parse_rules
from triage.resources import replaced_tables

T = TypeVar("T")
_SAID = make_decoder(list[ReportKeys])
_JUDGED = make_decoder(list[Judged])
_MOVED = make_decoder(list[Moved])

MANY = 1_500
"""Starting workers is worth it from so many reports on: each worker needs a second of a processor, in which 400 reports are
judged."""


def choose_workers(reports: int) -> int:
    """Returns how many workers are worth starting; 0 for little work, or on one processor."""
    processors = os.cpu_count() or 1
    return min(processors, limits.MOST_WORKERS) if reports >= MANY and processors > 1 else 0


class Judges:
    """Judges work by one rule set; a context manager for one thread.

    `files` is the rule set as JSON, None for the shipped rules. With an `executor` the reports cross to it as they cross to a
    worker, so many pieces at once as `workers` says twice; it starts and ends its own processes. `basis` names the rules and the
    tables that they know. With `tables` they judge by those, in workers: this process goes on with the tables in use.
    """

    def __init__(
        self,
        files: str | None,
        workers: int,
        executor: Executor | None = None,
        basis: Basis | None = None,
        tables: Mapping[str, bytes] | None = None,
    ) -> None:
        self.basis = basis
        self._files, self._tables = files, tables
        workers = workers if tables is None else max(workers, 1)
        self._executor = executor
        self._idle: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        self._started: list[_Worker] = []
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="judge") if workers and executor is None else None
        self._ahead = 2 * max(workers, 1)
        for _ in range(workers):
            self._idle.put(None)

    def extract_keys(self, work: Iterable[JudgingBatch]) -> Iterator[tuple[JudgingBatch, list[ReportKeys]]]:
        """Yields each piece of work with the keys of its reports."""
        return self._run(work, wire.SAY, report_keys.extract_all_keys, _SAID)

    def judge_reports(self, work: Iterable[JudgingBatch]) -> Iterator[tuple[JudgingBatch, list[Judged]]]:
        """Yields each piece of work with the score cards of its reports."""
        return self._run(work, wire.JUDGE, lambda each: judge.judge_all(each, self._load_rules()), _JUDGED)

    def rescore_reports(self, work: Iterable[JudgingBatch]) -> Iterator[tuple[JudgingBatch, list[Moved]]]:
        """Yields each piece of work with the band and risk that its reports would have."""
        return self._run(work, wire.REJUDGE, lambda each: judge.rescore_all(each, self._load_rules()), _MOVED)

    def _load_rules(self) -> priority.RuleSet:
        """Returns the rules, loaded only when this process judges.

        Loading takes longer than importing a small bundle of images.
        """
        return priority.shipped_rules() if self._files is None else parse_rules(self._files)

    def _run(
        self,
        work: Iterable[JudgingBatch],
        kind: bytes,
        here: Callable[[JudgingBatch], list[T]],
        opened: Callable[[bytes], list[T]],
    ) -> Iterator[tuple[JudgingBatch, list[T]]]:
        """Yields each piece of work with its answers, in order, from workers or from this process."""
        if self._threads is None and self._executor is None:
            yield from ((each, here(each)) for each in work)
            return
        if self._tables is not None:
            here = _fail_here
        under_way: deque[tuple[JudgingBatch, Future[bytes | None]]] = deque()
        for each in work:
            under_way.append((each, self._submit(kind, encode(each))))
            if len(under_way) > self._ahead:
                yield _take_answer(*under_way.popleft(), here, opened)
        while under_way:
            yield _take_answer(*under_way.popleft(), here, opened)

    def _submit(self, kind: bytes, payload: bytes) -> Future[bytes | None]:
        """Gives a piece of work to the executor, or to a thread that asks a worker."""
        if self._executor is not None:
            return self._executor.submit(worker.answer, kind, payload, self._files, replaced_tables())
        if self._threads is None:
            raise RuntimeError("work for workers without workers")
        return self._threads.submit(self._ask_worker, kind, payload)

    def _ask_worker(self, kind: bytes, payload: bytes) -> bytes | None:
        """Returns a worker's answer, or None when the worker failed. It runs in a thread of the pool."""
        idle = self._idle.get()
        try:
            if idle is None:
                idle = self._start_worker()
            return idle.request(kind, payload)
        except OSError:
            if idle is not None:
                idle.stop()
            idle = None
            return None
        finally:
            self._idle.put(idle)

    def _start_worker(self) -> _Worker:
        """Starts a worker with the rule set."""
        started = _Worker(self._files, replaced_tables() if self._tables is None else self._tables)
        self._started.append(started)
        return started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
        for each in self._started:
            each.stop()


def _take_answer(
    work: JudgingBatch, answer: Future[bytes | None], here: Callable[[JudgingBatch], list[T]], opened: Callable[[bytes], list[T]]
) -> tuple[JudgingBatch, list[T]]:
    """Returns the worker's answer. What a worker could not do is done here, where an error is seen."""
    payload = answer.result()
    return work, here(work) if payload is None else opened(payload)


def _fail_here(work: JudgingBatch) -> NoReturn:
    """Raises Refused: this process knows other tables than those that were asked for, so its answer would be a wrong one."""
    raise Refused("It could not be measured what this changes. Try again.")


class _Worker:
    """One worker process. Its methods raise OSError when the process is gone."""

    def __init__(self, files: str | None, tables: Mapping[str, bytes]) -> None:
        self._process = subprocess.Popen(
            programs.build_command(programs.JUDGE),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            close_fds=True,
            cwd=programs.start_folder(),
            env=programs.build_environment(),
            creationflags=programs.CREATION_FLAGS,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("a worker without pipes")
        self._to, self._from = self._process.stdin, self._process.stdout
        if tables:
            wire.send(self._to, wire.TABLES, msgspec.msgpack.encode(tables))
        if files is not None:
            wire.send(self._to, wire.RULES, files.encode())

    def request(self, kind: bytes, payload: bytes) -> bytes | None:
        """Sends a message; returns the answer, or None when the worker failed."""
        wire.send(self._to, kind, payload)
        answer = wire.receive(self._from)
        if answer is None:
            raise BrokenPipeError("the worker is gone")
        return answer[1] if answer[0] == wire.ANSWER else None

    def stop(self) -> None:
        """Kills the process and closes its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()
