"""The Qt binding itself: a release that miscounts references ends the program in the middle of work."""

from __future__ import annotations

import sys

import PySide6
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

CALLS = 2000


def test_calls_that_return_nothing_do_not_use_up_none() -> None:
    """PySide6 6.12.0 gives None away uncounted on Python 3.11 (it is immortal only since 3.12): 6.9 to 6.11 do not."""
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.fillRect(QRect(0, 0, 8, 8), Qt.GlobalColor.black)
    lost = before - sys.getrefcount(None)
    painter.end()
    assert lost < CALLS // 2, f"PySide6 {PySide6.__version__} must not be used with Python {sys.version.split()[0]}"
