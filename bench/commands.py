"""What commands cost before their real work, beside `python -c pass`.

A row of the suite: `python -m bench commands`; its size is how often each command runs, and the least counts. Each runs in a process
of its own on a new store. The key derivation (Argon2id) is a deliberate cost: it is measured alone and left out.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator

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
    triage = (sys.executable, "-m", "triage")
    common = ("--store", str(store), "--user", "first", "--passphrase-file", str(words), "--json")
    subprocess.run([*triage, "init", *common], capture_output=True, check=True)
    key, nothing = measure_key(size), measure_command(5, sys.executable, "-c", "pass")
    for command in HELP:
        spent = measure_command(size, *triage, *command)
        yield Result(" ".join(command), 0, spent, "ms", nothing, "python -c pass", allowed=HELP_TIMES)
    for command in READING:
        spent = measure_command(size, *triage, *command, *common) - key
        yield Result(" ".join(command), 0, spent, "ms", nothing, "python -c pass", allowed=READING_TIMES)


def measure_command(runs: int, *command: str) -> float:
    """Returns the milliseconds of processor time that a command takes."""
    found = []
    for _ in range(runs):
        before = _read_children()
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        found.append(_read_children() - before)
    return max(min(found), 0.005) * 1000


def _read_children() -> float:
    """Returns the processor time of ended children in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
