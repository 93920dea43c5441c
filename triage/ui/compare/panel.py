"""Beside two media: why they are held to be alike, the ladder for both, and the two answers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from triage import wellbeing
from triage.ui.kit.lines import LinkButton
from triage.ui.kit.widgets import KeyButton, clear, label, row, scrolled
from triage.ui.matches import words
from triage.ui.matches.pair import Pair
from triage.ui.media.ladder import Ladder
from triage.ui.media.panel import WIDTH, break_words
from triage.ui.text.i18n import Safe, is_rtl, isolated, ltr, tr
from triage.ui.text.match_way_words import describe_way
from triage.wellbeing import BreakAdvice

NAME = 96


class PairPanel(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "side")
        self.setProperty("mirrored", is_rtl())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.ladder = Ladder()
        seconds = round(wellbeing.ViewingPolicy().latch.total_seconds())
        self.latch = KeyButton.of("compare", "latch", tr("Keep it open {n} s", n=seconds))
        self.same = KeyButton.of("compare", "same", tr("The same"))
        self.not_same = KeyButton.of("compare", "not_same", tr("Not the same"))
        self.undo = KeyButton.of("compare", "undo", tr("Undo"), kind="quiet")
        self.open = LinkButton("", lambda: None)
        self.said = label("", "good", wrap=True)
        self.tier = label("", "strong", wrap=True)
        self._why = QGridLayout()
        self._why.setHorizontalSpacing(12)
        self._why.setVerticalSpacing(3)
        self._why.setColumnStretch(1, 1)
        self.advice = label("", "warn", wrap=True)
        self.advice.hide()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(tr("Are they the same image?"), "heading"))
        column.addLayout(row(self.same, self.not_same, None))
        column.addWidget(self.tier)
        column.addWidget(self.said)
        column.addLayout(row(self.undo, None))
        column.addWidget(label(tr("Why"), "heading"))
        column.addLayout(self._why)
        column.addLayout(row(self.open, None))
        column.addSpacing(6)
        column.addWidget(label(tr("Viewing steps, for both"), "heading"))
        column.addWidget(self.ladder)
        column.addLayout(row(label(tr("If you can't hold the key:"), "small"), None, self.latch))
        column.addWidget(self.advice)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content))

    def show_pair(self, pair: Pair | None, said: bool | None) -> None:
        clear(self._why)
        self.tier.setText("" if pair is None else words.tier(pair))
        self.said.setVisible(said is not None)
        self.undo.setVisible(said is not None)
        self.said.setText(tr("You said: the same.") if said else tr("You said: not the same."))
        self.same.setEnabled(pair is not None)
        self.not_same.setEnabled(pair is not None)
        self.open.setVisible(pair is not None and pair.report is not None)
        if pair is None:
            return
        self.open.say(tr("Open report {report}", report=ltr(pair.report or "")))
        lines = [
            (tr("Which part"), describe_way(pair.way)),
            (tr("Distance"), words.distances(pair)),
            (tr("Quality"), words.quality(pair)),
        ]
        if pair.list is not None:
            named = tr("{list} of {date}", list=isolated(pair.list), date=ltr(pair.list_date or ""))
            lines.append((tr("Hash list"), named))
        for at, (name, value) in enumerate(lines):
            muted = label(name, "muted", wrap=True)
            muted.setFixedWidth(NAME)
            self._why.addWidget(muted, at, 0, Qt.AlignmentFlag.AlignTop)
            self._why.addWidget(label(value, wrap=True, selectable=True), at, 1, Qt.AlignmentFlag.AlignTop)

    def advise(self, advice: BreakAdvice | None) -> None:
        self.advice.setVisible(advice is not None)
        self.advice.setText(Safe("") if advice is None else break_words(advice))
