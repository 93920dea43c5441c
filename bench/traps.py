"""Writes media that are made to break decoders into a folder, for bench/hostile.py.

    python -m bench.traps DIR && python -m bench.hostile --files DIR --kind media

Each trap is a valid file of drawn noise with one lie in it, by the formats' specifications: sizes, counts, offsets and markers
that promise what is not there, endless chains and loops, and little that unpacks to much. Some 570 files, 550 MB.
"""

from __future__ import annotations

import argparse
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pillow_heif
from PIL import Image

Traps = Iterator[tuple[str, bytes]]
MANY = 100_000
BOMB = zlib.compress(bytes(256 << 20), 9)
"""256 MB of zeros in 256 kB."""


def draw_image(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """Returns a small smooth random image."""
    noise = np.random.default_rng(1).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def encode_image(kind: str, of: Image.Image | None = None, **options: Any) -> bytes:
    """Returns an image in the format that Pillow names `kind`."""
    stream = io.BytesIO()
    (of or draw_image()).save(stream, kind, **options)
    return stream.getvalue()


def encode_video(container: str, codec: str, frames: int = 12) -> bytes:
    """Returns a small video."""
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as made:
        track: Any = made.add_stream(codec, rate=25)
        track.width, track.height, track.pix_fmt, track.gop_size = 96, 64, "yuv420p", 4
        for number in range(frames):
            drawn = np.roll(np.asarray(draw_image()), 5 * number, axis=1)
            made.mux(track.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(drawn), format="rgb24")))
        made.mux(track.encode())
    return stream.getvalue()


