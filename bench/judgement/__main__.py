"""Do the reports in which a child is in danger come first? Recall at a fixed workload on invented months.

    python -m bench.judgement [--reports N] [--seeds 1 2 3] [--set tune|test|fresh] [--without SOURCE] [--through-store] [--json]

The truth of a report is drawn before its incident type, provider and language, and follows none of them. A danger is told by flags,
fields, words or attachments. `--without` leaves one source out of all reports: the figures must move. Sentences of the set "tune"
are for those who change rules and readers; "test" and "fresh" are for the figures that are published. All data are invented.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from bench.judgement.figures import GROUPED_AT, WORKLOADS, measure
from bench.judgement.judging import judge_month, judge_through_store
from bench.judgement.months import TRAPPED, Mix, make_month
from bench.judgement.providers import SOURCES
from bench.judgement.sentences import LANGUAGES, SETS
from bench.judgement.twins import measure_sentences


def main() -> None:
    ask = argparse.ArgumentParser(
        prog="bench.judgement", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("--reports", type=int, default=1_000, help="of a month")
    ask.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    ask.add_argument("--set", choices=SETS, default="test", dest="set_name")
    ask.add_argument("--without", choices=SOURCES, action="append", default=[])
    ask.add_argument(
        "--trapped", type=float, default=TRAPPED, help="share of harmless reports with a denial, a title or a policy"
    )
    ask.add_argument("--through-store", action="store_true", help="import the months instead of judging them directly")
    ask.add_argument("--chat-files", type=float, default=0.0, help="share of chats that come as files; read through a store only")
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    begun = time.monotonic()
    mix = Mix(
        set_name=options.set_name, without=frozenset(options.without), trapped=options.trapped, chat_files=options.chat_files
    )  # fmt: skip
    months = [make_month(seed, options.reports, mix) for seed in options.seeds]
    found = measure([judge_through_store(month) if options.through_store else judge_month(month) for month in months])
    found["sentences"] = measure_sentences(options.set_name)
    found["seconds"] = round(time.monotonic() - begun, 1)
    print(json.dumps(found, indent=1) if options.json else format_figures(found))


def format_figures(found: dict[str, Any]) -> str:
    """Returns the figures as tables of a terminal."""
    lines = [f"{found['grave']} grave of {found['reports']} reports; bands {found['bands']}; {found['seconds']} s", ""]
    lines.append("recall of the grave in the first".ljust(36) + "".join(f"{w:.0%}".ljust(20) for w in WORKLOADS))
    lines += [
        name.ljust(36) + "".join(_short(share).ljust(20) for share in by_workload.values())
        for name, by_workload in found["recall"].items()
    ]
    lines += ["", *(f"false in {bands}: {_short(share)}" for bands, share in found["false"].items())]
    lines += [f"grave in A or B: {_short(found['grave in A or B'])}"]
    lines += [f"harmless in A, with {name}: {_short(share)}" for name, share in found["harmless in A"].items()]
    lines += [
        f"harmless in {band} raised by: " + (", ".join(f"{rule} {n}" for rule, n in rules.items()) or "none")
        for band, rules in found["harmless raised by"].items()
    ]
    for kind, groups in found["groups"].items():
        figures: list[str] = list(next(iter(groups.values()), {}))
        lines += ["", f"by {kind}".ljust(36) + "".join(_heading(name).ljust(20) for name in figures)]
        lines += [
            name.ljust(36) + "".join(_short(share).ljust(20) for share in shares.values()) for name, shares in groups.items()
        ]
    columns = [*LANGUAGES, "all"]
    for name, rows in found["sentences"].items():
        lines += ["", f"sentences {name}".ljust(36) + "".join(column.ljust(12) for column in columns)]
        lines += [
            row.ljust(36) + "".join(_percent(shares.get(column)).ljust(12) for column in columns) for row, shares in rows.items()
        ]
    return "\n".join(lines)


def _heading(name: str) -> str:
    return f"recall in {GROUPED_AT:.0%}" if name == "recall" else name


def _short(share: dict[str, Any]) -> str:
    if share["value"] is None:
        return "-"
    return f"{share['value']:.0%} ({share['low']:.0%} to {share['high']:.0%})"


def _percent(share: dict[str, Any] | None) -> str:
    return "-" if share is None or share["value"] is None else f"{share['value']:.0%} of {share['of']}"


if __name__ == "__main__":
    main()
