"""Shows the queue of imports: the running one with its progress, those that wait, and those that ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from triage.jobs.exchange.import_queue import QueuedImport
from triage.ui.intake.import_progress import ImportProgress
from triage.ui.intake.import_words import INKS, describe_next_step, describe_paths, describe_receipt, describe_state
from triage.ui.kit.widgets import KeyButton, LabelKind, clear, label, row, rule
from triage.ui.text.i18n import Safe, tr, trn


class QueuePanel(QWidget):
    """Lists the imports. Each signal carries the id of an import; `moved` also a step of -1 or 1.

    The progress is a widget of its own that stays while the list is built anew.
    """

    start_asked = Signal(int)
    moved = Signal(int, int)
    removed = Signal(int)
    pause_asked = Signal()
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.progress = ImportProgress()
        self._ready: Collection[int] = ()
        self.pause = KeyButton.for_action("import", "pause", tr("Pause"), on=self.pause_asked.emit)
        self.stop = KeyButton.for_action("import", "stop", tr("Stop"), kind="quiet", on=self.stop_asked.emit)
        self.running = QFrame()
        self.running.setProperty("kind", "card")
        self._running_words = label("", "strong", wrap=True)
        inside = QVBoxLayout(self.running)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.addWidget(self._running_words)
        inside.addWidget(self.progress)
        inside.addLayout(row(self.pause, self.stop, None))
        self._heading = label(tr("Imports"), "heading")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self.running)
        column.addLayout(self._lines)
        column.addStretch(1)
        self.running.hide()

    def begin(self, order: QueuedImport) -> None:
        """Shows the import that starts now."""
        self._running_words.setText(describe_paths(order))
        self.progress.begin()
        self.running.show()
        self.set_paused(False)
        self.stop.setEnabled(True)

    def end(self) -> None:
        """Hides the progress."""
        self.running.hide()

    def set_paused(self, paused: bool) -> None:
        """Shows whether the running import is paused."""
        self.pause.set_words(tr("Continue") if paused else tr("Pause"))

    def show_orders(
        self, orders: Sequence[QueuedImport], running: int | None, *, may_import: bool, ready: Collection[int]
    ) -> None:
        """Lists all imports but the running one, whose id is `running`. `ready` are those whose passwords are at hand."""
        self._ready = ready
        clear(self._lines)
        listed = [order for order in orders if order.id != running]
        waiting = [order for order in listed if order.state != "finished"]
        if not listed and running is None:
            hint = tr("No import is waiting. Queue a bundle on the left; several run one after the other.")
            self._lines.addWidget(label(hint, "muted", wrap=True))
            return
        if waiting:
            self._lines.addWidget(label(trn("{n} import to do", "{n} imports to do", len(waiting)), "small"))
        for at, order in enumerate(waiting):
            self._lines.addWidget(self._build_line(order, at, len(waiting), idle=running is None, may=may_import))
        ended = [order for order in listed if order.state == "finished"]
        if ended:
            self._lines.addWidget(rule())
            self._lines.addWidget(label(tr("Finished"), "small"))
        for order in ended:
            self._lines.addWidget(self._build_line(order, 0, 0, idle=False, may=may_import))

    def _build_line(self, order: QueuedImport, at: int, count: int, *, idle: bool, may: bool) -> QWidget:
        """Builds the lines of one import, with its buttons."""
        line = QFrame()
        line.setProperty("kind", "card")
        inside = QVBoxLayout(line)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setSpacing(4)
        ink: LabelKind = "bad" if INKS.get(order.state) == "bad" else "warn" if order.state in INKS else "small"
        state = label(describe_state(order), ink)
        inside.addLayout(row(label(describe_paths(order), "strong"), None, state))
        inside.addWidget(label(describe_receipt(order), "small", wrap=True))
        inside.addWidget(
            label(
                describe_next_step(order, ready=order.id in self._ready), "bad" if order.state == "failed" else "muted", wrap=True
            )
        )
        if count and may:
            inside.addLayout(row(*self._build_buttons(order, at, count, idle), None))
        return line

    def _build_buttons(self, order: QueuedImport, at: int, count: int, idle: bool) -> list[KeyButton]:
        """Builds the buttons of an import that has not run to its end."""
        name = describe_paths(order)
        made: list[KeyButton] = []

        def add(words: Safe, on: object, *, enabled: bool = True) -> None:
            button = KeyButton(words, kind="mini", on=on)  # type: ignore[arg-type]
            button.setAccessibleName(f"{words}: {name}")
            button.setEnabled(enabled)
            made.append(button)

        add(tr("Start") if order.state == "waiting" else tr("Start again"), lambda: self.start_asked.emit(order.id), enabled=idle)
        add(tr("Earlier"), lambda: self.moved.emit(order.id, -1), enabled=at > 0)
        add(tr("Later"), lambda: self.moved.emit(order.id, 1), enabled=at + 1 < count)
        add(tr("Remove"), lambda: self.removed.emit(order.id))
        return made
