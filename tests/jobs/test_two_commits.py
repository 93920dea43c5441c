"""Killed between two commits of one act: the act is whole, and what is still to be judged is marked as stale."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.plain import to_plain
from triage.jobs.casework import cases, preservation
from triage.jobs.casework import decisions as triage_report
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.keeping import destruction
from triage.jobs.keeping.check import check_store
from triage.jobs.reading import show as show_job
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.review import grading
from triage.jobs.review import pairs as sameness
from triage.jobs.session import Session, unlock
from triage.jobs.state.open_grades import find_wrong_grades
from triage.model.casework import Grade
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.store.database import Writer
from triage.store.queries.kept_counts import find_wrong_casework

pytestmark = pytest.mark.usefixtures("short_papers")

ONE, OTHER = "900000010", "900000011"
FIRST = ("first", "seven green boats")
GRAVE = next(iter(Grade)).value


class Killed(BaseException):
    """Stands for kill -9 right behind a commit."""


def a_file(session: Session, number: str) -> str:
    return str(show_job.load_report_view(session, number).files[0].sha256)


ACTS: dict[str, Callable[[Session], object]] = {
    "decide": lambda s: triage_report.decide(s, ONE, status="closed", reason="not a crime here", note="a note"),
    "clear": lambda s: destruction.clear_person(s, ONE, "cleared by the court"),
    "grade": lambda s: grading.grade_file(s, ONE, a_file(s, ONE), GRAVE),
    "open case": lambda s: cases.open_case(s, [ONE]),
    "notice": lambda s: preservation.record_notice(s, ONE, issued="2026-11-01", to_whom="a provider", number=None),
    "not same": lambda s: sameness.reject_same(s, a_file(s, ONE), a_file(s, OTHER)),
}
THEN: dict[str, Callable[[Session], object]] = {
    "undo": lambda s: triage_report.undo_decision(s, 1),
    "unclear": lambda s: destruction.unclear_person(s, ONE),
    "take back grade": lambda s: grading.take_back_grade(s, ONE, a_file(s, ONE)),
    "join case": lambda s: cases.add_reports(s, case_number(s), [OTHER]),
    "stage": lambda s: cases.set_stage(s, case_number(s), "enquiry"),
    "court told": lambda s: preservation.record_court_informed(s, ONE, told="2026-11-02"),
    "take back word": lambda s: sameness.take_back_decision(s, a_file(s, ONE), a_file(s, OTHER)),
}
AFTER = {
    "undo": "decide", "unclear": "clear", "take back grade": "grade", "join case": "open case", "stage": "open case",
    "court told": "notice", "take back word": "not same",
}  # fmt: skip


def case_number(session: Session) -> str:
    return str(session.store.read().value("SELECT number FROM case_file ORDER BY id LIMIT 1"))


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, work: Path) -> None:
        for n, number in enumerate((ONE, OTHER)):
            folder = work / number
            folder.mkdir()
            (folder / "r.json").write_bytes(le_json(int(number)))
            (folder / f"{number}.jpg").write_bytes(jpeg(3, quality=90 - n))
        import_bundles(session, [work], receipt=Receipt())

    return make_store(fill)


@pytest.fixture
def make(filled_store: Path, tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: Path(shutil.copytree(filled_store, tmp_path / name))


def judged(session: Session) -> object:
    """What screens show of all reports, without the times at which something was done."""
    rows = [(row.report_id, row.band, row.status, row.risk) for row in list_queue_rows(session, QueueFilter())]
    shown = [show_job.load_report_view(session, number) for number in (ONE, OTHER)]
    cards = [(s.report_id, s.score, s.location, s.links, s.clocks) for s in shown]
    set_apart = session.store.read().all("SELECT report_id FROM cleared")
    return to_plain((rows, cards, set_apart))


def kill_behind_first_commit(session: Session, act: Callable[[Session], object], monkeypatch: pytest.MonkeyPatch) -> None:
    real = Writer.commit

    def killed(writer: Writer) -> None:
        real(writer)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "commit", killed)
        with pytest.raises(Killed):
            act(session)


@pytest.mark.parametrize("name", [*ACTS, *THEN])
def test_an_act_is_whole_at_its_first_commit(make: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = [ACTS[AFTER[name]]] if name in THEN else []
    act = ACTS.get(name) or THEN[name]
    with unlock(make("whole"), *FIRST) as session:
        for each in before:
            each(session)
        untouched = judged(session)
        act(session)
        whole = judged(session)
    killed = make("killed")
    with unlock(killed, *FIRST) as session:
        for each in before:
            each(session)
        kill_behind_first_commit(session, act, monkeypatch)
    with unlock(killed, *FIRST) as session:
        assess(session)
        assert judged(session) == whole
        assert check_store(session).valid
        with session.reading() as db:
            assert not find_wrong_casework(db) and not find_wrong_grades(db)
    if name != "take back word":
        assert whole != untouched or name in {"open case", "join case", "stage", "not same", "grade", "take back grade"}
