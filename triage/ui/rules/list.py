"""The rules by family with what is edited and not yet used: points, on and off, where bands begin, caps of families."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.jobs.judging.rule_book import RuleBook
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import keys
from triage.ui.kit.numbers import parse_number
from triage.ui.kit.search_line import SearchLine
from triage.ui.kit.table import RowsTable, number_text
from triage.ui.kit.widgets import BandBlock, Flow, KeyButton, clear, label, row
from triage.ui.rules.bands_dialog import BandsDialog
from triage.ui.rules.edits import Edits
from triage.ui.rules.panel import RulePanel
from triage.ui.rules.words import BANDS, COLUMNS, RuleRow, grouped, used_by
from triage.ui.text.i18n import Safe, tr, trn

STRIP = 26


class RulesList(QWidget):
    """`edits` are of the book in use, `draft` is the set as it would be with them. `edited` when either changed."""

    edited = Signal()
    said = Signal(str)
    rest_asked = Signal()
    closed = Signal()

    def __init__(self, api: Api, runner: Runner, search: SearchLine) -> None:
        super().__init__()
        self._api, self._runner, self.search = api, runner, search
        self.may_edit = api.may(Right.RULES)
        self.edits: Edits | None = None
        self.draft: RuleBook | None = None
        self.table = RowsTable(COLUMNS, lambda r: r.now.id, name=tr("Rules"))
        self.panel = RulePanel(may_edit=self.may_edit)
        self.strip = Flow(12)
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self._build()
        self.search.changed.connect(self._show_rows)
        self.search.left.connect(self.table.setFocus)
        self.table.row_changed.connect(self._row_changed)
        self.table.opened.connect(lambda _: self.edit_current())
        self.panel.entered.connect(self.enter)
        self.panel.toggled.connect(self.turn)
        self.panel.left.connect(self.table.setFocus)
        calls: dict[str, Callable[[], object]] = {
            "back": self._back,
            "search": self.search.take,
            "next": lambda: self.table.go(1),
            "previous": lambda: self.table.go(-1),
            "edit": self.edit_current,
            "toggle": self.turn_current,
            "bands": self.edit_bands,
            "undo": self.undo,
            "rest": self.rest_asked.emit,
        }
        for action, call in calls.items():
            keys.bind(self, "rules", action, call)

    def _build(self) -> None:
        above = QVBoxLayout()
        above.setContentsMargins(16, 10, 16, 10)
        above.setSpacing(6)
        flowing = QWidget()
        flowing.setLayout(self.strip)
        above.addWidget(flowing)
        above.addWidget(self.problem)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addLayout(above)
        left.addWidget(self.table, 1)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addLayout(left, 1)
        both.addWidget(self.panel)

    # What is shown

    def show_book(self, book: RuleBook) -> None:
        """Edits at hand stay as long as the same set is in use."""
        if self.edits is None or self.edits.book.name != book.name:
            self.edits, self.draft = Edits(book), book
            self.problem.hide()
        self.edits.book = book
        if not self.edits.now:
            self.draft = book
        self._again()

    def _again(self) -> None:
        self._show_strip()
        self._show_rows()
        self.edited.emit()

    def _show_strip(self) -> None:
        """Where bands begin, what still waits, what is edited."""
        clear(self.strip)
        if self.edits is None or self.draft is None:
            return
        add, book = self._add, self.edits.book
        for band in BANDS:
            begin = self.draft.bands[band]
            words = label(tr("from {n}", n=number_text(begin)), "small" if begin == book.bands[band] else "strong")
            pair = QWidget()
            pair.setLayout(row(BandBlock(band, 18), words))
            add(pair)
        if self.may_edit:
            add(KeyButton.of("rules", "bands", tr("Bands, families"), kind="mini", on=self.edit_bands))
        count = self.edits.count()
        if count:
            add(label(trn("{n} edit, not in use", "{n} edits, not in use", count), "strong"))
            add(KeyButton.of("rules", "undo", tr("Undo"), kind="mini", on=self.undo))
        else:
            add(label(used_by(book), "small"))
        if not self.may_edit:
            add(label(tr("You can read them; only a lead can edit."), "small"))
        if book.waiting:
            waits = trn("{n} report not yet scored with these rules", "{n} reports not yet scored with these rules", book.waiting)
            add(label(waits, "warn"))
            if self.may_edit:
                add(KeyButton.of("rules", "rest", tr("Continue"), kind="mini", on=self.rest_asked.emit))

    def _add(self, part: QWidget) -> None:
        """All of one height, so that what flows into a second line stands as the first does."""
        part.setFixedHeight(STRIP)
        self.strip.addWidget(part)

    def _show_rows(self) -> None:
        if self.edits is not None and self.draft is not None:
            self.table.show_rows(grouped(self.draft, self.edits.book, self.search.text().strip()))

    def _row_changed(self, shown: RuleRow | None) -> None:
        self.panel.show_rule(shown)

    def choose(self, rule_id: str) -> None:
        """Makes this rule current."""
        rows = self.table.rows_model.rows
        at = next((at for at, row in enumerate(rows) if isinstance(row, RuleRow) and row.now.id == rule_id), None)
        if at is not None:
            self.table.select(at)

    # Editing

    def edit_current(self) -> None:
        if not self._may():
            return
        if self.panel.field is None:
            self.said.emit(tr("This rule gives no points; press X to turn it off."))
        else:
            self.panel.field.setFocus()
            self.panel.field.selectAll()

    def enter(self, rule_id: str, text: str) -> None:
        """A number as it was written: points, or per cent of a share that is taken."""
        if self.edits is None or self.draft is None or not self._may():
            return
        rule = next(rule for rule in self.draft.rules if rule.id == rule_id)
        value = parse_number(text)
        if value is None:
            self._say(tr("Write a number above 0, up to 100."))
            self._show_rows()
            return
        self.edits.amount(rule_id, value / 100 if rule.takes else value)
        self.check()

    def turn_current(self) -> None:
        if (shown := self.table.current()) is not None:
            self.turn(shown.now.id)

    def turn(self, rule_id: str) -> None:
        if self.edits is None or not self._may():
            return
        rule = next(rule for rule in self.edits.book.rules if rule.id == rule_id)
        if rule.fixed:
            self.said.emit(tr("It opens the child lane and can't be turned off."))
            return
        self.edits.turn(rule_id, not self.edits.now.on.get(rule_id, rule.on))
        self.check()

    def edit_bands(self) -> None:
        if self._may() and self.draft is not None:
            BandsDialog(self.draft, parent=self, given=self._frame).open()

    def _frame(self, bands: dict[str, float], caps: dict[str, float]) -> None:
        if self.edits is not None:
            self.edits.frame(bands, caps)
            self.check()

    def undo(self) -> None:
        if self.edits is None or not self.edits.undo():
            self.said.emit(tr("There is nothing to undo."))
        else:
            self.check()

    def check(self) -> None:
        """The whole set as it would be; an edit that is refused, in one sentence, is not taken over."""
        edits = self.edits
        if edits is None:
            return
        edit, base = edits.now, edits.book.name

        def fits(draft: RuleBook) -> None:
            if edits is self.edits and edits.now == edit:
                self.draft = draft
                self.problem.hide()
                self._again()

        def refused(sentence: str) -> None:
            if edits is self.edits and edits.now == edit:
                edits.undo()
                self._say(tr("{why} The edit was not applied.", why=Safe(sentence)))
                self._again()

        self._runner.ask(lambda: self._api.rule_book(edit, base), fits, owner=self, failed=refused)

    def _say(self, sentence: Safe) -> None:
        self.problem.setText(sentence)
        self.problem.show()

    def _may(self) -> bool:
        if not self.may_edit:
            self.said.emit(tr("Only a lead can change the rules."))
        return self.may_edit

    def _back(self) -> None:
        """Esc first takes the search away."""
        if self.search.text():
            self.search.clear()
            self._show_rows()
            self.table.setFocus()
        else:
            self.closed.emit()
