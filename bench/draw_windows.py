"""Draws docs/images/hashing.png: what is compared when an image is searched for. All images are drawn.

python -m bench.draw_windows [--out FILE]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.hashing.hashed import ORIENT
from tests.hashing.scenes import Plane, landscape
from triage.hashing.crop_windows import CROPS, INNER_CROPS, Rectangle
from triage.hashing.photo_region import find_photo
from triage.model.match_way import Orientation

OUT = Path(__file__).parents[1] / "docs" / "images" / "hashing.png"
_WIDTH, _HEIGHT = 240, 180  # samples of one image
_GAP = 16  # samples between images
_CAPTION = 16  # samples below a row
_COLOURS = 64  # of the palette: keeps the file small
_CROP, _INNER, _FOUND = (200, 60, 40), (40, 110, 190), (30, 150, 60)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--out", type=Path, default=OUT)
    options = ask.parse_args()
    draw_sheet().quantize(_COLOURS).save(options.out, optimize=True)


def draw_sheet() -> Image.Image:
    """Returns three images side by side, and the eight orientations below them."""
    scene = draw_scene()
    width, small = 3 * _WIDTH + 4 * _GAP, (3 * _WIDTH + 2 * _GAP - 7 * 8) // 8
    sheet = Image.new("RGB", (width, _HEIGHT + small + 2 * _CAPTION + 3 * _GAP), "white")
    draw = ImageDraw.Draw(sheet)
    panels = (
        ("30 likely crops are stored", outline(scene, list(CROPS.values()), _CROP)),
        ("8 inner windows, for uneven crops", outline(scene, list(INNER_CROPS.values()), _INNER)),
        ("the photo inside a screenshot", outline_photo(draw_screenshot(landscape(_HEIGHT, _WIDTH, 3)))),
    )
    for number, (caption, panel) in enumerate(panels):
        left = _GAP + number * (_WIDTH + _GAP)
        sheet.paste(panel, (left, _GAP))
        draw.text((left, _GAP + _HEIGHT + 3), caption, "black")
    top = _GAP + _HEIGHT + _CAPTION + _GAP
    for number, orientation in enumerate(Orientation):
        plane = np.ascontiguousarray(ORIENT[orientation](scene))
        shown = Image.fromarray(plane)
        shown.thumbnail((small, small))
        left = _GAP + number * (small + 8)
        sheet.paste(shown.convert("RGB"), (left, top))
        draw.text((left, top + small), orientation.value, "black")
    return sheet


def draw_scene() -> Plane:
    """Returns a landscape without grain, which would fill the file."""
    drawn = Image.fromarray(landscape(_HEIGHT, _WIDTH, 3)).filter(ImageFilter.MedianFilter(5))
    return np.asarray(drawn.point(lambda level: level // 20 * 20 + 10))


def draw_screenshot(scene: Plane) -> Plane:
    """Returns the scene in a chat, with bars of a screen and lines of text."""
    screen = np.full((_HEIGHT, _WIDTH), 232, np.uint8)
    screen[:22] = 70
    for line in range(3):
        screen[30 + 8 * line : 34 + 8 * line, 12 : 150 - 30 * line] = 90
    small = np.asarray(Image.fromarray(scene).resize((140, 105)))
    screen[60:165, 84:224] = small
    return screen


def outline(plane: Plane, rectangles: list[Rectangle], colour: tuple[int, int, int]) -> Image.Image:
    """Returns the image with these parts outlined."""
    shown = Image.fromarray(plane).convert("RGB")
    draw = ImageDraw.Draw(shown)
    for place in rectangles:
        edges = (place.left * (_WIDTH - 1), place.top * (_HEIGHT - 1), place.right * (_WIDTH - 1), place.bottom * (_HEIGHT - 1))
        draw.rectangle(tuple(round(edge) for edge in edges), outline=colour)
    return shown


def outline_photo(screen: Plane) -> Image.Image:
    """Returns the screenshot with the photograph outlined that photo_region finds in it."""
    photo = find_photo(screen).photo
    if photo is None:
        raise RuntimeError("no photograph was found in the drawn screenshot")
    offset = photo.__array_interface__["data"][0] - screen.__array_interface__["data"][0]
    top, left = divmod(offset, screen.strides[0])
    shown = Image.fromarray(screen).convert("RGB")
    box = (left - 2, top - 2, left + photo.shape[1] + 1, top + photo.shape[0] + 1)
    ImageDraw.Draw(shown).rectangle(box, outline=_FOUND, width=2)
    return shown


if __name__ == "__main__":
    main()
