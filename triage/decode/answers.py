"""Packs a worker's answers, and checks them field by field on the host's side.

A value outside its range raises ProtocolError, and the host then believes nothing of the answer.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

from triage import limits
from triage.decode.mime_types import MIMES
from triage.decode.protocol import PayloadReader, ProtocolError, pack_counted
from triage.hashing.resampling import CELLS_SIDE
from triage.hashing.video_frames import FRAME_BYTES, Frame, decode_frame, encode_frames
from triage.hashing.window_codec import BLOB_BYTES, PDQ_BYTES
from triage.model.media import PREVIEW_SIDE, Exif, Film, MediaFacts, Perceptual, Pixels


def pack_facts(facts: MediaFacts) -> bytes:
    """Packs the facts of a media file for the wire."""
    parts = [MIMES.index(facts.mime).to_bytes(1)]
    parts.extend(_pack_optional(value, 4) for value in (facts.width, facts.height))
    parts.append(_pack_optional(facts.duration_ms, 8))
    if (hashes := facts.perceptual) is None:
        parts.append(b"\0")
    else:
        parts += [b"\1", hashes.quality.to_bytes(1), hashes.phash, *hashes.turns, hashes.windows]
    parts.append(b"\0" if facts.film is None else b"\1" + _pack_film(facts.film))
    parts.append(b"\0" if facts.exif is None else b"\1" + _pack_exif(facts.exif))
    parts.append(b"\0" if facts.preview is None else b"\1" + facts.preview)
    return b"".join(parts)


def unpack_facts(payload: bytes) -> MediaFacts:
    """Returns the facts of a media file after checking every field.

    Raises ProtocolError.
    """
    fields = PayloadReader(payload)
    mime = MIMES[fields.number(1, 0, len(MIMES) - 1)]
    width, height = (_unpack_optional(fields, 4, 1, limits.MAX_SIDE) for _ in range(2))
    if (width is None) != (height is None) or (width or 0) * (height or 0) > limits.MAX_PIXELS:
        raise ProtocolError("impossible size")
    duration = _unpack_optional(fields, 8, 0, LONGEST_MS)
    perceptual = None
    if fields.flag():
        quality, phash = fields.number(1, 0, 100), fields.take(8)
        eight = fields.take(8 * PDQ_BYTES)
        turns = tuple([eight[start : start + PDQ_BYTES] for start in range(0, len(eight), PDQ_BYTES)])
        perceptual = Perceptual(pdq=turns[0], quality=quality, turns=turns, phash=phash, windows=fields.take(BLOB_BYTES))
    film = _unpack_film(fields) if fields.flag() else None
    exif = _unpack_exif(fields) if fields.flag() else None
    preview = fields.take(PREVIEW_SIDE**2) if fields.flag() else None
    fields.end()
    return MediaFacts(
        mime=mime,
        width=width,
        height=height,
        duration_ms=duration,
        perceptual=perceptual,
        film=film,
        exif=exif,
        preview=preview,
    )


def unpack_luma_cells(payload: bytes) -> bytes:
    """Returns 80 x 80 luma levels by rows, one byte each.

    Raises ProtocolError for any other length.
    """
    fields = PayloadReader(payload)
    cells = fields.take(CELLS_SIDE**2)
    fields.end()
    return cells


LONGEST_MS = 30 * 24 * 3600 * 1000  # milliseconds, thirty days: no video is longer
_MOST_TRACKS = 10_000  # of one video; a player shows a handful
_JOINERS = "\u200c\u200d"
_EXIF_TEXTS = ("make", "model", "serial", "software", "taken", "offset", "gps_time")


def _pack_optional(value: int | None, size: int) -> bytes:
    """Packs a flag, and the value in `size` bytes unless it is None."""
    return b"\0" if value is None else b"\1" + value.to_bytes(size)


def _unpack_optional(fields: PayloadReader, size: int, low: int, high: int) -> int | None:
    """Returns a value between `low` and `high`, or None when its flag is 0."""
    return fields.number(size, low, high) if fields.flag() else None


def _pack_film(film: Film) -> bytes:
    numbers = b"".join(number.to_bytes(4) for number in (film.looked, film.flat, film.still, film.tracks))
    return numbers + bytes((film.sampled, film.partial)) + film.count.to_bytes(2) + film.frames


def _unpack_film(fields: PayloadReader) -> Film:
    """Returns a video's frames after checking counts and order.

    Raises ProtocolError.
    """
    looked = fields.number(4, 1, limits.FILM_DECODED)
    flat, still = (fields.number(4, 0, looked) for _ in range(2))
    tracks = fields.number(4, 1, _MOST_TRACKS)
    sampled, partial = fields.flag(), fields.flag()
    count = fields.number(2, 0, limits.FILM_FRAMES)
    if flat + still + count > looked:
        raise ProtocolError("more frames than were looked at")
    frames = [_unpack_frame(fields) for _ in range(count)]
    if any(later.at_ms < earlier.at_ms for earlier, later in pairwise(frames)):
        raise ProtocolError("frames out of order")
    return Film(
        count=count,
        frames=encode_frames(frames),
        looked=looked,
        flat=flat,
        still=still,
        sampled=sampled,
        partial=partial,
        tracks=tracks,
    )


def _unpack_frame(fields: PayloadReader) -> Frame:
    """Returns one hashed frame.

    Raises ProtocolError when its time or quality is impossible.
    """
    frame = decode_frame(fields.take(FRAME_BYTES))
    if frame.at_ms > LONGEST_MS or not limits.MIN_PDQ_QUALITY <= frame.quality <= 100:
        raise ProtocolError("an impossible frame")
    return frame


def _pack_exif(exif: Exif) -> bytes:
    parts = []
    for name in _EXIF_TEXTS:
        value: str | None = getattr(exif, name)
        parts.append(b"\0" if value is None else b"\1" + pack_counted(value.encode()))
    parts.append(b"\0" if exif.gps is None else b"\1" + struct.pack(">dd", *exif.gps))
    parts.append(len(exif.fields).to_bytes(4))
    parts.extend(pack_counted(text.encode()) for field in exif.fields for text in field)
    return b"".join(parts)


def _unpack_exif(fields: PayloadReader) -> Exif:
    def text() -> str:
        return _printable(fields.text(limits.MAX_EXIF_TEXT))

    texts = [text() if fields.flag() else None for _ in _EXIF_TEXTS]
    gps = (fields.degrees(90), fields.degrees(180)) if fields.flag() else None
    count = fields.number(4, 0, limits.MAX_EXIF_FIELDS)
    pairs = tuple((text(), text()) for _ in range(count))
    make, model, serial, software, taken, offset, gps_time = texts
    return Exif(
        make=make,
        model=model,
        serial=serial,
        software=software,
        taken=taken,
        offset=offset,
        gps=gps,
        gps_time=gps_time,
        fields=pairs,
    )


def _printable(text: str) -> str:
    """Returns the text with U+FFFD for control characters and direction marks.

    Urdu's joiners are kept.
    """
    return "".join(letter if letter.isprintable() or letter in _JOINERS else "\ufffd" for letter in text)


def pack_pixels(pixels: Pixels) -> bytes:
    """Packs a rendered image for the wire."""
    return struct.pack(">II", pixels.width, pixels.height) + pixels.rgb


def unpack_pixels(payload: bytes, side: int) -> Pixels:
    """Returns a rendered image of at most `side` x `side` pixels.

    Raises ProtocolError.
    """
    fields = PayloadReader(payload)
    width, height = fields.number(4, 1, side), fields.number(4, 1, side)
    rgb = fields.take(width * height * 3)
    fields.end()
    return Pixels(width, height, rgb)


def pack_pages(pages: Sequence[str]) -> bytes:
    """Packs the text of PDF pages for the wire."""
    return len(pages).to_bytes(4) + b"".join(pack_counted(page.encode()) for page in pages)


def unpack_pages(payload: bytes) -> tuple[str, ...]:
    """Returns the text of PDF pages.

    Raises ProtocolError when there are too many or too long ones.
    """
    fields = PayloadReader(payload)
    pages = tuple(fields.text(limits.MAX_PDF_TEXT) for _ in range(fields.number(4, 0, limits.MAX_PDF_PAGES)))
    fields.end()
    return pages
