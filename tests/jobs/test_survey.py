"""Many reports of one act are looked for in one walk, and what that finds is what a walk for each would find."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.bundles import le_json
from tests.jobs.test_growth import _listen
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.survey import find_remaining_copies, survey_reports
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.batch import Batch
from triage.store.queries import destruction, reports

NUMBERS = [str(900000001 + n) for n in range(4)]
NAMES = (
    "{0}/x.bin",
    "CT{0}.zip/x.bin",
    "{0}1/x.bin",
    "{0} and {1}/x.bin",
    "{1}/of {0}/{1} {0}.bin",
    "nothing.bin",
)
"""Names of further files in the bundle, where two numbers may stand."""


@pytest.fixture
def filled(session: Session, tmp_path: Path) -> Session:
    """A store whose names and bundle entries tell the numbers of reports, some of them of two."""
    for number in NUMBERS:
        (tmp_path / "in" / number).mkdir(parents=True)
        (tmp_path / "in" / number / "report.json").write_bytes(le_json(int(number)))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    with session.store.batch() as batch:
        rows = [
            (1, name.format(one, other), f"{n}{k:063d}", "skipped")
            for n, (one, other) in enumerate(pairwise(NUMBERS))
            for k, name in enumerate(NAMES)
        ]
        batch.executemany("INSERT OR IGNORE INTO bundle_entry VALUES (?, ?, ?, ?)", rows)
        # the same bytes as the report's document, under a name that tells of another
        digest = batch.value("SELECT sha256 FROM source WHERE report_id = 1")
        batch.execute("INSERT INTO bundle_entry VALUES (1, ?, ?, 'repeated')", (f"copy for {NUMBERS[2]}.json", digest))
        write_out_row(batch, f"queue of {NUMBERS[0]}.csv")
        batch.execute(
            "INSERT INTO container (bundle_id, path, sha256, size, kind) VALUES (1, ?, ?, 1, 'zip')",
            (f"{NUMBERS[1]}.zip", "0" * 64),
        )
        batch.note("packet made", reports=[1, 2], recipients=[])
        batch.note("requests written", reports=[2])
    return session


def write_out_row(batch: Batch, name: str) -> None:
    batch.execute(
        "INSERT INTO outgoing (written, user_id, kind, name, sha256, recipients) VALUES ('', 1, 'queue', ?, ?, '[]')",
        (name, "0" * 64),
    )


def erase(batch: Batch, number: str, survey: Any) -> None:
    """Erases the rows of a report, with the survey of an act or without."""
    report_id = reports.find_report(batch, number)
    assert report_id is not None
    going = destruction.plan_destruction(batch, report_id)
    numbers = reports.list_numbers(batch, report_id)
    destruction.erase_report(batch, report_id, numbers, going, None if survey is None else survey.mentions)


def dump(batch: Batch) -> dict[str, list[Any]]:
    return {
        table: sorted(batch.all(f"SELECT * FROM {table}"), key=str)
        for table in ("bundle_entry", "container", "quarantined", "file", "bundle", "import_order", "outgoing")
    }


def test_one_walk_for_all_erases_what_a_walk_for_each_erases(filled: Session) -> None:
    left = []
    for together in (False, True):
        with pytest.raises(InterruptedError), filled.store.batch() as batch:
            ids = [i for number in NUMBERS[:3] if (i := reports.find_report(batch, number)) is not None]
            survey = survey_reports(batch, ids) if together else None
            for number in NUMBERS[:3]:
                if number == NUMBERS[1]:
                    write_out_row(batch, f"later {number}.csv")
                erase(batch, number, survey)
            left.append(dump(batch))
            raise InterruptedError
    assert left[0] == left[1]
    names = json.dumps(left[1])
    assert [n for n in NUMBERS[:3] if f'"{n}/' in names or f" {n}" in names or f"CT{n}." in names] == []
    assert f"{NUMBERS[0]}1/x.bin" in names, "a longer number is another"


def test_a_survey_of_other_reports_is_not_relied_on(filled: Session) -> None:
    left = []
    for other in (False, True):
        with pytest.raises(InterruptedError), filled.store.batch() as batch:
            erase(batch, NUMBERS[1], survey_reports(batch, [1]) if other else None)
            left.append(dump(batch))
            raise InterruptedError
    assert left[0] == left[1]


def test_packets_and_letters_are_found_also_those_that_were_made_meanwhile(filled: Session) -> None:
    with filled.reading() as db:
        survey = survey_reports(db, [1, 2])
    with filled.store.batch() as batch:
        batch.note("packet made", reports=[1], recipients=[])
    with filled.reading() as db:
        for report_id, count in ((1, 2), (2, 2), (3, 0)):
            assert find_remaining_copies(db, report_id, survey) == find_remaining_copies(db, report_id, None)
            assert len(find_remaining_copies(db, report_id, survey)) == count


def test_erasing_a_report_of_a_survey_walks_no_table_that_grows(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with filled.reading() as db:
        survey = survey_reports(db, [1, 2, 3, 4])
    plans: dict[str, list[str]] = {}
    _listen(monkeypatch, plans)
    with filled.store.batch() as batch:
        erase(batch, NUMBERS[0], survey)
        find_remaining_copies(batch, 2, survey)
    walked = {
        sql: step
        for sql, plan in plans.items()
        for step in plan
        if not sql.startswith("SELECT EXISTS")  # asks for files last, when nothing else of the bundle is left
        and step.startswith("SCAN ")
        and step.split()[1] in ("bundle_entry", "audit_entry", "file", "outgoing", "container")
    }
    assert walked == {}
