"""Overwrites sealed bytes whose key was destroyed with zeros.

Somebody who kept an older copy of the key then finds nothing to open. The blocks of the disk are given back, while people work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO

from triage.message import Message
from triage.safe_files import file_size, flush, open_to_change
from triage.store.files import explain_disk_errors
from triage.store.vault import CHUNK, TAG, pack_path, sealed_length

Extent = tuple[int, int, int]
"""(pack, offset, size of the plain bytes)"""
_KEEP_SIZE, _PUNCH_HOLE = 1, 2


def zero_sealed_bytes(vault: Path, extents: Iterable[Extent]) -> int:
    """Overwrites these items with zeros; returns how many were not zeros yet.

    After an interruption, another call finishes the work.

    Raises:
        StoreError: if the disk refuses
    """
    done = 0
    with explain_disk_errors(Message("overwriting what was destroyed")):
        for pack, some in groupby(extents, itemgetter(0)):  # a pack is opened once: after years it holds thousands of such items
            path = pack_path(vault, pack)
            if file_size(path) is None:  # a lost pack holds nothing; `check` names it
                continue
            with open_to_change(path) as file:
                done += sum(_zero_range(file, offset, sealed_length(size)) for _, offset, size in some)
    return done


def _zero_range(file: IO[bytes], offset: int, length: int) -> bool:
    """Overwrites a range with zeros; returns False when it was zeros already.

    The first bytes are written last, so that zeros there mean zeros everywhere.
    """
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
    _give_back(file.fileno(), offset, length)
    return True


def _give_back(handle: int, offset: int, length: int) -> None:
    """Gives the disk back the blocks of a range that holds zeros, where the system can do that. It goes on reading as zeros.

    The file keeps its length, so that all that lies behind it keeps its place. Where it fails the zeros stay.
    """
    if sys.platform != "linux":
        return
    import ctypes  # only here: most commands overwrite nothing

    fallocate = ctypes.CDLL(None).fallocate
    fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    fallocate(handle, _PUNCH_HOLE | _KEEP_SIZE, offset, length)
