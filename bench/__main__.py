"""Runs the benchmarks of the suite, says which miss their limit, and writes the figures as JSON and as a page.

    python -m bench [--quick] [NAME ...]
    python -m bench --list

Each benchmark (bench/suite/table.py) prints its values beside a limit, or beside a peer that was measured in the same run, and the
ratio of both. Values are processor time where nothing else is said, so that other work on the machine changes them little; "load"
is how many processes ran or waited. The exit code is 1 when a limit is missed.

JSON, one file for each benchmark and size, goes to build/bench/json, or to a folder chosen by --json. A full run writes
docs/benchmarks.md with all that lies in that folder, so that benchmarks can be run one by one; a quick run writes the page beside
its JSON. Stores that take long to build are kept in build/bench/stores, or in a folder chosen by --stores.

--plant runs each benchmark twice, the second time with a planted regression: one function of the program takes longer. The benchmark
must then miss a limit, and clearly more so than before. The exit code is 3 when one does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.suite.model import Benchmark
from bench.suite.page import format_run, write_page
from bench.suite.running import ROOT, Run, load_runs, measure_apart, measure_here, save_run, write_results
from bench.suite.table import BENCHMARKS, find_benchmarks

NOT_NOTICED = 3
"""Exit code: a planted regression missed no limit."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _read_options(arguments)
    if options.list:
        print("\n".join(f"{each.name:14} {each.measures}" for each in BENCHMARKS))
        return 0
    try:
        chosen = find_benchmarks(tuple(options.names))
    except KeyError as unknown:
        print(f"No benchmark is called {unknown}. See: python -m bench --list", file=sys.stderr)
        return 2
    if options.child:
        write_results(measure_here(chosen[0], options.sizes[0], options.stores, plant=options.plant), options.child)
        return 0
    if options.plant:
        return decide_plants(
            run_all(chosen, options, keep=False), run_all(chosen, options, keep=False, plant=True), options.slack
        )
    runs = run_all(chosen, options)
    page = options.page or (options.json / "benchmarks.md" if options.quick else ROOT / "docs" / "benchmarks.md")
    write_page(load_runs(options.json), page)
    print(f"Written: {page}, and JSON in {options.json}")
    return decide(runs, options.slack)


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    ask = argparse.ArgumentParser("python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("names", nargs="*", metavar="NAME")
    ask.add_argument("--list", action="store_true", help="name the benchmarks")
    ask.add_argument("--quick", action="store_true", help="small sizes: all benchmarks in some minutes")
    ask.add_argument("--sizes", type=int, nargs="+", help="other sizes than the table's")
    ask.add_argument("--slack", type=float, default=1.0, help="miss a limit only by more than this factor")
    ask.add_argument("--plant", action="store_true", help="plant a regression, which must be noticed")
    ask.add_argument("--profile", action="store_true", help="keep a profile of each run beside its JSON, for pstats")
    ask.add_argument("--json", type=Path, help="where the figures go")
    ask.add_argument("--page", type=Path, help="another page than docs/benchmarks.md")
    ask.add_argument("--stores", type=Path, default=ROOT / "build" / "bench" / "stores")
    ask.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = ask.parse_args(arguments)
    options.json = options.json or ROOT / "build" / "bench" / ("quick" if options.quick else "json")
    return options


def run_all(chosen: Sequence[Benchmark], options: argparse.Namespace, *, keep: bool = True, plant: bool = False) -> list[Run]:
    """Runs the benchmarks at all sizes, and prints and keeps what each finds."""
    runs = []
    for benchmark in chosen:
        for size in options.sizes or (benchmark.quick if options.quick else benchmark.sizes):
            options.json.mkdir(parents=True, exist_ok=True)
            profile = options.json / f"{benchmark.name}-{size}.prof" if options.profile else None
            run = measure_apart(benchmark, size, options.stores.resolve(), plant=plant, profile=profile)
            print(format_run(run, benchmark, options.slack), flush=True)
            runs.append(run)
            if keep:
                save_run(run, options.json)
    return runs


def decide_plants(sound: Sequence[Run], planted: Sequence[Run], slack: float) -> int:
    """Returns the exit code after the same runs without and with a planted regression, and says who did not notice."""
    pairs = [(one, other) for one, other in zip(sound, planted, strict=True) if not other.skipped]
    noticed = {other.benchmark for one, other in pairs if other.list_noticed(one, slack)}  # a failed run noticed nothing
    missing = sorted({other.benchmark for _, other in pairs} - noticed)
    if missing:
        print(f"The planted regression was not noticed by: {', '.join(missing)}")
    elif noticed:
        print("Each planted regression was noticed.")
    if skipped := sorted({other.benchmark for other in planted if other.skipped}):
        print(f"Not measured: {', '.join(skipped)}")
    return 1 if noticed and not missing else NOT_NOTICED


def decide(runs: Sequence[Run], slack: float) -> int:
    """Returns the exit code."""
    red = sorted({run.benchmark for run in runs if run.is_red(slack)})
    skipped = sorted({run.benchmark for run in runs if run.skipped})
    print(f"Red: {', '.join(red)}" if red else "All that was measured is within its limits.")
    if skipped:
        print(f"Not measured: {', '.join(skipped)}")
    return int(bool(red))


if __name__ == "__main__":
    sys.exit(main())
