"""Defines the dialog in which a crop without the child is chosen on a blurred image, and looked at before it is used."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from triage import wellbeing
from triage.model.case_page import CaseFile
from triage.model.media import ImageCrop
from triage.model.views import ShowReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import keys
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.media.frame_bar import FrameBar
from triage.ui.media.holding_page import HoldingPage
from triage.ui.media.reveal import RevealRequest
from triage.ui.media.viewing_panel import ViewingPanel, describe_break
from triage.ui.text import report_words
from triage.ui.text.annotation_words import describe_annotation
from triage.ui.text.i18n import Safe, isolated, tr
from triage.ui.victim_id.crop_stage import CropStage
from triage.wellbeing import BreakAdvice, Rung

_ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})
CropDone = Callable[[ImageCrop, int | None], None]


class CropChooser(HoldingPage):
    """Opens the whole image blurred and as edges, and in grey or colour the rectangle alone."""

    def __init__(self, api: Api, runner: Runner, file: CaseFile, fixed: ImageCrop | None, at_ms: int | None) -> None:
        super().__init__(api, runner, 1)
        self.file, self._fixed_ms = file, at_ms
        self.reached = Rung.FACTS
        self.seen: tuple[ImageCrop, int | None] | None = None
        """The rectangle and frame that were looked at in grey or colour."""
        self.stage = CropStage(api.user.name, fixed)
        self.stages = (self.stage,)
        self.frames = FrameBar()
        self.panel = ViewingPanel("media")
        self.warning = label("", "bad", wrap=True)
        self.panel.column.addWidget(self.warning)
        self.panel.add_viewing_steps(tr("Viewing steps"))
        self.panel.make_compact()
        self.panel.column.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(self.stage, 1)
        left.addWidget(self.frames)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(left, 1)
        whole.addWidget(self.panel)
        self.connect_controls(self.panel.ladder, self.panel.latch)
        keys.bind(self, "media", "facts", lambda: self.step_on(Rung.FACTS))
        keys.bind(self, "media", "verdict", lambda: self.step_on(Rung.VERDICT))
        keys.bind(self, "media", "latch", self.toggle_latch)
        keys.bind(self, "media", "frame_before", lambda: self.frames.go(-1))
        keys.bind(self, "media", "frame_after", lambda: self.frames.go(1))
        self.frames.changed.connect(self._frame_changed)
        self.stage.changed.connect(self.show_state)
        self.show_state()
        runner.ask(lambda: api.show(file.report), self._show_warnings, owner=self, failed=self.said.emit, about="report")
        runner.ask(lambda: api.preview(file.sha256), self.stage.show_preview, owner=self, failed=self.said.emit, about="preview")
        if fixed is None:
            runner.ask(lambda: api.film_times(file.sha256), self._show_times, owner=self, failed=self.said.emit, about="frames")

    def _show_warnings(self, report: ShowReport) -> None:
        """Names the grave annotations, which are read before anything is shown."""
        entries = [each for each in report.files if each.sha256 == self.file.sha256]
        names = wellbeing.select_warnings((*report.annotations, *(name for each in entries for name in each.annotations)))
        said = report_words.listed(describe_annotation(name) for name in names)
        self.warning.setText(tr("Stated by the source: {names}", names=said) if names else "")
        self.current = self.reached = wellbeing.first_rung(bool(names))
        self.show_state()

    def _show_times(self, times: tuple[int, ...]) -> None:
        """Offers the frames of a video, beginning with the first."""
        self.frames.show_times(times)
        self.frames.go(1)

    def _frame_changed(self) -> None:
        """Closes what is open: another frame is another image."""
        self.let_go()
        self.reached = min(self.reached, Rung.VERDICT)
        self.show_state()

    @property
    def at_ms(self) -> int | None:
        """Returns the time of the chosen frame, None for an image."""
        return self._fixed_ms if self.stage.fixed else self.frames.at_ms

    def was_looked_at(self) -> bool:
        """Returns whether this very rectangle was opened in grey or colour."""
        return self.seen == (self.stage.window_of_crop, self.at_ms)

    # What HoldingPage asks

    def can_show(self) -> bool:
        """Returns True: a file of a series is stored."""
        return True

    def requests_for(self, rung: Rung) -> tuple[RevealRequest | None, ...]:
        """Returns the whole image up to edges, and the rectangle alone above."""
        crop = self.stage.window_of_crop if rung >= Rung.GREY else None
        self.stage.shows_crop = crop is not None
        return (RevealRequest(self.file.report, self.file.sha256, wellbeing.STEPS[rung], self.at_ms, crop),)

    def reached_step(self) -> Rung:
        """Returns the highest viewing step reached so far."""
        return self.reached

    def set_reached_step(self, rung: Rung) -> None:
        """Stores the highest viewing step reached, and which rectangle was looked at."""
        self.reached = rung
        if self.holding is not None and self.holding >= Rung.GREY:
            self.seen = (self.stage.window_of_crop, self.at_ms)

    def go(self, step: int) -> None:
        """Does nothing: the arrow keys move the rectangle."""

    def show_state(self) -> None:
        """Updates the viewing steps."""
        self.panel.ladder.show_state(self.current, self.reached, shows=True, holding=self.holding)

    def show_advice(self, advice: BreakAdvice | None) -> None:
        """Shows the advice to take a break."""
        self.panel.advice.setVisible(advice is not None)
        self.panel.advice.setText("" if advice is None else describe_break(advice))

    def _handle_key(self, watched: QObject, event: QKeyEvent) -> bool:
        """Leaves the arrow keys to the stage."""
        return event.key() not in _ARROWS and super()._handle_key(watched, event)


class CropDialog(QDialog):
    """Chooses a crop, or shows one that was chosen.

    A crop is used only after it was looked at in grey or colour, and after the person said that no part of the child is in it.
    """

    def __init__(
        self,
        api: Api,
        runner: Runner,
        file: CaseFile,
        *,
        parent: QWidget,
        done: CropDone | None = None,
        fixed: ImageCrop | None = None,
        at_ms: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._done = done
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Crop of {name}", name=isolated(file.name))
        self.setWindowTitle(title)
        self.chooser = CropChooser(api, runner, file, fixed, at_ms)
        self.problem = label("", "bad", wrap=True)
        self.chooser.said.connect(self.problem.setText)
        self.chooser.stage.changed.connect(self._changed)
        self.chooser.frames.changed.connect(self._changed)
        self.without_child = QCheckBox(tr("No part of the child is in the rectangle"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(8)
        whole.addWidget(label(title, "title", wrap=True))
        whole.addWidget(label(self._describe(), "muted", wrap=True))
        whole.addWidget(self.chooser, 1)
        whole.addWidget(self.problem)
        cancel = KeyButton.for_way_back(tr("Cancel") if done else tr("Close"), self.reject)
        line = row(self.without_child, None, cancel)
        self.use = KeyButton(tr("Use this crop"), tr("Ctrl Enter"), kind="primary", on=self.accept)
        if done is None:
            self.without_child.hide()
            self.use.hide()
        line.addWidget(self.use)
        whole.addLayout(line)
        self.resize(1_000, 640)
        self.chooser.stage.setFocus()

    def _describe(self) -> Safe:
        """Returns what to do."""
        if self._done is None:
            return tr("Hold 5 or 6 to see the crop. Nothing else of the file is shown.")
        return tr(
            "Draw a rectangle with the mouse, or move it with the arrow keys and change its size with Shift. "
            "Hold 3 or 4 to see the whole blurred or as edges, 5 or 6 to see the rectangle alone."
        )

    def _changed(self) -> None:
        """Asks again for another rectangle."""
        self.without_child.setChecked(False)
        self.problem.setText("")

    def find_problem(self) -> Safe | None:
        """Returns why the crop can't be used yet, or None."""
        if not self.chooser.stage.window_of_crop.is_crop():
            return tr("The rectangle covers more than half of the image; make it smaller.")
        if not self.chooser.was_looked_at():
            return tr("Look at the rectangle first: hold 5.")
        if not self.without_child.isChecked():
            return tr("Tick that no part of the child is in the rectangle.")
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Uses the crop on Ctrl+Enter."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Hands the crop over, or says what is missing."""
        if self._done is None:
            return
        problem = self.find_problem()
        self.problem.setText(problem or "")
        if problem is None:
            self.chooser.conceal()
            self._done(self.chooser.stage.window_of_crop, self.chooser.at_ms)
            super().accept()

    def reject(self) -> None:
        """Closes what is open before the dialog goes."""
        self.chooser.conceal()
        super().reject()

    def changeEvent(self, event: QEvent) -> None:
        """Lets go when the dialog becomes inactive."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.chooser.let_go()