def cut_short(data: bytes, steps: int = 8) -> Iterator[bytes]:
    """Yields the data cut off at several lengths."""
    return (data[: len(data) * n // steps] for n in range(1, steps))


def overwrite(data: bytes, at: int, new: bytes) -> bytes:
    """Returns the data with other bytes at one place."""
    return data[:at] + new + data[at + len(new) :]


# JPEG (ITU T.81, Adobe TN 5116, EXIF 2.32, CIPA DC-007)


def make_segment(marker: int, data: bytes) -> bytes:
    """Returns a JPEG segment."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg() -> Traps:
    """Yields JPEG traps."""
    plain, progressive = encode_image("JPEG", quality=80), encode_image("JPEG", quality=80, progressive=True)
    frame, scans = plain.index(b"\xff\xc0"), [at for at in range(len(progressive)) if progressive[at : at + 2] == b"\xff\xda"]
    for transform in (0, 1, 2, 99):
        adobe = make_segment(0xEE, b"Adobe\0d\0\0\0\0" + bytes([transform]))
        for mode in ("RGB", "CMYK", "L"):
            yield f"adobe-{mode}-{transform}", put_in(encode_image("JPEG", draw_image(mode=mode)), adobe)
    for count in (0, 1, 2, 4, 255):
        yield f"components-{count}", overwrite(plain, frame + 9, bytes([count]))
    for sampling in (0x00, 0x44, 0xFF, 0x10, 0x41):
        yield f"sampling-{sampling:02x}", overwrite(plain, frame + 11, bytes([sampling]))
    for bits in (0, 1, 12, 16, 255):
        yield f"bits-{bits}", overwrite(plain, frame + 4, bytes([bits]))
        yield f"bits-{bits}-extended", overwrite(overwrite(plain, frame + 4, bytes([bits])), frame + 1, b"\xc1")
    for kind in (0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD):
        yield f"frame-{kind:02x}", overwrite(plain, frame + 1, bytes([kind]))
    flat = overwrite(plain, frame + 5, b"\0\0")
    yield "no-height", flat
    yield "height-told-later", flat[:-2] + make_segment(0xDC, struct.pack(">H", 64)) + flat[-2:]
    yield "height-told-later-a-lie", flat[:-2] + make_segment(0xDC, struct.pack(">H", 65_500)) + flat[-2:]
    for size in ((65_500, 65_500), (65_500, 1), (1, 65_500), (30_000, 8_000)):
        yield f"size-{size[0]}x{size[1]}", overwrite(plain, frame + 5, struct.pack(">HH", *size))
    last, end = scans[-1], progressive[:-2]
    refined = progressive.index(b"\xff\xc2")
    for times in (200, 5_000):
        yield f"scans-{times}", end + times * end[last:] + b"\xff\xd9"
        yield (
            f"scans-{times}-of-much",
            overwrite(end, refined + 5, struct.pack(">HH", 12_000, 12_000)) + times * end[last:] + b"\xff\xd9",
        )
    yield "scans-empty", end + MANY * make_segment(0xDA, b"\1\1\0\0\x3f\0")[:10] + b"\xff\xd9"
    yield "exif-65-mb", put_in(plain, 1_000 * make_segment(0xE1, b"Exif\0\0" + bytes(65_000)))
    yield "xmp-extended", put_in(plain, 400 * make_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000)))
    yield (
        "icc-255",
        put_in(plain, b"".join(make_segment(0xE2, b"ICC_PROFILE\0" + bytes((n, 255)) + bytes(60_000)) for n in range(256))),
    )
    for name, block in exifs():
        yield f"exif-{name}", put_in(plain, make_segment(0xE1, b"Exif\0\0" + block))
        yield f"exif-{name}-in-png", encode_image("PNG", exif=b"Exif\0\0" + block)
        yield f"exif-{name}-in-webp", encode_image("WEBP", exif=b"Exif\0\0" + block)
    index = b"MPF\0MM\0*\0\0\0\x08" + struct.pack(">HHHII", 1, 0xB002, 7, 16 * 4000, 8) + struct.pack(">I", 8)
    yield "pictures-many", put_in(plain, make_segment(0xE2, index + bytes(60_000)))
    yield "fill-bytes", plain[:2] + b"\xff" * (20 << 20) + plain[2:]
    yield "comments", put_in(plain, MANY * make_segment(0xFE, b""))
    yield "start-in-start", b"\xff\xd8" * MANY + plain
    yield "no-tables", plain[: plain.index(b"\xff\xdb")] + plain[frame:]
    yield "huffman-too-full", put_in(plain, make_segment(0xC4, b"\0" + b"\xff" * 16 + bytes(255)))
    yield "restart-lies", put_in(plain, make_segment(0xDD, b"\0\1"))
    for n, part in enumerate(cut_short(progressive)):
        yield f"cut-{n}", part


def put_in(data: bytes, new: bytes) -> bytes:
    """Behind the start of an image."""
    return data[:2] + new + data[2:]


def make_tag(number: int, kind: int, count: int, value: int) -> bytes:
    """Returns an entry of a TIFF directory."""
    return struct.pack("<HHII", number, kind, count, value & 0xFFFF_FFFF)


def make_ifd(*tags: bytes, next_at: int = 0) -> bytes:
    """Returns a TIFF directory."""
    return struct.pack("<H", len(tags)) + b"".join(tags) + struct.pack("<I", next_at)


def exifs() -> Traps:
    """EXIF blocks: a TIFF without pixels."""
    head = b"II*\0\x08\0\0\0"
    yield "loop", head + make_ifd(make_tag(0x8769, 4, 1, 8), make_tag(0x8825, 4, 1, 8), next_at=8)
    yield "counts", head + make_ifd(*(make_tag(0x010E + n, 2, 0xFFFF_FFFF, 8) for n in range(200)))
    yield "tags-5000", head + struct.pack("<H", 5_000) + make_tag(0x010F, 2, 4, 0x41414141) * 5_000
    yield "tags-promised", head + b"\xff\xff"
    yield "orientation", head + make_ifd(make_tag(0x0112, 3, 1, 99))
    yield "orientation-text", head + make_ifd(make_tag(0x0112, 2, 60_000, 8))
    yield "orientation-many", head + make_ifd(make_tag(0x0112, 3, 30_000, 8)) + bytes(60_000)
    yield "place-zero", head + make_ifd(make_tag(0x8825, 4, 1, 26)) + make_ifd(
        make_tag(1, 2, 2, 0x4E), make_tag(2, 5, 3, 100), make_tag(3, 2, 2, 0x45), make_tag(4, 5, 3, 100)
    ) + bytes(60)  # fmt: skip
    yield (
        "thumbnail-beyond",
        head + make_ifd(next_at=14) + make_ifd(make_tag(0x0201, 4, 1, 0x7FFF_FFFF), make_tag(0x0202, 4, 1, 0x7FFF_FFFF)),
    )
    inner = overwrite(encode_image("JPEG"), encode_image("JPEG").index(b"\xff\xc0") + 5, struct.pack(">HH", 65_500, 65_500))
    at = 8 + 6 + 30
    yield (
        "thumbnail-bomb",
        head + make_ifd(next_at=14) + make_ifd(make_tag(0x0201, 4, 1, at), make_tag(0x0202, 4, 1, len(inner))) + inner,
    )
    yield "types", head + make_ifd(*(make_tag(0x010E + n, n, 1, 8) for n in range(300)))


# PNG (W3C, third edition)


def make_chunk(kind: bytes, data: bytes) -> bytes:
    """Returns a PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_png(width: int, height: int, data: bytes, *before: bytes, bits: int = 8, colour: int = 0, laced: int = 0) -> bytes:
    """Returns a PNG with this header and image data."""
    header = make_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, laced))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + make_chunk(b"IDAT", data) + make_chunk(b"IEND", b"")


