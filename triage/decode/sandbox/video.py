"""Opens videos by PyAV, and renders the sheet of frames or the single frame that a reveal shows."""

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
from triage.decode.sandbox.image_decoding import check_size
from triage.decode.sandbox.source import InputSource, UnreadableMedia

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
_MOST_BOXES = 1_000  # boxes that are passed in search of the index
_EARLIER = (4.0, 16.0)
"""Seconds before a wanted frame, where key frames are looked for."""


def render_sheet(source: InputSource, mime: str, request: Request) -> Image.Image:
    """Returns up to nine key frames, three a row, each with as much detail as the request's step allows."""
    cell = max(1, request.side // 3)
    with open_video(source, mime, request) as (container, stream):
        frames = []
        for frame in _find_key_frames(container, stream, blur.CELLS):
            picture = Image.fromarray(_to_upright_rgb(frame, request))
            picture.thumbnail((cell, cell))
            frames.append(blur.reduce_to_step(request.step, picture))
    width, height = max(frame.width for frame in frames), max(frame.height for frame in frames)
    columns = min(3, len(frames))
    whole = Image.new("RGB", (columns * width, -(-len(frames) // columns) * height))
    for place, frame in enumerate(frames):
        whole.paste(frame, (place % columns * width, place // columns * height))
    return whole


def render_frame(source: InputSource, mime: str, request: Request, at_ms: int) -> Image.Image:
    """Returns the frame shown at `at_ms` since the video began, as frames.py counts.

    Where too much would have to be decoded from the key frame before it, or its time never comes, the nearest one before is
    returned. A container without an index seeks into the middle of what follows a key frame, and the next key frame may come too
    late. Then decoding starts earlier.
    """
    with open_video(source, mime, request) as (container, stream):
        stream.codec_context.skip_frame = "DEFAULT"
        begins = next((frame.time for frame in _iter_frames(container, stream) if frame.time is not None), 0.0)
        wanted = begins + at_ms / 1000
        shown = None
        for earlier in (0.0, *_EARLIER, at_ms / 1000):
            container.seek(max(0, int((wanted - earlier) * 1_000_000)))
            first, last = _decode_up_to(wanted, container, stream)
            shown = last or shown
            if first is not None and (first.time is None or first.time <= wanted + _SAME_TIME):
                break
        if shown is None:
            raise UnreadableMedia(Refusal.DAMAGED)
        return Image.fromarray(_to_upright_rgb(shown, request))


def _decode_up_to(wanted: float, container: Any, stream: Any) -> tuple[Any, Any]:
    """Returns the first frame from here, and the one shown at a time in seconds or the last before it.

    None without any.
    """
    first = shown = None
    work = 0
    for shown in _iter_frames(container, stream):
        first = first or shown
        work += shown.width * shown.height
        if shown.time is None or shown.time >= wanted - _SAME_TIME or work > limits.FRAME_PIXELS:
            break
    return first, shown


def _iter_frames(container: Any, stream: Any) -> Iterator[Any]:
    """Yields undamaged frames, up to the limit of packets."""
    for packet in islice(container.demux(stream), limits.FRAME_PACKETS):
        with suppress(av.InvalidDataError, ValueError):
            yield from (frame for frame in packet.decode() if not frame.is_corrupt)


def _to_upright_rgb(frame: Any, request: Request) -> NDArray[np.uint8]:
    """Returns a frame as upright RGB.

    Checks the size of each frame, since a video may change it on the way.
    """
    check_size(frame.width, frame.height, request)
    turned: NDArray[np.uint8] = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90) % 4)
    return np.ascontiguousarray(turned)


@contextmanager
def open_video(source: InputSource, mime: str, request: Request) -> Iterator[tuple[Any, Any]]:
    """Opens a container and its video track, which gives only key frames until told otherwise.

    No other track is read.

    Raises UnreadableMedia.
    """
    try:
        with (
            source.open() as file,
            av.open(file, format=DEMUXERS[mime], options={"protocol_whitelist": ""}, metadata_errors="replace") as container,
        ):
            if not container.streams.video:
                without = Refusal.SOUND_ONLY if container.streams.audio else Refusal.NO_PICTURE
                raise UnreadableMedia(_find_refusal(source, mime, without))
            stream = _choose_video_track(container)
            context = stream.codec_context
            if context is None:
                raise UnreadableMedia(Refusal.UNKNOWN_FORMAT)
            check_size(context.width, context.height, request)
            context.thread_count = 1
            context.skip_frame = "NONKEY"
            yield container, stream
    except MemoryError:
        raise
    except (av.FFmpegError, EOFError, ValueError) as error:
        raise UnreadableMedia(_find_refusal(source, mime, Refusal.DAMAGED)) from error


def _find_refusal(source: InputSource, mime: str, otherwise: Refusal) -> Refusal:
    """Returns NO_INDEX for a video whose samples are there without a whole `moov`, else `otherwise`.

    `moov` says where each sample lies. Cameras write it last, and the end of a file is what goes missing on its way (ISO/IEC
    14496-12).
    """
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


def _choose_video_track(container: Any) -> Any:
    """Returns the track that a player would show, and discards all others."""
    chosen = container.streams.best("video") or container.streams.video[0]
    for track in container.streams:
        if track.index != chosen.index:
            track.discard = Discard.all
    return chosen


def read_duration(container: Any, stream: Any) -> int | None:
    """Returns the duration in milliseconds, or None when it is missing or longer than any video."""
    duration = None
    if container.duration is not None:
        duration = int(container.duration) // 1000
    elif stream.duration is not None and stream.time_base is not None:
        duration = int(stream.duration * stream.time_base * 1000)
    return duration if duration is not None and 0 <= duration <= LONGEST_MS else None


def _find_key_frames(container: Any, stream: Any, count: int) -> list[Any]:
    """Returns the first key frame, then those nearest to even steps through the video.

    Raises UnreadableMedia without any.
    """
    frames: list[Any] = []
    begins, duration = max(0, container.start_time or 0), container.duration or 0
    for place in range(count if duration > 0 else 1):
        if place:
            container.seek(begins + int(duration * place / count))
        frame = _decode_next_frame(container, stream)
        if frame is None:
            break
        if not frames or frame.pts != frames[-1].pts:
            frames.append(frame)
    if not frames:
        raise UnreadableMedia(Refusal.DAMAGED)
    return frames


def _decode_next_frame(container: Any, stream: Any) -> Any | None:
    for seen, packet in enumerate(container.demux(stream)):
        for frame in packet.decode():
            return frame
        if seen > _PACKETS_PER_FRAME:
            break
    return None
