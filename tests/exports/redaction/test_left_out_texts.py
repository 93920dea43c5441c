"""What stands only in words: it leaves in no redacted edition before a named person states that they read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.exports.redaction.test_redact import levelled, texts_of
from tests.jobs.bundles import jpeg
from tests.jobs.conftest import CHEAP
from triage.errors import Refused
from triage.exports.redaction.telling_words import find_telling_sentences, is_words_of_source, speaks_of_home
from triage.exports.redaction.value_finder import ChildValue, ValueFinder
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.packet import create_packet, preview_packet
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.store import Store

NUMBER = "900000001"
UNKNOWN = {
    "school": "Paper Lantern Girls High",
    "home": "blue gate near the old kite mill",
    "nickname": "Guriya Rani",
    "mother": "Rehana Otterwala",
    "tutor": "Sir Pelicano",
    "threat": "send more or i will post your pictures",
    "file": "otter-at-school",
    "officer": "Heronpura",
}
"""Words that no field names as a child's: they stand in texts, in names of files and in what people wrote down."""
KNOWN = {
    "birth": ("2013-04-09", "9 April 2013", "09/04/2013", "April 9th", "۹ اپریل ۲۰۱۳", "9.4.13"),
    "home": ("House 7", "H. No. 7", "makan number 7", "House # 7"),
    "city": ("Kasur", "kasur"),
}
TEXT = (
    "She goes to {school} school and lives at House 7, {home}. Friends call her {nickname}; her mother {mother} complained. "
    "{tutor} is her tutor. He wrote: {threat}. Born 9 April 2013 in Kasur, H. No. 7, makan number 7, House # 7, 09/04/2013, "
    "April 9th, ۹ اپریل ۲۰۱۳ or 9.4.13."
).format(**UNKNOWN)


