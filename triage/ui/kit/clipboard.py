"""Puts text on the clipboard, and takes it off again when the store is locked."""

from __future__ import annotations

from PySide6.QtGui import QClipboard, QGuiApplication

_copied = ""


def copy_text(text: str) -> None:
    """Puts a text on the clipboard and remembers it, so that it is known again in the hands of a clipboard manager."""
    global _copied
    _copied = text
    QGuiApplication.clipboard().setText(text)


def clear_own_clipboard() -> None:
    """Clears the clipboard, and the selection of X11, where they hold something of this program."""
    global _copied
    clipboard = QGuiApplication.clipboard()
    if clipboard.ownsClipboard() or (_copied and clipboard.text() == _copied):
        clipboard.clear()
    if clipboard.supportsSelection() and clipboard.ownsSelection():
        clipboard.clear(QClipboard.Mode.Selection)
    _copied = ""
