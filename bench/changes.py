"""The changes of images that bench/quality.py makes, each with the JPEG quality it is saved at."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Change = Callable[[Image.Image], Image.Image]


def crop_by(left: float, top: float, right: float, bottom: float) -> Change:
    """Returns a change that crops these shares of the sides."""

    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        return picture.crop((int(left * width), int(top * height), int((1 - right) * width), int((1 - bottom) * height)))

    return change


def cut_unevenly(most: float, count: int = 4, time: int = 0) -> Change:
    """Returns a change that crops `count` sides by another amount each, up to `most`.

    Each image is cropped in its own way, and in another each `time`.
    """

    def change(picture: Image.Image) -> Image.Image:
        dice = np.random.default_rng((zlib.crc32(picture.resize((8, 8)).tobytes()), time))
        sides = np.zeros(4)
        sides[dice.permutation(4)[:count]] = dice.uniform(0, most, count)
        return crop_by(*sides)(picture)

    return change


def add_frame(left: float, top: float, right: float, bottom: float, colour: str) -> Change:
    """Returns a change that adds a border, its widths as shares of the sides."""

    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        edges = (int(left * width), int(top * height), int(right * width), int(bottom * height))
        return ImageOps.expand(picture, edges, colour)

    return change


def draw_on(*shapes: tuple[float, float, float, float, str]) -> Change:
    """Returns a change that draws coloured ellipses."""

    def change(picture: Image.Image) -> Image.Image:
        copy = picture.copy()
        draw, (width, height) = ImageDraw.Draw(copy), picture.size
        for left, top, right, bottom, colour in shapes:
            draw.ellipse((left * width, top * height, right * width, bottom * height), colour)
        return copy

    return change


def write_on(size: float, opacity: float) -> Change:
    """Returns a change that writes a line of text, blended with this opacity."""

    def change(picture: Image.Image) -> Image.Image:
        layer = picture.copy()
        height = picture.height * size
        ImageDraw.Draw(layer).text((picture.width * 0.1, picture.height * 0.45), "example.invalid", "white", font_size=height)
        return Image.blend(picture, layer, opacity)

    return change


def add_caption(picture: Image.Image) -> Image.Image:
    """Adds a white bar with a sentence at the top and an empty one at the bottom."""
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


def chat(picture: Image.Image) -> Image.Image:
    """In a bubble with the time, on a ground that is scattered with faint doodles."""
    screen = Image.new("RGB", (1080, 2160), "#e6ddd0")
    draw, dice = ImageDraw.Draw(screen), np.random.default_rng(4)
    for left, top, angle in dice.integers(0, (1080, 2160, 360), (500, 3)).tolist():
        draw.arc((left, top, left + 50, top + 50), angle, angle + 200, "#d8cdbb", 3)
    draw.rectangle((0, 0, 1080, 200), "#1f6f5c")
    inside = ImageOps.contain(picture, (760, 1000))
    right, bottom = 260 + inside.width, 420 + inside.height
    draw.rounded_rectangle((248, 408, right + 12, bottom + 60), 24, "#dcf8c6")
    screen.paste(inside, (260, 420))
    draw.text((right - 110, bottom + 10), "18:22", "#888888", font_size=30)
    draw.rounded_rectangle((30, 2020, 910, 2120), 50, "white")
    return screen


def story(picture: Image.Image) -> Image.Image:
    """Upright, between blurred bars."""
    ground = ImageOps.fit(picture, (1080, 1920)).filter(ImageFilter.GaussianBlur(40))
    inside = ImageOps.contain(picture, ground.size)
    ground.paste(inside, ((1080 - inside.width) // 2, (1920 - inside.height) // 2))
    return ground


def add_noise(picture: Image.Image) -> Image.Image:
    """Adds noise with a standard deviation of 15 levels."""
    grain = np.random.default_rng(1).normal(0, 15, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))


def shift_hue(picture: Image.Image) -> Image.Image:
    """Shifts the hue by a third of the circle."""
    shade, colour, light = picture.convert("HSV").split()
    return Image.merge("HSV", (shade.point([(v + 85) % 256 for v in range(256)]), colour, light)).convert("RGB")


def resize_by(factor: float) -> Change:
    """Returns a change that scales both sides by a factor."""
    return lambda picture: picture.resize((int(picture.width * factor), int(picture.height * factor)))


def passed_on(picture: Image.Image) -> Image.Image:
    """Cropped, saved badly, made smaller: as a picture goes from hand to hand."""
    smaller = resize_by(0.6)(crop_by(0.04, 0, 0, 0.06)(picture))
    stream = io.BytesIO()
    smaller.save(stream, "JPEG", quality=40)
    return Image.open(stream).convert("RGB")


def make_thumbnail(picture: Image.Image) -> Image.Image:
    """Shrinks the image into 200 x 200."""
    return ImageOps.contain(picture, (200, 200))


def tint_sepia(picture: Image.Image) -> Image.Image:
    """Turns the image into sepia."""
    return ImageOps.colorize(picture.convert("L"), "#1a0f00", "#fff3d6")


def change_gamma(power: float) -> Change:
    """Returns a change that raises brightness to a power."""
    return lambda picture: picture.point([round(255 * (value / 255) ** power) for value in range(256)] * 3)


def rounded(picture: Image.Image) -> Image.Image:
    """White corners, as programs draw them."""
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *picture.size), min(picture.size) // 12, 255)
    return Image.composite(picture, Image.new("RGB", picture.size, "white"), mask)


def written_across(picture: Image.Image) -> Image.Image:
    """Pale words, slanted, all over the picture."""
    layer = Image.new("L", (2 * max(picture.size),) * 2)
    draw = ImageDraw.Draw(layer)
    for line in range(0, layer.height, layer.height // 10):
        draw.text((line % 7 * 20, line), "example.invalid   " * 8, 90, font_size=layer.height // 40)
    turned = layer.rotate(30)
    left, top = ((a - b) // 2 for a, b in zip(layer.size, picture.size, strict=True))
    mask = turned.crop((left, top, left + picture.width, top + picture.height))
    return Image.composite(Image.new("RGB", picture.size, "white"), picture, mask)


def status_bar(picture: Image.Image) -> Image.Image:
    """A screen that shows the picture alone: a dark bar with the time above, buttons below."""
    width, height = picture.size
    screen = ImageOps.expand(picture, (0, height // 12, 0, height // 9), "#101010")
    draw = ImageDraw.Draw(screen)
    draw.text((width // 30, height // 60), "12:34", "white", font_size=height // 24)
    for place in (1, 2, 3):
        draw.ellipse(
            (width * place // 4, screen.height - height // 12, width * place // 4 + height // 20, screen.height - height // 30),
            "#c0c0c0",
        )
    return screen


CHANGES: dict[str, tuple[Change, int]] = {
    "JPEG quality 30": (lambda p: p, 30),
    "half size": (resize_by(0.5), 85),
    "quarter size": (resize_by(0.25), 85),
    "brighter": (lambda p: ImageEnhance.Brightness(p).enhance(1.25), 85),
    "contrast": (lambda p: ImageEnhance.Contrast(p).enhance(1.4), 85),
    "grey": (lambda p: p.convert("L").convert("RGB"), 85),
    "blur": (lambda p: p.filter(ImageFilter.GaussianBlur(3)), 85),
    "noise": (add_noise, 85),
    "watermark, small": (write_on(0.05, 0.6), 85),
    "mirrored": (ImageOps.mirror, 85),
    "quarter turn": (lambda p: p.transpose(Image.Transpose.ROTATE_90), 85),
    "border": (add_frame(0.05, 0.05, 0.05, 0.05, "black"), 85),
    "frame, white": (add_frame(0.1, 0.1, 0.1, 0.1, "white"), 85),
    "letterbox": (add_frame(0, 0.15, 0, 0.15, "black"), 85),
    "pillarbox": (add_frame(0.2, 0, 0.2, 0, "black"), 85),
    "crop 5 % centre": (crop_by(0.025, 0.025, 0.025, 0.025), 85),
    "crop 10 % centre": (crop_by(0.05, 0.05, 0.05, 0.05), 85),
    "crop 20 % centre": (crop_by(0.1, 0.1, 0.1, 0.1), 85),
    "crop uneven, 20 %": (crop_by(0.1, 0.13, 0.1, 0.08), 85),
    "crop 5 % corner": (crop_by(0, 0, 0.05, 0.05), 85),
    "crop 10 % corner": (crop_by(0.1, 0, 0, 0.1), 85),
    "crop 15 % corner": (crop_by(0.15, 0.15, 0, 0), 85),
    "crop 20 % corner": (crop_by(0, 0.2, 0.2, 0), 85),
    "crop 12 % corner": (crop_by(0.12, 0, 0, 0.12), 85),
    "crop 7 % corner": (crop_by(0, 0.07, 0.07, 0), 85),
    "crop 5 % side": (crop_by(0.05, 0, 0, 0), 85),
    "crop 10 % side": (crop_by(0, 0, 0, 0.1), 85),
    "crop 20 % side": (crop_by(0, 0.2, 0, 0), 85),
    "crop 15 % side": (crop_by(0, 0.15, 0, 0), 85),
    "crop 15 % centre": (crop_by(0.075, 0.075, 0.075, 0.075), 85),
    "cut to a square": (lambda p: ImageOps.fit(p, (min(p.size),) * 2), 85),
    "crop and mirrored": (lambda p: ImageOps.mirror(crop_by(0.1, 0.1, 0, 0)(p)), 85),
    "sticker": (draw_on((0.55, 0.5, 0.8, 0.8, "yellow")), 85),
    "watermark, big": (write_on(0.12, 0.9), 85),
    "hue": (shift_hue, 85),
    "2 degrees": (lambda p: p.rotate(2, Image.Resampling.BICUBIC), 85),
    "3 degrees": (lambda p: p.rotate(3, Image.Resampling.BICUBIC), 85),
    "3 degrees, enlarged": (lambda p: crop_by(0.04, 0.04, 0.04, 0.04)(p.rotate(-3, Image.Resampling.BICUBIC)), 85),
    "caption above": (add_caption, 85),
    "caption below": (lambda p: ImageOps.flip(add_caption(ImageOps.flip(p))), 85),
    "screenshot": (screenshot, 85),
    "JPEG quality 10": (lambda p: p, 10),
    "thumbnail of 200 px": (make_thumbnail, 80),
    "stretched by a tenth": (lambda p: p.resize((p.width * 11 // 10, p.height)), 85),
    "sepia": (tint_sepia, 85),
    "saturation": (lambda p: ImageEnhance.Color(p).enhance(2.0), 85),
    "gamma .6": (change_gamma(0.6), 85),
    "gamma 1.6": (change_gamma(1.6), 85),
    "sharpened": (lambda p: p.filter(ImageFilter.UnsharpMask(3, 200, 2)), 85),
    "negative": (ImageOps.invert, 85),
    "1 degree": (lambda p: p.rotate(1, Image.Resampling.BICUBIC), 85),
    "5 degrees": (lambda p: p.rotate(5, Image.Resampling.BICUBIC), 85),
    "border, coloured": (add_frame(0.03, 0.03, 0.03, 0.03, "#c03020"), 85),
    "rounded corners": (rounded, 85),
    "bars, uneven": (add_frame(0, 0.05, 0, 0.2, "black"), 85),
    "sticker, small": (draw_on((0.1, 0.1, 0.22, 0.26, "yellow")), 85),
    "words all over": (written_across, 85),
    "status bar": (status_bar, 85),
    "crop 20 % a side": (crop_by(0.2, 0.2, 0.2, 0.2), 85),
    "crop 20 % of area": (crop_by(0.053, 0.053, 0.053, 0.053), 85),
    "crop 25 % corner": (crop_by(0.25, 0.25, 0, 0), 85),
    "crop uneven, 10 %": (crop_by(0.06, 0.03, 0.02, 0.05), 85),
    "cut to 16:9": (lambda p: ImageOps.fit(p, (p.width, p.width * 9 // 16)), 85),
    "crop, small, bad": (passed_on, 70),
    "mirrored, 20 % centre": (lambda p: ImageOps.mirror(crop_by(0.1, 0.1, 0.1, 0.1)(p)), 85),
    "turned, 10 % side": (lambda p: crop_by(0.1, 0, 0, 0)(p).transpose(Image.Transpose.ROTATE_270), 85),
    "uneven, to 20 %": (cut_unevenly(0.2), 85),
    "uneven, to 20 %, again": (cut_unevenly(0.2, time=1), 85),
    "uneven, to 10 %": (cut_unevenly(0.1), 85),
    "one side, to 20 %": (cut_unevenly(0.2, 1), 85),
    "two sides, to 20 %": (cut_unevenly(0.2, 2), 85),
    "three sides, to 20 %": (cut_unevenly(0.2, 3), 85),
    "uneven, mirrored": (lambda p: ImageOps.mirror(cut_unevenly(0.2, time=2)(p)), 85),
    "uneven, small, bad": (lambda p: make_thumbnail(cut_unevenly(0.15, time=3)(p)), 40),
    "darker": (lambda p: ImageEnhance.Brightness(p).enhance(0.6), 85),
    "contrast, less": (lambda p: ImageEnhance.Contrast(p).enhance(0.6), 85),
    "chat on a pattern": (chat, 85),
    "story, blurred bars": (story, 85),
    "border and half size": (lambda p: resize_by(0.5)(add_frame(0.05, 0.05, 0.05, 0.05, "white")(p)), 60),
}