def document(text: str = TEXT) -> dict[str, Any]:
    return {
        "reportId": NUMBER,
        "dateReceived": "2026-10-02T08:00:00Z",
        "reportedInformation": {
            "reportingEsp": {"espName": "Lantern Chat"},
            "incidentSummary": {
                "incidentType": "Online Enticement of Children for Sexual Acts",
                "incidentDateTime": "2026-10-01T05:00:00Z",
                "escalateToHighPriority": f"Urgent: {text}",
            },
            "additionalInformation": text,
            "reportedPeople": {
                "reportedPersons": [
                    {
                        "firstName": "Tariq",
                        "age": 41,
                        "screenName": {"value": "kite_flyer"},
                        "relationshipToChildVictim": text,
                        "profileBio": text,
                    }
                ]
            },
            "childVictims": [
                {
                    "age": 13,
                    "dateOfBirth": "2013-04-09",
                    "screenName": {"value": "little_kite_13"},
                    "profileBio": f"{UNKNOWN['nickname']} of {UNKNOWN['school']} school, fan of paper boats and rivers",
                    "physicalDescription": "wears a red badge",
                    "additionalInfo": f"known as {UNKNOWN['nickname']}",
                    "addresses": {"addresses": [{"address": "House 7, Pond Road", "city": "Kasur", "country": "PK"}]},
                }
            ],
            "uploadedFiles": {"uploadedFiles": [{"filename": f"{UNKNOWN['file']}.jpg", "additionalInfo": text}]},
        },
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    work = tmp_path_factory.mktemp("texts")
    with Session(Store.create(work / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        for n in range(2):
            folder = work / f"v{n}" / NUMBER
            folder.mkdir(parents=True)
            (folder / "r.json").write_text(json.dumps(document(TEXT if n else f"Earlier. {TEXT}")), encoding="utf-8")
            (folder / f"{UNKNOWN['file']}.jpg").write_bytes(jpeg(1))
            import_bundles(session, [folder.parent], receipt=Receipt(note=f"brought by the uncle from {UNKNOWN['officer']}"))
        decide(session, NUMBER, status="in_progress", reason=f"the family of {UNKNOWN['officer']} was heard at home")
        yield session


@pytest.fixture(scope="module")
def packet(desk: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "packet"
    create_packet(desk, [NUMBER], out, edition="redacted")
    return out


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_stands_only_in_words_stays_inside(packet: Path, what: str) -> None:
    assert [name for name, text in texts_of(packet).items() if levelled(UNKNOWN[what]) in levelled(text)] == []


@pytest.mark.parametrize("spelling", [each for spellings in KNOWN.values() for each in spellings])
@pytest.mark.parametrize("texts_read", [False, True])
def test_a_known_value_leaves_in_no_usual_spelling(
    desk: Session, packet: Path, tmp_path: Path, spelling: str, *, texts_read: bool
) -> None:
    if texts_read:
        packet = tmp_path / "read"
        create_packet(desk, [NUMBER], packet, edition="redacted", texts_read=True)
    assert [name for name, text in texts_of(packet).items() if spelling.casefold() in text.casefold()] == []


def test_it_says_what_was_left_out(packet: Path) -> None:
    said = json.loads((packet / "data" / "report.json").read_bytes())
    whats = " ".join(each["what"] for each in said["removed"])
    assert "Texts and chats of the sources" in whats and "sentences in them that speak of a school" in whats
    assert said["texts_read_by"] is None and {"kite_flyer"} <= {each["value"] for each in said["reports"][0]["identifiers"]}
    assert "nobody stated that they read them" in (packet / "README.txt").read_text("utf-8")


def test_texts_leave_when_a_named_person_states_that_they_read_them(desk: Session, tmp_path: Path) -> None:
    create_packet(desk, [NUMBER], tmp_path / "p", edition="redacted", texts_read=True)
    said = json.loads((tmp_path / "p" / "data" / "report.json").read_bytes())
    assert said["texts_read_by"] == "first"
    (report,) = said["reports"]
    texts = {text["of"]: text["text"] for text in report["free_text"]}
    assert UNKNOWN["threat"] in texts["incident"] and "[removed: date of birth" in texts["incident"]
    assert texts["victim"].startswith("[left out")
    assert "first stated that they read the texts" in (tmp_path / "p" / "README.txt").read_text("utf-8")
    assert any(
        step["what"] == "packet texts read"
        for step in map(json.loads, (tmp_path / "p" / "data" / "custody.jsonl").read_text("utf-8").splitlines())
    )
    with pytest.raises(Refused, match="Only a redacted edition"):
        create_packet(desk, [NUMBER], tmp_path / "full", texts_read=True)


def test_the_reader_is_shown_what_to_look_at(desk: Session) -> None:
    texts = preview_packet(desk, [NUMBER], edition="redacted").texts
    assert texts and all("2013" not in each.text and "Kasur" not in each.text for each in texts)
    assert any(UNKNOWN["school"] in sentence for each in texts for sentence in each.telling)
    assert not any("fan of paper boats" in each.text for each in texts)
    assert preview_packet(desk, [NUMBER]).texts == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "She goes to Lantern School.", "wo madrassay jati hai", "their house is blue", "mohalle mein rehti hai", "گلی نمبر ۴ میں", "وہ اسکول جاتی ہے",
        "her tutor knows", "ghar ke paas", "on Pond Street", "College of Kites",
    ],
)  # fmt: skip
def test_a_sentence_of_a_school_or_a_home_is_marked(sentence: str) -> None:
    assert speaks_of_home(sentence) and find_telling_sentences(f"Nothing here. {sentence}\nNor here.") == (sentence,)


@pytest.mark.parametrize("sentence", ["He asked for pictures.", "send more", "kal phir aana", ""])
def test_other_sentences_are_not_marked(sentence: str) -> None:
    assert not speaks_of_home(sentence) and not is_words_of_source(sentence)


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ("2013-04-09", "9 April 2013"), ("2013-04-09", "on April 9."), ("2013-04-09", "09-04-13"), ("09/04/2013", "4.9.2013"),
        ("9 April 2013", "2013/4/9"), ("April 9, 2013", "۹ اپریل"), ("9-Apr-2013", "20130409"), ("2013-04-09", "the 9th of april"),
    ],
)  # fmt: skip
def test_a_date_of_birth_is_found_in_every_usual_spelling(stated: str, text: str) -> None:
    assert "[removed: date of birth" in ValueFinder([ChildValue("date of birth", stated, "child 1")]).replace(f"x {text} y")


@pytest.mark.parametrize("text", ["9 April 2026", "April 9, 2026", "size 9,413 bytes", "a20130409f", "19.4.2013", "9 May 2013"])
def test_another_date_or_number_stays(text: str) -> None:
    assert ValueFinder([ChildValue("date of birth", "2013-04-09", "child 1")]).replace(text) == text
