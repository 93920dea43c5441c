"""Draws the six viewing steps: facts, verdict, blurred, edges, grey and colour."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from triage import wellbeing
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import cap, label
from triage.ui.text.i18n import Safe, tr
from triage.wellbeing import Rung

ACTIONS = {
    Rung.FACTS: "facts",
    Rung.VERDICT: "verdict",
    Rung.BLURRED: "blurred",
    Rung.EDGES: "edges",
    Rung.GREY: "grey",
    Rung.COLOUR: "colour",
}


def describe_step(rung: Rung) -> Safe:
    """Returns the name of a viewing step."""
    return {
        Rung.FACTS: tr("Facts"),
        Rung.VERDICT: tr("Verdict and warnings"),
        Rung.BLURRED: tr("Blurred, while held"),
        Rung.EDGES: tr("Edges, while held"),
        Rung.GREY: tr("Grey, while held"),
        Rung.COLOUR: tr("Colour, while held"),
    }[rung]


class StepButton(QPushButton):
    """Shows one viewing step with its key and its state."""

    def __init__(self, rung: Rung) -> None:
        super().__init__()
        self.rung = rung
        self.setProperty("kind", "step")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words = label(describe_step(rung))
        self._state = label("", "small")
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 0, 10, 0)
        line.setSpacing(8)
        for part in (cap(find_key("media", ACTIONS[rung]).cap), self._words):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(self._state)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """Returns a size of 240 by 36 pixels."""
        return QSize(240, 36)

    def nextCheckState(self) -> None:
        """Does nothing: the page decides which step is current."""

    def set_state(self, *, current: bool, enabled: bool, state: Safe) -> None:
        """Updates the look and the state text of the step."""
        self.setChecked(current)
        self.setEnabled(enabled)
        self._words.setProperty("kind", "strong" if current else "" if enabled else "muted")
        self._words.style().unpolish(self._words)
        self._words.style().polish(self._words)
        self._state.setText(state)
        self.setAccessibleName(Safe(f"{describe_step(self.rung)}. {state}"))


class ViewingSteps(QWidget):
    """Shows the six viewing steps.

    `stepped` is emitted when a step without an image is clicked. `held` and `let_go` are emitted when a step with an image is
    pressed and released.
    """

    stepped = Signal(object)
    held = Signal(object)
    let_go = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.buttons: dict[Rung, StepButton] = {}
        for rung in Rung:
            button = self.buttons[rung] = StepButton(rung)
            column.addWidget(button)
            if rung in wellbeing.STEPS:
                button.pressed.connect(lambda rung=rung: self.held.emit(rung))
                button.released.connect(self.let_go)
            else:
                button.clicked.connect(lambda _=False, rung=rung: self.stepped.emit(rung))

    def show_state(self, current: Rung, reached: Rung, *, shows: bool, holding: Rung | None) -> None:
        """Updates all steps; with `shows` False only the steps without an image can be chosen."""
        allowed = wellbeing.allowed_rungs(reached)
        for rung, button in self.buttons.items():
            there = rung in allowed and (shows or rung not in wellbeing.STEPS)
            state = _describe_state(rung, reached, there=there, shows=shows, held=rung == holding)
            button.set_state(current=rung == current, enabled=there, state=state)


def _describe_state(rung: Rung, reached: Rung, *, there: bool, shows: bool, held: bool) -> Safe:
    """Returns the state of a step in words."""
    if held:
        return tr("open now")
    if rung in wellbeing.STEPS and not shows:
        return tr("nothing to show")
    if rung <= reached:
        return tr("read") if rung not in wellbeing.STEPS else tr("taken")
    return tr("next") if there else tr("after step {n}", n=int(rung) - 1)
