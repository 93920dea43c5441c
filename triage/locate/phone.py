"""Reads telephone numbers: their country, the operator that issued them, and the area of landlines.

A mobile number carries no region. The operator named is the one that issued the number: numbers can be carried to another.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from triage.locate.evidence import Evidence, find_subject, make_evidence
from triage.locate.ip import SCO_SERVES
from triage.message import NOTHING, Message, join
from triage.model.document import Identifier
from triage.model.judgement import Of
from triage.resources import resource

NATIONAL_LANDLINE = "phone.national_landline"
_MOBILE = re.compile(r"3\d{9}")
_LANDLINE = re.compile(r"[2-9]\d{7,9}")
_COMPANY = re.compile(r"(?:[2-9]\d{1,2})?111\d{6}")
"""A number of a company (UAN), with or without the area it is dialled from."""
_PASSED_ON = Message("A landline can be passed on to another place.")
_NOT_DIGIT = re.compile(r"\D")
_MOBILE_WITH_CODE = re.compile(r"923\d{9}")
_MOBILE_WITH_ZERO = re.compile(r"03\d{9}")
_LANDLINE_WITH_ZERO = re.compile(r"0[2-9]\d{8,9}")


@dataclass(frozen=True, slots=True)
class Numbering:
    """Operators by mobile prefix, and (province, district) by area code."""

    mobile: dict[str, str]
    area: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """A number that was read. `country` is None when not stated.

    A Pakistani mobile number has an `operator`, a landline a `province` and a `district`.
    """

    e164: str
    country: str | None
    operator: str | None = None
    landline: bool = False
    province: str | None = None
    district: str | None = None
    national_form: bool = False
    possible: bool = True


@lru_cache(maxsize=1)
def read_numbering() -> Numbering:
    """Reads the table of prefixes once."""
    table = tomllib.loads(resource("geo", "phones.toml").read_text(encoding="utf-8"))
    return Numbering(table["mobile"], {code: (place[0], place[1]) for code, place in table["area"].items()})


def _to_ascii(text: str) -> str:
    """Returns the text with Urdu and Arabic digits as 0 to 9, and without full-width forms and direction marks."""
    folded = unicodedata.normalize("NFKC", text[:200])
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded if unicodedata.category(c) != "Cf")


def _to_international(text: str, calling_code: str) -> tuple[str, bool] | None:
    """Returns the digits after "+", and whether only the number's form tells the country; None when it is not known."""
    digits = _NOT_DIGIT.sub("", text)
    code = _NOT_DIGIT.sub("", calling_code)
    if text.lstrip("( ").startswith("+"):
        return digits, False
    if digits.startswith("00"):
        return digits[2:], False
    if code:
        stated = digits.startswith(code) and len(digits) > 10
        return (digits if stated else code + digits.lstrip("0")), False
    if _MOBILE_WITH_CODE.fullmatch(digits):
        return digits, False
    if _MOBILE_WITH_ZERO.fullmatch(digits) or (_LANDLINE_WITH_ZERO.fullmatch(digits) and _find_area(digits[1:])):
        return "92" + digits[1:], True
    return None


def _find_area(digits: str) -> tuple[str, str] | None:
    return next((read_numbering().area[digits[:n]] for n in (4, 3, 2) if digits[:n] in read_numbering().area), None)


def read_number(value: str, calling_code: str = "") -> Line | None:
    """Reads a number; returns None when `value` is no number at all."""
    text = _to_ascii(value).strip()
    if sum(c.isdigit() for c in text) < 5:
        return None
    found = _to_international(text, _to_ascii(calling_code))
    if found is None:
        return Line(_NOT_DIGIT.sub("", text), None)
    digits, national = found
    if digits.startswith("92"):
        return _read_pakistani(digits[2:].lstrip("0"), national)
    return _read_foreign(digits)


def _read_pakistani(digits: str, national: bool) -> Line:
    e164 = "+92" + digits
    if digits.startswith("3"):
        operator = next((read_numbering().mobile[digits[:n]] for n in (3, 2) if digits[:n] in read_numbering().mobile), None)
        possible = operator is not None and _MOBILE.fullmatch(digits) is not None
        return Line(e164, "PK", operator=operator, national_form=national, possible=possible)
    province, district = _find_area(digits) or ("", "")
    return Line(
        e164,
        "PK",
        landline=True,
        province=province or None,
        district=district or None,
        national_form=national,
        possible=any(form.fullmatch(digits) for form in (_LANDLINE, _COMPANY)),
    )


@lru_cache(maxsize=16_384)
def _read_foreign(digits: str) -> Line:
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return Line("+" + digits, None, possible=False)
    region = phonenumbers.region_code_for_number(number)
    if region is None and number.country_code is not None:
        region = phonenumbers.region_code_for_country_code(number.country_code)
    country = region if region and region.isalpha() and region != "ZZ" else None
    return Line("+" + digits, country, possible=phonenumbers.is_possible_number(number))


def find_evidence(identifiers: Iterable[Identifier]) -> Iterator[Evidence]:
    """Yields the evidence of telephone numbers."""
    for item in identifiers:
        of = find_subject(item.role)
        if item.kind != "phone" or of is None:
            continue
        line = read_number(item.value, dict(item.details).get("countryCallingCode", ""))
        if line:
            yield _weigh_line(item, of, line)


def _weigh_line(item: Identifier, of: Of, line: Line) -> Evidence:
    return make_evidence(
        _choose_rule(line, item.verified),
        kind="phone",
        value=item.value,
        of=of,
        says=_describe_line(line),
        source=line.e164,
        against=_PASSED_ON if line.landline and line.possible else NOTHING,
        province=line.province,
        district=line.district if line.province else None,
        country=line.country,
    )


def _choose_rule(line: Line, verified: bool | None) -> str:
    if not line.possible:
        return "phone.not_possible"
    if line.country is None:
        return "phone.no_country"
    if line.country != "PK":
        return {True: "phone.abroad_verified", False: "phone.abroad_unverified", None: "phone.abroad"}[verified]
    if line.national_form and line.landline:
        return NATIONAL_LANDLINE  # verified says whose number it is, not of which country: mobiles of the Gulf look the same
    if line.national_form and verified is None:
        return "phone.national"
    return {True: "phone.verified", False: "phone.unverified", None: "phone.stated"}[verified]


def _describe_line(line: Line) -> Message:
    if not line.possible:
        if line.country:
            return Message("Not a possible number of country {country}", country=line.country)
        return Message("Not a possible number")
    if line.country is None:
        if line.e164.startswith("+"):
            return Message("A number of no single country (satellite, freephone)")
        return Message("A number without a country")
    if line.country != "PK":
        return Message("A number of country {country}", country=line.country)
    if not line.landline:
        issued = Message(
            "Pakistani mobile number, issued by {operator} (numbers can be carried to another operator); no region",
            operator=line.operator or "",
        )
        return join(issued, SCO_SERVES if line.operator == "SCO" else NOTHING, by="; ")
    if line.province in ("GB", "AJK"):
        territory = Message("Gilgit-Baltistan") if line.province == "GB" else Message("AJK")
        where = name_area(line) if line.district else territory
        return Message("Pakistani landline of {place} (administered by Pakistan)", place=where)
    return Message("Pakistani landline of {place}", place=name_area(line))


def name_area(line: Line) -> Message:
    """Returns the district of a landline."""
    return Message(line.district) if line.district else Message("an area not in the table")  # message-ok
