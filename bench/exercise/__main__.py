"""A month of a headquarters and its offices on paper: is anything lost between them?

    python -m bench.exercise [--reports 200] [--offices 3] [--days 30] [--seed 1] [--json FILE] [--plant WHAT ...]

Invented reports come to headquarters. Staff decides by fixed rules, leads send work packages to offices, offices decide, grade,
open cases and send results back. Operators answer requests soon, late or never. A package is lost, a report is edited at both
sides, one is destroyed while an office has it, and an import is killed. Every shift is handed over. In the end all stores are
compared with what really happened. It ends with code 1 when something was lost; `--plant` loses things on purpose.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.exercise.clock import moved
from bench.exercise.ledger import find_lost
from bench.exercise.month import NAMES, PLANTS, Month, Settings, begin_clock
from triage.jobs.casework.funnel import measure_funnel


def play_month(settings: Settings, folder: Path, *, quiet: bool = True) -> dict[str, Any]:
    """Plays the exercise in an empty folder; returns its figures. `lost` must be empty."""
    begun = time.monotonic()
    clock = begin_clock(settings.days)
    with moved(clock):
        month = Month(folder, settings, clock)
        stations = [month.hq, *(office.station for office in month.offices)]
        try:
            month.play((lambda _: None) if quiet else lambda line: print(line, file=sys.stderr))
            with month.watch.step("compare all stores with what happened"):
                lost = list(find_lost(month.ledger, month.hq, [office.station for office in month.offices]))
            funnels = {station.name: _describe_funnel(station.chief) for station in stations}
        finally:
            for station in stations:
                station.close()
    counts = Counter(month.counts)
    for each in month.requesting:
        counts.update(each.counts)
    came = [act for act in month.ledger.acts if act.came]
    return {
        "reports": settings.reports,
        "offices": settings.offices,
        "days": settings.days,
        "seed": settings.seed,
        "lost": lost,
        "acts at offices": dict(Counter(act.kind for act in month.ledger.acts)),
        "of these came back": dict(Counter(act.kind for act in came)),
        "counts": dict(sorted(counts.items())),
        "funnels": funnels,
        "steps": {
            name: {"times": n, "seconds": round(month.watch.seconds[name], 2), "longest": round(month.watch.longest[name], 2)}
            for name, n in month.watch.times.items()
        },
        "seconds": round(time.monotonic() - begun, 1),
    }


def _describe_funnel(session: Any) -> dict[str, Any]:
    found = measure_funnel(session)
    return {
        "steps": {each.step: each.reports for each in found.steps},
        "outcomes": {f"{each.status}: {each.reason or 'no reason'}": each.reports for each in found.outcomes},
        "without outcome": found.without_outcome,
        "standing": {str(each.status or each.stage): each.count for each in found.standing},
        "overdue": found.overdue,
    }


def format_figures(found: dict[str, Any]) -> str:
    """Returns the figures as a person reads them."""
    head = f"{found['reports']} reports, {found['offices']} offices, {found['days']} days, seed {found['seed']}: {found['seconds']} s"
    lines = [head, ""]
    for name, funnel in found["funnels"].items():
        lines.append(f"{name}: " + ", ".join(f"{step} {n}" for step, n in funnel["steps"].items()))
        lines += [f"  {outcome}: {n}" for outcome, n in funnel["outcomes"].items()]
        lines.append(f"  without an outcome: {funnel['without outcome']}, of these overdue: {funnel['overdue']}")
    lines += ["", "acts at offices, and how many of them came back:"]
    lines += [f"  {kind}: {n}, {found['of these came back'].get(kind, 0)}" for kind, n in found["acts at offices"].items()]
    lines += ["", *(f"{what}: {n}" for what, n in found["counts"].items()), ""]
    lines.append("step".ljust(42) + "times".rjust(7) + "seconds".rjust(10) + "longest".rjust(10))
    for name, step in found["steps"].items():
        lines.append(name.ljust(42) + f"{step['times']:7}{step['seconds']:10.2f}{step['longest']:10.2f}")
    lines += ["", f"lost: {len(found['lost']) or 'nothing'}", *(f"  {each}" for each in found["lost"])]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    ask = argparse.ArgumentParser(
        prog="bench.exercise", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--reports", type=int, default=200)
    ask.add_argument("--offices", type=int, default=3, choices=range(2, len(NAMES) + 1))
    ask.add_argument("--days", type=int, default=30)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--directory", type=Path, help="where the stores go; without it they are deleted in the end")
    ask.add_argument("--plant", choices=PLANTS, nargs="+", default=[], help="lose this on purpose")
    ask.add_argument("--json", type=Path, help="write the figures to this file")
    options = ask.parse_args(arguments)
    settings = Settings(
        reports=options.reports, offices=options.offices, days=options.days, seed=options.seed, plant=frozenset(options.plant)
    )  # fmt: skip
    folder = options.directory or Path(tempfile.mkdtemp(prefix="exercise-"))
    try:
        found = play_month(settings, folder, quiet=False)
    finally:
        if options.directory is None:
            shutil.rmtree(folder)
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(format_figures(found))
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
