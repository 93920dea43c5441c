"""Says what to do next when the queue is empty."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.model.views import QueueFilter
from triage.ui.kit.widgets import KeyButton, label
from triage.ui.queue.facets import count_facets
from triage.ui.queue.state import OPEN_WORK
from triage.ui.text.i18n import Safe, tr


@dataclass(frozen=True, slots=True)
class EmptyReason:
    """Holds the title and the next step of an empty queue, and which button to offer."""

    title: Safe
    next_step: Safe
    offer_import: bool = False
    offer_clear: bool = False
    offer_everywhere: bool = False


def explain_empty_queue(wanted: QueueFilter, lane: str) -> EmptyReason:
    """Returns why the queue is empty under this filter, and what to do next."""
    if wanted.search:
        narrowed = count_facets(wanted) > 1
        step = tr("Search covers report numbers, identifiers, names and texts; every word must occur. Try fewer words.")
        if narrowed:
            step = tr("Only reports under the filters above were searched. Search all reports, or try fewer words.")
        title = tr("Nothing found for {words}.", words=wanted.search)
        return EmptyReason(title, step, offer_clear=True, offer_everywhere=narrowed)
    if wanted.new_since is not None:
        step = tr("Work from the top: the queue is in order of urgency.")
        return EmptyReason(tr("Nothing new has come since you were last here."), step, offer_clear=True)
    if lane == "mine":
        step = tr("Select a report in the whole queue and press A to take it.")
        return EmptyReason(tr("Nothing here is assigned to you."), step, offer_clear=True)
    if lane == "preserve":
        return EmptyReason(
            tr("Nothing expires within 30 days."), tr("Work from the top: the queue is in order of urgency."), offer_clear=True
        )
    if wanted != OPEN_WORK:
        step = tr("Take a filter away, choose another lane, or show all open reports.")
        return EmptyReason(tr("No reports here."), step, offer_clear=True)
    return EmptyReason(
        tr("No report is open."),
        tr("Import a bundle: drop files, folders or zips onto this window, or press I."),
        offer_import=True,
    )


class EmptyQueuePage(QWidget):
    """Shows the reason for an empty queue, with a button that helps."""

    import_asked = Signal()
    clear_asked = Signal()
    everywhere_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "title", wrap=True)
        self._next = label("", "muted", wrap=True)
        words = QWidget()
        words.setMinimumWidth(300)
        words.setMaximumWidth(560)
        inner = QVBoxLayout(words)
        inner.setSpacing(12)
        for part in (self._title, self._next):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inner.addWidget(part)
        self.import_button = KeyButton.for_action(
            "queue", "import", tr("Import bundles"), kind="primary", on=self.import_asked.emit
        )
        self.clear_button = KeyButton.for_action("queue", "clear", tr("Show all open reports"), on=self.clear_asked.emit)
        self.everywhere_button = KeyButton(tr("Search all reports"), kind="primary", on=self.everywhere_asked.emit)
        for button in (self.import_button, self.clear_button, self.everywhere_button):
            button.hide()
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.import_button)
        buttons.addWidget(self.everywhere_button)
        buttons.addWidget(self.clear_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(words, 50)
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
        self.everywhere_button.setVisible(state.offer_everywhere)
