from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.locate.reports import PTCL, fact, identifier, of, report, text
from triage.locate.judge import locate
from triage.locate.positions import MOST_POSITIONS, Position, find_positions, read_pair
from triage.model.document import Fact, NotUnderstood, Scalar
from triage.model.judgement import Location

LAHORE = ("likely", "PB", "Lahore", "LHR")


def describe(found: Location) -> tuple[str, str | None, str | None, str]:
    assert found.total == sum(e.weight for e in found.evidence)
    return found.verdict, found.province, found.district, found.office


def facts_of(latitude: Scalar, longitude: Scalar, prefix: str = "cellPhoneIncident.") -> tuple[Fact, ...]:
    return fact(f"{prefix}latitude", latitude), fact(f"{prefix}longitude", longitude)


def test_coordinates_of_the_incident_count_as_a_stated_location() -> None:
    both = report(identifier("coordinates", "31.55,74.34", "incident"), facts=facts_of("31.55", "74.34"))
    found = locate(both, {})
    (item,) = found.evidence
    assert (item.of, item.weight) == ("incident", 40)
    assert describe(found) == LAHORE
    assert of(found, "incident").total == 40
    assert "The stated location of the incident points there." in str(found.office_why)


@pytest.mark.parametrize(
    "facts",
    [
        facts_of("31.55", "74.34"),
        facts_of("31.55 N", "74.34 E"),
        facts_of("31°33'00\"N", "74°20'24\"E"),
        facts_of(" 31.55 ", "+74.34", ""),
        facts_of("31.55", "74.34", "incident/geolocation/"),
        (fact("geo.lat", "31.55"), fact("geo.lng", "74.34")),
        (fact("incident.coordinates", "31.55, 74.34"),),
        (fact("geoLocation", "31.55 74.34"),),
        (*facts_of("31.55", "74.34"), *facts_of("31.551", "74.341", "other.")),
    ],
)
def test_fields_of_the_incident(facts: tuple[Fact, ...]) -> None:
    assert describe(locate(report(facts=facts), {})) == LAHORE


@pytest.mark.parametrize(
    "words",
    [
        "The device was last seen at 31.5497, 74.3436 that night.",
        "Latitude: 31.55 Longitude: 74.34",
        "lat=31.55; long=74.34",
        "https://maps.invalid/?q=31.55,74.34&z=12",
        "https://maps.invalid/place/@31.55,74.34,15z",
        "geo:31.55,74.34",
        "at 31.55 N, 74.34 E",
        "31° 33' 00\" N 74° 20' 24\" E",
        "عرض ۳۱ lat: ۳۱.۵۵ lon: ۷۴.۳۴",
    ],
)
@pytest.mark.parametrize("role", ["incident", "file"])
def test_a_text_about_the_incident(words: str, role: str) -> None:
    assert describe(locate(report(free_text=(text(words, role),)), {})) == LAHORE  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["suspect", "victim", "mentioned", "reporter"])
def test_a_text_of_a_person_states_no_location_of_the_incident(role: str) -> None:
    found = locate(report(free_text=(text("meet me at 31.5497, 74.3436", role),)), {})  # type: ignore[arg-type]
    assert found.in_pakistan is None and "gps" not in {e.kind for e in found.evidence}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/report/internetDetails/geolocation", "<latitude>31.55</latitude><longitude>74.34</longitude>"),
        ("/report/geoLocation", "31.5497,74.3436"),
    ],
)
def test_an_element_of_geography_that_no_importer_knows(path: str, value: str) -> None:
    element = NotUnderstood(source="report.xml", path=path, value=value)
    assert describe(locate(report(not_understood=(element,)), {})) == LAHORE


@pytest.mark.parametrize("place", ["reporter", "ncmecGeoLookup", "ipCaptureEvent", "lawEnforcement"])
def test_an_unknown_element_of_the_reporter_or_of_an_address_table_is_no_evidence(place: str) -> None:
    element = NotUnderstood(source="report.xml", path=f"/report/{place}/geolocation", value="31.5497,74.3436")
    assert locate(report(not_understood=(element,)), {}).evidence == ()


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("nan", "74.34"), ("inf", "74.34"), ("1e400", "74.34"), ("9" * 5_000, "74.34"), (10**4_000, 74), (True, False), (None, None),
        ("", ""), ("131.5", "74.34"), ("31.55", "274.34"), ("0", "0"), ("0.0", "0.0"), ("24.2", "66.3"), ("74.34", "31.55"),
        ("31.55.1", "74.34"), ("31,5497", "74.34"), ("--31.55", "74.34"), ("x" * 100_000, "74.34"),
    ],
)  # fmt: skip
def test_hostile_numbers_place_nothing(latitude: Scalar, longitude: Scalar) -> None:
    found = locate(report(facts=facts_of(latitude, longitude)), {})
    assert (found.verdict, found.total, found.office, found.foreign) == ("unclear", 0, "HQ", ())


