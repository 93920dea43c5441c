"""Harmless photographs from a folder, each once, and what Triage's own measuring says of them.

Under free licences they lie in Debian packages: `apt-get download gnome-backgrounds mate-backgrounds plasma-workspace-wallpapers
ukui-wallpapers lomiri-wallpapers budgie-backgrounds phosh-wallpapers breeze-wallpaper`, `dpkg -x` each into a folder.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from triage.decode.protocol import Operation, Request
from triage.decode.sandbox import operations
from triage.decode.sandbox.source import InputSource
from triage.hashing.match_index import ImageIndex, find_matches, find_possible_matches
from triage.hashing.match_quality import can_match
from triage.hashing.uneven_crops import CellPlane
from triage.model.media import Perceptual

REQUEST = Request(operation=Operation.MEASURE)
LONG_SIDE = 1280
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tga", ".dds")
_LEAST_BYTES = 100_000


def find_images(folder: Path, least_bytes: int = _LEAST_BYTES) -> Iterator[Path]:
    """Yields image files below a folder that have at least so many bytes."""
    for path in folder.rglob("*"):
        if path.suffix.lower() in _SUFFIXES and not path.is_symlink() and path.stat().st_size >= least_bytes:
            yield path


def photographs(folder: Path) -> Iterator[Image.Image]:
    """Each once, at LONG_SIDE: packages hold the same picture in several sizes, cuts and colours."""
    seen = ImageIndex()
    kept: list[bytes] = []
    for path in sorted(find_images(folder)):
        with Image.open(path) as picture:
            small = ImageOps.contain(picture.convert("RGB"), (LONG_SIDE, LONG_SIDE))
        hashes = hash_image(small, 90)
        if not can_match(hashes) or find_matches(seen, kept.__getitem__, hashes, thorough=True):
            continue
        if not find_possible_matches(seen, kept.__getitem__, hashes, ()):
            seen.add(len(kept), hashes)
            kept.append(hashes.windows)
            yield small


def encode_jpeg(picture: Image.Image, quality: int) -> bytes:
    """Returns an image as JPEG."""
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def hash_image(picture: Image.Image, quality: int = 85) -> Perceptual:
    """Returns the hashes of an image after saving it as JPEG."""
    return hash_jpeg(encode_jpeg(picture, quality))


def cells_of(data: bytes) -> CellPlane:
    """As the sweep takes them."""
    source = InputSource(len(data), data, lambda start, length: b"")
    with Image.open(io.BytesIO(data)) as picture:
        return CellPlane(operations.compute_luma_cells(source, "image/jpeg", REQUEST), picture.width / picture.height)


def hash_jpeg(data: bytes) -> Perceptual:
    """Returns the hashes of a JPEG, as the decoder computes them."""
    facts = operations.measure_file(InputSource(len(data), data, lambda start, length: b""), "image/jpeg", REQUEST)
    if facts.perceptual is None:
        raise RuntimeError("a picture that was just made can't be read")
    return facts.perceptual