def png() -> Traps:
    """Yields PNG traps."""
    rows = zlib.compress(b"".join(b"\0" + bytes(range(64)) for _ in range(64)))

    def with_(*before: bytes) -> bytes:
        return make_png(64, 64, rows, *before)

    yield "ztxt-bomb", with_(make_chunk(b"zTXt", b"a\0\0" + BOMB))
    yield "itxt-bomb", with_(make_chunk(b"iTXt", b"a\0\1\0\0\0" + BOMB))
    yield "itxt-60-mb", with_(make_chunk(b"iTXt", b"a\0\0\0\0\0" + b"x" * (60 << 20)))
    yield "iccp-bomb", with_(make_chunk(b"iCCP", b"a\0\0" + BOMB))
    yield "texts-many", with_(*(make_chunk(b"tEXt", b"%d\0x" % n) for n in range(MANY)))
    yield "bombs-many", with_(*[make_chunk(b"zTXt", b"a\0\0" + BOMB)] * 50)
    for frames in (0, 1, 2**31 - 1, 2**32 - 1):
        yield f"frames-{frames}", with_(make_chunk(b"acTL", struct.pack(">II", frames, 0)))
    for place in ((1000, 1000, 0, 0), (64, 64, 2**31 - 1, 0), (0, 0, 0, 0), (2**31 - 1, 2**31 - 1, 0, 0)):
        control = make_chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, *place, 0, 0, 9, 9))
        yield f"frame-at-{place[0]}-{place[2]}", with_(make_chunk(b"acTL", struct.pack(">II", 2, 0)), control)
    for size in ((1, 1), (1, 65_535), (65_535, 1), (60_000, 60_000), (16_000, 16_000), (0, 5), (2**31 - 1, 1), (2**31, 2**31)):
        for laced in (0, 1):
            yield f"size-{size[0]}x{size[1]}-{laced}", make_png(*size, BOMB, laced=laced)
            yield f"size-{size[0]}x{size[1]}-{laced}-little", make_png(*size, rows, laced=laced)
    for colour in range(8):
        for bits in (1, 2, 4, 8, 16, 3):
            yield (
                f"colour-{colour}-{bits}",
                make_png(64, 64, BOMB, make_chunk(b"PLTE", bytes(9)), make_chunk(b"tRNS", bytes(300)), bits=bits, colour=colour),
            )
    yield "filter-99", make_png(64, 64, zlib.compress((b"\x63" + bytes(64)) * 64))
    yield "data-in-pieces", with_(*[make_chunk(b"IDAT", b"")] * MANY)
    yield "palette-many", with_(*[make_chunk(b"PLTE", bytes(768))] * 1000)
    yield "length-lies", with_(struct.pack(">I", 2**31 - 1) + b"tEXt" + bytes(20))
    yield "no-end", with_()[:-12]
    for n, part in enumerate(cut_short(encode_image("PNG"), 4)):
        yield f"cut-{n}", part


# WebP (Google, RIFF container), GIF89a


