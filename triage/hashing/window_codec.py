"""The stored form of an image's window hashes: one entry for each of WINDOWS, PDQ (32 bytes) and difference hash (60 bytes).

A window whose PDQ is all zeros has no hash: it has low texture, or the image has no such window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.hashing.crop_windows import CROPS, INNER_CROPS, RATIOS, WHOLE_WINDOWS, WINDOWS
from triage.hashing.difference_hash import DHASH_BYTES

PDQ_BYTES = 32
ENTRY_BYTES = PDQ_BYTES + DHASH_BYTES
BLOB_BYTES = len(WINDOWS) * ENTRY_BYTES

_USABLE_BYTES = {
    BLOB_BYTES: BLOB_BYTES,
    BLOB_BYTES - len(INNER_CROPS) * ENTRY_BYTES: (len(WHOLE_WINDOWS) + len(CROPS) + len(RATIOS)) * ENTRY_BYTES,
    BLOB_BYTES - (len(INNER_CROPS) + len(RATIOS)) * ENTRY_BYTES: (len(WHOLE_WINDOWS) + len(CROPS)) * ENTRY_BYTES,
}
"""By the length of a blob, how many of its bytes are laid out as today's are: ratios came later, then inner crops."""


@dataclass(frozen=True, slots=True)
class WindowHashes:
    """Both hashes of one window. `window` is its number in WINDOWS."""

    window: int
    pdq: bytes
    dhash: bytes


def encode_whole(pdq: bytes) -> bytes:
    """Returns the blob of an image of which only the PDQ of the whole is known."""
    return pdq + bytes(DHASH_BYTES)


def decode_windows(blob: bytes, last: int = len(WINDOWS)) -> tuple[WindowHashes, ...]:
    """Returns the windows of a blob that have hashes, up to the number `last`.

    Of a blob whose length no version ever wrote, only the whole image is read.
    """
    usable = _cut_to_usable(blob)[: (last + 1) * ENTRY_BYTES]
    entries = (usable[start : start + ENTRY_BYTES] for start in range(0, len(usable), ENTRY_BYTES))
    return tuple(
        WindowHashes(window, entry[:PDQ_BYTES], entry[PDQ_BYTES:])
        for window, entry in enumerate(entries)
        if any(entry[:PDQ_BYTES])
    )


def join_pdqs(blobs: Sequence[bytes], below: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]:
    """Returns all windows of the blobs with numbers below `below`: which blob, which window, and the PDQ hashes (n, 32)."""
    numbers, windows, entries = _find_entries(blobs, below)
    return numbers, windows, entries[numbers, windows, :PDQ_BYTES]


def join_entries(blobs: Sequence[bytes], below: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]:
    """Returns the same with both hashes of each window (n, 92)."""
    numbers, windows, entries = _find_entries(blobs, below)
    return numbers, windows, entries[numbers, windows]


def _find_entries(blobs: Sequence[bytes], below: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint8]]:
    """Returns which blob and which window have a hash, and all entries by blob and window."""
    if not all(len(blob) == BLOB_BYTES for blob in blobs):
        blobs = [_cut_to_usable(blob).ljust(BLOB_BYTES, b"\0") for blob in blobs]
    entries = np.frombuffer(b"".join(blobs), np.uint8).reshape(len(blobs), -1, ENTRY_BYTES)[:, :below]
    numbers, windows = np.nonzero(entries[..., :PDQ_BYTES].any(axis=2))
    return numbers, windows, entries


def decode_window(blob: bytes, window: int) -> WindowHashes | None:
    """Returns one window of a blob, or None when it has no hash."""
    entry = _cut_to_usable(blob)[window * ENTRY_BYTES : (window + 1) * ENTRY_BYTES]
    return WindowHashes(window, entry[:PDQ_BYTES], entry[PDQ_BYTES:]) if any(entry[:PDQ_BYTES]) else None


def _cut_to_usable(blob: bytes) -> bytes:
    return blob[: _USABLE_BYTES.get(len(blob), ENTRY_BYTES)]
