"""Cards are a function of the set of reports and lists in the store, never of the order in which they came."""

from __future__ import annotations

import importlib
import io
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import OpenNew
from tests.jobs.plain import to_plain
from triage.jobs.casework.version_choices import accept_version
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import judge, judges, report_keys, steps, worker
from triage.jobs.judging.assess import assess
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.locate.judge import locate
from triage.model.handover import Receipt
from triage.model.progress import Progress
from triage.model.report import Report
from triage.model.views import QueueFilter
from triage.store.database import Reader
from triage.store.queries import judgement


def cards(open_new: OpenNew, store: Path, bundles: list[Path]) -> dict[str, object]:
    with open_new(store) as session:
        for bundle in bundles:
            import_bundles(session, [bundle], receipt=Receipt())
        found: dict[str, object] = {}
        for row in list_queue_rows(session, QueueFilter()):
            report = load_report_view(session, row.report_id)
            found[row.report_id] = to_plain(
                (report.location, report.score, report.clocks, report.links, row.duplicates_of, row.flags, row.risk, row.deadline)
            )
            found[row.report_id + " groups"] = sorted((f.sha256 or "", f.group or "") for f in report.files)
        found["order"] = [row.report_id for row in list_queue_rows(session, QueueFilter())]
        return found


def folder(place: Path, number: int, picture: bytes, **changes: object) -> Path:
    made = place / str(number)
    made.mkdir(parents=True)
    (made / "r.json").write_bytes(le_json(number, **changes))
    (made / f"{number}.jpg").write_bytes(picture)
    return made


def test_three_orders_give_the_same_cards(open_new: OpenNew, tmp_path: Path) -> None:
    bundles = [folder(tmp_path / "in", 900000100 + n, jpeg(n % 3, quality=90 - n)) for n in range(7)]
    first = cards(open_new, tmp_path / "a", bundles)
    assert cards(open_new, tmp_path / "b", bundles[::-1]) == first
    random.Random(7).shuffle(bundles)
    assert cards(open_new, tmp_path / "c", bundles) == first


@pytest.mark.parametrize("viral", [range(900000201, 900000206), range(900000201, 900000202), range(900000205, 900000206)])
def test_bytes_that_tie_nobody_are_counted_in_any_order(open_new: OpenNew, tmp_path: Path, viral: range) -> None:
    bundles = []
    for number in range(900000201, 900000206):
        file = {"filename": f"{number}.jpg", "fileAnnotations": ["viral"] if number in viral else []}
        people = {"reportedPersons": [{"screenName": {"value": f"user_{number}"}}]}
        told = {"reportedPeople": people, "uploadedFiles": {"uploadedFiles": [file]}}
        bundles.append(folder(tmp_path / "in", number, jpeg(1), reportedInformation=told))
    first = cards(open_new, tmp_path / "a", bundles)
    assert cards(open_new, tmp_path / "b", bundles[::-1]) == first
    assert cards(open_new, tmp_path / "c", [tmp_path / "in"]) == first
    assert str(first).count("in 4 other reports") == 5


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Whatever judging wrote."""
    with session.reading() as db:
        tables = ("score_card", "queue", "link_key", "report_link", "cluster", "file_hash", "report_digest", "stale")
        return {table: sorted(db.all(f"SELECT * FROM {table}"), key=repr) for table in tables}


def judged_anew(session: Session, workers: int, executor: Executor | None = None) -> dict[str, list[tuple[object, ...]]]:
    with session.store.batch() as batch:
        judgement.mark_all_stale(batch)
        batch.execute("DELETE FROM report_digest")
        batch.execute("UPDATE score_card SET location_basis = NULL, score = x'', links = x'', location = x''")
    assess(session, workers=workers, executor=executor)
    return everything(session)


@pytest.fixture(scope="module")
def some(open_new: OpenNew, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    place = tmp_path_factory.mktemp("some")
    pictures = [jpeg(n) for n in range(3)]
    bundles = [folder(place / "in", 900000300 + n, pictures[n % 3]) for n in range(60)]
    with open_new(place / "store") as session:
        import_bundles(session, bundles, receipt=Receipt())
        yield session


@pytest.fixture
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process that judges gets several pieces."""
    monkeypatch.setattr(steps, "PIECE", 20)


@pytest.mark.usefixtures("_small_pieces")
def test_it_does_not_matter_who_judges(some: Session) -> None:
    first = everything(some)
    assert len(first["score_card"]) == 60 and not first["stale"]
    for workers in (0, 1, 2):
        assert judged_anew(some, workers) == first


class Elsewhere(ThreadPoolExecutor):
    """Stands in for another machine: only bytes reach it, and a function that it can find by its name."""

    def submit(self, function: Callable[..., object], /, *given: object, **named: object) -> Future[object]:
        assert not named and all(each is None or isinstance(each, bytes | str | dict) for each in given)
        there = getattr(importlib.import_module(function.__module__), function.__name__)
        self.asked = getattr(self, "asked", 0) + 1
        return super().submit(there, *given)


@pytest.mark.usefixtures("_small_pieces")
def test_an_executor_judges_as_we_do(some: Session) -> None:
    first = everything(some)
    with Elsewhere(2) as executor:
        assert judged_anew(some, 2, executor) == first
        assert executor.asked > 4


