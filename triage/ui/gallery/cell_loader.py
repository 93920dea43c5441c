"""Loads the cells that are in view, and keeps some hundred of them.

One small request is under way at a time. A scroll replaces what is wanted, so that nothing queues up behind it: what was scrolled
past is never asked for.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QPixmap

from triage.model.gallery import GalleryCell
from triage.model.media import PREVIEW_SIDE
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme

AT_ONCE = 32
"""Cells in one request: some 20 ms of reading, after which a newer wish comes first."""
MAKING_SECONDS = 0.008
"""Time for making thumbnails in one painting; the rest comes with the next one, so that no frame takes long."""
RADIUS = 4
BYTES = 4  # of a pixel
KEPT = 1_500
"""Cells in memory: some 3 MB."""
PIXMAP_BYTES = 8 << 20
"""Thumbnails in memory beside those in view: three screens of them. Those of all cells would be 65 MB, and large ones 250."""


class CellLoader(QObject):
    """Keeps the cells by media item. `loaded` is emitted when cells came."""

    loaded = Signal()

    def __init__(self, api: Api, runner: Runner, parent: QObject) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self._cells: OrderedDict[int, GalleryCell] = OrderedDict()
        self._pixmaps: dict[int, QPixmap] = {}
        self._size = QSize()
        self._wanted: Sequence[tuple[int, int]] = ()
        self._gone: set[int] = set()
        self._stale: set[int] = set()
        self._asking = False
        self._spent = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.loaded)

    def find(self, medium_id: int) -> GalleryCell | None:
        """Returns a cell, or None while it is not there."""
        return self._cells.get(medium_id)

    def want(self, places: Sequence[tuple[int, int]]) -> None:
        """Asks for the cells of (media item, report), the first ones first.

        What was wanted before and did not come is dropped.
        """
        self._wanted = places
        self._limit_thumbnails()
        self._ask()

    def forget(self, medium_ids: Sequence[int]) -> None:
        """Reads these cells anew when they are wanted again; the old ones stay until then."""
        self._stale.update(medium_ids)
        self._drop_answers()
        self._ask()

    def forget_all(self) -> None:
        """Forgets all cells."""
        self._cells.clear()
        self._pixmaps.clear()
        self._gone.clear()
        self._stale.clear()
        self._wanted = ()
        self._drop_answers()

    def _drop_answers(self) -> None:
        """Drops the cells that are on their way: they may be older than what changed."""
        self._runner.drop_answers(self, "cells")
        self._asking = False

    def thumbnail(self, medium_id: int, size: QSize) -> QPixmap | None:
        """Returns the blurred thumbnail at a size, or None when there is none."""
        if size != self._size:
            self._size = size
            self._pixmaps.clear()
        if medium_id not in self._pixmaps:
            cell = self._cells.get(medium_id)
            if cell is None or cell.preview is None:
                return None
            if self._spent > MAKING_SECONDS:
                self._later.start()
                return None
            began = time.perf_counter()
            self._pixmaps[medium_id] = make_thumbnail(cell.preview, size, sheet=cell.kind == "video")
            self._spent += time.perf_counter() - began
        return self._pixmaps[medium_id]

    def _limit_thumbnails(self) -> None:
        """Drops thumbnails that are not wanted when they are many. To make one again takes less than a millisecond."""
        if len(self._pixmaps) * self._size.width() * self._size.height() * BYTES > PIXMAP_BYTES:
            wanted = {medium_id for medium_id, _ in self._wanted}
            self._pixmaps = {medium_id: made for medium_id, made in self._pixmaps.items() if medium_id in wanted}

    def begin_frame(self) -> None:
        """Allows some more thumbnails to be made; called before each painting."""
        self._spent = 0.0

    def _ask(self) -> None:
        """Asks for the first missing cells, unless a request is under way."""
        if self._asking:
            return
        missing = [place for place in self._wanted if self._is_missing(place[0])][:AT_ONCE]
        if not missing:
            return
        self._asking = True
        self._runner.ask(
            lambda: self._api.gallery_cells(missing),
            lambda found: self._landed(missing, found),
            owner=self,
            failed=lambda _: self._landed(missing, {}),
            about="cells",
        )

    def _is_missing(self, medium_id: int) -> bool:
        """Returns whether a cell has to be read."""
        return medium_id in self._stale or (medium_id not in self._cells and medium_id not in self._gone)

    def _landed(self, asked: Sequence[tuple[int, int]], found: dict[int, GalleryCell]) -> None:
        """Keeps the cells that came, and asks for the next that are wanted now."""
        self._asking = False
        self._gone |= {medium_id for medium_id, _ in asked if medium_id not in found}
        self._stale.difference_update(medium_id for medium_id, _ in asked)
        self._cells |= found
        while len(self._cells) > KEPT:
            medium_id, _ = self._cells.popitem(last=False)
            self._pixmaps.pop(medium_id, None)
        self.loaded.emit()
        self._ask()


def make_thumbnail(grey: bytes, size: QSize, *, sheet: bool = False) -> QPixmap:
    """Returns the stored blurred preview stretched to a size, with round corners; it gains no detail.

    With `sheet` lines are drawn between the nine frames of a video. Corners and lines are drawn once here, not at each painting.
    """
    image = QImage(grey, PREVIEW_SIDE, PREVIEW_SIDE, PREVIEW_SIDE, QImage.Format.Format_Grayscale8)
    smooth = Qt.TransformationMode.SmoothTransformation
    image = image.convertToFormat(QImage.Format.Format_RGB32).scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(image))
    painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), RADIUS, RADIUS)
    if sheet:
        painter.setPen(QPen(theme.current().colour("ground"), 2))
        for part in (1, 2):
            x, y = size.width() * part // 3, size.height() * part // 3
            painter.drawLine(x, 0, x, size.height())
            painter.drawLine(0, y, size.width(), y)
    painter.end()
    return QPixmap.fromImage(made)
