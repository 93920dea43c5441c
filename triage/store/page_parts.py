"""A part of a backed-up database: pages as they lie encrypted in the store, each sealed once more under a random key of the part.

    group    up to 1,024 pages, each sealed (16 KiB and 16 bytes), then their index, sealed: number and HMAC of each, 68 bytes
    part     groups, all but the last of them full; the pages' numbers rise

AES-256-GCM; the nonce is the place in the part, since a key is used for one part only. What is sealed is bound to store,
backup, part and number of pages, and a page to its number as well, so that nothing can be moved, left out or taken from
elsewhere. The size of a part follows from its number of pages: it is compared before anything is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from triage.errors import DamagedPart
from triage.message import Message
from triage.safe_files import create_file, file_size, flush, open_to_read, remove_file
from triage.store.database import PAGE
from triage.store.files import explain_disk_errors

KEY_BYTES = 32
MAX_PAGE = (1 << 32) - 2
"""SQLite's own limit."""
GROUP = 1024
"""Pages of a group: 16 MiB, with an index of 68 KiB."""
_SEAL, _HMAC = 16, 64
_SEALED = PAGE + _SEAL
_ENTRY = np.dtype([("number", ">u4"), ("tag", "u1", (_HMAC,))])
_PAGE_NONCE, _INDEX_NONCE = b"page", b"list"

Numbers = NDArray[np.uint32]
Tags = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its number in its backup, its file, how many pages it holds, and its key. `context` names store and backup."""

    number: int
    path: Path
    pages: int
    key: bytes = field(repr=False)
    context: str

    def bind(self, more: bytes = b"") -> bytes:
        """Returns the bytes that bind what is sealed to the part, and to `more`."""
        return f"triage backup pages 1 {self.context} {self.number} {self.pages} ".encode() + more


@dataclass(frozen=True, slots=True)
class PageGroup:
    """A group of a part: the place of its first page in the part, counted from 0, and number and HMAC of each page."""

    first: int
    numbers: Numbers
    tags: Tags


def make_damage_error(part: Part) -> DamagedPart:
    """Returns the error for a part that is damaged."""
    return DamagedPart("The backup's file {name} is damaged or was changed; use another copy of the backup.", name=part.path.name)


def measure_part(pages: int) -> int:
    """Returns the bytes of a part of so many pages."""
    return pages * (_SEALED + _ENTRY.itemsize) + -(-pages // GROUP) * _SEAL


def write_part(part: Part, pages: Iterable[tuple[int, bytes]], tell: Callable[[int], None]) -> None:
    """Writes a part, flushed, in place of what an interrupted backup left. `pages` are (number, page); the numbers rise.

    Raises:
        StoreError: if the disk refuses
        ValueError: if there are more or fewer pages than the part says, which is a bug
    """
    cipher, done, index = AESGCM(part.key), 0, bytearray()
    with explain_disk_errors(Message("writing the backup")):
        remove_file(part.path)
        with create_file(part.path) as out:
            for number, page in pages:
                out.write(cipher.encrypt(_format_nonce(_PAGE_NONCE, done), page, part.bind(number.to_bytes(4, "big"))))
                index += number.to_bytes(4, "big") + page[-_HMAC:]
                done += 1
                if done % GROUP == 0 or done == part.pages:
                    out.write(cipher.encrypt(_format_nonce(_INDEX_NONCE, (done - 1) // GROUP), bytes(index), part.bind()))
                    index.clear()
                    tell(done)
            flush(out)
    if done != part.pages:
        raise ValueError(f"a part of {part.pages} pages got {done}")


def is_there_whole(part: Part) -> bool:
    """Returns whether the part's file is there and as long as it has to be."""
    return 0 < part.pages <= MAX_PAGE and file_size(part.path) == measure_part(part.pages)


def read_index(part: Part) -> Iterator[PageGroup]:
    """Yields the groups of a part, without their pages.

    Raises:
        DamagedPart: if the part is not whole
        StoreError: if the disk refuses
    """
    cipher, last = AESGCM(part.key), 0
    with explain_disk_errors(Message("reading the backup")), _open_part(part) as file:
        for first in range(0, part.pages, GROUP):
            count = min(GROUP, part.pages - first)
            file.seek(first // GROUP * _measure_group(GROUP) + count * _SEALED)
            try:
                data = file.read(count * _ENTRY.itemsize + _SEAL)
                entries = np.frombuffer(
                    cipher.decrypt(_format_nonce(_INDEX_NONCE, first // GROUP), data, part.bind()), dtype=_ENTRY
                )
            except (InvalidTag, ValueError) as error:
                raise make_damage_error(part) from error
            numbers = entries["number"].astype(np.uint32)
            if len(numbers) != count or numbers[0] <= last or np.any(numbers[1:] <= numbers[:-1]) or numbers[-1] > MAX_PAGE:
                raise make_damage_error(part)
            last = int(numbers[-1])
            yield PageGroup(first, numbers, entries["tag"])


def read_pages(part: Part, group: PageGroup, *, first: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yields (number, page) of a group's pages from the `first` one on, each as its index states it.

    Raises:
        DamagedPart: if a page is not whole
        StoreError: if the disk refuses
    """
    cipher = AESGCM(part.key)
    with explain_disk_errors(Message("reading the backup")), _open_part(part) as file:
        file.seek(group.first // GROUP * _measure_group(GROUP) + first * _SEALED)
        for at in range(first, len(group.numbers)):
            number = int(group.numbers[at])
            try:
                nonce, bound = _format_nonce(_PAGE_NONCE, group.first + at), part.bind(number.to_bytes(4, "big"))
                page = cipher.decrypt(nonce, file.read(_SEALED), bound)
            except (InvalidTag, ValueError) as error:
                raise make_damage_error(part) from error
            if len(page) != PAGE or page[-_HMAC:] != group.tags[at].tobytes():
                raise make_damage_error(part)
            yield number, page


def _open_part(part: Part) -> BufferedReader:
    """Opens a part whose size is right."""
    if not is_there_whole(part):
        raise make_damage_error(part)
    return open_to_read(part.path)


def _measure_group(pages: int) -> int:
    """Returns the bytes of a group of so many pages."""
    return pages * (_SEALED + _ENTRY.itemsize) + _SEAL


def _format_nonce(kind: bytes, place: int) -> bytes:
    """Returns the nonce of a page or an index at this place of its part."""
    return kind + place.to_bytes(8, "big")
