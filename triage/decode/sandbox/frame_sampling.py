"""Hashes a video's frames with bounded work for any input, and reports what was not reached.

A video of ordinary length is decoded as a whole and sampled some fifteen times a second. Of a longer one key frames are decoded,
and as much of what follows each as the work allows. Low-texture frames, and frames like one that was kept, are only counted.
Sound is never decoded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from triage import limits
from triage.decode.answers import LONGEST_MS
from triage.decode.protocol import Refusal, Request
from triage.decode.sandbox import blur, video
from triage.decode.sandbox.image_decoding import check_size, scale_divisor
from triage.decode.sandbox.source import InputSource, UnreadableMedia
from triage.hashing.letterbox import remove_bars
from triage.hashing.perceptual import compute_pdq
from triage.hashing.resampling import Plane
from triage.hashing.video_frames import FRAME_CROPS, Frame, encode_frames, thin_frames
from triage.hashing.window_hashing import hash_crops
from triage.model.match_way import CropWindow
from triage.model.media import Film

_PLAUSIBLE_RATE = (1.0, 240.0)
_USUAL_RATE = 25.0
_LONGEST_STEP_MS = 60_000
"""A larger jump of the time stamps is not believed."""
_CUT_SHORT_MS, _CUT_SHORT = 2_000, 0.9
"""Of a duration that was stated, what must have been reached."""


@dataclass(frozen=True, slots=True)
class VideoMeasurement:
    """What was measured of a video.

    `size` is (height, width) of the first frame, upright.
    """

    size: tuple[int, int]
    duration_ms: int | None
    film: Film
    preview: bytes


def measure_video(source: InputSource, mime: str, request: Request) -> VideoMeasurement:
    """Hashes the frames of a video.

    Raises UnreadableMedia when not even one frame can be decoded.
    """
    samples = _FrameSamples(request)
    with video.open_video(source, mime, request) as (container, stream):
        duration, tracks = video.read_duration(container, stream), len(container.streams.video)
        reader = _FrameReader(container, stream, _decodable_share(stream, duration))
        _sample_frames(reader, samples)
    if not samples.seen and reader.sampled:  # none is marked as one: then what can be decoded from the start
        with video.open_video(source, mime, request) as (container, stream):
            reader = _FrameReader(container, stream, 1.0)
            _sample_frames(reader, samples)
    if not samples.seen:
        raise UnreadableMedia(Refusal.NO_MEMORY if reader.out_of_memory else Refusal.DAMAGED)
    frames = thin_frames([each.frame for each in samples.seen if each.frame is not None], limits.FILM_FRAMES)
    film = Film(
        count=len(frames),
        frames=encode_frames(frames),
        looked=samples.looked,
        flat=samples.flat,
        still=samples.still,
        sampled=reader.sampled,
        partial=reader.partial or _is_cut_short(samples.seen[-1].at_ms, duration),
        tracks=tracks,
    )
    sheet = [samples.seen[place * len(samples.seen) // blur.CELLS].small for place in range(blur.CELLS)]
    return VideoMeasurement(samples.size, duration, film, blur.make_sheet_preview(sheet))


def _decodable_share(stream: Any, duration: int | None) -> float:
    """Returns the share of the video, 0 to 1, that may be decoded by what its header states."""
    context = stream.codec_context
    frames = max(stream.frames or 0, (duration or 0) / 1000 * _frame_rate(stream))
    return float(min(1.0, limits.FILM_PIXELS / max(1.0, frames * context.width * context.height)))


def _frame_rate(stream: Any) -> float:
    """Returns the stated frames a second when plausible, else 25."""
    stated = float(stream.average_rate or 0)
    return stated if _PLAUSIBLE_RATE[0] <= stated <= _PLAUSIBLE_RATE[1] else _USUAL_RATE


def _is_cut_short(reached_ms: int, duration: int | None) -> bool:
    """Returns whether the last frame lies well before the stated end."""
    return duration is not None and reached_ms < min(duration * _CUT_SHORT, duration - _CUT_SHORT_MS)


def _sample_frames(reader: _FrameReader, samples: _FrameSamples) -> None:
    """Adds frames until the video or its budget ends.

    Damage on the way ends it, and what was added stands.
    """
    try:
        for at_ms, frame in reader.frames():
            samples.add_frame(at_ms, frame)
    except (av.FFmpegError, EOFError, ValueError, MemoryError, UnreadableMedia) as error:
        if isinstance(error, UnreadableMedia) and not samples.seen:
            raise
        reader.partial = True  # what was seen until then stands
        reader.out_of_memory = isinstance(error, MemoryError)


class _FrameReader:
    """Frames with their times, until the video or the work that may be done on it ends."""

    def __init__(self, container: Any, stream: Any, share: float) -> None:
        self._container, self._stream = container, stream
        self._ends = time.monotonic() + limits.FILM_SECONDS
        self._frame_ms = 1000 / _frame_rate(stream)
        self._share, self._saved, self._following = share, 1.0, False
        self._pixels = self._decoded = self._packets = self._damaged = 0
        self.partial = self.out_of_memory = False
        stream.codec_context.skip_frame = "DEFAULT"

    @property
    def sampled(self) -> bool:
        """Returns whether only a part of the video is decoded."""
        return self._share < 1

    def frames(self) -> Iterator[tuple[int, Any]]:
        """Yields (milliseconds since the video began, frame)."""
        at_ms, first = 0.0, None
        for packet in self._container.demux(self._stream):
            for frame in self._decode(packet):
                if frame.is_corrupt:
                    self.partial = True
                    continue
                stamp = None if frame.time is None else 1000 * frame.time
                first = stamp if first is None else first
                at_ms = _next_time(at_ms, stamp, first, self._frame_ms)
                yield round(at_ms), frame
                self._pixels += frame.width * frame.height
                self._decoded += 1
            if self._is_budget_spent():
                return

    def _decode(self, packet: Any) -> Sequence[Any]:
        """Returns the frames of a packet, none when the packet is damaged or passed over."""
        self._packets += 1
        if not self._is_chosen(packet):
            return ()
        try:
            return packet.decode()  # type: ignore[no-any-return]
        except (av.InvalidDataError, ValueError):
            self._damaged += 1
            self.partial = True
            return ()

    def _is_chosen(self, packet: Any) -> bool:
        """Returns whether a packet is decoded: all of a short video, else key frames and what follows without a gap.

        Each packet that is passed over saves work for later ones.
        """
        if self._share == 1 or not packet.size:
            return True
        key = bool(packet.is_keyframe)
        if self._share == 0:
            return key
        self._saved += self._share
        self._following = (key or self._following) and self._saved >= 1
        self._saved -= self._following
        return self._following

    def _is_budget_spent(self) -> bool:
        """Returns whether no more work may be done.

        Where only the header's promise was short, key frames continue.
        """
        if self._pixels > limits.FILM_PIXELS and self._share:
            self._share, self._pixels = 0.0, 0
            self._stream.codec_context.skip_frame = "NONKEY"
            return False
        over = (
            self._pixels > limits.FILM_PIXELS
            or self._decoded >= limits.FILM_DECODED
            or self._packets >= limits.FILM_PACKETS
            or self._damaged >= limits.FILM_DAMAGED
            or time.monotonic() > self._ends
        )
        self.partial = self.partial or over
        return over


def _next_time(last: float, stamp: float | None, first: float | None, frame_ms: float) -> float:
    """Returns the time of a frame since the video began, in milliseconds.

    Stamps that are missing, go back or leap are replaced by the frame rate's step.
    """
    told = None if stamp is None or first is None else stamp - first
    if told is None or not last <= told <= last + _LONGEST_STEP_MS or (told == last and last > 0):
        told = last + frame_ms
    return min(told, float(LONGEST_MS))


@dataclass(frozen=True, slots=True)
class _SampledFrame:
    """A sampled frame: its time, preview cell and hashes."""

    at_ms: int
    small: Plane
    frame: Frame | None
    """None where the frame says too little, or what another says."""


@dataclass(slots=True)
class _FrameSamples:
    """The sampled frames of a video, and counts of those that were not kept."""

    request: Request
    seen: list[_SampledFrame] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    looked: int = 0
    flat: int = 0
    still: int = 0
    _every: int = 1
    """Times limits.FILM_STEP_*: doubled whenever there are too many."""
    _passed: int = 0
    _kept: NDArray[np.uint64] = field(default_factory=lambda: np.zeros((limits.FILM_SAMPLES, 4), np.uint64))
    _count: int = 0

    def add_frame(self, at_ms: int, frame: Any) -> None:
        """Samples a frame when the next sample is due.

        Halves the samples when there are too many.
        """
        self._passed += 1
        due = not self.seen or (
            at_ms - self.seen[-1].at_ms >= limits.FILM_STEP_MS * self._every
            or self._passed >= limits.FILM_STEP_FRAMES * self._every
        )
        if not due:
            return
        self._passed = 0
        luma, original = _to_luma(frame, self.request)
        self.size = self.size if self.seen else original
        self.looked += 1
        self.seen.append(_SampledFrame(at_ms, blur.make_preview_cell(luma), self._hash_frame(at_ms, luma, original)))
        if len(self.seen) >= limits.FILM_SAMPLES:
            self.seen = self.seen[::2]
            self._every *= 2

    def _hash_frame(self, at_ms: int, luma: Plane, original: tuple[int, int]) -> Frame | None:
        """Returns a frame's hashes, or None when it is low-texture or like one that was kept."""
        hashed = compute_pdq(luma, original)
        if hashed.quality < limits.MIN_PDQ_QUALITY:
            self.flat += 1
            return None
        words = np.frombuffer(hashed.pdq, np.uint64)
        apart = np.bitwise_count(self._kept[: self._count] ^ words).sum(axis=1, dtype=np.uint16)
        if apart.size and apart.min() < limits.FILM_STILL:
            self.still += 1
            return None
        (whole, *crops), inner = hash_crops(luma, (CropWindow.WHOLE, *FRAME_CROPS)), _hash_without_bars(luma)
        if not (whole or inner):
            self.flat += 1
            return None
        self._kept[self._count % len(self._kept)] = words
        self._count += 1
        return Frame(at_ms, hashed.quality, hashed.pdq, inner, tuple(crops))


def _hash_without_bars(luma: Plane) -> bytes:
    """Returns the PDQ hash of a frame without its letterbox bars, b"" when it has none or is low-texture."""
    inner = remove_bars(luma)
    if inner is None:
        return b""
    hashed = compute_pdq(inner, (inner.shape[0], inner.shape[1]))
    has_texture = hashed.quality >= limits.MIN_PDQ_QUALITY and hash_crops(inner, (CropWindow.WHOLE,))[0]
    return hashed.pdq if has_texture else b""


def _to_luma(frame: Any, request: Request) -> tuple[Plane, tuple[int, int]]:
    """Returns the upright luma plane, scaled like an image's, and (height, width) before scaling.

    Checks the size of each frame, since a video may change it on the way.
    """
    check_size(frame.width, frame.height, request)
    by = scale_divisor(frame.height, frame.width)
    small = frame.reformat(width=-(-frame.width // by), height=-(-frame.height // by), format="gray", interpolation="AREA")
    turns = round(frame.rotation / 90) % 4
    luma = np.ascontiguousarray(np.rot90(small.to_ndarray(), turns))
    return luma, (frame.width, frame.height) if turns % 2 else (frame.height, frame.width)
