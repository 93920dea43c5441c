"""kill -9 in the middle of an import: the store is whole, and a second run ends where an uninterrupted one would have."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json
from tests.jobs.conftest import CHEAP
from tests.jobs.listed import list_quarantined
from tests.jobs.plain import to_plain
from tests.thorough import THOROUGH
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.check import check_store, export_head, verify_record
from triage.jobs.reading.queue import count_lanes, list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.store.store import Store

KILLS = int(os.environ.get("TRIAGE_TEST_KILLS", "100" if THOROUGH else "2"))
"""TRIAGE_TEST_KILLS=200 before a release."""
EACH = 30 if THOROUGH else 20
"""Reports of the zip, and of the zip in it: several batches of documents and of media in either."""
WORDS = "seven green boats"

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(120 + 20 * KILLS),
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9"),
]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of twice EACH reports in a zip with a zip in it, an empty store to copy, and the passphrase."""
    work = tmp_path_factory.mktemp("kill")
    Store.create(work / "empty", "first", WORDS, cost=CHEAP).store.close()
    (work / "words").write_text(WORDS + "\n")
    with zipfile.ZipFile(work / "inner.zip", "w") as inner:
        for number in range(900000130, 900000130 + EACH - 1):
            _report(inner, number)
    with zipfile.ZipFile(work / "bundle.zip", "w") as outer:
        for number in range(900000100, 900000100 + EACH):
            _report(outer, number)
        outer.write(work / "inner.zip", "more/inner.zip")
        outer.writestr("900000001/report.xml", REPORT)
        outer.writestr("900000001/details.xml", DETAILS)
        outer.writestr("900000001/a.jpg", jpeg(1))
        outer.writestr("900000001/cut.jpg", jpeg(2)[:500])
        outer.writestr("__MACOSX/junk", b"\0")
        outer.writestr("broken.zip", b"PK\x03\x04 not a zip")
    return work


def _report(archive: zipfile.ZipFile, number: int) -> None:
    """Some pictures are shared, some like another, some alone."""
    archive.writestr(f"{number}/{number}.json", le_json(number))
    archive.writestr(f"{number}/{number}.jpg", jpeg(number % 8 if number % 6 else number, quality=90 if number % 3 else 55))
    archive.writestr(f"{number}/chat.txt", f"10:00 Kite: we meet at the park, {number % 7}\n10:01 Moon: yes\n")


SMALL_BATCHES = """
import sys
from triage import limits
limits.BATCH_DOCUMENTS, limits.BATCH_ITEMS = 6, 5
from triage.jobs.judging import assess
assess.BATCH = 7
from triage.cli.run import main
main()
"""
"""The same command with many commits in it, so that kills also fall between them."""


def start(work: Path, store: Path, *, small: bool = False) -> subprocess.Popen[bytes]:
    program = ["-c", SMALL_BATCHES] if small else ["-m", "triage"]
    common = ["--store", str(store), "--user", "first", "--passphrase-file", str(work / "words")]
    return subprocess.Popen(
        [sys.executable, *program, "import", str(work / "bundle.zip"), "--json", *common],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def state(session: Session) -> dict[str, Any]:
    """All that people and programs read, without the times at which it happened."""
    rows = list_queue_rows(session, QueueFilter())
    found: dict[str, Any] = {
        "order": [row.report_id for row in rows],
        "set aside": sorted((s.path, s.reason) for s in list_quarantined(session)),
    }
    for row in rows:
        shown = to_plain(load_report_view(session, row.report_id))
        for version in shown["versions"]:
            del version["imported"]
        found[row.report_id] = (shown, {k: v for k, v in to_plain(row).items() if k != "id"})
    return found


@pytest.fixture(scope="module")
def whole(work: Path) -> tuple[dict[str, Any], float]:
    """An import that nobody interrupts: what comes of it, and how long it takes."""
    shutil.copytree(work / "empty", work / "whole")
    began = time.monotonic()
    assert start(work, work / "whole").wait(120) == 3
    seconds = time.monotonic() - began
    with unlock(work / "whole", "first", WORDS) as session:
        assert len(list_queue_rows(session, QueueFilter())) == 2 * EACH
        return state(session), seconds


def test_a_second_run_completes_what_a_kill_cut_short(work: Path, whole: tuple[dict[str, Any], float]) -> None:
    expected, seconds = whole
    chance = random.Random(KILLS)
    seen = set()
    for n in range(KILLS):
        store = Path(shutil.copytree(work / "empty", work / f"store{n}"))
        process = start(work, store, small=n % 4 != 0)
        time.sleep(chance.uniform(0.25, 1.0) * seconds)
        process.kill()
        process.wait()
        _dies_with_it(process.pid)
        with unlock(store, "first", WORDS) as session:
            there = _sound(session)
            seen.add(len(there))
            export_head(session, work / f"head{n}.json")
            import_bundles(session, [work / "bundle.zip"], receipt=Receipt())
            assert verify_record(session, work / f"head{n}.json").valid, "an acknowledged entry of the record is gone"
            assert there <= set(_sound(session)), "an acknowledged report is gone"
            found = state(session)
            assert count_lanes(session).stale == 0
        assert found == expected, (n, process.pid)
        shutil.rmtree(store)
    print(f"{KILLS} kills, reports found after them: {sorted(seen)}")


def _dies_with_it(group: int) -> None:
    """No worker outlives the process that feeds it."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(group, signal.SIGKILL)
    pytest.fail("a worker was left behind")


def _sound(session: Session) -> set[str]:
    result = check_store(session)
    assert result.valid, result.problems
    return {row.report_id for row in list_queue_rows(session, QueueFilter())}
