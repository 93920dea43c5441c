"""Zeros over the sealed bytes of items whose key was destroyed: whoever kept an older copy of the key finds nothing to open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO

from triage.message import Message
from triage.safe_files import file_size, flush, open_to_change
from triage.store.files import disk
from triage.store.vault import CHUNK, TAG, pack_path, sealed_length

Extent = tuple[int, int, int]
"""(pack, offset, size of the plain bytes)"""


def blank(vault: Path, extents: Iterable[Extent]) -> int:
    """Returns how many items were not zeros yet. Done again after it was interrupted, it goes on. Raises StoreError."""
    done = 0
    with disk(Message("overwriting what was destroyed")):
        for pack, offset, size in extents:
            path = pack_path(vault, pack)
            if file_size(path) is None:  # a lost pack holds nothing; `check` names it
                continue
            with open_to_change(path) as file:
                done += _blank(file, offset, sealed_length(size))
    return done


def _blank(file: IO[bytes], offset: int, length: int) -> bool:
    """The first bytes go last, so that zeros there mean zeros everywhere."""
    file.seek(offset)
    if not any(file.read(min(TAG, length))):
        return False
    for start in range(offset + TAG, offset + length, CHUNK):
        file.seek(start)
        file.write(bytes(min(CHUNK, offset + length - start)))
    flush(file)
    file.seek(offset)
    file.write(bytes(TAG))
    flush(file)
    return True