def webp() -> Traps:
    """Yields WebP traps."""
    still = encode_image("WEBP", lossless=True)[12:]
    part = still[: 8 + int.from_bytes(still[4:8], "little")]

    def riff(*parts: bytes, size: int | None = None) -> bytes:
        body = b"WEBP" + b"".join(parts)
        return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body

    def canvas(width: int, height: int, flags: int = 2) -> bytes:
        return b"VP8X" + struct.pack("<II", 10, flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")

    def moved(x: int, y: int, width: int, height: int, data: bytes = part) -> bytes:
        places = b"".join(n.to_bytes(3, "little") for n in (x // 2, y // 2, width - 1, height - 1, 100))
        return b"ANMF" + struct.pack("<I", 16 + len(data)) + places + b"\0" + data

    begin = b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    yield "canvas-lie", riff(canvas(16_384, 16_384, 0), part)
    yield "canvas-largest", riff(canvas(1 << 24, 1 << 24), begin, moved(0, 0, 96, 64))
    yield "frame-outside", riff(canvas(96, 64), begin, moved(10_000, 10_000, 96, 64))
    yield "frame-larger", riff(canvas(2, 2), begin, moved(0, 0, 96, 64))
    yield "frame-size-lie", riff(canvas(96, 64), begin, moved(0, 0, 1 << 24, 1 << 24))
    yield "frame-in-frame", riff(canvas(96, 64), begin, moved(0, 0, 96, 64, moved(0, 0, 96, 64)))
    yield "frames-many", riff(canvas(96, 64), begin, *[moved(0, 0, 96, 64)] * 5_000)
    yield "frames-many-large", riff(canvas(8_000, 8_000), begin, *[moved(0, 0, 96, 64)] * 5_000)
    yield "no-frame", riff(canvas(96, 64), begin)
    yield "alpha-noise", riff(canvas(96, 64, 0x10), b"ALPH" + struct.pack("<I", 100) + bytes(range(100)), part)
    yield "size-lie", riff(part, size=0xFFFF_FFF0)
    yield "chunks-many", riff(canvas(96, 64, 0), *[b"XYZ " + bytes(4)] * MANY, part)
    yield "exif-lie", riff(canvas(96, 64, 8), part, b"EXIF" + struct.pack("<I", 0xFFFF_FFF0))
    for n, piece in enumerate(cut_short(encode_image("WEBP", quality=60), 4)):
        yield f"cut-{n}", piece


def gif() -> Traps:
    """Yields GIF traps."""
    plain = encode_image("GIF", draw_image(mode="P"))
    table = 13 + 3 * 2 ** ((plain[10] & 7) + 1)
    at = plain.index(b",", table)
    image, head = plain[at:-1], plain[:at]

    def placed(x: int, y: int, width: int, height: int) -> bytes:
        return image[:1] + struct.pack("<HHHH", x, y, width, height) + image[9:]

    for size in ((65_535, 65_535), (65_535, 1), (1, 65_535), (0, 0), (20_000, 20_000)):
        yield f"canvas-{size[0]}x{size[1]}", overwrite(plain, 6, struct.pack("<HH", *size))
        yield f"frame-{size[0]}x{size[1]}", head + placed(0, 0, *size) + b";"
    yield "frame-outside", head + placed(60_000, 60_000, 96, 64) + b";"
    yield "frames-outside", head + image + placed(60_000, 60_000, 96, 64) * 100 + b";"
    yield "frames-many", head + image * 5_000 + b";"
    code = at + 10 + (3 * 2 ** ((plain[at + 9] & 7) + 1) if plain[at + 9] & 0x80 else 0)
    for size_of_codes in (0, 1, 9, 12, 13, 255):
        yield f"codes-{size_of_codes}", overwrite(plain, code, bytes([size_of_codes]))
    yield "comments-many", head + (b"!\xfe\xff" + bytes(255) + b"\0") * MANY + image + b";"
    yield "comment-endless", head + b"!\xfe" + (b"\xff" + bytes(255)) * MANY
    yield "table-missing", overwrite(plain, 10, b"\xf7")[:200]


# TIFF 6.0, BigTIFF


def tiff() -> Traps:
    """Yields TIFF traps."""
    head = b"II*\0\x08\0\0\0"

    def made(
        *more: bytes, width: int = 64, height: int = 64, data: bytes = bytes(4096), bits: int = 8, next_at: int = 0
    ) -> bytes:
        given = {
            0x100: make_tag(0x100, 4, 1, width), 0x101: make_tag(0x101, 4, 1, height), 0x102: make_tag(0x102, 3, 1, bits),
            0x103: make_tag(0x103, 3, 1, 1), 0x106: make_tag(0x106, 3, 1, 1), 0x115: make_tag(0x115, 3, 1, 1),
        }  # fmt: skip
        given |= {int.from_bytes(each[:2], "little"): each for each in more}
        tiled = 0x142 in given
        first = {0x144: 4, 0x145: 4} if tiled else {0x111: 4, 0x117: 4, 0x116: 4}
        count = len(given) + sum(number not in given for number in first)
        at = 8 + 2 + 12 * count + 4
        for number, value in zip(first, (at, len(data), height), strict=False):
            given.setdefault(number, make_tag(number, 4, 1, value))
        return head + make_ifd(*(given[number] for number in sorted(given)), next_at=next_at) + data

    yield "loop", made(next_at=8)
    chain = b"".join(make_ifd(make_tag(0x100, 4, 1, 1), next_at=8 + 18 * (n + 1)) for n in range(MANY))
    yield "directories-many", head + chain
    yield "subdirectories-loop", made(make_tag(0x14A, 4, 1, 8), make_tag(0x8769, 4, 1, 8))
    for size in ((65_535, 65_535), (65_535, 1), (20_000, 20_000), (0, 0), (2**31 - 1, 2**31 - 1)):
        yield f"size-{size[0]}x{size[1]}", made(width=size[0], height=size[1])
    for side in (1, 16, 65_536, 2**31 - 16):
        yield f"tiles-{side}", made(make_tag(0x142, 4, 1, side), make_tag(0x143, 4, 1, side), width=20_000, height=12_000)
    yield (
        "tiles-promised",
        made(make_tag(0x142, 4, 1, 16), make_tag(0x143, 4, 1, 16), make_tag(0x144, 4, 2**30, 8), make_tag(0x145, 4, 2**30, 8)),
    )
    yield "strips-promised", made(make_tag(0x111, 4, 2**30, 8), make_tag(0x117, 4, 2**30, 8), make_tag(0x116, 4, 1, 1))
    yield "strip-beyond", made(make_tag(0x111, 4, 1, 2**31))
    for compression in (2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34712, 34925, 50000, 50001, 65535):
        yield f"compression-{compression}", made(make_tag(0x103, 3, 1, compression), data=bytes(range(256)) * 16)
        yield f"compression-{compression}-large", made(make_tag(0x103, 3, 1, compression), width=16_000, height=15_000, data=BOMB)
    for bits in (0, 1, 2, 4, 12, 16, 32, 64, 255):
        yield f"bits-{bits}", made(bits=bits, data=bytes(4096 * 8))
        yield f"bits-{bits}-float", made(make_tag(0x153, 3, 1, 3), bits=bits, data=b"\x7f\xc0" * 4096 * 4)
    for samples in (0, 2, 5, 255, 65_535):
        yield f"samples-{samples}", made(make_tag(0x115, 3, 1, samples), data=bytes(4096 * 8))
    for photometric in (0, 3, 4, 5, 6, 8, 32803, 34892):
        yield f"photometric-{photometric}", made(make_tag(0x106, 3, 1, photometric))
    yield "predictor", made(make_tag(0x103, 3, 1, 8), make_tag(0x13D, 3, 1, 3), data=zlib.compress(bytes(4096)))
    yield "large-offsets", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**63) + bytes(100)
    yield "large-loop", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 0) + struct.pack("<Q", 16)
    for n, part in enumerate(cut_short(encode_image("TIFF", compression="tiff_lzw"), 4)):
        yield f"cut-{n}", part


# BMP


def bmp() -> Traps:
    """Yields BMP traps."""

    def made(width: int, height: int, bits: int, how: int, data: bytes, used: int = 0, size: int = 40) -> bytes:
        palette = bytes(range(256)) * 4 if bits <= 8 else b""
        at = 14 + size + len(palette)
        header = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, how, len(data), 1, 1, used, 0).ljust(size, b"\0")
        return b"BM" + struct.pack("<IHHI", at + len(data), 0, 0, at) + header + palette + data

    runs = {
        "end": b"\0\1", "jump": b"\0\2\xff\xff" * 500, "lines": b"\0\0" * MANY, "long": b"\xff\x01" * MANY,
        "short": b"\0\xff", "backwards": b"\0\3\1\2\3\0" * 50, "nothing": b"",
    }  # fmt: skip
    for name, data in runs.items():
        for bits, how in ((8, 1), (4, 2)):
            yield f"runs-{bits}-{name}", made(64, 64, bits, how, data)
            yield f"runs-{bits}-{name}-large", made(16_000, 15_000, bits, how, data)
    for size in ((65_535, 65_535), (64, -64), (-64, 64), (64, -(2**31)), (0, 0), (2**31 - 1, 1), (60_000, 1)):
        yield f"size-{size[0]}x{size[1]}", made(*size, 24, 0, bytes(64 * 64 * 3))
    for bits in (0, 1, 2, 3, 16, 32, 64, 65_535):
        yield f"bits-{bits}", made(64, 64, bits, 0, bytes(64 * 64 * 4))
    for how in (3, 4, 5, 6, 11, 2**32 - 1):
        yield f"coded-{how}", made(64, 64, 32, how, encode_image("JPEG"))
    yield "palette-lie", made(64, 64, 8, 0, bytes(4096), used=2**32 - 1)
    yield "palette-short", made(64, 64, 8, 0, bytes(4096), used=1)
    yield "header-124", made(64, 64, 32, 3, bytes(64 * 64 * 4), size=124)


