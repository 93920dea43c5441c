"""The bytes of one zip entry, streamed and checked: declared size, CRC, and nothing left over.

Plain stored and deflated entries are read here; other methods and locked entries go through pyzipper. Any damage is an
InputError, while reading at the latest when the end is reached.
"""

from __future__ import annotations

import io
import lzma
import struct
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, Protocol, cast

import pyzipper

from triage import limits
from triage.errors import InputError, PasswordNeeded
from triage.importers.zip_directory import AES, BZIP2, DEFLATED, LZMA, STORED, Member

OpenContainer = Callable[[], BinaryIO]
"""A fresh seekable reader of the whole zip each time."""


class Readable(Protocol):
    """What `Checked` wraps: reads may be short, the end is an empty read."""

    def read(self, size: int = ..., /) -> bytes | None: ...

    def close(self) -> None: ...


_TROUBLE = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile,
    pyzipper.BadZipFile,
)  # fmt: skip
"""What the libraries raise for damage, wrong passwords and methods they do not know."""
_STEP = 64 * limits.KIB
_SLOW_STEP = limits.PEEK
"""Unlocking ZipCrypto takes a microsecond a byte: no more than is asked for."""
_DAMAGED = "The archive entry is damaged."
UNLOCKED_WRONGLY = "The password does not fit the archive entry, or the entry is damaged."
_RIVALS = 32
"""So many other passwords are asked whether they pass the check of an entry too."""
_SMALL = 1 * limits.MIB
"""Up to here a password is tried on the whole entry, so that the checksum confirms it."""


def buffered(raw: io.RawIOBase, step: int = _STEP) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(raw, step))


