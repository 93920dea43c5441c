"""Finds names of Pakistani places in texts: whole words only, and never by similarity.

Words that mean something else too ("tank", "bagh", "قصور") are places only beside a word that says so ("from Tank",
"Kasur se hoon", "ضلع قصور"). Food and businesses ("Lahore Kebab House"), surnames ("Multani") and "Little Pakistan" are no places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from triage.locate.gazetteer import LONGEST_NAME, Name, regions_abroad, split_words, text_names
from triage.message import NOTHING, Message

_BUSINESSES = frozenset(
    "kebab kebabs kabab kababs restaurant restaurants darbar bakery bakers sweets biryani nihari karahi tikka grill foods halal"
    " cafe dhaba takeaway".split()
)
_COPIES = frozenset({"little", "mini"})
_BEFORE = (
    ("from",), ("district",), ("distt",), ("zila",), ("zilla",), ("tehsil",), ("taluka",), ("live", "in"), ("lives", "in"),
    ("living", "in"), ("born", "in"), ("based", "in"), ("resident", "of"), ("city", "of"), ("ضلع",), ("تحصیل",), ("ضلعو",), ("تعلقو",),
)  # fmt: skip
"""Words before a name that make it a place."""
_SPEAKERS = frozenset("i am im is are was were he she they hes shes".split())
_AFTER = (
    *((first, second) for first in ("se", "sy", "say") for second in ("hun", "hoon", "hon", "hu", "ho", "hai", "hain", "belong", "taluq")),
    *((first, second) for first in ("mein", "main", "me", "mai") for second in
      ("rehta", "rehti", "rehte", "rahta", "rahti", "rehtay", "ghar", "rehaish")),
    ("ka", "rehne"), ("ki", "rehne"), ("ka", "rehny"), ("ki", "rehny"), ("city",), ("district",), ("shehr",), ("pakistan",), ("kpk",),
    ("sindh",), ("punjab",), ("balochistan",), ("ajk",), ("سے", "ہون"), ("سے", "ہین"), ("مین", "رہتا"), ("مین", "رہتی"), ("کا", "رہنے"),
    ("کی", "رہنے"), ("شہر",), ("یم",), ("کی", "اوسیگم"), ("مان", "اہیان"), ("جو", "اہیان"), ("جی", "اہیان"),
)  # fmt: skip
"""Words after a name that make it a place. Arabic script stands as `split_words` writes it."""
_SHORT_BEFORE = frozenset("from in of near city district".split())
_SHORT_AFTER = frozenset("se sy mein main mai me wala wale wali waly city aa ja aana jana pakistan".split())
_ALSO_WORDS = frozenset({"khi", "mul", "suk", "pew", "isl"})
"""Abbreviations that are also words of Roman Urdu or English ("khi" is "kahi", "said"): the words after them prove nothing."""
_WHOLE_TEXT = 3
"""Words. An abbreviation in a text no longer than this ("KHI", "lhr 19") stands for the place."""


def find_names(text: str) -> Iterator[Name]:
    """Yields every name in the text, the longest first where they overlap: "Mirpur Khas" is not "Mirpur"."""
    known = text_names()
    tokens = split_words(text)
    at = 0
    while at < len(tokens):
        step = 1
        if tokens[at] in known.starts:
            for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
                name = _name_at(tokens, at, length)
                if name:
                    yield _read_next(name, tokens[at + length : at + length + LONGEST_NAME])
                    step = length
                    break
        at += step


def _name_at(tokens: tuple[str, ...], at: int, length: int) -> Name | None:
    form = tokens[at : at + length]
    known = text_names()
    name = known.plain.get(form)
    if name:
        return None if at and tokens[at - 1] in _COPIES else name
    if form in known.cued:
        return known.cued[form] if _has_cue(tokens, at, at + length) else None
    if form in known.short:
        return known.short[form] if _has_short_cue(tokens, at, form[0]) else None
    return None


def _has_cue(tokens: tuple[str, ...], start: int, end: int) -> bool:
    for before in _BEFORE:
        if tokens[max(0, start - len(before)) : start] == before:
            return before != ("from",) or (start > 1 and tokens[start - 2] in _SPEAKERS)
    if start and tokens[start - 1] == "د":
        return tokens[end : end + 1] in (("یم",), ("کی",), ("اوسیدونکی",))
    return any(tokens[end : end + len(after)] == after for after in _AFTER if after != ("یم",))


def _has_short_cue(tokens: tuple[str, ...], at: int, word: str) -> bool:
    if len(tokens) <= _WHOLE_TEXT and not (len(tokens) > 1 and word in _ALSO_WORDS):
        return True
    if at and tokens[at - 1] in _SHORT_BEFORE:
        return True
    return word not in _ALSO_WORDS and at + 1 < len(tokens) and tokens[at + 1] in _SHORT_AFTER


def _read_next(name: Name, rest: tuple[str, ...]) -> Name:
    """Reads what stands right after a name, which tells places of one name apart: "Gujrat, Pakistan", "Lahore, Virginia"."""
    if rest and rest[0] in _BUSINESSES:
        return replace(name, elsewhere=Message("It is part of the name of a business."))
    for length in range(len(rest), 0, -1):
        country = regions_abroad().get(rest[:length])
        if country == "PK":
            return replace(name, elsewhere=NOTHING) if name.province else name
        if country:
            return replace(name, elsewhere=Message("It is followed by “{words}”.", words=" ".join(rest[:length])))
    return name