# Boxes: MP4 and HEIC (ISO/IEC 14496-12, 23008-12)


def make_box(kind: bytes, *content: bytes) -> bytes:
    """Returns an ISO media box."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def make_full_box(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Returns an ISO media box with version and flags."""
    return make_box(kind, struct.pack(">I", version << 24 | flags), *content)


def inside(data: bytes, *path: bytes) -> tuple[int, int]:
    """Where a box begins and ends."""
    at, end = 0, len(data)
    for depth, kind in enumerate(path):
        while data[at + 4 : at + 8] != kind:
            at += int.from_bytes(data[at : at + 4])
        end = at + int.from_bytes(data[at : at + 4])
        if depth < len(path) - 1:
            at += 12 if kind == b"meta" else 8
    return at, end


def changed(data: bytes, path: tuple[bytes, ...], to: Callable[[bytes], bytes]) -> bytes:
    """With what a box holds changed, and the lengths of those around it."""
    at, end = inside(data, *path)
    new = make_box(path[-1], to(data[at + 8 : end]))
    grown = len(new) - (end - at)
    data = data[:at] + new + data[end:]
    for depth in range(1, len(path)):
        around, _ = inside(data, *path[:depth])
        data = overwrite(data, around, struct.pack(">I", int.from_bytes(data[around : around + 4]) + grown))
    return data


