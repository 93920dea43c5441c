"""Two media side by side, blurred, with why they are held to be alike, one ladder for both, and a person's word on them.

Each step opens both, and each look is recorded for both. A list holds no pictures: then there is one to look at, and its words.
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
from triage.ui.matches.pair import Pair
from triage.ui.media import words as media_words
from triage.ui.media.hidden import hidden
from triage.ui.media.hold import HoldingPage
from triage.ui.media.reveal import Wanted
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, word
from triage.wellbeing import BreakAdvice, Rung

Words = tuple[Safe, Safe]


@dataclass(frozen=True, slots=True)
class Side:
    """A medium as its report tells it."""

    report: ShowReport
    file: ShowFile


class Compare(HoldingPage):
    """`judged` when a person said something of a pair (None: took it back), `refused` when that was not recorded, with what was
    said before and stands; `moved` asks for the next (1) or previous (-1) pair."""

    judged = Signal(object, object)
    refused = Signal(object, object)
    moved = Signal(int)
    open_asked = Signal(str)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, 2)
        self.pair: Pair | None = None
        self.reached: dict[tuple[str, str], Rung] = {}
        self._sides: list[Side | None] = [None, None]
        self._missing: list[Words | None] = [None, None]
        self._reports: dict[str, ShowReport] = {}
        self._said: list[tuple[Pair, bool]] = []
        self.panel = PairPanel()
        self._names: list[ElidedLabel] = []
        self._beside: list[QLabel] = []
        self._build()
        self._connect()

    def _build(self) -> None:
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
        bound: dict[str, Callable[[], object]] = {
            "next": lambda: self.go(1),
            "previous": lambda: self.go(-1),
            "facts": lambda: self.step_on(Rung.FACTS),
            "verdict": lambda: self.step_on(Rung.VERDICT),
            "latch": self.latch,
            "same": lambda: self.judge(True),
            "not_same": lambda: self.judge(False),
            "open": self.open_report,
            "undo": self.undo,
        }
        for action, call in bound.items():
            keys.bind(self, "compare", action, call)
        self.panel.same.clicked.connect(lambda: self.judge(True))
        self.panel.not_same.clicked.connect(lambda: self.judge(False))
        self.panel.undo.clicked.connect(self.undo)
        self.panel.open.clicked.connect(self.open_report)
        self._runner.changed.connect(self._changed)
        self.listen(self.panel.ladder, self.panel.latch)

    # Which pair

    def show_pair(self, pair: Pair | None, said: bool | None = None) -> None:
        """Another pair begins at the foot of the ladder; `said` is what this person said of it before."""
        self.let_go()
        self.pair = pair
        self._sides, self._missing = [None, None], [None, None]
        self.panel.show_pair(pair, said)
        for place in (0, 1):
            self.stages[place].show_preview(None)
            self._names[place].setText("")
            self._beside[place].setText("")
        if pair is not None:
            self._ask(0, pair.report, pair.sha256)
            if pair.list is None:
                self._ask(1, pair.other_report, pair.other)
            else:
                self._list_side(pair)
        self._begin()
        self.show_state()

    def _ask(self, place: int, report_id: str | None, sha256: str) -> None:
        pair = self.pair
        if report_id is None:
            self._missing[place] = (tr("In no report"), tr("It came without a report and can't be opened here."))
            self._names[place].setText(ltr(sha256[:16]))
            return
        if (known := self._reports.get(report_id)) is not None:
            self._take(place, known, sha256)
            return

        def came(report: ShowReport) -> None:
            self._reports[report_id] = report
            if self.pair is pair:
                self._take(place, report, sha256)
                self._begin()
                self.show_state()

        self._runner.ask(lambda: self._api.show(report_id), came, owner=self, failed=self.said.emit)

    def _take(self, place: int, report: ShowReport, sha256: str) -> None:
        file = next((each for each in report.files if each.sha256 == sha256), None)
        if file is None:
            self._missing[place] = (tr("No longer stored"), tr("The report no longer contains this file."))
            return
        self._sides[place] = Side(report, file)
        self._names[place].setText(
            report_words.listed([report_words.file_name(file), tr("report {report}", report=ltr(report.report_id))])
        )
        said = [media_words.classification(file), media_words.bytes_here(file), media_words.grade(file)]
        self._beside[place].setText(report_words.listed(said))
        pair = self.pair
        if file.present and sha256 not in hidden(self._api):
            self._runner.ask(
                lambda: self._api.preview(sha256),
                lambda grey: self.stages[place].show_preview(grey) if self.pair is pair else None,
                owner=self,
                failed=self.said.emit,
            )

    def _list_side(self, pair: Pair) -> None:
        named = tr("{list} of {date}", list=isolated(pair.list or ""), date=ltr(pair.list_date or ""))
        self._names[1].setText(named)
        self._beside[1].setText(report_words.listed([isolated(pair.says)] if pair.says else []))
        self._missing[1] = (tr("A list has no image"), tr("Only its hash: {hash}", hash=ltr(pair.other[:16])))

    def _begin(self) -> None:
        """Warnings of either are read before both: the ladder starts below them."""
        if self.pair is None:
            return
        first = wellbeing.first_rung(any(self._warned(side) for side in self._sides))
        reached = self.reached.get(self.pair.key)
        self.reached[self.pair.key] = first if reached is None or not self._complete() else reached
        self.current = min(self.reached[self.pair.key], Rung.VERDICT)

    def _warned(self, side: Side | None) -> bool:
        return side is not None and bool(wellbeing.find_warnings(side.file, side.report.annotations))

    def _complete(self) -> bool:
        """Both are there, or it is known that they will not come."""
        return all(side is not None or missing is not None for side, missing in zip(self._sides, self._missing, strict=True))

    # What the ladder asks

    def go(self, step: int) -> None:
        self.moved.emit(step)

    def _opens(self, side: Side | None) -> bool:
        if side is None:
            return False
        return side.file.present and not side.file.problem and side.file.sha256 not in hidden(self._api)

    def shows(self) -> bool:
        return self._complete() and any(self._opens(side) for side in self._sides)

    def wanted(self, rung: Rung) -> tuple[Wanted | None, ...]:
        return tuple(
            Wanted(side.report.report_id, side.file.sha256 or "", wellbeing.STEPS[rung])
            if side is not None and self._opens(side)
            else None
            for side in self._sides
        )

    def climbed(self) -> Rung:
        return self.reached[self.pair.key] if self.pair is not None else Rung.FACTS

    def climb(self, rung: Rung) -> None:
        if self.pair is not None:
            self.reached[self.pair.key] = rung

    def advise(self, advice: BreakAdvice | None) -> None:
        self.panel.advise(advice)

    def show_state(self) -> None:
        reached = self.climbed()
        self.panel.ladder.show_state(self.current, reached, shows=self.shows(), holding=self.holding)
        self.panel.latch.setEnabled(self.shows() and reached >= Rung.VERDICT)
        for stage, side, missing in zip(self.stages, self._sides, self._missing, strict=True):
            title, more = missing or self._instead(side, reached) or (None, "")
            stage.say_instead(title, more)

    def _instead(self, side: Side | None, reached: Rung) -> Words | None:
        if side is None:
            return (tr("Reading …"), Safe("")) if self.pair is not None else (Safe(""), Safe(""))
        file = side.file
        if file.sha256 in hidden(self._api):
            return tr("You hid this item"), tr("Only from you, until you lock.")
        if reached < Rung.VERDICT:
            key = keys.key("media", "verdict").cap
            return media_words.warning(file, side.report), tr("Press {key} when you have read this.", key=key)
        if file.problem:
            return tr("Nothing can be shown"), word(file.problem)
        return None

    # A person's word

    def judge(self, same: bool) -> None:
        pair = self.pair
        if pair is None:
            return
        if not self._api.may(Right.DECIDE):
            self.said.emit(tr("Your roles do not allow decisions."))
            return
        self.let_go()
        before = next((said for other, said in reversed(self._said) if other.key == pair.key), None)
        self._said.append((pair, same))
        self._tell(pair, same, before, tr("Recorded: same image.") if same else tr("Recorded: not the same."))

    def undo(self) -> None:
        if not self._said:
            self.said.emit(tr("There is nothing to undo."))
            return
        self.let_go()
        pair, before = self._said.pop()
        self._tell(pair, None, before, tr("Undone."))

    def _tell(self, pair: Pair, same: bool | None, before: bool | None, sentence: Safe) -> None:
        undo = Safe("") if same is None else tr("Undo: {key}", key=keys.key("compare", "undo").cap)
        self.judged.emit(pair, same)
        self._runner.do(
            lambda _progress, _cancel: self._api.say_same(pair.sha256, pair.other, same),
            lambda _: self.said.emit(Safe(f"{sentence} {undo}".strip())),
            changes=pair.changes(),
            owner=self,
            failed=lambda why: self._refused(pair, same, before, why),
        )

    def _refused(self, pair: Pair, same: bool | None, before: bool | None, why: str) -> None:
        """It was not recorded: the pair is what it was, and what was said before can still be taken back."""
        if same is None:
            self._said.append((pair, before is True))
        elif (pair, same) in self._said:
            self._said.remove((pair, same))
        self.refused.emit(pair, before)
        self.said.emit(why)

    def open_report(self) -> None:
        if self.pair is not None and self.pair.report is not None:
            self.open_asked.emit(self.pair.report)

    def _changed(self, changed: Changed) -> None:
        """What was read of reports is read anew when it is wanted next."""
        self._reports = {number: report for number, report in self._reports.items() if not changed.touches_files(number)}

    def focus_pictures(self) -> None:
        self.stages[0].setFocus(Qt.FocusReason.OtherFocusReason)
