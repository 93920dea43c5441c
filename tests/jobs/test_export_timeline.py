"""Timelines and places for other tools: in order of time, zones stated, nothing internal, and nothing that a map would run."""

from __future__ import annotations

import csv
import html
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.jobs.bundles import REPORT, jpeg, le_json, write_bundle
from tests.jobs.conftest import MakeStore
from triage.errors import NotFound, Refused, WorldError
from triage.exports.timeline_files import format_places, format_timeline
from triage.jobs.casework import cases, decisions
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.leaving.export_timeline import _list_exif, export_timeline
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.media import Exif
from triage.model.report_times import ZONE_ASSUMED, ZONE_OF_CAMERA, ZONE_STATED, MappedPlace, TimelineEntry
from triage_demo.feed.exif import Camera, with_exif

NUMBER, OTHER = "900000001", "900000701"
KML = "{http://www.opengis.net/kml/2.2}"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A report with an address captured before its incident, and one whose times have no zone and no hour."""

    def fill(session: Session, folder: Path) -> None:
        bundle = write_bundle(folder / "bundle")
        folder = bundle / OTHER
        folder.mkdir()
        document = json.loads(le_json(int(OTHER)))
        document["reportedInformation"]["incidentSummary"]["incidentDateTime"] = "2026-09-30 11:12:13"
        document["dateReceived"] = "2026-10-05"
        (folder / "r.json").write_text(json.dumps(document))
        import_bundles(session, [bundle], receipt=Receipt(received_from="the courier"))
        decisions.decide(session, NUMBER, status="in_progress", reason="being worked on", note="what stays inside")

    return make_store(fill)


def rows(path: Path) -> list[dict[str, str]]:
    """Reads the CSV as Timesketch does: by the names of its columns, with times that Python's reader of ISO 8601 takes."""
    found = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"))))
    assert found and list(found[0])[:3] == ["datetime", "message", "timestamp_desc"]
    times = [datetime.fromisoformat(row["datetime"]) for row in found]
    assert times == sorted(times) and all(time.utcoffset() is not None for time in times)
    assert [row["datetime"] for row in found] == sorted(row["datetime"] for row in found), "as text too"
    return found


def test_captures_receipt_decisions_and_custody_in_order_of_time(filled: Session, tmp_path: Path) -> None:
    written = export_timeline(filled, [NUMBER], tmp_path / "t.csv")
    found = rows(tmp_path / "t.csv")
    assert written.rows == len(found)
    assert [row["timestamp_desc"] for row in found[:3]] == ["Captured: ip", "Incident", "Report received"]
    assert found[0]["message"] == "ip 203.0.113.9 port 40123 (reported user), event Upload"
    assert (found[0]["datetime"], found[0]["datetime_pkt"]) == ("2026-10-01T04:59:58.000000+00:00", "2026-10-01 09:59:58 PKT")
    assert (found[0]["zone"], found[0]["time_as_written"]) == (ZONE_STATED, "2026-10-01T04:59:58Z")
    assert "report.xml" in found[0]["source"]
    whats = {row["timestamp_desc"] for row in found}
    assert {"Decision", "Custody"} <= whats
    (decided,) = [row for row in found if row["timestamp_desc"] == "Decision"]
    assert decided["message"] == "Decision by first: in_progress, being worked on"
    assert any("Received from: the courier" in row["message"] for row in found)
    assert "what stays inside" not in (tmp_path / "t.csv").read_text(), "notes are internal"


def test_a_time_without_a_zone_or_an_hour_says_so_in_its_sentence(filled: Session, tmp_path: Path) -> None:
    export_timeline(filled, [OTHER], tmp_path / "t.csv")
    incident, received, *_ = rows(tmp_path / "t.csv")
    assert incident["message"].endswith("(the source states no zone; UTC assumed)") and incident["zone"] == ZONE_ASSUMED
    assert (incident["datetime"], incident["time_as_written"]) == ("2026-09-30T11:12:13.000000+00:00", "2026-09-30 11:12:13")
    assert received["precision"] == "the source states only the day"
    assert received["message"].startswith("Report received (the source states only the day")


