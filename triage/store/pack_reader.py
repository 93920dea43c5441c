"""Reads sealed bytes of the vault's packs, of one item or of many in their order."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from triage.safe_files import open_handle
from triage.store.files import read_at

ReadPack = Callable[[Path, int, int], bytes]
"""Returns bytes of a file from an offset, so many or fewer at its end. Raises OSError."""


def read_pack_once(path: Path, offset: int, length: int) -> bytes:
    """Opens a pack for these bytes alone."""
    handle = open_handle(path)
    try:
        return read_at(handle, length, offset)
    finally:
        os.close(handle)


class PackReader:
    """Reads packs for one who reads many items in their order: a pack stays open until another is read. For one thread."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, path: Path, offset: int, length: int) -> bytes:
        """Returns bytes of a pack, as `ReadPack` says."""
        if path is not self._path and path != self._path:  # mostly it is the same object, and paths compare slowly
            self._close()
            self._handle, self._path = open_handle(path), path
        return read_at(self._handle, length, offset)

    def _close(self) -> None:
        """Closes the pack that is open."""
        if self._path is not None:
            os.close(self._handle)
            self._path = None
