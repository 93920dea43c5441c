"""Reads locations written as people write them: "House 4, Gulshan e Iqbal, khi", "Lahore Kebab House, London".

An address is read from its end. The country comes first, then the town or district, and then smaller places that lie in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.locate.gazetteer import (
    COUNTRY,
    LONGEST_NAME,
    Name,
    find_country,
    find_region,
    fold_name,
    load_address_names,
    load_cities_abroad,
    read_special_names,
    split_words,
)
from triage.locate.places import name_province
from triage.message import NOTHING, Message

LONGEST = 500
"""Characters of an address that are read."""
_MOST_PARTS = 30  # parts of an address, the last ones: the place stands at its end
_BETWEEN_PARTS = re.compile(r"[,،;؛|/()\n\r\t@]+|\s[-–—]\s")
_DIGITS = re.compile(r"[\d\s.-]+")
_POSTCODES = (
    ("GB", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")),
    ("CA", re.compile(r"\b[A-Z]\d[A-Z] \d[A-Z]\d\b")),
    (
        "US",
        re.compile(
            r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|SC|T[NX]|UT|V[AT]|W[AIVY])"
            r" \d{5}\b"
        ),
    ),
    ("IN", re.compile(r"(?<=[a-z.\s-])\b[1-8]\d{2} ?\d{3}$")),
)  # fmt: skip
_PAKISTANI_POSTCODE = re.compile(r"(?<!\d)[1-9]\d{4}\.?$")


@dataclass(frozen=True, slots=True)
class WrittenPlace:
    """The place that an address names. `country` is an ISO code or None; `clash` says which of its parts do not fit together."""

    country: str | None = None
    province: str | None = None
    district: str | None = None
    known: bool = False
    """Whether a town or district of Pakistan is named that does not exist elsewhere too."""
    clash: Message = NOTHING


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in an address: the places that have it, the number of the part in which it stands, and whether it ends the part."""

    options: tuple[Name, ...]
    part: int
    is_last: bool

    @property
    def is_area(self) -> bool:
        """Says whether it is only the name of quarters, which many cities share."""
        return all(name.area for name in self.options)

    @property
    def is_region(self) -> bool:
        """Says whether it names a province."""
        return all(name.district is None for name in self.options)

    @property
    def is_only_here(self) -> bool:
        """Says whether no place abroad is known by the name."""
        return not any(name.elsewhere for name in self.options)


@lru_cache(maxsize=1)
def _read_words() -> dict[str, frozenset[str]]:
    """Returns the lists of words in names.toml."""
    return {name: frozenset(words) for name, words in read_special_names()["words"].items()}


@lru_cache(maxsize=1)
def _read_states_abroad() -> dict[str, str]:
    return {state: country for country, states in read_special_names()["states_abroad"].items() for state in states}


@lru_cache(maxsize=1)
def _read_older_districts() -> dict[str, str]:
    """Returns the district that another one was once part of."""
    return dict(read_special_names()["once_part_of"])


@lru_cache(maxsize=4_096)
def read_address(text: str) -> WrittenPlace:
    """Reads a location that is written as one text."""
    parts = _split_parts(text)
    if not parts:
        return WrittenPlace()
    found = [each for number, part in enumerate(parts) for each in _find_in_part(part, number)]
    country = _find_stated_country(parts, found)
    if country is None:
        country = _find_country_abroad(parts, found)
    if country not in (None, "PK"):
        return WrittenPlace(country)
    regions = {name.province for each in found if each.is_region for name in each.options if name.province}
    regions |= {region for part in parts[1:] if _is_code(part) and (region := find_region(part))}
    certain = any(_PAKISTANI_POSTCODE.search(part) for part in parts) or any(
        each.is_region and each.is_only_here for each in found
    )
    return _resolve_names(country, [each for each in found if not each.is_region], regions, certain=certain)


def read_fields(country: str | None, city: str, region: str) -> WrittenPlace:
    """Reads a location whose city, region and country stand in fields; `country` is an ISO code."""
    parts = _split_parts(city)
    found = [each for number, part in enumerate(parts) for each in _find_in_part(part, number)]
    if country is None and parts:
        country = _find_stated_country(parts, found) or _find_country_abroad(parts, found)
    if country is None and not city and region:
        country = load_cities_abroad().get(split_words(region[:LONGEST]))
    if country not in (None, "PK"):
        return WrittenPlace(country)
    own = {name.province for each in found if each.is_region for name in each.options if name.province}
    province = find_region(region[:LONGEST]) if region else own.pop() if len(own) == 1 else None
    options = load_address_names().get(fold_name(split_words(region[:LONGEST])), ()) if region else ()
    sure = bool(province and options and not any(name.elsewhere for name in options))
    return _resolve_names(country, [each for each in found if not each.is_region], {province} - {None}, certain=sure)


def _is_code(part: str) -> bool:
    """Returns whether a part can be the code of a province ("KP", "A.K"). Numbers are those of houses and streets."""
    letters = part.replace(".", "")
    return letters.isalpha() and letters.isupper()


def _split_parts(text: str) -> list[str]:
    parts = [part.strip(" .-–—:\"'“”") for part in _BETWEEN_PARTS.split(text[:LONGEST])]
    return [part for part in parts if part][-_MOST_PARTS:]


