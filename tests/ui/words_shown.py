"""What a screen says, and what of it is English of ours or a direction mark that was written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

from triage.ui.kit.text_view import TextView

ISOLATED = re.compile("[\u2066\u2068][^\u2066\u2068\u2069]*\u2069")
MARKS_OF_OURS = re.compile(r"‹U\+(?:000A|200F|2066|2068|2069)›")
WORD = re.compile(r"[A-Za-z]{3,}")
STAYS_LATIN = frozenset(
    [
        "age",
        "BagIt",
        "CSV",
        "DHS",
        "Enter",
        "English",
        "Esc",
        "PEM",
        "PNG",
        "SVG",
        "CSAM",
        "CNIC",
        "dHash",
        "EXIF",
        "GPS",
        "ICSE",
        "Project",
        "VIC",
        "IMEI",
        "JSON",
        "Landlock",
        "MLA",
        "NCMEC",
        "NCCIA",
        "PDF",
        "PDQ",
        "PECA",
        "pHash",
        "PKT",
        "seccomp",
        "SHA",
        "Triage",
        "USB",
        "UTC",
        "VPN",
        "XML",
        "zip",
    ]
)
"""urdu.md, rule 6: names and abbreviations that officers know by their Latin letters."""
QUOTED = frozenset(
    {
        "KHI",
        "LHR",
        "Headquarters",
        "IMG_1.jpg",
        "IMG_2.jpg",
        "Saffron Chat, trust and safety",
        "Example Telecom",
        "Child Protection and Welfare Bureau",
        "Child Protection Authority",
        "  builtins.ValueError\n  at lists.py:12 add_list",
        'اس ذخیرے کا ایک ہی صارف ہے: پیکٹ میں "no second person" لکھا ہو گا۔',
    }
)
"""Sentences that quote what stands on an English paper, and lines of the program's log, which is English."""
OF_SOURCES = frozenset({"platform", "true", "Thread", "example", "khi", "lhr", "Lahore", "Quetta"})
"""Words of the fake report that a source said, and that stand by themselves."""


class Catalogue(dict[str, str]):
    """A catalogue that notes which keys it was asked for in vain."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__(words)
        self.missing: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:  # type: ignore[override]
        if key not in self:
            self.missing.add(key)
        return super().get(key, default)


def texts(widget: QWidget) -> Iterator[str]:
    """Yields what labels, buttons, hints and tables say, and their tooltips; of tables those that are shown."""
    for each in (widget, *widget.findChildren(QWidget)):
        if isinstance(each, QLabel | QAbstractButton):
            yield each.text()
        if isinstance(each, QLineEdit | QPlainTextEdit):
            yield each.placeholderText()
        if isinstance(each, TextView):
            yield from each.list_lines()
            yield from each.list_tips()
        yield each.toolTip()
        yield each.accessibleName()
        if isinstance(each, QListWidget):
            yield from (each.item(row).text() for row in range(each.count()))
        elif isinstance(each, QAbstractItemView) and each.model() is not None and each.isVisibleTo(widget):
            yield from cells(each.model())


def cells(model: QObject) -> Iterator[str]:
    for column in range(model.columnCount()):  # type: ignore[attr-defined]
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")  # type: ignore[attr-defined]
        for row in range(min(40, model.rowCount())):  # type: ignore[attr-defined]
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                said = model.data(model.index(row, column), role)  # type: ignore[attr-defined]
                yield said if isinstance(said, str) else ""


def without_values(text: str) -> str:
    """Returns a text without what stands between isolates: values of sources, and numbers."""
    text = re.sub(r"</?p[^>]*>", "", text)
    while text != (shorter := ISOLATED.sub("", text)):
        text = shorter
    return text


def english_in(text: str) -> list[str]:
    return [word for word in WORD.findall(without_values(text)) if word not in STAYS_LATIN | OF_SOURCES]