def test_a_case_is_the_sum_of_its_reports(filled: Session, tmp_path: Path) -> None:
    case = cases.open_case(filled, [NUMBER, OTHER]).number
    written = export_timeline(filled, (), tmp_path / "t.csv", case_number=case.lower())
    assert {row["report"] for row in rows(tmp_path / "t.csv")} == {NUMBER, OTHER} and written.rows > 20
    with pytest.raises(NotFound, match=f"choose one of {case}"):
        export_timeline(filled, (), tmp_path / "u.csv", case_number="C-1999-0001")
    with pytest.raises(NotFound, match="no report 999999999"):
        export_timeline(filled, ["999999999"], tmp_path / "u.csv")
    with pytest.raises(WorldError, match=r"end the name in \.csv or \.kmz"):
        export_timeline(filled, [NUMBER], tmp_path / "u.txt")
    assert not (tmp_path / "u.csv").exists()


def test_what_may_not_leave_is_refused(filled: Session, tmp_path: Path) -> None:
    destruction.clear_person(filled, NUMBER, "another person's account")
    with pytest.raises(Refused, match="--although-cleared"):
        export_timeline(filled, [NUMBER, OTHER], tmp_path / "t.csv")
    export_timeline(filled, [NUMBER, OTHER], tmp_path / "t.csv", although_cleared="the court asks for it")
    for row in rows(tmp_path / "t.csv"):
        assert ("CLEARED. Reason for the export: the court asks for it" in row["remark"]) == (row["report"] == NUMBER)
    export_timeline(filled, [NUMBER], tmp_path / "t.kmz", although_cleared="the court asks for it")
    assert "CLEARED" in kml(tmp_path / "t.kmz")[0]


def entry(**changes: Any) -> TimelineEntry:
    given = {"when": datetime(2026, 10, 1, 5, tzinfo=UTC), "message": "x", "what": "Incident", "report": "1", "zone": ZONE_STATED}
    return TimelineEntry(**{**given, **changes})


def test_order_and_fractions_do_not_depend_on_the_store() -> None:
    whole, half = entry(), entry(when=datetime(2026, 10, 1, 5, 0, 0, 500_000, tzinfo=UTC))
    assert format_timeline([half, whole, entry(message="a")], {}) == format_timeline([entry(message="a"), whole, half], {})
    found = list(csv.DictReader(io.StringIO(format_timeline([half, whole], {}).decode())))
    assert [row["datetime"][17:26] for row in found] == ["00.000000", "00.500000"]


def test_text_of_strangers_is_no_formula_and_stays_on_its_line() -> None:
    data = format_timeline([entry(message="=cmd|' /C calc'!A0", written="+1\u202e\n2", source="@x")], {}).decode()
    (row,) = csv.DictReader(io.StringIO(data))
    assert (row["message"], row["time_as_written"], row["source"]) == ("'=cmd|' /C calc'!A0", "'+1\\u202e\\u000a2", "'@x")


def kml(path: Path) -> tuple[str, list[tuple[str, str, str | None]]]:
    """Reads the KMZ as a map does: description of the first folder, and (name, description, coordinates) of each place."""
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["doc.kml"] and archive.testzip() is None
        root = ElementTree.fromstring(archive.read("doc.kml"))
    assert root.tag == f"{KML}kml"
    folder = root.find(f"{KML}Document/{KML}Folder")
    described = folder.findtext(f"{KML}description") or "" if folder is not None else ""
    return described, [
        (
            place.findtext(f"{KML}name") or "",
            html.unescape(place.findtext(f"{KML}description") or ""),
            place.findtext(f"{KML}Point/{KML}coordinates"),
        )
        for place in root.iter(f"{KML}Placemark")
    ]


