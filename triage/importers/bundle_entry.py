"""One file of a bundle: where it lies, and its first bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from triage import limits
from triage.importers.entry_origins import (
    DiskFile,
    LockedMember,
    Origin,
)
from triage.importers.zip_directory import AES


@dataclass(slots=True, eq=False)
class Entry:
    """One file of a bundle.

    `level` is the folder or zip that holds it: "bundle/900", "b.zip!/900".
    """

    level: str
    name: str
    size: int
    origin: Origin
    head: EntryHead | None = None
    """What was read of it to see what it is; kept only while the bundle stands at this entry."""

    @property
    def path(self) -> str:
        """Returns level and name, such as "bundle/900/a.png" or "a.zip!/b.zip!/x.json"."""
        return f"{self.level}/{self.name}"

    def open(self) -> BinaryIO:
        """Opens a fresh stream, from any thread.

        Raises InputError, here or while reading, when the bytes are damaged.
        """
        head = self.head
        return io.BytesIO(head.data) if head is not None and head.whole else self.origin.open()

    @property
    def file(self) -> str | None:
        """Returns the absolute path of the entry's file on the disk, or None for an entry of a zip."""
        return self.origin.path if isinstance(self.origin, DiskFile) else None

    @property
    def unlocks_slowly(self) -> bool:
        """Returns whether the entry is locked with ZipCrypto, which takes Python about a second a megabyte."""
        return _unlocks_slowly(self.origin)

    def raw(self) -> BinaryIO:
        """Opens the bytes as they lie in their container, still packed.

        They are kept of a damaged entry.
        """
        return self.origin.raw()

    def peek(self) -> bytes:
        """Returns the first limits.PEEK bytes.

        Raises InputError.
        """
        return (self.head or read_head(self.origin, self.size)).peek


class EntrySource(Protocol):
    """What an import reads: a bundle of files, folders and zips, or an opened work package."""

    @property
    def opened(self) -> list[Entry]:
        """Returns the zips that lay in a folder or a zip and were opened."""

    def entries(self) -> Iterator[Entry]:
        """Yields the entries level by level."""
        ...


@dataclass(frozen=True, slots=True)
class EntryHead:
    """The first bytes of an entry; of a small entry all bytes."""

    data: bytes
    whole: bool

    @property
    def peek(self) -> bytes:
        """Returns the first limits.PEEK bytes."""
        return self.data[: limits.PEEK]


def read_head(origin: Origin, size: int) -> EntryHead:
    """Reads the first bytes of an entry, of a small one all.

    Raises InputError.
    """
    if not size:
        return EntryHead(b"", False)
    asked = limits.SMALL_ENTRY + 1 if size <= limits.SMALL_ENTRY and not _unlocks_slowly(origin) else limits.PEEK
    data = origin.head(asked)
    return EntryHead(data, len(data) < asked)


def _unlocks_slowly(origin: Origin) -> bool:
    return isinstance(origin, LockedMember) and origin.member.encrypted and origin.member.method != AES
