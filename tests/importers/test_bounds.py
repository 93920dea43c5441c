"""What is read of a document grows with it and not faster: each hostile document is read in a process with little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from triage import limits
from triage.importers.bounds import MAX_FIELD, MAX_LISTED, MAX_PLACE, shorten_middle
from triage.importers.esp_xml import EspXmlImporter
from triage.importers.le_json import LeJsonImporter
from triage.importers.listed import split_values
from triage.importers.own_cases import OwnCasesImporter
from triage.importers.registry import IMPORTERS, classify

PROGRAM = """
import resource, sys
from triage.importers.registry import classify
from triage.errors import InputError
import msgspec
data = sys.stdin.buffer.read()
importer = classify(sys.argv[1], data[:4096])
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
most = now + 200_000_000 + 60 * len(data)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
pages = tuple(data.decode().split(chr(12))) if importer.format == "le_pdf" else None
try:
    documents = importer.read("bundle/" + sys.argv[1], data, lambda _: pages)
    print(sum(len(msgspec.msgpack.encode(document)) for document in documents))
except InputError as refusal:
    print("refused:", refusal)
"""


def xml_with(declarations: str, unknown: str, count: int) -> bytes:
    return f"<report {declarations}>{unknown * count}<additionalInfo>kite</additionalInfo></report>".encode()


def reported(**parts: object) -> bytes:
    return json.dumps({"reportId": 123, **parts}).encode()


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a long namespace": ("a.xml", lambda: xml_with(f'xmlns:q="urn:{"A" * 400_000}"', "<x/>", 12_000)),
    "a long namespace in UTF-16": (
        "a.xml", lambda: xml_with(f'xmlns:q="urn:{"A" * 400_000}"', "<x/>", 12_000).decode().encode("utf-16"),
    ),
    "many namespaces": ("a.xml", lambda: xml_with(" ".join(f'xmlns:q{n}="urn:{n}"' for n in range(9_000)), "<x/>", 4_000)),
    "namespaces as long as they may be": (
        "a.xml", lambda: xml_with(" ".join(f'xmlns:q{n}="urn:{"A" * 240}"' for n in range(30)), "<x/>", 100_000),
    ),
    "a long prefix": ("a.xml", lambda: xml_with(f'xmlns:{"q" * 400_000}="urn:a"', "<x/>", 12_000)),
    "events of one capture": (
        "a.json",
        lambda: reported(
            reportedPeople=[{"sourceInformation": {"value": "a" * 400_000, "other": "b" * 4_000, "events": [{"port": 1}] * 12_000}}]
        ),
    ),
    "a long key over a list": ("a.json", lambda: json.dumps({"a": {"reportId": 1, "victim": {"a": 1}}, "k" * 400_000: [{"reportId": 1, "victim": {"a": 1}}] * 4_000}).encode()),
    "a long kind of incident": (
        "a.json", lambda: reported(incidentDetails={"incident" + "k" * 400_000: {"chatClient": ["a"], "name": "b", "url": ["c"] * 9_000}}),
    ),
    "a field that lists a million": ("a.json", lambda: reported(reportedPeople=[{"emails": ["a@b.cc;" * 1_000_000]}])),
    "a platform said of each name": (
        "a.json",
        lambda: b'{"complaintNumber": "1", "reportedAccounts": [{"platform": "%s", "username": [%s]}]}'
        % (b"p" * 400_000, b",".join(b'"u%d"' % n for n in range(12_000))),
    ),
    "a long column": ("a.csv", lambda: b"complaint number,description," + b"k" * 120_000 + b"\n" + b"1,,x\n" * 50_000),
    "many columns": (
        "a.csv", lambda: b"case number,kind,value," + b",".join(b"c%d" % n for n in range(990)) + b"\n1,ip,203.0.113.5\n" + b"x\n" * 200_000,
    ),
    "unknown lines of a PDF": (
        "a.pdf",
        lambda: b"%PDF- CyberTipline Report 123456789\fSection A: Reported\nSuspect\nEmail Address: a@b.cc\n" + b"Kite Shoe Size: 1\n" * 60_000,
    ),
    "a PDF of one line": (
        "a.pdf", lambda: b"%PDF- CyberTipline Report 123456789\fSection A: Reported\nSuspect\nName: " + b"http://a " * 200_000,
    ),
}  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("name", HOSTILE)
def test_no_document_takes_many_times_its_size(name: str) -> None:
    file, made = HOSTILE[name]
    data = made()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, file], input=data, capture_output=True, timeout=limits.DECODE_SECONDS * 3, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-600:]
    said = done.stdout.decode().strip()
    assert said.startswith("refused:") or int(said) <= limits.READ_FACTOR * len(data) + limits.READ_FLOOR


def test_every_format_has_a_hostile_document() -> None:
    found = [classify(file, made()[: limits.PEEK]) for file, made in HOSTILE.values()]
    assert {each.format for each in found if not isinstance(each, str)} == {importer.format for importer in IMPORTERS}


def test_what_is_not_kept_is_counted() -> None:
    data = xml_with("", "<unknown>kite</unknown>", 5_000)
    (document,) = EspXmlImporter().read("a.xml", data, None)
    assert [part.value for part in document.not_understood] == ["<unknown>kite</unknown>"] * 5_000
    tight = xml_with('xmlns:q="urn:kite-and-green-boat"', "<x/>", 5_000)
    (document,) = EspXmlImporter().read("a.xml", tight, None)
    assert document.not_understood[-1].value.endswith(
        "more parts were not understood and are not listed here; the original document holds them"
    )
    assert sum(len(part.value) for part in document.not_understood) < 3 * len(tight)
    assert [text.text for text in document.free_text] == ["kite"]


def test_a_field_that_is_too_long_is_kept_whole_as_not_understood() -> None:
    long = "kite " * MAX_FIELD
    (document,) = LeJsonImporter().read("a.json", reported(reportedPeople=[{"gender": long, "screenName": long}]), None)
    facts = [fact.value for person in document.people for fact in person.facts]
    assert facts == [long.strip()[:MAX_FIELD]]
    assert [part.value for part in document.not_understood] == [long.strip(), long.strip()]
    assert not document.identifiers


def test_a_field_lists_so_many_values_and_no_more() -> None:
    assert len(split_values("email", "a@b.cc; " * MAX_LISTED)) == MAX_LISTED
    assert len(split_values("email", "a@b.cc; " * (MAX_LISTED + 1))) == 1
    assert split_values("email", "a@b.cc / c@d.ee,f@g.hh") == ["a@b.cc", "c@d.ee", "f@g.hh"]


def test_places_and_labels_are_short() -> None:
    (document,) = OwnCasesImporter().read("a.csv", b"case number,kind,value," + b"k" * 9_000 + b"\n1,ip,203.0.113.5,note\n", None)
    assert max(len(part.path) for part in document.not_understood) <= MAX_PLACE
    assert shorten_middle("a" * 400, 100).count("a") == 96
    assert shorten_middle("a" * 100, 100) == "a" * 100
