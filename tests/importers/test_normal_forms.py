from __future__ import annotations

import ipaddress
import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK
from triage.importers import normal_forms


@pytest.mark.parametrize(
    ("value", "code", "form"),
    [
        ("+92 300 0000123", "", "+923000000123"),
        ("0092-300-0000123", "", "+923000000123"),
        ("0300 0000123", "", "+923000000123"),
        ("(0300) 0000123", "", "+923000000123"),
        ("923000000123", "", "+923000000123"),
        ("۰۳۰۰۰۰۰۰۱۲۳", "", "+923000000123"),
        ("٠٣٠٠٠٠٠٠١٢٣", "", "+923000000123"),
        ("\u202a+92 300 0000123\u202c", "", "+923000000123"),
        ("300 0000123", "+92", "+923000000123"),
        ("923000000123", "+92", "+923000000123"),
        ("042 35000000", "", "+924235000000"),
        ("+1 202 555 0123", "", "+12025550123"),
        ("202 555 0123", "+1", "+12025550123"),
        ("3000000123", "", None),
        ("202 555 0123", "", None),
        ("+92", "", None),
        ("kite", "", None),
        ("", "", None),
    ],
)
def test_phone(value: str, code: str, form: str | None) -> None:
    assert normal_forms.normalise_phone(value, code) == form


@given(st.from_regex(r"\A(?:\+92|0)[ -]?3[0-9]{2}[ -]?[0-9]{7}\Z"))
def test_the_usual_mobile_number_is_what_the_library_makes_of_it(value: str) -> None:
    number = phonenumbers.parse(value, "PK")
    assert phonenumbers.is_possible_number(number)
    assert normal_forms.normalise_phone(value) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("203.0.113.5", "203.0.113.5"),
        (" 203.0.113.5 ", "203.0.113.5"),
        ("203.000.113.005", "203.0.113.5"),
        ("203.0.113.05", None),
        ("010.1.2.3", None),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("203.0.113", None),
        ("203.0.113.256", None),
        ("12345", None),
        ("kite", None),
    ],
)
def test_ip(value: str, form: str | None) -> None:
    assert normal_forms.normalise_ip(value) == form


@QUICK
@given(st.integers(0, 2**128 - 1))
def test_every_spelling_of_an_ipv6_address_is_one(number: int) -> None:
    address = ipaddress.IPv6Address(number)
    assert (
        normal_forms.normalise_ip(address.exploded)
        == normal_forms.normalise_ip(address.compressed)
        == normal_forms.normalise_ip(address.exploded.upper())
    )


@pytest.mark.parametrize(
    ("value", "split"),
    [
        ("203.0.113.5:443", ("203.0.113.5", 443)),
        ("[2001:db8::1]:443", ("2001:db8::1", 443)),
        ("2001:db8::443", ("2001:db8::443", None)),
        ("203.0.113.5:0", ("203.0.113.5:0", None)),
        ("203.0.113.5:70000", ("203.0.113.5:70000", None)),
    ],
)
def test_ip_and_port(value: str, split: tuple[str, int | None]) -> None:
    assert normal_forms.split_ip_and_port(value) == split


@pytest.mark.parametrize(
    ("kind", "value", "form"),
    [
        ("email", "Kite.Flyer@Mail.Example.Invalid", "kite.flyer@mail.example.invalid"),
        ("email", "mailto:<kite@example.invalid>", None),
        ("email", "kite", None),
        ("url", "HTTPS://User@Example.Invalid/Path?Q=A#F", "https://User@example.invalid/Path?Q=A#F"),
        ("url", "WWW.Example.invalid/Path", "www.example.invalid/Path"),
        ("url", "http://[bad/", None),
        ("url", "two words", None),
        ("cnic", "91234-1234567-1", "91234-1234567-1"),
        ("cnic", "9123412345671", "91234-1234567-1"),
        ("cnic", "۹۱۲۳۴-۱۲۳۴۵۶۷-۱", "91234-1234567-1"),
        ("cnic", "91234-123456-1", None),
        ("device", "49-015420-323751-8", "490154203237518"),
        ("device", "00-1B-44-11-3A-B7", "00:1b:44:11:3a:b7"),
        ("device", "AEBE52E7-03EE-455A", "aebe52e7-03ee-455a"),
        ("username", " @Kite_Flyer ", "kite_flyer"),
        ("username", "ＫＩＴＥ", "kite"),
        ("name", "Amal  KITE", "amal kite"),
        ("user_id", " U-77 ", "U-77"),
        ("other", "x", None),
    ],
)
def test_other_kinds(kind: str, value: str, form: str | None) -> None:
    assert normal_forms.normalise_identifier(kind, value) == form


def test_luhn() -> None:
    assert normal_forms.passes_luhn_check("490154203237518")
    assert not normal_forms.passes_luhn_check("490154203237519")


@QUICK
@given(st.text(max_size=60), st.sampled_from(sorted(normal_forms.FORMS)))
def test_a_normal_form_is_stable(value: str, kind: str) -> None:
    form = normal_forms.normalise_identifier(kind, value)
    if form is not None:
        assert form
        assert normal_forms.normalise_identifier(kind, form) == form


@pytest.mark.parametrize(
    ("text", "port"),
    [("443", 443), ("+443", 443), ("00443", 443), ("443.0", 443), (" 443 ", 443), ("65535", 65_535)]
    + [(text, None) for text in ("", "0", "65536", "-1", "4 43", "443.5", "none", "999999", "²")],
)
def test_port(text: str, port: int | None) -> None:
    assert normal_forms.parse_port(text) == port


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Kite@Mail.Example", "kite@mail.example"),
        ("MAILTO:kite@mail.example", "kite@mail.example"),
        ("<kite@mail.example>", "kite@mail.example"),
        ("Ali Raza <kite@mail.example>", "kite@mail.example"),
        ('"odd kite"@mail.example', '"odd kite"@mail.example'),
        ("kite+tag@mail.example", "kite+tag@mail.example"),
        ("kite @mail.example", None),
        ("kite@mail.example, lantern@mail.example", None),
        ("kite@a@b", None),
    ],
)
def test_email(text: str, email: str | None) -> None:
    assert normal_forms.normalise_email(text) == email


def test_the_digits_of_every_script_are_read_and_nothing_else() -> None:
    every = "".join(map(chr, range(0x20000)))
    wanted = "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in every)
    assert normal_forms.to_ascii_digits(every) == wanted
    assert not any(chr(code).isdecimal() for code in range(0x20000, 0x110000))


def test_long_texts_are_not_remembered_as_addresses() -> None:
    """A worker would fill up with what a document of long values leaves behind."""
    before = normal_forms._recall_ip.cache_info().currsize
    for n in range(20):
        assert normal_forms.normalise_ip(f"{n}" + "9" * 200) is None
    assert normal_forms._recall_ip.cache_info().currsize == before
    assert normal_forms.normalise_ip("203.0.113.5" + " " * 200) == "203.0.113.5"
