"""Parts 1 to 5 of the paper, each as a whole: every paragraph and every cell in its place, with all that it can hold, and with nothing.

Who reads a part value by value misses a sentence that is gone, or one that stands where it must not.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from tests.exports.outlines import read_whole
from tests.exports.packet_paper.test_paper_values import SOURCES, with_show
from tests.exports.reading_back import ABOUT, OFFICER
from triage.exports.packet_paper.cover import EXPLANATION, print_cover
from triage.exports.packet_paper.evidence_files import print_derived, print_files
from triage.exports.packet_paper.receipt import print_sources
from triage.exports.packet_paper.report_contents import print_report
from triage.message import Message
from triage.model.exports import Cleared
from triage.model.file_text import FileText, ShowFileText
from triage.model.handover import Container, Receipt
from triage.model.media import Exif, Film, MediaFacts, Perceptual
from triage.model.packet import (
    Packet,
    PacketFile,
    PacketReceipt,
    PacketReport,
    PacketSource,
    PacketVersion,
    Removed,
)
from triage.model.users import Profile
from triage.model.views import ShowConflict, ShowConflictValue, ShowPerson, ShowText

NOON, NOON_SAID = "2026-11-01T07:00:00Z", "2026-11-01 07:00:00 UTC (2026-11-01 12:00:00 PKT)"
NOON_LINES = "2026-11-01 07:00:00 UTC\n2026-11-01 12:00:00 PKT"


def with_number(packet: Packet, *numbers: str) -> tuple[PacketReport, ...]:
    """Returns a report for each number, with two documents of one exhibit and one file."""
    report = packet.reports[0]
    show = replace(
        report.show,
        incident_type="Kite flying",
        esp="Drawn Chat",
        received=NOON,
        received_original=None,
        received_zone="stated",
        received_estimated=False,
    )
    source = replace(report.sources[0], exhibit="S1")
    plain = replace(report, sources=(source, source), files=report.files[:1])
    return tuple(replace(plain, show=replace(show, report_id=number)) for number in numbers)


# -- part 1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("several", [1, 2, 3, 4])
def test_the_cover(values: Packet, several: int) -> None:
    numbers = [str(900000001 + n) for n in range(several)]
    officer = replace(OFFICER, profile=Profile(full_name="Amina Example", post="Cybercrime"))
    reports = with_number(values, *numbers)
    first = reports[0]
    estimated = replace(
        first, show=replace(first.show, received_estimated=True, from_tipline=False, incident_type=None, esp=None), files=()
    )
    packet = replace(
        values, reports=(estimated, *reports[1:]), about=replace(ABOUT, officer=officer, by="Amina Example"), second_officer=None, second_person="nobody else",
    )  # fmt: skip
    row = "Kite flying", "Drawn Chat", f"by NCMEC: {NOON_LINES}", "1 document, 1 file"
    title = "Evidence packet: " + {1: f"CyberTipline report {numbers[0]}", 4: "4 CyberTipline reports"}.get(
        several, f"CyberTipline reports {', '.join(numbers)}"
    )
    assert read_whole(print_cover(packet)) == [
        f"# {title}", "## 1 Cover and contents",
        ("", ("Made", "2026-11-20 07:00:00 UTC (2026-11-20 12:00:00 PKT)"), ("Made by", "Amina Example, Cybercrime"),
         ("Agency", f"{officer.agency_name}, 1 Kite Road"), ("Second person", "nobody else"), ("Edition", "full"), ("Media", "not enclosed"),
         ("Software", "Triage 1, Linux"), ("Rules", ABOUT.rules), ("Clock", "the machine's"), ("Signing key", f"Ed25519, SHA-256 fingerprint {'ab' * 32}")),
        EXPLANATION,
        ("Reports of this packet",
         (numbers[0], "not stated", "not stated", f"by the agency: {NOON_LINES}\n(estimated from the incident's time)", "1 document, 0 files"),
         *((number, *row) for number in numbers[1:])),
    ]  # fmt: skip


@pytest.mark.parametrize(("named", "removed", "keys"), [*product((True, False), (1, 2), (1, 2))])
def test_the_cover_of_a_redacted_edition_with_media(values: Packet, named: bool, removed: int, keys: int) -> None:
    second = replace(
        OFFICER,
        profile=Profile(full_name="Bilal", rank="Inspector", badge="B-2") if named else Profile(),
        agency_name="",
        agency_address="",
    )
    cleared = Cleared(reports=("900000001",), reason="asked by the Court")
    packet = replace(
        values, reports=with_number(values, "900000001"), about=replace(ABOUT, officer=second, by="b"), second_officer=second, second_person="added in May",
        edition="redacted", removed=(Removed(what=Message("x"), why=Message("y")),) * removed, with_media=True, recipients=("age1",) * keys, cleared=cleared,
    )  # fmt: skip
    frame, title, _, pairs, *_ = read_whole(print_cover(packet))
    assert frame == f"frame: {cleared.sentence}" and title == "# Evidence packet, redacted edition: CyberTipline report 900000001"
    assert isinstance(pairs, tuple)
    rows = dict(pairs[1:])
    assert rows["Second person"] == ("Bilal, Inspector, B-2; added in May" if named else "added in May")
    assert (
        rows["Edition"]
        == f"redacted: {'1 kind of content was' if removed == 1 else '2 kinds of content were'} removed, see part 12"
    )
    assert rows["Media"] == f"enclosed, encrypted for {keys} named recipient{'s' * (keys > 1)}, see part 12"
    assert rows["Agency"] == "not stated" and rows["Made by"] == "b"


# -- part 2 ------------------------------------------------------------------------------------------------------------


def make_source(n: int, since: int, until: int | None, *bundles: int) -> PacketSource:
    return PacketSource(
        exhibit=f"900000001-S{n}", path=f"in/s{n}.xml", sha256=f"{n}" * 64, size=1_000 * n + 7, format=f"format {n}", since=since, until=until,
        received_in=bundles, data=b"",
    )  # fmt: skip


def test_the_source_documents(values: Packet) -> None:
    report = values.reports[0]
    full = PacketReceipt(
        bundle=3, imported=NOON, finished="2026-11-01T07:00:09Z", by="amina", receipt=Receipt(received_from="NCMEC", write_blocked=False),
        containers=(Container(kind="folder", path="in", size=1_234, sha256="c" * 64), Container(kind="file", path="b.zip", size=5, sha256="d" * 64)), completed_by=4,
    )  # fmt: skip
    cut = replace(full, bundle=4, finished=None, receipt=Receipt(), containers=(), completed_by=None)
    first = PacketVersion(n=1, imported=NOON, bundle=3, sources=("S1", "S2"), changes=())
    second = replace(first, n=2, bundle=4, sources=("S3",), changes=(Message("a → b"), Message("more")))
    sources = (make_source(1, 1, None, 3, 4), make_source(2, 1, 2, 3), make_source(3, 2, 2))
    changed = replace(report, receipts=(full, cut), sources=sources, versions=(first, second, replace(second, n=3, changes=())))
    texts = read_whole(print_sources(changed, "full"))
    nothing = "Delivered by; Handed over at; Carrier; Serial number of the carrier; Seal"
    assert texts == [
        "## 2 Source documents as received",
        ("The documents below were received. They lie in data/sources of this packet, byte for byte. Each exhibit has a number that was given at receipt and "
        "never changes. The SHA-256 was taken at receipt."),
        ("Receipt of bundle 3", ("Received from", "NCMEC"), ("Write blocker", "no"), ("Not recorded", f"{nothing}; Note"),
         ("Imported", f"{NOON_SAID} by amina\nfinished 2026-11-01 07:00:09 UTC (2026-11-01 12:00:09 PKT); bundle 4 completed it"),
         ("Delivered folder", f"in, 1,234 bytes\nSHA-256 {'c' * 64}"), ("Delivered file", f"b.zip, 5 bytes\nSHA-256 {'d' * 64}")),
        ("Receipt of bundle 4", ("Not recorded", f"Received from; {nothing}; Write blocker; Note"),
         ("Imported", f"{NOON_SAID} by amina\nfinished the import was interrupted")),
        ("Source documents",
         ("900000001-S1", "s1.xml\n1,007 bytes, format 1", "1" * 64, "in force since version 1; bundle 3 and 4"),
         ("900000001-S2", "s2.xml\n2,007 bytes, format 2", "2" * 64, "in force from version 1, replaced in version 2; bundle 3"),
         ("900000001-S3", "s3.xml\n3,007 bytes, format 3", "3" * 64, "repeats what another document of version 2 states; bundle not recorded")),
        "The report has 3 versions. The parts below state the last one.",
        f"Version 1 was imported {NOON_SAID} from bundle 3, and rests on S1 and S2. It is the first.",
        f"Version 2 was imported {NOON_SAID} from bundle 4, and rests on S3. It changed:\n- a to b\n- more",
        f"Version 3 was imported {NOON_SAID} from bundle 4, and rests on S3. It changes nothing that Triage reads.",
    ]  # fmt: skip
    assert read_whole(print_sources(replace(changed, versions=(first,)), "redacted"))[-1] == "The report has one version."


# -- part 3 ------------------------------------------------------------------------------------------------------------


def test_what_the_report_says_stands_in_order_with_the_child_first(values: Packet) -> None:
    two = (
        replace(SOURCES[0], document="a/S9.xml", path="$.a"),
        replace(SOURCES[0], document="a/S9.xml", path="$.b"),
        replace(SOURCES[0], document="b.xml", path="$.c"),
    )
    file = values.reports[0].show.files[0]
    chat = ShowFileText(state="read", why=None, format="a chat log", count=12, left_out=0)
    unread = ShowFileText(state="not read", why=Message("It is too long."), format=None, count=0, left_out=0)
    report = with_show(
        values,
        free_text=(ShowText(text="suspect's words", of="suspect", label="chatLog", sources=two), ShowText(text="child's words", of="victim", label="note", sources=SOURCES)),
        files=tuple(replace(file, exhibit=exhibit, name=name, file_text=text) for exhibit, name, text in (
            ("900000001-F1", "n", chat), (None, "far.txt", unread), (None, None, chat), ("900000001-F2", "n", None))),
        people=(ShowPerson(role="suspect", says="personOrUserReported", facts={}), ShowPerson(role="victim", says="victim", facts={"age": 9, "firstName": "Drawn", "x": None, "y": True})),
        identifiers=(), conflicts=(ShowConflict(field="incident_type", values=(ShowConflictValue(value="one", sources=two), ShowConflictValue(value="other", sources=SOURCES))),),
        facts={"reportId": 7, "drawnFact": False}, not_understood=(),
    )  # fmt: skip
    found = read_whole(print_report(report))
    incident = next(each for each in found if isinstance(each, tuple))
    found.remove(incident)
    assert incident[0] == "The incident, as the sources state it" and incident[-1] == ("Drawn fact", "no")
    assert not [row for row in incident[1:] if row[1] == "7"], "its number stands at the head of the report"
    assert found == [
        "## 3 What the report says",
        "### In words: note (child or victim)", "child's words", "small: 900000001.json, $.drawn",
        "### In words: chat log (reported user)", "suspect's words", "small: S9.xml, $.a, $.b; b.xml, $.c",
        "Exhibit 900000001-F1 holds 12 messages, a chat log.", "Exhibit far.txt holds a text. It is too long.", "Exhibit unnamed holds 12 messages, a chat log.",
        ('Child or victim (the source says: "victim")', ("Age", "9"), ("First name", "Drawn"), ("X", "not stated"), ("Y", "yes")),
        'Reported user (the source says: "personOrUserReported"): nothing but identifiers is stated.',
        ("Where the sources differ", ("incident type", "one (S9.xml, $.a, $.b; b.xml, $.c)\nother (900000001.json, $.drawn)")),
    ]  # fmt: skip


# -- parts 4 and 5 -----------------------------------------------------------------------------------------------------


def test_files_stand_in_the_order_of_their_exhibits_and_unlisted_ones_behind(values: Packet) -> None:
    report = values.reports[0]
    shown = tuple(replace(report.show.files[0], exhibit=exhibit, name=name, present=exhibit is not None, size=None if name == "b" else 5, mime=None)
                  for exhibit, name in (("900000001-F10", "a"), (None, "lost"), ("900000001-F9", "b")))  # fmt: skip
    file = PacketFile(
        exhibit="900000001-F11",
        name="again.jpg",
        path="again.jpg",
        sha256="7" * 64,
        size=1_005,
        same_as="900000001-F9",
        received_in=(1,),
        media_name=None,
    )
    unlisted = replace(file, exhibit="900000001-F12", sha256="8" * 64, same_as=None)
    changed = replace(
        report, show=replace(report.show, files=shown), files=(file, unlisted), media={"8" * 64: MediaFacts(mime="image/png")}
    )
    head, said, hashes, *details = read_whole(print_files(changed))
    assert head == "## 4 Files" and str(said).startswith(
        "The report lists 3 files; the bytes of 2 came. The hashes of a file that came were computed"
    )
    assert isinstance(hashes, tuple)
    assert [row[:2] for row in hashes[1:]] == [
        ("900000001-F9", "b\nnot received"), ("900000001-F10", "a\n5 bytes, type not known"), ("no exhibit", "lost\nnot received"),
        ("900000001-F11", "again.jpg\n1,005 bytes, type not known"), ("900000001-F12", "again.jpg\n1,005 bytes, image/png"),
    ]  # fmt: skip
    assert [row[2] for row in hashes[-2:]] == [
        f"SHA-256 {'7' * 64}\nthe same bytes as 900000001-F9", f"SHA-256 {'8' * 64}\nnot listed by the present version",
    ]  # fmt: skip
    assert [str(each[0]).partition(":")[0] for each in details if isinstance(each, tuple)] == [
        "Exhibit 900000001-F9", "Exhibit 900000001-F10", "File lost, which did not come",
    ]  # fmt: skip
    nothing = replace(changed, show=replace(report.show, files=()), files=())
    assert read_whole(print_files(nothing)) == ["## 4 Files", "The report lists no file, and none came with it."]


def test_what_was_derived_from_each_file(values: Packet) -> None:
    report = values.reports[0]
    facts = (
        MediaFacts(mime="image/jpeg", width=640, height=480, perceptual=Perceptual(pdq=b"", quality=97, turns=(), phash=b""), exif=Exif(model="Drawn", fields={"Model": "Drawn"}),
                   preview=b"x"),
        MediaFacts(mime="video/mp4", duration_ms=12_345, film=Film(count=3, looked=9, flat=4, still=2, sampled=True, partial=False, tracks=1)),
        MediaFacts(mime="text/plain", file_text=FileText(kind="text", count=8)),
        MediaFacts(mime="text/plain", file_text=FileText(), width=640, exif=Exif(), problem="It is damaged."),
    )  # fmt: skip
    file = report.files[0]
    files = tuple(replace(file, exhibit=f"F{n}", sha256=str(n) * 64, same_as=None) for n in range(5))
    again = replace(file, exhibit="F9", sha256="0" * 64, same_as="F0")
    changed = replace(report, files=(*files, again), media={str(n) * 64: each for n, each in enumerate(facts)})
    head, said, table = read_whole(print_derived(changed, ABOUT))
    assert head == "## 5 What was derived from the files" and str(said).startswith(
        "Triage 1 derived the following from the bytes named above."
    )
    assert table == (
        "Derived values",
        ("F0", ("size of the image: 640 x 480 pixels\nPDQ hash (quality 97 of 100), in eight orientations; pHash; hashes of crops\n1 EXIF fields\n"
               "a blurred preview of 32 x 32 grey points, kept in the store")),
        ("F1", "length: 12.3 s\n3 of 9 frames hashed, 4 with low texture"),
        ("F2", "text: 8 messages"), ("F3", "text: not read\nnot measured: It is damaged."),
    )  # fmt: skip
    nothing = read_whole(print_derived(replace(changed, media={}), ABOUT))
    assert nothing == ["## 5 What was derived from the files", "Nothing was derived: no file came that could be measured."]
