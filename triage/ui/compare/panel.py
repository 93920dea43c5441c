"""Defines the panel beside two compared files: reasons, viewing steps and answer buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.matches import match_words
from triage.ui.matches.match_pair import MatchPair
from triage.ui.media.viewing_panel import ViewingPanel
from triage.ui.text import times
from triage.ui.text.i18n import isolated, ltr, tr
from triage.ui.text.match_way_words import describe_way

NAME = 96


class PairPanel(ViewingPanel):
    """Shows why two files match, the viewing steps for both, and the buttons for an answer."""

    def __init__(self) -> None:
        super().__init__("compare")
        self.same = KeyButton.for_action("compare", "same", tr("The same"))
        self.not_same = KeyButton.for_action("compare", "not_same", tr("Not the same"))
        self.undo = KeyButton.for_action("compare", "undo", tr("Undo"), kind="quiet")
        self.open = KeyButton.for_action("compare", "open", "", kind="quiet")
        self.said = label("", "good", wrap=True)
        self.tier = label("", "strong", wrap=True)
        self._why = QGridLayout()
        self._why.setHorizontalSpacing(12)
        self._why.setVerticalSpacing(3)
        self._why.setColumnStretch(1, 1)
        self.column.addWidget(label(tr("Are they the same image?"), "heading"))
        self.column.addLayout(row(self.same, self.not_same, None))
        self.column.addWidget(self.tier)
        self.column.addWidget(self.said)
        self.column.addLayout(row(self.undo, None))
        self.column.addWidget(label(tr("Why"), "heading"))
        self.column.addLayout(self._why)
        self.column.addLayout(row(self.open, None))
        self.add_viewing_steps(tr("Viewing steps, for both"))
        self.column.addStretch(1)

    def show_pair(self, pair: MatchPair | None, said: bool | None) -> None:
        """Shows the reasons for a pair and the answer given earlier; None clears the panel."""
        clear(self._why)
        self.tier.setText("" if pair is None else match_words.describe_tier(pair))
        self.said.setVisible(said is not None)
        self.undo.setVisible(said is not None)
        self.said.setText(tr("You said: the same.") if said else tr("You said: not the same."))
        self.same.setEnabled(pair is not None)
        self.not_same.setEnabled(pair is not None)
        self.open.setVisible(pair is not None and pair.report is not None)
        if pair is None:
            return
        self.open.set_words(tr("Open report {report}", report=ltr(pair.report or "")))
        lines = [
            (tr("Which part"), describe_way(pair.way)),
            (tr("Distance"), match_words.describe_distances(pair)),
            (tr("Quality"), match_words.describe_quality(pair)),
        ]
        if pair.list is not None:
            named = tr("{list} of {date}", list=isolated(pair.list), date=times.calendar_day(pair.list_date or ""))
            lines.append((tr("Hash list"), named))
        for at, (name, value) in enumerate(lines):
            muted = label(name, "muted", wrap=True)
            muted.setFixedWidth(NAME)
            self._why.addWidget(muted, at, 0, Qt.AlignmentFlag.AlignTop)
            self._why.addWidget(label(value, wrap=True, selectable=True), at, 1, Qt.AlignmentFlag.AlignTop)
