"""Blur that really removes detail, and the small preview."""

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
EDGE_SIDE = 256
"""Longest side in pixels at which edges are looked for: outlines of bodies and things remain, small print is gone."""
EDGE_SIGMA = 1.5
"""Pixels of the reduced image: skin and texture make no edges."""
_LEAST_EDGE, _FULL_EDGE = 8.0, 48.0
"""Change of light over two pixels at which a line begins to show, and at which it is white."""


def make_previews(cells: Matrix) -> list[bytes]:
    """Returns the preview of each image: 32 x 32 grey bytes, stretched to a square and blurred.

    `cells` are (n, 80, 80) luma cells (hashing/resampling.py).
    """
    blurred = _BLUR @ cells @ _BLUR.T
    return [each.tobytes() for each in np.rint(np.clip(blurred, 0, 255)).astype(np.uint8)]


def _build_blur_matrix() -> Matrix:
    """Returns the (32, 80) matrix that averages the cells and then applies a Gaussian that ends at the edge."""
    means = build_mean_filter(np.linspace(0, CELLS_SIDE, PREVIEW_SIDE + 1), CELLS_SIDE)
    apart = np.subtract.outer(np.arange(PREVIEW_SIDE), np.arange(PREVIEW_SIDE)) / (SIGMA * PREVIEW_SIDE)
    weights = np.exp(-(apart**2) / 2)
    found: Matrix = (weights / weights.sum(axis=1, keepdims=True) @ means).astype(np.float32)
    return found


_BLUR = _build_blur_matrix()


def render_reveal(picture: Image.Image, step: RevealStep, side: int) -> Pixels:
    """Returns an RGB image fitted into `side` x `side`, with as much detail as `step` allows."""
    fitted = ImageOps.contain(picture, (side, side)) if max(picture.size) > side else picture
    return to_pixels(reduce_to_step(step, fitted))


def reduce_to_step(step: RevealStep, picture: Image.Image) -> Image.Image:
    """Returns the image as RGB: grey below COLOUR, its edges alone below GREY, and blurred below EDGES."""
    if step < RevealStep.COLOUR:
        picture = picture.convert("L")
    if step < RevealStep.EDGES:
        picture = blur_image(picture)
    elif step < RevealStep.GREY:
        picture = draw_edges(picture)
    return picture.convert("RGB")


def to_pixels(picture: Image.Image) -> Pixels:
    """Returns the RGB bytes of an image."""
    return Pixels(picture.width, picture.height, picture.tobytes())


def blur_image(picture: Image.Image) -> Image.Image:
    """Returns the image blurred by SIGMA of its short side."""
    return picture.filter(ImageFilter.GaussianBlur(max(1.0, SIGMA * min(picture.size))))


def draw_edges(picture: Image.Image) -> Image.Image:
    """Returns the edges of a grey image as light lines on black, found in a reduced and smoothed copy and as large as the image.

    Where the light changes slowly there is no line. How dark or light a surface is does not show.
    """
    small = picture.copy()
    small.thumbnail((EDGE_SIDE, EDGE_SIDE))
    light = np.asarray(small.filter(ImageFilter.GaussianBlur(EDGE_SIGMA)), np.float32)
    down, across = (np.zeros_like(light) for _ in range(2))
    down[1:-1] = light[2:] - light[:-2]
    across[:, 1:-1] = light[:, 2:] - light[:, :-2]
    strength = np.hypot(down, across)
    lines = np.clip(255 * (strength - _LEAST_EDGE) / (_FULL_EDGE - _LEAST_EDGE), 0, 255).astype(np.uint8)
    return Image.fromarray(lines).resize(picture.size, Image.Resampling.BILINEAR)


def make_preview_cell(plane: Plane) -> Plane:
    """Returns one cell of a video's preview, blurred as much as an image's own preview."""
    cell = Image.fromarray(plane).resize((CELL_SIDE, CELL_SIDE), Image.Resampling.BOX)
    return np.asarray(cell.filter(ImageFilter.GaussianBlur(SIGMA * CELL_SIDE)))


def make_sheet_preview(cells: Sequence[Plane]) -> bytes:
    """Returns the preview of a video: nine frames, three a row, with a dark line between."""
    sheet: Plane = np.zeros((PREVIEW_SIDE, PREVIEW_SIDE), np.uint8)
    for place, cell in enumerate(cells):
        top, left = (at * (CELL_SIDE + 1) for at in divmod(place, _ACROSS))
        sheet[top : top + CELL_SIDE, left : left + CELL_SIDE] = cell
    return sheet.tobytes()
