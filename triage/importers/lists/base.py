"""What every reader of a hash list gives: items one by one, and remarks on what could not be read."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from triage.message import Message, join

_NOT_PLAIN = re.compile("[^a-z0-9]")

LENGTHS = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32, "photodna": 144}
"""Bytes of a hash by kind. Hashes of other kinds are kept as the text they came as."""
HEX_KINDS = {32: "md5", 40: "sha1", 64: "sha256"}
"""The kind of a hexadecimal text that nobody names, by its length. A PDQ has to be named: it is as long as a SHA-256."""
NULL = "null"
"""The category of an entry that has one and leaves it empty; an entry without a category has None."""
MOST_EXAMPLES = 20
_LONGEST_OTHER = 4096
_KINDS = {"md5", "sha1", "sha256", "pdq", "photodna", "pdna", "phash", "netclean", "videntifier", "tmk", "tmkpdqf", "ssvhpdna",
          "ssvhsaferhash", "sha512"}  # fmt: skip
_SAME = {"pdna": "photodna", "tmk": "tmkpdqf", "sha": "sha1"}
_BLANK = {"", "null", "none", "n/a", "(null)"}

Said = tuple[tuple[str, str | bool], ...]
"""What a list states of an entry: (name, value), the names are those of `words`. What it leaves open is missing."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: the hashes of one medium, by kind, and what is said of it.

    `category` verbatim, NULL for one that is there and empty, None when the entry has none: absent, null, 0 and 5 are four
    different things. `paths` are where a seized device holds the file.
    """

    hashes: tuple[tuple[str, bytes], ...]
    category: str | None = None
    paths: tuple[str, ...] = ()
    said: Said = ()


@dataclass(slots=True)
class Remarks:
    """Fills while the items are read: how many places could not be read, the first of them with reasons, and notes."""

    unread: int = 0
    examples: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def could_not_read(self, where: str, reason: str) -> None:
        self.unread += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(f"{where}: {reason}")


class Reading(Protocol):
    """A list being read. `format` is whole once the items are."""

    remarks: Remarks

    @property
    def format(self) -> str: ...

    @property
    def region(self) -> str | None:
        """The scheme of categories that the file names for itself."""

    def items(self) -> Iterator[Item]:
        """Once, in the file's order. Raises InputError when the file is damaged; memory does not grow with the file."""


class Unreadable(Exception):
    """A hash or an entry that can't be used; its text is the reason."""


def kind_of(name: str) -> str:
    """ "SHA-1" and "Sha1" are sha1. Other names in the same form."""
    bare = _NOT_PLAIN.sub("", name.casefold())[:40]
    return _SAME.get(bare, bare)


def is_kind(name: str) -> bool:
    return kind_of(name) in _KINDS


def hash_value(kind: str, text: str) -> bytes | None:
    """The bytes of a stated hash; None when none is stated. Raises Unreadable."""
    text = text.strip()
    if text.casefold() in _BLANK:
        return None
    length = LENGTHS.get(kind)
    if length is None:
        if len(text) > _LONGEST_OTHER:
            raise Unreadable(f"a {kind} longer than {_LONGEST_OTHER} characters")
        return text.encode()
    value = _hexadecimal(text, length) or (_base64(text, length) if kind == "photodna" else None)
    if value is None:
        raise Unreadable(f"no {kind} of {2 * length} hexadecimal digits")
    return value


def _hexadecimal(text: str, length: int) -> bytes | None:
    if len(text) != 2 * length:
        return None
    try:
        return bytes.fromhex(text) if text.isalnum() else None
    except ValueError:
        return None


def _base64(text: str, length: int) -> bytes | None:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == length else None


def stated(text: str) -> str | None:
    """Text without outer white space and without half characters, which can't be stored; None when it says nothing."""
    plain = text.strip()
    if plain.casefold() in _BLANK:
        return None
    return plain if plain.isascii() else plain.encode("utf-8", "replace").decode()


def category(text: str) -> str:
    """A category as stated: "1" and " 1" are one, an empty one is NULL."""
    return stated(text) or NULL


_TRUTHS = (
    ("victim_identified", "victim identified", "victim not identified"),
    ("offender_identified", "offender identified", "offender not identified"),
    ("distributed", "distributed", "not distributed"),
    ("baseline", "on INTERPOL's baseline", "not on INTERPOL's baseline"),
    ("self_generated", "self-generated", ""),
    ("suspected", "only suspected", ""),
)


def describe(said: Said) -> Message:
    """Returns what the list says of an entry: "series “Kites”, victim identified, tags: outdoor"."""
    told = dict(said)
    parts = [Message("series “{name}”", name=str(told["series"]))] if told.get("series") else []
    for name, yes, no in _TRUTHS:
        if isinstance(told.get(name), bool):
            parts.append(Message(yes if told[name] else no))  # message-ok
    if told.get("tags"):
        parts.append(Message("tags: {tags}", tags=str(told["tags"])))
    return join(*parts, by=", ")
