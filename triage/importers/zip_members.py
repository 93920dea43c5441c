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
from triage.importers.zip_directory import AES, BZIP2, DEFLATED, LZMA, STORED, ZipMember

OpenContainer = Callable[[], BinaryIO]
"""A fresh seekable reader of the whole zip each time."""


class ShortReader(Protocol):
    """The reader that `CheckedStream` wraps.

    Reads may be short, and an empty read is the end.
    """

    def read(self, size: int = ..., /) -> bytes | None:
        """Reads at most `size` bytes."""

    def close(self) -> None:
        """Ends reading."""


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


def wrap_in_buffer(raw: io.RawIOBase, step: int = _STEP) -> BinaryIO:
    """Returns a buffered stream that reads `step` bytes at once."""
    return cast("BinaryIO", io.BufferedReader(raw, step))


class StreamWindow(io.RawIOBase):
    """A part of a seekable stream of `length` bytes from `start`.

    It owns the stream.
    """

    def __init__(self, stream: BinaryIO, start: int, length: int) -> None:
        """Seeks to the start."""
        super().__init__()
        self._stream, self._left = stream, length
        stream.seek(start)

    def readable(self) -> bool:
        """Returns True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer with bytes of the part, and returns their number."""
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        """Closes the stream too."""
        self._stream.close()
        super().close()


