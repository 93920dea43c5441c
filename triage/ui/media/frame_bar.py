"""Defines the bar that steps through the frames of a video."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.ui.kit.widgets import KeyButton, label
from triage.ui.text.i18n import decimal, tr


class FrameBar(QWidget):
    """Chooses one frame of a video, or the sheet of nine frames.

    `changed` is emitted when another frame or the sheet is chosen.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._times: tuple[int, ...] = ()
        self._place: int | None = None
        self._words = label("", "muted")
        self.sheet_button = KeyButton.for_action("media", "sheet", tr("All on one sheet"), kind="quiet", on=self.show_sheet)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 4, 16, 0)
        line.setSpacing(8)
        line.addStretch(1)
        line.addWidget(KeyButton.for_action("media", "frame_before", tr("Frame before"), kind="quiet", on=lambda: self.go(-1)))
        line.addWidget(self._words)
        line.addWidget(KeyButton.for_action("media", "frame_after", tr("Frame after"), kind="quiet", on=lambda: self.go(1)))
        line.addWidget(self.sheet_button)
        line.addStretch(1)
        self.hide()

    @property
    def at_ms(self) -> int | None:
        """Returns the time of the chosen frame in milliseconds, or None for the sheet."""
        return None if self._place is None else self._times[self._place]

    def show_times(self, times: tuple[int, ...]) -> None:
        """Shows the frame times of a file in milliseconds, starting with the sheet; () hides the bar."""
        self._times, self._place = times, None
        self.setVisible(bool(times))
        self._update_words()

    def go(self, step: int) -> None:
        """Moves to the next or previous frame, and stops at the ends."""
        if not self._times:
            return
        last = len(self._times) - 1
        before = self._place
        self._place = (0 if step > 0 else last) if before is None else max(0, min(last, before + step))
        if self._place != before:
            self._update_words()
            self.changed.emit()

    def show_sheet(self) -> None:
        """Chooses the sheet of nine frames."""
        if self._place is not None:
            self._place = None
            self._update_words()
            self.changed.emit()

    def describe_frame(self) -> str:
        """Returns the description of the chosen frame."""
        return self._words.text()

    def _update_words(self) -> None:
        """Updates the description and the button of the sheet."""
        self.sheet_button.setEnabled(self._place is not None)
        if self._place is None:
            self._words.setText(tr("nine frames on a sheet, of {n}", n=len(self._times)))
        else:
            seconds = decimal(self._times[self._place] / 1000)
            self._words.setText(
                tr("frame {n} of {total}, at {seconds} s", n=self._place + 1, total=len(self._times), seconds=seconds)
            )
