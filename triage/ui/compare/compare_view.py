"""Defines the comparison of two files: both blurred images, one set of viewing steps, and a person's answer.

Each viewing step opens both files, and each view is recorded for both. A hash list holds no images, so only one image is shown
beside an entry of a list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel

from triage import wellbeing
from triage.model.users import Right
from triage.model.views import ShowFile, ShowReport
from triage.ui.compare.panel import PairPanel
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.kit.widgets import ElidedLabel, column, label
from triage.ui.matches.match_pair import MatchPair
from triage.ui.media import media_words
from triage.ui.media.hidden_files import is_hidden
from triage.ui.media.holding_page import HoldingPage
from triage.ui.media.reveal import RevealRequest
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, tr, tr_message, word
from triage.wellbeing import BreakAdvice, Rung

Words = tuple[Safe, Safe]


@dataclass(frozen=True, slots=True)
class ComparedFile:
    """Holds a file and the report it is shown from."""

    report: ShowReport
    file: ShowFile


class CompareView(HoldingPage):
    """Shows the two files of a pair side by side, and records whether they are the same.

    Attributes:
        judged: Signal with the pair and the answer, before the answer is recorded; None means that it was undone.
        refused: Signal with the pair and its earlier answer, when recording failed.
        moved: Signal with 1 or -1 when the next or previous pair is wanted.
        open_asked: Signal with the number of the report to open.
    """

    judged = Signal(object, object)
    refused = Signal(object, object)
    moved = Signal(int)
    open_asked = Signal(str)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, 2)
        self.pair: MatchPair | None = None
        self.reached: dict[tuple[str, str], Rung] = {}
        self._sides: list[ComparedFile | None] = [None, None]
        self._missing: list[Words | None] = [None, None]
        self._reports: dict[str, ShowReport] = {}
        self._said: list[tuple[MatchPair, bool]] = []
        self.panel = PairPanel()
        self._names: list[ElidedLabel] = []
        self._beside: list[QLabel] = []
        self._build()
        self._connect()

    def _build(self) -> None:
        """Lays out the two stages with their captions, and the panel beside them."""
        both = QGridLayout()
        both.setSpacing(0)
        both.setRowStretch(1, 1)
        for place, stage in enumerate(self.stages):
            name, beside = ElidedLabel("", "strong"), label("", "small", wrap=True)
            self._names.append(name)
            self._beside.append(beside)
            words = column(name, beside, None, spacing=2)
            words.setContentsMargins(16, 8, 16, 8)
            both.addLayout(words, 0, place)
            stage.setMinimumSize(240, 180)
            both.addWidget(stage, 1, place)
            both.setColumnStretch(place, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addLayout(both, 1)
        line.addWidget(self.panel)

    def _connect(self) -> None:
        """Connects keys, buttons and the runner."""
        bound: dict[str, Callable[[], object]] = {
            "next": lambda: self.go(1),
            "previous": lambda: self.go(-1),
            "facts": lambda: self.step_on(Rung.FACTS),
            "verdict": lambda: self.step_on(Rung.VERDICT),
            "latch": self.toggle_latch,
            "same": lambda: self.record_answer(True),
            "not_same": lambda: self.record_answer(False),
            "open": self.open_report,
            "undo": self.undo,
        }
        for action, call in bound.items():
            keys.bind(self, "compare", action, call)
        self.panel.same.clicked.connect(lambda: self.record_answer(True))
        self.panel.not_same.clicked.connect(lambda: self.record_answer(False))
        self.panel.undo.clicked.connect(self.undo)
        self.panel.open.clicked.connect(self.open_report)
        self._runner.changed.connect(self._forget_changed)
        self.connect_controls(self.panel.ladder, self.panel.latch)

    # Which pair

    def show_pair(self, pair: MatchPair | None, said: bool | None = None) -> None:
        """Shows another pair from the lowest viewing step.

        `said` is the answer that this person gave earlier, or None.
        """
        self.let_go()
        self.pair = pair
        for place in (0, 1):
            for about in ("report", "preview"):
                self._runner.drop_answers(self, f"{about} {place}")
        self._sides, self._missing = [None, None], [None, None]
        self.panel.show_pair(pair, said)
        for place in (0, 1):
            self.stages[place].show_preview(None)
            self._names[place].setText("")
            self._beside[place].setText("")
        if pair is not None:
            self._read_side(0, pair.report, pair.sha256)
            if pair.list is None:
                self._read_side(1, pair.other_report, pair.other)
            else:
                self._describe_list_side(pair)
        self._set_first_step()
        self.show_state()

    def _read_side(self, place: int, report_id: str | None, sha256: str) -> None:
        """Reads the report of one side and places its file, or says that no report holds the file."""
        if report_id is None:
            self._missing[place] = (tr("In no report"), tr("It came without a report and can't be opened here."))
            self._names[place].setText(ltr(sha256[:16]))
            return
        if (known := self._reports.get(report_id)) is not None:
            self._place_file(place, known, sha256)
            return

        def on_read(report: ShowReport) -> None:
            self._reports[report_id] = report
            self._place_file(place, report, sha256)
            self._set_first_step()
            self.show_state()

        self._runner.ask(lambda: self._api.show(report_id), on_read, owner=self, failed=self.said.emit, about=f"report {place}")

    def _place_file(self, place: int, report: ShowReport, sha256: str) -> None:
        """Places a file of a report on one side, and asks for its blurred preview."""
        file = next((each for each in report.files if each.sha256 == sha256), None)
        if file is None:
            self._missing[place] = (tr("No longer stored"), tr("The report no longer contains this file."))
            return
        self._sides[place] = ComparedFile(report, file)
        self._names[place].setText(
            report_words.listed([tr("report {report}", report=ltr(report.report_id)), report_words.file_name(file)])
        )
        said = [media_words.describe_class(file), media_words.describe_stored_bytes(file), media_words.describe_grade(file)]
        self._beside[place].setText(report_words.listed(said))
        if file.present and not is_hidden(self._api, file):
            self._runner.ask(
                lambda: self._api.preview(sha256),
                self.stages[place].show_preview,
                owner=self,
                failed=self.said.emit,
                about=f"preview {place}",
            )

    def _describe_list_side(self, pair: MatchPair) -> None:
        """Describes on the right side the entry of a hash list, which has no image."""
        named = tr("{list} of {date}", list=isolated(pair.list or ""), date=times.calendar_day(pair.list_date or ""))
        self._names[1].setText(named)
        self._beside[1].setText(report_words.listed([tr_message(pair.says)] if pair.says else []))
        self._missing[1] = (tr("A list has no image"), tr("Only its hash: {hash}", hash=ltr(pair.other[:16])))

    def _set_first_step(self) -> None:
        """Sets the first viewing step: below the warnings when either file has a warning."""
        if self.pair is None:
            return
        first = wellbeing.first_rung(any(self._has_warning(side) for side in self._sides))
        reached = self.reached.get(self.pair.key)
        self.reached[self.pair.key] = first if reached is None or not self._is_complete() else reached
        self.current = min(self.reached[self.pair.key], Rung.VERDICT)

    def _has_warning(self, side: ComparedFile | None) -> bool:
        """Returns whether a file has a serious warning."""
        return side is not None and bool(wellbeing.find_warnings(side.file, side.report.annotations))

    def _is_complete(self) -> bool:
        """Returns whether each side has its file, or a reason why it has none."""
        return all(side is not None or missing is not None for side, missing in zip(self._sides, self._missing, strict=True))

    # What the ladder asks

    def go(self, step: int) -> None:
        """Asks for the next or the previous pair."""
        self.moved.emit(step)

    def _can_open(self, side: ComparedFile | None) -> bool:
        """Returns whether this side has an image that the person may open."""
        if side is None:
            return False
        return side.file.present and not side.file.problem and not is_hidden(self._api, side.file, side.report.annotations)

    def can_show(self) -> bool:
        """Returns whether both sides are ready and at least one has an image that may be opened."""
        return self._is_complete() and any(self._can_open(side) for side in self._sides)

    def requests_for(self, rung: Rung) -> tuple[RevealRequest | None, ...]:
        """Returns for each side what to reveal at this viewing step, or None where there is nothing to open."""
        return tuple(
            RevealRequest(side.report.report_id, side.file.sha256 or "", wellbeing.STEPS[rung])
            if side is not None and self._can_open(side)
            else None
            for side in self._sides
        )

    def reached_step(self) -> Rung:
        """Returns the highest viewing step reached for this pair."""
        return self.reached[self.pair.key] if self.pair is not None else Rung.FACTS

    def set_reached_step(self, rung: Rung) -> None:
        """Stores the highest viewing step reached for this pair."""
        if self.pair is not None:
            self.reached[self.pair.key] = rung

    def show_advice(self, advice: BreakAdvice | None) -> None:
        """Shows or hides the advice to take a break."""
        self.panel.show_advice(advice)

    def show_state(self) -> None:
        """Updates the viewing steps, the latch button and the words on both stages."""
        reached = self.reached_step()
        self.panel.ladder.show_state(self.current, reached, shows=self.can_show(), holding=self.holding)
        self.panel.latch.setEnabled(self.can_show() and reached >= Rung.VERDICT)
        for stage, side, missing in zip(self.stages, self._sides, self._missing, strict=True):
            title, more = missing or self._words_instead(side, reached) or (None, "")
            stage.show_words(title, more)

    def _words_instead(self, side: ComparedFile | None, reached: Rung) -> Words | None:
        """Returns the words that stand in place of an image, or None when the image is shown."""
        if side is None:
            return (tr("Reading …"), Safe("")) if self.pair is not None else (Safe(""), Safe(""))
        file = side.file
        if is_hidden(self._api, file, side.report.annotations):
            return tr("You hid this item"), tr("Only from you, until you lock.")
        if reached < Rung.VERDICT:
            key = keys.find_key("media", "verdict").cap
            return media_words.describe_warning(file, side.report), tr("Press {key} when you have read this.", key=key)
        if file.problem:
            return tr("Nothing can be shown"), word(file.problem)
        return None

    # A person's word

    def record_answer(self, same: bool) -> None:
        """Records that the two files are the same image, or that they are not."""
        pair = self.pair
        if pair is None:
            return
        if not self._api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
            return
        self.let_go()
        before = next((said for other, said in reversed(self._said) if other.key == pair.key), None)
        self._said.append((pair, same))
        self._store_answer(pair, same, before, tr("Recorded: same image.") if same else tr("Recorded: not the same."))

    def undo(self) -> None:
        """Undoes the last answer given on this page."""
        if not self._said:
            self.said.emit(tr("There is nothing to undo."))
            return
        self.let_go()
        pair, before = self._said.pop()
        self._store_answer(pair, None, before, tr("Undone."))

    def _store_answer(self, pair: MatchPair, same: bool | None, before: bool | None, sentence: Safe) -> None:
        """Stores an answer in the background and announces it."""
        undo = Safe("") if same is None else tr("Undo: {key}", key=keys.find_key("compare", "undo").cap)
        self.judged.emit(pair, same)
        self._runner.do(
            lambda _progress, _cancel: self._api.decide_pair(pair.sha256, pair.other, same),
            lambda _: self.said.emit(Safe(f"{sentence} {undo}".strip())),
            changes=pair.changes(),
            owner=self,
            failed=lambda why: self._restore_answer(pair, same, before, why),
        )

    def _restore_answer(self, pair: MatchPair, same: bool | None, before: bool | None, why: str) -> None:
        """Restores the earlier answer after recording failed, and says why."""
        if same is None:
            self._said.append((pair, before is True))
        elif (pair, same) in self._said:
            self._said.remove((pair, same))
        self.refused.emit(pair, before)
        self.said.emit(why)

    def open_report(self) -> None:
        """Asks to open the report of the first file."""
        if self.pair is not None and self.pair.report is not None:
            self.open_asked.emit(self.pair.report)

    def _forget_changed(self, changed: Changed) -> None:
        """Drops the reports that changed from the cache, so that they are read again."""
        self._reports = {number: report for number, report in self._reports.items() if not changed.touches_files(number)}

    def focus_pictures(self) -> None:
        """Moves the focus to the first image."""
        self.stages[0].setFocus(Qt.FocusReason.OtherFocusReason)
