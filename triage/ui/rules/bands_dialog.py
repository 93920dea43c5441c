"""Defines the dialog that edits where bands begin and the caps of rule families."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from triage.jobs.judging.rule_book import RuleBook
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.numbers import parse_number, write_number
from triage.ui.kit.widgets import BandBlock, KeyButton, label, row
from triage.ui.rules.rule_words import BANDS
from triage.ui.text.i18n import decimal, tr, word

Given = Callable[[dict[str, float], dict[str, float]], None]


class BandsDialog(FittingDialog):
    """Edits the first risk score of each band and the cap of each family.

    `given` is called with all bands and caps; the page then checks the whole set.
    """

    def __init__(self, book: RuleBook, *, parent: QWidget, given: Given) -> None:
        super().__init__(parent)
        self._given = given
        self.setWindowTitle(tr("Bands and families"))
        self.bands: dict[str, QLineEdit] = {}
        self.caps: dict[str, QLineEdit] = {}
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(tr("Where bands begin, and the caps of families"), "title", wrap=True))
        both = QHBoxLayout()
        both.setSpacing(32)
        both.addLayout(self._bands(book), 1)
        both.addLayout(self._caps(book), 1)
        whole.addLayout(both)
        self.problem = label("", "bad", wrap=True)
        whole.addWidget(self.problem)
        hint = tr(
            "Risk and “Can act” each add up to 100 at most. "
            "Nothing takes effect before you have seen which reports would change band."
        )
        whole.addWidget(label(hint, "small", wrap=True))
        self.record = KeyButton(tr("Apply"), tr("Enter"), kind="primary", on=self.accept)
        cancel = KeyButton.for_way_back(tr("Cancel"), self.reject)
        whole.addLayout(row(None, cancel, self.record))
        self.record.setDefault(True)
        self.resize(640, 0)
        self.bands["A"].setFocus()

    def _bands(self, book: RuleBook) -> QVBoxLayout:
        """Lays out the field of each band."""
        made = QVBoxLayout()
        made.addWidget(label(tr("Risk at which each band begins"), "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        for at, name in enumerate(BANDS):
            grid.addWidget(BandBlock(name, 20), at, 0)
            grid.addWidget(self._field(self.bands, name, tr("Band {band}", band=name), book.bands[name]), at, 1)
        grid.setColumnStretch(2, 1)
        made.addLayout(grid)
        made.addStretch(1)
        return made

    def _caps(self, book: RuleBook) -> QGridLayout:
        """Lays out the field of each family."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for at, title in enumerate((tr("Family"), tr("At most"), tr("Maximum of its rules"))):
            grid.addWidget(label(title, "heading"), 0, at)
        for at, family in enumerate(book.families, start=1):
            grid.addWidget(label(word(family.name)), at, 0)
            grid.addWidget(self._field(self.caps, family.name, word(family.name), family.cap), at, 1)
            grid.addWidget(label(decimal(family.reach), "muted"), at, 2)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        return grid

    def _field(self, into: dict[str, QLineEdit], name: str, said: str, value: float) -> QLineEdit:
        """Builds a number field and stores it by its name."""
        field = into[name] = QLineEdit(write_number(value))
        field.setAccessibleName(said)
        field.setFixedWidth(80)
        field.setMaxLength(8)
        return field

    def accept(self) -> None:
        """Passes all numbers on, or says that some are not above 0 and at most 100."""
        bands = {name: parse_number(field.text()) for name, field in self.bands.items()}
        caps = {name: parse_number(field.text()) for name, field in self.caps.items()}
        numbers = {name: value for name, value in (*bands.items(), *caps.items()) if value is not None}
        if len(numbers) < len(bands) + len(caps):
            self.problem.setText(tr("Write numbers above 0, up to 100, everywhere."))
            return
        self._given({name: numbers[name] for name in bands}, {name: numbers[name] for name in caps})
        super().accept()
