"""The redacted edition: a child's values are planted in every place a report has, and looked for in all bytes of the packet."""

from __future__ import annotations

import html
import io
import json
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import CHEAP
from triage.errors import Refused
from triage.exports.redaction.redact import _list_file_values, _redact_facts, _redact_file, _redact_identifier, _redact_person
from triage.exports.verify import verify_packet
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.packet import create_packet
from triage.jobs.session import Session
from triage.message import Message
from triage.model.handover import Handover, Receipt
from triage.model.match_way import MatchWay
from triage.model.matches import FileMatch
from triage.model.media import Exif, MediaFacts
from triage.model.views import FileVerdict, ShowFile, ShowIdentifier, ShowPerson
from triage.store.store import Store
from triage_demo.feed.exif import Camera, with_exif

NUMBER = "900000001"
"""One report, in three versions."""
CHILD = {
    "name": "Ambreen Qureshvala",
    "earlier name": "Zartasha Qureshvala",
    "phone": "+92 301 7654321",
    "email": "ambreen.q@mail.example.invalid",
    "handle": "ambreen_kites_09",
    "display name": "Ambreen Q ✿",
    "user id": "uid-7771234567",
    "school": "Lantern Vale Grammar School",
    "address": "House 17, Street 4, Kite Colony, Lahore",
    "url": "https://chat.example.invalid/u/ambreen_kites_09",
    "birth": "2013-04-09",
    "bio": "captain of the otter team at Lantern Vale",
    "recipient": "borrowed_boat_5",
    "mentioned": "otter.friend@mail.example.invalid",
}
CAMERA = Camera(make="Drawn", model="Kite 2", serial="MZ3242896", gps=(31.520412, 74.358745))
KEPT = ("kite_flyer_uncle", "+92 300 0000123", "Tariq")
"""Values of the reported user: a redacted edition without them would be of no use."""


