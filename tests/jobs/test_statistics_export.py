"""Statistics that leave: what is counted, which periods may leave, and what no name and no pair of exports gives away."""

from __future__ import annotations

import csv
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from tests.jobs.bundles import le_json
from tests.jobs.conftest import MakeStore
from triage.errors import Refused, WorldError
from triage.exports.verify import verify_file
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.counting import iter_counted, list_months
from triage.jobs.leaving.export_statistics import export_statistics, preview_statistics
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.progress import ignore_progress
from triage.model.statistics import CountedReport, Period
from triage.store.queries import statistics, statistics_exports
from triage.store.queries.statistics import PeriodRow

FIRST, LAST = "2026-01-01", "2026-10-31"
SECRET = "Amber Example +92 301 0000456"


def write_report(
    folder: Path, number: int, *, received: str = "2026-03-10T10:00:00Z", esp: str = "Lantern Chat", age: str = ""
) -> None:
    victim = {"age": age, "firstName": "Amber"} if age else {"firstName": "Amber"}
    information = {
        "reportingEsp": {"espName": esp},
        "incidentSummary": {"incidentType": "Child Sex Tourism", "incidentDateTime": received},
        "intendedRecipients": {"intendedRecipients": [victim]},
    }
    (folder / str(number)).mkdir(parents=True)
    (folder / str(number) / "r.json").write_bytes(le_json(number, dateReceived=received, reportedInformation=information))


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    def fill(session: Session, folder: Path) -> None:
        report = folder / "in"
        for n in range(12):
            write_report(report, 900000900 + n)
        write_report(report, 900000950, esp=SECRET)
        write_report(report, 900000951, esp="total", received="2026-03-31T20:30:00Z")
        write_report(report, 900000952, received="2025-12-31T18:59:59Z")
        write_report(report, 900000953, received="2025-12-31T19:00:00Z")
        import_bundles(session, [report], receipt=Receipt())

    return make_store(fill)


def count(session: Session, first: str = FIRST, last: str = LAST) -> tuple[CountedReport, ...]:
    return tuple(iter_counted(session, Period(first=first, last=last), ignore_progress, None))


def read(folder: Path) -> dict[tuple[str, ...], str]:
    with (folder / "statistics.csv").open(encoding="utf-8") as file:
        return {tuple(row[:-1]): row[-1] for row in list(csv.reader(file))[1:]}


def test_days_begin_at_midnight_in_pakistan(filled: Session) -> None:
    found = count(filled)
    assert len(found) == 15, "19:00 UTC on the last of December is the first of January there"
    assert sorted({each.month for each in found}) == ["2026-01", "2026-03", "2026-04"]
    assert len(count(filled, "2025-12-31", "2025-12-31")) == 1
    assert list_months(Period(first="2025-11-30", last="2026-02-01")) == ("2025-11", "2025-12", "2026-01", "2026-02")


def test_outcomes_are_stages_and_reasons(filled: Session) -> None:
    decide(filled, "900000900", status="closed", reason="duplicate")
    open_case(filled, ["900000901"])
    decide(filled, "900000902", status="on_hold", reason="waiting for the provider")
    outcomes = {each.outcome for each in count(filled)}
    assert outcomes == {"closed, duplicate", "case, verification", "on hold", "new"}


def test_names_of_ours_are_not_taken_from_reports(filled: Session) -> None:
    assert "total (as stated)" in {each.esp for each in count(filled)}


