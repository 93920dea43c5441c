"""Defines the panel that shows and edits the current rule."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from triage.ui.kit.numbers import write_number
from triage.ui.kit.widgets import KeyButton, chip, clear, label, row, scrolled
from triage.ui.rules.rule_words import RuleRow, describe_amount, describe_scale
from triage.ui.text.i18n import Safe, is_rtl, ltr, tr, word
from triage.ui.text.rule_field_words import describe_rule_field

WIDTH = 340


class PointsField(QLineEdit):
    """Edits a number: Enter or leaving it submits, Esc restores the earlier number."""

    entered = Signal(str)
    left = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._before = text
        self.setMaxLength(12)
        self.setFixedWidth(96)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Submits on Enter and restores on Esc."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._submit()
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.setText(self._before)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Submits the number."""
        self._submit()
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keeps Esc and Enter from triggering shortcuts of the page."""
        own = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in own:
            event.accept()
            return True
        return super().event(event)

    def _submit(self) -> None:
        """Emits the number if it changed."""
        if self.text().strip() != self._before:
            self._before = self.text().strip()
            self.entered.emit(self._before)


class RulePanel(QWidget):
    """Shows a rule with its points and its switch.

    `entered` carries the rule and the text of a number, `toggled` the rule to turn off or on. `left` returns the focus to the
    table.
    """

    entered = Signal(str, str)
    toggled = Signal(str)
    left = Signal()

    def __init__(self, *, may_edit: bool) -> None:
        super().__init__()
        self._may = may_edit
        self.field: PointsField | None = None
        self.setProperty("kind", "side")
        self.setProperty("mirrored", is_rtl())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(16, 14, 16, 16)
        self._column.setSpacing(8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(content))

    def show_rule(self, shown: RuleRow | None) -> None:
        """Shows a rule, or that none was found."""
        self.field = None
        clear(self._column)
        if shown is None:
            self._column.addWidget(label(tr("No rule found."), "muted", wrap=True))
            self._column.addStretch(1)
            return
        rule = shown.now
        add = self._column.addWidget
        add(label(word(rule.reason), "strong", wrap=True))
        if rule.flag:
            self._column.addLayout(row(chip(word(rule.flag)), None))
        self._column.addSpacing(4)
        if rule.amount is not None:
            self._add_amount(shown)
        else:
            add(label(describe_amount(rule), "strong"))
        if said := describe_scale(rule):
            add(label(said, "small", wrap=True))
        self._add_switch(shown)
        looks_at = describe_rule_field(rule.field)
        for title, said in ((tr("Looks at"), looks_at), (tr("Source"), ltr(rule.source)), (tr("Name"), ltr(rule.id))):
            self._column.addSpacing(4)
            add(label(title, "heading"))
            add(label(said, "muted", wrap=True, selectable=True))
        self._column.addStretch(1)

    def _add_amount(self, shown: RuleRow) -> None:
        """Adds the field of the points."""
        rule = shown.now
        title = tr("Share of all points that it removes, in %") if rule.takes else tr("Points")
        self._column.addWidget(label(title, "heading"))
        amount = rule.amount or 0.0
        field = PointsField(write_number(100 * amount if rule.takes else amount))
        field.setAccessibleName(title)
        field.setReadOnly(not self._may)
        field.entered.connect(lambda text: self.entered.emit(rule.id, text))
        field.left.connect(self.left)
        was = tr("was {amount}", amount=describe_amount(shown.was)) if rule.amount != shown.was.amount else Safe("")
        self._column.addLayout(row(field, label(was, "small"), None))
        self.field = field

    def _add_switch(self, shown: RuleRow) -> None:
        """Adds the button that turns the rule off or on."""
        rule = shown.now
        self._column.addSpacing(4)
        if rule.fixed:
            said = tr("It opens the child lane and can't be turned off.")
            self._column.addWidget(label(said, "small", wrap=True))
            return
        state = label(
            tr("The rule is on.") if rule.on else tr("The rule is off: it does not affect scores."),
            "" if rule.on else "warn",
        )
        button = KeyButton.for_action("rules", "toggle", tr("Turn off") if rule.on else tr("Turn on"))
        button.clicked.connect(lambda: self.toggled.emit(rule.id))
        button.setEnabled(self._may)
        self._column.addWidget(state)
        self._column.addLayout(row(button, None))
