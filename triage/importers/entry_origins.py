"""Opens the bytes of entries, from the disk, a zip, a locked zip or a range of a zip, again and again.

Inner zips are held in memory up to a limit. The least recently used ones are dropped, and read anew when they are needed.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from triage import limits
from triage.errors import InputError
from triage.importers.locked_zips import LockedZip
from triage.importers.zip_directory import ZipMember
from triage.importers.zip_members import (
    CheckedStream,
    OpenContainer,
    StreamWindow,
    open_plain,
    open_raw,
    read_small,
    wrap_in_buffer,
)

_HELD = 2 * limits.MAX_INNER_ARCHIVE_IN_MEMORY
_UNREADABLE = "The file can't be read from the disk."


class Origin(Protocol):
    """The place of an entry's bytes.

    Every method may be called at any time, from any thread, repeatedly.
    """

    def open(self) -> BinaryIO:
        """Opens the unpacked bytes.

        Raises InputError, here or while reading, when they are damaged.
        """

    def raw(self) -> BinaryIO:
        """Opens the bytes as they lie in the container, still packed."""

    def head(self, length: int) -> bytes:
        """Returns the first bytes, fewer only when there are no more.

        Raises InputError.
        """
        ...


@dataclass(slots=True)
class DiskFile:
    """A file on the disk."""

    path: str
    """Of a hundred thousand files a `Path` each takes long."""

    def open(self) -> BinaryIO:
        """Opens the file.

        Errors of the disk become InputError.
        """
        with _translate_disk_errors():
            return wrap_in_buffer(_DiskStream(self.path))

    raw = open

    def head(self, length: int) -> bytes:
        """Returns the first bytes of the file.

        Raises InputError.
        """
        with _translate_disk_errors(), io.FileIO(self.path) as file:
            data = file.read(length)
            while len(data) < length and (more := file.read(length - len(data))):
                data += more
        return data

    def seekable(self) -> BinaryIO:
        """Opens the file for seeking, as a zip is read."""
        with _translate_disk_errors():
            return io.BufferedReader(io.FileIO(self.path))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A quarantined file whose bytes the store kept, which is read again under the path that it had."""

    path: str
    size: int
    reader: Callable[[], BinaryIO]
    """Opens the bytes for seeking."""

    def open(self) -> BinaryIO:
        """Opens the bytes."""
        return self.reader()

    raw = open
    seekable = open

    def head(self, length: int) -> bytes:
        """Returns the first bytes."""
        with self.reader() as stream:
            return stream.read(length)


class _DiskStream(io.FileIO):
    """A file on the disk whose read errors become InputError."""

    def readinto(self, buffer: Any) -> int:
        with _translate_disk_errors():
            return super().readinto(buffer)


@contextmanager
def _translate_disk_errors() -> Iterator[None]:
    """Turns an OSError in the block into InputError."""
    try:
        yield
    except OSError as error:
        raise InputError(_UNREADABLE, detail=f"errno {error.errno}") from error


@dataclass(frozen=True, slots=True)
class PlainMember:
    """An unlocked entry of a zip that is stored or deflated."""

    container: OpenContainer
    member: ZipMember
    read: Callable[[int, int], bytes]
    """Bytes of the zip by start and length."""

    def open(self) -> BinaryIO:
        """Opens the unpacked bytes, a small entry whole and checked at once."""
        if max(self.member.size, self.member.packed) <= limits.SMALL_ENTRY:
            return io.BytesIO(read_small(self.read, self.member))
        return open_plain(self.container, self.member)

    def raw(self) -> BinaryIO:
        """Opens the entry with its header, still packed."""
        return open_raw(self.container, self.member)

    def head(self, length: int) -> bytes:
        """Returns the first unpacked bytes."""
        if max(self.member.size, self.member.packed) <= limits.SMALL_ENTRY:
            return read_small(self.read, self.member)[:length]
        return _read_head(self, length)


@dataclass(frozen=True, slots=True)
class LockedMember:
    """A zip entry that pyzipper opens.

    Without a password it is an unlocked entry packed by a rarer method.
    """

    container: OpenContainer
    member: ZipMember
    zip: LockedZip
    password: bytes | None

    def open(self) -> BinaryIO:
        """Opens the unpacked bytes with the password."""
        return self.zip.open(self.member, self.password)

    def raw(self) -> BinaryIO:
        """Opens the entry with its header, still packed and locked."""
        return open_raw(self.container, self.member)

    def head(self, length: int) -> bytes:
        """Returns the first unpacked bytes."""
        return _read_head(self, length)


def _read_head(origin: Origin, length: int) -> bytes:
    with origin.open() as stream:
        return stream.read(length)


@dataclass(frozen=True, slots=True)
class ZipRegion:
    """A range of a zip that belongs to no entry."""

    container: OpenContainer
    start: int
    stop: int

    def open(self) -> BinaryIO:
        """Opens the bytes of the range."""
        return wrap_in_buffer(CheckedStream(StreamWindow(self.container(), self.start, self.stop - self.start)))

    raw = open


class InnerZipCache:
    """Inner zips in memory.

    The least recently used one is dropped first.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, path: str, origin: Origin) -> BinaryIO:
        """Opens a zip from memory, after reading it if needed.

        Raises InputError when it can't be read out of the zip around it.
        """
        with self._lock:
            data = self._bytes.pop(path, None)
            if data is None:
                with origin.open() as stream:
                    data = stream.read(limits.MAX_INNER_ARCHIVE_IN_MEMORY + 1)
            self._bytes[path] = data
            while sum(map(len, self._bytes.values())) > _HELD:
                self._bytes.popitem(last=False)
            return io.BytesIO(data)

    def clear(self) -> None:
        """Drops all zips."""
        with self._lock:
            self._bytes.clear()


class SpooledZip:
    """A large inner zip behind one seekable reader.

    Each view keeps its own position.
    """

    def __init__(self, reader: BinaryIO) -> None:
        """Takes over the reader."""
        self._reader = reader
        self._lock = threading.Lock()

    def open_view(self) -> BinaryIO:
        """Opens a view of the whole zip."""
        return wrap_in_buffer(_SharedView(self._reader, self._lock))

    def close(self) -> None:
        """Closes the reader, and with it all views."""
        self._reader.close()


class _SharedView(io.RawIOBase):
    """A view of a shared reader with a position of its own.

    Reads take turns.
    """

    def __init__(self, reader: BinaryIO, lock: threading.Lock) -> None:
        super().__init__()
        self._reader, self._lock, self._at = reader, lock, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            with self._lock:
                self._at = self._reader.seek(0, io.SEEK_END) + offset
        else:
            self._at = offset + (self._at if whence == io.SEEK_CUR else 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        with self._lock:
            self._reader.seek(self._at)
            data = self._reader.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def read_range(container: OpenContainer, start: int, length: int) -> bytes:
    """Reads a range from a container that is cheap to open: one in memory or in the vault."""
    with container() as stream:
        stream.seek(start)
        return stream.read(length)


def read_chunks(origin: Origin) -> Iterator[bytes]:
    """Yields the unpacked bytes of an entry in pieces of at most limits.CHUNK."""
    with origin.open() as stream:
        while data := stream.read(limits.CHUNK):
            yield data
