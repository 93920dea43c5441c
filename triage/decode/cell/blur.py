"""Blurring that really removes detail, and the tiny preview."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from triage.decode.cell.pictures import Plane
from triage.model.media import PREVIEW_SIDE, Pixels, RevealStep

SIGMA = 0.08
"""Of the short side: faces and text are gone, light and shape remain."""


def preview(plane: Plane) -> bytes:
    """32 x 32 grey bytes of the whole picture, stretched to a square and blurred."""
    small = Image.fromarray(plane).resize((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(SIGMA * PREVIEW_SIDE)).tobytes()


def revealed(picture: Image.Image, step: RevealStep, side: int) -> Pixels:
    """`picture` (RGB) fitted into side x side, as far as `step` allows."""
    fitted = ImageOps.contain(picture, (side, side)) if max(picture.size) > side else picture
    if step < RevealStep.COLOUR:
        fitted = fitted.convert("L")
    if step < RevealStep.GREY:
        fitted = coarse(fitted)
    fitted = fitted.convert("RGB")
    return Pixels(fitted.width, fitted.height, fitted.tobytes())


def coarse(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(max(1.0, SIGMA * min(picture.size))))


def mean_preview(planes: list[Plane]) -> bytes:
    """One preview of several frames of a film: their mean."""
    frames = [np.frombuffer(preview(plane), np.uint8).astype(np.uint16) for plane in planes]
    mean: Plane = (np.sum(frames, axis=0) // len(frames)).astype(np.uint8)
    return mean.tobytes()
