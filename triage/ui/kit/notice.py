"""Provides the notice that shows one sentence for eight seconds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from triage.ui.kit.widgets import KeyButton, fade_in, label, measure_width

SECONDS = 8
SPARE = 12
"""Pixels by which a line may be wider than it measures."""


class Notice(QFrame):
    """Shows a sentence over the lower edge of its parent; screen readers read it out."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("kind", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = label("", wrap=True)
        self._close = KeyButton("×", kind="quiet", on=self.hide)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 8, 8)
        line.addWidget(self._words)
        line.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SECONDS * 1000)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def show_sentence(self, sentence: str) -> None:
        """Shows a sentence for eight seconds. An empty one takes back what is shown."""
        if not sentence:
            self.hide()
            return
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self._place()
        self.show()
        self.raise_()
        fade_in(self)
        self._timer.start()

    def show_wait(self, sentence: str) -> None:
        """Shows what is waited for until an empty text says that the wait has ended."""
        if sentence:
            self.show_sentence(sentence)
            self._timer.stop()
        elif not self._timer.isActive():  # else another sentence took its place
            self.hide()

    def text(self) -> str:
        """Returns the sentence that is shown, or an empty text."""
        return self._words.text() if self.isVisible() else ""

    def _place(self) -> None:
        """Centres the notice near the lower edge of its parent, on one line where that has the room."""
        words = self._words
        words.setMinimumWidth(0)
        beside = self.minimumSizeHint().width() - words.minimumSizeHint().width()
        words.setMinimumWidth(min(measure_width(words.text()) + SPARE, self._over.width() - 32 - beside))
        width = words.minimumWidth() + beside
        height = max(self.minimumSizeHint().height(), self.heightForWidth(width))
        self.setGeometry((self._over.width() - width) // 2, self._over.height() - height - 44, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Moves the notice when its parent is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