def test_what_leaves_is_whole_and_names_nobody(filled: Session, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = export_statistics(filled, FIRST, LAST, out)
    assert done.tables == 9 and done.cells == len(read(out)) and done.suppressed == list(read(out).values()).count("<5")
    everything = b"".join(path.read_bytes() for path in out.iterdir() if path.suffix in (".csv", ".json"))
    assert SECRET.encode() not in everything and b"Amber" not in everything, "a rare provider's name may be a person's"
    for name in ("statistics.csv", "statistics.json", "dictionary.csv", "statistics.pdf"):
        assert verify_file(out / name).valid
    document = json.loads((out / "statistics.json").read_bytes())
    assert document["schema"] == "triage/1" and document["period"] == {"from": FIRST, "to": LAST}
    counts = {cell["count"] for table in document["tables"] for cell in table["cells"]}
    assert 15 in counts and not counts & {1, 2, 3, 4}
    with (out / "dictionary.csv").open(encoding="utf-8") as file:
        explained = {row[0] for row in csv.reader(file)}
    assert explained >= {"table", "month", "province", "esp", "type", "annotation", "outcome", "age_band", "count", "total"}
    with pypdfium2.PdfDocument(out / "statistics.pdf") as pdf:
        assert len(pdf) == 2
        text = "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert "Reports in all: 15" in text and "withheld" in text and SECRET not in text


def test_overlapping_periods_need_a_reason(filled: Session, tmp_path: Path) -> None:
    export_statistics(filled, FIRST, LAST, tmp_path / "one")
    for first, last in (("2026-10-31", "2026-11-01"), ("2025-01-01", "2026-01-01"), ("2026-02-01", "2026-03-01")):
        with pytest.raises(Refused, match="withheld numbers could be worked out"):
            export_statistics(filled, first, last, tmp_path / "two")
    assert not (tmp_path / "two").exists()
    export_statistics(filled, "2025-01-01", "2025-12-31", tmp_path / "before")  # shares no day
    export_statistics(filled, "2026-02-01", "2026-03-01", tmp_path / "two", although_overlapping=" the ministry \n asks ")
    newest = statistics_exports.find_overlapping(filled.store.read(), "2026-02-01", "2026-03-01")[0]
    assert (newest.first, newest.last) == ("2026-02-01", "2026-03-01")
    assert filled.store.read().value("SELECT although FROM statistics_export WHERE id = ?", (newest.id,)) == "the ministry asks"
    with pytest.raises(Refused, match="State a reason"):
        export_statistics(filled, "2026-02-01", "2026-03-01", tmp_path / "three", although_overlapping=" ")


def test_the_same_days_leave_again_only_with_the_same_counts(filled: Session, tmp_path: Path) -> None:
    export_statistics(filled, FIRST, LAST, tmp_path / "one")
    export_statistics(filled, FIRST, LAST, tmp_path / "again")
    assert (tmp_path / "one" / "statistics.csv").read_bytes() == (tmp_path / "again" / "statistics.csv").read_bytes()
    write_report(tmp_path / "late", 900000990)
    import_bundles(filled, [tmp_path / "late"], receipt=Receipt())
    with pytest.raises(Refused, match="single reports could be recognised"):
        export_statistics(filled, FIRST, LAST, tmp_path / "later")
    assert not (tmp_path / "later").exists()
    export_statistics(filled, FIRST, LAST, tmp_path / "later", although_overlapping="corrected figures")


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-13-01", "2026-12-31", "is not a day"),
        ("1/1/2026", "2026-12-31", "is not a day"),
        ("20260101", "20261231", "is not a day"),
        ("2026-02-01", "2026-01-31", "ends before it begins"),
        ("2026-01-01", "2999-01-01", "later than today"),
        ("1900-01-01", "2026-01-01", "at most 20 years"),
    ],
)
def test_a_period_that_cant_be_is_refused(session: Session, tmp_path: Path, first: str, last: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        export_statistics(session, first, last, tmp_path / "out")


def test_a_folder_that_holds_something_is_refused(session: Session, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "theirs").write_text("kept")
    with pytest.raises(WorldError, match="exists already"):
        export_statistics(session, FIRST, LAST, tmp_path / "out")


def test_reports_that_wait_to_be_scored_are_not_left_out_silently(filled: Session, tmp_path: Path) -> None:
    with filled.store.batch() as batch:
        batch.execute("DELETE FROM queue WHERE report_id = 1")
    with pytest.raises(Refused, match="not scored yet: 1"):
        export_statistics(filled, FIRST, LAST, tmp_path / "out")


@pytest.mark.parametrize(
    ("age", "band"),
    [("4", "0 to 5"), ("about 12-14", "10 to 12"), ("17", "16 to 17"), ("30, has 2 kids", "not stated"), ("", "not stated")],
)
def test_the_youngest_stated_child_counts(session: Session, tmp_path: Path, age: str, band: str) -> None:
    write_report(tmp_path / "in", 900000900, age=age)
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    assert [each.age_band for each in count(session)] == [band]


def test_counting_keeps_no_report_in_memory(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of two million reports once took a gigabyte."""
    (row,) = list_some_rows(filled, 1)
    stored = range(0)

    def list_rows(_db: object, _begin: int, _end: int, after: int, limit: int) -> list[PeriodRow]:
        return [replace(row, report_id=each) for each in stored[max(after + 1 - stored.start, 0) :][:limit]]

    monkeypatch.setattr(statistics, "list_reports_of_period", list_rows)
    peaks = []
    for reports in (1_000, 1_000, 12_000):
        stored = range(100_000, 100_000 + reports)
        tracemalloc.start()
        assert preview_statistics(filled, FIRST, LAST).rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] + 3_000_000, (
        "a list of the reports takes 640 bytes each; other threads take half a megabyte now and then"
    )


def list_some_rows(session: Session, count: int) -> list[PeriodRow]:
    with session.reading() as db:
        return statistics.list_reports_of_period(db, 0, 2_000_000_000, -1, count)
