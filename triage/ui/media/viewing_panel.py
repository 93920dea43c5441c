"""Defines the base of the panels beside an image: viewing steps, latch button and advice to take a break."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage import wellbeing
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.widgets import KeyButton, label, row, scrolled
from triage.ui.media.viewing_steps import ViewingSteps
from triage.ui.text.i18n import Safe, is_rtl, tr, trn
from triage.wellbeing import BreakAdvice

WIDTH = 372
COMPACT_STEP = 28
"""Pixels of a step where the panel shares its height with other things."""


class ViewingPanel(QWidget):
    """A scrolled side panel; a subclass adds its parts to `column`."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        self.setProperty("mirrored", is_rtl())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.ladder = ViewingSteps()
        seconds = round(wellbeing.ViewingPolicy().latch.total_seconds())
        self.latch = KeyButton.for_action(screen, "latch", tr("Keep it open {n} s", n=seconds))
        self.advice = label("", "warn", wrap=True)
        self.advice.hide()
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(16, 14, 16, 16)
        self.column.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        content.setMinimumHeight(1)  # else its height would be that of its narrowest width
        outer.addWidget(scrolled(content))

    def add_viewing_steps(self, heading: Safe) -> None:
        """Adds the viewing steps under a heading, then the latch button and the place of the advice."""
        self.column.addSpacing(6)
        self.column.addWidget(label(heading, "heading"))
        self.column.addWidget(self.ladder)
        self.column.addLayout(row(label(tr("If you can't hold the key:"), "small"), None, self.latch))
        self.column.addWidget(self.advice)

    def make_compact(self) -> None:
        """Makes the viewing steps lower, for panels that also hold the stage."""
        for button in self.ladder.buttons.values():
            button.setProperty("compact", True)
            button.setFixedHeight(COMPACT_STEP)
        layout = self.ladder.layout()
        if layout is not None:
            layout.setSpacing(2)

    def show_advice(self, advice: BreakAdvice | None) -> None:
        """Shows the advice to take a break; None hides it."""
        self.advice.setVisible(advice is not None)
        if advice is not None:
            self.advice.setText(describe_break(advice))


def describe_break(advice: BreakAdvice) -> Safe:
    """Returns the advice to take a break, which only this person sees."""
    if advice.after_grave:
        return trn(
            "You have viewed {n} file with a grave warning. A break of {pause} min is advised. Only you see this.",
            "You have viewed {n} files with a grave warning. A break of {pause} min is advised. Only you see this.",
            advice.grave,
            pause=round(advice.pause.total_seconds() / 60),
        )
    return tr(
        "You have been viewing for {spell} min, {looking} s of it unblurred. "
        "A break of {pause} min is advised. Only you see this.",
        spell=round(advice.spell.total_seconds() / 60),
        looking=round(advice.looking.total_seconds()),
        pause=round(advice.pause.total_seconds() / 60),
    )
