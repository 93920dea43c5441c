"""Lists of casework: their ids come in order and under a filter, late ones are counted, and rows are read for what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta

import pytest

from tests.jobs.listed import list_requests
from tests.jobs.test_cases import unlock_as
from triage.exports.request_letter import get_reply_days
from triage.jobs.casework import cases
from triage.jobs.casework.case_list import find_cases, load_cases
from triage.jobs.exchange.work_list import find_work, list_work, load_work
from triage.jobs.leaving.outgoing import list_outgoing_ids
from triage.jobs.requests import life
from triage.jobs.session import Session
from triage.model.casework import CaseFilter, CaseSummary
from triage.model.data_requests import RequestKind
from triage.model.moment import format_utc, parse_utc
from triage.resources import find_root
from triage.store.database import Params, Reader, Row
from triage.store.queries import case_list

NOW = "2026-11-24T09:26:00Z"
MIDNIGHT = "2026-11-24T19:00:00Z"
"""The 25th begins in Pakistan."""


def search_text(case: CaseSummary, only_numbers: bool) -> str:
    said = [case.number, *(f"{kept.kind} {kept.value}" for kept in case.numbers)]
    return " ".join(said if only_numbers else [*said, case.stage, case.officer or ""]).casefold()


def list_filtered(session: Session, wanted: CaseFilter) -> list[str]:
    """Filters all cases one by one."""
    every = load_cases(session, find_cases(session, CaseFilter())).values()
    words = wanted.search.casefold().split()
    found = [case for case in every if all(word in search_text(case, wanted.only_numbers) for word in words)]
    found = [case for case in found if not wanted.own or case.officer == session.user.name]
    if wanted.due_before is not None:
        found = [case for case in found if case.due is not None and case.due < wanted.due_before.isoformat()]
        found.sort(key=lambda case: (case.due or "", case.number))
    return [case.number for case in found]


@pytest.fixture
def desk(session: Session) -> Session:
    with unlock_as(session, "second", "lead"):
        pass
    for at in range(12):
        case = cases.open_case(session).number
        if at % 2:
            cases.set_number(session, case, "fir", f"{200 + at}/26")
        if at % 3 == 0:
            cases.set_number(session, case, "court", f"ÉTÉ-{at}%")
        if at % 4:
            cases.set_officer(session, case, "second" if at % 4 == 1 else session.user.name)
        for stage in ("enquiry", "challan")[: at % 3]:
            cases.set_stage(session, case, stage, due=f"2026-12-{28 - at:02d}" if at % 5 else None)
    undone = cases.open_case(session).number
    with session.store.batch() as batch:
        batch.execute("UPDATE case_file SET withdrawn = ? WHERE number = ?", (NOW, undone))
    return session


FILTERS = (
    CaseFilter(),
    *(CaseFilter(search=said) for said in ("2", "fir 20", "FIR 207/26", "enquiry", "second", "été", "ÉTÉ-3", "%", "_", "c-2026 court")),
    *(CaseFilter(search=said, only_numbers=True) for said in ("second", "enquiry", "court", "205")),
    CaseFilter(own=True),
    CaseFilter(own=True, search="fir"),
    CaseFilter(due_before=date(2026, 12, 24)),
    CaseFilter(due_before=date(2026, 12, 24), own=True, search="26"),
)  # fmt: skip


@pytest.mark.parametrize("part", [1, 5, 4_096])
def test_a_filter_finds_what_comparing_each_case_finds(desk: Session, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(case_list, "_FIRST_PART", part)
    monkeypatch.setattr(case_list, "_LARGEST_PART", part)
    assert len(find_cases(desk, CaseFilter())) == 12, "a case that was withdrawn is in no list"
    for wanted in FILTERS:
        ids = find_cases(desk, wanted)
        assert [case.number for case in load_cases(desk, ids).values()] == list_filtered(desk, wanted), wanted
        assert list(find_cases(desk, wanted, 2)) == list(ids)[:2]
        for at, last in enumerate(ids):
            assert list(find_cases(desk, wanted, 3, last)) == list(ids)[at + 1 : at + 4], wanted


def test_a_search_ends_with_the_part_in_which_it_found_enough(desk: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """All cases were read however few were wanted."""
    monkeypatch.setattr(case_list, "_FIRST_PART", 4)
    read: list[object] = []
    plain = Reader.all

    def listen(self: Reader, sql: str, params: Params = ()) -> list[Row]:
        if "case_file f" in sql:
            read.append(params)
        return plain(self, sql, params)

    monkeypatch.setattr(Reader, "all", listen)
    assert len(find_cases(desk, CaseFilter(search="c-2026"), 2)) == 2 and len(read) == 1
    assert len(find_cases(desk, CaseFilter(search="c-2026"), 10)) == 10 and len(read) > 2


def test_ids_that_are_not_read_are_those_of_the_rows(desk: Session) -> None:
    """The lists of what left, of requests and of cases know their ids without reading them: no row of these is ever deleted."""
    add_requests(desk, RequestKind.TRAFFIC, [None] * 5)
    with desk.store.batch() as batch:
        fill = "INSERT INTO outgoing (written, user_id, kind, name, sha256, recipients) VALUES ('',1,'queue','','','[]')"
        for _ in range(3):
            batch.execute(fill)
        batch.note("test filled", files=3)
    with suppress(RuntimeError), desk.store.batch() as batch:
        batch.execute(fill)
        raise RuntimeError("a step that is rolled back gives its id to the next")
    with desk.store.batch() as batch:
        batch.execute(fill)
        batch.note("test filled", files=1)
    db = desk.store.read()
    for table, found in (("outgoing", list_outgoing_ids(desk)), ("request", life.find_requests(desk).ids)):
        assert list(found) == [i for (i,) in db.all(f"SELECT id FROM {table} ORDER BY id DESC")] != []
    text = "".join(file.read_text("utf-8") for file in (find_root().parent / "triage").rglob("*.py"))
    assert not re.search(r"(DELETE FROM|REPLACE INTO) (outgoing|request|case_file)\b", text)


def add_requests(session: Session, kind: RequestKind, sent: Iterable[str | None]) -> None:
    """Adds requests; every seventh is closed, every fifth answered."""
    with session.store.batch() as batch:
        for at, when in enumerate(sent):
            last = batch.value("SELECT count(*) FROM request")
            new = batch.insert(
                "INSERT INTO request (number, kind, addressee, name, ready, child, missing, lines, made, user_id, sent, closed)"
                " VALUES (?,?,'ptcl','An operator',1,0,'[]',1,'2026-01-01T00:00:00Z',1,?,?)",
                (f"R-2026-{last + 1:04d}", kind.value, when, NOW if at % 7 == 6 else None),
            )
            if at % 5 == 4:
                batch.execute(
                    "INSERT INTO request_reply (request_id, name, sha256, size, item, received, user_id) VALUES (?,'a','',1,1,?,1)",
                    (new, NOW),
                )
        batch.note("test filled", sort=kind.value)


@pytest.mark.parametrize("moment", [NOW, MIDNIGHT])
def test_what_is_late_is_counted_as_its_rows_say(session: Session, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(life, "now", lambda: moment)
    for kind in RequestKind:
        end = parse_utc(moment) - timedelta(days=get_reply_days(kind))
        times = [format_utc(end + timedelta(seconds=off)) for off in (-86_400, -1, 0, 1)]
        days = [(end + timedelta(days=off)).date().isoformat() for off in (-2, -1, 0, 1, 2)]
        add_requests(session, kind, [*times, *days, None, *days])
    rows = list_requests(session)
    found = life.find_requests(session)
    assert found.overdue == sum(row.state == "overdue" for row in rows) > len(RequestKind)
    assert [row.number for row in life.load_requests(session, found.ids).values()] == [row.number for row in rows]
    assert list(found.ids) == sorted(found.ids, reverse=True)
    for days_ago in (0, 1, 7, 30, 31, 10**7):
        asked = life.list_unanswered(session, days_ago)
        oracle = [
            each for each in rows if each.state in ("sent", "overdue") and life._to_day(each.sent or "") <= _ago(moment, days_ago)
        ]
        assert list(life.load_requests(session, asked).values()) == oracle


def _ago(moment: str, days: int) -> object:
    return life.pakistan_day(moment) - timedelta(days=min(days, 700_000))


@pytest.mark.parametrize("moment", [NOW, MIDNIGHT])
def test_notices_that_the_court_was_not_told_of_are_counted(
    session: Session, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    monkeypatch.setattr(life, "now", lambda: moment)
    end = parse_utc(moment) - timedelta(days=1)
    issued = [format_utc(end + timedelta(seconds=off)) for off in (-1, 0, 1)] + ["2026-11-23", "2026-11-24", "2026-11-25"]
    add_requests(session, RequestKind.PRESERVATION, issued)
    with session.store.batch() as batch:
        bundle = batch.insert("INSERT INTO bundle (started, user_id, paths) VALUES (?, 1, '[]')", (NOW,))
        report = batch.insert("INSERT INTO report (number, version, first_number) VALUES ('1', 1, '1')")
        for at, when in enumerate(issued, 1):
            for told in (None, NOW) if at % 2 else (None,):
                batch.execute(
                    "INSERT INTO preservation_notice (report_id, issued, to_whom, court_informed, user_id, request_id)"
                    " VALUES (?,?,'x',?,1,?)",
                    (report, when, told, at),
                )
        batch.note("test filled", bundle=bundle)
    assert life.find_requests(session).court_overdue == sum(row.court_overdue for row in list_requests(session)) > 0


def test_packages_are_found_by_direction_and_late_ones_are_counted(session: Session) -> None:
    with session.store.batch() as batch:
        for n, (direction, due, imported) in enumerate(
            (("sent", "2026-01-01", None), ("sent", "2999-01-01", None), ("received", "2026-01-01", "2026-01-01T00:00:00Z"),
             ("received", "2026-01-01", None), ("sent", None, None), ("sent", "2026-01-01", None)), 1,
        ):  # fmt: skip
            batch.execute(
                "INSERT INTO work_package (id, package_id, direction, age_key, made, due, imported, reports, media, bundles, user_id)"
                " VALUES (?1,?1,?2,'age1',?3,?4,?5,1,0,'{}',1)",
                (n, direction, NOW, due, imported),
            )
        batch.execute("INSERT INTO work_results (id, package, sequence, made, user_id) VALUES ('r',6,1,?,1)", (NOW,))
        batch.note("test filled", cases=1)
    found, every = find_work(session), list_work(session)
    assert (list(found.sent), list(found.received)) == ([6, 5, 2, 1], [3]), "an interrupted import is in no list"
    assert found.overdue == sum(row.state == "overdue" for row in every) == 2
    assert [load_work(session, [n])[n].direction for n in (*found.sent, *found.received)] == ["sent"] * 4 + ["received"]
