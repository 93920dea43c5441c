"""The bytes that a worker examines: whole in memory, or by ranges asked from the host."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import BinaryIO, cast

from triage.decode.protocol import MAX_WANT, Refusal


class UnreadableMedia(Exception):
    """The input can't be used.

    `refusal` is what the host is told.
    """

    def __init__(self, refusal: Refusal) -> None:
        """Takes the reason for the host."""
        super().__init__(refusal.name)
        self.refusal = refusal


class InputSource:
    """The input of an operation.

    `whole` is None when it is too large to hold.
    """

    def __init__(self, size: int, whole: bytes | None, fetch: Callable[[int, int], bytes]) -> None:
        """Takes the size, the bytes or None, and `fetch(start, length)`, which returns a range."""
        self.size = size
        self.whole = whole
        self._fetch = fetch

    def open(self) -> BinaryIO:
        """Opens a fresh seekable stream."""
        if self.whole is not None:
            return io.BytesIO(self.whole)
        return cast(BinaryIO, io.BufferedReader(_RangeStream(self.size, self._fetch), MAX_WANT))

    def head(self, length: int) -> bytes:
        """Returns the first `length` bytes."""
        if self.whole is not None:
            return self.whole[:length]
        with self.open() as stream:
            return stream.read(length)


class _RangeStream(io.RawIOBase):
    """A seekable stream over ranges that the host sends."""

    def __init__(self, size: int, fetch: Callable[[int, int], bytes]) -> None:
        self._size, self._fetch, self._at = size, fetch, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("seek before the start")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), MAX_WANT, max(0, self._size - self._at))
        if length:
            buffer[:length] = self._fetch(self._at, length)
            self._at += length
        return length