class Window(io.RawIOBase):
    """A part of a seekable stream, from `start`, `length` bytes long. Owns the stream."""

    def __init__(self, stream: BinaryIO, start: int, length: int) -> None:
        super().__init__()
        self._stream, self._left = stream, length
        stream.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class Checked(io.RawIOBase):
    """A readable whose errors are InputErrors, and whose end is checked by `at_end`."""

    def __init__(
        self,
        inner: Readable,
        at_end: Callable[[int, int], None] | None = None,
        damaged: str = _DAMAGED,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._inner, self._at_end, self._damaged, self._on_close = inner, at_end, damaged, on_close
        self._size = self._crc = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._inner.read(len(buffer)) or b""
        except InputError:
            raise
        except _TROUBLE as error:
            raise InputError(self._damaged, detail=type(error).__name__) from error  # message-ok
        if self._at_end is not None:
            self._size += len(data)
            self._crc = zlib.crc32(data, self._crc)
            if not data:
                self._at_end(self._size, self._crc)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._inner.close()
            if self._on_close is not None:
                self._on_close()


class _Inflated(io.RawIOBase):
    """Raw deflate. Ends in damage when the stream stops early, goes on, or grows beyond the declared size."""

    def __init__(self, packed: Window, size: int) -> None:
        super().__init__()
        self._packed, self._left = packed, size
        self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            raise ValueError("read in steps")
        while not self._zlib.eof:
            chunk = self._zlib.unconsumed_tail or self._packed.read(_STEP) or b""
            data = self._zlib.decompress(chunk, size) if chunk else self._zlib.flush()
            self._left -= len(data)
            if self._left < 0:
                raise InputError(_DAMAGED, detail="larger than declared")
            if data:
                return data
            if not chunk and not self._zlib.eof:
                raise InputError(_DAMAGED, detail="deflate stream is cut off")
        if self._zlib.unused_data or self._packed.read(1):
            raise InputError(_DAMAGED, detail="bytes behind the deflate stream")
        return b""

    def close(self) -> None:
        self._packed.close()
        super().close()


def open_plain(container: OpenContainer, member: Member) -> BinaryIO:
    """An unlocked entry, stored or deflated. Raises InputError, here or while reading."""
    window = Window(container(), member.data_start, member.packed)
    inner = window if member.method == STORED else _Inflated(window, member.size)

    def at_end(size: int, crc: int) -> None:
        if size != member.size or crc != member.crc:
            raise InputError(_DAMAGED, detail="size or CRC")

    return buffered(Checked(inner, at_end))


class SharedReader:
    """One reader of a zip for all its small entries: to open the file for each of tens of thousands takes longer than to read
    them. From any thread."""

    def __init__(self, container: OpenContainer, in_use: InUse) -> None:
        self._container = container
        self._in_use = in_use
        self._stream: BinaryIO | None = None
        self._lock = threading.Lock()

    def read(self, start: int, length: int) -> bytes:
        self._in_use.touch(self)
        with self._lock:
            self._stream = self._stream or self._container()
            self._stream.seek(start)
            return self._stream.read(length)

    def rest(self) -> None:
        """Close the file; the next `read` opens it anew."""
        with self._lock:
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.close()


def read_small(read: Callable[[int, int], bytes], member: Member) -> bytes:
    """An unlocked entry of up to limits.SMALL_ENTRY bytes, stored or deflated, whole and checked. `read` is given start and
    length. Raises InputError."""
    try:
        packed = read(member.data_start, member.packed)
        data = packed
        if member.method == DEFLATED:
            inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            data = inflate.decompress(packed, member.size + 1)
            if not inflate.eof or inflate.unused_data:
                raise InputError(_DAMAGED, detail="deflate stream and sizes disagree")
    except _TROUBLE as error:
        raise InputError(_DAMAGED, detail=type(error).__name__) from error
    if len(packed) != member.packed or len(data) != member.size or zlib.crc32(data) != member.crc:
        raise InputError(_DAMAGED, detail="size or CRC")
    return data


def open_raw(container: OpenContainer, member: Member) -> BinaryIO:
    """The entry as it lies in the archive, header and all: what is kept of an entry that can't be read."""
    stop = max(member.end, member.data_start, member.offset)
    return buffered(Checked(Window(container(), member.offset, stop - member.offset)))


class Rests(Protocol):
    """What holds a file open and can do without for a while."""

    def rest(self) -> None: ...


class InUse:
    """Keeps few zips open: those used last."""

    _MOST = 8

    def __init__(self) -> None:
        self._recent: OrderedDict[int, Rests] = OrderedDict()
        self._lock = threading.Lock()

    def touch(self, used: Rests) -> None:
        with self._lock:
            self._recent[id(used)] = used
            self._recent.move_to_end(id(used))
            resting = [self._recent.popitem(last=False)[1]] if len(self._recent) > self._MOST else []
        for zip_ in resting:
            zip_.rest()

    def close(self) -> None:
        with self._lock:
            resting = list(self._recent.values())
            self._recent.clear()
        for zip_ in resting:
            zip_.rest()


class LockedZip:
    """Entries that pyzipper opens: locked ones (ZipCrypto and AES), and rarer methods of compression."""

    def __init__(self, container: OpenContainer, in_use: InUse) -> None:
        self._container = container
        self._in_use = in_use
        self._opened: _Opened | None = None
        self._lock = threading.Lock()
        self._last: bytes | None = None

    def password(self, member: Member, passwords: Sequence[bytes]) -> bytes:
        """The one that opens the entry. Raises PasswordNeeded when none does.

        One byte of check is all that the old encryption has: one wrong password in 256 passes it. Where several pass, the entry
        is read to its checksum with each."""
        if member.beyond_us:
            raise PasswordNeeded("The zip is locked in a way that a password alone does not open.")
        last = self._last
        if last is not None and self._opens(member, last, 0):
            rivals = [] if member.method == AES else [word for word in passwords[:_RIVALS] if word != last]
            if not any(self._opens(member, rival, 0) for rival in rivals):
                return last
        passing = [word for word in passwords if self._opens(member, word, 0)]
        whole = len(passing) > 1 or member.size <= _SMALL
        for word in passing:
            if self._opens(member, word, member.size + 1 if whole else limits.PEEK):
                self._last = word
                return word
        raise PasswordNeeded("The zip is locked, and no password at hand opens it.")

    def _opens(self, member: Member, word: bytes, length: int) -> bool:
        """Whether the check of the password, and then so many bytes, can be read; beyond the end the checksum is tried too."""
        try:
            with self.open(member, word) as stream:
                while length > 0 and (data := stream.read(min(length, limits.CHUNK))):
                    length -= len(data)
        except InputError:
            return False
        return True

    def open(self, member: Member, word: bytes | None) -> BinaryIO:
        if member.method not in (STORED, DEFLATED, BZIP2, LZMA, AES):
            raise InputError("The archive entry uses a compression that Triage can't read.", detail=f"method {member.method}")
        damaged = UNLOCKED_WRONGLY if word is not None else _DAMAGED
        self._in_use.touch(self)
        try:
            with self._lock:
                opened = self._opened = self._opened or _Opened(self._container())
                inner = opened.zip.open(opened.infos[member.offset], pwd=word)
                opened.readers += 1
        except InputError:
            raise
        except _TROUBLE as error:
            raise InputError(damaged, detail=type(error).__name__) from error  # message-ok

        def at_end(size: int, crc: int) -> None:
            if size != member.size or (member.method != AES and crc != member.crc):
                raise InputError(damaged, detail="size or CRC")  # message-ok

        return buffered(Checked(inner, at_end, damaged, lambda: self._left(opened)), _SLOW_STEP)

    def rest(self) -> None:
        """Close the container as soon as nobody reads from it; the next `open` opens it anew."""
        with self._lock:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.resting = True
                opened.close_if_done()

    def _left(self, opened: _Opened) -> None:
        with self._lock:
            opened.readers -= 1
            opened.close_if_done()


class _Opened:
    """A container that pyzipper has open, and how many entries are being read from it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.readers = 0
        self.resting = False
        try:
            self.zip: Any = pyzipper.AESZipFile(stream)
        except _TROUBLE:
            stream.close()
            raise
        self.infos = {info.header_offset: info for info in self.zip.infolist()}

    def close_if_done(self) -> None:
        if self.resting and self.readers == 0:
            self.zip.close()
            self.stream.close()
