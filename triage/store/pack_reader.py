"""Reads sealed bytes of the vault's packs, of one item or of many in their order."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from triage.safe_files import open_handle
from triage.store.files import read_at, read_into

ReadPack = Callable[[Path, int, int], bytes | memoryview]
"""Returns bytes of a file from an offset, so many or fewer at its end. Raises OSError."""


def read_pack_once(path: Path, offset: int, length: int) -> bytes:
    """Opens a pack for these bytes alone."""
    handle = open_handle(path)
    try:
        return read_at(handle, length, offset)
    finally:
        os.close(handle)


class PackReader:
    """Reads packs for one who reads many items in their order: a pack stays open until another is read. For one thread.

    What is read lies in the same memory again and again. With new memory for each item, a check of the vault spent a third of its
    time on the system's making it.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._handle = -1
        self._sealed, self._plain = bytearray(), bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, path: Path, offset: int, length: int) -> memoryview:
        """Returns bytes of a pack, as `ReadPack` says. The next call overwrites them."""
        if path is not self._path and path != self._path:  # mostly it is the same object, and paths compare slowly
            self._close()
            self._handle, self._path = open_handle(path), path
        if len(self._sealed) < length:
            self._sealed = bytearray(length)
        view = memoryview(self._sealed)
        return view[: read_into(self._handle, view[:length], offset)]

    def take_room(self, length: int) -> memoryview:
        """Returns memory for so many plain bytes, the same for each item."""
        if len(self._plain) < length:
            self._plain = bytearray(length)
        return memoryview(self._plain)[:length]

    def _close(self) -> None:
        """Closes the pack that is open."""
        if self._path is not None:
            os.close(self._handle)
            self._path = None
