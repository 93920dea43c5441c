"""Decodes still images, to a luma plane for hashing or to RGB for a reveal.

JPEGs are decoded straight to scaled luma, where nearly all time is entropy decoding whatever the scale. All other formats go
through Pillow with a list of allowed formats. The first frame of an animation represents all.
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
from triage.decode.sandbox.source import InputSource, UnreadableMedia
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
class DecodedImage:
    """An upright luma plane.

    Sizes are (height, width), and `original` is the upright size before scaling.

    `exact` is the unrounded luma, where all pixels were decoded in colour. Rounding moves a hash. `may_have_metadata` is False
    where looking for metadata would be in vain.
    """

    luma: Plane
    original: tuple[int, int]
    exact: Samples | None = None
    may_have_metadata: bool = True


def decode_luma(source: InputSource, mime: str, request: Request) -> DecodedImage:
    """Decodes an image to luma, scaled while decoding where possible.

    Raises UnreadableMedia or Pillow's errors.
    """
    if mime == "image/jpeg" and source.whole is not None:
        decoded = _decode_jpeg(source.whole, request)
        if decoded is not None:
            return decoded
    with _open_image(source, mime, request) as picture:
        width, height = picture.size
        by = scale_divisor(height, width) if height * width > LARGE else 1
        if by > 1:
            picture.draft("L", (width // by, height // by))
        flat = _flatten(_reduce(picture, by // round(width / picture.width)))
        orientation = _read_orientation(picture)
        if flat.mode == "RGB" and scale_divisor(height, width) == 1:
            return _make_upright_from_colour(np.asarray(flat), (height, width), orientation)
        return _make_upright(to_luma_plane(flat), (height, width), orientation)


def decode_again_in_colour(
    source: InputSource, mime: str, request: Request, decoded: DecodedImage, thorough: bool
) -> DecodedImage | None:
    """Decodes the image in colour so that its luma is not rounded, or returns None when it is too large.

    Where a JPEG's colour is even, all its pixels are rounded alike when they are shown, which luma alone does not tell. Colour of
    the same size does, in a fifth of the time that all pixels take. `thorough` averages colour of twice the size.
    """
    by, pixels = round(max(decoded.original) / max(decoded.luma.shape)), math.prod(decoded.original)
    if mime == "image/jpeg" and source.whole is not None:
        if by == 1 or pixels > _LARGEST_AGAIN:
            return None
        return _decode_jpeg(source.whole, request, 1, by // 2) if thorough else _decode_jpeg(source.whole, request, by)
    if pixels > LARGE:
        return None
    with _open_image(source, mime, request) as picture:
        size = picture.height, picture.width
        return _make_upright_from_colour(np.asarray(_flatten(picture).convert("RGB")), size, _read_orientation(picture))


def decode_colour(source: InputSource, mime: str, request: Request) -> Image.Image:
    """Returns an upright RGB image, at least request.side long, scaled down while decoding where possible."""
    with _open_image(source, mime, request) as picture:
        if picture.format == "JPEG":
            picture.draft("RGB", (request.side, request.side))
        flat = _flatten(_reduce(picture, max(picture.size) // request.side)).convert("RGB")
        turn = _TURNS.get(_read_orientation(picture))
    return flat if turn is None else flat.transpose(turn)


def read_exif_block(source: InputSource, mime: str, request: Request) -> bytes | None:
    """Returns the EXIF block as it lies in the container, or None."""
    with _open_image(source, mime, request) as picture:
        block = picture.info.get("exif")
    return block if isinstance(block, bytes) else None


def to_luma_plane(picture: Image.Image) -> Plane:
    """Returns the luma of an image as a plane of bytes."""
    return np.asarray(picture.convert("L"))


def check_size(width: int, height: int, request: Request) -> None:
    """Raises UnreadableMedia when an image is empty or above the request's limits.

    It runs before any pixel is decoded.
    """
    if max(width, height) > request.max_side or width * height > request.max_pixels:
        raise UnreadableMedia(Refusal.TOO_LARGE)
    if min(width, height) < 1:
        raise UnreadableMedia(Refusal.DAMAGED)


@cache
def register_heif() -> None:
    """Loads the HEIF library when it is first needed, since most images are something else."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def _open_image(source: InputSource, mime: str, request: Request) -> Image.Image:
    """Opens an image and checks its size and scans.

    Raises UnreadableMedia.
    """
    if mime == "image/heic":
        register_heif()
    Image.MAX_IMAGE_PIXELS = request.max_pixels
    whole = jpeg.remove_fill_bytes(source.whole) if mime == "image/jpeg" and source.whole is not None else None
    picture = Image.open(source.open() if whole is None else io.BytesIO(whole), formats=FORMATS[mime])
    if picture.info.get("primary") is False:  # of a HEIC whose main picture can't be had another one is opened
        raise UnreadableMedia(Refusal.DAMAGED)
    check_size(picture.width, picture.height, request)
    if whole is not None:
        jpeg.check_scans(whole, picture.width, picture.height)
    return picture


def _reduce(picture: Image.Image, by: int) -> Image.Image:
    """Returns means of `by` x `by` blocks, as scaled decoding gives them, before a conversion copies a large image."""
    picture.load()
    return picture.reduce(by) if by > 1 and picture.mode in _REDUCIBLE else picture


