"""Sends mutants of sound input through the whole program and asks after each of them whether everything else still stands.

    python -m bench.fuzz [--target NAME ...] [--seconds N] [--seed N] [--keep DIR]
    python -m bench.fuzz --target reports --seed 7 --step 12 --case 3     repeats one input

Targets: reports (all formats: import, judge, show, every screen, packet, verify), archives, lists (hash lists), packets, backups,
keys (key file, head, database, vault), wires (answers of workers, frames, the typesetter's texts), deliveries (documents about few
reports, in two orders: nothing that arrives weakens a report, nothing is lost, and the order changes nothing).

Asked after every round: other reports import, are judged and shown; `check` and `audit verify` are clean; nothing was written
outside the store; the host kept within its memory and processor time, and did not hang. A round is a batch of mutants; one that
fails is parted until single mutants are left. What is found is printed once for each cause, with the command that repeats it, and
its input is written to --keep.

Rounds run in a child process under a memory limit. The same seed gives the same mutants, whatever the machine. Exit code 1 when
anything was found.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import json
import os
import random
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.fuzzing.place import ErrorLog, Place, Problems, remove

HOST_MEMORY = 6 << 30
"""Address space of the child. Qt and numpy alone reserve more than a gigabyte."""
HOST_RESIDENT = 2 << 30
HOST_SECONDS = 40
"""Of processor time, for a round."""
PARTING_SECONDS = 120
"""Are spent on finding the mutants to blame in a round that failed; a part that was begun is ended."""


def targets() -> dict[str, Any]:
    """Returns the targets by name."""
    from bench.fuzzing.deliveries import Deliveries
    from bench.fuzzing.folders import Backups, Keys, Packets
    from bench.fuzzing.intake import Archives, Lists, Reports
    from bench.fuzzing.wires import Wires

    return {each.name: each() for each in (Reports, Archives, Lists, Packets, Backups, Keys, Wires, Deliveries)}


def make_cases(target: Any, seed: int, step: int) -> list[dict[str, bytes]]:
    """Returns the mutants of a round: the same for the same target, seed and step."""
    return [target.make(random.Random(f"{target.name} {seed} {step} {n}")) for n in range(target.batch)]


# The child


def run_child(root: Path) -> int:
    """Runs the rounds that are asked for on standard input, one line of JSON each, and answers in the same way."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    resource.setrlimit(resource.RLIMIT_AS, (HOST_MEMORY, HOST_MEMORY))
    log, place, known = ErrorLog(), Place(root), targets()
    if plant := os.environ.get("TRIAGE_FUZZ_PLANT"):  # a fault on purpose: the tests ask whether it is found
        __import__(plant)
    for line in sys.stdin:
        asked = json.loads(line)
        target = known[asked["target"]]
        if hasattr(target, "screens"):
            target.screens = target.screens and asked["screens"]
        cases = make_cases(target, asked["seed"], asked["step"])
        spent = time.process_time()
        try:
            problems = target.run(place, [cases[n] for n in asked["cases"]])
        except Exception as error:  # also the bench's own steps: a store that does not open any more
            problems = Problems()
            with problems.watch("round"):
                raise error
        problems.extend(log.found)
        log.found.clear()
        spent = time.process_time() - spent
        problems.demand(spent < HOST_SECONDS, "the host's processor time is over its bound")
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        problems.demand(resident < HOST_RESIDENT, "the host's memory is over its bound")
        out.write(json.dumps({"problems": problems, "end": resident >= HOST_RESIDENT}) + "\n")
        out.flush()
    return 0


