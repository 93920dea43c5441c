"""Prints the halves of the recovery key; nothing else is printed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from triage.ui.kit import theme
from triage.ui.text.i18n import Safe, ltr, tr


def can_print() -> bool:
    """Returns whether the system has a printer."""
    return bool(QPrinterInfo.availablePrinterNames())


def print_half(parent: QWidget, which: int, lines: Sequence[str], fingerprint: str, store: str) -> None:
    """Prints one half after the system's print dialog."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if QPrintDialog(printer, parent).exec():
        painter = QPainter(printer)
        draw_lines(
            painter, QRectF(printer.pageRect(QPrinter.Unit.DevicePixel)), list_sheet_lines(which, lines, fingerprint, store)
        )
        painter.end()


def list_sheet_lines(which: int, lines: Sequence[str], fingerprint: str, store: str) -> list[Safe]:
    """Returns the lines of the printed sheet."""
    title = tr("Recovery key, first half") if which == 0 else tr("Recovery key, second half")
    keep = tr("Keep this half apart from the other, in a sealed envelope. Both together open the store.")
    code = [ltr(line) for line in lines]
    return [title, Safe(""), *code, Safe(""), keep, tr("Signing key {key}", key=ltr(fingerprint)), ltr(store)]


def draw_lines(painter: QPainter, page: QRectF, text: Sequence[str]) -> None:
    """Draws the lines on a page, wrapped; a line takes 1/36 of the page's height."""
    height = page.height() / 36
    font = theme.font(px=max(1, int(height * 0.5)))
    painter.setFont(font)
    top = page.height() / 12
    for line in text:
        place = QRectF(page.width() / 12, top, page.width() * 10 / 12, height * 3)
        bounds = painter.boundingRect(place, int(Qt.TextFlag.TextWordWrap), line or " ")
        painter.drawText(place, int(Qt.TextFlag.TextWordWrap), line)
        top += max(height, bounds.height() + height / 4)