def mp4() -> Traps:
    """Yields MP4 traps."""
    plain = encode_video("mp4", "mpeg4")
    track, media = (b"moov", b"trak"), (b"moov", b"trak", b"mdia")
    tables = (*media, b"minf", b"stbl")
    for scale in (0, 1, 2**32 - 1):
        yield (
            f"timescale-{scale}",
            changed(plain, (*media, b"mdhd"), lambda old, scale=scale: overwrite(old, 12, struct.pack(">I", scale))),
        )
        yield (
            f"timescale-film-{scale}",
            changed(plain, (b"moov", b"mvhd"), lambda old, scale=scale: overwrite(old, 12, struct.pack(">I", scale))),
        )
    yield "duration", changed(plain, (*media, b"mdhd"), lambda old: overwrite(old, 16, b"\xff" * 4))
    edits = {
        "back": struct.pack(">Iiii", 1, 1000, -5, 1 << 16), "far": struct.pack(">Iiii", 1, 2**31 - 1, 2**31 - 1, 1 << 16),
        "still": struct.pack(">Iiii", 1, 1000, 0, 0), "promised": struct.pack(">I", 2**32 - 1),
        "many": struct.pack(">I", MANY) + struct.pack(">iii", 1, 0, 1 << 16) * MANY,
        "backwards": struct.pack(">I", 1000) + b"".join(struct.pack(">iii", 1, 1000 - n, 1 << 16) for n in range(1000)),
    }  # fmt: skip
    for name, entries in edits.items():
        yield f"edits-{name}", changed(plain, (*track, b"edts"), lambda _, entries=entries: make_full_box(b"elst", entries))
    for name, at in ((b"stts", 4), (b"stsz", 8), (b"stsc", 4), (b"stco", 4), (b"stss", 4)):
        for count in (0, 2**31 - 1, 2**32 - 1):
            yield (
                f"{name.decode()}-{count}",
                changed(plain, (*tables, name), lambda old, at=at, count=count: overwrite(old, at, struct.pack(">I", count))),
            )
    yield "frames-promised", changed(plain, (*tables, b"stts"), lambda _: struct.pack(">IIII", 0, 1, 2**32 - 1, 1))
    yield "times-back", changed(plain, (*tables, b"stts"), lambda _: struct.pack(">IIII", 0, 1, 12, 2**32 - 1))
    yield "samples-4-gb", changed(plain, (*tables, b"stsz"), lambda _: struct.pack(">III", 0, 2**32 - 1, 12))
    yield "chunks-beyond", changed(plain, (*tables, b"stco"), lambda old: old[:8] + b"\xff" * (len(old) - 8))
    at, end = inside(plain, *track)
    one = plain[at:end]
    yield "tracks-1000", changed(plain, (b"moov",), lambda old: old + one * 1000)
    yield "tracks-100000", changed(plain, (b"moov",), lambda old: old + make_box(b"trak") * MANY)
    yield (
        "tracks-100000-described",
        changed(plain, (b"moov",), lambda old: old + make_box(b"trak", make_full_box(b"tkhd", bytes(80))) * MANY),
    )
    deep = b""
    for _ in range(3_000):
        deep = make_box(b"udta", deep)
    yield "deep", changed(plain, (b"moov",), lambda old: old + deep)
    packed = make_box(b"cmov", make_box(b"dcom", b"zlib"), make_box(b"cmvd", struct.pack(">I", 256 << 20), BOMB))
    yield "index-bomb", changed(plain, (b"moov",), lambda _: packed)
    yield (
        "tags-50-mb",
        changed(
            plain,
            (b"moov",),
            lambda old: old + make_box(b"udta", make_box(b"\xa9nam", struct.pack(">HH", 65_000, 0), bytes(50 << 20))),
        ),
    )
    elsewhere = make_full_box(b"url ", b"file:///etc/passwd\0")
    yield (
        "elsewhere",
        changed(plain, (*media, b"minf", b"dinf"), lambda _: make_full_box(b"dref", struct.pack(">I", 1), elsewhere)),
    )
    for size in ((0, 0), (65_535, 65_535), (1, 1)):
        yield (
            f"size-{size[0]}",
            changed(plain, (*tables, b"stsd"), lambda old, size=size: overwrite(old, 8 + 32, struct.pack(">HH", *size))),
        )
    piece = make_box(b"moof", make_full_box(b"mfhd", bytes(4)), make_box(b"traf", make_full_box(b"tfhd", struct.pack(">I", 1), flags=0x20000), make_full_box(
        b"trun", struct.pack(">II", 2**31 - 1, 1000), flags=1
    )))  # fmt: skip
    yield "fragment-promised", plain + piece
    yield "fragments-many", plain + make_box(b"moof", make_full_box(b"mfhd", bytes(4))) * MANY
    yield "fragments-only", make_box(b"ftyp", b"isom", bytes(4)) + piece * 1000
    yield "length-of-itself", make_box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I4sQ", 1, b"free", 0) * 1000 + plain
    yield "boxes-many", make_box(b"ftyp", b"isom", bytes(4)) + make_box(b"free") * MANY * 10 + plain[inside(plain, b"moov")[0] :]
    yield "no-index", plain[: inside(plain, b"moov")[0]]
    for n, part in enumerate(cut_short(plain)):
        yield f"cut-{n}", part


def heif() -> Traps:
    """Yields HEIF and AVIF traps."""
    for kind, encoded in (("heic", encode_heif("HEIF")), ("avif", encode_heif("AVIF"))):
        for path in ((b"meta", b"iprp", b"ipco", b"ispe"),):
            at, _ = inside(encoded, *path)
            for size in ((0, 0), (1, 1), (65_535, 65_535), (2**31 - 1, 2**31 - 1), (12_000, 12_000), (95, 63)):
                yield f"{kind}-size-{size[0]}", overwrite(encoded, at + 12, struct.pack(">II", *size))
        start, end = inside(encoded, b"meta")
        coded = find_codec(encoded)
        for other in (b"grid", b"iden", b"iovl", b"Exif", b"mime", b"jpeg", b"unci"):
            yield f"{kind}-as-{other.decode()}", encoded[:start] + encoded[start:end].replace(coded, other) + encoded[end:]
        for rows, columns, tiles, size in (
            (2, 2, 4, (192, 128)), (2, 2, 3, (192, 128)), (2, 2, 0, (192, 128)), (256, 256, 1, (24_576, 16_384)),
            (256, 256, 60_000, (24_576, 16_384)), (1, 1, 1, (2**31 - 1, 2**31 - 1)), (1, 1, 1, (60_000, 60_000)), (2, 2, 4, (1, 1)), (1, 1, 0, (0, 0)),
        ):  # fmt: skip
            for of_itself in (False, True):
                name = f"{kind}-grid-{rows}x{columns}-{tiles}-{size[0]}{'-loop' if of_itself else ''}"
                yield name, grid(encoded, coded, rows, columns, tiles, size, of_itself=of_itself)
        for n, part in enumerate(cut_short(encoded)):
            yield f"{kind}-cut-{n}", part


