"""One report on which something fails costs only itself: the others are imported, judged and shown, now and later."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import msgspec
import pytest

from tests.jobs.bundles import DETAILS, REPORT, le_json, write_bundle
from tests.jobs.invariants import check_invariants
from triage.decode.protocol import ProtocolError
from triage.jobs import load
from triage.jobs.faults import LOG, Fault
from triage.jobs.intake import document_worker, documents, placing, readers
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.intake.reply_wire import pack_reply, unpack_reply
from triage.jobs.intake.text_wire import FileToRead, pack_text, unpack_text
from triage.jobs.judging import judge, report_keys, rules, worker
from triage.jobs.judging.assess import assess
from triage.jobs.judging.judge import Judged
from triage.jobs.judging.material import Material, load_reports, load_with_context
from triage.jobs.judging.steps import Steps
from triage.jobs.keeping.check import check_store
from triage.jobs.keeping.program_log import read_program_log
from triage.jobs.leaving import rule_files
from triage.jobs.lookup import find_report
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.message import Message
from triage.model.data_requests import ReplyTable
from triage.model.file_text import NO_TEXT, FileText
from triage.model.handover import Receipt
from triage.model.views import ImportResult, QueueFilter, QueueRow
from triage.priority import shipped_rules
from triage.store.compression import decompress
from triage.store.queries import audit_log, judgement

POISON = "900000020"
STEPS = [(report_keys, "extract_keys"), (judge, "judge_report")]
FAULTS = [OverflowError("of a report"), MemoryError(), RecursionError(), KeyError("9"), ValueError(), AssertionError()]


def import_paths(session: Session, *paths: Path) -> ImportResult:
    """Imports files and folders."""
    return import_bundles(session, paths, receipt=Receipt())


def write_reports(folder: Path, *numbers: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.json").write_bytes(le_json(number))
    return folder


def row_of(session: Session, number: str) -> QueueRow:
    return next(row for row in list_queue_rows(session, QueueFilter()) if row.report_id == number)


def noted(session: Session) -> list[str]:
    with session.reading() as db:
        return [text for _, text, _ in audit_log.iter_entries(db) if '"report not judged"' in text]


def failing(faults: Mapping[str, Exception], sound: Callable[..., object]) -> Callable[..., object]:
    """`sound`, but for these reports, which raise these faults."""

    def fail(material: Material, *rest: object) -> object:
        if material.number in faults:
            raise faults[material.number]
        return sound(material, *rest)

    return fail


@pytest.mark.parametrize("step", STEPS, ids=["keys", "card"])
def test_reports_that_can_not_be_judged_cost_only_themselves(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: tuple[ModuleType, str]
) -> None:
    """Each kind of fault in a report of its own, all of them in one store."""
    poisoned = {str(900000030 + n): fault for n, fault in enumerate(FAULTS)}
    monkeypatch.setattr(*step, failing(poisoned, getattr(*step)))
    good = write_reports(tmp_path / "in", 900000021, 900000022)
    write_reports(good, *map(int, poisoned))
    import_paths(session, good)
    import_paths(session, write_reports(tmp_path / "later", 900000023))

    check_invariants(session, ["900000021", "900000022", "900000023"])
    entries = noted(session)
    assert len(entries) == len(FAULTS)
    assert not [entry for entry in entries if "of a report" in entry]
    for number, fault in poisoned.items():
        row = row_of(session, number)
        assert (row.band, row.flags) == ("A", ("not judged",)), fault
        shown = load_report_view(session, number)
        assert [str(factor.why) for factor in shown.score.factors] == ["This report could not be judged. Read it."]
        assert shown.identifiers, "what the report says is shown all the same"
        with session.reading() as db:
            report_id = find_report(db, number)
        (entry,) = (each for each in entries if f'"report":{report_id},' in each or f'"report":{report_id}}}' in each)
        assert f'"{type(fault).__name__.lower()}"' in entry


def test_it_is_judged_again_when_it_changes_and_not_on_each_import(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    sound = judge.judge_report

    def fail(material: Material, *rest: object) -> Steps[Judged]:
        asked.append(material.number)
        if material.number == POISON and b"2026-10-03" not in material.documents[0]:
            raise OverflowError
        return sound(material, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(judge, "judge_report", fail)
    folder = write_reports(tmp_path / "in", int(POISON))
    import_paths(session, folder)
    assert asked == [POISON]
    import_paths(session, folder)
    assess(session)
    assert asked == [POISON], "nothing changed"

    (folder / f"{POISON}.json").write_bytes(le_json(int(POISON), dateReceived="2026-10-03T08:00:00Z"))
    import_paths(session, folder)
    assert asked == [POISON, POISON]
    assert "not judged" not in row_of(session, POISON).flags
    assert len(noted(session)) == 1


@pytest.mark.parametrize("step", STEPS, ids=["keys", "card"])
def test_it_is_judged_again_when_the_rules_change(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: tuple[ModuleType, str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(*step, failing({POISON: OverflowError()}, getattr(*step)))
        import_paths(session, write_reports(tmp_path / "in", int(POISON), 900000021))
        rules.use_rules(session, None)
        assert row_of(session, POISON).flags == ("not judged",)
    rules.use_rules(session, None)
    assert "not judged" not in row_of(session, POISON).flags
    assert row_of(session, POISON).band == row_of(session, "900000021").band
    linked = {link.report_id for link in load_report_view(session, POISON).links}
    assert linked == {"900000021"}, "its ties are there again"
    check_invariants(session, [POISON, "900000021"])


def test_a_trial_of_rules_counts_a_report_on_which_it_fails(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_paths(session, write_reports(tmp_path / "in", int(POISON), 900000021))
    rule_files.export_rules(session, tmp_path / "rules")
    sound = rules.try_rules(session, tmp_path / "rules")
    assert sound.moved == 0
    monkeypatch.setattr(judge, "rescore_report", failing({POISON: OverflowError()}, judge.rescore_report))
    trial = rules.try_rules(session, tmp_path / "rules")
    assert [(move.report_id, move.would_be) for move in trial.moves] == [(POISON, "A")]
    assert sum(then for _, then in trial.bands.values()) == 2


def test_what_is_stored_and_can_not_be_read_is_shown_as_it_stands(session: Session, tmp_path: Path) -> None:
    """Of bytes that no decoder takes, also in the processes that judge."""
    import_paths(session, write_bundle(tmp_path / "in"), write_reports(tmp_path / "more", 900000021, 900000022))
    with session.store.batch() as batch:
        broken = find_report(batch, "900000001")
        batch.execute("UPDATE source SET parsed = ? WHERE report_id = ?", (b'{"format": 7, "said": "kite"}', broken))
        judgement.mark_all_stale(batch)
    assess(session, workers=2)

    check_invariants(session, ["900000021", "900000022"], unreadable="900000001")
    assert row_of(session, "900000001").flags == ("not judged",)
    shown = load_report_view(session, "900000001")
    assert "kite" in shown.not_understood[0].value
    assert [file.name for file in shown.files if file.present] == ["a.jpg"]


def test_a_worker_answers_for_all_but_the_poisoned_one(session: Session, tmp_path: Path) -> None:
    import_paths(session, write_reports(tmp_path / "in", int(POISON), 900000021))
    with session.store.batch() as batch:
        poisoned, good = find_report(batch, POISON), find_report(batch, "900000021")
        batch.execute("UPDATE source SET parsed = ? WHERE report_id = ?", (b"[]", poisoned))
    with session.reading() as db:
        said = worker.ANSWER_TO[b"s"](msgspec.msgpack.encode(load_reports(db, [poisoned, good])), shipped_rules())
        judged = worker.ANSWER_TO[b"j"](msgspec.msgpack.encode(load_with_context(db, [poisoned, good])), shipped_rules())
        moved = worker.ANSWER_TO[b"t"](msgspec.msgpack.encode(load_with_context(db, [poisoned, good])), shipped_rules())
    assert [bool(each.ties) for each in said] == [False, True]
    assert [each.fault is not None for each in judged] == [True, False]
    assert isinstance(moved[0], Fault) and not isinstance(moved[1], Fault)


def test_a_stored_location_that_can_not_be_read_costs_only_its_card(session: Session, tmp_path: Path) -> None:
    """Each kind of damage in a report of its own."""
    damages = [b"\xc1\x01 kite", b"\xc1\x63 kite", b"\xc1", b"kite"]
    import_paths(session, write_reports(tmp_path / "in", 900000022, *range(900000030, 900000030 + len(damages))))
    with session.store.batch() as batch:
        broken, good = [find_report(batch, str(900000030 + n)) for n in range(len(damages))], find_report(batch, "900000022")
        for report_id, damaged in zip(broken, damages, strict=True):
            batch.execute("UPDATE score_card SET location = ? WHERE report_id = ?", (damaged, report_id))
        judgement.mark_scores_stale(batch)
    with session.reading() as db:
        work = load_with_context(db, [*broken, good])
        judged = worker.ANSWER_TO[b"j"](msgspec.msgpack.encode(work), shipped_rules())
        stored = judgement.load_cards(db, [good])[good]
    assert [each.fault is not None for each in judged] == [True] * len(damages) + [False]
    assert judged[-1].score == stored.score
    for part in (stored.location, stored.score):
        assert len(part) * 4 < len(decompress(part)), "the dictionaries no longer fit what cards say: make new ones"


def test_a_stored_document_that_can_not_be_unpacked_costs_only_its_report(session: Session, tmp_path: Path) -> None:
    damages = {"900000030": b"\xc1\x03 kite", "900000031": b"\xc1\x63 kite"}
    import_paths(session, write_reports(tmp_path / "in", 900000022, *map(int, damages)))
    with session.store.batch() as batch:
        for number, damaged in damages.items():
            batch.execute("UPDATE source SET parsed = ? WHERE report_id = ?", (damaged, find_report(batch, number)))
        judgement.mark_all_stale(batch)
    assess(session)

    assert row_of(session, "900000022").flags == ()
    for number in damages:
        assert row_of(session, number).flags == ("not judged",)
        assert "kite" in load_report_view(session, number).not_understood[0].value


def test_what_is_asked_of_documents_before_all_others_stops_no_import(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise RecursionError

    monkeypatch.setattr(documents, "pressing", fail)
    monkeypatch.setattr(placing, "changes", fail)
    folder = write_reports(tmp_path / "in", 900000021, 900000022)
    import_paths(session, folder)
    (folder / "900000021.json").write_bytes(le_json(900000021, dateReceived="2026-10-03T08:00:00Z"))
    assert import_paths(session, folder).reports.updated == 1
    check_invariants(session, ["900000021", "900000022"])
    assert load_report_view(session, "900000021").versions[1].changes == (
        Message("Triage could not find out what this version changes. Compare the sources."),
    )


TIMES = [
    "9999-12-31T14:33:01Z",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "1601-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
]


def write_with_time(folder: Path, number: int, time: str) -> Path:
    """Writes the report of the small bundle under another number, with this time in the place of its own."""
    folder.mkdir(parents=True)
    report = REPORT.replace("2026-10-01T10:00:00+05:00", time).replace("2026-10-01T04:59:58Z", time)
    (folder / "report.xml").write_text(report)
    (folder / "details.xml").write_text(DETAILS.replace("900000001", str(number)))
    return folder


def test_an_implausible_time_is_kept_as_text_and_starts_no_deadline(session: Session, tmp_path: Path) -> None:
    numbers = [str(900000030 + n) for n in range(len(TIMES))]
    for number, time in zip(numbers, TIMES, strict=True):
        write_with_time(tmp_path / "in" / number, int(number), time)
    import_paths(session, tmp_path / "in")
    import_paths(session, write_reports(tmp_path / "later", 900000021))

    check_invariants(session, [*numbers, "900000021"])
    for number, time in zip(numbers, TIMES, strict=True):
        shown = load_report_view(session, number)
        assert (shown.incident_time, shown.clocks) == (None, ()), time
        assert [n.value for n in shown.not_understood].count(time) == 2
        assert row_of(session, number).deadline is None


def put_times(session: Session, times: Mapping[str, str]) -> None:
    """Into each time of the stored documents of each report, past the importers: as an older version may have stored it."""
    with session.store.batch() as batch:
        for number, utc in times.items():
            when = f'"utc":"{utc}","original":"{utc}"'.encode()
            for source_id, parsed in batch.all(
                "SELECT id, parsed FROM source WHERE report_id = ?", (find_report(batch, number),)
            ):
                changed = re.sub(rb'"utc":"[^"]*","original":"[^"]*"', when, decompress(parsed))
                batch.execute("UPDATE source SET parsed = ? WHERE id = ?", (changed, source_id))
        judgement.mark_all_stale(batch)


STORED = [
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z", "9999-01-01T00:00:00Z", "9998-12-31T23:00:00Z", "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00.000001Z", "0999-06-01T12:00:00Z", "1969-12-31T23:59:59Z",
]  # fmt: skip


def test_a_stored_time_of_any_year_is_judged_and_shown(session: Session, tmp_path: Path) -> None:
    """Each in a report of its own, of both formats, with a sound report beside them."""
    times = {str(900000030 + n): utc for n, utc in enumerate(STORED)}
    others = {str(900000050 + n): utc for n, utc in enumerate(STORED)}
    for number in times:
        write_with_time(tmp_path / "in" / number, int(number), "2026-10-01T04:59:58Z")
    import_paths(session, tmp_path / "in", write_reports(tmp_path / "more", 900000021, *map(int, others)))
    put_times(session, times | others)
    assess(session)
    check_invariants(session, [*times, *others, "900000021"])
    assert noted(session) == []
    for number, utc in times.items():
        assert load_report_view(session, number).incident_time == utc


def list_faults(session: Session) -> list[str]:
    return [line.says for line in read_program_log(session) if line.part == LOG]


def test_faults_are_logged_by_their_type_and_counted_by_a_check(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes on after a fault of ours says its type, and never its words."""
    folder = write_reports(tmp_path / "in", int(POISON), 900000021)
    import_paths(session, folder)
    before = check_store(session).checked
    assert (before["not_judged"], before["faults_logged"]) == (0, 0)
    rule_files.export_rules(session, tmp_path / "rules")

    def fail(*_: object, **__: object) -> NoReturn:
        raise OverflowError("of a report")

    swallowing: dict[str, tuple[ModuleType, str, Callable[[], object]]] = {
        "other rules": (judge, "rescore_report", lambda: rules.try_rules(session, tmp_path / "rules")),
        "texts": (documents.readings, "read_documents", lambda: import_paths(session, write_reports(tmp_path / "b", 900000022))),
        "urgent": (documents, "pressing", lambda: import_paths(session, write_reports(tmp_path / "c", 900000023))),
        "page": (load, "merge_documents", lambda: load_report_view(session, POISON)),
        "judged": (judge, "judge_report", lambda: import_paths(session, write_reports(tmp_path / "d", 900000024))),
    }
    for what, (module, name, act) in swallowing.items():
        known = len(list_faults(session))
        with monkeypatch.context() as patch:
            patch.setattr(module, name, fail)
            act()
        new = list_faults(session)[: len(list_faults(session)) - known]
        assert new and all("overflowerror at" in line and "of a report" not in line.split(":")[1] for line in new), (what, new)
    after = check_store(session)
    unjudged = sum("not judged" in row.flags for row in list_queue_rows(session, QueueFilter()))
    assert after.valid and unjudged
    assert (after.checked["not_judged"], after.checked["faults_logged"]) == (unjudged, len(list_faults(session)))


@pytest.mark.parametrize("reader", ["read_chat_file", "read_reply"])
def test_a_fault_of_a_reader_crosses_the_wire_by_its_type(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, reader: str
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise OverflowError("of a file")

    monkeypatch.setattr(document_worker, reader, fail)
    asked = FileToRead(b"Line,Name\n1234567890,Kite\n")
    if reader == "read_reply":
        answer: FileText | ReplyTable = unpack_reply(pack_reply(document_worker.read_reply_rows(asked)))
    else:
        answer = unpack_text(pack_text(document_worker.read_file_text(asked)))
    assert answer.fault.startswith("OverflowError in ") and "of a file" not in answer.fault
    kept = readers._log_fault("file", answer)
    assert kept.fault == "" and kept.problem == answer.problem
    (line,) = (record for record in caplog.records if record.name == LOG)
    assert "OverflowError" in line.getMessage()
    with pytest.raises(ProtocolError):
        unpack_text(pack_text(FileText(problem=NO_TEXT, fault="OverflowError")))