def _flatten(picture: Image.Image) -> Image.Image:
    """Returns the image as L or RGB without transparency.

    Transparent parts lie on white, as viewers show them.
    """
    if picture.mode in _WIDE_MODES:
        return _to_eight_bits(picture)
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(layered, mask=layered.getchannel("A"))
        return flat
    if picture.mode not in ("RGB", "L"):
        return picture.convert("RGB")
    picture.load()
    return picture


def _to_eight_bits(picture: Image.Image) -> Image.Image:
    """Returns an image of more than 8 bits a sample as 8 bits.

    Of whole numbers, the high bits in use are kept: scanners and cameras write 8, 10, 12 or 14 bits into 16 or 32. Other ranges
    are stretched to 0 to 255.
    """
    samples = np.nan_to_num(np.asarray(picture, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(samples.min()), float(samples.max())
    if picture.mode != "F" and low >= 0 and high <= 0xFFFF:
        bits = max(int(high).bit_length(), 8)
        return Image.fromarray((samples / 2 ** (bits + bits % 2 - 8)).astype(np.uint8))
    return Image.fromarray(((samples - low) * (255 / (high - low or 1))).astype(np.uint8))


def _decode_jpeg(data: bytes, request: Request, coloured_by: int | None = None, means_of: int = 1) -> DecodedImage | None:
    """Decodes a JPEG, or returns None when only Pillow may read it: CMYK, or an error.

    An unscaled image is decoded in colour, as viewers show it, since rounding and clipping there move a hash too. So is one
    scaled by `coloured_by`, of which means of `means_of` pixels a side are taken.
    """
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    check_size(width, height, request)
    jpeg.check_scans(data, width, height)
    if colours not in ("YCbCr", "Gray"):
        return None
    divisor = coloured_by or scale_divisor(height, width)
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
    may_have_metadata = jpeg.may_have_metadata(data)
    orientation = _read_jpeg_orientation(data) if may_have_metadata else 1
    if coloured:
        return _make_upright_from_colour(samples, (height, width), orientation, means_of, may_have_metadata)
    upright = _undo_orientation(samples[:, :, 0], orientation)
    return DecodedImage(upright, _upright_size((height, width), orientation), may_have_metadata=may_have_metadata)


def scale_divisor(height: int, width: int) -> int:
    """Returns by how much an image is scaled down before hashing: 1, 2, 4 or 8."""
    return next((by for by in (8, 4, 2) if -(-min(height, width) // by) >= SHORT_SIDE), 1)


def _read_jpeg_orientation(data: bytes) -> int:
    try:
        with Image.open(io.BytesIO(jpeg.remove_fill_bytes(data)), formats=FORMATS["image/jpeg"]) as picture:
            return _read_orientation(picture)
    except (OSError, SyntaxError, ValueError):  # what libjpeg reads and Pillow does not, stands as it lies
        return 1


def _read_orientation(picture: Image.Image) -> int:
    """Returns the EXIF orientation, 1 when absent or unreadable.

    Broken metadata must not cost the image.
    """
    try:
        found = picture.getexif().get(_ORIENTATION, 1)
    except Exception:
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _make_upright(plane: Plane, original: tuple[int, int], orientation: int) -> DecodedImage:
    return DecodedImage(_undo_orientation(plane, orientation), _upright_size(original, orientation))


def _make_upright_from_colour(
    colours: Plane, original: tuple[int, int], orientation: int, means_of: int = 1, may_have_metadata: bool = True
) -> DecodedImage:
    """Returns the upright luma of an array (height, width, 3).

    `means_of` is 1, 2 or 4.
    """
    luma = [_compute_luma(colours[start : start + _LINES], means_of) for start in range(0, len(colours), _LINES)]
    exact = _undo_orientation(np.concatenate(luma), orientation)
    return DecodedImage(np.rint(exact).astype(np.uint8), _upright_size(original, orientation), exact, may_have_metadata)


def _compute_luma(lines: Plane, means_of: int) -> Samples:
    """Returns the luma of some lines, averaged over `means_of` x `means_of` pixels."""
    for _ in range(means_of // 2):
        lines = _sum_pairs(lines)
    luma = lines @ _WEIGHTS
    for _ in range(means_of // 2):
        luma = _sum_pairs(luma.T).T
    found: Samples = luma / np.float32(means_of**2)
    return found


def _sum_pairs(lines: NDArray[Any]) -> NDArray[Any]:
    """Returns the sums of neighbouring lines.

    The last of an odd number counts twice.
    """
    first, second = lines[::2], lines[1::2]
    if len(second) < len(first):
        second = np.concatenate([second, first[-1:]])
    sums: NDArray[Any] = np.add(first, second, dtype=np.result_type(lines, np.uint16))
    return sums


def _upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return size if orientation < 5 else (size[1], size[0])


def _undo_orientation(plane: NDArray[Kind], orientation: int) -> NDArray[Kind]:
    """Undoes EXIF orientation 1 to 8: transposed from 5 on, then mirrored."""
    if orientation >= 5:
        plane = plane.T
    if orientation in (2, 3, 6, 7):
        plane = plane[:, ::-1]
    if orientation in (3, 4, 7, 8):
        plane = plane[::-1]
    return np.ascontiguousarray(plane)