def encode_heif(kind: str) -> bytes:
    """Returns an image as HEIF or AVIF."""
    stream = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(draw_image()).save(stream, quality=60)
    else:
        draw_image().save(stream, kind)
    return stream.getvalue()


def find_codec(data: bytes) -> bytes:
    """Returns the codec's four letters in a HEIF or AVIF file."""
    return b"hvc1" if b"hvc1" in data else b"av01"


def grid(encoded: bytes, coded: bytes, rows: int, columns: int, tiles: int, size: tuple[int, int], *, of_itself: bool) -> bytes:
    """A picture of tiles, all of the same bytes: so many there are, whatever rows and columns say."""
    at, end = inside(encoded, b"meta", b"iprp", b"ipco")
    properties = encoded[at + 8 : end]
    count, place = 0, 0
    while place < len(properties):
        place += int.from_bytes(properties[place : place + 4])
        count += 1
    at, end = inside(encoded, b"mdat")
    tile = encoded[at + 8 : end]
    wide = max(size) > 0xFFFF
    whole = struct.pack(">BBBB", 0, int(wide), rows - 1, columns - 1) + struct.pack(">II" if wide else ">HH", *size)
    items = [make_full_box(b"infe", struct.pack(">HH4s", 1, 0, b"grid"), b"\0", version=2)]
    items += [make_full_box(b"infe", struct.pack(">HH4s", n + 2, 0, coded), b"\0", version=2) for n in range(tiles)]
    named = [1 if of_itself else n + 2 for n in range(tiles)]
    refers = struct.pack(f">HH{tiles}H", 1, tiles, *named)
    owned = struct.pack(">IHBB", 1 + tiles, 1, 1, count + 1)
    owned += b"".join(struct.pack(">HB", n + 2, count) + bytes(0x80 | k for k in range(1, count + 1)) for n in range(tiles))

    def meta(offset: int) -> bytes:
        places = struct.pack(">BBHHHHII", 0x44, 0, 1 + tiles, 1, 0, 1, offset, len(whole))
        places += b"".join(struct.pack(">HHHII", n + 2, 0, 1, offset + len(whole), len(tile)) for n in range(tiles))
        return make_full_box(
            b"meta",
            make_full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
            make_full_box(b"pitm", struct.pack(">H", 1)),
            make_full_box(b"iloc", places),
            make_full_box(b"iinf", struct.pack(">H", 1 + tiles), *items),
            make_full_box(b"iref", struct.pack(">I4s", 8 + len(refers), b"dimg"), refers),
            make_box(
                b"iprp",
                make_box(b"ipco", properties, make_full_box(b"ispe", struct.pack(">II", *size))),
                make_full_box(b"ipma", owned),
            ),
        )

    front = encoded[: inside(encoded, b"ftyp")[1]]
    return front + meta(len(front) + len(meta(0)) + 8) + make_box(b"mdat", whole, tile)


# Matroska (RFC 8794, 9559), and the older containers


def make_element(name: str, *content: bytes, size: int | None = None) -> bytes:
    """Returns a Matroska element with an 8-byte size."""
    body = b"".join(content)
    return bytes.fromhex(name) + (0x0100_0000_0000_0000 | (len(body) if size is None else size)).to_bytes(8) + body


