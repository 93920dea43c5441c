"""Names of Pakistani places and of places abroad, with the spellings under which people write them.

Two indices exist: `load_text_names` for texts, and `load_address_names` with all names for fields and postal addresses. In
addresses spacing, doubled letters and common Roman spellings make no difference. Names never match by similarity: Muzaffargarh
(Punjab) and Muzaffarabad (AJK) share no spelling.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

from triage.locate.tables import read_rows
from triage.message import NOTHING, Message, join
from triage.resources import resource

LONGEST_NAME = 6
"""Words."""
COUNTRY = "Pakistan"
Use = Literal["text", "cue", "short", "address"]
"""Where a name is looked for: in any text, only beside a word that makes it a place, as an abbreviation, only in addresses."""

_LETTERS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ك": "ک", "ڪ": "ک", "ه": "ہ", "ھ": "ہ", "ة": "ہ", "ۀ": "ہ",
        "ە": "ہ", "ۂ": "ہ", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ؤ": "و", "ئ": "ی", "ۓ": "ے",
        "ٽ": "ٹ", "ټ": "ٹ", "ډ": "ڈ", "ڊ": "ڈ", "ڏ": "ڈ", "ڙ": "ڑ", "ړ": "ڑ", "ګ": "گ", "ڳ": "گ", "ٻ": "ب", "ڄ": "ج",
        "ڀ": "بہ", "ٿ": "تہ", "ٺ": "ٹہ", "ڦ": "پہ", "ڇ": "چہ", "ڌ": "دہ", "ڍ": "ڈہ", "ڻ": "ن", "ڼ": "ن", "ں": "ن",
        "\u0640": "", "\u200c": " ", "\u200d": "", "\u200e": "", "\u200f": "", "’": "", "'": "", "&": " and ",
    }
)  # fmt: skip
_WORD = re.compile(r"\w+")
_WORD_CHARACTERS = "".join(chr(code) if _WORD.match(chr(code)) else " " for code in range(128))
"""By ASCII code: what belongs to a word of `_WORD`, else a blank. So a text in ASCII is cut in a quarter of the time."""
_DOUBLED = re.compile(r"(\w)\1")
_SPELLINGS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"aa", "a"),
        (r"ee|ei|ey|ie|y", "i"),
        (r"oo|ou|o", "u"),
        (r"[au]w(?=[^aeiou])|au(?=[^aeiou])", "u"),
        (r"w", "v"),
        (r"q|ck", "k"),
        (r"(?<=[bdgrt])h", ""),
        (r"(?<=[aeiu])h\b", ""),
    )
)
"""Ways in which Roman spellings of one name differ. "kh", "jh", "ph" and "sh" stay: Khanpur is not Kanpur."""
_SEAT, _TOWN, _LOCALITY = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Name:
    """A place with the name. `province` None means the country only, or several places. `elsewhere` names places abroad."""

    name: str
    province: str | None
    district: str | None
    elsewhere: Message = NOTHING
    rank: int = _LOCALITY
    """Which of several places a bare name means: a district's seat before a town, and a town before a locality."""
    area: bool = False
    """Whether it is a part of a city, such as "Saddar", whose name many cities have."""


@dataclass(frozen=True, slots=True)
class TextNames:
    """Names that are looked for in texts, by their words."""

    plain: dict[tuple[str, ...], Name]
    cued: dict[tuple[str, ...], Name]
    """Names that are also ordinary words: they count only beside a word that makes them places."""
    short: dict[tuple[str, ...], Name]
    """Abbreviations."""
    lengths: dict[str, int]
    """First words of all of them, each with the length of its longest name in words."""


def split_words(text: str) -> tuple[str, ...]:
    """Returns the words in one form: lower case without marks, and Arabic script with the letters of its languages made one."""
    if text.isascii():
        return tuple(text.replace("&", " and ").replace("'", "").lower().translate(_WORD_CHARACTERS).split())
    folded = unicodedata.normalize("NFKD", text.translate(_LETTERS)).translate(_TABLE)
    return tuple(_WORD.findall(folded.casefold()))