def _find_in_part(part: str, number: int) -> Iterator[_Found]:
    """Yields the names in one part, the longest first where they overlap, without streets and businesses."""
    tokens = split_words(part)
    folded = [fold_name((token,)) for token in tokens]
    at = 0
    while at < len(tokens):
        step = 1
        for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
            options = load_address_names().get("".join(folded[at : at + length]))
            if options and not _is_generic(tokens[at : at + length]):
                step = length
                if _is_place(tokens, at, at + length) and options[0].name != COUNTRY:
                    yield _Found(options, number, at + length == len(tokens))
                break
        at += step


def _is_generic(tokens: Sequence[str]) -> bool:
    """Returns whether the tokens are a single letter or words such as "village" rather than a name."""
    return len("".join(tokens)) < 2 or all(token in _read_words()["generic"] for token in tokens)


def _is_place(tokens: tuple[str, ...], start: int, end: int) -> bool:
    before = tokens[start - 1] if start else ""
    if before in _read_words()["copies"]:
        return False
    return end == len(tokens) or tokens[end] not in _read_words()["streets"]


def _find_stated_country(parts: Sequence[str], found: Sequence[_Found]) -> str | None:
    """Returns the country that a part names as a whole, or that stands at the end of the last part."""
    last = parts[-1]
    code = find_country(last)
    if code and (len(last) > 2 or (len(parts) > 1 and last.isupper())):
        region = find_region(last) if len(last) == 2 else None
        return "PK" if region and region in {n.province for each in found for n in each.options} else code
    if len(parts) > 1 and last in _read_states_abroad() and find_region(last) is None:
        return _read_states_abroad()[last]
    words = last.split()
    for length in (4, 3, 2, 1):
        tail = " ".join(words[-length:])
        if len(words) > length and len(tail) > 2 and not _DIGITS.fullmatch(tail):
            code = find_country(tail)
            before = split_words(" ".join(words[:-length]))
            if code and not (before and before[-1] in _read_words()["copies"]):
                return code
    if len(words) > 1 and words[-1] in ("UK", "uk", "PK", "pk"):
        return find_country(words[-1])
    named = [find_country(part) for part in parts[:-1] if len(part) > 3]
    return next((code for code in reversed(named) if code), None)


def _find_country_abroad(parts: Sequence[str], found: Sequence[_Found]) -> str | None:
    """Returns the country of a city, a region or a postcode abroad that stands behind every town of Pakistan."""
    here = max((each.part for each in found if not each.is_area and each.is_only_here), default=-1)
    for number in range(len(parts) - 1, -1, -1):
        code = _find_postcode_country(parts[number])
        if code is None and not any(each.part == number and each.is_last for each in found):
            code = _find_city_country(parts[number])
        if code:
            return code if number >= here else None
    return None


def _find_postcode_country(part: str) -> str | None:
    return next((code for code, pattern in _POSTCODES if pattern.search(part)), None)


def _find_city_country(part: str) -> str | None:
    """Returns the country of the city abroad that a part is, or that stands at its end."""
    tokens = tuple(token for token in split_words(part) if not token.isdigit())
    tokens = tuple(token for token in tokens if token not in _read_words()["generic"]) or tokens
    for length in range(min(LONGEST_NAME, len(tokens)), 0, -1):
        code = load_cities_abroad().get(tokens[-length:])
        if code:
            return code
    return None


def _resolve_names(country: str | None, found: Sequence[_Found], regions: Iterable[str | None], *, certain: bool) -> WrittenPlace:
    """Returns the place on which the names agree. `certain`: a region or postcode says that the names are Pakistan's."""
    named = {region for region in regions if region}
    towns = [each for each in reversed(found) if not each.is_area]
    areas = [each for each in reversed(found) if each.is_area]
    chosen: tuple[Name, ...] = ()
    agreeing: list[_Found] = []
    for each in [*towns, *areas]:
        options = tuple(name for name in each.options if not named or name.province in named)
        if not options and not chosen and not each.is_area:
            return _make_clash(country, each, named, certain=certain)
        fitting = _find_fitting(options, chosen) if chosen else options
        if fitting:
            chosen = fitting
            agreeing.append(each)
    best = max((name.rank for name in chosen), default=0)
    top = tuple(name for name in chosen if name.rank == best)
    provinces, districts = {name.province for name in top}, {name.district for name in top}
    if not chosen:
        provinces = set(named)
    province = provinces.pop() if len(provinces) == 1 else None
    district = districts.pop() if province and len(districts) == 1 else None
    only_here = any(each.is_only_here and not each.is_area for each in agreeing)
    several = len(agreeing) + len(named) > 1 and not all(each.is_area for each in agreeing)
    known = bool(province) and (only_here or certain or several)
    return WrittenPlace(country, province, district, known)


def _make_clash(country: str | None, each: _Found, named: set[str], *, certain: bool) -> WrittenPlace:
    provinces = sorted({name.province for name in each.options if name.province})
    clash = Message(
        "The city is in {province}, the stated region is {region}.",
        province=name_province(provinces[0]),
        region=name_province(sorted(named)[0]),
    )
    return WrittenPlace(country, known=certain or each.is_only_here, clash=clash)


def _find_fitting(options: Sequence[Name], chosen: Sequence[Name]) -> tuple[Name, ...]:
    """Returns those of `options` that lie in one of the chosen districts, or the chosen ones that lie in one of `options`."""
    districts = {name.district for name in chosen}
    inside = tuple(n for n in options if n.district in districts or _read_older_districts().get(n.district or "") in districts)
    if inside:
        return inside
    outer = {name.district for name in options}
    return tuple(name for name in chosen if _read_older_districts().get(name.district or "") in outer)
