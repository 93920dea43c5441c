"""Border points with known answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.locate.places import NAMES, find_spot, read_places


@pytest.mark.parametrize(
    ("where", "latitude", "longitude", "province", "district"),
    [
        ("Wagah", 31.6047, 74.5730, "PB", "Lahore"),
        ("Chaman", 30.9210, 66.4597, "BA", "Chaman"),
        ("Torkham", 34.12, 71.10, "KP", "Khyber"),
        ("Taftan", 28.97, 61.60, "BA", "Chagai"),
        ("Khokhrapar", 25.71, 70.20, "SD", "Umerkot"),
        ("Muzaffarabad", 34.37, 73.47, "AJK", "Muzaffarabad"),
        ("Mirpur", 33.15, 73.75, "AJK", "Mirpur"),
        ("Chakothi", 34.11, 73.88, "AJK", "Hatian Bala"),
        ("Rawalakot", 33.86, 73.76, "AJK", "Poonch"),
        ("Gilgit", 35.92, 74.31, "GB", "Gilgit"),
        ("Skardu", 35.30, 75.63, "GB", "Skardu"),
        ("Sust", 36.69, 74.82, "GB", "Hunza"),
        ("Islamabad", 33.69, 73.05, "ICT", "Islamabad"),
        ("Rawalpindi", 33.60, 73.06, "PB", "Rawalpindi"),
        ("Muzaffargarh", 30.07, 71.19, "PB", "Muzaffargarh"),
        ("Manora, on the coast", 24.79, 66.975, "SD", "Karachi"),
        ("Karachi, DHA", 24.79, 67.06, "SD", "Karachi"),
        ("Gwadar", 25.12, 62.33, "BA", "Gwadar"),
        ("Peshawar", 34.01, 71.57, "KP", "Peshawar"),
    ],
)
def test_inside(where: str, latitude: float, longitude: float, province: str, district: str) -> None:
    found = find_spot(latitude, longitude)
    assert (found.country, found.province, found.district) == ("PK", province, district), where


@pytest.mark.parametrize(
    ("where", "latitude", "longitude", "country"),
    [
        ("Attari", 31.60, 74.61, "IN"),
        ("Amritsar", 31.63, 74.87, "IN"),
        ("Srinagar", 34.08, 74.80, "IN"),
        ("Leh", 34.16, 77.58, "IN"),
        ("Kargil", 34.557, 76.126, "IN"),
        ("Jammu", 32.73, 74.87, "IN"),
        ("Munabao", 25.74, 70.27, "IN"),
        ("Spin Boldak", 31.005, 66.40, "AF"),
        ("Jalalabad", 34.43, 70.45, "AF"),
        ("Zahedan", 29.50, 60.86, "IR"),
        ("Kashgar", 39.47, 75.99, "CN"),
        ("London", 51.5, -0.12, "GB"),
        ("the Arabian Sea", 23.5, 65.0, None),
    ],
)
def test_outside(where: str, latitude: float, longitude: float, country: str | None) -> None:
    found = find_spot(latitude, longitude)
    assert (found.country, found.province) == (country, None), where


def test_near_a_border_the_other_side_is_named() -> None:
    assert find_spot(31.6047, 74.5730).across == ("IN",)
    assert find_spot(34.12, 71.10).across == ("AF",)
    assert find_spot(31.55, 74.34).across == ()
    assert find_spot(24.79, 66.975).across == (), "a coast is no border"


def test_nearly_every_known_place_lies_in_its_own_province() -> None:
    wrong = [p.name for p in read_places() if find_spot(p.latitude, p.longitude).province != p.province]
    assert len(wrong) <= 4, wrong


def test_neutral_words() -> None:
    assert all("administered by Pakistan" in NAMES[code] for code in ("AJK", "GB"))


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_any_point_has_an_answer(latitude: float, longitude: float) -> None:
    found = find_spot(latitude, longitude)
    assert (found.province is None) == (found.country != "PK")