_KEPT = 0x3000
"""Below it lie the alphabets, above it mostly Chinese, Japanese and Korean letters."""


class _LetterTable(dict[int, "int | str | None"]):
    """`_LETTERS`, nothing for marks above or below a letter, and every other letter as it is.

    A letter is looked up when it is first met: looking all of Unicode up takes a quarter of a second in each process. Letters
    from `_KEPT` on are looked up each time, so that a text of all letters there are does not fill the memory for good.
    """

    def __missing__(self, code: int) -> int | None:
        """Returns what stands for a letter that is not kept yet."""
        found = None if unicodedata.combining(chr(code)) else code
        if code < _KEPT:
            self[code] = found
        return found


_TABLE = _LetterTable(_LETTERS)


@lru_cache(maxsize=16_384)
def fold_word(word: str) -> str:
    """Returns a word of `split_words` with the common differences of Roman spelling removed."""
    if not word.isascii():
        return word
    for pattern, letters in _SPELLINGS:
        word = pattern.sub(letters, word)
    return _DOUBLED.sub(r"\1", word)


def fold_name(words: Iterable[str]) -> str:
    """Returns the key of a name in `address_names`: its folded words without spaces ("Faisal Abad" is "Faisalabad")."""
    return "".join(fold_word(word) for word in words)


