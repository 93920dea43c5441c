"""What is read of a stored blob, also of one that an older version wrote."""

from __future__ import annotations

import numpy as np
import pytest

from tests.hashing.hashed import hash_image
from tests.hashing.scenes import landscape
from triage.hashing.crop_windows import NUMBER_OF, WINDOWS
from triage.hashing.window_codec import (
    BLOB_BYTES,
    ENTRY_BYTES,
    PDQ_BYTES,
    decode_window,
    decode_windows,
    encode_whole,
    join_entries,
    join_pdqs,
)
from triage.model.match_way import CropWindow

scene = landscape(450, 600, 3)


def test_flat_images_have_no_windows() -> None:
    flat = hash_image(np.full((300, 400), 90, np.uint8))
    assert [entry.window for entry in decode_windows(flat.windows)] in ([], [0])
    assert len(flat.windows) == BLOB_BYTES


def test_of_blobs_of_another_version_only_the_whole_is_known() -> None:
    older = hash_image(scene).windows[: 26 * ENTRY_BYTES]
    assert [entry.window for entry in decode_windows(older)] == [0]


@pytest.mark.parametrize(("first", "known"), [(CropWindow.SQUARE, 33), (CropWindow.INNER_TOP, 36)])
def test_of_blobs_from_before_shapes_and_inner_windows_the_others_are_known(first: CropWindow, known: int) -> None:
    blob = hash_image(scene).windows
    later = slice(*(NUMBER_OF[window] * ENTRY_BYTES for window in (first, CropWindow.ROTATED_3_LEFT)))
    older = blob[: later.start] + blob[later.stop :]
    left = [entry.window for entry in decode_windows(blob) if entry.window < known]
    assert [entry.window for entry in decode_windows(older)] == left
    numbers, windows, entries = join_entries([older, blob], known)
    assert windows.tolist() == [*left, *left] and numbers.tolist() == [0] * len(left) + [1] * len(left)
    assert entries[: len(left)].tobytes() == entries[len(left) :].tobytes()
    assert decode_window(older, 12) == decode_window(blob, 12)
    assert decode_window(older, known) is None


def test_joined_entries_hold_the_same_hashes() -> None:
    blob = hash_image(scene).windows
    windows = decode_windows(blob)
    numbers, found, entries = join_entries([encode_whole(b"\1" * 32), blob], len(WINDOWS))
    assert numbers.tolist() == [0] + [1] * len(windows)
    assert found.tolist() == [0, *(each.window for each in windows)]
    assert [each.tobytes() for each in entries] == [b"\1" * 32 + bytes(60), *(each.pdq + each.dhash for each in windows)]
    assert join_pdqs([blob], len(WINDOWS))[2].tobytes() == entries[1:, :PDQ_BYTES].tobytes()
    assert [decode_window(blob, each.window) for each in windows] == list(windows)


def test_only_the_first_windows_are_read_when_asked() -> None:
    blob = hash_image(scene).windows
    assert [each.window for each in decode_windows(blob, 4)] == [each.window for each in decode_windows(blob) if each.window <= 4]


def test_of_a_whole_pdq_there_is_one_window_without_a_difference_hash() -> None:
    (own,) = decode_windows(encode_whole(b"\1" * 32))
    assert (own.window, own.pdq, any(own.dhash)) == (0, b"\1" * 32, False)