class Child:
    """The process in which rounds run; started again after it hung, died or grew."""

    def __init__(self, root: Path) -> None:
        self._root, self._process = root, None
        for name in ("home", "tmp"):
            (root / name).mkdir(exist_ok=True)

    def run(self, asked: dict[str, Any], patience: float) -> list[str]:
        """Returns the problems of a round."""
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], patience)
        line = process.stdout.readline() if ready else b""
        if not line:
            if not ready:
                process.send_signal(signal.SIGUSR1)
                time.sleep(1)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5 if ready else 0)
            self.end()
            return [f"the host died ({process.returncode})" if ready else f"no answer within {patience:.0f} s"]
        answer = json.loads(line)
        if answer["end"]:
            self.end()
        return list(answer["problems"])

    def _start(self) -> subprocess.Popen[bytes]:
        home, tmp = self._root / "home", self._root / "tmp"
        environment = {
            **os.environ,
            "HOME": str(home),
            "TMPDIR": str(tmp),
            "XDG_DATA_HOME": str(home / "data"),
            "QT_QPA_PLATFORM": "offscreen",
            "QT_LOGGING_RULES": "default.warning=false",
        }
        command = [sys.executable, "-m", "bench.fuzz", "--child", str(self._root)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
        )
        return self._process

    def end(self) -> None:
        """Ends the process with its workers, by its own group."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                pipe.close()
            self._process = None


# The parent


@dataclass
class Found:
    """One cause, with the first input that shows it."""

    target: str
    seed: int
    step: int
    cases: list[int]
    sentence: str
    times: int = 1


@dataclass
class Run:
    """A run of the bench: what was tried and what was found."""

    child: Child
    screens: bool = True
    patience: float | None = None
    keep: Path | None = None
    found: dict[str, Found] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)
    mutants: dict[str, int] = field(default_factory=dict)

    def do_round(self, target: Any, seed: int, step: int, cases: list[int] | None = None) -> None:
        """Runs one round, and parts it when it shows something new."""
        chosen = list(range(target.batch)) if cases is None else cases
        self.rounds[target.name] = self.rounds.get(target.name, 0) + 1
        self.mutants[target.name] = self.mutants.get(target.name, 0) + len(chosen)
        problems = self._ask(target, seed, step, chosen)
        new = [sentence for sentence in problems if signature(target.name, sentence) not in self.found]
        for sentence in problems:
            if sentence not in new:
                self.found[signature(target.name, sentence)].times += 1
        if new:
            blamed = dict(self._part(target, seed, step, chosen, problems, time.monotonic() + PARTING_SECONDS))
            for sentence, numbers in (blamed | dict.fromkeys((s for s in new if s not in blamed), chosen)).items():
                self._note(target, seed, step, numbers, sentence)

    def _ask(self, target: Any, seed: int, step: int, cases: list[int]) -> list[str]:
        asked = {"target": target.name, "seed": seed, "step": step, "cases": cases, "screens": self.screens}
        return self.child.run(asked, self.patience or target.patience)

    def _part(
        self, target: Any, seed: int, step: int, cases: list[int], problems: list[str], until: float
    ) -> Iterator[tuple[str, list[int]]]:
        """Yields each problem with the fewest mutants that show it."""
        if len(cases) > 1 and time.monotonic() < until:
            middle, halves = len(cases) // 2, []
            for half in (cases[:middle], cases[middle:]):
                halves.append((half, self._ask(target, seed, step, half)))
            if any(found for _, found in halves):
                for half, found in halves:
                    if found:
                        yield from self._part(target, seed, step, half, found, until)
                return
        yield from ((sentence, cases) for sentence in problems)

    def _note(self, target: Any, seed: int, step: int, cases: list[int], sentence: str) -> None:
        sign = signature(target.name, sentence)
        if sign in self.found:
            old = self.found[sign]
            if (old.seed, old.step) == (seed, step) and len(cases) < len(old.cases):
                old.cases = cases
            return
        found = self.found[sign] = Found(target.name, seed, step, cases, sentence)
        print("FOUND", describe_finding(found), flush=True)
        if self.keep is not None:
            keep_cases(self.keep, target, found)


def keep_cases(folder: Path, target: Any, found: Found) -> None:
    """Writes the input of a finding, a folder for each of its first mutants."""
    made = make_cases(target, found.seed, found.step)
    for n in found.cases[:4]:
        for name, data in made[n].items():
            path = folder / f"{found.target}-{found.seed}-{found.step}-{n}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def signature(target: str, sentence: str) -> str:
    """Returns what is the same of a problem whatever the numbers, names and digests of the input."""
    return target + " " + re.sub(r"'[^']*'|\"[^\"]*\"|\([^()]*\bin [^()]*\)|[0-9a-f]{8,}|\d+", "#", sentence)[:140]


def describe_finding(found: Found) -> str:
    """Returns the sentence and the command that repeats it."""
    cases = " ".join(f"--case {n}" for n in found.cases) if len(found.cases) < 5 else ""
    command = f"python -m bench.fuzz --target {found.target} --seed {found.seed} --step {found.step} {cases}".strip()
    return f"[{found.target}] {found.sentence}\n      {command}"


def run_bench(options: argparse.Namespace, root: Path) -> Run:
    """Goes round the targets until the time is over, a round of each in turn; or runs the one step that was asked for."""
    known = targets()
    chosen = [known[name] for name in options.target or known]
    run = Run(Child(root), screens=not options.no_screens, patience=options.patience, keep=options.keep)
    until = time.monotonic() + options.seconds
    try:
        if options.step is not None:
            for target in chosen:
                run.do_round(target, options.seed, options.step, options.case or None)
            return run
        spent, steps = dict.fromkeys(known, 0.0), dict.fromkeys(known, 0)
        while time.monotonic() < until and not all(steps[target.name] >= options.rounds for target in chosen):
            target = min((each for each in chosen if steps[each.name] < options.rounds), key=lambda each: spent[each.name])
            began = time.monotonic()
            run.do_round(target, options.seed, steps[target.name])
            spent[target.name] += time.monotonic() - began
            steps[target.name] += 1
    finally:
        run.child.end()
    return run


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Returns the options of the command line."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--target", action="append", choices=sorted(targets()))
    ask.add_argument("--seconds", type=float, default=60)
    ask.add_argument("--rounds", type=int, default=1 << 30, help="at most so many rounds of each target")
    ask.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 24))
    ask.add_argument("--step", type=int, help="only this round")
    ask.add_argument("--case", type=int, action="append", help="only these mutants of it")
    ask.add_argument("--keep", type=Path, help="write the input of each finding into this folder")
    ask.add_argument("--patience", type=float, help="seconds without an answer that are a hang, instead of each target's own")
    ask.add_argument("--no-screens", action="store_true")
    ask.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return ask.parse_args(arguments)


def main() -> int:
    options = read_arguments()
    if options.child:
        return run_child(options.child)
    root = Path(tempfile.mkdtemp(prefix="triage-fuzz-"))
    try:
        run = run_bench(options, root)
    finally:
        remove(root)
    print(f"seed {options.seed}")
    for name, rounds in run.rounds.items():
        print(f"  {name}: {run.mutants[name]} mutants in {rounds} rounds")
    print(f"{len(run.found)} findings")
    for found in run.found.values():
        print(f"  {found.times} x {describe_finding(found)}")
    return 1 if run.found else 0


if __name__ == "__main__":
    sys.exit(main())
