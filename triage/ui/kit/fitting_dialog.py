"""A dialog that is as high as its words need at its width, and no higher."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog

HIGHEST = 690
"""Pixels that a dialog may be high, so that its buttons stay on the lowest screen."""


class FittingDialog(QDialog):
    """Fits its height to its content: Qt would take the height of wrapped words at the least width, and spread the gaps.

    It follows its content, up to the lowest screen, until a person makes it higher.
    """

    _fitted = False
    _given_height = 0

    def measure_height(self) -> int:
        """Returns the height in pixels that the content needs at the present width."""
        layout = self.layout()
        if layout is None:
            return self.sizeHint().height()
        layout.activate()
        return layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()

    def fit_height(self) -> None:
        """Makes the dialog as high as its content needs; one that a person made higher stays so."""
        height = min(self.measure_height(), HIGHEST)
        follows = not self._fitted or self.height() == self._given_height
        self.setMinimumHeight(height)
        if follows or self.height() < height:
            self._given_height = height
            self.resize(self.width(), height)

    def showEvent(self, event: QShowEvent) -> None:
        """Fits the dialog when it is first shown."""
        super().showEvent(event)
        self.fit_height()
        self._fitted = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the dialog to another width, at which words break otherwise."""
        super().resizeEvent(event)
        if self._fitted and event.size().width() != event.oldSize().width():
            self.fit_height()

    def reject(self) -> None:
        """Closes the dialog, unless it waits, disabled, for what it ordered: nobody would see why that failed."""
        if self.isEnabled():
            super().reject()

    def event(self, event: QEvent) -> bool:
        """Fits the dialog when its content has changed."""
        done = super().event(event)
        if self._fitted and event.type() == QEvent.Type.LayoutRequest:
            self.fit_height()
        return done
