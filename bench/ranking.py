"""Which order of work finds the grave reports first? The synthetic feed says of each report how grave it was meant to be.

    python -m bench.ranking [--reports N] [--seed S] [--json]

Recall of the planted grave reports among the first k, for the queue and for three other orders of the same reports:
  triage    the queue
  arrival   by time of receipt, else of the incident
  ncmec     NCMEC's own code 1, 2, 3, then E, then none; within one by arrival
  at best   what any order could reach: with more grave reports than places among the first k, less than all
  prompt    the weights that CyberTip-triage publishes in its prompt, added up and cut at 100, with its floors; its model is left
            out, so what only a model could tell (credible threat, crisis) is read from the same flags that the feed plants
"Grave" is what truth.json calls acute or grave. One feed by one maker is no proof: it shows where orders differ.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from triage.feed.make import make
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import queue_rows
from triage.jobs.reading.show import show
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import QueueFilter, ShowReport
from triage.store.key_form import Cost
from triage.store.store import Store

SHARES = (0.05, 0.1, 0.2, 0.3)
GRAVE = ("acute", "grave")
CONTACT = ("enticement", "trafficking", "molestation", "obscene")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--reports", type=int, default=300)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        feed = make(Path(scratch) / "feed", seed=options.seed, reports=options.reports)
        cheap = Cost(memory_kib=64, iterations=1, lanes=1)
        with Session(Store.create(Path(scratch) / "store", "bench", "seven green boats", cost=cheap).store) as session:
            import_bundles(session, [feed.bundles], receipt=Receipt())
            rows = queue_rows(session, QueueFilter())
            shown = [show(session, row.report_id) for row in rows]
        planted = {each["number"]: each for each in json.loads(feed.truth.read_text())["reports"] if each["number"]}
    found = compare_orders([each for each in shown if each.report_id in planted], planted)
    found["bands"] = {band: sum(row.band == band for row in rows) for band in "ABCDE"}
    print(json.dumps(found, indent=1) if options.json else format_table(found))


def compare_orders(queue: list[ShowReport], planted: dict[str, Any]) -> dict[str, Any]:
    """Returns how soon grave reports come in several orders of work."""
    grave = {each.report_id for each in queue if planted[each.report_id]["gravity"] in GRAVE}
    arrived = sorted(queue, key=lambda s: (s.received or s.incident_time or "", s.report_id))
    codes = {"1": 0, "2": 1, "3": 2, "E": 3}
    orders = {
        "at best": sorted(queue, key=lambda s: s.report_id not in grave),
        "triage": queue,
        "arrival": arrived,
        "ncmec": sorted(arrived, key=lambda s: codes.get((s.priority_code or "").upper(), 4)),
        "prompt": sorted(arrived, key=lambda s: -prompt_score(s)),
    }
    recall = {
        name: {f"first {share:.0%}": _recall(order[: round(share * len(order))], grave) for share in SHARES}
        for name, order in orders.items()
    }
    full = sum(prompt_score(each) == 100 for each in queue)
    return {"reports": len(queue), "grave": len(grave), "recall": recall, "prompt_scores_of_100": full}


def _recall(first: list[ShowReport], grave: set[str]) -> float:
    return round(sum(each.report_id in grave for each in first) / max(len(grave), 1), 3)


def prompt_score(show: ShowReport) -> int:
    """The published weights and floors, on what a report states."""
    kind = (show.incident_type or "").casefold()
    notes = {*show.annotations, *(name for file in show.files for name in file.annotations)}
    victim = any(person.role == "victim" for person in show.people)
    material = any(file.classification or file.verdict.known in ("exact", "near") for file in show.files)
    contact = any(word in kind for word in CONTACT)
    local = show.location.in_pakistan is True
    sextortion = "sextortion" in notes
    points = (
        (30, victim), (20, not victim and (bool(show.files) or contact)), (20, "liveStreaming" in notes or contact),
        (25, "meeting" in show.score.flags), (25, material), (30, sextortion and victim), (10, "generativeAi" in notes),
        (15, sum(person.role == "victim" for person in show.people) > 1), (15, bool(show.prior_reports) or bool(show.links)),
        (20, "sadisticOnlineExploitation" in notes), (20, "threat" in show.score.flags), (10, local),
        (15, "self-harm" in show.score.flags), (10, True), (10, show.escalation is not None),
        (10, any(i.kind in ("ip", "phone", "email") for i in show.identifiers)), (-5, bool(show.location.foreign)),
    )  # fmt: skip
    total = sum(weight for weight, holds in points if holds)
    floors = (
        (95, material and victim),
        (90, sextortion and "self-harm" in show.score.flags),
        (85, show.priority_code == "1" and victim),
    )
    return min(100, max(total, *(floor for floor, holds in floors if holds), 0))


def format_table(found: dict[str, Any]) -> str:
    """Returns the result as lines."""
    lines = [f"{found['grave']} grave of {found['reports']} reports; bands {found['bands']}"]
    lines += [
        f"{name:8} " + "  ".join(f"{share} {value:.0%}" for share, value in of.items()) for name, of in found["recall"].items()
    ]
    return "\n".join([*lines, f"prompt weights reach 100 for {found['prompt_scores_of_100']} reports"])


if __name__ == "__main__":
    main()
