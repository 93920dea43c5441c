"""Runs benchmarks, each size in a process of its own, and keeps what they find.

A process of its own: its peak memory is the benchmark's, what one benchmark replaces does not reach the next, and a crash costs one.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bench.suite.model import Benchmark, Place, Result
from bench.suite.pace import measure_pace

ROOT = Path(__file__).parents[2]
LIBRARIES = ("numpy", "Pillow", "simplejpeg", "sqlcipher3", "lxml", "msgspec", "pypdfium2", "PySide6_Essentials")

_CLEARLY_WORSE = 1.3
"""Times the cost without a planted regression. What is missed in any case proves nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One benchmark at one size: what it found, and on what machine."""

    benchmark: str
    size: int
    results: tuple[Result, ...]
    failure: str = ""
    """Why there are no results: a missing peer, or the last line of a process that ended early."""
    skipped: bool = False
    """A missing peer is no failure of the program; nothing was measured, and the run is not shown as passed."""
    load: tuple[float, float] = (0.0, 0.0)
    """Processes that ran or waited, before and after."""
    pace: tuple[float, float] = (0.0, 0.0)
    """Milliseconds of a fixed piece of work, before and after; 0 in runs that did not measure it."""
    seconds: float = 0.0
    spent: float = 0.0
    """Processor seconds of the whole run, building included."""
    taken: str = ""
    command: str = ""
    machine: dict[str, str] | None = None

    def list_missed(self, slack: float = 1.0) -> list[Result]:
        """Returns the results that miss their bound."""
        return [each for each in self.results if each.is_missed(slack)]

    def list_noticed(self, sound: Run, slack: float = 1.0) -> list[Result]:
        """Returns the results that miss their bound, and clearly more so than in the same run without a planted regression."""
        costs = {each.name: each.cost for each in sound.results}
        return [each for each in self.list_missed(slack) if each.cost > _CLEARLY_WORSE * costs.get(each.name, float("inf"))]

    def is_red(self, slack: float = 1.0) -> bool:
        """Returns whether something is missed, or failed."""
        return bool(self.list_missed(slack)) or (bool(self.failure) and not self.skipped)


def measure_here(benchmark: Benchmark, size: int, stores: Path, *, plant: bool = False) -> tuple[Result, ...]:
    """Measures in this process."""
    if plant:
        benchmark.plant.apply()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        return tuple(replace(each, size=size) for each in benchmark.load()(size, Place(Path(scratch), stores)))


def measure_apart(benchmark: Benchmark, size: int, stores: Path, *, plant: bool = False, profile: Path | None = None) -> Run:
    """Measures in a process of its own."""
    missing = [module for module in benchmark.needs if find_spec(module) is None]
    if missing:
        return Run(benchmark.name, size, (), failure=f"not installed: {', '.join(missing)}", skipped=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        out = Path(folder) / "results.json"
        command = [sys.executable, *(("-m", "cProfile", "-o", str(profile)) if profile else ()), "-m", "bench", benchmark.name]
        command += ["--child", str(out), "--stores", str(stores), "--sizes", str(size), *(["--plant"] if plant else [])]
        pace = measure_pace()
        before, began, spent = os.getloadavg()[0], time.perf_counter(), _read_children()
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        found = json.loads(out.read_text()) if out.exists() else []
    return Run(
        benchmark.name, size, tuple(Result(**each) for each in found),
        failure="" if found and not ended.returncode else (ended.stderr.strip().splitlines() or ["nothing measured"])[-1],
        load=(round(before, 1), round(os.getloadavg()[0], 1)), seconds=round(time.perf_counter() - began, 1), spent=round(_read_children() - spent, 1),
        pace=(pace, measure_pace()), taken=time.strftime("%Y-%m-%d", time.gmtime()), machine=describe_machine(),
    )  # fmt: skip


def _read_children() -> float:
    """Returns the processor time of ended children in seconds."""
    times = os.times()
    return times.children_user + times.children_system


def write_results(results: Sequence[Result], out: Path) -> None:
    """Writes what a child measured for the process that started it."""
    out.write_text(json.dumps([asdict(each) for each in results]))


def describe_machine() -> dict[str, str]:
    """Returns processor, memory, system and versions."""
    versions = {}
    for name in LIBRARIES:
        if find_spec(name.replace("Pillow", "PIL").partition("_")[0]) is not None:
            versions[name.partition("_")[0]] = version(name)
    return {
        "processor": _read_line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB" if hasattr(os, "sysconf") else "",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **versions,
    }


def _read_line(path: str, begins: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(begins)), "")


def save_run(run: Run, folder: Path) -> None:
    """Writes a run as JSON; one file for each benchmark and size."""
    folder.mkdir(parents=True, exist_ok=True)
    found = asdict(run)
    for each, result in zip(found["results"], run.results, strict=True):
        each |= {"ratio": round(result.ratio, 4), "missed": result.is_missed()}
    (folder / f"{run.benchmark}-{run.size}.json").write_text(json.dumps(found, indent=1) + "\n")


def load_runs(folder: Path) -> list[Run]:
    """Returns all runs of a folder, by benchmark and size."""
    runs = []
    for path in folder.glob("*-*.json"):
        found = json.loads(path.read_text())
        results = tuple(Result(**{k: v for k, v in each.items() if k not in ("ratio", "missed")}) for each in found["results"])
        runs.append(
            Run(**(found | {"results": results, "load": tuple(found["load"]), "pace": tuple(found.get("pace", (0.0, 0.0)))}))
        )
    return sorted(runs, key=lambda run: (run.benchmark, run.size))
