"""The page of a report: chats as messages with their speakers, marks with reasons, operators, and times across linked reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import le_json
from tests.jobs.test_boilerplate import THREAT, bundle
from triage.errors import NotFound
from triage.intents import read_intents
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.report_page import load_report_page
from triage.jobs.reading.show_chat import find_chat, mark_sentences
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.report_page import ReportPageView
from triage.model.views import QueueFilter

CHAT = "Anna: hello\nBen: where do you live?\nBen: send the picture or i show your family everything\nAnna: please no"
NUMBERS = (900000811, 900000812)


@pytest.fixture
def page(session: Session, tmp_path: Path) -> ReportPageView:
    for number, chat in zip(NUMBERS, (CHAT, ""), strict=True):
        import_bundles(session, [bundle(tmp_path, number, THREAT, chat=chat)], receipt=Receipt())
    return load_report_page(session, str(NUMBERS[0]))


def test_a_chat_is_messages_with_speaker_and_text(page: ReportPageView) -> None:
    (talk,) = [talk for talk in page.conversations if talk.messages[0].speaker == "Anna"]
    assert [(each.speaker, each.text) for each in talk.messages] == [
        ("Anna", "hello"),
        ("Ben", "where do you live?"),
        ("Ben", "send the picture or i show your family everything"),
        ("Anna", "please no"),
    ]


def test_sentences_to_read_first_are_marked_with_why(page: ReportPageView) -> None:
    (talk,) = [talk for talk in page.conversations if talk.messages[0].speaker == "Anna"]
    threat = talk.messages[2]
    assert threat.marks
    mark = threat.marks[0]
    assert threat.text[mark.start : mark.end] == "send the picture or i show your family everything"
    assert mark.intent == "threat" and mark.how in ("slot", "phrase", "classifier")
    assert not talk.messages[0].marks
    assert page.whole


def test_what_the_provider_wrote_is_no_chat(page: ReportPageView) -> None:
    assert all(text.origin in ("provider", "party", "NCMEC", "unknown") for text in page.texts)
    assert not any(text.text == CHAT for text in page.texts)


@pytest.mark.parametrize(
    "text",
    [
        "CyberTipline Report 900026480\nPriority Level: 1\nIncident Type: Child Sexual Molestation",
        "Submitter:\nBazaarline Ltd.\nCompany Email:\nrequests@bazaarline.example.invalid",
        "From: a@example.invalid\nTo: b@example.invalid\nItinerary in the chat: London to Lahore",
        "Immediate concern: a child says that they cannot go home.",
    ],
)
def test_covers_addresses_and_prose_are_no_chat(text: str) -> None:
    assert find_chat(text) is None


def test_a_speaker_with_a_persons_name_has_their_role(session: Session, tmp_path: Path) -> None:
    said = "user_900000821: kal milte hain\nlittle_kite: nahi\nuser_900000821: tasveer bhejo\nlittle_kite: نہیں"
    document = le_json(900000821, additionalInformation=said)
    (tmp_path / "900000821.json").write_bytes(document)
    import_bundles(session, [tmp_path / "900000821.json"], receipt=Receipt())
    page = load_report_page(session, "900000821")
    messages = [message for talk in page.conversations for message in talk.messages]
    assert {message.speaker: message.role for message in messages} == {"user_900000821": "suspect", "little_kite": None}


def test_a_short_chat_is_known_by_the_names_of_the_people() -> None:
    text = "boat: kal milte hain?\nkite: nahi,\nammi ghar par hain"
    assert find_chat(text) is None
    found = find_chat(text, {"boat", "kite"})
    assert found is not None
    assert [(each.sender, each.text) for each in found] == [("boat", "kal milte hain?"), ("kite", "nahi,\nammi ghar par hain")]
    assert find_chat("A letter to\nboat: x\nkite: y", {"boat", "kite"}) is None


def test_every_place_of_a_mark_lies_in_its_text() -> None:
    text = "hello. send the picture or i show your family everything! bye"
    for mark in mark_sentences(text, read_intents(text, "party")):
        assert 0 <= mark.start < mark.end <= len(text)


def test_a_sentence_in_two_messages_is_marked_in_both() -> None:
    findings = read_intents("[10:02] Ali: meet\n[10:03] Ali: me alone", "party")
    assert [finding.intent for finding in findings] == ["meeting"]
    marked = [[message[mark.start : mark.end] for mark in mark_sentences(message, findings)] for message in ("meet", "me alone")]
    assert marked == [["meet"], ["me alone"]]


def test_operator_and_sharing_of_each_address_and_number(page: ReportPageView) -> None:
    values = {entry.value for entry in page.report.identifiers if entry.kind in ("ip", "phone")}
    assert {operator.value for operator in page.operators} <= values
    assert {operator.shared for operator in page.operators} <= {"shared", "may be shared", "not shared", "unknown"}


def test_the_timeline_holds_the_linked_reports_and_the_deadlines(session: Session, page: ReportPageView) -> None:
    own, *linked = page.tracks
    assert own.report_id == str(NUMBERS[0]) and own.via == ""
    assert {link.report_id for link in page.report.links} == {track.report_id for track in linked}
    assert [event.name for event in own.events if event.kind == "deadline"] == sorted(
        (clock.name for clock in page.report.clocks),
        key=lambda name: next(clock.due for clock in page.report.clocks if clock.name == name),
    )
    assert [event.when for event in own.events] == sorted(event.when for event in own.events)


def test_what_is_next_stands_on_the_page_as_on_the_queues_sheet(session: Session, page: ReportPageView) -> None:
    from triage.jobs.reading.queue_sheet import load_sheet

    rows, _ = load_sheet(session, QueueFilter(), -1, 0)
    row = next(row for row in rows if row.row.report_id == page.report.report_id)
    assert str(page.next_act) == row.next_act


def test_there_is_no_page_without_a_report(session: Session) -> None:
    with pytest.raises(NotFound):
        load_report_page(session, "900999999")
