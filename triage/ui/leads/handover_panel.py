"""Shows the newest handover sheet: what is unfinished, and who has acknowledged it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from triage.model.shift import ShiftSheet
from triage.ui.kit.widgets import Card, clear, label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, number, tr, word
from triage.ui.text.role_names import name_person

MOST_ROWS = 3
"""Reports that are named in each list; the number counts all of them."""


class HandoverPanel(Card):
    """Shows what the newest sheet lists. Acknowledging and printing are on the shift page."""

    def __init__(self, make_button: Callable[[], QWidget]) -> None:
        super().__init__(tr("Handover"))
        self._make_button = make_button
        self.show_sheet(None)

    def show_sheet(self, sheet: ShiftSheet | None) -> None:
        """Shows a sheet; None when nobody has closed a shift yet."""
        clear(self.body)
        if sheet is None:
            nobody = tr("No shift was closed yet. Whoever ends a shift closes it on the shift page.")
            self.body.addWidget(label(nobody, "muted", wrap=True))
        else:
            self._show_head(sheet)
            self._show_lists(sheet)
        self.body.addStretch(1)
        self.body.addWidget(self._make_button())

    def _show_head(self, sheet: ShiftSheet) -> None:
        """Shows who closed the shift, and who has acknowledged it."""
        closed = tr("Sheet {n}, closed by {name}, {when}", n=sheet.number, name=name_person(sheet.by), when=times.pkt(sheet.made))
        self.body.addWidget(label(closed, "small", wrap=True))
        if sheet.acknowledged is None:
            self.body.addWidget(label(tr("Not acknowledged yet. The next person acknowledges it by name."), "warn", wrap=True))
        else:
            by = isolated(sheet.acknowledged_by or "?")
            said = tr("Acknowledged by {name}, {when}", name=by, when=times.pkt(sheet.acknowledged))
            self.body.addWidget(label(said, "good", wrap=True))
        if sheet.note:
            self.body.addWidget(label(isolated(sheet.note), wrap=True))

    def _show_lists(self, sheet: ShiftSheet) -> None:
        """Shows what is unfinished now, with the first reports of each list."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        at = 0
        for each in sheet.lists:
            if not each.total:
                continue
            grid.addWidget(label(word(each.name), wrap=True), at, 0)
            grid.addWidget(label(number(each.total), "strong"), at, 1, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
            at += 1
            for line in each.rows[:MOST_ROWS]:
                who = isolated(line.assignee) if line.assignee else tr("unassigned")
                text = Safe(f"{line.number}, {who}") if line.band else Safe(f"{line.number}")
                grid.addWidget(label(text, "small", wrap=True), at, 0)
                if line.due:
                    grid.addWidget(label(times.left(line.due), "small"), at, 1)
                at += 1
        if not at:
            grid.addWidget(label(tr("Nothing is unfinished."), "muted", wrap=True), 0, 0)
        self.body.addLayout(grid)
