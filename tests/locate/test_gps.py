from __future__ import annotations

from dataclasses import replace

import pytest

from tests.locate.reports import identifier, of, picture, report
from triage.locate import gps
from triage.locate.judge import locate
from triage.locate.positions import find_fault
from triage.model.judgement import Location
from triage.model.media import Exif
from triage.model.moment import Moment

LAHORE = (31.55, 74.34)
SOON = Moment("2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z")
SOUND = Exif(model="Kite 7", taken="2026:01:04 19:00:00", offset="+05:00", gps=LAHORE, gps_time="2026:01:04 14:00:00Z")


def seen(exif: Exif, *identifiers: object, uploaded: Moment | None = SOON, copies: int = 1) -> Location:
    pairs = [picture(n, exif, uploaded) for n in range(copies)]
    media = {key: facts for _, found in pairs for key, facts in found.items()}
    return locate(report(*identifiers, files=tuple(file for file, _ in pairs)), media)  # type: ignore[arg-type]


def test_a_position_speaks_of_the_picture_and_asks_after_the_child() -> None:
    found = seen(SOUND)
    assert [p.of for p in found.by_person] == ["picture"]
    place = of(found, "picture")
    assert (place.in_pakistan, place.verdict, place.province) == (True, "yes", "PB")
    assert (found.district, found.office) == ("Lahore", "LHR")
    position = next(e for e in found.evidence if e.kind == "gps")
    assert "Was the child there?" in str(position.why)


def test_with_the_users_own_device_and_near_in_time_it_speaks_of_the_user_too() -> None:
    device = identifier("device", "invented-id", details=(("model", "Kite 7"),))
    found = seen(SOUND, device)
    assert of(found, "suspect").total > 0
    assert of(found, "suspect").province == "PB"
    assert "Was the child there?" not in " ".join(str(e.why) for e in found.evidence)


@pytest.mark.parametrize(
    "uploaded",
    [None, Moment("2026-03-05T10:00:00Z", "x"), Moment("2025-12-01T10:00:00Z", "x")],
    ids=["unknown", "late", "before"],
)
def test_the_device_alone_is_no_tie(uploaded: Moment | None) -> None:
    found = seen(SOUND, identifier("device", "Kite 7"), uploaded=uploaded)
    assert all(e.of == "picture" for e in found.evidence)


def test_one_camera_for_many_files_is_the_users_own() -> None:
    numbered = replace(SOUND, serial="K-000")
    assert "suspect" not in {e.of for e in seen(numbered, copies=2).evidence}
    found = seen(numbered, copies=3)
    assert "suspect" in {e.of for e in found.evidence}
    assert "same serial number" in str(next(e.why for e in found.evidence if e.of == "suspect"))


def test_another_persons_device_is_no_tie() -> None:
    found = seen(SOUND, identifier("device", "Kite 7", "victim"))
    assert "suspect" not in {e.of for e in found.evidence}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"offset": "+02:00", "gps_time": None}, "not Pakistan's"),
        ({"gps_time": "2025:12:20 14:00:00Z"}, "out of date"),
    ],
)
def test_contradicting_fields_are_called_out_and_weigh_less(change: dict[str, str | None], words: str) -> None:
    found = seen(replace(SOUND, **change))  # type: ignore[arg-type]
    position = next(e for e in found.evidence if e.kind == "gps")
    assert words in str(position.against)
    assert 0 < position.weight < 30
    assert of(found, "picture").in_pakistan is None


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ((0.0, 0.0), "0, 0"),
        ((95.0, 74.0), "out of range"),
        ((31.0, 181.0), "out of range"),
        ((float("nan"), 74.0), "not numbers"),
    ],
)
def test_what_can_not_be_a_place_weighs_nothing(point: tuple[float, float], words: str) -> None:
    found = seen(replace(SOUND, gps=point, offset=None))
    (piece,) = found.evidence
    assert words in str(piece.says) and piece.weight == 0 and piece.country is None


def test_position_fields_that_hold_no_position_are_named() -> None:
    found = seen(Exif(fields=(("GPS GPSLatitude", "[99, 0, 0]"),)))
    assert "no valid position" in str(found.evidence[0].says)


def test_a_picture_from_abroad_does_not_take_the_reported_user_out_of_pakistan() -> None:
    srinagar = replace(SOUND, gps=(34.08, 74.80), offset="+05:30", gps_time=None)
    found = seen(srinagar, identifier("ip", "39.32.0.0"))
    assert of(found, "picture").in_pakistan is False
    assert of(found, "suspect").in_pakistan is True
    assert found.in_pakistan is True
    assert found.foreign == ("IN",)
    position = next(e for e in found.evidence if e.kind == "gps")
    assert "administered by India" in str(position.says)


