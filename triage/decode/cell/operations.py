"""What a worker can be asked for. Every failure of a decoder ends here as a refusal; only running out of memory goes on up."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np

from triage.decode.cell import blur, frames, kinds, metadata, pdf, pictures, video
from triage.decode.cell.source import Source, Unreadable
from triage.decode.protocol import Refusal, Request
from triage.hashing import perceptual, windows
from triage.model.media import MediaFacts, Perceptual, Pixels


def measure(source: Source, mime: str, request: Request) -> MediaFacts:
    if mime in pictures.FORMATS:
        try:
            decoded = pictures.luma(source, mime, request)
        except (OSError, SyntaxError, ValueError):
            return _metadata_alone(source, mime, request)
        return MediaFacts(
            mime=mime,
            width=decoded.original[1],
            height=decoded.original[0],
            perceptual=_hashes(decoded),
            exif=metadata.read(source, mime, request),
            preview=blur.preview(decoded.luma),
        )
    if mime in video.DEMUXERS:
        seen = frames.look_through(source, mime, request)
        height, width = seen.size
        return MediaFacts(
            mime=mime, width=width, height=height, duration_ms=seen.duration_ms, film=seen.film, preview=seen.preview
        )
    if mime == "application/pdf":
        page = pdf.first_page(source, request, 256)
        return MediaFacts(mime=mime, preview=blur.preview(pictures.plane_of(page)))
    raise Unreadable(_no_decoder(mime))


def _metadata_alone(source: Source, mime: str, request: Request) -> MediaFacts:
    """Of a picture that is damaged or cut short: its metadata lies in front, and may tell place and camera."""
    exif = None
    with suppress(OSError, SyntaxError, ValueError):
        exif = metadata.read(source, mime, request)
    if exif is None or exif.fields == metadata.UNREADABLE:
        raise Unreadable(Refusal.DAMAGED)
    return MediaFacts(mime=mime, exif=exif)


def _hashes(decoded: pictures.Decoded) -> Perceptual:
    plane = decoded.luma.astype(np.float32)
    hashes = perceptual.measure(plane, decoded.original)
    return replace(hashes, windows=windows.measure(decoded.luma, hashes.pdq, plane))


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
