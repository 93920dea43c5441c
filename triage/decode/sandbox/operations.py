"""The operations of a worker.

Failures of a decoder become refusals, and only running out of memory passes through.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from PIL import Image

from triage.decode.protocol import ProtocolError, Refusal, Request
from triage.decode.sandbox import blur, frame_sampling, image_decoding, media_types, metadata, pdf_decoding, video
from triage.decode.sandbox.image_hashing import DecodedFile, hash_files
from triage.decode.sandbox.source import InputSource, UnreadableMedia
from triage.hashing.resampling import compute_cells, stack_cells
from triage.hashing.window_hashing import hash_windows_of_many
from triage.model.media import CROP_UNITS, ImageCrop, MediaFacts, Pixels, RevealStep

_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, RuntimeError)
"""What decoders raise on a damaged image; those of HEIC and AVIF the last two."""
_MOST_PAGE_SIDE = 4_000  # pixels of a PDF page, of which a crop is taken


def begin_measuring(source: InputSource, mime: str, request: Request) -> MediaFacts | DecodedFile:
    """Measures a file.

    An image is returned decoded, for `finish_measuring` to hash. Raises UnreadableMedia.
    """
    if mime in image_decoding.FORMATS:
        return _begin_image(source, mime, request)
    if mime in video.DEMUXERS:
        seen = frame_sampling.measure_video(source, mime, request)
        height, width = seen.size
        return MediaFacts(
            mime=mime, width=width, height=height, duration_ms=seen.duration_ms, film=seen.film, preview=seen.preview
        )
    if mime == "application/pdf":
        page = image_decoding.to_luma_plane(pdf_decoding.render_first_page(source, request, 256))
        return MediaFacts(mime=mime, preview=blur.make_previews(compute_cells(page)[None])[0])
    raise UnreadableMedia(_refuse_kind(mime))


def measure_file(source: InputSource, mime: str, request: Request) -> MediaFacts:
    """Returns the facts of a single file.

    Raises UnreadableMedia.
    """
    found = begin_measuring(source, mime, request)
    return finish_measuring([found], request)[0] if isinstance(found, DecodedFile) else found


def _begin_image(source: InputSource, mime: str, request: Request) -> MediaFacts | DecodedFile:
    """Decodes an image.

    Of one that can't be decoded, returns the metadata alone.
    """
    try:
        decoded = image_decoding.decode_luma(source, mime, request)
    except _DAMAGE:
        return _read_metadata_alone(source, mime, request)
    height, width = decoded.original
    exif = metadata.read_exif(source, mime, request) if decoded.may_have_metadata else None
    facts = MediaFacts(mime=mime, width=width, height=height, exif=exif)
    return DecodedFile(facts, source, decoded)


def finish_measuring(seen: Sequence[DecodedFile], request: Request) -> list[MediaFacts]:
    """Returns the facts of decoded images with hashes and previews, computed together, in the same order."""
    if not seen:
        return []
    taken, wholes = hash_files(seen, request)
    cells = stack_cells(taken)
    hashes = hash_windows_of_many([picture.decoded.luma for picture in seen], cells, wholes)
    return [
        replace(picture.facts, perceptual=own, preview=preview)
        for picture, own, preview in zip(seen, hashes, blur.make_previews(cells), strict=True)
    ]


def compute_luma_cells(source: InputSource, mime: str, request: Request) -> bytes:
    """Returns the 80 x 80 cells of an image (hashing/resampling.py) in whole levels, by rows."""
    if mime not in image_decoding.FORMATS:
        raise UnreadableMedia(Refusal.NO_PICTURE)
    plane = compute_cells(image_decoding.decode_luma(source, mime, request).luma)
    return np.rint(plane).astype(np.uint8).tobytes()


def _read_metadata_alone(source: InputSource, mime: str, request: Request) -> MediaFacts:
    """Returns the metadata of a damaged image, which lies in front and may tell place and camera."""
    exif = None
    with suppress(*_DAMAGE):
        exif = metadata.read_exif(source, mime, request)
    if exif is None or exif.fields == metadata.UNREADABLE:
        raise UnreadableMedia(Refusal.DAMAGED)
    return MediaFacts(mime=mime, exif=exif)


def render(source: InputSource, mime: str, request: Request) -> Pixels:
    """Returns an image, a video frame or sheet, or a PDF's first page, with as much detail as the request's step allows.

    With a crop window nothing but that rectangle is returned.
    """
    if request.window is not None:
        return _render_crop(source, mime, request, request.window)
    if mime in image_decoding.FORMATS:
        picture = image_decoding.decode_colour(source, mime, request)
    elif mime in video.DEMUXERS and request.at_ms is None:
        return blur.to_pixels(video.render_sheet(source, mime, request))
    else:
        picture = _decode_page_or_frame(source, mime, request)
    return blur.render_reveal(picture, request.step, request.side)


def _decode_page_or_frame(source: InputSource, mime: str, request: Request) -> Image.Image:
    """Returns a video's frame or a PDF's first page. Raises UnreadableMedia for anything else."""
    if mime in video.DEMUXERS and request.at_ms is not None:
        return video.render_frame(source, mime, request, request.at_ms)
    if mime == "application/pdf":
        return pdf_decoding.render_first_page(source, request, request.side)
    raise UnreadableMedia(_refuse_kind(mime))


def _render_crop(source: InputSource, mime: str, request: Request, window: ImageCrop) -> Pixels:
    """Returns one rectangle of an image, of a video's frame or of a PDF's first page, and nothing around it.

    Blur and edges depend on the size of what they are made of, so a small rectangle would show more than the whole does. Only
    grey and colour are rendered.
    """
    if request.step < RevealStep.GREY:
        raise ProtocolError("a crop in less than grey")
    side = request.side * CROP_UNITS // max(window.width, window.height)
    larger = replace(request, side=max(1, min(side, request.max_side)))
    if mime in image_decoding.FORMATS:
        whole = image_decoding.decode_colour(source, mime, larger)
    else:
        whole = _decode_page_or_frame(source, mime, replace(larger, side=min(larger.side, _MOST_PAGE_SIDE)))
    across, down = whole.width / CROP_UNITS, whole.height / CROP_UNITS
    left, top = int(window.left * across), int(window.top * down)
    right, bottom = max(left + 1, int(window.right * across)), max(top + 1, int(window.bottom * down))
    return blur.render_reveal(whole.crop((left, top, right, bottom)), request.step, request.side)


def extract_pdf_text(source: InputSource, mime: str, request: Request) -> tuple[str, ...]:
    """Returns the text of a PDF's pages.

    Raises UnreadableMedia.
    """
    if mime != "application/pdf":
        raise UnreadableMedia(Refusal.UNKNOWN_FORMAT)
    return pdf_decoding.extract_text(source, request)


def _refuse_kind(mime: str) -> Refusal:
    """Returns the refusal for a type that has no decoder."""
    if mime.startswith("audio/"):
        return Refusal.SOUND_ONLY
    return Refusal.UNKNOWN_FORMAT if mime == media_types.UNKNOWN else Refusal.NO_PICTURE