def test_the_position_of_an_address_table_is_no_incident() -> None:
    assert locate(report(facts=facts_of("31.55", "74.34", "ncmecGeoLookup.")), {}).evidence == ()


def test_two_latitudes_of_one_block_are_no_position() -> None:
    found = locate(report(facts=(*facts_of("31.55", "74.34"), *facts_of("24.86", "67.01"))), {})
    assert found.evidence == ()


def test_positions_in_different_provinces_choose_no_office() -> None:
    facts = (*facts_of("31.55", "74.34"), *facts_of("24.86", "67.01", "other."))
    found = locate(report(facts=facts), {})
    assert (found.in_pakistan, found.province, found.office) == (True, None, "HQ")


def test_coordinates_abroad_say_so_and_beside_a_pakistani_user_leave_the_user_here() -> None:
    assert locate(report(facts=facts_of("51.5", "-0.12")), {}).verdict == "no"
    found = locate(report(identifier("ip", PTCL), facts=facts_of("51.5", "-0.12")), {})
    assert (of(found, "suspect").verdict, of(found, "incident").verdict, found.in_pakistan) == ("likely", "no", True)


def test_a_user_abroad_does_not_weigh_the_incident_away() -> None:
    abroad = identifier("ip", "49.36.0.0"), identifier("phone", "+91 98000 00000", verified=True)
    found = locate(report(*abroad, facts=facts_of("31.55", "74.34")), {})
    assert (found.verdict, found.office) == ("likely", "LHR")


def test_the_stated_location_goes_before_names_in_texts_but_not_before_firmer_evidence() -> None:
    bio = text("Kite flyer from Multan", "suspect", "profileBio")
    assert locate(report(free_text=(bio,), facts=facts_of("31.55", "74.34")), {}).office == "LHR"
    landline = identifier("phone", "+92 61 3000000")
    assert locate(report(landline, facts=facts_of("31.55", "74.34")), {}).office == "MUX"


def test_just_across_the_border_leaves_the_question_open() -> None:
    found = locate(report(facts=facts_of("34.126", "71.085")), {})
    assert (found.verdict, found.foreign) == ("unclear", ("AF",))


@pytest.mark.parametrize(
    "words",
    ["39.32.0.0, 103.255.4.0", "version 12.3456, then 7", "costs 31.55, 74.34 rupees", "1.2.3.4,5.6.7.8", "31.5497,74.3436,12,15",
     "lat: 31.55", "latitude 31.5.5 longitude 74.3.4", ""],
)  # fmt: skip
def test_other_numbers_are_no_positions(words: str) -> None:
    assert list(find_positions(words)) == []


def test_a_text_gives_a_limited_number_of_positions() -> None:
    words = " ".join(f"{31 + n / 1000:.4f}, 74.3400" for n in range(200))
    assert len(list(find_positions(words))) == MOST_POSITIONS


def test_reading_stays_linear() -> None:
    for words in ("lat 1 " * 4_000, "1.1111, " * 3_000, "° ' 1" * 5_000, "latitude" + " " * 20_000, "3" * 20_000, "/@1," * 5_000):
        start = time.process_time()
        list(find_positions(words))
        assert time.process_time() - start < 5, words[:20]


@given(st.text(alphabet="0123456789.,-+°'\"NSEWlat on:=/@?q&", max_size=200))
def test_any_text_is_read(words: str) -> None:
    list(find_positions(words))
    read_pair(words)
    locate(report(free_text=(text(words, "incident"),), facts=facts_of(words, words)), {})


def test_a_pair_is_read_in_the_forms_of_fields() -> None:
    for words in ("31.55,74.34", "(31.55, 74.34)", "31.55 74.34", "31.55/74.34", "31.55;74.34", "31.55 N, 74.34 E"):
        assert read_pair(words) == Position(31.55, 74.34), words
    assert read_pair("31.55") is None
