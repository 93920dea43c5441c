"""One medium on stage, with its words beside it and the other files of its report below it. It is blurred until a hand holds a
step of the ladder open (media_hold.py).
"""

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
from triage.ui.kit.lines import pill
from triage.ui.kit.widgets import KeyButton, bar, cap, label
from triage.ui.matches.pair import pairs_of, touched
from triage.ui.media import words as media_words
from triage.ui.media.frames import FrameBar
from triage.ui.media.grade_dialog import GradeDialog
from triage.ui.media.hidden import hidden
from triage.ui.media.hold import HoldingPage
from triage.ui.media.panel import MediaPanel, held_words
from triage.ui.media.reveal import Wanted
from triage.ui.media.strip import FilmStrip
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, tr, word
from triage.wellbeing import BreakAdvice, Rung


class MediaPage(HoldingPage):
    """The files of one report, one at a time. `closed` goes back to the report; `compare_asked` tells the place of a file whose
    like pictures a person wants to see beside it."""

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
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 4, 16, 4)
        foot.setSpacing(8)
        self._foot = label("", "muted")
        foot.addStretch(1)
        foot.addWidget(cap(keys.key("media", "hold").cap))
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
        whole.addWidget(self._bar())
        whole.addLayout(body, 1)

    def _bar(self) -> QWidget:
        self._name, self._where, self._known = label("", "title", selectable=True), label("", "muted"), pill(Safe(""))
        self.hide_button = KeyButton.of("media", "hide", tr("Hide from me"), on=self.toggle_hidden)
        back = KeyButton.of("media", "back", tr("Back"), on=self.closed.emit)
        before = KeyButton.of("media", "previous", tr("Previous"), on=lambda: self.go(-1))
        after = KeyButton.of("media", "next", tr("Next"), on=lambda: self.go(1))
        return bar(self._name, self._where, self._known, None, back, before, after, self.hide_button)

    def _connect(self) -> None:
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
            "latch": self.latch,
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
        self.listen(self.panel.ladder, self.panel.latch)

    # Which file

    def file(self) -> ShowFile:
        return self._report.files[self.at]

    def show_file(self, at: int) -> None:
        """Every file begins on the ladder's lowest rung that its warnings allow."""
        self.let_go()
        self.at = at
        file = self.file()
        warned = bool(wellbeing.find_warnings(file, self._report.annotations))
        self.current = self.reached.setdefault(at, wellbeing.first_rung(warned))
        self.current = min(self.current, Rung.VERDICT)
        self._name.setText(report_words.file_name(file))
        place = tr("{n} of {total}, report {report}", n=at + 1, total=len(self._report.files), report=ltr(self._report.report_id))
        self._where.setText(place)
        self._graded = None
        self._tell(file)
        self._ask_frames(file)
        self._film(again=False)
        self.stage.show_preview(None)
        self.show_state()
        self._ask_preview(file)
        self.stage.setFocus()

    def show_report(self, report: ShowReport) -> None:
        """The report was read anew: what is said of its files may have changed, what is held open stays."""
        key = self.file().key
        self._report = report
        self.at = next((at for at, file in enumerate(report.files) if file.key == key), 0)
        self.film.show_files(report.files)
        self._film(again=True)
        self._tell(self.file())
        self.show_state()

    def _tell(self, file: ShowFile) -> None:
        self._known.setText(word(media_words.KNOWN.get(file.verdict.known, file.verdict.known)))
        self._foot.setText(held_words(file, frame=self.frames.at_ms is not None))
        self.panel.show_file(file, self._report)

    def go(self, step: int) -> None:
        if 0 <= self.at + step < len(self._report.files):
            self.show_file(self.at + step)
        else:
            self.said.emit(tr("This is the last file.") if step > 0 else tr("This is the first file."))

    def _ask_preview(self, file: ShowFile) -> None:
        sha256, at = file.sha256, self.at
        if sha256 is None or not file.present or self.is_hidden():
            return
        self._runner.ask(
            lambda: self._api.preview(sha256),
            lambda grey: self.stage.show_preview(grey) if at == self.at else None,
            owner=self,
            failed=self.said.emit,
        )

    def _ask_frames(self, file: ShowFile) -> None:
        """Where a film's frames are: each can be opened alone."""
        self.frames.show_times(())
        sha256, at = file.sha256, self.at
        if file.film is None or not file.film.frames or sha256 is None:
            return
        self._runner.ask(
            lambda: self._api.film_times(sha256),
            lambda times: self.frames.show_times(times) if at == self.at else None,
            owner=self,
            failed=self.said.emit,
        )

    def _frame_changed(self) -> None:
        """Another frame is another picture: it begins blurred."""
        self.let_go()
        self.current = min(self.current, Rung.VERDICT)
        self.reached[self.at] = min(self.reached[self.at], Rung.VERDICT)
        self._foot.setText(held_words(self.file(), frame=self.frames.at_ms is not None))
        self.show_state()

    def _film(self, *, again: bool) -> None:
        self.film.show_at(self.at, again=again)

    # The ladder

    def is_hidden(self) -> bool:
        return self.file().sha256 in hidden(self._api)

    def shows(self) -> bool:
        file = self.file()
        return file.present and file.sha256 is not None and not file.problem and not self.is_hidden()

    def wanted(self, rung: Rung) -> tuple[Wanted | None, ...]:
        sha256 = self.file().sha256
        if sha256 is None:
            return (None,)
        return (Wanted(self._report.report_id, sha256, wellbeing.STEPS[rung], self.frames.at_ms),)

    def climbed(self) -> Rung:
        return self.reached[self.at]

    def climb(self, rung: Rung) -> None:
        self.reached[self.at] = rung

    def advise(self, advice: BreakAdvice | None) -> None:
        self.panel.advise(advice)

    def show_state(self) -> None:
        reached = self.reached[self.at]
        self.panel.ladder.show_state(self.current, reached, shows=self.shows(), holding=self.holding)
        self.panel.latch.setEnabled(self.shows() and reached >= Rung.VERDICT)
        self.hide_button.set_words(tr("Show again") if self.is_hidden() else tr("Hide from me"))
        self.stage.say_instead(*self._instead(reached))

    def _instead(self, reached: Rung) -> tuple[str | None, str]:
        file = self.file()
        if self.is_hidden():
            return tr("You hid this item"), tr("Only from you, until you lock. {key} shows it again.", key=_cap("hide"))
        if not file.present:
            return tr("The file is not stored"), tr(
                "The report lists this file without its content. It may come with a later bundle."
            )
        if reached < Rung.VERDICT:
            return media_words.warning(file, self._report), tr("Press {key} when you have read this.", key=_cap("verdict"))
        if file.problem:
            return tr("Nothing can be shown"), word(file.problem)
        if self.frames.at_ms is not None:
            return self.frames.words(), tr("Hold {key} to open this frame alone, blurred.", key=_cap("blurred"))
        return None, ""

    # What people say of it

    def compare(self) -> None:
        if pairs_of(self.file(), self._report.report_id):
            self.compare_asked.emit(self.at)
        else:
            self.said.emit(tr("Nothing in this store matches this file, not even possibly."))

    def grade(self) -> None:
        file = self.file()
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
                done=self._said_grade,
                opened=self.reached[self.at] >= Rung.BLURRED,
            ).open()

    def _said_grade(self, sha256: str, sentence: str) -> None:
        self._graded = sha256
        self.said.emit(sentence)

    def undo(self) -> None:
        """What was said last of this file, or that it was hidden."""
        sha256, self._graded = self._graded, None
        if self.is_hidden() or sha256 is None:
            self.undo_hiding()
            return
        self._runner.do(
            lambda _progress, _cancel: self._api.take_back_grade(self._report.report_id, sha256),
            lambda _: self.said.emit(tr("Grade undone.")),
            changes=touched(self.file(), self._report.report_id),
            owner=self,
        )

    # Hiding

    def toggle_hidden(self) -> None:
        sha256 = self.file().sha256
        if sha256 is None:
            return
        mine = hidden(self._api)
        if sha256 in mine:
            self.undo_hiding()
            return
        self.let_go()
        mine.add(sha256)
        self.said.emit(tr("Hidden from you only. Undo: {key}", key=_cap("undo")))
        self._hidden_changed()

    def undo_hiding(self) -> None:
        if self.is_hidden():
            hidden(self._api).discard(self.file().sha256 or "")
            self._hidden_changed()
        else:
            self.said.emit(tr("There is nothing to undo."))

    def _hidden_changed(self) -> None:
        self.hidden_changed.emit()
        self._film(again=True)
        self.stage.show_preview(None)
        self._ask_preview(self.file())
        self.show_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._film(again=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._report.files:
            self._film(again=False)


def _cap(action: str) -> str:
    return keys.key("media", action).cap
