"""Provides colours, sizes and fonts: one palette for each theme, and one style sheet for all.

Code that paints by hand reads `current()`; the style sheet sets all other looks. Sizes are logical pixels on a grid of 8 px.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import Template
from typing import Literal

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication

from triage.resources import resource
from triage.ui.text import i18n, qt_words

ThemeName = Literal["dark", "light", "contrast"]
THEMES: tuple[ThemeName, ...] = ("dark", "light", "contrast")

GRID = 8
TEXT = 13
ROW = 32
RADIUS = 6
FADE_MS = 120

LATIN = "Noto Sans"
URDU = "Noto Naskh Arabic"
FONT_FILES = ("NotoSans-Regular.ttf", "NotoSans-SemiBold.ttf", "NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-SemiBold.ttf")


@dataclass(frozen=True, slots=True)
class Theme:
    """Holds the colours of a palette by their names, and the sizes for the language."""

    name: ThemeName
    colours: dict[str, str]
    text_px: int
    row_px: int

    def colour(self, name: str) -> QColor:
        """Returns a colour of the palette.

        Raises:
            KeyError: the palette has no such colour.
        """
        return QColor(self.colours[name])

    def band(self, band: str) -> tuple[QColor, QColor]:
        """Returns the background and text colour of a band's block."""
        key = f"band_{band.lower()}"
        return self.colour(key), self.colour(f"on_{key}")


@cache
def load_palettes() -> dict[str, dict[str, str]]:
    """Reads all palettes from resources/style/palettes.toml."""
    return tomllib.loads(resource("style", "palettes.toml").read_text("utf-8"))


def build_theme(name: ThemeName, language: i18n.Language = "en") -> Theme:
    """Builds a theme; Urdu has larger text and higher rows."""
    urdu = language == "ur"
    return Theme(name, load_palettes()[name], TEXT + 2 if urdu else TEXT, ROW + 4 if urdu else ROW)


_current: Theme | None = None


def current() -> Theme:
    """Returns the theme in force, or the dark theme before `apply` was called."""
    return _current or build_theme("dark")


def apply(app: QApplication, name: ThemeName, language: i18n.Language) -> Theme:
    """Applies a theme and a language to the whole application, and returns the theme."""
    global _current
    i18n.set_language(language)
    qt_words.install(app)
    load_fonts()
    theme = build_theme(name, language)
    sheet = _keep_style_sheet(name, language)
    if theme == _current and app.styleSheet() == sheet:
        return theme  # dressing anew touches every widget there is
    if _current is None:
        app.setStyle("Fusion")  # once: a new style dresses every widget anew, as the style sheet does
    _current = theme
    app.setPalette(_qt_palette(theme))
    app.setFont(font())
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if i18n.is_rtl() else Qt.LayoutDirection.LeftToRight)
    app.setStyleSheet(sheet)
    return theme


@cache
def _keep_style_sheet(name: ThemeName, language: i18n.Language) -> str:
    """Returns the style sheet of a theme in the language in force, kept for the next time."""
    return style_sheet(build_theme(name, language))


def style_sheet(theme: Theme) -> str:
    """Returns the style sheet with the colours and sizes of a theme.

    Raises:
        KeyError: the template uses an unknown name.
    """
    sizes = {
        "text_px": theme.text_px,
        "small_px": theme.text_px - 2,
        "title_px": theme.text_px + 3,
        "row_px": theme.row_px,
        "radius": RADIUS,
        "tick": _find_tick(QColor(theme.colours["accent"])),
        "family": ", ".join(f'"{name}"' for name in font_families()),
    }
    template = Template(resource("style", "triage.qss").read_text("utf-8"))
    return template.substitute({**theme.colours, **{key: str(value) for key, value in sizes.items()}})


def _find_tick(ground: QColor) -> str:
    """Returns the file with the tick that stands out from the ground of a ticked box."""
    return Path(str(resource("style", f"tick-{'black' if ground.lightnessF() > 0.5 else 'white'}.png"))).as_posix()


def font_families() -> list[str]:
    """Returns the font families for the language, and the other script's font as a fallback."""
    return [URDU, LATIN] if i18n.is_rtl() else [LATIN, URDU]


def font(*, px: int | None = None, bold: bool = False) -> QFont:
    """Returns the text font at a size in pixels, by default the theme's."""
    return QFont(make_font(tuple(font_families()), px or current().text_px, bold))


@lru_cache(maxsize=64)
def make_font(families: tuple[str, ...], px: int, bold: bool) -> QFont:
    """Returns a font of these families, kept for the next one who asks. Nobody may change it."""
    made = QFont(list(families))
    made.setPixelSize(px)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def metrics(*, small: bool = False) -> QFontMetrics:
    """Returns the measures of the text font, or of the small one."""
    px = current().text_px
    return _measure_font(tuple(font_families()), px - 2 if small else px)


@lru_cache(maxsize=16)
def _measure_font(families: tuple[str, ...], px: int) -> QFontMetrics:
    """Returns the measures of a font, kept for the next one who asks: a table asks for each of its cells."""
    return QFontMetrics(make_font(families, px, bold=False))


def small_font(*, bold: bool = False) -> QFont:
    """Returns the text font two pixels smaller."""
    return font(px=current().text_px - 2, bold=bold)


@cache
def load_fonts() -> None:
    """Loads the shipped fonts once.

    Raises:
        RuntimeError: Qt refuses a font file.
    """
    for name in FONT_FILES:
        if QFontDatabase.addApplicationFontFromData(QByteArray(resource("fonts", name).read_bytes())) < 0:
            raise RuntimeError(f"font {name} cannot be loaded")
    _measure_font.cache_clear()  # what was measured before was another font


def _qt_palette(theme: Theme) -> QPalette:
    """Returns a Qt palette with the colours of a theme."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: "ground",
        roles.Base: "ground",
        roles.AlternateBase: "panel",
        roles.WindowText: "text",
        roles.Text: "text",
        roles.Button: "raised",
        roles.ButtonText: "text",
        roles.Highlight: "selected",
        roles.HighlightedText: "text",
        roles.ToolTipBase: "raised",
        roles.ToolTipText: "text",
        roles.PlaceholderText: "muted",
        roles.Link: "accent",
    }
    palette = QPalette()
    for role, name in colours.items():
        palette.setColor(role, theme.colour(name))
    palette.setColor(QPalette.ColorGroup.Disabled, roles.ButtonText, theme.colour("muted"))
    palette.setColor(QPalette.ColorGroup.Disabled, roles.Text, theme.colour("muted"))
    return palette
