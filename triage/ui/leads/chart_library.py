"""Loads pyqtgraph when the first chart is drawn, and takes away what would write or print around the product."""

from __future__ import annotations

import sys
import threading
from functools import cache
from typing import Any

from PySide6.QtGui import QPainter


@cache
def load_axis() -> Any:
    """Returns the class of the axis that names the columns.

    The library's own draws by way of a QPicture, which loses the space between a number and an Urdu word.
    """

    class NameAxis(load_pyqtgraph().AxisItem):  # type: ignore[misc]
        """Draws its names directly."""

        def paint(self, painter: QPainter, _option: object, _widget: object) -> None:
            """Draws the axis."""
            painter.save()
            if self.style["tickFont"]:
                painter.setFont(self.style["tickFont"])
            if (specs := self.generateDrawSpecs(painter)) is not None:
                self.drawPicture(painter, *specs)
            painter.restore()

    return NameAxis


@cache
def load_pyqtgraph() -> Any:
    """Returns pyqtgraph. It takes a second on a slow machine, so only the leads' page pays for it.

    On import the library puts hooks of its own in front of those for errors, which print. They are taken away again. It would
    also walk over all objects when the program ends, which is turned off.

    Raises:
        RuntimeError: in another thread than the window's, since classes of Qt that are made there end the process now and then
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("the chart library is loaded in the window's thread")
    hooks = sys.excepthook, threading.excepthook
    import pyqtgraph  # type: ignore[import-untyped]

    sys.excepthook, threading.excepthook = hooks
    pyqtgraph.setConfigOptions(antialias=True, exitCleanup=False, useOpenGL=False, leftButtonPan=False)
    return pyqtgraph
