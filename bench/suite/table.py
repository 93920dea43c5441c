"""The benchmarks: one row each."""

from __future__ import annotations

from bench.suite.model import Benchmark, Plant

BENCHMARKS = (
    Benchmark(
        "serving",
        "the queue, its counts, search, reports, clusters and statistics of a store, cold and warm",
        "bench.serving:measure_serving",
        "reports",
        sizes=(10_000, 100_000, 2_000_000),
        quick=(3_000,),
        plant=Plant("triage.jobs.reading.queue:select_reports", 120),
    ),
)


def find_benchmarks(names: tuple[str, ...]) -> list[Benchmark]:
    """Returns the named benchmarks, or all of them.

    Raises:
        KeyError: No benchmark has this name.
    """
    by_name = {each.name: each for each in BENCHMARKS}
    return [by_name[name] for name in names] if names else list(BENCHMARKS)
