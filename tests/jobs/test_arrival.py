"""Cards follow from what the store holds: numbers that arrive later, many holders of one key, reports that can't be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json
from tests.jobs.test_earlier_reports import earlier, someone, write_report
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging import key_keeping, material, report_keys
from triage.jobs.judging.assess import assess
from triage.jobs.judging.material import Material
from triage.jobs.judging.report_keys import ReportKeys
from triage.jobs.keeping import destruction
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.views import QueueFilter
from triage.store.queries import judgement

OTHER, POISON = 900000601, "900000602"
PHONE = "+92 300 0000123"


def bring(session: Session, *folders: Path) -> None:
    for folder in folders:
        import_bundles(session, [folder], receipt=Receipt())


def write(folder: Path, number: int, **changes: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.json").write_bytes(le_json(number, **changes))
    return folder


def list_judged(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Returns what judging wrote, without what says which state of the documents was read."""
    with session.reading() as db:
        return {
            table: sorted(db.all(f"SELECT * FROM {table}"), key=repr)
            for table in ("score_card", "queue", "deadline", "link_key", "report_link", "cluster", "stale")
        }


def judge_all(session: Session) -> None:
    """Judges every report from the ground up."""
    with session.store.batch() as batch:
        judgement.mark_all_stale(batch)
        for table in ("report_digest", "link_key", "report_link", "cluster", "score_card"):
            batch.execute(f"DELETE FROM {table}")
    assess(session)


def test_linked_reports_name_the_number_that_arrived_later(session: Session, tmp_path: Path) -> None:
    alone = tmp_path / "one"
    alone.mkdir()
    (alone / "report.xml").write_text(REPORT)
    person = {"screenName": {"value": "somebody"}, "phones": {"phones": [{"value": PHONE}]}}
    told = {"reportedPeople": {"reportedPersons": [person]}}
    bring(session, alone, write(tmp_path / "two", OTHER, reportedInformation=told))
    (alone / "details.xml").write_text(DETAILS)
    bring(session, alone)
    arrived = list_judged(session)
    judge_all(session)
    assert list_judged(session) == arrived


def test_a_report_that_can_not_be_read_counts_as_a_holder_in_any_order(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = report_keys.extract_keys

    def fail(material: Material) -> ReportKeys:
        if material.number == POISON:
            raise OverflowError
        return sound(material)

    monkeypatch.setattr(report_keys, "extract_keys", fail)
    numbers = (900000603, 900000604, 900000605, int(POISON))
    for number in numbers:
        file = {"filename": f"{number}.jpg", "fileAnnotations": ["viral"]}
        told = {"uploadedFiles": {"uploadedFiles": [file]}}
        (write(tmp_path / str(number), number, reportedInformation=told) / f"{number}.jpg").write_bytes(jpeg(1))
    bring(session, *[tmp_path / str(number) for number in numbers])
    arrived = list_judged(session)
    judge_all(session)
    assert list_judged(session) == arrived


def test_the_first_of_many_with_one_content_is_shown_in_any_order(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_keeping, "ENOUGH", 3)
    monkeypatch.setattr(material, "ENOUGH", 3)
    person = {"screenName": {"value": "somebody"}}
    told = {"reportedPeople": {"reportedPersons": [person]}, "uploadedFiles": {"uploadedFiles": []}}
    numbers = [900000609 - n for n in range(5)]
    bring(session, *[write(tmp_path / str(number), number, reportedInformation=told) for number in numbers])
    rows = list_queue_rows(session, QueueFilter())
    assert {row.duplicates_of for row in rows} == {None, "900000605"}
    destruction.clear_person(session, "900000605", "another person used the account")
    rows = list_queue_rows(session, QueueFilter())
    assert {row.duplicates_of for row in rows} == {None, "900000606"}


@pytest.mark.parametrize("by", ["clearing", "closing"])
def test_what_became_of_an_earlier_report_counts_for_all_that_name_it(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(key_keeping, "ENOUGH", 3)
    monkeypatch.setattr(material, "ENOUGH", 3)
    numbers = [str(OTHER + n) for n in range(5)]
    bring(session, write_report(tmp_path, numbers[0], someone(numbers[0])))
    bring(session, *[write_report(tmp_path, n, someone(n, prior=numbers[0])) for n in numbers[1:]])
    assert None not in [earlier(session, n) for n in numbers[1:]]
    if by == "clearing":
        destruction.clear_person(session, numbers[0], "another person used the account")
    else:
        decide(session, numbers[0], status="closed", reason="not a crime here")
    assert [earlier(session, n) for n in numbers[1:]] == [None] * 4
