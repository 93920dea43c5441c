"""A disk that fails, fills up or loses its power at any step of an import: the store stays whole, and a second run ends where a
clean one would have."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json, write_bundle
from tests.jobs.conftest import CHEAP
from tests.jobs.listed import list_imports, list_quarantined
from tests.jobs.stepper import WORDS
from tests.jobs.stepping import Run, run_stepper
from tests.thorough import THOROUGH
from triage import limits
from triage.errors import StoreError
from triage.exports.packet_custody import list_custody_rows
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.backup import make_backup
from triage.jobs.keeping.check import check_store
from triage.jobs.leaving.packet_contents import load_packet_report
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.store.store import Store

EVERY = int(os.environ.get("TRIAGE_TEST_FAULTS_EVERY", "7" if THOROUGH else "13"))
"""TRIAGE_TEST_FAULTS_EVERY=1 tries each step; otherwise only each so-manyth, beginning elsewhere for each kind."""

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(120 + 2400 // EVERY),
    pytest.mark.skipif(sys.platform == "win32", reason="forks"),
]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("faults")
    Store.create(work / "empty", "first", WORDS, cost=CHEAP).store.close()
    bundle = write_bundle(work / "bundle")
    for number in (900000010, 900000011):
        (bundle / str(number)).mkdir()
        (bundle / str(number) / "r.json").write_bytes(le_json(number))
        (bundle / str(number) / f"{number}.jpg").write_bytes(b"\xff\xd8\xff drawn " + bytes(number % 200) * 8000)
    return work


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with run_stepper() as made:
        yield made


def received(session: Session) -> object:
    """How each report came, as its custody record tells it, and that nothing is left of an import that did not end."""
    db = session.store.read()
    rows = list_imports(session)
    assert all(row.completed_by is not None for row in rows if row.state == "interrupted" and row.documents + row.set_aside)
    assert all(row.containers == rows[0].containers for row in rows if row.state == "finished" or row.completed_by is not None)
    found = {number: load_packet_report(session, db, i) for i, number in db.all("SELECT id, number FROM report")}
    assert all(any(step.what == "import started" for step in each.custody) for each in found.values())
    rows = {number: list(list_custody_rows(each, "triage")) for number, each in found.items()}
    return {
        n: {(s["what"], s["subject"], s["input_sha256"], s.get("exhibit")) for s in each if s["input_sha256"]}
        for n, each in rows.items()
    }


def state(session: Session) -> object:
    """All that people see, without when it came."""
    numbers = [row.report_id for row in list_queue_rows(session, QueueFilter())]
    shown = [load_report_view(session, number) for number in numbers]
    return (
        [(s.report_id, s.score.risk, s.links, [(f.sha256, f.name, f.present) for f in s.files]) for s in shown],
        sorted((row.path, row.reason) for row in list_quarantined(session)),
        session.store.read().value("SELECT count(*) FROM media_item"),
        session.store.read().value("SELECT count(*) FROM original"),
        received(session),
    )


@pytest.mark.parametrize(("kind", "first"), [("kill", 1), ("ENOSPC", 3), ("EIO", 5)])
def test_each_step_may_fail(work: Path, tmp_path: Path, run: Callable[..., tuple[str, int]], kind: str, first: int) -> None:
    clean = tmp_path / "clean"
    shutil.copytree(work / "empty", clean)
    word, steps = run(0, kind, clean, work / "bundle")
    assert word == "done" and steps > 30
    with unlock(clean, "first", WORDS) as session:
        wanted = state(session)
    for at in range(min(first, EVERY), steps + 1, EVERY):
        store = tmp_path / f"{kind}{at}"
        shutil.copytree(work / "empty", store)
        word, _ = run(at, kind, store, work / "bundle")
        assert word == "ended", f"step {at}: {word}"
        with unlock(store, "first", WORDS) as session:
            result = check_store(session)
            assert result.valid, (at, result.problems)
        assert run(0, kind, store, work / "bundle")[0] == "done"
        with unlock(store, "first", WORDS) as session:
            assert state(session) == wanted, at
            assert check_store(session).valid
            assert session.store.read().value("SELECT count(*) FROM temporary_item") == 0
        shutil.rmtree(store)


def test_a_nearly_full_disk_is_noticed_before_anything_is_written(
    session: Session, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = session.store.read_head().count
    monkeypatch.setattr(limits, "MIN_FREE", 1 << 60)
    with pytest.raises(StoreError, match="MiB free"):
        import_bundles(session, [bundle], receipt=Receipt())
    with pytest.raises(StoreError, match="The backup's disk has"):
        make_backup(session, tmp_path / "backup")
    assert session.store.read_head().count == entries
    assert not (tmp_path / "backup").exists()


def test_a_disk_that_fills_up_ends_the_import_between_two_batches(
    session: Session, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([1 << 40, 1 << 40, 1 << 20, 1 << 20, 1 << 20])
    usage = shutil.disk_usage(bundle)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=next(free)))
    with pytest.raises(StoreError, match="MiB free"):
        import_bundles(session, [bundle], receipt=Receipt())
    monkeypatch.undo()
    assert check_store(session).valid
    assert import_bundles(session, [bundle], receipt=Receipt()).reports.new + len(list_queue_rows(session, QueueFilter())) >= 1
    assert load_report_view(session, "900000001").files[0].present
