"""Films by PyAV: how one is opened, and the sheet of still frames that a reveal shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

import av
import numpy as np
from av.stream import Discard
from numpy.typing import NDArray
from PIL import Image

from triage import limits
from triage.decode.answers import LONGEST_MS
from triage.decode.protocol import Refusal, Request
from triage.decode.sandbox import blur
from triage.decode.sandbox.pictures import check_size
from triage.decode.sandbox.source import Source, Unreadable

DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/mpeg": "mpeg",
    "video/mp2t": "mpegts",
    "video/x-flv": "flv",
    "video/x-ms-asf": "asf",
    "video/ogg": "ogg",
}
"""The demuxer is named, so that no other (playlists, which name further files) is ever tried."""
_PACKETS_PER_FRAME = 400
_SAME_TIME = 0.002
"""Seconds: times are kept in whole milliseconds."""
_MOST_BOXES = 1_000
_EARLIER = (4.0, 16.0)
"""Seconds before a wanted frame, where key frames are looked for."""


def sheet(source: Source, mime: str, request: Request) -> Image.Image:
    """Up to nine key frames, three a row, each as far as the request's step allows."""
    cell = max(1, request.side // 3)
    with opened(source, mime, request) as (container, stream):
        frames = []
        for frame in _key_frames(container, stream, blur.CELLS):
            picture = Image.fromarray(_upright(frame, request))
            picture.thumbnail((cell, cell))
            frames.append(blur.as_far_as(request.step, picture))
    width, height = max(frame.width for frame in frames), max(frame.height for frame in frames)
    columns = min(3, len(frames))
    whole = Image.new("RGB", (columns * width, -(-len(frames) // columns) * height))
    for place, frame in enumerate(frames):
        whole.paste(frame, (place % columns * width, place // columns * height))
    return whole


def frame_at(source: Source, mime: str, request: Request, at_ms: int) -> Image.Image:
    """The frame shown at `at_ms` since the film began, as frames.py counts; where too much would have to be decoded on the way
    from the key frame before it, or its time never comes, the nearest one before.

    A container without an index seeks into the middle of what follows a key frame, and the next one may come too late: then
    from earlier."""
    with opened(source, mime, request) as (container, stream):
        stream.codec_context.skip_frame = "DEFAULT"
        begins = next((frame.time for frame in _frames(container, stream) if frame.time is not None), 0.0)
        wanted = begins + at_ms / 1000
        shown = None
        for earlier in (0.0, *_EARLIER, at_ms / 1000):
            container.seek(max(0, int((wanted - earlier) * 1_000_000)))
            first, last = _on_the_way(wanted, container, stream)
            shown = last or shown
            if first is not None and (first.time is None or first.time <= wanted + _SAME_TIME):
                break
        if shown is None:
            raise Unreadable(Refusal.DAMAGED)
        return Image.fromarray(_upright(shown, request))


def _on_the_way(wanted: float, container: Any, stream: Any) -> tuple[Any, Any]:
    """The first frame from here, and the one that is shown at a time in seconds, or the last before it; None without any."""
    first = shown = None
    work = 0
    for shown in _frames(container, stream):
        first = first or shown
        work += shown.width * shown.height
        if shown.time is None or shown.time >= wanted - _SAME_TIME or work > limits.FRAME_PIXELS:
            break
    return first, shown


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Nothing of a packet that is damaged: the next may be sound."""
    for packet in islice(container.demux(stream), limits.FRAME_PACKETS):
        with suppress(av.InvalidDataError, ValueError):
            yield from (frame for frame in packet.decode() if not frame.is_corrupt)


def _upright(frame: Any, request: Request) -> NDArray[np.uint8]:
    """The film may change its size on the way, so every frame's is checked; `rotation` is in degrees counter-clockwise."""
    check_size(frame.width, frame.height, request)
    turned: NDArray[np.uint8] = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90) % 4)
    return np.ascontiguousarray(turned)


@contextmanager
def opened(source: Source, mime: str, request: Request) -> Iterator[tuple[Any, Any]]:
    """The container and its picture track, which gives key frames alone until it is told otherwise. No other track is read."""
    try:
        with (
            source.open() as file,
            av.open(file, format=DEMUXERS[mime], options={"protocol_whitelist": ""}, metadata_errors="replace") as container,
        ):
            if not container.streams.video:
                raise Unreadable(_why(source, mime, Refusal.NO_PICTURE))
            stream = _picture_track(container)
            context = stream.codec_context
            if context is None:
                raise Unreadable(Refusal.UNKNOWN_FORMAT)
            check_size(context.width, context.height, request)
            context.thread_count = 1
            context.skip_frame = "NONKEY"
            yield container, stream
    except MemoryError:
        raise
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise Unreadable(_why(source, mime, Refusal.DAMAGED)) from error


def _why(source: Source, mime: str, otherwise: Refusal) -> Refusal:
    """NO_INDEX of a film whose samples are there and no whole `moov`, which says where each lies: cameras write it last, and
    on its way the end of a file is what goes missing (ISO/IEC 14496-12)."""
    at, samples = 0, False
    with source.open() as file:
        for _ in range(_MOST_BOXES if DEMUXERS[mime] == "mov" else 0):
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4]), head[4:8]
            length = int.from_bytes(head[8:]) if length == 1 else length
            if kind in (b"moov", b"moof"):
                return otherwise if at + length <= source.size else Refusal.NO_INDEX
            samples = samples or kind == b"mdat"
            at += length
            if length < 8 or at >= source.size:
                break
    return Refusal.NO_INDEX if samples else otherwise


def _picture_track(container: Any) -> Any:
    """The one that a player would show, and no cover picture, as far as that can be told."""
    chosen = container.streams.best("video") or container.streams.video[0]
    for track in container.streams:
        if track.index != chosen.index:
            track.discard = Discard.all
    return chosen


def duration_ms(container: Any, stream: Any) -> int | None:
    """None also when the header names a time that no film lasts."""
    duration = None
    if container.duration is not None:
        duration = int(container.duration) // 1000
    elif stream.duration is not None and stream.time_base is not None:
        duration = int(stream.duration * stream.time_base * 1000)
    return duration if duration is not None and 0 <= duration <= LONGEST_MS else None


def _key_frames(container: Any, stream: Any, count: int) -> list[Any]:
    """The first key frame, then those nearest to even steps through the film."""
    frames: list[Any] = []
    begins, duration = max(0, container.start_time or 0), container.duration or 0
    for place in range(count if duration > 0 else 1):
        if place:
            container.seek(begins + int(duration * place / count))
        frame = _next_frame(container, stream)
        if frame is None:
            break
        if not frames or frame.pts != frames[-1].pts:
            frames.append(frame)
    if not frames:
        raise Unreadable(Refusal.DAMAGED)
    return frames


def _next_frame(container: Any, stream: Any) -> Any | None:
    for seen, packet in enumerate(container.demux(stream)):
        for frame in packet.decode():
            return frame
        if seen > _PACKETS_PER_FRAME:
            break
    return None