class CheckedStream(io.RawIOBase):
    """A readable whose errors are InputErrors.

    `at_end` checks size and CRC at the end.
    """

    def __init__(
        self,
        inner: ShortReader,
        at_end: Callable[[int, int], None] | None = None,
        damaged: str = _DAMAGED,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        """Wraps `inner`.

        `damaged` is the message for its errors, and `on_close` is called once.
        """
        super().__init__()
        self._inner, self._at_end, self._damaged, self._on_close = inner, at_end, damaged, on_close
        self._size = self._crc = 0

    def readable(self) -> bool:
        """Returns True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer, and runs the check of size and CRC at the end.

        Raises InputError.
        """
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
        """Closes the wrapped reader, and calls `on_close` once."""
        if not self.closed:
            super().close()
            self._inner.close()
            if self._on_close is not None:
                self._on_close()


class _InflatedStream(io.RawIOBase):
    """Raw deflate data.

    Raises InputError when the stream stops early, continues, or exceeds the declared size.
    """

    def __init__(self, packed: StreamWindow, size: int) -> None:
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


def open_plain(container: OpenContainer, member: ZipMember) -> BinaryIO:
    """Opens an unlocked entry, stored or deflated.

    Raises InputError, here or while reading.
    """
    window = StreamWindow(container(), member.data_start, member.packed)
    inner = window if member.method == STORED else _InflatedStream(window, member.size)

    def at_end(size: int, crc: int) -> None:
        if size != member.size or crc != member.crc:
            raise InputError(_DAMAGED, detail="size or CRC")

    return wrap_in_buffer(CheckedStream(inner, at_end))


class SharedReader:
    """One reader of a zip for all its small entries, usable from any thread.

    Opening the file for each of tens of thousands takes longer than reading them.
    """

    def __init__(self, container: OpenContainer, in_use: OpenZips) -> None:
        """Takes the function that opens the zip, which is called on first use."""
        self._container = container
        self._in_use = in_use
        self._stream: BinaryIO | None = None
        self._lock = threading.Lock()

    def read(self, start: int, length: int) -> bytes:
        """Returns `length` bytes from `start`, and opens the file if needed."""
        self._in_use.mark_used(self)
        with self._lock:
            self._stream = self._stream or self._container()
            self._stream.seek(start)
            return self._stream.read(length)

    def close_for_now(self) -> None:
        """Closes the file.

        The next `read` opens it anew.
        """
        with self._lock:
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.close()


def read_small(read: Callable[[int, int], bytes], member: ZipMember) -> bytes:
    """Returns an unlocked entry of up to limits.SMALL_ENTRY bytes, whole and checked.

    Raises InputError.

    `read` is called with start and length.
    """
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


def open_raw(container: OpenContainer, member: ZipMember) -> BinaryIO:
    """Opens the entry with its header, as it lies in the archive.

    It is kept of an entry that can't be read.
    """
    stop = max(member.end, member.data_start, member.offset)
    return wrap_in_buffer(CheckedStream(StreamWindow(container(), member.offset, stop - member.offset)))


class Closeable(Protocol):
    """An object that holds a file open and can close it for a while."""

    def close_for_now(self) -> None:
        """Closes the file; the next read opens it again."""


class OpenZips:
    """Keeps only the most recently used zips open, at most eight."""

    _MOST = 8

    def __init__(self) -> None:
        """Starts without open zips."""
        self._recent: OrderedDict[int, Closeable] = OrderedDict()
        self._lock = threading.Lock()

    def mark_used(self, used: Closeable) -> None:
        """Notes that a zip is in use, and closes the one unused longest when there are too many."""
        with self._lock:
            self._recent[id(used)] = used
            self._recent.move_to_end(id(used))
            resting = [self._recent.popitem(last=False)[1]] if len(self._recent) > self._MOST else []
        for zip_ in resting:
            zip_.close_for_now()

    def close(self) -> None:
        """Closes all zips."""
        with self._lock:
            resting = list(self._recent.values())
            self._recent.clear()
        for zip_ in resting:
            zip_.close_for_now()


class LockedZip:
    """Opens entries through pyzipper: locked ones (ZipCrypto and AES), and rarer methods of compression."""

    def __init__(self, container: OpenContainer, in_use: OpenZips) -> None:
        """Takes the function that opens the zip, which is called on first use."""
        self._container = container
        self._in_use = in_use
        self._opened: _OpenedZip | None = None
        self._lock = threading.Lock()
        self._last: bytes | None = None

    def find_password(self, member: ZipMember, passwords: Sequence[bytes]) -> bytes:
        """Returns the password that opens the entry.

        Raises PasswordNeeded when none does.

        ZipCrypto checks one byte only: one wrong password in 256 passes. Where several pass, the entry is read to its checksum
        with each.
        """
        if member.is_unsupported:
            raise PasswordNeeded("The zip is locked in a way that a password alone does not open.")
        last = self._last
        if last is not None and self._password_opens(member, last, 0):
            rivals = [] if member.method == AES else [word for word in passwords[:_RIVALS] if word != last]
            if not any(self._password_opens(member, rival, 0) for rival in rivals):
                return last
        passing = [word for word in passwords if self._password_opens(member, word, 0)]
        whole = len(passing) > 1 or member.size <= _SMALL
        for word in passing:
            if self._password_opens(member, word, member.size + 1 if whole else limits.PEEK):
                self._last = word
                return word
        raise PasswordNeeded("The zip is locked, and no password at hand opens it.")

    def _password_opens(self, member: ZipMember, word: bytes, length: int) -> bool:
        """Returns whether a password passes its check and so many bytes can be read.

        Beyond the end the checksum counts too.
        """
        try:
            with self.open(member, word) as stream:
                while length > 0 and (data := stream.read(min(length, limits.CHUNK))):
                    length -= len(data)
        except InputError:
            return False
        return True

    def open(self, member: ZipMember, word: bytes | None) -> BinaryIO:
        """Opens an entry with a password, or without one when it is not locked.

        Raises InputError.
        """
        if member.method not in (STORED, DEFLATED, BZIP2, LZMA, AES):
            raise InputError("The archive entry uses a compression that Triage can't read.", detail=f"method {member.method}")
        damaged = UNLOCKED_WRONGLY if word is not None else _DAMAGED
        self._in_use.mark_used(self)
        try:
            with self._lock:
                opened = self._opened = self._opened or _OpenedZip(self._container())
                inner = opened.zip.open(opened.infos[member.offset], pwd=word)
                opened.readers += 1
        except InputError:
            raise
        except _TROUBLE as error:
            raise InputError(damaged, detail=type(error).__name__) from error  # message-ok

        def at_end(size: int, crc: int) -> None:
            if size != member.size or (member.method != AES and crc != member.crc):
                raise InputError(damaged, detail="size or CRC")  # message-ok

        return wrap_in_buffer(CheckedStream(inner, at_end, damaged, lambda: self._end_reading(opened)), _SLOW_STEP)

    def close_for_now(self) -> None:
        """Closes the container once nobody reads from it.

        The next `open` opens it anew.
        """
        with self._lock:
            opened, self._opened = self._opened, None
            if opened is not None:
                opened.resting = True
                opened.close_if_done()

    def _end_reading(self, opened: _OpenedZip) -> None:
        """Counts a reader that was closed."""
        with self._lock:
            opened.readers -= 1
            opened.close_if_done()


class _OpenedZip:
    """A container that pyzipper has open, and the number of entries that are being read from it."""

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
        """Closes the container when it should rest and nobody reads from it."""
        if self.resting and self.readers == 0:
            self.zip.close()
            self.stream.close()
