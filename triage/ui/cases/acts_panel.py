"""Shows what a case waits for: each act with its reason, and a button with its key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.case_page import ActName, CaseAct
from triage.model.users import Right
from triage.ui.kit.keys import find_key
from triage.ui.kit.marked_lines import keep_whole
from triage.ui.kit.widgets import KeyButton, LabelKind, clear, column, label, row, rule, set_tooltip
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, tr_message, word

SHOWN = 5
"""So many acts are shown at first; the rest on request."""
ACTS: dict[ActName, tuple[str, str]] = {
    "remind": ("remind", mark("Remind")),
    "court": ("court", mark("Court told")),
    "preserve": ("preserve", mark("Preserve")),
    "appeal": ("answer", mark("Answer")),
    "child_lane": ("waiting", mark("Open")),
    "referral": ("refer", mark("Refer")),
    "reply": ("replies", mark("Read")),
    "stage": ("stage", mark("Stage")),
    "officer": ("assign", mark("Officer")),
    "number": ("number", mark("Number")),
    "grade": ("gallery", mark("Gallery")),
    "request": ("request", mark("Request")),
    "reports": ("add", mark("Add")),
    "paper": ("papers", mark("Papers")),
}
"""Act -> the action of the page's keys that does it, and the words on its button."""
RIGHTS: dict[ActName, Right] = {
    **dict.fromkeys(("court", "appeal", "stage", "officer", "number", "reports"), Right.DECIDE),
    **dict.fromkeys(("remind", "preserve", "referral", "request", "paper"), Right.CASE_PAPERS),
}
"""The right that an act takes; the other acts only show something."""
_KINDS: dict[str, LabelKind] = {"overdue": "bad", "soon": "warn", "open": "muted"}


class ActsPanel(QWidget):
    """Lists the acts of a case. `do` is called with an act when its button is pressed.

    `explain_refusal` returns why this person may not use a right, or an empty text: the button of such an act is off.
    """

    def __init__(self, do: Callable[[CaseAct], None], explain_refusal: Callable[[Right], Safe]) -> None:
        super().__init__()
        self._do, self._explain_refusal = do, explain_refusal
        self.acts: tuple[CaseAct, ...] = ()
        self._all = False
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(6)

    def show_acts(self, acts: tuple[CaseAct, ...]) -> None:
        """Replaces the acts."""
        self.acts = acts
        self._fill()

    def find_act(self, action: str) -> CaseAct | None:
        """Returns the first act that an action of the page's keys does, or None."""
        return next((act for act in self.acts if ACTS[act.name][0] == action), None)

    def _fill(self) -> None:
        """Builds a line for each act; the key stands on the first button of its kind."""
        clear(self._lines)
        self._lines.addLayout(row(label(tr("Next acts"), "heading"), label(number(len(self.acts)), "small"), None))
        if not self.acts:
            said = tr("Nothing waits in this case. Set its stage when it moves on.")
            self._lines.addWidget(keep_whole(label(said, "muted", wrap=True)))
        shown = self.acts if self._all else self.acts[:SHOWN]
        keyed: set[str] = set()
        for act in shown:
            action, words = ACTS[act.name]
            self._lines.addWidget(rule())
            self._lines.addLayout(self._build_line(act, word(words), "" if action in keyed else find_key("case", action).cap))
            keyed.add(action)
        if (more := len(self.acts) - len(shown)) > 0:
            self._lines.addLayout(row(KeyButton(tr("Show {n} more", n=number(more)), kind="quiet", on=self.show_all), None))

    def show_all(self) -> None:
        """Shows every act."""
        self._all = True
        self._fill()

    def _build_line(self, act: CaseAct, words: Safe, cap: str) -> QVBoxLayout:
        """Builds an act: what, why, what blocks it, and its button."""
        said = [
            keep_whole(label(tr_message(act.words), "strong", wrap=True)),
            keep_whole(label(tr_message(act.why), _KINDS[act.urgency], wrap=True)),
        ]
        if act.blocked:
            said.append(keep_whole(label(tr("First: {what}", what=tr_message(act.blocked)), "small", wrap=True)))
        button = KeyButton(words, ltr(cap) if cap else "", kind="mini", on=lambda: self._do(act))
        button.setAccessibleName(tr("{button}: {act}", button=words, act=tr_message(act.words)))
        right = RIGHTS.get(act.name)
        if right is not None and (why := self._explain_refusal(right)):
            button.setEnabled(False)
            set_tooltip(button, why)
        text = column(*said, spacing=0)
        line = row(spacing=8)
        line.addLayout(text, 1)
        line.addWidget(button)
        return column(line, spacing=0)
