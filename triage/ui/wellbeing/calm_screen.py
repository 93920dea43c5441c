"""Shows a calm screen between two reports, for those who chose it. Any key or click goes on; it counts and measures nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.ui.core.api import Api
from triage.ui.core.own_choices import own_choices
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import tr


class CalmScreen(QWidget):
    """Covers the pages until the person goes on."""

    def __init__(self, api: Api, over: QWidget) -> None:
        super().__init__(over)
        self._api, self._over = api, over
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        for text, kind in (
            (tr("Take a breath before the next report."), "title"),
            (tr("Press any key to continue. You chose this screen on the page Wellbeing; only you know."), "muted"),
        ):
            line = label(text, kind, wrap=True)  # type: ignore[arg-type]
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            whole.addWidget(line)
        whole.addStretch(1)
        self.setAccessibleName(tr("Calm screen"))
        over.installEventFilter(self)
        self.hide()

    def offer(self) -> bool:
        """Covers the pages if the person chose it; returns whether it did."""
        if not own_choices(self._api).calm_screen:
            return False
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def go_on(self) -> None:
        """Uncovers the pages and gives them the keys."""
        self.hide()
        below = getattr(self._over, "currentWidget", lambda: self._over)()
        below.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes on; the key does nothing else."""
        event.accept()
        self.go_on()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Goes on."""
        event.accept()
        self.go_on()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays as large as the pages."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._over.rect())
        return False

    def event(self, event: QEvent) -> bool:
        """Takes every key for itself, so that no shortcut of a page below acts."""
        plain = isinstance(event, QKeyEvent) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.type() == QEvent.Type.ShortcutOverride and plain:
            event.accept()
            return True
        return super().event(event)