def test_what_an_executor_can_not_do_is_done_here(some: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    first = everything(some)
    monkeypatch.setattr(worker, "ANSWER_TO", {})
    with Elsewhere(1) as executor:
        assert judged_anew(some, 1, executor) == first


def with_camera() -> bytes:
    exif, made = Image.Exif(), io.BytesIO()
    exif[0x010F] = "Maker"
    Image.open(io.BytesIO(jpeg(8))).save(made, "JPEG", exif=exif)
    return made.getvalue()


@pytest.mark.parametrize(("picture", "times"), [(jpeg(7), 1), (with_camera(), 2)], ids=["plain", "with metadata"])
def test_media_without_metadata_leave_the_location_as_it_was(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: bytes, times: int
) -> None:
    """A card is made when the documents are there, and anew when the media are."""
    asked: list[Report] = []
    monkeypatch.setattr(judge, "locate", lambda report, media: asked.append(report) or locate(report, media))
    import_bundles(session, [folder(tmp_path / "in", 900000400, picture)], receipt=Receipt())
    assert len(asked) == times


def test_what_a_worker_can_not_do_is_done_here(some: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    first = everything(some)
    monkeypatch.setattr(
        judges.programs, "build_command", lambda _: (sys.executable, "-c", "import sys; sys.stdin.buffer.read(100)")
    )
    assert judged_anew(some, 2) == first
    monkeypatch.setattr(judges.programs, "build_command", lambda _: (str(Path(sys.executable).with_name("not there")),))
    assert judged_anew(some, 1) == first


def test_nothing_is_written_that_is_there_already(some: Session) -> None:
    with some.store.batch() as batch:
        judgement.mark_all_stale(batch)
        before = batch.changes()[0]
    assess(some)
    with some.store.batch() as batch:
        went = "the marks that moved on and went, the kept count of them, and what each commit adds to the record"
        assert batch.changes()[0] - before < 3 * 60 + 6, went


def test_whoever_is_left_alone_with_a_tie_is_judged_anew(session: Session, tmp_path: Path) -> None:
    import_bundles(session, [folder(tmp_path / "in", 900000400 + n, jpeg(n)) for n in range(2)], receipt=Receipt())
    one, other = (row.report_id for row in list_queue_rows(session, QueueFilter()))
    assert {link.report_id for link in load_report_view(session, one).links} == {other}, "by the telephone number"
    elsewhere = folder(tmp_path / "later", 900000401, jpeg(1))
    document = (elsewhere / "r.json").read_text().replace("0000777", "0000778").replace("2026-10-02T08", "2026-10-02T09")
    (elsewhere / "r.json").write_text(document)
    import_bundles(session, [elsewhere], receipt=Receipt())
    assert load_report_view(session, one).links, "what arrives takes no tie away"
    accept_version(session, "900000401", 2, "NCMEC corrected the number")
    assert load_report_view(session, one).links == load_report_view(session, other).links == ()


def test_a_report_comes_first_and_all_that_share_something_with_it_after(some: Session) -> None:
    first = everything(some)
    told: list[Progress] = []
    with some.store.batch() as batch:
        batch.execute("DELETE FROM link_key WHERE report_id = 30")
        batch.execute("DELETE FROM report_digest WHERE report_id = 30")
        judgement.mark_stale(batch, [30])
    assess(some, told.append)
    assert [step.done for step in told] == [4, 60], "all of them have one telephone number, and the first waits for three"
    assert everything(some) == first


def test_new_rules_ask_nothing_of_the_place_that_a_card_has(some: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    first = everything(some)
    with some.store.batch() as batch:
        judgement.mark_scores_stale(batch)
    for name in ("_digest_location_basis", "locate", "_find_links"):
        monkeypatch.setattr(judge, name, lambda *_, asked=name: pytest.fail(asked))
    assess(some, workers=0)
    assert everything(some) == first


def test_a_run_that_ends_half_way_does_not_read_again_what_it_had_read(some: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    first = everything(some)
    with some.store.batch() as batch:
        judgement.mark_all_stale(batch)
        batch.execute("DELETE FROM link_key")
        batch.execute("DELETE FROM report_digest")
    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr(judge, "judge_all", _stopped)
        assess(some, workers=0)
    with some.reading() as db:
        assert judgement.list_stale_without_keys(db, -1, 100, 100) == [] and judgement.count_stale(db) == 60
    monkeypatch.setattr(report_keys, "extract_all_keys", _stopped)
    assess(some, workers=0)
    assert everything(some) == first


def test_a_report_that_another_program_changes_before_its_card_is_made_stays_stale(
    some: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark of the change went with the card, so that the keys, words and hashes of the new version were never stored."""
    first = everything(some)
    with some.store.batch() as batch:
        judgement.mark_stale(batch, [i for (i,) in batch.all("SELECT id FROM report")], judgement.StaleStage.KEYS)
    fetch = judgement.list_stale_with_keys

    def change_meanwhile(db: Reader, after: int, until: int, limit: int) -> list[int]:
        found = fetch(db, after, until, limit)
        if 30 in found:
            with some.store.batch() as batch:
                judgement.mark_stale(batch, [30])
        return found

    monkeypatch.setattr(judgement, "list_stale_with_keys", change_meanwhile)
    assess(some, workers=0)
    with some.reading() as db:
        assert judgement.list_stale_without_keys(db, -1, 100, 100) == [30] and judgement.count_stale(db) == 1
    monkeypatch.undo()
    assess(some, workers=0)
    assert everything(some) == first


def _stopped(*_: object) -> None:
    raise KeyboardInterrupt