def document(child_name: str, **more: object) -> dict[str, Any]:
    """A document of the report with a victim, a recipient and a reported user, and the child's values in all free places."""
    first, last = child_name.split()
    spaced = "A m b r e e n   Q U R E S H V A L A"
    text = (
        f"{child_name} of {CHILD['school']} wrote from {CHILD['email']}; call 0301-7654321 or ۰۳۰۱ ۷۶۵۴۳۲۱, {spaced}, "
        f"{CHILD['handle'].upper()}, {urllib.parse.quote(CHILD['url'])}, عمبرین, Amberin, {CHILD['mentioned']}. "
        f"PDQ {'ab' * 32}. He said he is {KEPT[2]}."
    )
    return {
        "reportId": NUMBER,
        "dateReceived": "2026-10-02T08:00:00Z",
        "reportedInformation": {
            "reportingEsp": {"espName": "Lantern Chat"},
            "incidentSummary": {
                "incidentType": "Online Enticement of Children for Sexual Acts",
                "incidentDateTime": "2026-10-01T05:00:00Z",
            },
            "additionalInformation": text,
            "reportedPeople": {
                "reportedPersons": [
                    {
                        "firstName": KEPT[2],
                        "lastName": last,
                        "age": 41,
                        "screenName": {"value": KEPT[0]},
                        "phones": {"phones": [{"value": KEPT[1]}]},
                        "profileBio": f"friend of {first}",
                    }
                ]
            },
            "intendedRecipients": [{"screenName": {"value": CHILD["recipient"]}}],
            "childVictims": [
                {
                    "firstName": first,
                    "lastName": last,
                    "age": 13,
                    "dateOfBirth": CHILD["birth"],
                    "schoolName": CHILD["school"],
                    "screenName": {"value": CHILD["handle"]},
                    "displayName": {"value": CHILD["display name"]},
                    "espUserId": CHILD["user id"],
                    "profileUrl": {"value": CHILD["url"]},
                    "profileBio": CHILD["bio"],
                    "physicalDescription": "a scar above the left eye, red kite badge",
                    "emails": {"emails": [{"value": CHILD["email"]}]},
                    "phones": {"phones": [{"value": CHILD["phone"]}]},
                    "addresses": {"addresses": [{"address": CHILD["address"], "city": "Lahore", "country": "PK"}]},
                }
            ],
            "uploadedFiles": {
                "uploadedFiles": [
                    {"filename": f"{first}-at-school.jpg", "originalFilename": f"{CHILD['handle']}.jpg", "additionalInfo": text}
                ]
            },
            "somethingNew": {"kept": f"{child_name} / {CHILD['handle']}"},
        },
        **more,
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The report in three versions, the first under another name of the child, with a picture that holds a position."""
    work = tmp_path_factory.mktemp("redacted")
    with Session(Store.create(work / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        for n, name in enumerate((CHILD["earlier name"], CHILD["name"], CHILD["name"])):
            folder = work / f"{CHILD['handle']}-{n}" / NUMBER
            folder.mkdir(parents=True)
            (folder / f"{CHILD['handle']}.json").write_text(
                json.dumps(document(name, priorityLevel="E1"[n % 2])), encoding="utf-8"
            )
            if n == 0:
                (folder / "Ambreen-at-school.jpg").write_bytes(with_exif(jpeg(1), CAMERA))
            receipt = Receipt(received_from="the courier", note=f"brought by the father of {CHILD['name']}")
            import_bundles(session, [folder.parent], receipt=receipt)
        decide(session, NUMBER, status="in_progress", reason="being worked on", note=f"called {CHILD['name']}")
        yield session


@pytest.fixture(scope="module")
def packet(desk: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "packet"
    create_packet(desk, [NUMBER], out, edition="redacted", descriptions=True, handover=Handover(note=f"for {CHILD['name']}"))
    return out


def texts_of(packet: Path) -> dict[str, str]:
    """Every file of the packet as text, a PDF by its text, and all names."""
    found = {"names": "\n".join(str(path.relative_to(packet)) for path in packet.rglob("*"))}
    for path in packet.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if data.startswith(b"%PDF-"):
            with pypdfium2.PdfDocument(io.BytesIO(data)) as document:
                pages = [page.get_textpage().get_text_bounded() for page in document]
            found[path.name] = "".join(pages) + repr(document)
        else:
            found[path.name] = data.decode("utf-8", "replace")
    return found


def levelled(text: str) -> str:
    """Letters and digits only, unescaped, without case, accents and blanks: written apart from the code under test."""
    text = html.unescape(urllib.parse.unquote(text))
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in plain if c.isalnum())


@pytest.mark.parametrize("what", CHILD)
def test_no_value_of_the_child_stands_anywhere(packet: Path, what: str) -> None:
    wanted = levelled(CHILD[what])
    if what == "phone":
        wanted = wanted[-10:]
    found = [name for name, text in texts_of(packet).items() if wanted in levelled(text)]
    assert found == []


@pytest.mark.parametrize(
    "piece",
    ["ambreen", "zartasha", "3017654321", "House 17", "Street 4", "red kite badge", "عمبرین", "Amberin", "31.5204", "74.3587"],
)
def test_no_piece_of_them_stands_anywhere(packet: Path, piece: str) -> None:
    assert [name for name, text in texts_of(packet).items() if levelled(piece) in levelled(text)] == []


@pytest.mark.parametrize("value", KEPT)
def test_what_the_reported_user_is_named_by_stays(packet: Path, value: str) -> None:
    assert levelled(value) in levelled(texts_of(packet)["report.json"])


def test_no_perceptual_hash_stands_anywhere(packet: Path, desk: Session, tmp_path: Path) -> None:
    create_packet(desk, [NUMBER], tmp_path / "full")
    files = json.loads((tmp_path / "full" / "data" / "report.json").read_bytes())["reports"][0]["files"]
    file = next(each for each in files if each["present"])
    assert len(file["pdq"]) == 64 and len(file["phash"]) == 16
    for text in texts_of(packet).values():
        for value in (file["pdq"], file["phash"], "ab" * 32, "MZ3242896"):
            assert value.casefold() not in text.casefold()


def test_it_says_what_was_removed_and_why_and_verifies(packet: Path) -> None:
    said = json.loads((packet / "data" / "report.json").read_bytes())
    assert said["edition"] == "redacted"
    whats = " ".join(each["what"] for each in said["removed"])
    for words in (
        "Names, wherever",
        "Schools, wherever",
        "Telephone numbers, wherever",
        "Perceptual hashes",
        "source documents",
        "EXIF",
    ):
        assert words in whats
    assert all(each["why"] for each in said["removed"])
    assert not (packet / "data" / "sources").exists()
    sources = said["reports"][0]["packet"]["sources"]
    assert len(sources) == 3 and all(each["sha256"] and each["file"] is None for each in sources)
    readme = (packet / "README.txt").read_text("utf-8")
    assert "REDACTED EDITION" in readme.splitlines()[0]
    text = texts_of(packet)
    for each in said["removed"]:
        assert each["what"] in " ".join(readme.split())
        assert levelled(each["what"]) in levelled(text["report.pdf"])
    assert verify_packet(packet).valid


def test_a_withdrawn_child_of_an_earlier_version_is_removed_too(tmp_path: Path) -> None:
    with Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        for n in (1, 2):
            folder = tmp_path / f"v{n}" / NUMBER
            folder.mkdir(parents=True)
            said = document(CHILD["name"]) if n == 1 else json.loads(le_json(900000001))
            (folder / "r.json").write_text(json.dumps(said))
            import_bundles(session, [folder.parent], receipt=Receipt())
        create_packet(session, [NUMBER], tmp_path / "p", edition="redacted")
    for text in texts_of(tmp_path / "p").values():
        assert "ambreen" not in levelled(text) and "3017654321" not in levelled(text)


def test_values_that_only_a_version_states_which_waits_for_a_person_are_removed(tmp_path: Path) -> None:
    """Its bytes are not shown, but a note of an officer may repeat what it says."""
    with Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        for n in (1, 2):
            folder = tmp_path / f"v{n}" / NUMBER
            folder.mkdir(parents=True)
            said = document(CHILD["earlier name" if n == 1 else "name"])
            (folder / "r.json").write_text(json.dumps(said))
            import_bundles(session, [folder.parent], receipt=Receipt())
        handover = Handover(note=f"for the school of {CHILD['name']}")
        create_packet(session, [NUMBER], tmp_path / "p", edition="redacted", handover=handover, texts_read=True)
    for text in texts_of(tmp_path / "p").values():
        assert "ambreen" not in levelled(text) and "zartasha" not in levelled(text)


def test_a_redacted_edition_holds_no_media_and_no_telling_name(desk: Session, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no media"):
        create_packet(desk, [NUMBER], tmp_path / "p", edition="redacted", with_media=True, recipients=["age1x"])
    with pytest.raises(Refused, match="name of the packet"):
        create_packet(desk, [NUMBER], tmp_path / f"for-{CHILD['handle']}", edition="redacted")
    assert list(tmp_path.iterdir()) == []


REMOVED = {
    ShowFile: {"pdq", "pdq_quality", "phash", "declared", "exif", "metadata", "verdict"},
    ShowIdentifier: {"value", "normalised", "details"},
    ShowPerson: {"facts"},
}
"""Fields that a redacted edition empties, or of which it keeps only what leads to nobody (`_redact_file` and its like)."""
HARMLESS = {
    ShowFile: {
        "name", "original_name", "md5", "sha1", "sha256", "size", "mime", "present", "declared_hash_matches", "viewed_by_esp",
        "exif_viewed_by_esp", "publicly_available", "classification", "annotations", "relevance", "uploaded", "uploaded_original", "uploaded_zone", "facts", "problem",
        "group", "group_size", "seen_in", "key", "sources", "alike", "held", "duration_ms", "film", "in_films", "not_checked",
        "file_text", "exhibit",
    },
    ShowIdentifier: {
        "kind", "role", "port", "time", "time_original", "time_zone", "event", "verified", "possible_proxy", "person", "file",
        "sources",
    },
    ShowPerson: {"role", "says"},
}  # fmt: skip
"""Fields in which only the words and values of children are replaced, as in all text."""


@pytest.mark.parametrize("view", REMOVED)
def test_somebody_decided_of_each_field_whether_it_leaves_redacted(view: type) -> None:
    """A further perceptual hash would leave with the redacted edition: put a new field on one of the two lists."""
    assert REMOVED[view] | HARMLESS[view] == {each.name for each in fields(view)}


def draw_file() -> ShowFile:
    """A file that states something in each field which a redacted edition changes."""
    match = FileMatch(
        way=MatchWay(hash_kind="pdq", distance=4),
        tier="match",
        quality=97,
        list="May",
        list_kind="known",
        list_date="2026-05-01",
        list_hash="7" * 64,
    )
    verdict = FileVerdict(known="match", why=Message("List of May."), matches=(match,))
    names = {each.name: None for each in fields(ShowFile)}
    return ShowFile(**names | {  # type: ignore[arg-type]
        "name": "drawn.jpg", "pdq": "4" * 64, "pdq_quality": 97, "phash": "5" * 16, "verdict": verdict,
        "declared": {"md5": "1" * 32, "SHA256": "2" * 64, "photodna": "3" * 288, "pdq": "4" * 64},
        "exif": {"Model": "Drawn Camera", "GPS": "31.5, 74.3", "Image Make": "Drawn", "BodySerialNumber": "MZ32", "modelled by": "Sara"},
        "metadata": (
            ("EXIF", "Image Model", "Drawn Camera"), ("EXIF", "EXIF BodySerialNumber", "MZ32"), ("EXIF", "GPS GPSLatitude", "31"),
            ("upload", "BodySerialNumber", "stated by the provider"), ("upload", "EXIF", "none"),
        ),
    })  # fmt: skip


def test_a_file_leaves_redacted_without_what_shows_or_leads_to_somebody() -> None:
    """A serial number of a camera could have stayed in the metadata: no test looked at one that stands there alone."""
    file = draw_file()
    redacted = _redact_file(file)
    assert (redacted.pdq, redacted.pdq_quality, redacted.phash) == (None, None, None)
    assert redacted.declared == {"md5": "1" * 32, "SHA256": "2" * 64}
    assert redacted.exif == {"Model": "Drawn Camera", "Image Make": "Drawn"}
    kept = (file.metadata[0], *file.metadata[3:])
    assert redacted.metadata == kept
    assert redacted.verdict == replace(file.verdict, matches=(replace(file.verdict.matches[0], list_hash=""),))
    assert {each: getattr(redacted, each) for each in HARMLESS[ShowFile]} == {
        each: getattr(file, each) for each in HARMLESS[ShowFile]
    }


def test_what_was_measured_leaves_redacted_without_hashes_preview_and_place() -> None:
    exif = Exif(
        make="Drawn", model="Kite 2", serial="MZ32", software="6.1", taken="2026:01:04 19:00:00", offset="+05:00", gps=(31.5, 74.3),
        gps_time="2026:01:04 14:00:00Z", fields=(("Image Artist", "Sara"),),
    )  # fmt: skip
    facts = MediaFacts(mime="image/jpeg", width=3, height=4, duration_ms=5, exif=exif, preview=b"grey", problem="drawn")
    kept = Exif(make="Drawn", model="Kite 2", taken="2026:01:04 19:00:00")
    assert _redact_facts(facts) == MediaFacts(mime="image/jpeg", width=3, height=4, duration_ms=5, exif=kept, problem="drawn")
    assert _redact_facts(replace(facts, exif=None)).exif is None


def test_a_child_and_its_identifiers_leave_redacted_without_their_values() -> None:
    names = {each.name: None for each in fields(ShowIdentifier)}
    identifier = ShowIdentifier(**names | {  # type: ignore[arg-type]
        "kind": "email", "value": "otter@mail.invalid", "normalised": "otter@mail.invalid", "role": "victim", "details": {"type": "Home"}, "port": 7,
    })  # fmt: skip
    redacted = _redact_identifier(identifier, "child 1 of 900000001")
    assert redacted == replace(identifier, value="[removed: e-mail address of child 1 of 900000001]", normalised=None, details={})
    child = ShowPerson(role="victim", says="victim", facts={"age": "12", "schoolName": "Pond", "height": 140})
    assert _redact_person(child) == replace(child, facts={"age": "12", "schoolName": "[removed]", "height": 140})


@pytest.mark.parametrize(("digits", "is_removed"), [(32, False), (40, False), (16, True), (64, True), (288, True)])
def test_a_stated_hash_that_may_be_perceptual_is_looked_for_in_all_texts(digits: int, is_removed: bool) -> None:
    """MD5 and SHA-1 have lengths of their own and lead to nobody; a PDQ hash is as long as a SHA-256."""
    stated = "ab" * (digits // 2)
    file = SimpleNamespace(
        declared={}, verdict=SimpleNamespace(matches=()), metadata=(("HASH", "hash", stated),), pdq=None, phash=None, exif={}
    )
    found = _list_file_values(SimpleNamespace(files=[file]))  # type: ignore[arg-type]
    assert [each.value for each in found] == ([stated] if is_removed else [])
