"""The bytes of one zip entry, streamed and checked: declared size, CRC, and nothing left over.

Plain stored and deflated entries are read here, all others in `locked_zips`. Any damage is an InputError, while reading at the
latest when the end is reached.
"""

from __future__ import annotations

import io
import lzma
import struct
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol, cast

from triage import limits
from triage.errors import InputError
from triage.importers.zip_directory import DEFLATED, STORED, ZipMember

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


TROUBLE: tuple[type[Exception], ...] = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile,
)  # fmt: skip
"""What the libraries raise for damage, wrong passwords and methods they do not know."""
_STEP = 64 * limits.KIB
DAMAGED = "The archive entry is damaged."
UNLOCKED_WRONGLY = "The password does not fit the archive entry, or the entry is damaged."


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
        damaged: str = DAMAGED,
        on_close: Callable[[], None] | None = None,
        trouble: tuple[type[Exception], ...] = TROUBLE,
    ) -> None:
        """Wraps `inner`.

        `damaged` is the message for its errors, which are `trouble`, and `on_close` is called once.
        """
        super().__init__()
        self._inner, self._at_end, self._damaged, self._on_close = inner, at_end, damaged, on_close
        self._trouble = trouble
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
        except self._trouble as error:
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
                raise InputError(DAMAGED, detail="larger than declared")
            if data:
                return data
            if not chunk and not self._zlib.eof:
                raise InputError(DAMAGED, detail="deflate stream is cut off")
        if self._zlib.unused_data or self._packed.read(1):
            raise InputError(DAMAGED, detail="bytes behind the deflate stream")
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
            raise InputError(DAMAGED, detail="size or CRC")

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
                raise InputError(DAMAGED, detail="deflate stream and sizes disagree")
    except TROUBLE as error:
        raise InputError(DAMAGED, detail=type(error).__name__) from error
    if len(packed) != member.packed or len(data) != member.size or zlib.crc32(data) != member.crc:
        raise InputError(DAMAGED, detail="size or CRC")
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
