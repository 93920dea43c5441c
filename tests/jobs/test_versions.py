"""What arrives later takes nothing away by itself: the graver counts, the lesser waits, and the order of arrival changes nothing."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.importers.making import document as make_document
from tests.importers.making import identifier
from tests.jobs.bundles import le_json
from tests.jobs.conftest import OpenNew
from tests.people import add_person
from triage.errors import Refused
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.version_choices import accept_version, ask_about_version, refuse_version
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.gravest import JudgedReading, choose_documents, choose_fullest, name_different_users
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.reading.version_list import list_report_versions, list_waiting_versions
from triage.jobs.session import Session, unlock
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.model.views import QueueFilter, QueueRow

NUMBER = 900000777
GRAVE = {
    "reportId": str(NUMBER),
    "dateReceived": "2026-10-02T08:00:00Z",
    "reportedInformation": {
        "reportingEsp": {"espName": "Lantern Chat"},
        "incidentSummary": {"incidentType": "Child Sexual Molestation", "incidentDateTime": "2026-10-01T05:00:00Z"},
        "reportedPeople": {
            "reportedPersons": [
                {
                    "screenName": {"value": "kite_flyer"},
                    "emails": {"emails": [{"value": "kite@mail.example.invalid", "verified": None}]},
                    "ipCaptureEvents": {
                        "ipCaptureEvents": [{"ipAddress": "39.32.0.9", "dateTime": "2026-10-01T04:59:58Z", "eventName": "Upload"}]
                    },
                }
            ]
        },
    },
}


def changed(**changes: object) -> bytes:
    """The grave report with other parts; None takes a part out."""
    whole = json.loads(json.dumps(GRAVE))
    told = whole["reportedInformation"]
    for name, value in changes.items():
        if name == "type":
            told["incidentSummary"]["incidentType"] = value
        elif name == "people":
            told["reportedPeople"] = value
        elif name == "user":
            (person,) = told["reportedPeople"]["reportedPersons"]
            person["screenName"]["value"] = value
            person["emails"]["emails"][0]["value"] = f"{value}@mail.example.invalid"
        elif name == "address":
            (person,) = told["reportedPeople"]["reportedPersons"]
            person["ipCaptureEvents"]["ipCaptureEvents"][0]["ipAddress"] = value
        elif name == "also":
            (person,) = told["reportedPeople"]["reportedPersons"]
            person["ipCaptureEvents"]["ipCaptureEvents"] += value
        else:
            whole[name] = value
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


SMALL = json.dumps(
    {
        "reportId": str(NUMBER),
        "reportedInformation": {"incidentSummary": {"incidentType": "Misleading Words or Digital Images on the Internet"}},
    }
).encode()


@pytest.fixture
def bring(session: Session, tmp_path: Path) -> Callable[..., object]:
    count = itertools.count()

    def bring(*documents: bytes, of: Session = session) -> object:
        folder = tmp_path / f"delivery{next(count)}"
        for n, document in enumerate(documents):
            (folder / str(n)).mkdir(parents=True)
            (folder / str(n) / "report.json").write_bytes(document)
        return import_bundles(of, [folder], receipt=Receipt())

    return bring


def row(session: Session) -> QueueRow:
    (found,) = list_queue_rows(session, QueueFilter())
    return found


def test_a_small_document_with_a_grave_reports_number_takes_nothing_away(session: Session, bring: Callable[..., object]) -> None:
    bring(json.dumps(GRAVE).encode())
    before, seen = row(session), load_report_view(session, str(NUMBER))
    result = bring(SMALL)
    after, shown = row(session), load_report_view(session, str(NUMBER))
    assert (after.band, after.risk, after.actionability) == (before.band, before.risk, before.actionability)
    assert before.band == "A" and after.deadline == before.deadline and after.office == before.office
    assert after.version_waiting and result.versions_waiting == 1
    assert [i.value for i in seen.identifiers] == [i.value for i in shown.identifiers]
    assert shown.incident_type == "Child Sexual Molestation" == after.incident_type
    assert "incident_type" in after.sources_disagree
    first, second = list_report_versions(session, str(NUMBER))
    assert (first.state, second.state) == ("current", "waiting")
    assert second.needs_lead and str(second.says_less[0].what) == "band" and second.says_less[0].before == "A"


def test_only_a_lead_takes_a_report_out_of_band_a_and_can_take_it_back(
    session: Session, bring: Callable[..., object], tmp_path: Path
) -> None:
    bring(json.dumps(GRAVE).encode())
    before = row(session)
    bring(SMALL)
    add_person(session.store, "sana", [Role.ANALYST], "seven green boats")
    with unlock(session.store.directory, "sana", "seven green boats") as analyst, pytest.raises(Refused):
        accept_version(analyst, str(NUMBER), 2, "it says so")
    assert row(session).band == "A"
    with pytest.raises(Refused):
        accept_version(session, str(NUMBER), 2, "  ")
    accepted = accept_version(session, str(NUMBER), 2, "NCMEC confirmed by letter")
    assert accepted.state == "current" and accepted.choices[0].reason == "NCMEC confirmed by letter"
    lower = row(session)
    assert lower.band > "B" and not lower.version_waiting
    assert [each.state for each in list_report_versions(session, str(NUMBER))] == ["superseded", "current"]
    accept_version(session, str(NUMBER), 1, "the letter was forged")
    again = row(session)
    assert (again.band, again.risk) == (before.band, before.risk)


def test_a_refused_version_counts_no_longer_and_a_question_lets_it_wait(session: Session, bring: Callable[..., object]) -> None:
    bring(json.dumps(GRAVE).encode())
    bring(SMALL)
    assert ask_about_version(session, str(NUMBER), 2, "asked NCMEC").state == "waiting"
    assert [each.n for each in list_waiting_versions(session)] == [2]
    assert refuse_version(session, str(NUMBER), 2, "not of NCMEC").state == "refused"
    assert not row(session).version_waiting and not list_waiting_versions(session)
    result = bring(SMALL)
    assert [str(each.reason) for each in result.skipped] == ["an earlier version, already known"]
    assert not row(session).version_waiting and result.reports.unchanged == 1
    with pytest.raises(Refused):
        refuse_version(session, str(NUMBER), 1, "nothing would be left")


def test_an_older_delivery_that_comes_again_changes_nothing(session: Session, bring: Callable[..., object]) -> None:
    older, fuller = changed(type="Apparent Child Pornography"), json.dumps(GRAVE).encode()
    bring(older)
    bring(fuller)
    before = row(session)
    assert before.band == "A"
    result = bring(older)
    assert row(session) == before and result.reports.unchanged == 1
    assert [str(each.reason) for each in result.skipped] == ["an earlier version, already known"]


def test_a_version_that_says_more_counts_at_once_and_what_it_lowers_waits(session: Session, bring: Callable[..., object]) -> None:
    """More addresses abroad lower what Pakistan can do: the earlier reading counts for that until a person accepts."""
    bring(json.dumps(GRAVE).encode())
    before = row(session)
    abroad = [{"ipAddress": f"8.8.4.{n}", "dateTime": f"2026-10-01T04:5{n}:00Z", "eventName": "Login"} for n in range(1, 6)]
    bring(changed(also=abroad))
    after = row(session)
    assert after.actionability >= before.actionability and after.in_pakistan == before.in_pakistan
    assert next(each.state for each in list_report_versions(session, str(NUMBER))) == "superseded"
    if after.version_waiting:
        accept_version(session, str(NUMBER), 2, "the addresses are his")
        assert not row(session).version_waiting


def test_another_reported_user_waits_and_both_are_shown_apart(session: Session, bring: Callable[..., object]) -> None:
    bring(json.dumps(GRAVE).encode())
    bring(changed(user="somebody_else"))
    assert "reported_user" in row(session).sources_disagree and row(session).version_waiting
    shown = load_report_view(session, str(NUMBER))
    owners = {i.value: i.person for i in shown.identifiers if i.kind == "email"}
    assert len(owners) == 2 and len(set(owners.values())) == 2, "an innocent person must not become the reported user"


def test_a_closed_report_that_gets_a_grave_version_is_opened_again_for_its_closer(
    session: Session, bring: Callable[..., object]
) -> None:
    bring(changed(type="Apparent Child Pornography"))
    decide(session, str(NUMBER), status="closed", reason="not_abuse_material")
    assert row(session).status == "closed"
    result = bring(json.dumps(GRAVE).encode())
    after = row(session)
    assert (after.status, after.assignee, after.changed_after_closing) == ("new", session.user.name, True)
    assert result.rose_after_closing == 1
    assert load_report_view(session, str(NUMBER)).decisions[-1].user == "Triage"
    told = "".join(line for (line,) in session.store.read().all("SELECT json FROM audit_entry"))
    assert "report rose after closing" in told and "report reopened" not in told, "no person opened it"
    decide(session, str(NUMBER), status="in_progress")
    assert not row(session).changed_after_closing


def test_a_closed_report_that_gets_the_same_again_stays_closed(session: Session, bring: Callable[..., object]) -> None:
    bring(json.dumps(GRAVE).encode())
    decide(session, str(NUMBER), status="closed", reason="not_abuse_material")
    bring(json.dumps(GRAVE, indent=1).encode())
    bring(SMALL)
    assert row(session).status == "closed" and row(session).version_waiting


def test_a_closed_report_whose_risk_rises_within_its_band_is_opened_again(session: Session, bring: Callable[..., object]) -> None:
    told = json.loads(changed(type="Online Enticement of Children for Sexual Acts"))
    listed = {"filename": "boat.jpg", "md5": "0123456789abcdef0123456789abcdef", "industryClassification": "B2"}
    told["reportedInformation"]["uploadedFiles"] = {"uploadedFiles": [listed]}
    bring(json.dumps(told).encode())
    decide(session, str(NUMBER), status="closed", reason="not_abuse_material")
    before = row(session)
    listed["industryClassification"] = "B1"
    bring(json.dumps(told).encode())
    after = row(session)
    assert after.band == before.band and after.risk > before.risk
    assert not set(after.flags) - set(before.flags) - {"changed after closing", "version waits"}
    assert after.status == "new" and after.changed_after_closing


def test_of_many_documents_each_is_read_alone_whichever_came_first() -> None:
    documents = [make_document(str(n), slot=f"le_json#{n}") for n in range(1, 42)]
    chosen = choose_documents(documents, [None, *["waiting"] * 40])
    assert {(n,) for n in range(41)} <= set(chosen) and chosen[0] == tuple(range(41))
    assert len(chosen) < 50, "the work grows with the number of documents, not with its square"


def test_of_many_documents_the_24_first_hide_no_other_person() -> None:
    stated = [
        make_document(str(n), slot=f"le_json#{n}", identifiers=(identifier("email", "one@mail.example.invalid"),))
        for n in range(30)
    ]
    assert not name_different_users(stated)
    assert name_different_users(
        [*stated, make_document("last", identifiers=(identifier("email", "other@mail.example.invalid"),))]
    )


DELIVERIES = (
    json.dumps(GRAVE).encode(),
    SMALL,
    changed(type="Apparent Child Pornography", user="somebody_else"),
    changed(address="8.8.8.8"),
    changed(people=None),
)


def test_the_order_of_deliveries_changes_nothing(open_new: OpenNew, tmp_path: Path) -> None:
    found = []
    for n, order in enumerate(itertools.permutations(range(len(DELIVERIES)), len(DELIVERIES))):
        if n % 24:
            continue
        with open_new(tmp_path / f"store{n}") as session:
            for place in (*order, *order[:2]):
                folder = tmp_path / f"{n}-{place}"
                folder.mkdir(exist_ok=True)
                (folder / "report.json").write_bytes(DELIVERIES[place])
                import_bundles(session, [folder], receipt=Receipt())
            shown, at = load_report_view(session, str(NUMBER)), row(session)
            found.append(
                (
                    (at.band, at.risk, at.actionability, at.deadline, at.office, at.incident_type, at.sources_disagree),
                    {(i.kind, i.value, i.role) for i in shown.identifiers},
                    {clock.name: clock.due for clock in shown.clocks},
                    shown.incident_type,
                    at.version_waiting,
                )
            )
    assert all(each == found[0] for each in found[1:]), found


def test_no_version_makes_two_reports_on_one_user_one_sitting(session: Session, bring: Callable[..., object]) -> None:
    """Two reports that count for each other go on counting when a fuller version names the same accounts on the same day."""

    def told(number: int, name: str | None) -> bytes:
        whole = json.loads(changed(type="Apparent Child Pornography"))
        whole["reportId"] = str(number)
        (person,) = whole["reportedInformation"]["reportedPeople"]["reportedPersons"]
        person["screenName"]["value"] = name
        return json.dumps(whole).encode()

    bring(told(NUMBER, None), told(NUMBER + 1, "kite_flyer"))
    before = list_queue_rows(session, QueueFilter())
    assert all("repeat" in each.flags for each in before)
    bring(told(NUMBER, "kite_flyer"))
    after = list_queue_rows(session, QueueFilter())
    assert all("repeat" in each.flags and each.duplicates_of is None for each in after)


def test_of_equally_grave_readings_their_content_decides_which_is_shown() -> None:
    alike = [make_document(name, slot="le_json", esp=name) for name in ("boat", "kite", "lamp")]
    readings = [JudgedReading((each,), *cast("Any", (None, None, None, ()))) for each in alike]
    assert len({id(choose_fullest(list(some))) for some in itertools.permutations(readings)}) == 1
    more = JudgedReading(tuple(alike[:2]), *cast("Any", (None, None, None, ())))
    assert choose_fullest([*readings, more]) is more


def test_no_delivery_weakens_what_counts(session: Session, bring: Callable[..., object]) -> None:
    bring(le_json(NUMBER))
    before = row(session)
    for document in DELIVERIES:
        bring(document)
        after = row(session)
        assert (after.band, -after.risk) <= (before.band, -before.risk) and after.actionability >= before.actionability
        assert before.deadline is None or (after.deadline is not None and after.deadline <= before.deadline)
        before = after
