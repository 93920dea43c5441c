"""Defines the dialog that explains why one report stands above another. It is only read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from triage.model.views import QueueRow
from triage.priority import OrderExplanation
from triage.priority.ordering import FactorDifference
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.marked_lines import MarkedLine, MarkedLines
from triage.ui.kit.widgets import KeyButton, label, row, scrolled
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, tr

FIRST_DIFFERENCES = 8
HEIGHT = 460


class OrderDialog(QDialog):
    """Shows what decides between two reports, and the rules in which they differ."""

    def __init__(self, found: OrderExplanation, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Why {above} is above {below}", above=ltr(found.above), below=ltr(found.below))
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(title, "title", wrap=True))
        self.why = label(report_words.reason(found.why), wrap=True)
        whole.addWidget(self.why)
        whole.addWidget(label(tr("Where they differ: points of the one above, then of the one below"), "heading", wrap=True))
        self.lines = MarkedLines()
        self.lines.add_folded([_build_line(each) for each in found.differences], FIRST_DIFFERENCES)
        if not found.differences:
            whole.addWidget(label(tr("The same rules count the same for both."), "muted", wrap=True))
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.lines)
        inner.addStretch(1)
        whole.addWidget(scrolled(content), 1)
        close = KeyButton(tr("Close"), tr("Esc"), kind="primary", on=self.accept)
        whole.addLayout(row(None, close))
        self.resize(620, HEIGHT)


def _build_line(each: FactorDifference) -> MarkedLine:
    """Returns the points of both, and the reason."""
    above, below = (_points(each.axis, points) for points in (each.above, each.below))
    return tr("{above} / {below}", above=above, below=below), report_words.reason(each.why), "", tr("rule {rule}", rule=each.rule)


def _points(axis: str, points: float | None) -> Safe:
    """Returns the points of a rule; "none" where it does not apply."""
    if points is None:
        return tr("none")
    return tr("minimum") if axis == "floor" else report_words.points(points)


def open_order(api: Api, runner: Runner, rows: Sequence[QueueRow], page: QWidget, say: Callable[[str], None]) -> None:
    """Opens the dialog for two rows that stand below one another, or says that there is no second one."""
    if len(rows) < 2:
        say(tr("Select a report that has another one below it."))
        return
    first, second = (row.report_id for row in rows)
    runner.ask(
        lambda: api.explain_order(first, second),
        lambda found: OrderDialog(found, page).open(),
        owner=page,
        failed=say,
        about="order",
    )