def test_at_sea_says_nothing() -> None:
    found = seen(replace(SOUND, gps=(23.5, 65.0), offset=None, gps_time=None))
    assert [(e.weight, e.country) for e in found.evidence] == [(0, None)]


def test_a_series_from_one_spot_counts_once() -> None:
    assert seen(SOUND, copies=9).total == seen(SOUND, copies=1).total


def test_what_the_provider_read_from_a_file_that_did_not_come() -> None:
    stated = (("EXIF", "GPSLatitude", "31.55"), ("EXIF", "GPSLongitude", "74.34"))
    file, media = picture(1, None, metadata=stated)
    found = locate(report(files=(file,)), media)
    assert of(found, "picture").province == "PB"


def test_ajk_goes_to_headquarters() -> None:
    found = seen(replace(SOUND, gps=(34.37, 73.47)))
    assert (found.province, found.office) == ("AJK", "HQ")
    assert "handover" in str(found.office_why)


@pytest.mark.parametrize("point", [(74.34, 31.55), (67.01, 24.86), (73.09, 33.73)], ids=["Lahore", "Karachi", "Islamabad"])
def test_exchanged_coordinates_are_called_out_and_neither_place_nor_exclude(point: tuple[float, float]) -> None:
    found = seen(replace(SOUND, gps=point, gps_time=None))
    position = next(e for e in found.evidence if e.kind == "gps")
    assert position.weight == 0 and "exchanged: in " in str(position.says)
    assert of(found, "picture").verdict == "unclear" and found.foreign == ()


@pytest.mark.parametrize(
    ("point", "country"),
    [((34.126, 71.085), "AF"), ((34.657, 73.957), "IN"), ((34.397, 73.778), "IN"), ((32.037, 75.029), "IN")],
    ids=["Torkham", "Keran", "Teetwal", "Dera Baba Nanak"],
)
def test_just_across_the_line_is_not_abroad_for_certain(point: tuple[float, float], country: str) -> None:
    found = seen(Exif(gps=point))
    assert of(found, "picture").verdict == "unclear"
    assert found.foreign == (country,)
    assert "may lie across the border" in str(found.evidence[0].against)


@pytest.mark.parametrize("point", [(31.634, 74.872), (34.084, 74.797), (34.426, 70.45), (29.496, 60.862)])
def test_well_across_the_line_is_abroad(point: tuple[float, float]) -> None:
    assert of(seen(Exif(gps=point)), "picture").verdict == "no"


@pytest.mark.parametrize(
    ("offset", "at"), [("+05:00", "14:00"), ("-05:00", "00:00"), ("+0530", "13:30"), (None, "19:00"), ("nonsense", "19:00")]
)
def test_the_camera_clock_is_read_with_its_offset(offset: str | None, at: str) -> None:
    found = gps.read_exif_time("2026:01:04 19:00:00", offset)
    assert found is not None and f"{found:%H:%M}" == at


@pytest.mark.parametrize(
    ("latitude", "longitude", "usable"),
    [
        (90.0, 0.0, True),
        (90.1, 0.0, False),
        (-90.0, 180.0, True),
        (0.0, 180.1, False),
        (0.009, 0.009, False),
        (0.009, 0.01, True),
        (0.01, 0.009, True),
        (float("nan"), 1.0, False),
        (1.0, float("inf"), False),
    ],
)
def test_which_coordinates_can_be_positions(latitude: float, longitude: float, usable: bool) -> None:
    assert (not find_fault(latitude, longitude)) is usable


@pytest.mark.parametrize(
    ("position", "kashmir"), [((34.08, 74.8), True), ((28.6, 77.2), False), ((19.0, 72.8), False), ((13.0, 75.0), False)]
)
def test_only_in_kashmir_the_sentence_names_both_sides(position: tuple[float, float], kashmir: bool) -> None:
    found = seen(replace(SOUND, gps=position, offset=None))
    assert ("Kashmir administered by India" in " ".join(f"{e.says} {e.why}" for e in found.evidence)) is kashmir


def test_the_evidence_names_the_file() -> None:
    assert "kite0.jpg" in " ".join(f"{e.value} {e.says} {e.why}" for e in seen(SOUND).evidence)


@pytest.mark.parametrize(("model", "tied"), [("K 70", True), ("K 7", False)])
def test_a_model_of_fewer_than_four_characters_names_no_device(model: str, tied: bool) -> None:
    found = seen(replace(SOUND, model=model), identifier("device", "invented-id", details=(("model", model),)))
    assert ("suspect" in {e.of for e in found.evidence}) is tied
