"""Replies are sealed, read in the sandbox, matched, and shown as the owner of a line; hostile ones cost only themselves."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fpdf import FPDF

from tests.jobs.conftest import MakeStore, OpenCopy
from tests.jobs.listed import list_requests
from tests.jobs.requests.conftest import Bring, bring_in
from tests.jobs.requests.reports import CHILD_PHONE, PHONE, PTCL, Told, day, today
from tests.people import add_person
from tests.thorough import THOROUGH
from triage import limits
from triage.errors import Cancelled, NotFound, Refused
from triage.exports import packet as packet_export
from triage.jobs.casework import cases
from triage.jobs.consent import Consent
from triage.jobs.keeping import destruction
from triage.jobs.keeping.check import check_store
from triage.jobs.reading.show import load_report_view
from triage.jobs.requests import life, making, replies
from triage.jobs.session import Session
from triage.model.data_requests import ReplyResult, RequestKind
from triage.model.progress import CancelToken, Progress
from triage.model.users import Role
from triage.model.views import ShowIdentifier
from triage.store.queries import requests as sql

FIRST, SECOND = "900000501", "900000502"
CNIC = "90000-0000000-1"
WORDS = "seven green boats"


def ask(
    session: Session, case: str, out: Path, kind: RequestKind = RequestKind.SUBSCRIBER, **more: bool
) -> dict[str, tuple[str, dict[str, str]]]:
    """Makes and sends the requests of a case; returns folder -> (number, value and port -> line)."""
    found = {}
    for each in making.create_requests(session, case, kind, out, **more).requests:
        life.send_request(session, each.number, sent=today().date().isoformat())
        with session.reading() as db:
            request = sql.find_request(db, each.number)
            assert request is not None
            lines = {f"{line.value} {line.port or ''}".strip(): line.line for line in sql.list_lines(db, request.id)}
        found[Path(each.path).name] = (each.number, lines)
    return found


def take(session: Session, tmp_path: Path, number: str, data: bytes | str, name: str = "reply.csv") -> ReplyResult:
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return replies.take_reply(session, number, [tmp_path / name])


@pytest.fixture(scope="module")
def asked_store(make_store: MakeStore) -> Path:
    """A closed store in which the operator of the phone of one report was asked for its owner: most tests begin with that."""
    return make_store(lambda session, work: ask(session, bring_in(session, work / "in", [Told(FIRST, child=None)]), work / "out"))


@pytest.fixture
def asked(asked_store: Path, open_copy: OpenCopy) -> tuple[Session, str, str]:
    """A copy of that store, the number of the request, and the line of the phone."""
    session = open_copy(asked_store)
    (row,) = list_requests(session)
    with session.reading() as db:
        request = sql.find_request(db, row.number)
        assert request is not None
        (line,) = sql.list_lines(db, request.id)
    assert line.value == PHONE
    return session, row.number, line.line


def owners(session: Session, number: str = FIRST) -> list[ShowIdentifier]:
    return [each for each in load_report_view(session, number).identifiers if each.role == "subscriber"]


def reasons(result: ReplyResult) -> list[str]:
    return [str(each.reason) for each in result.unmatched]


def test_the_owner_of_a_line_is_shown_ties_reports_and_moves_actionability(
    session: Session, bring: Bring, tmp_path: Path
) -> None:
    one = bring([Told(FIRST, phones=(PHONE,), child=None)])
    two = bring([Told(SECOND, phones=("+923000000777",), child=None, handle="other", user_id="acc-2")])
    before = load_report_view(session, FIRST)
    assert before.links == ()
    numbers = []
    for case, phone in ((one, PHONE), (two, "+923000000777")):
        number, lines = ask(session, case, tmp_path / case)["jazz"]
        numbers.append(number)
        result = take(
            session,
            tmp_path,
            number,
            f"Line,Name,CNIC,Address,Contact\n{lines[phone]},Example Owner,{CNIC},Street 1,051-0000000\n",
            f"{case}.csv",
        )
        assert (result.documents, result.matched_lines, result.unmatched, result.reports) == (1, 1, (), 1)
    after = load_report_view(session, FIRST)
    assert {each.kind for each in owners(session)} == {"name", "cnic", "address", "phone"}
    assert {each.sources[0].document for each in owners(session)} == {f"reply {numbers[0]}"}
    (link,) = after.links
    assert (link.report_id, link.via, link.same_user) == (SECOND, "subscriber", False) and link.strength < 75
    assert after.score.actionability > before.score.actionability and after.score.risk == before.score.risk
    assert next(str(f.why) for f in after.score.factors if f.rule == "person.owner").startswith("An operator named the owner")
    assert [row.state for row in list_requests(session)] == ["answered", "answered"]
    assert check_store(session).valid


def test_only_the_reports_of_the_reply_are_judged_again(
    session: Session, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, lines = ask(session, bring([Told(FIRST, child=None)]), tmp_path / "out")["jazz"]
    bring([Told(SECOND, phones=("+923330000001",), child=None, handle="other", user_id="acc-2")])
    before = session.store.read().all("SELECT report_id, score FROM score_card ORDER BY 1")
    take(session, tmp_path, number, f"Line,Name\n{lines[PHONE]},Example Owner\n")
    after = session.store.read().all("SELECT report_id, score FROM score_card ORDER BY 1")
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True]


def xlsx(rows: list[list[object]]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def pdf(lines: list[str]) -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=11)
    for line in lines:
        document.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name.replace("_", "."), data)
    return file.getvalue()


FORMS: dict[str, Callable[[str], bytes]] = {
    "a.csv": lambda line: f"Line;Name;CNIC\n{line};Example Owner;{CNIC}\n".encode("utf-8-sig"),
    "a.tsv": lambda line: f"Dear Sir\n\nLine\tName\tCNIC\n{line}\tExample Owner\t{CNIC}\n".encode("utf-16"),
    "a.xlsx": lambda line: xlsx([["Reply"], [], ["Line", "Name", "CNIC"], [int(line), "Example Owner", CNIC]]),
    "a.html": lambda line: f"<html><table><tr><th>Line</th><th>Name</th><th>CNIC</th></tr><tr><td>{line}</td><td>Example Owner</td><td>{CNIC}</td></tr></table></html>".encode(),
    "a.json": lambda line: json.dumps({"reply": {"rows": [{"line": line, "subscriber": {"name": "Example Owner", "cnic": CNIC}}]}}).encode(),
    "a.txt": lambda line: f"Dear Sir,\nLine: {line}\nName: Example Owner\nCNIC: {CNIC}\n".encode(),
    "a.pdf": lambda line: pdf(["Dear Sir,", f"Line: {line}", "Name: Example Owner", f"CNIC: {CNIC}"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("packed", [False, True], ids=["alone", "in a zip"])
def test_replies_of_any_kind_are_read(asked: tuple[Session, str, str], tmp_path: Path, name: str, packed: bool) -> None:
    session, number, line = asked
    data = FORMS[name](line)
    if packed:
        data, name = zipped(**{name.replace(".", "_"): data}), "reply.zip"
    result = take(session, tmp_path, number, data, name)
    assert result.unmatched == () and result.matched_lines == 1
    assert {each.kind: each.value for each in owners(session)} == {"name": "Example Owner", "cnic": CNIC}
    with session.reading() as db:
        item, size = db.first("SELECT item, size FROM request_reply") or (0, 0)
    assert session.store.unseal(item) == data and size == len(data), "the bytes are kept as they came"


def test_rows_are_matched_by_value_and_time(session: Session, bring: Bring, tmp_path: Path) -> None:
    captures = [(PTCL, day(30), "40123"), (PTCL, day(29), "40124"), (PTCL, day(28).rstrip("Z"), "40125")]
    number, _ = ask(session, bring([Told(FIRST, captures, phones=(), child=None)]), tmp_path / "out")["ptcl"]
    rows = [
        (PTCL, "40123", day(30), "By time"),
        (PTCL, "", day(29).replace("T04:59:58Z", " 10:00:30 PKT"), "In the window by PKT"),
        (PTCL, "40123", day(29), "Another port"),
        (PTCL, "40123", day(30).rstrip("Z"), "No zone"),
        (PTCL, "", "", "No time"),
        (PTCL, "", day(28), "A capture without a zone matches only itself"),
        ("39.32.1.1", "", day(30), "Not asked"),
        ("", "", "", "Nothing"),
    ]
    text = "IP Address,Source Port,Time,Name\n" + "".join(f"{','.join(row)}\n" for row in rows)
    result = take(session, tmp_path, number, text)
    assert result.matched_lines == 3
    assert {each.value for each in owners(session)} == {
        "By time",
        "In the window by PKT",
        "A capture without a zone matches only itself",
    }
    assert reasons(result) == [
        "the value was asked about, but at another time or port",
        "the time of the row states no zone",
        "the row states no time, and the value was asked about at a time",
        "the row names no line and no value that was asked about",
        "the row names no line and no value that was asked about",
    ]  # fmt: skip


def test_a_column_may_state_the_zone_of_its_times(session: Session, bring: Bring, tmp_path: Path) -> None:
    captures = [(PTCL, day(30), "40123"), (PTCL, day(29), "40124")]
    number, _ = ask(session, bring([Told(FIRST, captures, phones=(), child=None)]), tmp_path / "out")["ptcl"]
    for name, time in (("UTC", day(30).rstrip("Z")), ("PKT", day(29).replace("T04:59:58Z", " 09:59:58"))):
        result = take(session, tmp_path, number, f"IP,{name},Name\n{PTCL},{time},Owner {name}\n", f"{name}.csv")
    assert result.unmatched == () and {each.value for each in owners(session)} == {"Owner UTC", "Owner PKT"}


def test_wrong_lines_lines_of_others_and_doubled_rows(session: Session, bring: Bring, tmp_path: Path) -> None:
    asked = ask(session, bring([Told(FIRST, [(PTCL, day(30), "40123")], child=None)]), tmp_path / "out")
    (number, lines), (other, others) = asked["jazz"], asked["ptcl"]
    text = (
        "Line,Number,Name\n"
        f"{lines[PHONE]},{PHONE},Example Owner\n{lines[PHONE]},{PHONE},Example Owner\n"
        f"{others[f'{PTCL} 40123']},,Of another request\n1234567890,{PHONE},Invented line\n{lines[PHONE]},0301-5555555,Another number\n"
    )
    result = take(session, tmp_path, number, text)
    assert result.matched_lines == 1 and [each.value for each in owners(session)] == ["Example Owner"]
    assert reasons(result) == [
        f"line {others[f'{PTCL} 40123']} belongs to request {other}",
        "there is no line 1234567890 in this request",
        "the line's number and the value do not agree",
    ]
    again = take(session, tmp_path, number, text)
    assert again.documents == 0 and again.already_received == ("reply.csv",)
    more = take(session, tmp_path, number, text + "\n", "second.csv")
    assert more.documents == 1 and more.matched_lines == 1 and len(more.unmatched) == 3, "the same rows bring nothing"


def test_an_answered_request_stays_answered_when_the_report_of_a_line_is_destroyed(
    session: Session, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(session.store, "second", [Role.LEAD, Role.ADMIN], "nine grey hills")
    told = [Told(FIRST, child=None), Told(SECOND, phones=("+923000000777",), child=None, handle="other", user_id="acc-2")]
    number, lines = ask(session, bring(told), tmp_path / "out")["jazz"]
    take(session, tmp_path, number, f"Line,Name\n{lines[PHONE]},One\n", "one.csv")
    assert list_requests(session)[0].state == "partly answered"
    take(session, tmp_path, number, f"Line,Name\n{lines['+923000000777']},Two\n", "two.csv")
    destroy(session, tmp_path, FIRST, monkeypatch)
    (row,) = list_requests(session)
    assert (row.state, row.answered_lines, row.lines) == ("answered", 1, 2)


def bomb() -> bytes:
    return zipped(a_csv=b"0" * (limits.MAX_DOCUMENT + 1))


def sheet(xml: bytes) -> bytes:
    return zipped(**{"xl/workbook_xml": b"<workbook/>", "xl/worksheets/sheet1_xml": xml})


DTD = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (bomb, "far more than it weighs"),
    "xlsx bomb": (lambda: sheet(b"<a>" + b" " * (limits.MAX_DOCUMENT + 1)), "larger than a reply"),
    "dtd": (lambda: sheet(DTD), ""),
    "not a zip": (lambda: b"PK\x03\x04 not a zip", ""),
    "locked": (lambda: zipped(inner_zip=zipped(inner_zip=zipped(a_csv=b"Line,Name\n1,a\n"))), "deeper"),
    "no table": (lambda: b"we have nothing", "No table or list"),
    "binary": (lambda: bytes(range(256)) * 400, "No table or list"),
    "deep json": (lambda: b"[" * 100_000 + b"]" * 100_000, ""),
    "empty": (lambda: b"", "No table or list"),
    "broken pdf": (lambda: b"%PDF-1.7 broken", ""),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0" + bytes(4_000), "No table or list"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_costs_only_itself(asked: tuple[Session, str, str], tmp_path: Path, name: str) -> None:
    session, number, line = asked
    make, words = HOSTILE[name]
    (tmp_path / "bad").write_bytes(make())
    (tmp_path / "good.csv").write_text(f"Line,Name\n{line},Example Owner\n")
    result = replies.take_reply(session, number, [tmp_path / "bad", tmp_path / "good.csv"])
    assert result.documents == 2 and result.matched_lines == 1 and len(result.unmatched) == 1
    assert words in reasons(result)[0]
    assert check_store(session).valid


def test_very_many_rows_are_counted_and_the_first_are_read(asked: tuple[Session, str, str], tmp_path: Path) -> None:
    """More text than is read, of cells as long as they may be. When THOROUGH more rows than are read, which takes much longer."""
    session, number, line = asked
    cell, most = ("x", limits.MAX_REPLY_ROWS) if THOROUGH else ("x" * limits.MAX_REPLY_CELL, limits.MAX_REPLY_TEXT // 2_000)
    count = most + 1_000
    rows = f"{line},Example Owner\n" + "".join(f"0300{n:07d},{cell}\n" for n in range(count))
    result = take(session, tmp_path, number, "Line,Name\n" + rows)
    left_out = count - len(result.unmatched)  # of the rows with numbers one is the line's, and the last reason counts the rest
    told = [each for each in reasons(result) if "more rows" in each]
    assert (result.matched_lines, told) == (1, [f"{left_out} more rows of the document were not read"])
    assert left_out == 1_001 if THOROUGH else 1_000 < left_out < count // 4


def test_formulas_are_text(asked: tuple[Session, str, str], tmp_path: Path) -> None:
    session, number, line = asked
    result = take(session, tmp_path, number, xlsx([["Line", "Name"], [line, '=HYPERLINK("http://a.invalid","x")']]), "a.xlsx")
    assert result.matched_lines == 1 and owners(session) == [], "a formula without a stored value says nothing"
    take(session, tmp_path, number, f'Line,Name\n{line},"=cmd|x"\n', "b.csv")
    assert [each.value for each in owners(session)] == ["=cmd|x"]


def test_the_childs_line_stays_marked(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST)])
    number, lines = ask(session, case, tmp_path / "out", child_line=True)["jazz"]
    take(session, tmp_path, number, f"Line,Name\n{lines[CHILD_PHONE]},Example Parent\n")
    (owner,) = owners(session)
    assert owner.details["lineOf"] == "the child"


def test_a_reply_that_answers_some_lines_leaves_the_request_partly_answered(
    session: Session, bring: Bring, tmp_path: Path
) -> None:
    case = bring([Told(FIRST, phones=(PHONE, "+923000000777"), child=None)])
    number, lines = ask(session, case, tmp_path / "out")["jazz"]
    for n, line in enumerate(lines.values(), 1):
        take(session, tmp_path, number, f"Line,Name\n{line},Example Owner\n", f"{n}.csv")
        (row,) = [each for each in list_requests(session) if each.number == number]
        assert (row.state, row.answered_lines, row.lines) == ("answered" if n == 2 else "partly answered", n, 2)


def test_a_reply_before_the_request_was_marked_as_sent_is_taken(session: Session, bring: Bring, tmp_path: Path) -> None:
    (made,) = making.create_requests(session, bring([Told(FIRST, child=None)]), RequestKind.SUBSCRIBER, tmp_path / "out").requests
    result = take(session, tmp_path, made.number, f"Number,Name\n{PHONE},Example Owner\n")
    assert result.matched_lines == 1 and list_requests(session)[0].state == "answered"
    with pytest.raises(NotFound):
        take(session, tmp_path, "R-1", "x")
    life.close_request(session, made.number)
    with pytest.raises(Refused, match="closed"):
        take(session, tmp_path, made.number, "y", "late.csv")


def test_a_reply_that_is_stopped_stays_sealed_and_is_read_the_next_time(asked: tuple[Session, str, str], tmp_path: Path) -> None:
    session, number, line = asked
    (tmp_path / "reply.csv").write_text(f"Line,Name\n{line},Owner Example\n")
    token, seen = CancelToken(), list[Progress]()
    token.cancel()
    with pytest.raises(Cancelled):
        replies.take_reply(session, number, [tmp_path / "reply.csv"], cancel=token)
    (row,) = (each for each in list_requests(session) if each.number == number)
    assert row.unread_replies == 1 and owners(session) == []
    assert replies.take_reply(session, number, [], on_progress=seen.append).matched_lines == 1
    assert [(each.done, each.total) for each in seen] == [(0, 1)]
    assert [each.value for each in owners(session)] == ["Owner Example"]


def test_a_kill_between_sealing_and_matching_loses_nothing(
    asked: tuple[Session, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, number, line = asked
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(replies, "read_documents", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        take(session, tmp_path, number, f"Line,Name\n{line},Example Owner\n")
    (tmp_path / "reply.csv").unlink()
    assert [row.unread_replies for row in list_requests(session)] == [1] and check_store(session).valid
    result = replies.take_reply(session, number, [])
    assert result.matched_lines == 1 and [each.value for each in owners(session)] == ["Example Owner"]
    assert [row.unread_replies for row in list_requests(session)] == [0]


TAKE = """
import sys
from pathlib import Path
from typing import Any
from triage.jobs.requests import replies
from triage.jobs.session import unlock
store, words, number, file = sys.argv[1:]
with unlock(Path(store), "first", words) as session:
    replies.take_reply(session, number, [Path(file)])