def matroska() -> Traps:
    """Yields Matroska traps."""
    plain = encode_video("matroska", "mpeg4")
    segment_at = plain.index(bytes.fromhex("18538067"))
    head = plain[:segment_at]
    body = plain[segment_at + 12 :]

    def made(*before: bytes) -> bytes:
        return head + make_element("18538067", *before, body)

    yield "void", made(make_element("EC", bytes(50 << 20)))
    yield "voids-many", made(make_element("EC") * MANY * 5)
    deep = b""
    for _ in range(20_000):
        deep = make_element("67C8", deep)
    yield "tags-deep", made(make_element("1254C367", make_element("7373", deep)))
    yield (
        "tags-many",
        made(
            make_element(
                "1254C367",
                make_element("7373", make_element("67C8", make_element("45A3", b"a"), make_element("4487", b"b"))) * MANY,
            )
        ),
    )
    for size in (2**56 - 1, 2**56 - 2, 2**40):
        yield f"size-{size}", head + make_element("18538067", body, size=size)
        yield f"size-inside-{size}", made(make_element("1254C367", size=size))
    seek = make_element("4DBB", make_element("53AB", bytes.fromhex("114D9B74")), make_element("53AC", bytes(8)))
    yield "seek-loop", made(make_element("114D9B74", seek * 1000))
    track = make_element(
        "AE",
        make_element("D7", b"\2"),
        make_element("73C5", b"\2"),
        make_element("83", b"\1"),
        make_element("86", b"V_MPEG4/ISO/ASP"),
    )
    yield "tracks-many", made(make_element("1654AE6B", track * MANY))
    squeezed = make_element("6D80", make_element("6240", make_element("5034", make_element("4254", b"\0"))))
    picture_size = make_element("E0", make_element("B0", b"\0\x60"), make_element("BA", b"\0\x40"))
    described = make_element(
        "AE",
        make_element("D7", b"\1"),
        make_element("73C5", b"\1"),
        make_element("83", b"\1"),
        make_element("86", b"V_UNCOMPRESSED"),
        picture_size,
        squeezed,
    )
    block = make_element("A3", b"\x81\0\0\x80" + BOMB)
    yield (
        "frame-bomb",
        head
        + make_element(
            "18538067", make_element("1654AE6B", described), make_element("1F43B675", make_element("E7", b"\0"), block * 20)
        ),
    )
    yield "clusters-empty", made(make_element("1F43B675", make_element("E7", b"\0")) * MANY)
    yield (
        "attachment",
        made(
            make_element(
                "1941A469", make_element("61A7", make_element("466E", b"../../x"), make_element("465C", bytes(20 << 20)))
            )
        ),
    )
    yield (
        "cues-lie",
        made(
            make_element(
                "1C53BB6B",
                make_element(
                    "BB",
                    make_element("B3", b"\1"),
                    make_element("B7", make_element("F7", b"\1"), make_element("F1", b"\x7f" * 8)),
                )
                * 1000,
            )
        ),
    )
    yield (
        "timescale",
        made(make_element("1549A966", make_element("2AD7B1", bytes(8)), make_element("4489", struct.pack(">d", 1e300)))),
    )
    for n, part in enumerate(cut_short(plain)):
        yield f"cut-{n}", part


def older() -> Traps:
    """Yields traps in AVI and other older formats."""
    video = encode_video("avi", "mpeg4")
    header, stream = video.index(b"avih") + 8, video.index(b"strh") + 8
    for value in (0, 2**32 - 1):
        yield f"avi-step-{value}", overwrite(video, header, struct.pack("<I", value))
        yield f"avi-streams-{value}", overwrite(video, header + 24, struct.pack("<I", value))
        yield f"avi-rate-{value}", overwrite(video, stream + 20, struct.pack("<II", value, value))
        yield f"avi-frames-{value}", overwrite(video, header + 16, struct.pack("<I", value))
    deep = b""
    for _ in range(5_000):
        deep = b"LIST" + struct.pack("<I", 4 + len(deep)) + b"hdrl" + deep
    yield "avi-deep", b"RIFF" + struct.pack("<I", 4 + len(deep)) + b"AVI " + deep
    yield "avi-index-lie", video[: video.rindex(b"idx1") + 4] + struct.pack("<I", 2**31) + b"\xff" * 1600
    yield "avi-lists-many", video[:12] + b"LIST\4\0\0\0INFO" * MANY + video[12:]
    for container, codec in (
        ("flv", "flv1"),
        ("mpegts", "mpeg2video"),
        ("mpeg", "mpeg1video"),
        ("asf", "wmv2"),
        ("webm", "libvpx"),
    ):
        plain = encode_video(container, codec)
        random = np.random.default_rng(3)
        for n in range(4):
            noisy = np.frombuffer(plain, np.uint8).copy()
            noisy[random.integers(16, len(noisy), len(noisy) // (20 * 4**n))] = random.integers(0, 256)
            yield f"{container}-noise-{n}", noisy.tobytes()
        yield f"{container}-again-and-again", plain + plain[len(plain) // 2 :] * 200
        yield f"{container}-cut", plain[: len(plain) // 2]
    yield (
        "flv-metadata",
        b"FLV\1\1\0\0\0\x09\0\0\0\0\x12\0\xff\xff\0\0\0\0\0\0\0" + b"\2\0\x0aonMetaData" + b"\x0a\xff\xff\xff\xff" * 12_000,
    )


KINDS: dict[str, Callable[[], Traps]] = {
    "jpg": jpeg, "png": png, "webp": webp, "gif": gif, "tif": tiff, "bmp": bmp, "mp4": mp4, "heif": heif, "mkv": matroska, "film": older,
}  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("directory", type=Path)
    ask.add_argument("--only", choices=KINDS, nargs="*", default=tuple(KINDS))
    options = ask.parse_args()
    for kind in options.only:
        folder = options.directory / kind
        folder.mkdir(parents=True, exist_ok=True)
        made = 0
        for name, data in KINDS[kind]():
            (folder / f"{name}.{kind}").write_bytes(data)
            made += 1
        print(f"{made:4} {kind}", flush=True)


if __name__ == "__main__":
    main()
