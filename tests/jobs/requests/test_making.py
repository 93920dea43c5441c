"""Requests are made from captures only: to whom, with which notes, what is left out, and what never leaves."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from tests.jobs.listed import list_requests
from tests.jobs.requests.conftest import Bring
from tests.jobs.requests.reports import CHILD_PHONE, IMEI, JAZZ_NET, PHONE, PTCL, PTCL_TWO, TYPE, ZONG_V6, Told, day, today
from tests.people import add_person
from triage.errors import NotFound, Refused, WorldError
from triage.exports.request_annex import COLUMNS
from triage.jobs.casework import cases
from triage.jobs.keeping import destruction
from triage.jobs.requests import life
from triage.jobs.requests.lines import NO_PORT, NO_TIME, NO_ZONE, PORTED, PROXY
from triage.jobs.requests.making import create_requests, preserve_expiring
from triage.jobs.session import Session, unlock
from triage.model.data_requests import MadeRequests, RequestKind
from triage.model.users import Role
from triage.store.queries import deconfliction as sql_deconfliction
from triage.store.queries import requests as sql
from triage.store.queries.deconfliction import SessionRow

FIRST, SECOND = "900000501", "900000502"
SUBSCRIBER = RequestKind.SUBSCRIBER


def annex(path: str) -> list[tuple[str, ...]]:
    (file,) = Path(path).glob("*-annex.xlsx")
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert rows[0] == COLUMNS
    return [tuple("" if cell is None else str(cell) for cell in row) for row in rows[1:]]


def letter(path: str) -> str:
    (file,) = Path(path).glob("*-letter.docx")
    with zipfile.ZipFile(file) as packed:
        return "".join(
            packed.read(name).decode() for name in packed.namelist() if re.match(r"word/(document|header|footer)", name)
        )


def values(made: MadeRequests) -> Counter[tuple[str, str, str]]:
    """(value, port, UTC) of all annex rows."""
    return Counter((row[2], row[3], row[4]) for each in made.requests for row in annex(each.path))


def left(made: MadeRequests) -> dict[str, str]:
    return {each.identifier: str(each.reason) for each in made.left_out}


def test_each_operator_gets_its_own_lines_and_nothing_else_is_asked(session: Session, bring: Bring, tmp_path: Path) -> None:
    device = f"<deviceId><idType>IMEI</idType><idValue>{IMEI}</idValue></deviceId>"
    captures = [(PTCL, day(30), "40123"), ("10.1.2.3", day(30), ""), ("8.8.8.8", day(30), ""), ("203.0.113.9", day(1), "")]
    case = bring([Told(FIRST, captures, phones=(PHONE, "+14155550100"), extra=device)])
    made = create_requests(session, case, SUBSCRIBER, tmp_path / "out")
    rows = {Path(each.path).name: annex(each.path) for each in made.requests}
    assert {name: [row[2] for row in found] for name, found in rows.items()} == {"jazz": [PHONE], "ptcl": [PTCL], "pta": [IMEI]}
    assert rows["ptcl"][0][3:5] == ("40123", day(30)) and rows["ptcl"][0][5].endswith("PKT")
    assert [each.draft for each in made.requests] == [True] * 3
    told = left(made)
    assert told[CHILD_PHONE] == "belongs to the child"
    assert told["10.1.2.3"].startswith("Private") and "registered in US" in told["8.8.8.8"]
    assert told["+14155550100"] == "not a Pakistani number" and "203.0.113.9" in told


def test_lines_that_are_hard_to_answer_stay_with_a_note(session: Session, bring: Bring, tmp_path: Path) -> None:
    captures = [
        (PTCL, day(30), ""), (PTCL, day(29).rstrip("Z"), "40123"), (PTCL, "", "40124"), (PTCL_TWO, day(31), "443"),
        (ZONG_V6, day(20), ""),
    ]  # fmt: skip
    case = bring([Told(FIRST, captures, proxies=(PTCL_TWO,))])
    made = create_requests(session, case, SUBSCRIBER, tmp_path / "out")
    notes = {(row[2], row[3], row[4]): (row[8], row[6]) for each in made.requests for row in annex(each.path)}
    assert notes[PTCL, "not stated", day(30)][0] == NO_PORT
    assert notes[PTCL, "40123", day(29)] == (NO_ZONE, "")  # no window: the hour may be another one
    assert notes[PTCL, "40124", "not stated"][0] == NO_TIME
    assert PROXY in notes[PTCL_TWO, "443", day(31)][0] and "server's own" in notes[PTCL_TWO, "443", day(31)][0]
    assert notes[ZONG_V6, "not stated", day(20)] == ("", "")  # a whole IPv6 address is not shared
    assert notes[PHONE, "", ""][0] == PORTED
    assert notes[PTCL, "not stated", day(30)][1] < day(30)


def test_the_same_capture_in_two_reports_is_one_line(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")]), Told(SECOND, [(PTCL, day(30), "40123")], handle="other")])
    made = create_requests(session, case, SUBSCRIBER, tmp_path / "out")
    assert values(made) == {(PTCL, "40123", day(30)): 1, (PHONE, "", ""): 1}


SECRETS = (
    FIRST, SECOND, "Amber", "Specimen", "amber_example", CHILD_PHONE[3:], "kite_flyer", "mail.example", "Juniper", TYPE, "Enticement",
    "holiday-77", "IMG_4711", "desk@provider", "acc-771", "C-20", "Lantern",
)  # fmt: skip


def parts(path: Path) -> dict[str, bytes]:
    """Every byte of a file, and of every member of a zip."""
    data = path.read_bytes()
    found = {path.name: data}
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            found |= {f"{path.name}!{name}": packed.read(name) for name in packed.namelist()}
            assert packed.comment == b""
    return found


@pytest.mark.parametrize("kind", [kind for kind in RequestKind if not kind.is_abroad])
def test_nothing_else_of_a_report_leaves(session: Session, bring: Bring, tmp_path: Path, kind: RequestKind) -> None:
    captures = [(PTCL, day(30), "40123"), (JAZZ_NET, day(29), "")]
    case = bring([Told(FIRST, captures), Told(SECOND, captures)])
    cases.set_number(session, case, "enquiry", "41/2026")
    create_requests(session, case, kind, tmp_path / "out", warrant="W-9")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) == 12
    for path in files:
        for name, data in parts(path).items():
            for secret in SECRETS:
                for coded in (secret.encode(), secret.encode("utf-16-le")):
                    assert coded.lower() not in data.lower(), (name, secret)
        assert not any(secret in str(path.relative_to(tmp_path)) for secret in SECRETS)


def test_a_provider_is_told_the_account_that_it_named_and_no_capture(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")])])
    made = create_requests(session, case, RequestKind.FOREIGN_PRESERVATION, tmp_path / "out")
    assert [each.addressee for each in made.requests] == ["Lantern Chat"]
    assert [row[2] for row in annex(made.requests[0].path)] == ["acc-771"]
    text = b"".join(data for path in (tmp_path / "out").rglob("*") if path.is_file() for data in parts(path).values())
    for secret in (FIRST, "Amber", "amber_example", TYPE, "Enticement", PTCL, PHONE[3:], "holiday-77"):
        assert secret.encode() not in text


def test_a_letter_is_a_draft_until_its_numbers_are_in(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST)])
    draft = create_requests(session, case, RequestKind.TRAFFIC, tmp_path / "one").requests[0]
    assert draft.draft and len(draft.missing) == 2 and "DRAFT" in letter(draft.path)
    cases.set_number(session, case, "FIR", "7/2026")
    waits = create_requests(session, case, RequestKind.TRAFFIC, tmp_path / "two").requests[0]
    assert [str(each) for each in waits.missing] == ["the number of the Court's warrant"]
    cases.set_number(session, case, "warrant", "W-77")
    whole = create_requests(session, case, RequestKind.TRAFFIC, tmp_path / "three").requests[0]
    assert not whole.draft and "DRAFT" not in letter(whole.path)
    assert "FIR No. 7/2026" in letter(whole.path) and "W-77" in letter(whole.path) and "section 32" in letter(whole.path)
    assert draft.number == waits.number == whole.number
    assert annex(draft.path) == annex(whole.path), "the lines keep their numbers"
    assert len(list_requests(session)) == 1


@pytest.mark.parametrize(
    ("kind", "section", "others"),
    [
        (SUBSCRIBER, "section 31", ("section 32", "section 34", "section 28")),
        (RequestKind.TRAFFIC, "section 32", ("section 31", "section 34", "section 29")),
        (RequestKind.CONTENT, "section 34", ("section 31", "section 32")),
        (RequestKind.PRESERVATION, "section 31", ("section 32", "section 34", "section 28")),
        (RequestKind.MLA, "Mutual Legal Assistance (Criminal Matters) Act, 2020", ("section 31", "section 34")),
    ],
)
def test_a_letter_cites_the_section_of_the_act_and_no_offence(
    session: Session, bring: Bring, tmp_path: Path, kind: RequestKind, section: str, others: tuple[str, ...]
) -> None:
    text = letter(create_requests(session, bring([Told(FIRST)]), kind, tmp_path / "out").requests[0].path)
    assert section in text and not [other for other in others if other in text]
    assert not re.search(r"section (2[0-7]|292|377)|child|abuse|minor", text, re.IGNORECASE)


def test_captures_before_the_act_make_a_draft(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, "2016-05-01T10:00:00Z", "40123")], phones=())])
    cases.set_number(session, case, "enquiry", "41/2026")
    (made,) = create_requests(session, case, SUBSCRIBER, tmp_path / "out").requests
    assert made.draft and "before PECA" in str(made.missing[0])


def test_the_childs_line_goes_out_only_when_a_lead_asks_and_then_alone(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")])])
    (made,) = create_requests(session, case, SUBSCRIBER, tmp_path / "child", child_line=True).requests
    assert [row[2] for row in annex(made.path)] == [CHILD_PHONE]
    ordinary = create_requests(session, case, SUBSCRIBER, tmp_path / "others")
    assert made.number not in [each.number for each in ordinary.requests] and (CHILD_PHONE, "", "") not in values(ordinary)
    assert "Amber" not in letter(made.path) and "child" not in letter(made.path).lower()
    add_person(session.store, "examiner", [Role.EXAMINER], "nine grey hills")
    with unlock(session.store.directory, "examiner", "nine grey hills") as other, pytest.raises(Refused, match="may not assign"):
        create_requests(other, case, SUBSCRIBER, tmp_path / "no", child_line=True)


def test_a_number_that_is_the_childs_too_is_left_out(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, phones=(PHONE, CHILD_PHONE))])
    made = create_requests(session, case, SUBSCRIBER, tmp_path / "out")
    assert values(made) == {(PHONE, "", ""): 1} and left(made)[CHILD_PHONE] == "belongs to the child"


def test_nothing_of_a_cleared_person_is_asked(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST), Told(SECOND, phones=("+923120000777",), handle="other", user_id="acc-2")])
    destruction.clear_person(session, SECOND, "another person's account")
    made = create_requests(session, case, SUBSCRIBER, tmp_path / "out")
    assert values(made) == {(PHONE, "", ""): 1} and "cleared" in left(made)["+923120000777"]


def test_a_cleared_person_is_asked_about_only_with_a_reason_that_stands_in_the_first_line(
    session: Session, bring: Bring, tmp_path: Path
) -> None:
    other = "+923120000777"
    case = bring([Told(FIRST), Told(SECOND, phones=(other,), handle="other", user_id="acc-2")])
    with pytest.raises(Refused, match="set apart as cleared"):
        create_requests(session, case, SUBSCRIBER, tmp_path / "no", although_cleared="a reason")
    destruction.clear_person(session, SECOND, "another person's account")
    reason = "The court asks who held the line."
    made = create_requests(session, case, SUBSCRIBER, tmp_path / "out", although_cleared=reason)
    assert set(values(made)) == {(PHONE, "", ""), (other, "", "")}
    asked = next(each for each in made.requests if any(row[2] == other for row in annex(each.path)))
    (line,) = [row[0] for row in annex(asked.path) if row[2] == other]
    said = re.sub("<[^>]*>", "", letter(asked.path).split("<w:body>")[1])
    assert said.startswith(f"Annex lines {line}: requested although the person concerned was cleared. {reason}")
    assert SECOND not in said and other not in said
    with session.reading() as db:
        assert db.value("SELECT count(*) FROM audit_entry WHERE json LIKE '%requests written although cleared%'") == 1


def test_what_a_comparison_found_elsewhere_is_named_unless_it_is_undercover(
    session: Session, bring: Bring, tmp_path: Path
) -> None:
    case = bring([Told(FIRST)])
    with session.store.batch() as batch:
        deconfliction = SessionRow(
            session="s", other_key="ab" * 32, first=1, made="2026-11-20T06:00:00Z", user_id=1, compared=2, length=2,
            scalar=b"1", silent_scalar=b"2", their_points=None, theirs=None, finished=None, silent=None,
        )  # fmt: skip
        sql_deconfliction.add_session(batch, deconfliction)
        sql_deconfliction.add_items(batch, "s", [(0, "phone", PHONE, 0, 1), (1, "email", "x@a.invalid", 1, 1)])
        sql_deconfliction.finish_session(batch, "s", "f", "2026-11-21T06:00:00Z", 1, [0, 1])
    found = create_requests(session, case, SUBSCRIBER, tmp_path / "out").shared
    assert [(each.kind, each.value, each.store) for each in found] == [("phone", PHONE, "ab" * 8)]


def test_only_the_named_operator(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")])])
    made = create_requests(session, case, SUBSCRIBER, tmp_path / "out", operator="ptcl")
    assert [Path(each.path).name for each in made.requests] == ["ptcl"]
    with pytest.raises(Refused, match="Jazz"):
        create_requests(session, case, SUBSCRIBER, tmp_path / "no", operator="Nobody")
    with pytest.raises(NotFound, match=case):
        create_requests(session, "C-1", SUBSCRIBER, tmp_path / "no")
    with pytest.raises(WorldError, match="exists already"):
        create_requests(session, case, SUBSCRIBER, tmp_path / "out")


def test_what_was_sent_and_not_answered_is_not_asked_again(session: Session, bring: Bring, tmp_path: Path) -> None:
    case = bring([Told(FIRST, [(PTCL, day(30), "40123")])])
    first = create_requests(session, case, SUBSCRIBER, tmp_path / "one")
    for each in first.requests:
        life.send_request(session, each.number, sent=today().date().isoformat())
    again = create_requests(session, case, SUBSCRIBER, tmp_path / "two")
    assert again.requests == () and not (tmp_path / "two").exists()
    assert "asked for already in R-" in left(again)[PTCL]
    life.close_request(session, first.requests[0].number)
    assert len(create_requests(session, case, SUBSCRIBER, tmp_path / "three").requests) == 1


# -- what expires ----------------------------------------------------------------------------------------------------------


def test_preserving_asks_for_what_expires_and_for_nothing_twice(session: Session, bring: Bring, tmp_path: Path) -> None:
    captures = [(PTCL, day(360), "40123"), (PTCL, day(300), "40124"), (PTCL, day(400), "40125")]
    case = bring([Told(FIRST, captures, phones=(), ago=360)])
    made = preserve_expiring(session, 30, tmp_path / "one")
    assert [each.kind for each in made.requests] == ["foreign-preservation", "preservation"], "providers abroad come first"
    operators = [each for each in made.requests if each.kind == "preservation"]
    assert [(row[2], row[3]) for each in operators for row in annex(each.path)] == [(PTCL, "40123")]
    assert "ran out" in left(made)[PTCL]  # the capture of 400 days ago
    assert all(each.draft is False or str(each.missing[0]).startswith("a case with") for each in made.requests)
    again = preserve_expiring(session, 30, tmp_path / "again")
    assert [each.number for each in again.requests] == [each.number for each in made.requests]
    for each in again.requests:
        life.send_request(session, each.number, sent=today().date().isoformat())
    assert preserve_expiring(session, 30, tmp_path / "third").requests == ()
    (more,) = preserve_expiring(session, 200, tmp_path / "more").requests
    assert more.number not in {each.number for each in made.requests}
    assert case


def test_lines_with_an_enquiry_number_go_into_a_letter_that_can_be_sent(session: Session, bring: Bring, tmp_path: Path) -> None:
    ready, waits = bring([Told(FIRST)]), bring([Told(SECOND, phones=("+923000000777",), handle="other", user_id="acc-2")])
    cases.set_number(session, ready, "enquiry", "41/2026")
    made = [each for each in preserve_expiring(session, 400, tmp_path / "out").requests if each.kind == "preservation"]
    assert [(each.draft, each.lines) for each in made] == [(False, 1), (True, 1)]
    assert len({each.path for each in made}) == 1, "one folder an addressee"
    (final,) = Path(made[0].path).glob(f"{made[0].number}-letter.docx")
    with zipfile.ZipFile(final) as packed:
        assert "41/2026" in packed.read("word/document.xml").decode()
    assert waits


def test_a_thousand_identifiers_none_lost_or_doubled(session: Session, bring: Bring, tmp_path: Path) -> None:
    """Compared with what the reports tell, not with what the program read of them."""
    told, wanted, reports_of = [], Counter[tuple[str, str, str]](), 250
    for n in range(reports_of):
        captures = [(f"39.32.{n % 200}.{k + 1}", day(200 + n % 90), str(20_000 + n)) for k in range(3)]
        phone = f"+92300{n % 180:07d}"  # some stand in two reports
        told.append(Told(str(900001000 + n), captures, phones=(phone,), child=None, handle=f"u{n}", user_id=f"acc-{n}", ago=200))
        wanted.update({(address, port, time): 1 for address, time, port in captures})
        wanted[phone, "", ""] = 1
    wanted = Counter(dict.fromkeys(wanted, 1))
    bring(told)
    made = preserve_expiring(session, 400, tmp_path / "out")
    found = Counter[tuple[str, str, str]]()
    for each in (each for each in made.requests if each.kind == "preservation"):
        rows = annex(each.path)
        assert len(rows) == each.lines
        found.update((row[2], row[3], row[4]) for row in rows)
    assert sum(found.values()) > 900 and found == wanted and made.left_out == ()
    stored = session.store.read().all("SELECT line FROM request_line")
    assert len({line for (line,) in stored}) == len(stored), "line numbers are unique"
    assert sql.count_requests(session.store.read()) == len(made.requests)
