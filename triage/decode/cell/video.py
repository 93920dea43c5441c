"""Films: a few key frames by PyAV, never the whole film."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
import numpy as np
from PIL import Image

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


def describe(source: Source, mime: str, request: Request) -> tuple[int, int, int | None, list[Plane]]:
    """Width, height, duration in ms if known, and up to three key frames as luma."""
    with _opened(source, mime, request) as (container, stream):
        width, height = stream.codec_context.width, stream.codec_context.height
        planes = [frame.to_ndarray(format="gray") for frame in _key_frames(container, stream, 3)]
        return width, height, _duration_ms(container, stream), [np.ascontiguousarray(plane) for plane in planes]


def sheet(source: Source, mime: str, request: Request) -> Image.Image:
    """Up to nine key frames, three a row."""
    cell = max(1, request.side // 3)
    with _opened(source, mime, request) as (container, stream):
        frames = []
        for frame in _key_frames(container, stream, FRAMES):
            picture = frame.to_image()
            picture.thumbnail((cell, cell))
            frames.append(picture)
    width, height = max(frame.width for frame in frames), max(frame.height for frame in frames)
    columns = min(3, len(frames))
    whole = Image.new("RGB", (columns * width, -(-len(frames) // columns) * height))
    for place, frame in enumerate(frames):
        whole.paste(frame, (place % columns * width, place // columns * height))
    return whole


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
            check_size(context.width, context.height, request)
            context.thread_count = 1
            context.skip_frame = "NONKEY"
            yield container, stream
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise Unreadable(Refusal.DAMAGED) from error


def _duration_ms(container: Any, stream: Any) -> int | None:
    if container.duration is not None and container.duration >= 0:
        return int(container.duration) // 1000
    if stream.duration is not None and stream.time_base is not None and stream.duration >= 0:
        return int(stream.duration * stream.time_base * 1000)
    return None


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
