"""Frames of a video as they are stored, and which are left out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.hashing.test_video_search import film, frames
from triage import limits
from triage.hashing.video_frames import FRAME_BYTES, Frame, count_distinct, decode_frames, encode_frames, thin_frames

pdqs = st.binary(min_size=32, max_size=32)
part = st.one_of(st.just(b""), pdqs.filter(any))


@given(st.lists(st.builds(Frame, st.integers(0, 2**32 - 1), st.integers(0, 255), pdqs, part, st.tuples(part, part))))
def test_frames_are_kept_as_they_are(several: list[Frame]) -> None:
    blob = encode_frames(several)
    assert len(blob) == FRAME_BYTES * len(several)
    assert decode_frames(blob) == tuple(several)


def test_thinning_keeps_order_and_number() -> None:
    many = frames(1000)
    kept = thin_frames(many, limits.FILM_FRAMES)
    assert len(kept) == limits.FILM_FRAMES
    assert [frame.at_ms for frame in kept] == sorted(frame.at_ms for frame in kept)
    assert set(kept) <= set(many)
    assert thin_frames(film, 300) == film


def test_thinning_keeps_of_each_run_the_frame_where_least_moves() -> None:
    rows = [np.arange(256) < ones for ones in (0, 10, 12, 60)]
    several = tuple(Frame(at, 90, np.packbits(row).tobytes()) for at, row in enumerate(rows))
    assert [frame.at_ms for frame in thin_frames(several, 2)] == [1, 2]


def test_thinning_takes_the_first_frame_where_it_moves_least() -> None:
    """The outermost frames have a neighbour on one side only: the other counts as all bits."""
    several = tuple(Frame(at, 90, bytes(32)) for at in range(4))
    assert [frame.at_ms for frame in thin_frames(several, 2)] == [1, 2]


def test_distinct_frames_are_counted_up_to_enough() -> None:
    assert [count_distinct(film, enough) for enough in (1, 3, 50)] == [1, 3, 40]
