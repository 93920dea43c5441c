"""Shows runs: as lines in a terminal, and as a page with tables and plots."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from bench.suite.model import Benchmark
from bench.suite.plot import Line, draw_plot
from bench.suite.running import Run
from bench.suite.table import BENCHMARKS

ROWS = 12
"""Results of a benchmark that are shown, what is nearest to its limit first; the JSON has all."""
LINES = 6
"""Of a plot."""
HEAD = """# Benchmarks

`make bench` measures everything (some hours, most of it stores of two million reports). `make bench-quick` measures small sizes, in some
minutes. `python -m bench NAME ...` measures single benchmarks, `python -m bench --list` names them. The command writes this page from the
newest JSON of each benchmark and size.

Each value stands beside a limit, or beside a peer that was measured in the same run. The number in brackets is the share of what is
allowed that was used: above 1.00 the limit is missed, and the command ends with 1. `python -m bench NAME --plant` plants a regression, which
must turn the benchmark red: by half and more, since a busy machine misses some limits.

Times are processor time unless the line says otherwise. Other work on a machine slows them all the same, by half at a load of 25 on two
cores: processes share caches. "Load" is how many processes ran or waited before and after; `--slack 2` allows twice as much. Of a benchmark
with more than {rows} results the page shows the {rows} nearest to their limit; the JSON has all, and the clock's time beside.

"Pace" is how many milliseconds a fixed piece of work took before and after (`bench/suite/pace.py`), which no change of the program touches. Machines
that look alike differ by half: limits in milliseconds and seconds say little where the pace is another, ratios to a peer hold on both. Runs
without a pace are older than it.

Correctness has commands of its own:

| command | what it asks |
|---|---|
| `python -m bench.quality`, `bench.tiles`, `bench.films` | which changed images and videos are found, and which strangers are taken for them ([hashing](measurements-hashing.md)) |
| `python -m bench.judgement`, `bench.judgement.expectations` | whether grave reports come first ([judging](measurements-judging.md)) |
| `python -m bench.intents.measure` | what is read in texts ([intents](intents.md)) |
| `python -m bench.fuzz`, `bench.hostile`, `bench.traps` | what becomes of malformed input ([measurements](measurements.md#foreign-files)) |
| `python -m bench.exercise` | a month of headquarters and offices, with kills ([the exercise](exercise.md)) |
| `python -m bench.soak` | a compressed month under kills, a full disk and a clock that jumps: nothing lost, memory flat |
"""


def format_run(run: Run, benchmark: Benchmark, slack: float) -> str:
    """Returns a run as lines."""
    head = f"{run.benchmark}, {run.size:,} {benchmark.unit}, {_describe_state(run)}, {run.seconds:.0f} s ({run.spent:.0f} s of processor)"
    if run.failure:
        return f"{head}: {'SKIPPED' if run.skipped else 'FAILED'}, {run.failure}"
    lines = [head]
    shown = sorted(run.results, key=lambda each: -each.cost)[:ROWS]
    for each in shown:
        lines.append(
            f"  {each.name:44} {format_value(each.value):>9} {each.unit:12} {each.bound_name} {format_value(each.bound)}"
            f", ratio {each.ratio:.2f}, share {each.cost:.2f}{', MISSED' * each.is_missed(slack)}"
        )
    rest, missed = len(run.results) - len(shown), len(run.list_missed(slack)) - sum(each.is_missed(slack) for each in shown)
    return "\n".join(
        [
            *lines,
            *([f"  and {rest} more, {missed} of them MISSED" if missed else f"  and {rest} more, all within"] if rest else []),
        ]
    )


def format_value(value: float) -> str:
    """Returns a value with three figures."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def write_page(runs: Sequence[Run], page: Path) -> None:
    """Writes the page, and its plots into images/benchmarks beside it.

    The section of a benchmark without runs stays as it stands on the page: another machine may have measured it.
    """
    images = page.parent / "images" / "benchmarks"
    images.mkdir(parents=True, exist_ok=True)
    parts = [HEAD.format(rows=ROWS), _describe_machines(runs)]
    by_name = {name: list(some) for name, some in groupby(runs, key=lambda run: run.benchmark)}
    earlier = _read_sections(page)
    for benchmark in BENCHMARKS:
        some = by_name.get(benchmark.name, [])
        if not some and benchmark.name in earlier:
            parts.append(earlier[benchmark.name])
            continue
        parts.append(_format_section(benchmark, some))
        plot = images / f"{benchmark.name}.svg"
        drawn = draw_plot(_choose_lines(some), f"size ({benchmark.unit})", "share of what is allowed")
        if drawn:
            plot.write_text(drawn)
            parts.append(f"![cost against size](images/benchmarks/{plot.name})\n")
        else:
            plot.unlink(missing_ok=True)
    page.write_text("\n".join(parts))


def _read_sections(page: Path) -> dict[str, str]:
    """Returns benchmark -> its section on the page as it stands."""
    text = page.read_text() if page.exists() else ""
    return {section.partition("\n")[0]: f"## {section.rstrip()}\n" for section in text.split("\n## ")[1:]}


def _describe_machines(runs: Sequence[Run]) -> str:
    machines: dict[str, list[str]] = {}
    for run in runs:
        text = ", ".join(f"{name} {value}" for name, value in (run.machine or {}).items() if value)
        machines.setdefault(text, []).append(f"{run.benchmark} {run.size:,}")
    if len(machines) == 1:
        return f"**Machine and versions:** {next(iter(machines))}.\n"
    return "".join(f"**Machine and versions** ({'; '.join(named)}): {text}.\n\n" for text, named in machines.items())


def _format_section(benchmark: Benchmark, runs: Sequence[Run]) -> str:
    lines = [
        f"## {benchmark.name}",
        "",
        f"{benchmark.measures[0].upper()}{benchmark.measures[1:]}. `python -m bench {benchmark.name}`",
        "",
    ]
    lines += [_describe_run(run, benchmark) for run in runs] or ["Not measured yet."]
    measured = [run for run in runs if run.results]
    if measured:
        sizes = [run.size for run in measured]
        lines += ["", f"| | {' | '.join(f'{size:,}' for size in sizes)} | beside |", f"|---|{'---|' * len(sizes)}---|"]
        lines += [_format_row(name, measured) for name in _choose_names(measured)]
    return "\n".join([*lines, ""])


def _describe_run(run: Run, benchmark: Benchmark) -> str:
    head = f"* {run.size:,} {benchmark.unit}, {run.taken}, {_describe_state(run)}, {run.seconds:.0f} s: "
    if run.failure:
        return head + ("not measured, " if run.skipped else "failed, ") + run.failure
    missed = len(run.list_missed())
    return head + (f"{missed} of {len(run.results)} missed" if missed else f"all {len(run.results)} within their limits")


def _describe_state(run: Run) -> str:
    """Returns what else the machine did, and how fast it was, before and after."""
    load = f"load {run.load[0]} to {run.load[1]}"
    return f"{load}, pace {run.pace[0]} to {run.pace[1]} ms" if run.pace[0] else load


def _choose_names(runs: Sequence[Run]) -> list[str]:
    """Returns the names of the results that are shown: those nearest to their limit at any size."""
    costs: dict[str, float] = {}
    for each in (each for run in runs for each in run.results):
        costs[each.name] = max(each.cost, costs.get(each.name, 0.0))
    return sorted(costs, key=lambda name: -costs[name])[:ROWS]


def _format_row(name: str, runs: Sequence[Run]) -> str:
    cells, beside = [], ""
    for run in runs:
        found = next((each for each in run.results if each.name == name), None)
        if found is None:
            cells.append("")
            continue
        share = f"**{found.cost:.2f}**" if found.is_missed() else f"{found.cost:.2f}"
        cells.append(f"{format_value(found.value)} {found.unit} ({share})")
        sign = "at most" if found.better == "lower" else "at least"
        if found.bound_name == "limit":
            beside = f"{sign} {format_value(found.bound * found.allowed)} {found.unit}"
        else:
            beside = f"{sign} {found.allowed:g} x {found.bound_name} ({format_value(found.bound)} {found.unit})"
    return f"| {name} | {' | '.join(cells)} | {beside} |"


def _choose_lines(runs: Sequence[Run]) -> list[Line]:
    """Returns what is plotted: of each result how much of what is allowed it used, by size."""
    measured = [run for run in runs if run.results]
    if len(measured) < 2:
        return []
    by_name = [{each.name: each.cost for each in run.results} for run in measured]
    lines = []
    for each in sorted(measured[-1].results, key=lambda each: -each.cost):
        points = tuple((run.size, costs[each.name]) for run, costs in zip(measured, by_name, strict=True) if each.name in costs)
        if len(points) > 1 and len(lines) < LINES:
            lines.append(Line(each.name, points))
    return lines
