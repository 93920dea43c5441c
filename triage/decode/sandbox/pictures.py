"""Still pictures: to a luma plane for hashing, or to an RGB picture for a reveal.

JPEGs go straight to scaled luma, where nearly all time is entropy decoding whatever the scale; the rest goes through Pillow
with a list of allowed formats. Of an animation, the first frame stands for all.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401 - these register themselves

from triage.decode.protocol import Refusal, Request
from triage.decode.sandbox import jpeg
from triage.decode.sandbox.source import Source, Unreadable
from triage.hashing.resampling import Plane

Samples = NDArray[np.float32]
Kind = TypeVar("Kind", np.uint8, np.float32)
_WEIGHTS = np.array((0.299, 0.587, 0.114), np.float32)
_LINES = 16
"""Lines whose luma is taken at a time: what lies in between stays in a core's cache."""
_LARGEST_AGAIN = 32_000_000
"""A JPEG of more pixels is not decoded a second time: in colour it takes three bytes a pixel, and long."""

FORMATS = {
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
    "image/avif": ("AVIF",),
    "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",),
}
SHORT_SIDE = 256
"""Scaled decoding keeps at least this many pixels on the short side: enough that folded hashes stray at most a few bits."""
LARGE = 8_000_000
"""From so many pixels on, pictures that can't be decoded scaled are scaled right after, by block means."""
_REDUCIBLE = frozenset({"L", "RGB", "RGBA", "RGBX", "LA", "CMYK", "YCbCr", "F", "I"})
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WIDE_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")

Image.preinit()
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Decoded:
    """`luma` is upright; sizes are (height, width); `original` is before scaling, upright too. `exact` is the luma that was not
    rounded to whole numbers, where all pixels were decoded in colour: rounding moves a hash."""

    luma: Plane
    original: tuple[int, int]
    exact: Samples | None = None


