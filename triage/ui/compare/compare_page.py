"""Defines the page that compares one file with its similar images, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.ui.compare.compare_view import CompareView
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import keys
from triage.ui.kit.widgets import KeyButton, bar, label
from triage.ui.matches.match_pair import MatchPair
from triage.ui.text.i18n import Safe, tr


class ComparePage(QWidget):
    """Shows the pairs of one file in turn.

    Answered pairs stay in the list until the page closes, so that an answer can be undone.
    """

    closed = Signal()
    said = Signal(str)
    open_asked = Signal(str)

    def __init__(self, api: Api, runner: Runner, name: Safe, pairs: Sequence[MatchPair]) -> None:
        super().__init__()
        self._pairs = tuple(pairs)
        self._answers: dict[tuple[str, str], bool] = {}
        self.at = 0
        self.compare = CompareView(api, runner)
        self.compare.said.connect(self.said)
        self.compare.moved.connect(self.go)
        self.compare.judged.connect(self._judged)
        self.compare.refused.connect(self._return_to_pair)
        self.compare.open_asked.connect(self.open_asked)
        self._where = label("", "muted")
        back = KeyButton.for_action("compare", "back", tr("Back"), on=self.closed.emit)
        before = KeyButton.for_action("compare", "previous", tr("Previous"), on=lambda: self.go(-1))
        after = KeyButton.for_action("compare", "next", tr("Next"), on=lambda: self.go(1))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        title = label(tr("{file} and similar images", file=name), "title")
        whole.addWidget(bar(title, self._where, None, back, before, after))
        whole.addWidget(self.compare, 1)
        keys.bind(self, "compare", "back", self.closed.emit)
        self._show()

    def go(self, step: int) -> None:
        """Shows the next or previous pair, or says that there is none."""
        if 0 <= self.at + step < len(self._pairs):
            self.at += step
            self._show()
        else:
            self.said.emit(tr("This is the last pair.") if step > 0 else tr("This is the first pair."))

    def conceal(self) -> None:
        """Blurs both images, and returns after the views are recorded."""
        self.compare.conceal()

    def focus(self) -> None:
        """Moves the focus to the first image."""
        self.compare.focus_pictures()

    def _show(self) -> None:
        """Shows the current pair with the answer given earlier."""
        pair = self._pairs[self.at]
        self._where.setText(tr("{n} of {total}", n=self.at + 1, total=len(self._pairs)))
        self.compare.show_pair(pair, self._answers.get(pair.key))

    def _judged(self, pair: MatchPair, same: bool | None) -> None:
        """Goes to the next unanswered pair, or shows the pair again when its answer was undone."""
        if same is None:
            self._return_to_pair(pair, None)
            return
        self._answers[pair.key] = same
        rest = [at for at, other in enumerate(self._pairs) if at > self.at and other.key not in self._answers]
        self.at = rest[0] if rest else self.at
        self._show()

    def _return_to_pair(self, pair: MatchPair, said: bool | None) -> None:
        """Returns to a pair and restores its earlier answer."""
        if said is None:
            self._answers.pop(pair.key, None)
        else:
            self._answers[pair.key] = said
        self.at = self._pairs.index(pair)
        self._show()
