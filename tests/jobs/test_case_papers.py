"""Papers of a case: the diary says all that was done, and the draft of a source report names no child."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.listed import list_outgoing
from tests.jobs.requests.reports import Told, write_reports
from tests.people import add_person
from triage.errors import NotFound, Refused, WorldError
from triage.exports.verify import verify_file
from triage.jobs.casework import appeals, cases, corrections, preservation
from triage.jobs.casework.decisions import decide, undo_decision
from triage.jobs.casework.diary import export_diary, load_diary
from triage.jobs.casework.funnel import measure_funnel
from triage.jobs.casework.shift import close_shift
from triage.jobs.casework.source_report import export_source_report
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.officer import set_profile
from triage.jobs.policy import set_policy
from triage.jobs.requests.life import send_request
from triage.jobs.requests.making import create_requests
from triage.jobs.requests.replies import take_reply
from triage.jobs.review import grading
from triage.jobs.session import Session, now, unlock
from triage.model.data_requests import RequestKind
from triage.model.handover import Receipt
from triage.model.moment import pakistan_day
from triage.model.users import Role

NUMBER = "900000601"
CHILD = {"name": "Zarmina Example", "handle": "zarmina.kites", "mail": "zarmina@child.invalid", "city": "Exampleabad"}


@pytest.fixture
def case(session: Session, tmp_path: Path) -> str:
    """A case of one report whose victim is named in every way that a report has."""
    folder = tmp_path / "in" / NUMBER
    folder.mkdir(parents=True)
    told = json.loads(le_json(int(NUMBER)))
    told["victims"] = {
        "victims": [
            {
                "firstName": "Zarmina",
                "lastName": "Example",
                "age": "11",
                "screenName": {"value": CHILD["handle"]},
                "emails": [{"value": CHILD["mail"]}],
                "address": {"city": CHILD["city"]},
            }
        ]
    }
    (folder / f"{CHILD['handle']}.json").write_text(json.dumps(told), encoding="utf-8")
    told["reportedInformation"]["uploadedFiles"]["uploadedFiles"] = [
        {"filename": "Zarmina.jpg", "viewedByEsp": True, "industryClassification": "A1"}
    ]
    (folder / f"{CHILD['handle']}.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "Zarmina.jpg").write_bytes(jpeg(3))
    import_bundles(session, [tmp_path / "in"], receipt=Receipt())
    return cases.open_case(session, [NUMBER]).number


def words_of(path: Path) -> str:
    """Returns all text of a Word document or spreadsheet, its properties too."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def test_the_diary_holds_each_act_once_in_the_order_of_time(session: Session, case: str, tmp_path: Path) -> None:
    undo_decision(session, decide(session, NUMBER, status="on_hold", reason="age uncertain", note="wait for Monday"))
    decide(session, NUMBER, status="case_opened", reason="case opened", assignee="first")
    corrections.correct_band(session, NUMBER, "A", "he named the school")
    cases.set_number(session, case, "fir", "12/2026")
    cases.set_stage(session, case, "enquiry", note="opened by order")
    preservation.record_notice(session, NUMBER, issued="2026-11-01", to_whom="Example Telecom", number="4/2026")
    preservation.record_court_informed(session, NUMBER, told="2026-11-02")
    appeals.record_appeal(session, case, "It was not me.", received="2026-11-03")
    appeals.answer_appeal(session, case, 1, "Looked into.")
    diary = load_diary(session, case)
    whats = [str(entry.what) for entry in diary.entries]
    for what in (
        "Case opened",
        "Report added to the case",
        "Report imported from its source documents",
        "Decision: on hold (undone later)",
        "Decision: case opened, assigned to first",
        "Judgement corrected. Band set to A",
        "Number recorded: FIR 12/2026",
        "Stage: enquiry",
        "Preservation notice number 4/2026 issued to Example Telecom (PECA s. 31)",
        "Court informed of the preservation notice",
        "Appeal of the reported user, received on 2026-11-03, recorded",
        "Appeal answered",
    ):
        assert whats.count(what) == 1, what
    assert [entry.when for entry in diary.entries] == sorted(entry.when for entry in diary.entries)
    assert next(entry for entry in diary.entries if "on hold" in str(entry.what)).text == "age uncertain; wait for Monday"
    for ending in ("pdf", "xlsx"):
        out = tmp_path / f"diary.{ending}"
        export_diary(session, case, out)
        assert verify_file(out).valid
        with pytest.raises(WorldError, match="exists already"):
            export_diary(session, case, out)
    assert "wait for Monday" in words_of(tmp_path / "diary.xlsx")
    assert [o.kind for o in list_outgoing(session)] == ["diary", "diary"]
    with pytest.raises(WorldError, match=r"end the name in \.pdf or \.xlsx"):
        export_diary(session, case, tmp_path / "diary.txt")


