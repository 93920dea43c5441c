"""Lists the rules by family, with the edits that are not in use yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.jobs.judging.rule_book import RuleBook
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import keys
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.numbers import parse_number
from triage.ui.kit.search_line import SearchLine
from triage.ui.kit.table import RowsTable
from triage.ui.kit.widgets import BandBlock, KeyButton, clear, label, row
from triage.ui.rules.bands_dialog import BandsDialog
from triage.ui.rules.panel import RulePanel
from triage.ui.rules.rule_edits import RuleEdits
from triage.ui.rules.rule_words import BANDS, COLUMNS, RuleRow, describe_use, group_rules
from triage.ui.text.i18n import Safe, short_number, tr, trn

STRIP = 26


class RulesList(QWidget):
    """Shows the rules and edits them.

    `edits` are the edits of the rules in use, and `draft` is the set with these edits. `edited` is emitted when either changed.
    """

    edited = Signal()
    said = Signal(str)
    rest_asked = Signal()
    closed = Signal()

    def __init__(self, api: Api, runner: Runner, search: SearchLine) -> None:
        super().__init__()
        self._api, self._runner, self.search = api, runner, search
        self.may_edit = api.may(Right.RULES)
        self.edits: RuleEdits | None = None
        self.draft: RuleBook | None = None
        self.table = RowsTable(COLUMNS, lambda r: r.now.id, name=tr("Rules"))
        self.panel = RulePanel(may_edit=self.may_edit)
        self.strip = FlowLayout(12)
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self._build()
        self.search.changed.connect(self._show_rows)
        self.search.left.connect(self.table.setFocus)
        self.table.row_changed.connect(self._row_changed)
        self.table.opened.connect(lambda _: self.edit_current())
        self.panel.entered.connect(self.set_points)
        self.panel.toggled.connect(self.toggle_rule)
        self.panel.left.connect(self.table.setFocus)
        calls: dict[str, Callable[[], object]] = {
            "back": self._back,
            "search": self.search.take_focus,
            "next": lambda: self.table.go(1),
            "previous": lambda: self.table.go(-1),
            "edit": self.edit_current,
            "toggle": self.toggle_current,
            "bands": self.edit_bands,
            "undo": self.undo,
            "rest": self.rest_asked.emit,
        }
        for action, call in calls.items():
            keys.bind(self, "rules", action, call)

    def _build(self) -> None:
        """Lays out the strip, the table and the panel."""
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
        """Shows the rules in use; edits stay as long as the same set is in use."""
        if self.edits is None or self.edits.book.name != book.name:
            self.edits, self.draft = RuleEdits(book), book
            self.problem.hide()
        self.edits.book = book
        if not self.edits.now:
            self.draft = book
        self._refresh()

    def _refresh(self) -> None:
        """Updates the strip and the table, and announces the change."""
        self._show_strip()
        self._show_rows()
        self.edited.emit()

    def _show_strip(self) -> None:
        """Shows where bands begin, how many edits there are and how many reports wait."""
        clear(self.strip)
        if self.edits is None or self.draft is None:
            return
        add, book = self._add, self.edits.book
        for band in BANDS:
            begin = self.draft.bands[band]
            words = label(tr("from {n}", n=short_number(begin)), "small" if begin == book.bands[band] else "strong")
            pair = QWidget()
            pair.setLayout(row(BandBlock(band, 18), words))
            add(pair)
        if self.may_edit:
            add(KeyButton.for_action("rules", "bands", tr("Bands, families"), kind="mini", on=self.edit_bands))
        count = self.edits.count()
        if count:
            add(label(trn("{n} edit, not in use", "{n} edits, not in use", count), "strong"))
            add(KeyButton.for_action("rules", "undo", tr("Undo"), kind="mini", on=self.undo))
        else:
            add(label(describe_use(book), "small"))
        if not self.may_edit:
            add(label(tr("You can read them; only a lead can edit."), "small"))
        if book.waiting:
            waits = trn("{n} report not yet scored with these rules", "{n} reports not yet scored with these rules", book.waiting)
            add(label(waits, "warn"))
            if self.may_edit:
                add(KeyButton.for_action("rules", "rest", tr("Continue"), kind="mini", on=self.rest_asked.emit))

    def _add(self, part: QWidget) -> None:
        """Adds a widget of a fixed height to the strip."""
        part.setFixedHeight(STRIP)
        self.strip.addWidget(part)

    def _show_rows(self) -> None:
        """Shows the rules that contain the search words."""
        if self.edits is not None and self.draft is not None:
            self.table.show_rows(group_rules(self.draft, self.edits.book, self.search.text().strip()))

    def _row_changed(self, shown: RuleRow | None) -> None:
        """Shows the current rule in the panel."""
        self.panel.show_rule(shown)

    def select_rule(self, rule_id: str) -> None:
        """Makes a rule current, if it is listed."""
        rows = self.table.rows_model.rows
        at = next((at for at, row in enumerate(rows) if isinstance(row, RuleRow) and row.now.id == rule_id), None)
        if at is not None:
            self.table.select(at)

    # Editing

    def edit_current(self) -> None:
        """Moves the focus to the points of the current rule."""
        if not self._may_change():
            return
        if self.panel.field is None:
            self.said.emit(tr("This rule gives no points; press X to turn it off."))
        else:
            self.panel.field.setFocus()
            self.panel.field.selectAll()

    def set_points(self, rule_id: str, text: str) -> None:
        """Sets the points of a rule, or the percentage that it removes, as a person wrote it."""
        if self.edits is None or self.draft is None or not self._may_change():
            return
        rule = next(rule for rule in self.draft.rules if rule.id == rule_id)
        value = parse_number(text)
        if value is None:
            self._show_problem(tr("Write a number above 0, up to 100."))
            self._show_rows()
            return
        self.edits.set_points(rule_id, value / 100 if rule.takes else value)
        self.check_edits()

    def toggle_current(self) -> None:
        """Turns the current rule off or on."""
        if (shown := self.table.current_row()) is not None:
            self.toggle_rule(shown.now.id)

    def toggle_rule(self, rule_id: str) -> None:
        """Turns a rule off or on, unless it is fixed."""
        if self.edits is None or not self._may_change():
            return
        rule = next(rule for rule in self.edits.book.rules if rule.id == rule_id)
        if rule.fixed:
            self.said.emit(tr("It opens the child lane and can't be turned off."))
            return
        self.edits.set_on(rule_id, not self.edits.now.on.get(rule_id, rule.on))
        self.check_edits()

    def edit_bands(self) -> None:
        """Opens the dialog for bands and caps."""
        if self._may_change() and self.draft is not None:
            BandsDialog(self.draft, parent=self, given=self._apply_bands).open()

    def _apply_bands(self, bands: dict[str, float], caps: dict[str, float]) -> None:
        """Applies bands and caps from the dialog."""
        if self.edits is not None:
            self.edits.set_bands_and_caps(bands, caps)
            self.check_edits()

    def undo(self) -> None:
        """Undoes the last edit."""
        if self.edits is None or not self.edits.undo():
            self.said.emit(tr("There is nothing to undo."))
        else:
            self.check_edits()

    def check_edits(self) -> None:
        """Checks the whole set with its edits; an edit that is refused is undone with a reason."""
        edits = self.edits
        if edits is None:
            return
        edit, base = edits.now, edits.book.name

        def fits(draft: RuleBook) -> None:
            """Shows the checked set."""
            if edits is self.edits and edits.now == edit:
                self.draft = draft
                self.problem.hide()
                self._refresh()

        def refused(sentence: str) -> None:
            """Undoes the edit and says why."""
            if edits is self.edits and edits.now == edit:
                edits.undo()
                self._show_problem(tr("{why} The edit was not applied.", why=Safe(sentence)))
                self._refresh()

        self._runner.ask(lambda: self._api.rule_book(edit, base), fits, owner=self, failed=refused, about="draft")

    def _show_problem(self, sentence: Safe) -> None:
        """Shows a sentence above the table."""
        self.problem.setText(sentence)
        self.problem.show()

    def _may_change(self) -> bool:
        """Returns whether the person may edit rules, and says so when they may not."""
        if not self.may_edit:
            self.said.emit(tr("Only a lead can change the rules."))
        return self.may_edit

    def _back(self) -> None:
        """Clears the search if there is one, and otherwise closes the page."""
        if self.search.text():
            self.search.clear()
            self._show_rows()
            self.table.setFocus()
        else:
            self.closed.emit()
