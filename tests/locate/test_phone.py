"""Telephone numbers with known answers; all subscriber digits are zeros or otherwise invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.locate.reports import PTCL, identifier, report
from triage.locate.judge import locate
from triage.locate.phone import find_evidence, read_number


@pytest.mark.parametrize(
    ("number", "operator"),
    [
        ("+92 300 0000000", "Jazz"),
        ("0092-322-0000000", "Jazz"),
        ("+923100000000", "Zong"),
        ("+923700000000", "Zong"),
        ("+92 (0)333 0000000", "Ufone"),
        ("+92 345 0000000", "Telenor"),
        ("+923550000000", "SCO"),
        ("923000000000", "Jazz"),
        ("+۹۲ ۳۰۰ ۰۰۰۰۰۰۰", "Jazz"),
        ("+٩٢٣١٠٠٠٠٠٠٠٠", "Zong"),
    ],
)
def test_issuing_operator(number: str, operator: str) -> None:
    line = read_number(number)
    assert line is not None and (line.country, line.operator, line.province) == ("PK", operator, None)


@pytest.mark.parametrize(
    ("number", "province", "district"),
    [
        ("+92 21 30000000", "SD", "Karachi"),
        ("+92 42 30000000", "PB", "Lahore"),
        ("+92 81 2000000", "BA", "Quetta"),
        ("+92 91 2000000", "KP", "Peshawar"),
        ("+92 992 300000", "KP", "Abbottabad"),
        ("+92 66 2000000", "PB", "Muzaffargarh"),
        ("+92 5811 400000", "GB", "Gilgit"),
        ("+92 5815 400000", "GB", "Skardu"),
        ("+92 5822 900000", "AJK", "Muzaffarabad"),
        ("+92 5827 400000", "AJK", "Mirpur"),
        ("+92 5819 400000", "GB", None),
        ("+92 5829 400000", "AJK", None),
        ("+92 51 2000000", None, "Islamabad or Rawalpindi"),
    ],
)
def test_landline_areas(number: str, province: str | None, district: str | None) -> None:
    line = read_number(number)
    assert line is not None and line.landline
    assert (line.province, line.district) == (province, district)


def test_an_area_of_two_provinces_names_neither() -> None:
    found = locate(report(identifier("phone", "+92 51 2000000")), {})
    assert found.province is None and found.district is None
    assert "Islamabad or Rawalpindi" in str(found.evidence[0].says)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+1 415 555 0100", "US"),
        ("+44 20 7946 0000", "GB"),
        ("+93 70 000 0000", "AF"),
        ("+91 98000 00000", "IN"),
        ("+971500000000", "AE"),
    ],
)
def test_foreign_numbers(number: str, country: str) -> None:
    line = read_number(number)
    assert line is not None and line.country == country


def test_country_calling_code_beside_the_number() -> None:
    (piece,) = find_evidence([identifier("phone", "3000000000", details=(("countryCallingCode", "+92"),))])
    assert piece.country == "PK" and "issued by Jazz" in str(piece.says)
    (piece,) = find_evidence([identifier("phone", "415 555 0100", details=(("countryCallingCode", "+1"),))])
    assert piece.country == "US"


@pytest.mark.parametrize(
    ("number", "verified", "rule"),
    [
        ("+923000000000", True, "phone.verified"),
        ("+923000000000", None, "phone.stated"),
        ("+923000000000", False, "phone.unverified"),
        ("03000000000", None, "phone.national"),
        ("03000000000", True, "phone.verified"),
        ("021 30000000", None, "phone.national_landline"),
        ("555 0100", None, "phone.no_country"),
        ("+92338000000", None, "phone.not_possible"),
        ("+923380000000", None, "phone.not_possible"),
        ("+14155550100", None, "phone.abroad"),
        ("+14155550100", True, "phone.abroad_verified"),
        ("+14155550100", False, "phone.abroad_unverified"),
        ("+999123456789", None, "phone.not_possible"),
    ],
)
def test_which_rule(number: str, verified: bool | None, rule: str) -> None:
    (piece,) = find_evidence([identifier("phone", number, verified=verified)])
    assert piece.rule == rule


@pytest.mark.parametrize(
    "number",
    ["0551234567", "0531234567", "0212 555 0123", "0612345678", "09121234567", "0412345678", "05321234567"],
    ids=["Saudi Arabia", "Saudi Arabia 2", "Turkey", "France", "Iran", "Australia", "Turkey 2"],
)
@pytest.mark.parametrize("verified", [True, None])
def test_a_foreign_number_that_looks_like_a_landline_here_neither_places_nor_routes(number: str, verified: bool | None) -> None:
    found = locate(report(identifier("phone", number, verified=verified)), {})
    assert (found.verdict, found.province, found.office) == ("unclear", None, "HQ")


def test_a_landline_without_country_code_routes_where_something_else_says_pakistan() -> None:
    found = locate(report(identifier("phone", "042-35000000"), identifier("ip", PTCL)), {})
    assert (found.verdict, found.district, found.office) == ("likely", "Lahore", "LHR")


def test_a_companys_number_is_one() -> None:
    (piece,) = find_evidence([identifier("phone", "+92 21 111 000 000")])
    assert piece.rule == "phone.stated" and "Karachi" in str(piece.says)


def test_a_satellite_number_has_no_country_and_is_not_called_local() -> None:
    (piece,) = find_evidence([identifier("phone", "+882 16 12345678")])
    assert piece.country is None and piece.points == 0
    assert "no single country" in str(piece.says)


def test_the_special_organizations_numbers_hint_at_the_two_regions_that_it_serves() -> None:
    found = locate(report(identifier("phone", "+923550000000")), {})
    assert "AJK and Gilgit-Baltistan (administered by Pakistan): possibly" in str(found.evidence[0].says)
    assert found.province is None


def test_one_number_in_two_spellings_counts_once() -> None:
    found = locate(report(identifier("phone", "+92 300 0000000"), identifier("phone", "+923000000000")), {})
    assert sorted(e.weight for e in found.evidence) == [0, 30]


def test_portability_is_said_and_a_mobile_number_gives_no_province() -> None:
    found = locate(report(identifier("phone", "+923550000000", verified=True)), {})
    assert "can be carried" in str(found.evidence[0].says)
    assert found.in_pakistan is True and found.province is None


@given(st.text(max_size=40), st.text(max_size=6))
def test_any_text_is_read_without_an_error(value: str, code: str) -> None:
    line = read_number(value, code)
    assert line is None or line.e164 or line.country is None


@given(st.from_regex(r"\+?[0-9 ()./-]{5,20}", fullmatch=True))
def test_any_number_has_one_piece(value: str) -> None:
    assert len(list(find_evidence([identifier("phone", value)]))) <= 1


def test_five_digits_are_a_number_and_four_are_none() -> None:
    assert read_number("12345") is not None and read_number("1234") is None