def test_a_grade_that_waits_for_a_second_person_stands_in_no_diary(session: Session, case: str) -> None:
    sha256 = next(row for row in session.store.read().all("SELECT sha256 FROM media_item"))[0]
    grading.grade_file(session, NUMBER, sha256, "exploitive")
    assert not [entry for entry in load_diary(session, case).entries if "graded" in str(entry.what)]


def test_the_draft_names_no_child_and_says_what_is_missing(session: Session, case: str, tmp_path: Path) -> None:
    out = tmp_path / "draft.docx"
    draft = export_source_report(session, case, out)
    assert draft.missing[:4] == ("full name", "rank", "agency", "source report number")
    said = words_of(out)
    for value in (*CHILD.values(), "Zarmina"):
        assert value.casefold() not in said.casefold(), value
    assert f"File {NUMBER}-F1" in said, "a section's reason names the file by its exhibit"
    assert NUMBER in said and "DRAFT" in said and draft.items[0].children == 1
    assert verify_file(out).valid and [o.kind for o in list_outgoing(session)] == ["source_report"]


def test_what_is_stated_once_is_missing_no_more(session: Session, case: str, tmp_path: Path) -> None:
    set_profile(session, "first", {"full_name": "Ayesha Khan", "rank": "Inspector"})
    set_policy(session, "agency-name", "Example Agency")
    cases.set_number(session, case, "source report", "77/2026")
    draft = export_source_report(session, case, tmp_path / "draft.docx")
    assert not {"full name", "rank", "agency", "source report number"} & set(draft.missing)
    assert all(text in words_of(tmp_path / "draft.docx") for text in ("Ayesha Khan", "Example Agency", "77/2026"))


def test_papers_of_a_case_need_their_right_and_an_existing_case(session: Session, case: str, tmp_path: Path) -> None:
    add_person(session.store, "analyst", [Role.ANALYST], "nine grey hills")
    with unlock(session.store.directory, "analyst", "nine grey hills") as analyst:
        for write in (
            lambda: export_diary(analyst, case, tmp_path / "d.pdf"),
            lambda: export_source_report(analyst, case, tmp_path / "s.docx"),
        ):
            with pytest.raises(Refused, match="write papers of cases"):
                write()
        assert load_diary(analyst, case).case == case
    with pytest.raises(NotFound, match="There is no case"):
        export_source_report(session, "C-1999-0001", tmp_path / "s.docx")
    assert not (tmp_path / "s.docx").exists()


def test_requests_and_replies_stand_in_the_diary_the_funnel_and_the_shift_sheet(session: Session, tmp_path: Path) -> None:
    folder = write_reports(tmp_path / "lines", [Told("900000451", child=None)])
    import_bundles(session, [folder], receipt=Receipt())
    number = cases.open_case(session, ["900000451"]).number
    cases.set_number(session, number, "enquiry", "9/2026")
    made = create_requests(session, number, RequestKind.PRESERVATION, tmp_path / "out").requests
    waiting = {each.name: each.total for each in close_shift(session).lists}
    assert waiting["requests that were not sent"] == len(made) and waiting["requests without a reply"] == 0
    for request in made:
        send_request(session, request.number, sent=str(pakistan_day(now())))
    waiting = {each.name: each.total for each in close_shift(session).lists}
    assert waiting["requests without a reply"] == len(made) and waiting["requests that were not sent"] == 0
    reply = tmp_path / "reply.csv"
    reply.write_text("Name,Note\nA. Example,none of these lines\n")
    take_reply(session, made[0].number, [reply])
    said = [str(entry.what) for entry in load_diary(session, number).entries]
    for request in made:
        assert said.count(f"Request {request.number} (preservation) to {request.addressee} made") == 1
        assert said.count(f"Request {request.number} sent") == 1
    assert said.count(f"Reply to request {made[0].number} imported: reply.csv") == 1
    for act, times in ((" imported: ", 1), (" sent", len(made)), ("Request R-", 2 * len(made)), ("etters", 0)):
        assert sum(act in what for what in said) == times, f"{act}: each act stands once"
    steps = {step.step: step.reports for step in measure_funnel(session).steps}
    assert (steps["requested from operators and providers"], steps["answered"]) == (1, 1)
