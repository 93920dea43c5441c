"""Where an entry's bytes come from: the disk, a zip, a locked zip, a stretch of a zip; each can be opened again and again.

Also how inner zips are held: in memory up to a limit, the least recently used ones dropped and read anew when they are needed.
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
from triage.importers.zip_directory import ZipMember
from triage.importers.zip_members import (
    CheckedStream,
    LockedZip,
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
    """All may be called at any time, from any thread, and again."""

    def open(self) -> BinaryIO: ...

    def raw(self) -> BinaryIO: ...

    def head(self, length: int) -> bytes:
        """The first bytes, fewer only when there are no more. Raises InputError."""
        ...


@dataclass(slots=True)
class DiskFile:
    path: str
    """Of a hundred thousand files a `Path` each takes long."""

    def open(self) -> BinaryIO:
        with _translate_disk_errors():
            return wrap_in_buffer(_DiskStream(self.path))

    raw = open

    def head(self, length: int) -> bytes:
        with _translate_disk_errors(), io.FileIO(self.path) as file:
            data = file.read(length)
            while len(data) < length and (more := file.read(length - len(data))):
                data += more
        return data

    def seekable(self) -> BinaryIO:
        with _translate_disk_errors():
            return io.BufferedReader(io.FileIO(self.path))


class _DiskStream(io.FileIO):
    def readinto(self, buffer: Any) -> int:
        with _translate_disk_errors():
            return super().readinto(buffer)


@contextmanager
def _translate_disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(_UNREADABLE, detail=f"errno {error.errno}") from error


@dataclass(frozen=True, slots=True)
class PlainMember:
    container: OpenContainer
    member: ZipMember
    read: Callable[[int, int], bytes]
    """Bytes of the zip by start and length."""

    def open(self) -> BinaryIO:
        if max(self.member.size, self.member.packed) <= limits.SMALL_ENTRY:
            return io.BytesIO(read_small(self.read, self.member))
        return open_plain(self.container, self.member)

    def raw(self) -> BinaryIO:
        return open_raw(self.container, self.member)

    def head(self, length: int) -> bytes:
        if max(self.member.size, self.member.packed) <= limits.SMALL_ENTRY:
            return read_small(self.read, self.member)[:length]
        return _read_head(self, length)


@dataclass(frozen=True, slots=True)
class LockedMember:
    """An entry for pyzipper; without a password one that is packed by a rarer method."""

    container: OpenContainer
    member: ZipMember
    zip: LockedZip
    password: bytes | None

    def open(self) -> BinaryIO:
        return self.zip.open(self.member, self.password)

    def raw(self) -> BinaryIO:
        return open_raw(self.container, self.member)

    def head(self, length: int) -> bytes:
        return _read_head(self, length)


def _read_head(origin: Origin, length: int) -> bytes:
    with origin.open() as stream:
        return stream.read(length)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a zip that belongs to no entry."""

    container: OpenContainer
    start: int
    stop: int

    def open(self) -> BinaryIO:
        return wrap_in_buffer(CheckedStream(StreamWindow(self.container(), self.start, self.stop - self.start)))

    raw = open


class InnerZipCache:
    """Inner zips in memory, the least recently used one dropped first."""

    def __init__(self) -> None:
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, path: str, origin: Origin) -> BinaryIO:
        """A fresh reader. Raises InputError when the zip can't be read out of the one around it."""
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
        with self._lock:
            self._bytes.clear()


class SpooledZip:
    """A large inner zip behind one seekable reader; each fresh view keeps its own place in it."""

    def __init__(self, reader: BinaryIO) -> None:
        self._reader = reader
        self._lock = threading.Lock()

    def open_view(self) -> BinaryIO:
        return wrap_in_buffer(_SharedView(self._reader, self._lock))

    def close(self) -> None:
        self._reader.close()


class _SharedView(io.RawIOBase):
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
    """Of a container that is cheap to open: it lies in memory or in the vault."""
    with container() as stream:
        stream.seek(start)
        return stream.read(length)


def read_chunks(origin: Origin) -> Iterator[bytes]:
    with origin.open() as stream:
        while data := stream.read(limits.CHUNK):
            yield data
