"""Addresses as people write them: which part decides."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.locate import gazetteer
from triage.locate.gazetteer import fold_name, load_address_names, load_cities_abroad, split_words
from triage.locate.postal import WrittenPlace, read_address, read_fields


def read(text: str) -> tuple[str | None, str | None, str | None, bool]:
    place = read_address(text)
    return place.country, place.province, place.district, place.known


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Lahore Kebab House, London", "GB"),
        ("Lahore Kebab House London", "GB"),
        ("Karachi Bakery, Hyderabad 500082", "IN"),
        ("Model Town, Ludhiana, Punjab", "IN"),
        ("Mirpur 10, Dhaka", "BD"),
        ("The Lahore, 218 Commercial Rd, E1 2JT", "GB"),
        ("123 Main St, Kite, NJ 08817", "US"),
        ("Pakistan Embassy, Washington DC", "US"),
        ("Islamabad, Anantnag, J&K", "IN"),
        ("لاہور ہوٹل، دبئی", "AE"),
        ("Karachi, USA", "US"),
    ],
)
def test_a_place_abroad_behind_the_last_pakistani_town_wins(text: str, country: str) -> None:
    assert read_address(text) == WrittenPlace(country)


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("Dubai Plaza, Murree Road, Rawalpindi", "Rawalpindi"),
        ("London Bakery, Multan Road, Lahore", "Lahore"),
        ("Delhi Gate, Lahore", "Lahore"),
        ("Sanghar, Tando Adam", "Sanghar"),
        ("Jordan Road, Lahore", "Lahore"),
        ("Kabul River Road, Mardan", "Mardan"),
    ],
)
def test_streets_businesses_and_parts_of_names_are_no_places_abroad(text: str, district: str) -> None:
    assert read_address(text).district == district and read_address(text).known


@pytest.mark.parametrize(
    ("text", "province", "district"),
    [
        ("Sahiwal, Sargodha", "PB", "Sargodha"),
        ("Sahiwal, Punjab", "PB", "Sahiwal"),
        ("Khanpur, Haripur", "KP", "Haripur"),
        ("Khanpur, Rahim Yar Khan", "PB", "Rahim Yar Khan"),
        ("Kot Addu, Muzaffargarh", "PB", "Kot Addu"),
        ("Kotli Sattian, Murree, Rawalpindi", "PB", "Murree"),
        ("Satellite Town, Quetta", "BA", "Quetta"),
        ("Mirpur, Azad Kashmir", "AJK", "Mirpur"),
        ("Mirpur Khas", "SD", "Mirpur Khas"),
        ("Hyderabad 71000", "SD", "Hyderabad"),
        ("Latifabad, Hyderabad", "SD", "Hyderabad"),
        ("Gilgit, GB", "GB", "Gilgit"),
        ("G-9/05, Islamabad", "ICT", "Islamabad"),
        ("Chak 12/1-L, Renala", "PB", "Okara"),
    ],
)
def test_names_are_read_by_what_stands_beside_them(text: str, province: str, district: str) -> None:
    assert read(text)[1:] == (province, district, True)


@pytest.mark.parametrize(
    "text",
    ["Model Town", "Saddar, Cantt", "Mall Road", "Hyderabad", "Mirpur", "Punjab", "Gujrat", "Little Pakistan", "Multan Road", "Multani Street",
     "", ",,,", "12", "Model Town, Punjab"],
)  # fmt: skip
def test_what_many_places_have_is_not_known(text: str) -> None:
    assert not read_address(text).known and read_address(text).country is None


def test_city_and_region_that_do_not_fit_decide_nothing() -> None:
    for place in (
        read_address("Lahore, Sindh"),
        read_fields("PK", "Lahore", "Sindh"),
        read_fields("PK", "Muzaffarabad", "Punjab"),
    ):
        assert place.province is None and place.clash


@pytest.mark.parametrize(
    "spellings",
    [
        ("Faisalabad", "Faisal Abad", "FAISAL-ABAD", "Faisalabaad"),
        ("Gulshan-e-Iqbal", "Gulshan e Iqbal", "gulshan-e iqbal"),
        ("D.G. Khan", "DG Khan", "D G Khan"),
        ("P.E.C.H.S.", "PECHS"),
        ("Sheikhupura", "Sheikhoopura"),
        ("مظفرگڑھ", "مظفر گڑھ"),
    ],
)
def test_spacing_doubling_and_initials_make_no_difference(spellings: tuple[str, ...]) -> None:
    assert len({fold_name(split_words(spelling)) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Muzaffargarh", "Muzaffarabad"), ("Khanpur", "Kanpur"), ("Jhang", "Jang"), ("Mirpur", "Mirpur Khas")]
)
def test_different_places_stay_apart(one: str, other: str) -> None:
    assert fold_name(split_words(one)) != fold_name(split_words(other))


def test_no_city_abroad_has_a_pakistani_name() -> None:
    assert not {form for form in load_cities_abroad() if fold_name(form) in load_address_names()}


def test_reading_stays_within_bounds() -> None:
    for text in ("Lahore, " * 50_000, "a" * 1_000_000, "," * 1_000_000, "1" * 100_000, "Dera " * 10_000, "A1 " * 50_000):
        start = time.process_time()
        read_address(text)
        read_fields(None, text, text)
        assert time.process_time() - start < 5, text[:10]


@given(st.text(alphabet="Lahore, PakistnGB12-/()،لاہور\n", max_size=300))
def test_any_address_is_read(text: str) -> None:
    place = read_address(text)
    assert place.country in (None, "PK") or (place.province, place.district) == (None, None)


def test_a_text_of_all_letters_there_are_leaves_little_behind() -> None:
    """The table of letters stays as long as the process."""
    split_words("".join(map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1)))))
    assert len(gazetteer._TABLE) <= 0x3000 + len(gazetteer._LETTERS)


def test_marks_go_wherever_in_unicode_they_lie() -> None:
    assert split_words("Z\u0301ia \u6f22\u302a\u5b57 \U0001d157\U0001d165x") == split_words("Zia \u6f22\u5b57 \U0001d157x")
