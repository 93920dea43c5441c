"""Cards are a function of the set of reports and lists in the store, never of the order in which they came."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import CHEAP
from triage.jobs.import_bundles import import_bundles
from triage.jobs.queue import queue_rows
from triage.jobs.session import Session
from triage.jobs.triage_report import show
from triage.model.custody import Receipt
from triage.model.views import QueueFilter
from triage.store.store import Store


def cards(store: Path, bundles: list[Path]) -> dict[str, object]:
    with Session(Store.create(store, "first", "seven green boats", cost=CHEAP).store) as session:
        for bundle in bundles:
            import_bundles(session, [bundle], receipt=Receipt())
        found: dict[str, object] = {}
        for row in queue_rows(session, QueueFilter()):
            report = show(session, row.report_id)
            found[row.report_id] = msgspec.to_builtins(
                (report.location, report.score, report.clocks, report.links, row.duplicates_of, row.flags, row.risk, row.deadline)
            )
            found[row.report_id + " groups"] = sorted((f.sha256 or "", f.group or "") for f in report.files)
        found["order"] = [row.report_id for row in queue_rows(session, QueueFilter())]
        return found


def test_three_orders_give_the_same_cards(tmp_path: Path) -> None:
    bundles = []
    for n in range(7):
        folder = tmp_path / "in" / str(900000100 + n)
        folder.mkdir(parents=True)
        (folder / "r.json").write_bytes(le_json(900000100 + n))
        (folder / f"{900000100 + n}.jpg").write_bytes(jpeg(n % 3, quality=90 - n))
        bundles.append(folder)
    first = cards(tmp_path / "a", bundles)
    assert cards(tmp_path / "b", bundles[::-1]) == first
    random.Random(7).shuffle(bundles)
    assert cards(tmp_path / "c", bundles) == first
