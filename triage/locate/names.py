"""Names of Pakistani places, whole words only and never by likeness: Muzaffargarh (Punjab) is not Muzaffarabad (AJK).

Two indices: names as people write them in texts, without words that mean something else too ("Tank", "Bagh", "قصور"); and all
names, for fields that state a place.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from triage.locate.tables import rows
from triage.message import NOTHING, Message, join
from triage.resources import resource

LONGEST_NAME = 6
"""Words."""

_FOLDED = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ك": "ک", "ڪ": "ک", "ه": "ہ", "ھ": "ہ", "ة": "ہ", "ۀ": "ہ",
        "ە": "ہ", "ۂ": "ہ", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ی", "ۓ": "ے",
        "\u0640": "", "\u200c": " ", "\u200d": "", "\u200e": "", "\u200f": "", "’": "", "'": "", "&": " and ",
    }
)  # fmt: skip
_WORD = re.compile(r"\w+")
_BETWEEN_PARTS = re.compile(r"[,،;/|]")
_GENERIC = frozenset({"city", "district", "tehsil", "division", "province", "cantt"})


@dataclass(frozen=True, slots=True)
class Name:
    """`province` None: the country only, or several places. `elsewhere` says which other places have the name."""

    name: str
    province: str | None
    district: str | None
    elsewhere: Message = NOTHING


@dataclass(frozen=True, slots=True)
class Gazetteer:
    texts: dict[tuple[str, ...], Name]
    fields: dict[tuple[str, ...], Name]
    starts: frozenset[str]
    """First words of the names in `texts`."""


def words(text: str) -> tuple[str, ...]:
    """Latin without marks and in lower case; Arabic script without marks and with the letters of its languages made one."""
    if text.isascii():
        return tuple(_WORD.findall(text.replace("&", " and ").replace("'", "").lower()))
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.translate(_FOLDED)) if not unicodedata.combining(c))
    return tuple(_WORD.findall(folded.translate(_FOLDED).casefold()))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    special = tomllib.loads(resource("geo", "names.toml").read_text(encoding="utf-8"))
    elsewhere = {words(name): Message(str(note)) for name, note in special["elsewhere"].items()}  # message-ok
    texts: dict[tuple[str, ...], list[Name]] = {}
    fields: dict[tuple[str, ...], list[Name]] = {}
    for spelling, official, name in chain(_gazetted(), _regions(special)):
        for form in _forms(spelling):
            for index in (fields,) if official else (texts, fields):
                index.setdefault(form, []).append(name)
    united = {form: _one(found, elsewhere.get(form, NOTHING)) for form, found in texts.items()}
    stated = {form: _one(_largest(found), elsewhere.get(form, NOTHING)) for form, found in fields.items()}
    return Gazetteer(united, stated, frozenset(form[0] for form in united))


def _gazetted() -> Iterator[tuple[str, bool, Name]]:
    """(spelling, only for fields?, name) of places and districts."""
    for table in ("places.tsv", "districts.tsv"):
        for row in rows("geo", table):
            district = row.get("district") or ""
            name = Name(row.get("name", district), row["province"], district or None)
            yield name.name, True, name
            for spelling in filter(None, row["spellings"].split("|")):
                yield spelling, False, name


def _regions(special: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, bool, Name]]:
    for spelling in special["country"]:
        yield str(spelling), False, Name("Pakistan", None, None)
    for province, spellings in special["regions"].items():
        for spelling in spellings:
            yield spelling, False, Name(spellings[0], province, None)


def _forms(spelling: str) -> Iterable[tuple[str, ...]]:
    """The spelling's words; in Arabic script also written as one word, which is common ("مظفرگڑھ")."""
    form = words(spelling)
    if form:
        yield form
    if len(form) == 2 and not spelling.isascii():
        yield ("".join(form),)


def _one(found: list[Name], elsewhere: Message) -> Name:
    """Several places of one name: what they have in common."""
    provinces, districts = {n.province for n in found}, {n.district for n in found if n.district}
    province = next(iter(provinces)) if len(provinces) == 1 else None
    district = next(iter(districts)) if province and len(districts) == 1 else None
    name = min(n.name for n in found)
    several = NOTHING if len(provinces) == 1 else Message("Several places in Pakistan have this name.")
    return Name(name, province, district, join(elsewhere, several))


def _largest(found: list[Name]) -> list[Name]:
    """In a field that states a place, a district's own name is its seat before it is a village of that name in the same province:
    "Khairpur, Sindh", "Sahiwal, Punjab"."""
    seats = [name for name in found if name.name == name.district]
    return seats if seats and len({name.province for name in found}) == 1 else found


def in_text(text: str) -> Iterator[Name]:
    """Every name in the text, the longest first where they overlap: "Mirpur Khas" is not "Mirpur"."""
    known, starts = gazetteer().texts, gazetteer().starts
    tokens = words(text)
    at = 0
    while at < len(tokens):
        step = 1
        if tokens[at] in starts:
            for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
                name = known.get(tokens[at : at + length])
                if name:
                    yield _beside(name, tokens[at + length : at + length + LONGEST_NAME])
                    step = length
                    break
        at += step


def _beside(name: Name, rest: tuple[str, ...]) -> Name:
    """What stands right behind a name settles which of several places it is: "Gujrat, Pakistan", "Lahore, Virginia"."""
    for length in range(len(rest), 0, -1):
        said = _abroad().get(rest[:length])
        if said == "PK":
            return replace(name, elsewhere=NOTHING) if name.province else name
        if said:
            return replace(name, elsewhere=Message("It is followed by “{words}”.", words=" ".join(rest[:length])))
    return name


@lru_cache(maxsize=1)
def _abroad() -> dict[tuple[str, ...], str]:
    """Countries by name, never by code ("in", "us" and "me" are words), and regions abroad that share names with Pakistan."""
    special = tomllib.loads(resource("geo", "names.toml").read_text(encoding="utf-8"))
    named = {form: code for form, code in _countries().items() if len(" ".join(form)) > 3}
    regions = {words(spelling): code for code, spellings in special["regions_abroad"].items() for spelling in spellings}
    return named | regions | {words(spelling): "PK" for spelling in special["country"]}


def stated(text: str) -> Name | None:
    """The place that a field as a whole names: "Lahore", "Lahore, Punjab", "Dera Ismail Khan City"."""
    parts = [part for part in _BETWEEN_PARTS.split(text) if part.strip()]
    for part in [text, *parts]:
        form = words(part)
        for candidate in (form, tuple(word for word in form if word not in _GENERIC)):
            if candidate in gazetteer().fields:
                return gazetteer().fields[candidate]
    return None


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    special = tomllib.loads(resource("geo", "names.toml").read_text(encoding="utf-8"))
    return {code.casefold(): province for province, codes in special["codes"].items() for code in codes}


def region(text: str) -> str | None:
    """The province that a region field of a Pakistani location names, by name or code."""
    name = stated(text)
    return _codes().get(text.strip().casefold()) or (name.province if name and name.district is None else None)


@lru_cache(maxsize=1)
def _countries() -> dict[tuple[str, ...], str]:
    special = tomllib.loads(resource("geo", "names.toml").read_text(encoding="utf-8"))
    table = {words(row["name"]): row["code"] for row in rows("geo", "countries.tsv")}
    table |= {(row["code"].lower(),): row["code"] for row in rows("geo", "countries.tsv")}
    return table | {words(word): code for code, spellings in special["country_words"].items() for word in spellings}


def country(text: str) -> str | None:
    """ISO code of a country given by code or name."""
    return _countries().get(words(text))
