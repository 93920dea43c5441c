"""Measures what commands cost before their real work: `python -m bench.starting`, with `--most 30` to fail above a ratio.

Each command runs in a process of its own on a new store, beside `python -c pass`. CPU time is compared, so that a busy machine
measures the same. The key derivation (Argon2id) is a deliberate cost. It is measured alone and left out of the ratio.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from triage.store.key_form import Cost
from triage.store.keys import KeyRing, unlock_key_file
from triage.store.recovery import make_pair

WORDS = "seven green boats on the canal 41"
HELP = (("--help",), ("queue", "--help"), ("import", "--help"), ("packet", "create", "--help"), ("rules", "--help"))
READING = (
    ("queue",), ("show", "900000001"), ("stats",), ("check",), ("audit", "verify"), ("case", "list"), ("user", "list"),
    ("lists", "list"), ("keys", "show"), ("set-aside",), ("links", "--clusters"), ("rules", "show"), ("why", "1", "2"),
)  # fmt: skip
RUNS = 3


@dataclass(frozen=True)
class Taken:
    """The least CPU and wall time of some runs, in seconds."""

    cpu: float
    wall: float


def measure(*command: str) -> Taken:
    found = []
    for _ in range(RUNS):
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        after, end = os.times(), time.perf_counter()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        found.append((cpu, end - start))
    return Taken(min(cpu for cpu, _ in found), min(wall for _, wall in found))


def measure_key() -> float:
    """Returns the CPU seconds of one unlocking of a key file at the program's own cost."""
    pair = make_pair()
    ring = KeyRing.create("first", WORDS, Cost(), (pair.first.public, pair.second.public))
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        unlock_key_file(ring.file, "first", WORDS)
        found.append(time.process_time() - start)
    return min(found)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--most", type=float, help="fail when a command costs more than so many times `python -c pass`")
    most = ask.parse_args().most
    with tempfile.TemporaryDirectory() as folder:
        words, store = Path(folder) / "words", Path(folder) / "store"
        words.write_text(WORDS + "\n")
        triage = (sys.executable, "-m", "triage")
        common = ("--store", str(store), "--user", "first", "--passphrase-file", str(words), "--json")
        subprocess.run([*triage, "init", *common], capture_output=True, check=True)
        key, nothing = measure_key(), measure(sys.executable, "-c", "pass")
        print(f"{'python -c pass':28} {nothing.cpu:6.3f} s CPU  {nothing.wall:6.3f} s")
        print(f"{'key derivation (Argon2id)':28} {key:6.3f} s CPU, left out below")
        above = []
        for command in (*HELP, *READING):
            taken = measure(*triage, *command, *(() if "--help" in command else common))
            own = taken.cpu - (0.0 if "--help" in command else key)
            ratio = own / max(nothing.cpu, 0.005)
            print(f"{' '.join(command):28} {own:6.3f} s CPU  {taken.wall:6.3f} s with the key  {ratio:5.1f} x")
            above += [" ".join(command)] if most is not None and ratio > most else []
    if above:
        print(f"above {most:g} x: {', '.join(above)}")
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