"""


@pytest.mark.crash
def test_two_processes_take_replies_at_once(asked: tuple[Session, str, str], tmp_path: Path) -> None:
    session, number, line = asked
    files = [tmp_path / f"{n}.csv" for n in range(2)]
    for n, file in enumerate(files):
        file.write_text(f"Line,Name\n{line},Example Owner\n{line},Other {n}\n")
    command = [sys.executable, "-c", TAKE, session.store.directory, WORDS, number]
    running = [subprocess.Popen([*command, file]) for file in files]
    assert [each.wait(90) for each in running] == [0, 0]
    assert sorted(each.value for each in owners(session)) == ["Example Owner", "Other 0", "Other 1"]
    assert check_store(session).valid


def destroy(session: Session, tmp_path: Path, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet_export, "typeset", lambda *_, **__: b"%PDF- drawn")
    monkeypatch.setattr("triage.exports.certificate.typeset", lambda *_, **__: b"%PDF- drawn")
    destruction.destroy_report(
        session,
        number,
        reason="acquitted",
        order="order 1",
        second=Consent("second", "nine grey hills"),
        certificate=tmp_path / f"{number}.json",
    )


def test_destroying_a_report_takes_its_lines_and_replies(
    session: Session, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(session.store, "second", [Role.LEAD, Role.ADMIN], "nine grey hills")
    case = bring([Told(FIRST, child=None), Told(SECOND, child=None, handle="other", user_id="acc-2")])
    number, lines = ask(session, case, tmp_path / "out")["jazz"]
    take(session, tmp_path, number, f"Line,Name\n{lines[PHONE]},Example Owner\n")
    destroy(session, tmp_path, FIRST, monkeypatch)
    assert [each.value for each in owners(session, SECOND)] == ["Example Owner"], "the other report's capture is the same line"
    destroy(session, tmp_path, SECOND, monkeypatch)
    db = session.store.read()
    tables = ("request_line", "request_line_report", "request_reply", "reply_row", "reply_document", "preserved_deadline")
    assert {table: db.value(f"SELECT count(*) FROM {table}") for table in tables} == dict.fromkeys(tables, 0)
    (row,) = list_requests(session)
    assert (row.state, row.lines) == ("closed", 1), "the letter left; that stays known"
    assert check_store(session).valid


def test_a_reply_whose_report_is_destroyed_while_it_is_read_stores_nothing(
    session: Session, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(session.store, "second", [Role.LEAD, Role.ADMIN], "nine grey hills")
    number, lines = ask(session, bring([Told(FIRST, child=None)]), tmp_path / "out")["jazz"]
    read = replies.read_documents

    def read_and_destroy(*given: Any) -> Iterator[Any]:
        yield from read(*given)
        destroy(session, tmp_path, FIRST, monkeypatch)

    monkeypatch.setattr(replies, "read_documents", read_and_destroy)
    assert take(session, tmp_path, number, f"Line,Name\n{lines[PHONE]},Example Owner\n").reports == 0
    assert session.store.read().value("SELECT count(*) FROM reply_row") == 0
    assert check_store(session).valid


def test_a_report_whose_line_was_asked_for_already_gets_the_answer_too(session: Session, bring: Bring, tmp_path: Path) -> None:
    """The second case is told that its line is asked for already: the answer to that request has to reach it."""
    one = bring([Told(FIRST, phones=(PHONE,), child=None)])
    two = bring([Told(SECOND, phones=(PHONE,), child=None, handle="other", user_id="acc-2")])
    for case in (one, two):
        cases.set_number(session, case, "enquiry", f"E-{case}")
    number, lines = ask(session, one, tmp_path / "one")["jazz"]
    made = making.create_requests(session, two, RequestKind.SUBSCRIBER, tmp_path / "two")
    assert made.requests == () and any("asked for already" in str(each.reason) for each in made.left_out)
    result = take(session, tmp_path, number, f"Line,Name\n{lines[PHONE]},Example Owner\n")
    assert result.reports == 2
    assert [each.value for each in owners(session, SECOND)] == ["Example Owner"]
    assert check_store(session).valid
