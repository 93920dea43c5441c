"""What every reader of a hash list gives: items one by one, and remarks on what could not be read."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from triage import limits
from triage.message import Message, Value, join
from triage.model.digest_kinds import DIGEST_BYTES, DIGEST_HEX
from triage.model.printable import make_printable

_NOT_PLAIN = re.compile("[^a-z0-9]")
_WHOLE_DECIMAL = re.compile(r"(\d{1,9})\.0{1,9}", re.ASCII)

LENGTHS: Mapping[str, int] = {**DIGEST_BYTES, "pdq": 32, "photodna": 144}
"""Bytes of a hash by kind. Hashes of other kinds are kept as the text they came as."""
HEX_KINDS = {digits: kind for kind, digits in DIGEST_HEX.items()}
"""The kind of a hexadecimal text that nobody names, by its length. A PDQ has to be named: it is as long as a SHA-256."""
NULL = "null"
"""The category of an entry that has one and leaves it empty; an entry without a category has None."""
MOST_EXAMPLES = 20  # unread entries that are named; the rest is counted
_LONGEST_OTHER = 4096  # characters of a hash of a kind that Triage does not compute
_KINDS = {*DIGEST_BYTES, "pdq", "photodna", "pdna", "phash", "netclean", "videntifier", "tmk", "tmkpdqf", "ssvhpdna",
          "ssvhsaferhash", "sha512"}  # fmt: skip
_SAME = {"pdna": "photodna", "tmk": "tmkpdqf", "sha": "sha1"}
_NORMAL = _KINDS - _SAME.keys()
_LONGEST_QUOTED = 40  # characters of a value that a remark quotes
_YES_AND_NO = {
    "true": True, "1": True, "yes": True, "y": True, "t": True, "1.0": True,
    "false": False, "0": False, "no": False, "n": False, "f": False, "0.0": False,
}  # fmt: skip
_BLANK = {"", "null", "none", "n/a", "(null)"}

StatedValues = tuple[tuple[str, str | bool], ...]
"""What a list states of an entry: (name, value), the names are those of `words`. What it leaves open is missing."""


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry: the hashes of one media item by kind, and what the list states about it.

    Absent, null, 0 and 5 are four different categories. `category` is verbatim, NULL for an empty one, None when the entry has
    none. `paths` are where a seized device holds the file.
    """

    hashes: tuple[tuple[str, bytes], ...]
    category: str | None = None
    paths: tuple[str, ...] = ()
    said: StatedValues = ()


@dataclass(slots=True)
class ListRemarks:
    """Remarks that grow while the entries are read: how many places could not be read, examples with reasons, notes."""

    unread: int = 0
    examples: list[Message] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note_unread(self, where: Message, reason: Message) -> None:
        """Counts a place that could not be read, and keeps the first ones as examples."""
        self.unread += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(join(where, reason, by=": "))

    def go_on_from(self, before: ListRemarks) -> None:
        """Takes over what was noted of the part of the list that is not read again."""
        self.unread, self.examples = before.unread, list(before.examples)


Position = tuple[int, ...]
"""Where a reader stands between two parts of a list; () is its start. Only the same reader of the same file understands it."""
_PART = 2_000
_PART_WORDS = 4 * limits.MIB
"""Characters that a part's items may state before it ends early: one item may state as many as limits.MAX_LIST_ITEM."""


@dataclass(slots=True)
class ListPart:
    """A part of a list: items, and digests by kind of entries of which the list states nothing else.

    `position` is where the next part begins. `digests` holds those of a kind one after the other; `plain` counts their entries.
    """

    position: Position
    items: list[ListItem] = field(default_factory=list)
    digests: dict[str, bytes] = field(default_factory=dict)
    plain: int = 0


class ListReader(Protocol):
    """A list that is being read.

    `format` is complete only after the items were read.
    """

    remarks: ListRemarks

    @property
    def format(self) -> str:
        """Returns the name of the list's format."""

    @property
    def region(self) -> str | None:
        """Returns the category scheme that the file names for itself."""

    def items(self) -> Iterator[ListItem]:
        """Yields the entries once, in the file's order, in bounded memory.

        Raises InputError when the file is damaged.
        """

    def parts(self, position: Position, before: ListRemarks) -> Iterator[ListPart]:
        """Yields the same entries in parts, from a position on: the quick way for long lists.

        `before` are the remarks up to there. Raises InputError when the file is damaged.
        """


def split_items(items: Iterator[ListItem], position: Position) -> Iterator[ListPart]:
    """Yields items in parts; a position is the number of items before it, which are read again and left out."""
    done = position[0] if position else 0
    for _ in islice(items, done):
        pass
    part, words = list[ListItem](), 0
    for item in items:
        part.append(item)
        words += _count_words(item)
        if len(part) == _PART or words > _PART_WORDS:
            done += len(part)
            yield ListPart((done,), part)
            part, words = [], 0
    if part:
        yield ListPart((done + len(part),), part)