def luma(source: Source, mime: str, request: Request) -> Decoded:
    if mime == "image/jpeg" and source.whole is not None:
        decoded = _jpeg(source.whole, request)
        if decoded is not None:
            return decoded
    with _open(source, mime, request) as picture:
        width, height = picture.size
        by = scaled_by(height, width) if height * width > LARGE else 1
        if by > 1:
            picture.draft("L", (width // by, height // by))
        flat = _flat(_reduced(picture, by // round(width / picture.width)))
        orientation = _orientation(picture)
        if flat.mode == "RGB" and scaled_by(height, width) == 1:
            return _turned_colours(np.asarray(flat), (height, width), orientation)
        return _turned(plane_of(flat), (height, width), orientation)


def again(source: Source, mime: str, request: Request, decoded: Decoded, thorough: bool) -> Decoded | None:
    """The same picture in colour, so that its luma is not rounded; None of what is so large that it would take too much memory.

    Where a JPEG's colour is even, all its pixels are rounded alike when they are shown, which luma alone does not tell. Colour of
    the same size does, in a fifth of the time that all pixels take; `thorough` means of those, at twice the size."""
    by, pixels = round(max(decoded.original) / max(decoded.luma.shape)), math.prod(decoded.original)
    if mime == "image/jpeg" and source.whole is not None:
        if by == 1 or pixels > _LARGEST_AGAIN:
            return None
        return _jpeg(source.whole, request, 1, by // 2) if thorough else _jpeg(source.whole, request, by)
    if pixels > LARGE:
        return None
    with _open(source, mime, request) as picture:
        size = picture.height, picture.width
        return _turned_colours(np.asarray(_flat(picture).convert("RGB")), size, _orientation(picture))


def colour(source: Source, mime: str, request: Request) -> Image.Image:
    """An upright RGB picture, scaled down while decoding where the format can do it, at least request.side long."""
    with _open(source, mime, request) as picture:
        if picture.format == "JPEG":
            picture.draft("RGB", (request.side, request.side))
        flat = _flat(_reduced(picture, max(picture.size) // request.side)).convert("RGB")
        turn = _TURNS.get(_orientation(picture))
    return flat if turn is None else flat.transpose(turn)


def metadata_block(source: Source, mime: str, request: Request) -> bytes | None:
    """The EXIF block as it lies in the container."""
    with _open(source, mime, request) as picture:
        block = picture.info.get("exif")
    return block if isinstance(block, bytes) else None


def plane_of(picture: Image.Image) -> Plane:
    return np.asarray(picture.convert("L"))


def check_size(width: int, height: int, request: Request) -> None:
    """Before any pixel is decoded."""
    if max(width, height) > request.max_side or width * height > request.max_pixels:
        raise Unreadable(Refusal.TOO_LARGE)
    if min(width, height) < 1:
        raise Unreadable(Refusal.DAMAGED)


@cache
def know_heif() -> None:
    """Its library is loaded when it is first needed: most pictures are something else."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def _open(source: Source, mime: str, request: Request) -> Image.Image:
    if mime == "image/heic":
        know_heif()
    Image.MAX_IMAGE_PIXELS = request.max_pixels
    whole = jpeg.without_fill(source.whole) if mime == "image/jpeg" and source.whole is not None else None
    picture = Image.open(source.open() if whole is None else io.BytesIO(whole), formats=FORMATS[mime])
    if picture.info.get("primary") is False:  # of a HEIC whose main picture can't be had another one is opened
        raise Unreadable(Refusal.DAMAGED)
    check_size(picture.width, picture.height, request)
    if whole is not None:
        jpeg.check_scans(whole, picture.width, picture.height)
    return picture


def _reduced(picture: Image.Image, by: int) -> Image.Image:
    """Means of by x by blocks, as scaled decoding gives them; before any conversion copies a large picture."""
    picture.load()
    return picture.reduce(by) if by > 1 and picture.mode in _REDUCIBLE else picture


def _flat(picture: Image.Image) -> Image.Image:
    """Eight bits a channel and no transparency: what is see-through lies on white, as viewers show it."""
    if picture.mode in _WIDE_MODES:
        return _stretched(picture)
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(layered, mask=layered.getchannel("A"))
        return flat
    if picture.mode not in ("RGB", "L"):
        return picture.convert("RGB")
    picture.load()
    return picture


def _stretched(picture: Image.Image) -> Image.Image:
    """More than 8 bits a sample. Of whole numbers so many high bits are kept as make 8 of those in use: scanners and cameras
    write 8, 10, 12 or 14 into 16 or 32. Other ranges are stretched to 0 to 255."""
    samples = np.nan_to_num(np.asarray(picture, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(samples.min()), float(samples.max())
    if picture.mode != "F" and low >= 0 and high <= 0xFFFF:
        bits = max(int(high).bit_length(), 8)
        return Image.fromarray((samples / 2 ** (bits + bits % 2 - 8)).astype(np.uint8))
    return Image.fromarray(((samples - low) * (255 / (high - low or 1))).astype(np.uint8))


def _jpeg(data: bytes, request: Request, coloured_by: int | None = None, means_of: int = 1) -> Decoded | None:
    """None when only Pillow can say: CMYK, or an error that Pillow may get around. What is not scaled comes in colour, as viewers
    show it: what is rounded and clipped there moves a hash too. So does what is scaled by `coloured_by`, and of its pixels means
    of so many a side."""
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    check_size(width, height, request)
    jpeg.check_scans(data, width, height)
    if colours not in ("YCbCr", "Gray"):
        return None
    divisor = coloured_by or scaled_by(height, width)
    coloured = (divisor == 1 or coloured_by is not None) and colours == "YCbCr"
    try:
        samples = simplejpeg.decode_jpeg(
            data,
            colorspace="RGB" if coloured else "GRAY",
            fastdct=False,
            fastupsample=False,
            min_height=-(-height // divisor),
            min_width=-(-width // divisor),
            min_factor=divisor,
        )
    except ValueError:
        return None
    orientation = _jpeg_orientation(data)
    if coloured:
        return _turned_colours(samples, (height, width), orientation, means_of)
    return _turned(samples[:, :, 0], (height, width), orientation)


def scaled_by(height: int, width: int) -> int:
    """By how much a picture is scaled down before it is hashed."""
    return next((by for by in (8, 4, 2) if -(-min(height, width) // by) >= SHORT_SIDE), 1)


def _jpeg_orientation(data: bytes) -> int:
    if not jpeg.may_have_metadata(data):
        return 1
    try:
        with Image.open(io.BytesIO(jpeg.without_fill(data)), formats=FORMATS["image/jpeg"]) as picture:
            return _orientation(picture)
    except (OSError, SyntaxError, ValueError):  # what libjpeg reads and Pillow does not, stands as it lies
        return 1


def _orientation(picture: Image.Image) -> int:
    """EXIF orientation, 1 when absent or unreadable: broken metadata must not cost the picture."""
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except Exception:
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _turned(plane: Plane, original: tuple[int, int], orientation: int) -> Decoded:
    return Decoded(_upright(plane, orientation), _upright_size(original, orientation))


def _turned_colours(colours: Plane, original: tuple[int, int], orientation: int, means_of: int = 1) -> Decoded:
    """Of (height, width, 3); `means_of` is 1, 2 or 4."""
    luma = [_luma(colours[start : start + _LINES], means_of) for start in range(0, len(colours), _LINES)]
    exact = _upright(np.concatenate(luma), orientation)
    return Decoded(np.rint(exact).astype(np.uint8), _upright_size(original, orientation), exact)


def _luma(lines: Plane, means_of: int) -> Samples:
    for _ in range(means_of // 2):
        lines = _sums_of_two(lines)
    luma = lines @ _WEIGHTS
    for _ in range(means_of // 2):
        luma = _sums_of_two(luma.T).T
    found: Samples = luma / np.float32(means_of**2)
    return found


def _sums_of_two(lines: NDArray[Any]) -> NDArray[Any]:
    """Of neighbours; the last of an odd number counts twice."""
    first, second = lines[::2], lines[1::2]
    if len(second) < len(first):
        second = np.concatenate([second, first[-1:]])
    sums: NDArray[Any] = np.add(first, second, dtype=np.result_type(lines, np.uint16))
    return sums


def _upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return size if orientation < 5 else (size[1], size[0])


def _upright(plane: NDArray[Kind], orientation: int) -> NDArray[Kind]:
    """Undoes EXIF orientation 1 to 8: transposed from 5 on, then mirrored."""
    if orientation >= 5:
        plane = plane.T
    if orientation in (2, 3, 6, 7):
        plane = plane[:, ::-1]
    if orientation in (3, 4, 7, 8):
        plane = plane[::-1]
    return np.ascontiguousarray(plane)