def test_places_say_what_they_are_and_how_sure(session: Session, tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "bundle")
    stated = "<additionalInfo>The child lives in Gujranwala. Position 33.684420, 73.047885</additionalInfo></report>"
    (bundle / NUMBER / "report.xml").write_text(REPORT.replace("</report>", stated))
    import_bundles(session, [bundle], receipt=Receipt())
    written = export_timeline(session, [NUMBER], tmp_path / "p.kmz")
    _, places = kml(tmp_path / "p.kmz")
    assert written.rows == len(places) >= 2
    exact = next(place for place in places if place[2] == "73.047885,33.684420")
    assert "The point is the stated position. Weight +" in exact[1]
    phone = next(place for place in places if place[0] == "+92 300 0000123")
    assert phone[2] is None and "No position is known. Weight +40 for Pakistan" in phone[1]
    export_timeline(session, [NUMBER], tmp_path / "q.kmz")
    assert (tmp_path / "p.kmz").read_bytes() == (tmp_path / "q.kmz").read_bytes()


def test_a_districts_seat_is_not_said_to_be_the_place(session: Session, tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "bundle")
    address = "<address type='Home'><city>Gujranwala</city><country>PK</country></address></personOrUserReportedPerson>"
    (bundle / NUMBER / "report.xml").write_text(REPORT.replace("</personOrUserReportedPerson>", address))
    import_bundles(session, [bundle], receipt=Receipt())
    export_timeline(session, [NUMBER], tmp_path / "p.kmz")
    (seat,) = [place for place in kml(tmp_path / "p.kmz")[1] if "Gujranwala" in place[1] and place[2]]
    assert "the seat of the district Gujranwala; the place itself is not known more exactly" in seat[1]


def test_a_strangers_tags_reach_no_map_as_tags(tmp_path: Path) -> None:
    hostile = MappedPlace(
        report="1<x>", name="<b>&\u202e\x00", of="image", says="<img src='http://evil.example.invalid/x'>", sure="<script>", latitude=1.0,
        longitude=-2.5,
    )  # fmt: skip
    (tmp_path / "p.kmz").write_bytes(format_places([hostile], {"1<x>": "<a href='x'>"}))
    text = zipfile.ZipFile(tmp_path / "p.kmz").read("doc.kml").decode()
    assert "&lt;img" not in text and "&amp;lt;img" in text, "a map shows descriptions as web pages: tags are disarmed twice"
    described, [(name, _, point)] = kml(tmp_path / "p.kmz")
    assert (described, name, point) == ("&lt;a href=&#x27;x&#x27;&gt;", "<b>&\\u202e\\u0000", "-2.500000,1.000000")


def test_the_clock_of_a_camera_states_its_zone_or_says_that_it_does_not(session: Session, tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "bundle")
    taken = datetime(2026, 9, 28, 18, 30, tzinfo=timezone(timedelta(hours=5)))
    camera = Camera(make="Lantern", model="L1", taken=taken, gps=(33.68442, 73.047885))
    (bundle / NUMBER / "a.jpg").write_bytes(with_exif(jpeg(1), camera))
    import_bundles(session, [bundle], receipt=Receipt())
    export_timeline(session, [NUMBER], tmp_path / "t.csv")
    exif = {row["timestamp_desc"]: row for row in rows(tmp_path / "t.csv") if row["timestamp_desc"].startswith("EXIF")}
    stated, fixed = exif["EXIF: taken"], exif["EXIF: position fixed"]
    assert (stated["datetime"], stated["zone"]) == ("2026-09-28T13:30:00.000000+00:00", ZONE_STATED)
    assert (stated["time_as_written"], stated["source"]) == ("2026:09:28 18:30:00 +05:00", "a.jpg")
    assert fixed["datetime"] == "2026-09-28T13:30:00.000000+00:00" and fixed["message"].endswith("by satellite time")
    (found,) = _list_exif("1", "b.jpg", Exif(taken="2026:09:28 18:30:00"))
    assert (found.zone, found.when.hour) == (ZONE_OF_CAMERA, 18) and "assumed" in found.zone
    assert list(_list_exif("1", "b.jpg", Exif(taken="0000:00:00 00:00:00", gps_time="yesterday"))) == []
