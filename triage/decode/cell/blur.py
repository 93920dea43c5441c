"""Blurring that really removes detail, and the tiny preview."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from triage.decode.cell.pictures import Plane
from triage.model.media import PREVIEW_SIDE, Pixels, RevealStep

_ACROSS = 3
CELLS = _ACROSS**2
CELL_SIDE = (PREVIEW_SIDE - _ACROSS + 1) // _ACROSS
SIGMA = 0.08
"""Of the short side: faces and text are gone, light and shape remain."""


def preview(plane: Plane) -> bytes:
    """32 x 32 grey bytes of the whole picture, stretched to a square and blurred. Some sixteen pixels of each cell are enough for
    what is blurred anyway."""
    step = max(1, min(plane.shape) // (4 * PREVIEW_SIDE))
    small = Image.fromarray(plane[::step, ::step]).resize((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(SIGMA * PREVIEW_SIDE)).tobytes()


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
