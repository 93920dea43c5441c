from __future__ import annotations

import pytest

from triage.decode.sandbox.media_types import UNKNOWN, detect_mime


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    brands = b"".join(compatible)
    return (16 + len(brands)).to_bytes(4) + b"ftyp" + major + bytes(4) + brands


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"II+\0\x08\0\0\0", "image/tiff"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "image/bmp"),
        (b"BMW is a car maker from Munich", UNKNOWN),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\0\0\0\0ACON", UNKNOWN),
        (ftyp(b"heic"), "image/heic"),
        (ftyp(b"mif1", b"mif1", b"heic"), "image/heic"),
        (ftyp(b"mif1", b"mif1", b"avif"), "image/avif"),
        (ftyp(b"avif", b"mif1"), "image/avif"),
        (ftyp(b"isom", b"mp41"), "video/mp4"),
        (ftyp(b"XXXX", b"mp42"), "video/mp4"),
        (ftyp(b"qt  "), "video/quicktime"),
        (ftyp(b"3gp4"), "video/3gpp"),
        (ftyp(b"M4A "), "audio/mp4"),
        (ftyp(b"XXXX"), UNKNOWN),
        (b"\x1a\x45\xdf\xa3" + b"\x42\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3" + b"\x42\x82\x88matroska", "video/x-matroska"),
        (b"\n\n%PDF-1.7", "application/pdf"),
        (b"ID3\x04", "audio/mpeg"),
        (b"FLV\x01\x05", "video/x-flv"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "video/x-ms-asf"),
        (b"\0\0\1\xba\x44", "video/mpeg"),
        (b"OggS" + bytes(24) + b"\x80theora\3", "video/ogg"),
        (b"OggS" + bytes(24) + b"\1vorbis", "audio/ogg"),
        ((b"G" + bytes(187)) * 5, "video/mp2t"),
        (b"\0\0\0\0" + (b"G" + bytes(191)) * 5, "video/mp2t"),
        (bytes(101) + (b"G" + bytes(187)) * 5, "video/mp2t"),
        (bytes(191) + (b"G" + bytes(191)) * 4 + b"G", "video/mp2t"),
        (bytes(101) + (b"G" + bytes(187)) * 4, UNKNOWN),
        (b"Good morning", UNKNOWN),
        (b"MZ\x90\0", UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", UNKNOWN),
        (b"%!PS-Adobe-3.0 EPSF-3.0", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_by_first_bytes(head: bytes, mime: str) -> None:
    assert detect_mime(head) == mime
