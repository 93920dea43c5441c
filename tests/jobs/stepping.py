"""Asks `tests.jobs.stepper`, a process of its own, for imports that end at a step."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Run = Callable[[int, str, Path, object], tuple[str, int]]
"""Takes the step, the kind of its fault, the store and what is imported; gives the word of its end, and how many steps it made."""


@contextmanager
def run_stepper() -> Iterator[Run]:
    """Starts the process, and yields what asks it for one import after the other."""
    program = [sys.executable, "-m", "tests.jobs.stepper"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        to, back = process.stdin, process.stdout

        def run(at: int, kind: str, store: Path, what: object) -> tuple[str, int]:
            print(at, kind, store, what, file=to, flush=True)
            word, _, made = back.readline().rpartition(" ")
            return word, int(made)

        yield run
        to.close()
        process.wait(60)
