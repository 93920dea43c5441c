"""Says what to do next when the queue is empty."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.model.views import QueueFilter
from triage.ui.kit.widgets import KeyButton, label
from triage.ui.text.i18n import Safe, tr


@dataclass(frozen=True, slots=True)
class EmptyReason:
    """Holds the title and the next step of an empty queue, and which button to offer."""

    title: Safe
    next_step: Safe
    offer_import: bool = False
    offer_clear: bool = False


def explain_empty_queue(wanted: QueueFilter, lane: str) -> EmptyReason:
    """Returns why the queue is empty under this filter, and what to do next."""
    if wanted.search:
        return EmptyReason(
            tr("Nothing found for {words}.", words=wanted.search),
            tr("Search covers report numbers, identifiers, names and texts; every word must occur. Try fewer words."),
            offer_clear=True,
        )
    if wanted.assignees:
        step = tr("Select a report in the whole queue and press A to take it.")
        return EmptyReason(tr("Nothing here is assigned to you."), step, offer_clear=True)
    if lane == "preserve":
        return EmptyReason(
            tr("Nothing expires within 30 days."), tr("Work from the top: the queue is in order of urgency."), offer_clear=True
        )
    if lane != "all" or wanted.offices:
        return EmptyReason(tr("No reports here."), tr("Choose another lane, or show the whole queue."), offer_clear=True)
    return EmptyReason(
        tr("The queue is empty."),
        tr("Import a bundle: drop files, folders or zips onto this window, or press I."),
        offer_import=True,
    )


class EmptyQueuePage(QWidget):
    """Shows the reason for an empty queue, with a button that helps."""

    import_asked = Signal()
    clear_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "title", wrap=True)
        self._next = label("", "muted", wrap=True)
        words = QWidget()
        words.setFixedWidth(560)
        inner = QVBoxLayout(words)
        inner.setSpacing(12)
        for part in (self._title, self._next):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inner.addWidget(part)
        self.import_button = KeyButton.for_action(
            "queue", "import", tr("Import bundles"), kind="primary", on=self.import_asked.emit
        )
        self.clear_button = KeyButton.for_action("queue", "clear", tr("Show the whole queue"), on=self.clear_asked.emit)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.import_button)
        buttons.addWidget(self.clear_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(words)
        middle.addStretch(1)
        column.addLayout(middle)  # laid out without an alignment, so that wrapped lines get their height
        column.addLayout(buttons)
        column.addStretch(3)

    def show_state(self, state: EmptyReason) -> None:
        """Shows the words and the buttons of a state."""
        self._title.setText(state.title)
        self._next.setText(state.next_step)
        self.import_button.setVisible(state.offer_import)
        self.clear_button.setVisible(state.offer_clear)
