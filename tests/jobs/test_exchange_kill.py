"""kill -9, and a disk that fails, at the steps of sending, importing and answering a package: nothing is lost or taken twice."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from tests.jobs.exchange_stores import WORDS, make_workstation
from tests.jobs.listed import list_outgoing
from tests.jobs.stepping import Run, run_stepper
from tests.thorough import THOROUGH
from triage.errors import Refused
from triage.exports.verify import verify_file
from triage.jobs.casework import decisions
from triage.jobs.exchange.receive import import_paths
from triage.jobs.exchange.send_results import export_results
from triage.jobs.exchange.work_list import list_work
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.views import QueueFilter

EVERY = int(os.environ.get("TRIAGE_TEST_FAULTS_EVERY", "9" if THOROUGH else "17"))
"""TRIAGE_TEST_FAULTS_EVERY=1 tries each step; otherwise only each so-manyth, beginning elsewhere for each kind."""
ONE, TWO = "900000010", "900000011"

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(240 + 2400 // EVERY),
    pytest.mark.skipif(sys.platform == "win32", reason="forks"),
]


class Scene:
    """Two closed stores, a package with two versions of a report and media, and results for it."""

    def __init__(self, work: Path) -> None:
        hq, lahore = make_workstation(work / "hq", "Headquarters"), make_workstation(work / "lahore", "Lahore")
        hq.knows(lahore)
        lahore.knows(hq)
        for n, changes in enumerate(({}, {"dateReceived": "2026-10-03T08:00:00Z"})):
            for number in (ONE, TWO):
                there = work / f"in{n}" / number
                there.mkdir(parents=True)
                (there / "r.json").write_bytes(le_json(int(number), **(changes if number == ONE else {})))
                (there / f"{number}.jpg").write_bytes(b"\xff\xd8\xff drawn " + bytes([n, int(number) % 200]) * 8000)
            hq.takes_in(work / f"in{n}")
        decisions.decide(hq.session, ONE, note="from headquarters")
        self.key, self.back = lahore.age_key, hq.age_key
        sent, self.package = hq.sends(lahore, ONE, TWO, with_media=True)
        self.id = sent.package_id
        hq.session.close()
        lahore.session.close()
        self.hq, self.lahore = hq.folder / "store", lahore.folder / "store"
        self.answered = Path(shutil.copytree(self.lahore, work / "answered"))
        with unlock(self.answered, "first", WORDS) as session:
            import_paths(session, [self.package], receipt=Receipt())
            decisions.decide(session, ONE, status="in_progress", note="from Lahore", assignee="first")
            export_results(session, self.id, self.back, work / "results.age")
        self.results = work / "results.age"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("exchange"))


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with run_stepper() as made:
        yield made


def state(session: Session) -> object:
    """All that people see, without when it came."""
    result = check_store(session)
    assert result.valid, result.problems
    assert verify_record(session).valid
    numbers = sorted(row.report_id for row in list_queue_rows(session, QueueFilter()))
    shown = [load_report_view(session, number) for number in numbers]
    return (
        [
            (
                s.report_id, s.score.risk, s.status, s.assignee,
                [(v.n, len(v.sources), tuple(map(str, v.changes))) for v in s.versions],
                [(f.sha256, f.name, f.present) for f in s.files],
                [(d.user, d.status, d.note, d.elsewhere) for d in s.decisions],
                [(w.package_id, w.direction) for w in s.work],
            )
            for s in shown
        ],
        [(w.package_id, w.direction, w.state, w.results, w.conflicts) for w in list_work(session)],
        session.store.read().value("SELECT count(*) FROM media_item"),
        session.store.read().value("SELECT count(*) FROM original"),
        session.store.read().value("SELECT count(*) FROM work_entry"),
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "first"), [("kill", 2), ("ENOSPC", 5)])
@pytest.mark.parametrize("what", ["package", "results"])
def test_an_import_may_end_at_each_step(scene: Scene, tmp_path: Path, run: Run, what: str, kind: str, first: int) -> None:
    begin, file = (scene.lahore, scene.package) if what == "package" else (scene.hq, scene.results)
    clean = Path(shutil.copytree(begin, tmp_path / "clean"))
    word, steps = run(0, kind, clean, file)
    assert word == "done" and steps > 3
    with unlock(clean, "first", WORDS) as session:
        wanted = state(session)
    every = EVERY if steps > 3 * EVERY else 3
    for at in range(min(first, every), steps + 1, every):
        store = Path(shutil.copytree(begin, tmp_path / f"{kind}{at}"))
        word, _ = run(at, kind, store, file)
        assert word in ("ended", "done"), f"step {at}: {word}"
        with unlock(store, "first", WORDS) as session:
            assert check_store(session).valid
            rows = list_work(session)
            ended = any(row.direction == "received" for row in rows) if what == "package" else rows[0].results == 1
            if ended:  # the last step was acknowledged, or all of it was stored before the end
                with pytest.raises(Refused, match="was imported on"):
                    import_paths(session, [file], receipt=Receipt())
            else:
                assert import_paths(session, [file], receipt=Receipt()).package is not None
            assert state(session) == wanted, f"step {at}"
        shutil.rmtree(store)


@pytest.mark.parametrize(("kind", "first"), [("kill", 1), ("ENOSPC", 2)])
@pytest.mark.parametrize("what", ["work", "results"])
def test_a_file_that_lies_there_under_its_name_is_whole_and_registered(
    scene: Scene, tmp_path: Path, run: Run, what: str, kind: str, first: int
) -> None:
    begin = scene.hq if what == "work" else scene.answered

    def order(out: Path) -> str:
        return f"work:{scene.key}:{out}" if what == "work" else f"results:{scene.id}:{scene.back}:{out}"

    _, steps = run(0, kind, Path(shutil.copytree(begin, tmp_path / "clean")), order(tmp_path / "clean.age"))
    assert steps > 5
    for at in range(first, steps + 1, 3):
        store, out = Path(shutil.copytree(begin, tmp_path / f"{kind}{at}")), tmp_path / f"{kind}{at}.age"
        run(at, kind, store, order(out))
        with unlock(store, "first", WORDS) as session:
            assert check_store(session).valid
            if out.exists():
                assert out.name in {entry.name for entry in list_outgoing(session)}
                if out.with_name(out.name + ".pem").exists():
                    assert verify_file(out).valid
            again = tmp_path / f"{kind}{at}-again.age"
            from tests.jobs.stepper import act

            act(session, order(again))
            assert verify_file(again).valid
        assert not [p for p in tmp_path.iterdir() if p.is_file() and b"u900000010@mail" in p.read_bytes()]
        shutil.rmtree(store)


def test_nothing_of_a_package_lies_in_the_clear_below_the_store(scene: Scene, tmp_path: Path, run: Run) -> None:
    store = Path(shutil.copytree(scene.lahore, tmp_path / "killed"))
    run(12, "kill", store, scene.package)
    for path in store.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"u900000010@mail.example.invalid" not in data and b"from headquarters" not in data, path.name
