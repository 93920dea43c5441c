"""What commands cost before their real work, beside `python -c pass`.

A row of the suite: `python -m bench commands`; its size is how often each command runs, and the least counts. Each runs in a process
of its own on a new store. The key derivation (Argon2id) is a deliberate cost: it is measured alone and left out.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from bench.suite.model import Place, Result
from triage.store.key_form import Cost
from triage.store.keys import KeyRing, unlock_key_file
from triage.store.recovery import make_pair

WORDS = "seven green boats on the canal 41"
HELP = (("--help",), ("queue", "--help"), ("import", "--help"), ("packet", "create", "--help"), ("rules", "--help"))
READING = (
    ("queue",), ("show", "900000001"), ("stats",), ("check",), ("audit", "verify"), ("case", "list"), ("user", "list"),
    ("lists", "list"), ("keys", "show"), ("set-aside",), ("links", "--clusters"), ("rules", "show"), ("why", "1", "2"),
)  # fmt: skip
HELP_TIMES, READING_TIMES = 20.0, 60.0
"""Of `python -c pass`, at most."""


def measure_commands(size: int, place: Place) -> Iterator[Result]:
    """Yields the processor time of each command, the least of `size` runs."""
    words, store = place.scratch / "words", place.scratch / "store"
    words.write_text(WORDS + "\n")
    common = ("--store", str(store), "--user", "first", "--passphrase-file", str(words), "--json")
    run_triage("init", *common)
    key, nothing = measure_key(size), measure_milliseconds(5, run_program, "-c", "pass")
    for command in HELP:
        spent = measure_milliseconds(size, run_triage, *command)
        yield Result(" ".join(command), 0, spent, "ms", nothing, "python -c pass", allowed=HELP_TIMES)
    for command in READING:
        spent = measure_milliseconds(size, run_triage, *command, *common) - key
        yield Result(" ".join(command), 0, spent, "ms", nothing, "python -c pass", allowed=READING_TIMES)


def run_triage(*command: str) -> None:
    """Runs a command of the program."""
    run_program("-m", "triage", *command)


def run_program(*command: str) -> None:
    """Runs Python with these arguments."""
    subprocess.run((sys.executable, *command), stdin=subprocess.DEVNULL, capture_output=True, check=False)


def measure_milliseconds(runs: int, run: Callable[..., None], *command: str) -> float:
    """Returns the processor time of a command, in its process and in this one; of several runs the least."""
    found = []
    for _ in range(runs):
        before = _read_processors()
        run(*command)
        found.append(_read_processors() - before)
    return max(min(found), 0.005) * 1000


def _read_processors() -> float:
    """Returns the processor time of this process and its ended children in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime + time.process_time()


def measure_key(runs: int) -> float:
    """Returns the milliseconds of processor time of one unlocking of a key file at the program's own cost."""
    pair = make_pair()
    ring = KeyRing.create("first", WORDS, Cost(), (pair.first.public, pair.second.public))
    found = []
    for _ in range(runs):
        start = time.process_time()
        unlock_key_file(ring.file, "first", WORDS)
        found.append(time.process_time() - start)
    return min(found) * 1000
