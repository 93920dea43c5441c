"""Contrast by WCAG 2.2 (AA: 4.5 for text, 3 for large text and parts of controls), and a style sheet that knows its names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QRawFont
from PySide6.QtWidgets import QApplication

from triage.ui.kit import theme

TICK = re.compile(r'image: url\("([^"]+)"\)')
TEXT = [
    ("text", "ground"), ("text", "panel"), ("text", "raised"), ("text", "hover"), ("text", "selected"), ("text", "rail"),
    ("text", "row_a"), ("muted", "ground"), ("muted", "panel"), ("muted", "rail"), ("muted", "selected"), ("muted", "row_a"),
    ("accent", "ground"), ("accent", "panel"), ("on_accent_fill", "accent_fill"), ("on_chip", "chip"),
    ("on_chip_grave", "chip_grave"), ("on_chip_calm", "chip_calm"), ("bad", "ground"), ("bad", "panel"), ("bad", "row_a"),
    ("bad", "selected"), ("warn", "ground"), ("warn", "panel"), ("warn", "selected"), ("good", "panel"), ("muted", "stage"),
]  # fmt: skip
LARGE = [(f"on_band_{band}", f"band_{band}") for band in "abcde"]
PARTS = [("focus", "ground"), ("focus", "panel"), ("focus", "row_a"), ("bar", "bar_ground")]


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(palette: dict[str, str], one: str, other: str) -> float:
    light, dark = sorted((luminance(QColor(palette[one])), luminance(QColor(palette[other]))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", theme.THEMES)
def test_contrast(name: theme.ThemeName) -> None:
    palette = theme.load_palettes()[name]
    weak = [f"{a} on {b}: {contrast(palette, a, b):.2f}" for a, b in TEXT if contrast(palette, a, b) < 4.5]
    weak += [f"{a} on {b}: {contrast(palette, a, b):.2f}" for a, b in LARGE + PARTS if contrast(palette, a, b) < 3]
    assert not weak


def test_palettes_have_the_same_names() -> None:
    assert {frozenset(palette) for palette in theme.load_palettes().values()} == {frozenset(theme.load_palettes()["dark"])}


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize("language", ["en", "ur"])
def test_style_sheet_is_filled(app: QApplication, name: theme.ThemeName, language: theme.i18n.Language) -> None:
    made = theme.apply(app, name, language)
    sheet = theme.style_sheet(made)
    assert "$" not in sheet
    assert made.colours["accent_fill"] in sheet
    assert theme.current() == made


def test_shipped_fonts_have_the_letters(app: QApplication) -> None:
    assert {theme.LATIN, theme.URDU} <= set(QFontDatabase.families())
    urdu = QRawFont.fromFont(QFontDatabase.font(theme.URDU, "Regular", 12))
    latin = QRawFont.fromFont(QFontDatabase.font(theme.LATIN, "Regular", 12))
    assert all(urdu.supportsCharacter(ord(char)) for char in "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیے۔،؟")
    assert all(latin.supportsCharacter(ord(char)) for char in "AzéŁЯΩ0123456789‹")


@pytest.mark.parametrize("name", theme.THEMES)
def test_a_ticked_box_has_a_tick_that_stands_out(app: QApplication, name: theme.ThemeName) -> None:
    (tick,) = (Path(each) for each in TICK.findall(theme.style_sheet(theme.build_theme(name))))
    assert tick.is_file() and tick.with_name(f"{tick.stem}@2x.png").is_file()
    colour = "#000000" if "black" in tick.name else "#ffffff"
    assert contrast({"tick": colour, **theme.load_palettes()[name]}, "tick", "accent") >= 3
