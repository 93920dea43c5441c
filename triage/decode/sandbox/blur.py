"""Blurring that really removes detail, and the tiny preview."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from triage.hashing.resampling import CELLS_SIDE, Matrix, Plane, build_mean_filter
from triage.model.media import PREVIEW_SIDE, Pixels, RevealStep

_ACROSS = 3
CELLS = _ACROSS**2
CELL_SIDE = (PREVIEW_SIDE - _ACROSS + 1) // _ACROSS
SIGMA = 0.08
"""Of the short side: faces and text are gone, light and shape remain."""


def previews(cells: Matrix) -> list[bytes]:
    """32 x 32 grey bytes of each image, stretched to a square and blurred, from (n, 80, 80) cells (hashing/resampling.py)."""
    blurred = _BLUR @ cells @ _BLUR.T
    return [each.tobytes() for each in np.rint(np.clip(blurred, 0, 255)).astype(np.uint8)]


def _blur() -> Matrix:
    """(32, 80): means of the cells, then a Gaussian that ends at the edge."""
    means = build_mean_filter(np.linspace(0, CELLS_SIDE, PREVIEW_SIDE + 1), CELLS_SIDE)
    apart = np.subtract.outer(np.arange(PREVIEW_SIDE), np.arange(PREVIEW_SIDE)) / (SIGMA * PREVIEW_SIDE)
    weights = np.exp(-(apart**2) / 2)
    found: Matrix = (weights / weights.sum(axis=1, keepdims=True) @ means).astype(np.float32)
    return found


_BLUR = _blur()


def revealed(picture: Image.Image, step: RevealStep, side: int) -> Pixels:
    """`picture` (RGB) fitted into side x side, as far as `step` allows."""
    fitted = ImageOps.contain(picture, (side, side)) if max(picture.size) > side else picture
    return pixels(as_far_as(step, fitted))


def as_far_as(step: RevealStep, picture: Image.Image) -> Image.Image:
    if step < RevealStep.COLOUR:
        picture = picture.convert("L")
    if step < RevealStep.GREY:
        picture = coarse(picture)
    return picture.convert("RGB")


def pixels(picture: Image.Image) -> Pixels:
    return Pixels(picture.width, picture.height, picture.tobytes())


def coarse(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(max(1.0, SIGMA * min(picture.size))))


def small(plane: Plane) -> Plane:
    """One cell of a film's preview, blurred as much as a picture's own is."""
    cell = Image.fromarray(plane).resize((CELL_SIDE, CELL_SIDE), Image.Resampling.BOX)
    return np.asarray(cell.filter(ImageFilter.GaussianBlur(SIGMA * CELL_SIDE)))


def sheet_preview(cells: Sequence[Plane]) -> bytes:
    """The preview of a film: nine frames, three a row, with a dark line between."""
    sheet: Plane = np.zeros((PREVIEW_SIDE, PREVIEW_SIDE), np.uint8)
    for place, cell in enumerate(cells):
        top, left = (at * (CELL_SIDE + 1) for at in divmod(place, _ACROSS))
        sheet[top : top + CELL_SIDE, left : left + CELL_SIDE] = cell
    return sheet.tobytes()
