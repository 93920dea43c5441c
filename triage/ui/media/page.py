"""Defines the page that shows the files of a report one at a time, blurred until a person holds a viewing step."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage import wellbeing
from triage.model.users import Right
from triage.model.views import ShowFile, ShowReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import keys
from triage.ui.kit.marked_lines import make_pill
from triage.ui.kit.widgets import ElidedLabel, KeyButton, bar, cap
from triage.ui.matches.match_pair import changes_of_grade, find_pairs
from triage.ui.media import hidden_files, media_words
from triage.ui.media.frame_bar import FrameBar
from triage.ui.media.grade_dialog import GradeDialog
from triage.ui.media.holding_page import HoldingPage
from triage.ui.media.panel import MediaPanel, describe_holding
from triage.ui.media.reveal import RevealRequest
from triage.ui.media.thumbnail_strips import FilmStrip
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, tr, word
from triage.wellbeing import BreakAdvice, Rung


class MediaPage(HoldingPage):
    """Shows one file of a report with its facts, its viewing steps and the other files.

    `closed` returns to the report. `compare_asked` carries the position of a file to compare with its similar images.
    """

    closed = Signal()
    hidden_changed = Signal()
    compare_asked = Signal(int)

    def __init__(self, api: Api, runner: Runner, report: ShowReport) -> None:
        super().__init__(api, runner, 1)
        self._report = report
        self.at = 0
        self.reached: dict[int, Rung] = {}
        self._graded: str | None = None
        (self.stage,) = self.stages
        (self.revealer,) = self.revealers
        self.panel = MediaPanel()
        self.frames = FrameBar()
        self.film = FilmStrip(api, runner, report.files)
        self._build()
        self._connect()

    def _build(self) -> None:
        """Lays out the stage, the strip of files and the panel."""
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 4, 16, 4)
        foot.setSpacing(8)
        self._foot = ElidedLabel("", "muted", snug=True)
        foot.addStretch(1)
        foot.addWidget(cap(keys.find_key("media", "hold").cap))
        foot.addWidget(self._foot)
        foot.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.stage, 1)
        left.addWidget(self.frames)
        left.addLayout(foot)
        left.addWidget(self.film)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left, 1)
        body.addWidget(self.panel)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._build_bar())
        whole.addLayout(body, 1)

    def _build_bar(self) -> QWidget:
        """Builds the bar with the file name and the buttons."""
        self._name, self._where, self._known = (
            ElidedLabel("", "title", snug=True),
            ElidedLabel("", "muted", snug=True),
            make_pill(Safe("")),
        )
        self.hide_button = KeyButton.for_action("media", "hide", tr("Hide from me"), on=self.toggle_hidden)
        back = KeyButton.for_action("media", "back", tr("Back"), on=self.closed.emit)
        before = KeyButton.for_action("media", "previous", tr("Previous"), on=lambda: self.go(-1))
        after = KeyButton.for_action("media", "next", tr("Next"), on=lambda: self.go(1))
        return bar(self._name, self._where, self._known, None, back, before, after, self.hide_button)

    def _connect(self) -> None:
        """Connects keys, buttons and the strip of files."""
        self.film.chosen.connect(self.show_file)
        self.frames.changed.connect(self._frame_changed)
        self.panel.compare.clicked.connect(self.compare)
        self.panel.grade.clicked.connect(self.grade)
        bound = {
            "back": self.closed.emit,
            "next": lambda: self.go(1),
            "previous": lambda: self.go(-1),
            "facts": lambda: self.step_on(Rung.FACTS),
            "verdict": lambda: self.step_on(Rung.VERDICT),
            "latch": self.toggle_latch,
            "compare": self.compare,
            "grade": self.grade,
            "frame_before": lambda: self.frames.go(-1),
            "frame_after": lambda: self.frames.go(1),
            "sheet": self.frames.show_sheet,
            "hide": self.toggle_hidden,
            "undo": self.undo,
        }
        for action, call in bound.items():
            keys.bind(self, "media", action, call)
        self.connect_controls(self.panel.ladder, self.panel.latch)

    # Which file

    def current_file(self) -> ShowFile:
        """Returns the file that is shown."""
        return self._report.files[self.at]

    def show_file(self, at: int) -> None:
        """Shows a file by its position, at the lowest step that its warnings require."""
        self.let_go()
        self.at = at
        file = self.current_file()
        warned = bool(wellbeing.find_warnings(file, self._report.annotations))
        self.current = self.reached.setdefault(at, wellbeing.first_rung(warned))
        self.current = min(self.current, Rung.VERDICT)
        self._name.setText(report_words.file_name(file))
        place = tr("{n} of {total}, report {report}", n=at + 1, total=len(self._report.files), report=ltr(self._report.report_id))
        self._where.setText(place)
        self._graded = None
        self._update_words(file)
        self._ask_frames(file)
        self._update_strip(again=False)
        self.stage.show_preview(None)
        self.show_state()
        self._ask_preview(file)
        self.stage.setFocus()

    def show_report(self, report: ShowReport) -> None:
        """Updates the page after the report was read again; what is open stays open."""
        key = self.current_file().key
        self._report = report
        self.at = next((at for at, file in enumerate(report.files) if file.key == key), 0)
        self.film.show_files(report.files)
        self._update_strip(again=True)
        self._update_words(self.current_file())
        self.show_state()

    def _update_words(self, file: ShowFile) -> None:
        """Updates the words about the file."""
        self._known.setText(word(media_words.KNOWN.get(file.verdict.known, file.verdict.known)))
        self._foot.setText(describe_holding(file, frame=self.frames.at_ms is not None))
        self.panel.show_file(file, self._report)

    def go(self, step: int) -> None:
        """Shows the next or previous file, or says that there is none."""
        if 0 <= self.at + step < len(self._report.files):
            self.show_file(self.at + step)
        else:
            self.said.emit(tr("This is the last file.") if step > 0 else tr("This is the first file."))

    def _ask_preview(self, file: ShowFile) -> None:
        """Reads the blurred preview of a file in the background."""
        sha256 = file.sha256
        self._runner.drop_answers(self, "preview")
        if sha256 is None or not file.present or self.is_hidden():
            return
        self._runner.ask(
            lambda: self._api.preview(sha256),
            self.stage.show_preview,
            owner=self,
            failed=self.said.emit,
            about="preview",
        )

    def _ask_frames(self, file: ShowFile) -> None:
        """Reads the frame times of a video, so that each frame can be opened alone."""
        self.frames.show_times(())
        self._runner.drop_answers(self, "frames")
        sha256 = file.sha256
        if file.film is None or not file.film.frames or sha256 is None:
            return
        self._runner.ask(
            lambda: self._api.film_times(sha256),
            self.frames.show_times,
            owner=self,
            failed=self.said.emit,
            about="frames",
        )

    def _frame_changed(self) -> None:
        """Closes the image and returns to the verdict step, because another frame is another image."""
        self.let_go()
        self.current = min(self.current, Rung.VERDICT)
        self.reached[self.at] = min(self.reached[self.at], Rung.VERDICT)
        self._foot.setText(describe_holding(self.current_file(), frame=self.frames.at_ms is not None))
        self.show_state()

    def _update_strip(self, *, again: bool) -> None:
        """Updates the strip of files; `again` reloads its previews."""
        self.film.show_at(self.at, again=again)

    # The ladder

    def is_hidden(self) -> bool:
        """Returns whether the person hid this file."""
        return hidden_files.is_hidden(self._api, self.current_file(), self._report.annotations)

    def can_show(self) -> bool:
        """Returns whether the file is stored, readable and not hidden."""
        file = self.current_file()
        return file.present and file.sha256 is not None and not file.problem and not self.is_hidden()

    def requests_for(self, rung: Rung) -> tuple[RevealRequest | None, ...]:
        """Returns what to reveal of this file at a viewing step."""
        sha256 = self.current_file().sha256
        if sha256 is None:
            return (None,)
        return (RevealRequest(self._report.report_id, sha256, wellbeing.STEPS[rung], self.frames.at_ms),)

    def reached_step(self) -> Rung:
        """Returns the highest viewing step reached for this file."""
        return self.reached[self.at]

    def set_reached_step(self, rung: Rung) -> None:
        """Stores the highest viewing step reached for this file."""
        self.reached[self.at] = rung

    def show_advice(self, advice: BreakAdvice | None) -> None:
        """Shows the advice to take a break; None hides it."""
        self.panel.show_advice(advice)

    def show_state(self) -> None:
        """Updates the viewing steps, the buttons and the words on the stage."""
        reached = self.reached[self.at]
        self.panel.ladder.show_state(self.current, reached, shows=self.can_show(), holding=self.holding)
        self.panel.latch.setEnabled(self.can_show() and reached >= Rung.VERDICT)
        self.hide_button.set_words(tr("Show again") if self.is_hidden() else tr("Hide from me"))
        self.stage.show_words(*self._words_instead(reached))

    def _words_instead(self, reached: Rung) -> tuple[str | None, str]:
        """Returns the title and text that stand in place of the image, or (None, "")."""
        file = self.current_file()
        if self.is_hidden():
            return tr("You hid this item"), tr("Only from you, until you lock. {key} shows it again.", key=_find_cap("hide"))
        if not file.present:
            return tr("The file is not stored"), tr(
                "The report lists this file without its content. It may come with a later bundle."
            )
        if reached < Rung.VERDICT:
            return media_words.describe_warning(file, self._report), tr(
                "Press {key} when you have read this.", key=_find_cap("verdict")
            )
        if file.problem:
            return tr("Nothing can be shown"), word(file.problem)
        if self.frames.at_ms is not None:
            return self.frames.describe_frame(), tr("Hold {key} to open this frame alone, blurred.", key=_find_cap("blurred"))
        return None, ""

    # What people say of it

    def compare(self) -> None:
        """Asks to compare the file with its similar images, or says that there are none."""
        if find_pairs(self.current_file(), self._report.report_id):
            self.compare_asked.emit(self.at)
        else:
            self.said.emit(tr("Nothing in this store matches this file, not even possibly."))

    def grade(self) -> None:
        """Opens the grade dialog, or says why the file can't be graded."""
        file = self.current_file()
        if not self._api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
        elif not file.present or file.sha256 is None:
            self.said.emit(tr("The file is not stored, so it can't be graded."))
        else:
            self.let_go()
            GradeDialog(
                self._api,
                self._runner,
                self._report.report_id,
                file,
                parent=self,
                done=self._announce_grade,
                opened=self.reached[self.at] >= Rung.BLURRED,
            ).open()

    def _announce_grade(self, sha256: str, sentence: str) -> None:
        """Remembers the graded file for undo, and announces the grade."""
        self._graded = sha256
        self.said.emit(sentence)

    def undo(self) -> None:
        """Undoes the last grade of this file, or shows a hidden file again."""
        sha256, self._graded = self._graded, None
        if self.is_hidden() or sha256 is None:
            self.undo_hiding()
            return

        def refused(sentence: str) -> None:
            self._graded = sha256
            self.said.emit(sentence)

        self._runner.do(
            lambda _progress, _cancel: self._api.take_back_grade(self._report.report_id, sha256),
            lambda _: self.said.emit(tr("Grade undone.")),
            changes=changes_of_grade(self.current_file(), self._report.report_id),
            owner=self,
            failed=refused,
        )

    # Hiding

    def toggle_hidden(self) -> None:
        """Hides the file from this person, or shows it again."""
        sha256 = self.current_file().sha256
        if sha256 is None:
            return
        if self.is_hidden():
            self.undo_hiding()
            return
        self.let_go()
        hidden_files.hide(self._api, sha256)
        self.said.emit(tr("Hidden from you only. Undo: {key}", key=_find_cap("undo")))
        self._hidden_changed()

    def undo_hiding(self) -> None:
        """Shows a hidden file again, or says that there is nothing to undo."""
        if self.is_hidden():
            hidden_files.show_again(self._api, self.current_file().sha256 or "")
            self._hidden_changed()
        else:
            self.said.emit(tr("There is nothing to undo."))

    def _hidden_changed(self) -> None:
        """Updates the page after a file was hidden or shown again."""
        self.hidden_changed.emit()
        self._update_strip(again=True)
        self.stage.show_preview(None)
        self._ask_preview(self.current_file())
        self.show_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Updates the strip of files."""
        super().showEvent(event)
        self._update_strip(again=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Updates the strip of files."""
        super().resizeEvent(event)
        if self._report.files:
            self._update_strip(again=False)


def _find_cap(action: str) -> str:
    """Returns the label of a key of this page."""
    return keys.find_key("media", action).cap
