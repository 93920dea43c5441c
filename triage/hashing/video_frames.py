"""The hashed frames of a video: what is kept of each, how they are stored, and which are left out.

A video is a row of frames, each different enough from all before it. A copy whose frames fall between ours has each of them near
one of ours. Black frames and others of low quality are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from triage import limits
from triage.model.match_way import CropWindow

FRAME_CROPS = (CropWindow.CENTRE_5, CropWindow.CENTRE_10)
"""Crops of a frame that are hashed too: who records a screen or hides a mark cuts the edges off."""
FRAME_WINDOWS = (CropWindow.WHOLE, CropWindow.TRIMMED, *FRAME_CROPS)
"""What the hashes of a frame are of, in the order they are stored."""

_PDQ_BYTES = 32
_PDQ_BITS = 8 * _PDQ_BYTES
_TIME_BYTES = 4  # milliseconds since the video began, big-endian
_QUALITY_BYTES = 1
FRAME_BYTES = _TIME_BYTES + _QUALITY_BYTES + len(FRAME_WINDOWS) * _PDQ_BYTES


@dataclass(frozen=True, slots=True)
class WindowHash:
    """The PDQ hash of one window of a frame. `window` is its number in FRAME_WINDOWS."""

    window: int
    pdq: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """The hashes of one frame.

    `at_ms` counts since the video began. `quality` is PDQ's, 0 to 100. `trimmed` is the PDQ without bars and borders, empty where
    there are none. `crops` are those of FRAME_CROPS, empty where they have low texture.
    """

    at_ms: int
    quality: int
    pdq: bytes
    trimmed: bytes = b""
    crops: tuple[bytes, ...] = (b"",) * len(FRAME_CROPS)

    @property
    def hashes(self) -> tuple[WindowHash, ...]:
        """Returns the hashes that the frame has."""
        return tuple(WindowHash(window, pdq) for window, pdq in enumerate((self.pdq, self.trimmed, *self.crops)) if pdq)


def encode_frames(frames: Iterable[Frame]) -> bytes:
    """Returns the stored form of frames: FRAME_BYTES for each."""
    return b"".join(_encode_frame(frame) for frame in frames)


def _encode_frame(frame: Frame) -> bytes:
    hashes = (pdq.ljust(_PDQ_BYTES, b"\0") for pdq in (frame.pdq, frame.trimmed, *frame.crops))
    return frame.at_ms.to_bytes(_TIME_BYTES) + frame.quality.to_bytes(_QUALITY_BYTES) + b"".join(hashes)


def decode_frames(blob: bytes) -> tuple[Frame, ...]:
    """Returns the frames that `encode_frames` stored; of a blob that was cut off, those that are whole."""
    whole = len(blob) - len(blob) % FRAME_BYTES
    return tuple(decode_frame(blob[start : start + FRAME_BYTES]) for start in range(0, whole, FRAME_BYTES))


def decode_frame(encoded: bytes) -> Frame:
    """Returns one frame from its FRAME_BYTES."""
    pdq, *others = (encoded[at : at + _PDQ_BYTES] for at in range(_TIME_BYTES + _QUALITY_BYTES, FRAME_BYTES, _PDQ_BYTES))
    trimmed, *crops = (each if any(each) else b"" for each in others)
    return Frame(int.from_bytes(encoded[:_TIME_BYTES]), encoded[_TIME_BYTES], pdq, trimmed, tuple(crops))


def count_differing_bits(one: bytes, other: bytes) -> int:
    """Returns the Hamming distance of two hashes of equal length."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def thin_frames(frames: Sequence[Frame], most: int) -> tuple[Frame, ...]:
    """Returns at most `most` frames: of each run of neighbours the one where least moves.

    A copy whose frames fall between ours has one near it and, where its runs begin elsewhere, often chooses the same moment.
    """
    if len(frames) <= most:
        return tuple(frames)
    steps = [count_differing_bits(a.pdq, b.pdq) for a, b in pairwise(frames)]
    movement = [before + after for before, after in zip([_PDQ_BITS, *steps], [*steps, _PDQ_BITS], strict=True)]
    edges = [len(frames) * run // most for run in range(most + 1)]
    return tuple(frames[min(range(start, end), key=movement.__getitem__)] for start, end in pairwise(edges))


def count_distinct(frames: Iterable[Frame], enough: int) -> int:
    """Returns how many of these frames do not match one another, counted up to `enough`."""
    chosen: list[int] = []
    for frame in frames:
        value = int.from_bytes(frame.pdq)
        if all((value ^ other).bit_count() > limits.MATCH_RADIUS for other in chosen):
            chosen.append(value)
            if len(chosen) == enough:
                break
    return len(chosen)
