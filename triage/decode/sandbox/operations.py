"""What a worker can be asked for. Every failure of a decoder ends here as a refusal; only running out of memory goes on up."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from triage.decode.protocol import Refusal, Request
from triage.decode.sandbox import blur, frames, kinds, metadata, pdf, pictures, video
from triage.decode.sandbox.looks import Seen, hashed
from triage.decode.sandbox.source import Source, Unreadable
from triage.hashing.resampling import compute_cells, stack_cells
from triage.hashing.window_hashing import hash_windows_of_many
from triage.model.media import MediaFacts, Pixels


def measure(source: Source, mime: str, request: Request) -> MediaFacts | Seen:
    """Of a picture what is told before it is hashed: see `finish`."""
    if mime in pictures.FORMATS:
        return _picture(source, mime, request)
    if mime in video.DEMUXERS:
        seen = frames.look_through(source, mime, request)
        height, width = seen.size
        return MediaFacts(
            mime=mime, width=width, height=height, duration_ms=seen.duration_ms, film=seen.film, preview=seen.preview
        )
    if mime == "application/pdf":
        page = pictures.plane_of(pdf.first_page(source, request, 256))
        return MediaFacts(mime=mime, preview=blur.previews(compute_cells(page)[None])[0])
    raise Unreadable(_no_decoder(mime))


def measured(source: Source, mime: str, request: Request) -> MediaFacts:
    """Of one file alone."""
    found = measure(source, mime, request)
    return finish([found], request)[0] if isinstance(found, Seen) else found


def _picture(source: Source, mime: str, request: Request) -> MediaFacts | Seen:
    try:
        decoded = pictures.luma(source, mime, request)
    except (OSError, SyntaxError, ValueError):
        return _metadata_alone(source, mime, request)
    height, width = decoded.original
    facts = MediaFacts(mime=mime, width=width, height=height, exif=metadata.read(source, mime, request))
    return Seen(facts, source, decoded)


def finish(seen: Sequence[Seen], request: Request) -> list[MediaFacts]:
    """With hashes and previews, which are made of several pictures together; in the same order."""
    if not seen:
        return []
    taken, wholes = hashed(seen, request)
    cells = stack_cells(taken)
    hashes = hash_windows_of_many([picture.decoded.luma for picture in seen], cells, wholes)
    return [
        replace(picture.facts, perceptual=own, preview=preview)
        for picture, own, preview in zip(seen, hashes, blur.previews(cells), strict=True)
    ]


def cells(source: Source, mime: str, request: Request) -> bytes:
    """Of a picture the 80 x 80 cells (hashing/resampling.py) in whole levels, by rows."""
    if mime not in pictures.FORMATS:
        raise Unreadable(Refusal.NO_PICTURE)
    plane = compute_cells(pictures.luma(source, mime, request).luma)
    return np.rint(plane).astype(np.uint8).tobytes()


def _metadata_alone(source: Source, mime: str, request: Request) -> MediaFacts:
    """Of a picture that is damaged or cut short: its metadata lies in front, and may tell place and camera."""
    exif = None
    with suppress(OSError, SyntaxError, ValueError):
        exif = metadata.read(source, mime, request)
    if exif is None or exif.fields == metadata.UNREADABLE:
        raise Unreadable(Refusal.DAMAGED)
    return MediaFacts(mime=mime, exif=exif)


def render(source: Source, mime: str, request: Request) -> Pixels:
    if mime in pictures.FORMATS:
        picture = pictures.colour(source, mime, request)
    elif mime in video.DEMUXERS and request.at_ms is not None:
        picture = video.frame_at(source, mime, request, request.at_ms)
    elif mime in video.DEMUXERS:
        return blur.pixels(video.sheet(source, mime, request))
    elif mime == "application/pdf":
        picture = pdf.first_page(source, request, request.side)
    else:
        raise Unreadable(_no_decoder(mime))
    return blur.revealed(picture, request.step, request.side)


def pdf_text(source: Source, mime: str, request: Request) -> tuple[str, ...]:
    if mime != "application/pdf":
        raise Unreadable(Refusal.UNKNOWN_FORMAT)
    return pdf.text(source, request)


def _no_decoder(mime: str) -> Refusal:
    return Refusal.UNKNOWN_FORMAT if mime == kinds.UNKNOWN else Refusal.NO_PICTURE
