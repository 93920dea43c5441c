"""Films: a few key frames by PyAV, never the whole film."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from triage.decode.answers import LONGEST_MS
from triage.decode.cell.pictures import Plane, check_size
from triage.decode.cell.source import Source, Unreadable
from triage.decode.protocol import Refusal, Request

DEMUXERS = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/3gpp": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
}
"""The demuxer is named, so that no other (playlists, which name further files) is ever tried."""
FRAMES = 9
_PACKETS_PER_FRAME = 400


def describe(source: Source, mime: str, request: Request) -> tuple[int | None, list[Plane]]:
    """Duration in ms if known, and up to three key frames as upright luma."""
    with _opened(source, mime, request) as (container, stream):
        planes = [_upright(frame, "gray", request) for frame in _key_frames(container, stream, 3)]
        return _duration_ms(container, stream), planes


def sheet(source: Source, mime: str, request: Request) -> Image.Image:
    """Up to nine key frames, three a row."""
    cell = max(1, request.side // 3)
    with _opened(source, mime, request) as (container, stream):
        frames = []
        for frame in _key_frames(container, stream, FRAMES):
            picture = Image.fromarray(_upright(frame, "rgb24", request))
            picture.thumbnail((cell, cell))
            frames.append(picture)
    width, height = max(frame.width for frame in frames), max(frame.height for frame in frames)
    columns = min(3, len(frames))
    whole = Image.new("RGB", (columns * width, -(-len(frames) // columns) * height))
    for place, frame in enumerate(frames):
        whole.paste(frame, (place % columns * width, place // columns * height))
    return whole


def _upright(frame: Any, pixel_format: str, request: Request) -> NDArray[np.uint8]:
    """The film may change its size on the way, so every frame's is checked; `rotation` is in degrees counter-clockwise."""
    check_size(frame.width, frame.height, request)
    turned: NDArray[np.uint8] = np.rot90(frame.to_ndarray(format=pixel_format), round(frame.rotation / 90) % 4)
    return np.ascontiguousarray(turned)


@contextmanager
def _opened(source: Source, mime: str, request: Request) -> Iterator[tuple[Any, Any]]:
    try:
        with (
            source.open() as file,
            av.open(file, format=DEMUXERS[mime], options={"protocol_whitelist": ""}, metadata_errors="replace") as container,
        ):
            if not container.streams.video:
                raise Unreadable(Refusal.NO_PICTURE)
            stream = container.streams.video[0]
            context = stream.codec_context
            if context is None:
                raise Unreadable(Refusal.UNKNOWN_FORMAT)
            check_size(context.width, context.height, request)
            context.thread_count = 1
            context.skip_frame = "NONKEY"
            yield container, stream
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise Unreadable(Refusal.DAMAGED) from error


def _duration_ms(container: Any, stream: Any) -> int | None:
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
    duration = container.duration or 0
    for place in range(count if duration > 0 else 1):
        if place:
            container.seek(int(duration * place / count))
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
