"""Finds identifiers in free text: e-mail addresses, IP addresses, URLs, phone numbers, CNICs.

Every pattern runs in linear time. A match counts only when the stricter check of its kind agrees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers

from triage.importers import normal_forms

MOST = 5_000
"""From one text; the text itself is kept whole anyway."""
_MOST_TRIES = 20_000
"""So many different numbers of one text are looked at closely; that takes a tenth of a millisecond each."""

_EMAIL = re.compile(
    r"(?<![\w.+%-])[A-Za-z0-9_][\w.+%-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}(?![\w@-])", re.ASCII
)
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^\u201c\u201d]{3,2083}", re.IGNORECASE)
_V4 = re.compile(r"(?<![\w./:-])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)", re.ASCII)
_V6 = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{6,39}(?:\.\d{1,3}\.\d{1,3}\.\d{1,3})?(?![\w:])", re.ASCII
)
_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:|::")
_SEVEN_DIGITS = re.compile(r"-\d{7}-")
"""What an IPv6 address and a CNIC can't do without: most texts have neither, and this is quickly seen."""
_CNIC = re.compile(r"(?<![\d-])\d{5}-\d{7}-\d(?![\d-])")
_PHONE_LIKE = re.compile(r"(?<![\w.@/=-])(?:\(?\+|00|0)[\s(]{0,2}[1-9](?:[\s().-]{0,2}\d){7,14}(?!\d)")
_EIGHT_DIGITS = re.compile(r"[1-9](?:[\s().-]{0,2}\d){7}")
"""A part of every number that looks like a phone's, and soon found not to be there."""
_FEWEST_DIGITS = 8  # of what looks like a phone number
_TRAILING = ".,;:!?)]}>*_~"


class Mention(NamedTuple):
    """An identifier found in a text: kind, value verbatim, normal form."""

    kind: str
    value: str
    normalised: str


def find_mentions(text: str) -> tuple[Mention, ...]:
    """Returns distinct mentions, kind by kind and each kind in text order, at most MOST."""
    found: dict[tuple[str, str], Mention] = {}
    for mention in _iter_mentions(text):
        found.setdefault((mention.kind, mention.normalised), mention)
        if len(found) >= MOST:
            break
    return tuple(found.values())


def _iter_mentions(text: str) -> Iterator[Mention]:
    """Yields mentions, possibly repeated.

    Cheap tests skip kinds that can't occur.
    """
    if "@" in text:
        yield from _find_by_pattern("email", _EMAIL, text)
    if "://" in text:
        yield from _find_urls(text)
    if "." in text:
        yield from _find_by_pattern("ip", _V4, text)
    if _COLONS.search(text):
        yield from (m for m in _find_by_pattern("ip", _V6, text) if m.normalised.count(":") > 2 or "." in m.normalised)
    if _SEVEN_DIGITS.search(text):
        yield from _find_by_pattern("cnic", _CNIC, text)
    yield from _find_phones(text)


def _find_by_pattern(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Mention]:
    """Yields the matches of a pattern that have a normal form of their kind."""
    for value in dict.fromkeys(match[0] for match in pattern.finditer(text)):
        form = normal_forms.normalise_identifier(kind, value)
        if form:
            yield Mention(kind, value, form)


def _find_urls(text: str) -> Iterator[Mention]:
    """Yields URLs without the punctuation behind them."""
    for found in dict.fromkeys(match[0] for match in _URL.finditer(text)):
        value = found.rstrip(_TRAILING)
        if value.count("(") > value.count(")") and found[len(value) :].startswith(")"):
            value += ")"
        form = normal_forms.normalise_url(value)
        if form:
            yield Mention("url", value, form)


def _find_phones(text: str) -> Iterator[Mention]:
    """Yields +92, 0092 and 03xx numbers, and other numbers with a stated country, that `phonenumbers` accepts."""
    plain = normal_forms.to_ascii_digits(text)
    few_digits = plain.isascii() and sum(map(plain.count, "0123456789")) < _FEWEST_DIGITS
    if few_digits or not _EIGHT_DIGITS.search(plain):
        return
    seen: set[str] = set()
    for match in _PHONE_LIKE.finditer(plain):
        if match[0] in seen:
            continue
        seen.add(match[0])
        if len(seen) > _MOST_TRIES:
            return
        raw = match[0].lstrip(" (")
        wanted = "+" + raw[2:] if raw.startswith("00") else match[0]
        for hit in phonenumbers.PhoneNumberMatcher(wanted, "PK", max_tries=4):
            form = str(phonenumbers.format_number(hit.number, phonenumbers.PhoneNumberFormat.E164))
            if "+" in wanted or form.startswith("+923"):
                yield Mention("phone", text[match.start() : match.end()].strip(), form)
