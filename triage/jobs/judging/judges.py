"""Who judges: this process, or with much to do also workers beside it. The answers are the same, and come in order."""

from __future__ import annotations

import os
import queue
import subprocess
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from triage import limits, priority, programs
from triage.jobs.judging import judge, wire
from triage.jobs.judging.judge import Judged, Moved, Said
from triage.jobs.judging.material import Work
from triage.jobs.judging.ruleset import parsed

T = TypeVar("T")
_SAID = msgspec.msgpack.Decoder(list[Said]).decode
_JUDGED = msgspec.msgpack.Decoder(list[Judged]).decode
_MOVED = msgspec.msgpack.Decoder(list[Moved]).decode

MANY = 1_500
"""From so many reports on, starting workers is worth it: each needs a second of a processor, in which 400 reports are judged."""


def workers_for(reports: int) -> int:
    """As many as there are processors; none for little work, or where there is but one processor."""
    processors = os.cpu_count() or 1
    return min(processors, limits.MOST_WORKERS) if reports >= MANY and processors > 1 else 0


class Judges:
    """Context manager. `files` is what `rulesets.in_use` says: None for the shipped rules. Used by one thread."""

    def __init__(self, files: str | None, workers: int) -> None:
        self._files = files
        self._idle: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        self._started: list[_Worker] = []
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="judge") if workers else None
        self._ahead = 2 * workers
        for _ in range(workers):
            self._idle.put(None)

    def say(self, work: Iterable[Work]) -> Iterator[tuple[Work, list[Said]]]:
        return self._do(work, wire.SAY, judge.say_all, _SAID)

    def judge(self, work: Iterable[Work]) -> Iterator[tuple[Work, list[Judged]]]:
        return self._do(work, wire.JUDGE, lambda each: judge.judge_all(each, self._rules()), _JUDGED)

    def rejudge(self, work: Iterable[Work]) -> Iterator[tuple[Work, list[Moved]]]:
        return self._do(work, wire.REJUDGE, lambda each: judge.rejudge_all(each, self._rules()), _MOVED)

    def _rules(self) -> priority.RuleSet:
        """Only when something is judged here: rules take longer to load than a small bundle of pictures to import."""
        return priority.shipped_rules() if self._files is None else parsed(self._files)

    def _do(
        self, work: Iterable[Work], kind: bytes, here: Callable[[Work], list[T]], opened: Callable[[bytes], list[T]]
    ) -> Iterator[tuple[Work, list[T]]]:
        if self._threads is None:
            yield from ((each, here(each)) for each in work)
            return
        under_way: deque[tuple[Work, Future[bytes | None]]] = deque()
        for each in work:
            under_way.append((each, self._threads.submit(self._ask, kind, msgspec.msgpack.encode(each))))
            if len(under_way) > self._ahead:
                yield _result(*under_way.popleft(), here, opened)
        while under_way:
            yield _result(*under_way.popleft(), here, opened)

    def _ask(self, kind: bytes, payload: bytes) -> bytes | None:
        """In a thread of the pool. None when the worker could not."""
        worker = self._idle.get()
        try:
            if worker is None:
                worker = self._start()
            return worker.ask(kind, payload)
        except OSError:
            if worker is not None:
                worker.end()
            worker = None
            return None
        finally:
            self._idle.put(worker)

    def _start(self) -> _Worker:
        worker = _Worker(self._files)
        self._started.append(worker)
        return worker

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._started:
            worker.end()


def _result(
    work: Work, answer: Future[bytes | None], here: Callable[[Work], list[T]], opened: Callable[[bytes], list[T]]
) -> tuple[Work, list[T]]:
    """What a worker could not do is done here, where an error is seen."""
    payload = answer.result()
    return work, here(work) if payload is None else opened(payload)


class _Worker:
    """One process. Raises OSError when it is gone."""

    def __init__(self, files: str | None) -> None:
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
        if files is not None:
            wire.send(self._to, wire.RULES, files.encode())

    def ask(self, kind: bytes, payload: bytes) -> bytes | None:
        wire.send(self._to, kind, payload)
        answer = wire.receive(self._from)
        if answer is None:
            raise BrokenPipeError("the worker is gone")
        return answer[1] if answer[0] == wire.ANSWER else None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()
