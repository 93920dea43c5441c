"""Exercises every codec on tiny pictures made on the spot, so that no library opens, loads or links anything later.

Once the walls stand no file can be opened; a codec that was never used would fail then, or worse, fail differently.
"""

from __future__ import annotations

import codecs
import io
from typing import Any

import av
import numpy as np
import pypdfium2
from PIL import Image

from triage.decode.cell import kinds, operations, pictures
from triage.decode.cell.source import Source
from triage.decode.protocol import Operation, Request
from triage.model.media import RevealStep

_SIDE = 64
_TEXT_ENCODINGS = ("ascii", "latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "shift-jis")
"""Python loads these on first use too."""
_ENCODINGS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF", "TIFF", "BMP")


def warm_up() -> None:
    for name in _TEXT_ENCODINGS:
        codecs.lookup(name)
    for sample in (*_pictures(), _film("mp4", "mpeg4"), _film("matroska", "mpeg4"), _film("avi", "mpeg4"), _document()):
        source = Source(len(sample), sample, lambda start, length: b"")
        mime = kinds.mime_of(sample[: kinds.HEAD])
        operations.measured(source, mime, Request(operation=Operation.MEASURE))
        operations.render(source, mime, Request(operation=Operation.RENDER, step=RevealStep.BLURRED, side=_SIDE))
        if mime == "application/pdf":
            operations.pdf_text(source, mime, Request(operation=Operation.PDF_TEXT))


def _scene() -> Image.Image:
    across = np.linspace(0, 255, _SIDE, dtype=np.uint8)
    return Image.fromarray(
        np.dstack([np.tile(across, (_SIDE, 1)), np.tile(across, (_SIDE, 1)).T, np.full((_SIDE,) * 2, 90, np.uint8)])
    )


def _pictures() -> list[bytes]:
    samples = []
    pictures.know_heif()
    for encoding in _ENCODINGS:
        stream = io.BytesIO()
        _scene().save(stream, encoding)
        samples.append(stream.getvalue())
    for mode, encoding in (("CMYK", "JPEG"), ("RGBA", "PNG"), ("P", "PNG"), ("LAB", "TIFF")):
        stream = io.BytesIO()
        _scene().convert(mode).save(stream, encoding)
        samples.append(stream.getvalue())
    return samples


def _film(container: str, codec: str) -> bytes:
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as film:
        track: Any = film.add_stream(codec, rate=10)
        track.width = track.height = _SIDE
        track.pix_fmt = "yuv420p"
        for _ in range(2):
            film.mux(track.encode(av.VideoFrame.from_ndarray(np.asarray(_scene()), format="rgb24")))
        film.mux(track.encode())
    return stream.getvalue()


def _document() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
