"""Compresses what the store holds once for each report: documents, locations and scores.

Most of these bytes are the same in all reports: names of fields, and sentences of rules. A dictionary for each kind holds them
(resources/dictionaries). A dictionary that was shipped never changes, because stored bytes name it by its number.

Stored bytes are `_MARK`, the number of the dictionary, and raw deflate (RFC 1951). The mark begins neither MessagePack nor JSON,
so that bytes which are not compressed stand beside them. There is no checksum: SQLCipher authenticates each page.
"""

from __future__ import annotations

import zlib
from enum import IntEnum
from functools import lru_cache

from triage import limits
from triage.errors import StoreError
from triage.resources import read_shipped


class Dictionary(IntEnum):
    """The dictionaries by number, as stored bytes name them."""

    LOCATIONS = 1
    SCORES = 2
    DOCUMENTS = 3


_MARK = b"\xc1"
_HEAD = 2  # bytes: the mark and the number
_RAW = -zlib.MAX_WBITS
_FASTEST = 1  # stronger levels take two to three times as long for a tenth of the bytes


def compress(plain: bytes, dictionary: Dictionary) -> bytes:
    """Returns the bytes as they are stored: compressed, or as they are where that is not shorter or they are very long."""
    if len(plain) > limits.MAX_COMPRESSED:
        return plain
    packer = _prepare_packer(dictionary).copy()
    packed = b"".join((_MARK, dictionary.to_bytes(1, "big"), packer.compress(plain), packer.flush()))
    return packed if len(packed) < len(plain) else plain


def decompress(stored: bytes) -> bytes:
    """Returns what `compress` was given.

    Raises:
        StoreError: if the bytes are damaged, or name a dictionary that this program does not know
    """
    if stored[:1] != _MARK:
        return stored
    try:
        dictionary = Dictionary(stored[1])
    except (IndexError, ValueError) as error:
        raise StoreError("This store was made by a newer Triage; update this workstation before opening it.") from error
    unpacker = _prepare_unpacker(dictionary).copy()
    try:
        plain = unpacker.decompress(stored[_HEAD:], limits.MAX_COMPRESSED)
    except zlib.error as error:
        raise _make_damage_error(str(error)) from error
    if not unpacker.eof or unpacker.unused_data:
        raise _make_damage_error("it does not end where it should")
    return plain


def _make_damage_error(detail: str) -> StoreError:
    """Returns the error for stored bytes that can't be decompressed."""
    return StoreError("The store's database is damaged; run a check, and restore the newest backup.", detail=detail)


@lru_cache
def _read_dictionary(dictionary: Dictionary) -> bytes:
    """Returns the shipped bytes of a dictionary."""
    return read_shipped(f"dictionaries/{dictionary}-{dictionary.name.lower()}.bin")


@lru_cache
def _prepare_packer(dictionary: Dictionary) -> zlib._Compress:
    """Returns a compressor that has read the dictionary. Copying it takes a tenth of the time of reading it again."""
    return zlib.compressobj(_FASTEST, wbits=_RAW, zdict=_read_dictionary(dictionary))


@lru_cache
def _prepare_unpacker(dictionary: Dictionary) -> zlib._Decompress:
    """Returns a decompressor that has read the dictionary."""
    return zlib.decompressobj(_RAW, zdict=_read_dictionary(dictionary))