def _count_words(item: ListItem) -> int:
    """Returns roughly how many characters an item states."""
    said = sum(len(value) for _, value in item.said if isinstance(value, str))
    return said + sum(map(len, item.paths)) + sum(len(value) for _, value in item.hashes)


class UnreadableItem(Exception):
    """A hash or an entry that can't be used. `message` is the reason."""

    def __init__(self, key: str, /, **values: Value) -> None:
        """Takes a message's English template and its values."""
        super().__init__(key)
        self.message = Message(key, **values)  # message-ok


def normalise_hash_kind(name: str) -> str:
    """Returns a hash kind in one spelling: "SHA-1" and "Sha1" become "sha1"."""
    if name in _NORMAL:  # asked for each row of a list
        return name
    bare = _NOT_PLAIN.sub("", name.casefold())[:40]
    return _SAME.get(bare, bare)


def is_hash_kind(name: str) -> bool:
    """Returns whether a name is a kind of hash in any spelling."""
    return normalise_hash_kind(name) in _KINDS


def parse_hash(kind: str, text: str) -> bytes | None:
    """Returns the bytes of a stated hash, or None when none is stated.

    Raises UnreadableItem.
    """
    text = text.strip()
    if text.casefold() in _BLANK:
        return None
    length = LENGTHS.get(kind)
    if length is None:
        if len(text) > _LONGEST_OTHER:
            raise UnreadableItem("a {kind} longer than {most} characters", kind=kind, most=_LONGEST_OTHER)
        return text.encode()
    value = _decode_hex(text, length) or (_decode_base64(text, length) if kind == "photodna" else None)
    if value is None:
        raise UnreadableItem("no {kind} of {digits} hexadecimal digits", kind=kind, digits=2 * length)
    return value


def _decode_hex(text: str, length: int) -> bytes | None:
    """Returns the bytes of a hexadecimal text of this length in bytes, or None."""
    if len(text) != 2 * length:
        return None
    try:
        return bytes.fromhex(text) if text.isalnum() else None
    except ValueError:
        return None


def _decode_base64(text: str, length: int) -> bytes | None:
    """Returns the bytes of a Base64 text of this length in bytes, or None."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == length else None


def parse_truth(text: str | None, field: str) -> bool | None:
    """Returns True or False for the words of a yes or no in any case, None when nothing is stated.

    Raises UnreadableItem for any other text: a value that is not understood is not "not stated".
    """
    stated = clean_text(text or "")
    if stated is None:
        return None
    truth = _YES_AND_NO.get(stated.casefold())
    if truth is None:
        raise UnreadableItem("{field} is neither yes nor no: {value}", field=field, value=shorten(stated))
    return truth


def shorten(text: str) -> str:
    """Returns a text of strangers on one line, short enough for a remark."""
    return make_printable(text if len(text) <= _LONGEST_QUOTED else text[:_LONGEST_QUOTED] + "...")


def clean_text(text: str) -> str | None:
    """Returns the text without outer white space and lone surrogates, which can't be stored.

    Returns None when it states nothing.
    """
    plain = text.strip()
    if plain.casefold() in _BLANK:
        return None
    return plain if plain.isascii() else plain.encode("utf-8", "replace").decode()


def normalise_category(text: str) -> str:
    """Returns a category without outer blanks, and NULL for an empty one.

    Programs that hold numbers as decimals write 1.0 for 1.
    """
    stated = clean_text(text)
    if stated is None:
        return NULL
    decimal = _WHOLE_DECIMAL.fullmatch(stated)
    return decimal[1] if decimal else stated


_TRUTHS = (
    ("victim_identified", "victim identified", "victim not identified"),
    ("offender_identified", "offender identified", "offender not identified"),
    ("distributed", "distributed", "not distributed"),
    ("baseline", "on INTERPOL's baseline", "not on INTERPOL's baseline"),
    ("self_generated", "self-generated", ""),
    ("suspected", "only suspected", ""),
)


def describe(said: StatedValues) -> Message:
    """Returns what the list says of an entry: "series “Kites”, victim identified, tags: outdoor"."""
    told = dict(said)
    parts = [Message("series “{name}”", name=str(told["series"]))] if told.get("series") else []
    for name, yes, no in _TRUTHS:
        if isinstance(told.get(name), bool):
            parts.append(Message(yes if told[name] else no))  # message-ok
    if told.get("tags"):
        parts.append(Message("tags: {tags}", tags=str(told["tags"])))
    return join(*parts, by=", ")
