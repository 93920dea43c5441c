"""Harmless media made on the spot: a drawn landscape in every format, whole and broken."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import av
import numpy as np
import pillow_heif
from fpdf import FPDF
from fpdf.enums import AccessPermission
from PIL import Image

from tests.hashing.scenes import landscape

pillow_heif.register_heif_opener()

PICTURES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
    "image/avif": "AVIF",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
}
FILMS = {
    "mp4 h264": ("mp4", "libx264", "video/mp4"),
    "mp4 hevc": ("mp4", "libx265", "video/mp4"),
    "mp4 mpeg4": ("mp4", "mpeg4", "video/mp4"),
    "mp4 av1": ("mp4", "libsvtav1", "video/mp4"),
    "mov h264": ("mov", "libx264", "video/quicktime"),
    "webm vp8": ("webm", "libvpx", "video/webm"),
    "webm vp9": ("webm", "libvpx-vp9", "video/webm"),
    "mkv h264": ("matroska", "libx264", "video/x-matroska"),
    "avi mpeg4": ("avi", "mpeg4", "video/x-msvideo"),
    "avi mjpeg": ("avi", "mjpeg", "video/x-msvideo"),
    "3gp h263": ("3gp", "h263", "video/3gpp"),
    "vcd mpeg1": ("mpeg", "mpeg1video", "video/mpeg"),
    "dvd mpeg2": ("vob", "mpeg2video", "video/mpeg"),
    "ts h264": ("mpegts", "libx264", "video/mp2t"),
    "flv h263": ("flv", "flv", "video/x-flv"),
    "flv h264": ("flv", "libx264", "video/x-flv"),
    "wmv": ("asf", "wmv2", "video/x-ms-asf"),
}


def picture(height: int = 300, width: int = 400, seed: int = 1) -> Image.Image:
    red, green, blue = (landscape(height, width, seed + place) for place in range(3))
    return Image.fromarray(np.dstack([red, red // 2 + green // 2, red // 2 + blue // 2]))


def encoded(image: Image.Image, encoding: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, encoding, **options)
    return stream.getvalue()


def exif(gps: tuple[float, float] | None = (31.55, 74.34), orientation: int | None = None) -> bytes:
    made = Image.Exif()
    made[0x010F], made[0x0110], made[0x0131] = "Lantern Works", "Box 3", "Firmware 1.2"
    if orientation is not None:
        made[0x0112] = orientation
    camera = made.get_ifd(0x8769)
    camera[0x9003], camera[0x9011], camera[0xA431] = "2026:01:04 19:00:00", "+05:00", "SN-0001"
    if gps is not None:
        place = made.get_ifd(0x8825)
        for tag, value, positive, negative in ((1, gps[0], "N", "S"), (3, gps[1], "E", "W")):
            place[tag] = negative if value < 0 else positive
            minutes = abs(value) % 1 * 60
            place[tag + 1] = (float(int(abs(value))), float(int(minutes)), round(minutes % 1 * 60, 4))
        place[7], place[0x1D] = (14.0, 0.0, 5.0), "2026:01:04"
    return made.tobytes()


def film(
    container: str, codec: str, *, frames: int = 12, side: tuple[int, int] = (144, 176), options: dict[str, str] | None = None
) -> bytes:
    stream = io.BytesIO()
    with av.open(stream, "w", format=container, options=options or {}) as made:
        track: Any = made.add_stream(codec, rate=25 if "mpeg1" in codec or "mpeg2" in codec else 10)
        track.options = {"preset": "ultrafast"} if "x26" in codec else {}
        track.height, track.width = side
        track.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        track.gop_size = 4
        for number in range(frames):
            drawn = np.asarray(picture(*side, seed=number // 4))
            made.mux(track.encode(av.VideoFrame.from_ndarray(drawn, format="rgb24")))
        made.mux(track.encode())
    return stream.getvalue()


def sound() -> bytes:
    return (
        b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + bytes(4)
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width: int, height: int, data: bytes) -> bytes:
    """A grey PNG whose header says any size, over the given compressed rows."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def document_by_columns() -> bytes:
    """All labels are drawn before all values, so that its text has to be put in order by place."""
    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.set_font("Helvetica", size=10)
    for x, column in (
        (60, ("Name:", "Phone:", "Port:", "Gender:", "Age:")),
        (300, ("Ayesha", "0300 0000123", "443", "n/a", "7")),
    ):
        for row, text in enumerate(column):
            pdf.text(x, 100 + 20 * row, text)
    return bytes(pdf.output())


def document(pages: int = 2, **encryption: Any) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica")
    for number in range(1, pages + 1):
        pdf.add_page()
        pdf.cell(text=f"Page {number}: lanterns and boats")
    if encryption:
        pdf.set_encryption(permissions=AccessPermission.all(), **encryption)
    return bytes(pdf.output())
