"""Tells a file's type by its first bytes.

File names do not count here.

Sources: the formats' specifications; ISO/IEC 14496-12 for `ftyp` brands, mp4ra.org for their registry.
"""

from __future__ import annotations

HEAD = 1024
UNKNOWN = "application/octet-stream"

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xfa", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"FLV\x01", "video/x-flv"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"\0\0\1\xba", "video/mpeg"),
)
_BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})
"""Lengths of the second header: two letters alone would make a bitmap of many a text."""
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"})
_AVIF = frozenset({b"avif", b"avis"})
_MP4 = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV", b"f4v "})

_THEORA = b"\x80theora"
"""Each track's first page stands before all others."""
_TS_PACKETS = (188, 192)
"""How long a packet is in broadcasts and in camcorders' files. Each has a mark; a recording may begin in the middle of one."""
_TS_SYNC = b"GGGGG"


def detect_mime(head: bytes) -> str:
    """Returns the MIME type that the first HEAD bytes show, UNKNOWN when none fits."""
    for start, mime in _STARTS:
        if head.startswith(start):
            return mime
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[:4] == b"OggS":
        return "video/ogg" if _THEORA in head else "audio/ogg"
    if head[4:8] == b"ftyp":
        return _detect_by_brand(head)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip") and len(head) > 16:
        return "video/quicktime"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if b"%PDF-" in head:
        return "application/pdf"
    return "video/mp2t" if any(_TS_SYNC in _deinterleave(head, length) for length in _TS_PACKETS) else UNKNOWN


def _deinterleave(head: bytes, length: int) -> bytes:
    """Returns the bytes that lie `length` apart side by side, for each starting point, separated by a zero."""
    return b"\0".join(head[first::length] for first in range(length))


def _detect_by_brand(head: bytes) -> str:
    """Returns the type of an ISO media file by its major brand, else by its compatible brands."""
    length = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    for brand in brands:
        if brand in _HEIC:
            return "image/heic"
        if brand in _AVIF:
            return "image/avif"
        if brand in _MP4:
            return "video/mp4"
        if brand == b"qt  ":
            return "video/quicktime"
        if brand[:2] == b"3g":
            return "video/3gpp"
        if brand in (b"M4A ", b"M4B "):
            return "audio/mp4"
    return UNKNOWN
