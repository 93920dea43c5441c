"""The paper holds each value that a report states, in its place; each that can be missing is missing once, and the paper says so.

A court reads the paper and not report.json: a port, a zone or a digest that the paper drops is dropped.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from msgspec import structs

from tests.exports.packet_paper.conftest import list_texts
from triage.exports import report_print
from triage.exports.packet_paper import make_blocks
from triage.exports.packet_paper.assessment import print_location
from triage.exports.packet_paper.evidence_files import print_files
from triage.exports.packet_paper.report_contents import print_report
from triage.exports.pdf_documents import Block, HeadingBlock, Pairs, ParagraphBlock, Rows
from triage.exports.time_labels import NO_ZONE
from triage.message import Message
from triage.model.packet import Packet, PacketReport
from triage.model.views import FileVerdict, ShowFile, ShowIdentifier, ShowSource

SOURCES = (ShowSource(document="900000001.json", page=None, path="$.drawn", label="drawn"),)
IDENTIFIER = ShowIdentifier(
    kind="ip", value="203.0.113.77", normalised="203.0.113.77", role="suspect", port=40123, time="2026-10-01T19:30:05Z",
    time_original="Oct 1 2026 19:30:05", time_zone="stated", event="Upload", verified=True, possible_proxy=False, person=0, file=None,
    details={"platform": "Drawn Chat"}, sources=SOURCES,
)  # fmt: skip
SILENT = replace(
    IDENTIFIER, kind="username", value="drawn_kite", port=None, time=None, time_original=None, time_zone=None, event=None, verified=None, possible_proxy=None,
    details={},
)  # fmt: skip
FILE = {
    "name": "drawn.jpg", "original_name": "IMG_77.jpg", "md5": "1" * 32, "sha1": "2" * 40, "sha256": "3" * 64, "pdq": "4" * 64, "pdq_quality": 97, "size": 1_234_567, "mime": "image/jpeg",
    "present": True, "declared": {"md5": "5" * 32, "sha1": "6" * 40}, "declared_hash_matches": False, "viewed_by_esp": True, "exif_viewed_by_esp": False, "publicly_available": True,
    "classification": "A1", "annotations": ("viral",), "relevance": "Reported", "uploaded": "2026-10-01T19:30:05Z", "uploaded_original": "Oct 1", "uploaded_zone": "assumed UTC",
    "metadata": (("upload", "device", "Drawn Phone"),), "facts": {"drawnFact": "drawn value"}, "exif": {"Model": "Drawn Camera"}, "problem": "drawn problem",
    "verdict": FileVerdict(known="exact", why=Message("List of May."), grade="adult", grade_says="seen by amina"), "group_size": 3, "seen_in": ("900000002", "900000003"),
    "exhibit": "900000001-F1",
}  # fmt: skip
NOTHING_STATED: dict[str, Any] = {
    "name": None, "original_name": None, "md5": None, "sha1": None, "sha256": None, "pdq": None, "pdq_quality": None, "size": None, "mime": None, "present": False, "declared": {},
    "declared_hash_matches": None, "viewed_by_esp": None, "exif_viewed_by_esp": None, "publicly_available": None, "classification": None, "annotations": (), "relevance": None,
    "uploaded": None, "uploaded_original": None, "uploaded_zone": None, "metadata": (), "facts": {}, "exif": {}, "problem": None,
    "verdict": FileVerdict(known="not checked", why=Message("No list.")), "group_size": 1, "seen_in": (), "exhibit": None,
}  # fmt: skip


def with_show(packet: Packet, **changed: Any) -> PacketReport:
    report = packet.reports[0]
    return replace(report, show=replace(report.show, **changed))


def table_of(blocks: list[Block], caption: str) -> dict[str, str] | list[tuple[str, ...]]:
    (found,) = [block for block in blocks if isinstance(block, Pairs | Rows) and block.caption.endswith(caption)]
    return dict(found.rows) if isinstance(found, Pairs) else [tuple(row) for row in found.rows]


def test_an_identifier_stands_with_its_port_and_time_and_one_without_stands_without(values: Packet) -> None:
    blocks = list(print_report(with_show(values, identifiers=(IDENTIFIER, SILENT))))
    assert table_of(blocks, "Identifiers") == [
        (
            "reported user\nIP address", "203.0.113.77", "40123", '"Oct 1 2026 19:30:05"\n2026-10-01 19:30:05 UTC\n2026-10-02 00:30:05 PKT',
            "Upload\nverified: yes\nplatform: Drawn Chat\npossible proxy: no", source_of(blocks),
        ),
        ("reported user\nusername", "drawn_kite", "", "", "verified: not stated", source_of(blocks)),
    ]  # fmt: skip


def source_of(blocks: list[Block]) -> str:
    """Returns the cell that names the source, which both rows share and which names where the value stands."""
    rows = table_of(blocks, "Identifiers")
    (said,) = {row[-1] for row in rows}
    assert "$.drawn" in said
    return said


@pytest.mark.parametrize("port", [0, 1, 65535])
def test_each_port_is_printed_as_it_is(values: Packet, port: int) -> None:
    (row,) = table_of(list(print_report(with_show(values, identifiers=(replace(IDENTIFIER, port=port),)))), "Identifiers")
    assert row[2] == str(port)


def test_a_file_stands_with_all_that_is_known_of_it(values: Packet) -> None:
    file = replace(values.reports[0].show.files[0], **FILE)  # type: ignore[arg-type]
    blocks = list(print_files(with_show(values, files=(file,))))
    hashes = table_of(blocks, "Files and their hashes")
    assert hashes[0] == (  # type: ignore[index]
        "900000001-F1", "drawn.jpg\n1,234,567 bytes, image/jpeg", f"MD5 {'1' * 32}\nSHA-1 {'2' * 40}\nSHA-256 {'3' * 64}\nPDQ {'4' * 64} (quality 97 of 100)",
    )  # fmt: skip
    details = table_of(blocks, "Exhibit 900000001-F1: details")
    assert isinstance(details, dict)
    uploaded = details.pop("Uploaded")
    assert uploaded.startswith('"Oct 1": 2026-10-01 19:30:05 UTC, 2026-10-02 00:30:05 PKT.') and NO_ZONE in uploaded
    assert details == {
        "Original name": "IMG_77.jpg", "Viewed by the provider": "yes", "EXIF viewed by the provider": "no", "Publicly available": "yes",
        "Class by the provider": "A1", "Annotations": "viral", "Relevance": "Reported", "Declared hashes": f"MD5 {'5' * 32}\nSHA1 {'6' * 40}",
        "Declared hash is that of the bytes": "no", "Hash lists": "exact: List of May.", "Grade": "adult: seen by amina",
        "Same bytes in reports": "900000002, 900000003", "Near duplicates": "in a group of 3 files", "Not measured": "drawn problem", "Drawn fact": "drawn value",
        "Metadata stated by the provider": "upload device: Drawn Phone", "EXIF read from the bytes": "Model: Drawn Camera",
    }  # fmt: skip


def test_of_a_file_that_did_not_come_only_what_is_declared_stands_there(values: Packet) -> None:
    file = replace(values.reports[0].show.files[0], **NOTHING_STATED)
    declared = replace(file, name="far.jpg", declared={"md5": "5" * 32})
    blocks = list(print_files(with_show(values, files=(file, declared))))
    hashes = table_of(blocks, "Files and their hashes")
    assert hashes[:2] == [  # type: ignore[index]
        ("no exhibit", "unnamed\nnot received", "none declared"), ("no exhibit", "far.jpg\nnot received", f"declared MD5 {'5' * 32}"),
    ]  # fmt: skip
    assert table_of(blocks, "File without a name, which did not come: details") == {
        "Not stated by any source": "original name; uploaded; viewed by the provider; EXIF viewed by the provider; publicly available; class by the provider;"
        " annotations; relevance",
        "Hash lists": "not checked: No list.", "Grade": "not graded",
    }  # fmt: skip


def test_every_field_of_a_file_was_thought_of() -> None:
    """A new field stands in the two files above, or is named here as one that only report.json holds."""
    only_json = {
        "alike",
        "duration_ms",
        "file_text",
        "film",
        "group",
        "held",
        "in_films",
        "key",
        "not_checked",
        "phash",
        "sources",
    }
    known = {field.name for field in fields(ShowFile)}
    assert sorted(known - set(FILE)) == sorted(only_json)
    assert set(FILE) == set(NOTHING_STATED)


def test_the_incident_stands_with_each_value_and_says_what_is_missing(values: Packet) -> None:
    full = {
        "incident_type": "Kite flying", "incident_time": "2026-10-01T19:30:05Z", "incident_time_original": "Oct 1", "incident_time_zone": "stated",
        "received": "2026-10-03T00:00:00Z", "received_original": None, "received_zone": "stated", "received_estimated": True, "esp": "Drawn Chat",
        "designation": "Drawn designation", "priority_code": "E", "escalation": "Drawn reason", "annotations": ("sextortion",), "aliases": ("900000001", "77"), "facts": {},
    }  # fmt: skip
    caption = "The incident, as the sources state it"
    found = table_of(list(print_report(with_show(values, report_id="900000001", **full))), caption)
    assert found == {
        "Incident type": "Kite flying", "Incident time": '"Oct 1": 2026-10-01 19:30:05 UTC, 2026-10-02 00:30:05 PKT.',
        "Received by NCMEC": "2026-10-03 00:00:00 UTC: 2026-10-03 05:00:00 PKT. Estimated from the incident's time: that of receipt is not stated.",
        "Provider": "Drawn Chat", "Designation": "Drawn designation", "Priority code": "NCMEC E", "Escalated by the provider": "Drawn reason",
        "Annotations": "sextortion", "Other numbers": "77",
    }  # fmt: skip
    silent = {name: () if isinstance(value, tuple) else None for name, value in full.items()} | {
        "received_estimated": False,
        "facts": {},
    }
    found = table_of(list(print_report(with_show(values, report_id="900000001", **silent))), caption)
    assert isinstance(found, dict)
    assert found.pop("Annotations") == "none stated" and found.pop("Other numbers") == "none"
    assert set(found.values()) == {"not stated"} and len(found) == 7


def test_fixed_sentences_of_the_paper_are_printed(values: Packet) -> None:
    text = "\n".join(list_texts(make_blocks(values)))
    for sentence in (
        "custody.jsonl holds each step of custody with its leaf hash; case.jsonld holds the exhibits as a graph.",
        "The hashes of a file that came were computed from its bytes at receipt.",
        "Hashes of a file that did not come are only declared by the source.",
        "A derived value or picture never replaces an original.",
    ):
        assert sentence in text


@pytest.mark.parametrize("province", ["PB", None])
@pytest.mark.parametrize("district", ["Lahore", None])
@pytest.mark.parametrize("foreign", [(), ("AE", "GB")])
@pytest.mark.parametrize("office", ["LHR", None])
def test_the_location_names_what_is_known_and_nothing_else(
    values: Packet, province: str | None, district: str | None, foreign: tuple[str, ...], office: str | None
) -> None:
    show = values.reports[0].show
    place = replace(
        show.location, province=province, district=district, foreign=foreign, office=office, office_why=Message("It is near.")
    )
    said = next(block.text for block in print_location(replace(show, location=place)) if isinstance(block, ParagraphBlock))
    where = ", ".join(text for text in (province, district) if text)
    expected = f"Province or district: {where}. " if where else ""
    expected += f"Other countries: {', '.join(foreign)}. " if foreign else ""
    verdict, _, rest = said.partition(". ")
    assert verdict.startswith("In Pakistan: ") and rest == f"{expected}Office: {office or 'none'}. It is near."


def test_each_piece_of_evidence_stands_with_its_weight_and_the_sum(values: Packet) -> None:
    show = values.reports[0].show
    place = show.location
    assert len(place.evidence) > 1
    silent = structs.replace(place.evidence[0], weight=-7, against=Message(""), value="drawn value", kind="drawn_kind")
    blocks = list(print_location(replace(show, location=replace(place, evidence=(silent, *place.evidence[1:])))))
    rows = table_of(blocks, "Evidence of location")
    assert rows[0][0] == "-7" and rows[0][2:4] == ("drawn kind", "drawn value") and rows[0][5] == "nothing known"  # type: ignore[index]
    assert [row[0] for row in rows[1:]] == [f"{each.weight:+d}" for each in place.evidence[1:]] + [f"{place.total:+d}"]
    assert [row[3:5] for row in rows[1:-1]] == [(each.value, str(each.why)) for each in place.evidence[1:]]


def test_the_print_of_one_report_has_all_its_parts(values: Packet) -> None:
    report = values.reports[0]
    blocks = list(report_print._make_blocks(report, values.about, "The reported user was cleared.", "Report 1"))
    texts = list_texts(blocks)
    assert texts[:2] == ["Report 1", "The reported user was cleared."]
    parts = [block.text for block in blocks if isinstance(block, HeadingBlock) and block.level == 2]
    assert [part.split()[0] for part in parts] == ["3", "4", "6", "7", "8", "Annex"], parts
    assert "The reported user was cleared." not in list_texts(report_print._make_blocks(report, values.about, None, "Report 1"))
