"""Exercises every codec on tiny images made on the spot, so that no library opens, loads or links anything later.

Once the restrictions are in force no file can be opened. A codec that was never used would fail then, or worse, fail differently.
"""

from __future__ import annotations

import base64
import codecs
import io
from typing import Any

import av
import numpy as np
import pypdfium2
from PIL import Image

from triage.decode.protocol import Operation, Request
from triage.decode.sandbox import image_decoding, media_types, operations
from triage.decode.sandbox.image_hashing import DecodedFile
from triage.decode.sandbox.source import InputSource
from triage.hashing.kernel_use import enable_kernel
from triage.model.media import RevealStep

_SIDE = 64
_TEXT_ENCODINGS = ("ascii", "latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "shift-jis")
"""Python loads these on first use too."""
_ENCODINGS = (
    *(("RGB", encoding) for encoding in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP")),
    *(("CMYK", "JPEG"), ("RGBA", "PNG"), ("P", "PNG"), ("P", "GIF"), ("LAB", "TIFF")),
)
_HEIC = (
    "0000SW^{RQXk}?*00000ZE0pPXk}?*ZE0a<00042ZDn*}000000000XXk=`10000000000aA{+700000000000000000000B57=IV*mgE07O6l"
    "0RRC200001dH?|c00000001xm001LtX>Mi!000000RR916=`l}WdZ;I000310BCk&F#rGn01j|zbZr0t000010002iX>f9I0002DX>en20001Z"
    "Xm(>m0RwOV0058x000009`FGC{rLC*01pFT0096PKmiN^|NjGU00093kN^M!000939=ZZRVE_RDD?$MQ18@KU0|1Z!00RI30{|YNAb|yz>PacC"
    "ZUPz%2mk;B0LTCU0{{p>VgLaE2SfqEa<C#m0000JV{dG7ZewhC0096E00w{n000zeb8uw<00000002M$002M$000nhX?SS>000032nYxO000+h"
    "aBX1#00000000310R({p0|Wp7061-AVRQfh04yj0uLKzUdHvg{2Vh+6I)LACW|z!XOwi|~KXQoU*>wPx)Cc~@)CR0y0H6"
)
"""`_draw_scene` as pillow-heif writes it: its encoder takes as long as all the others together."""


def warm_up() -> None:
    """Uses every codec and operation once, and loads the compiled steps of hashing."""
    enable_kernel()
    for name in _TEXT_ENCODINGS:
        codecs.lookup(name)
    request, found = Request(operation=Operation.MEASURE), []
    for sample in (
        *_encode_images(),
        _encode_video("mp4"),
        _encode_video("matroska"),
        _encode_video("avi"),
        _make_pdf(),
    ):
        source = InputSource(len(sample), sample, lambda start, length: b"")
        mime = media_types.detect_mime(sample[: media_types.HEAD])
        found.append(operations.begin_measuring(source, mime, request))
        operations.render(source, mime, Request(operation=Operation.RENDER, step=RevealStep.BLURRED, side=_SIDE))
        if mime == "application/pdf":
            operations.extract_pdf_text(source, mime, Request(operation=Operation.PDF_TEXT))
    operations.finish_measuring([each for each in found if isinstance(each, DecodedFile)], request)


def _draw_scene() -> Image.Image:
    """Returns a small colour gradient."""
    across = np.linspace(0, 255, _SIDE, dtype=np.uint8)
    return Image.fromarray(
        np.dstack([np.tile(across, (_SIDE, 1)), np.tile(across, (_SIDE, 1)).T, np.full((_SIDE,) * 2, 90, np.uint8)])
    )


def _encode_images() -> list[bytes]:
    image_decoding.register_heif()
    samples = [base64.b85decode(_HEIC)]
    for mode, encoding in _ENCODINGS:
        stream = io.BytesIO()
        _draw_scene().convert(mode).save(stream, encoding)
        samples.append(stream.getvalue())
    return samples


def _encode_video(container: str) -> bytes:
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as film:
        track: Any = film.add_stream("mpeg4", rate=10)
        track.width = track.height = _SIDE
        track.pix_fmt = "yuv420p"
        for _ in range(2):
            film.mux(track.encode(av.VideoFrame.from_ndarray(np.asarray(_draw_scene()), format="rgb24")))
        film.mux(track.encode())
    return stream.getvalue()


def _make_pdf() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
