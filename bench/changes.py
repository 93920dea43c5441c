"""What happens to pictures on their way: the changes that bench/quality.py makes, each with the JPEG quality it is saved at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Change = Callable[[Image.Image], Image.Image]


def cut(left: float, top: float, right: float, bottom: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        return picture.crop((int(left * width), int(top * height), int((1 - right) * width), int((1 - bottom) * height)))

    return change


def framed(left: float, top: float, right: float, bottom: float, colour: str) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        edges = (int(left * width), int(top * height), int(right * width), int(bottom * height))
        return ImageOps.expand(picture, edges, colour)

    return change


def drawn_on(*shapes: tuple[float, float, float, float, str]) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        copy = picture.copy()
        draw, (width, height) = ImageDraw.Draw(copy), picture.size
        for left, top, right, bottom, colour in shapes:
            draw.ellipse((left * width, top * height, right * width, bottom * height), colour)
        return copy

    return change


def written(size: float, opacity: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        layer = picture.copy()
        height = picture.height * size
        ImageDraw.Draw(layer).text((picture.width * 0.1, picture.height * 0.45), "example.invalid", "white", font_size=height)
        return Image.blend(picture, layer, opacity)

    return change


def captioned(picture: Image.Image) -> Image.Image:
    high = picture.height // 6
    with_bar = ImageOps.expand(picture, (0, high, 0, 0), "white")
    ImageDraw.Draw(with_bar).text((20, high // 4), "WHEN THE KITE FLEW AWAY", "black", font_size=high // 2)
    return with_bar


def screenshot(picture: Image.Image) -> Image.Image:
    """In a phone's messenger: bars, bubbles and words around it."""
    screen = Image.new("RGB", (1080, 2160), "#e5ddd5")
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1080, 180), "#075e54")
    draw.text((160, 70), "Group of friends", "white", font_size=48)
    for line in range(4):
        draw.rounded_rectangle((40, 220 + 110 * line, 500 + 90 * line, 310 + 110 * line), 20, "white")
        draw.text((70, 240 + 110 * line), "words of a chat " * (1 + line % 2), "black", font_size=36)
    inside = ImageOps.contain(picture, (900, 1200))
    screen.paste(inside, (90, 720))
    draw.rectangle((0, 2020, 1080, 2160), "white")
    return screen


def noisy(picture: Image.Image) -> Image.Image:
    grain = np.random.default_rng(1).normal(0, 15, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))


def hue(picture: Image.Image) -> Image.Image:
    shade, colour, light = picture.convert("HSV").split()
    return Image.merge("HSV", (shade.point([(v + 85) % 256 for v in range(256)]), colour, light)).convert("RGB")


def resized(factor: float) -> Change:
    return lambda picture: picture.resize((int(picture.width * factor), int(picture.height * factor)))


CHANGES: dict[str, tuple[Change, int]] = {
    "JPEG quality 30": (lambda p: p, 30),
    "half size": (resized(0.5), 85),
    "quarter size": (resized(0.25), 85),
    "brighter": (lambda p: ImageEnhance.Brightness(p).enhance(1.25), 85),
    "contrast": (lambda p: ImageEnhance.Contrast(p).enhance(1.4), 85),
    "grey": (lambda p: p.convert("L").convert("RGB"), 85),
    "blur": (lambda p: p.filter(ImageFilter.GaussianBlur(3)), 85),
    "noise": (noisy, 85),
    "watermark, small": (written(0.05, 0.6), 85),
    "mirrored": (ImageOps.mirror, 85),
    "quarter turn": (lambda p: p.transpose(Image.Transpose.ROTATE_90), 85),
    "border": (framed(0.05, 0.05, 0.05, 0.05, "black"), 85),
    "frame, white": (framed(0.1, 0.1, 0.1, 0.1, "white"), 85),
    "letterbox": (framed(0, 0.15, 0, 0.15, "black"), 85),
    "pillarbox": (framed(0.2, 0, 0.2, 0, "black"), 85),
    "crop 5 % centre": (cut(0.025, 0.025, 0.025, 0.025), 85),
    "crop 10 % centre": (cut(0.05, 0.05, 0.05, 0.05), 85),
    "crop 20 % centre": (cut(0.1, 0.1, 0.1, 0.1), 85),
    "crop uneven, 20 %": (cut(0.1, 0.13, 0.1, 0.08), 85),
    "crop 5 % corner": (cut(0, 0, 0.05, 0.05), 85),
    "crop 10 % corner": (cut(0.1, 0, 0, 0.1), 85),
    "crop 15 % corner": (cut(0.15, 0.15, 0, 0), 85),
    "crop 20 % corner": (cut(0, 0.2, 0.2, 0), 85),
    "crop 12 % corner": (cut(0.12, 0, 0, 0.12), 85),
    "crop 7 % corner": (cut(0, 0.07, 0.07, 0), 85),
    "crop 5 % side": (cut(0.05, 0, 0, 0), 85),
    "crop 10 % side": (cut(0, 0, 0, 0.1), 85),
    "crop 20 % side": (cut(0, 0.2, 0, 0), 85),
    "crop 15 % side": (cut(0, 0.15, 0, 0), 85),
    "crop 15 % centre": (cut(0.075, 0.075, 0.075, 0.075), 85),
    "cut to a square": (lambda p: ImageOps.fit(p, (min(p.size),) * 2), 85),
    "crop and mirrored": (lambda p: ImageOps.mirror(cut(0.1, 0.1, 0, 0)(p)), 85),
    "sticker": (drawn_on((0.55, 0.5, 0.8, 0.8, "yellow")), 85),
    "watermark, big": (written(0.12, 0.9), 85),
    "hue": (hue, 85),
    "2 degrees": (lambda p: p.rotate(2, Image.Resampling.BICUBIC), 85),
    "3 degrees": (lambda p: p.rotate(3, Image.Resampling.BICUBIC), 85),
    "3 degrees, enlarged": (lambda p: cut(0.04, 0.04, 0.04, 0.04)(p.rotate(-3, Image.Resampling.BICUBIC)), 85),
    "caption above": (captioned, 85),
    "caption below": (lambda p: ImageOps.flip(captioned(ImageOps.flip(p))), 85),
    "screenshot": (screenshot, 85),
}