@lru_cache(maxsize=1)
def read_special_names() -> dict[str, Any]:
    """Reads names.toml: the country, the provinces, and names that exist elsewhere too."""
    return tomllib.loads(resource("geo", "names.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def load_text_names() -> TextNames:
    """Returns the names that are looked for in texts."""
    found: dict[Use, dict[tuple[str, ...], list[Name]]] = {"text": {}, "cue": {}, "short": {}}
    for spelling, use, name in _read_all_names():
        for form in _split_forms(spelling) if use in found else ():
            found[use].setdefault(form, []).append(name)
    elsewhere = {split_words(name): Message(note) for name, note in read_special_names()["elsewhere"].items()}  # message-ok
    plain = {form: _unite(names, elsewhere.get(form, NOTHING)) for form, names in found["text"].items()}
    cued = {form: _unite(names, elsewhere.get(form, NOTHING)) for form, names in found["cue"].items() if form not in plain}
    short = {form: _unite(names, NOTHING) for form, names in found["short"].items()}
    lengths: dict[str, int] = {}
    for form in chain(plain, cued, short):
        lengths[form[0]] = max(len(form), lengths.get(form[0], 0))
    return TextNames(plain, cued, short, lengths)


@lru_cache(maxsize=1)
def load_address_names() -> dict[str, tuple[Name, ...]]:
    """Returns all names by `fold_name`, each with the places that have it."""
    elsewhere = {fold_name(split_words(n)): Message(note) for n, note in read_special_names()["elsewhere"].items()}  # message-ok
    out: dict[str, dict[tuple[str | None, str | None, bool], Name]] = {}
    for spelling, _, name in _read_all_names():
        key = fold_name(split_words(spelling))
        if not key:
            continue
        same = out.setdefault(key, {}).setdefault((name.province, name.district, name.area), name)
        if name.rank > same.rank:
            out[key][name.province, name.district, name.area] = name
    return {key: tuple(_say_elsewhere(n, elsewhere.get(key, NOTHING)) for n in names.values()) for key, names in out.items()}


def _say_elsewhere(name: Name, note: Message) -> Name:
    return Name(name.name, name.province, name.district, note, name.rank, name.area)


def _read_all_names() -> Iterator[tuple[str, Use, Name]]:
    yield from _read_gazetted_names()
    yield from _read_localities()
    special = read_special_names()
    for spelling in special["country"]:
        yield spelling, "text", Name(COUNTRY, None, None)
    for province, spellings in special["regions"].items():
        for spelling in spellings:
            yield spelling, "text", Name(spellings[0], province, None)


def _read_gazetted_names() -> Iterator[tuple[str, Use, Name]]:
    for table in ("places.tsv", "districts.tsv"):
        for row in read_rows("geo", table):
            district = row.get("district") or ""
            own = row.get("name", district)
            area = own.endswith(" Town")
            rank = _SEAT if own == district else _LOCALITY if area else _TOWN
            name = Name(own, row["province"], district or None, rank=rank, area=area)
            yield own, "address", name
            for spelling in filter(None, row["spellings"].split("|")):
                yield spelling, "text", name


def _read_localities() -> Iterator[tuple[str, Use, Name]]:
    provinces = read_district_provinces()
    for row in read_rows("geo", "localities.tsv"):
        use: Use = row["use"]  # type: ignore[assignment]
        district = row["district"]
        seat = row["name"] == district or use == "short"
        area = use == "address" and not seat
        name = Name(row["name"], provinces[district], district, rank=_SEAT if seat else _LOCALITY, area=area)
        for spelling in row["spellings"].split("|"):
            yield spelling, use, name


@lru_cache(maxsize=1)
def read_district_provinces() -> dict[str, str]:
    """Returns the province of each district."""
    return {row["district"]: row["province"] for row in read_rows("geo", "districts.tsv")}


def _split_forms(spelling: str) -> Iterable[tuple[str, ...]]:
    """Yields the spelling's words; in Arabic script also written as one word, which is common ("مظفرگڑھ")."""
    form = split_words(spelling)
    if form:
        yield form
    if len(form) == 2 and not spelling.isascii():
        yield ("".join(form),)


def _unite(found: list[Name], elsewhere: Message) -> Name:
    """Returns what several places of one name have in common."""
    provinces, districts = {n.province for n in found}, {n.district for n in found if n.district}
    province = next(iter(provinces)) if len(provinces) == 1 else None
    district = next(iter(districts)) if province and len(districts) == 1 else None
    name = min(n.name for n in found)
    several = NOTHING if len(provinces) == 1 else Message("Several places in Pakistan have this name.")
    return Name(name, province, district, join(elsewhere, several))


@lru_cache(maxsize=1)
def load_regions_abroad() -> dict[tuple[str, ...], str]:
    """Returns countries by name and regions abroad, by their words. Codes are left out: "in", "us" and "me" are words."""
    special = read_special_names()
    named = {form: code for form, code in _load_countries().items() if len(" ".join(form)) > 3}
    regions = {split_words(spelling): code for code, spellings in special["regions_abroad"].items() for spelling in spellings}
    return named | regions | {split_words(spelling): "PK" for spelling in special["country"]}


@lru_cache(maxsize=1)
def load_cities_abroad() -> dict[tuple[str, ...], str]:
    """Returns the countries of cities, regions and countries abroad whose names no place in Pakistan has, by their words."""
    special = read_special_names()
    cities = {form: code for form, code in _load_countries().items() if code != "PK" and len(" ".join(form)) > 3}
    cities |= {split_words(row["name"]): row["code"] for row in read_rows("geo", "cities_abroad.tsv")}
    for table in ("regions_abroad", "cities_abroad"):
        cities |= {split_words(spelling): code for code, spellings in special[table].items() for spelling in spellings}
    return {form: code for form, code in cities.items() if fold_name(form) not in load_address_names()}


@lru_cache(maxsize=1)
def _read_region_codes() -> dict[str, str]:
    return {code.casefold(): province for province, codes in read_special_names()["codes"].items() for code in codes}


@lru_cache(maxsize=1)
def _load_countries() -> dict[tuple[str, ...], str]:
    table = {split_words(row["name"]): row["code"] for row in read_rows("geo", "countries.tsv")}
    table |= {(row["code"].lower(),): row["code"] for row in read_rows("geo", "countries.tsv")}
    words = read_special_names()["country_words"]
    return table | {split_words(word): code for code, spellings in words.items() for word in spellings}


def find_region(text: str) -> str | None:
    """Returns the province that a region field of a Pakistani location names, by code or by name."""
    code = _read_region_codes().get(text.strip().casefold())
    found = () if code else load_address_names().get(fold_name(split_words(text)), ())
    regions = {name.province for name in found if name.district is None}
    return code or (regions.pop() if len(regions) == 1 else None)


def find_country(text: str) -> str | None:
    """Returns the ISO code of a country given by code or name."""
    return _load_countries().get(split_words(text))
