"""Shows which reports would change band under other rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from triage.jobs.judging.lowering import Move
from triage.jobs.judging.rules import Trial
from triage.ui.kit import keys
from triage.ui.kit.listing import make_side
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import BandBlock, Card, KeyButton, clear, label, row, set_tooltip
from triage.ui.rules.rule_words import compare_names, describe_causes
from triage.ui.text.i18n import Safe, decimal, is_rtl, ltr, mark, number, signed, stack_lines, tr, trn

SIDE = 300


def _list_columns(reasons: Mapping[str, str]) -> tuple[TableColumn[Move], ...]:
    """Returns the columns; `reasons` holds the reason of each rule and is read when a row is shown."""
    return (
        TableColumn(mark("Band"), 44, lambda m: m.band, band=True),
        TableColumn(mark("Would be"), 72, lambda m: m.would_be, band=True),
        TableColumn(mark("Report"), 100, lambda m: ltr(m.report_id), cut_middle=True),
        TableColumn(mark("Risk"), 120, lambda m: _describe_risk(m)),
        TableColumn(mark("Because of"), 0, lambda m: describe_causes(m.why, reasons), lambda _: "muted"),
    )


def _describe_risk(move: Move) -> Safe:
    """Returns the risk score before and after, with an arrow."""
    arrow = "←" if is_rtl() else "→"
    return Safe(f"{decimal(move.risk)} {arrow} {decimal(move.would_risk)}")


class TrialView(QWidget):
    """Shows the result of a trial: reports by band and each change with its rules.

    `reasons` holds the reason of each rule by its id; the page fills it before a trial is shown. `use_asked` asks to use the
    tried rules, `open_asked` carries a report number, `closed` returns to the list.
    """

    use_asked = Signal()
    open_asked = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.trial: Trial | None = None
        self.head = label("", "title", wrap=True)
        self.names = label("", "small", wrap=True)
        self.use = KeyButton.for_action("trial", "use", tr("Use these rules"), kind="primary", on=self.use_asked.emit)
        back = KeyButton.for_action("trial", "back", tr("Back to the rules"), on=self.closed.emit)
        self.reasons: dict[str, str] = {}
        self.table = RowsTable(_list_columns(self.reasons), lambda m: m.report_id, name=tr("Band changes"))
        self.table.opened.connect(lambda m: self.open_asked.emit(m.report_id))
        self.more = label("", "small", wrap=True)
        self.more.setContentsMargins(16, 8, 16, 8)
        self.more.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self.bands = Card(tr("Reports by band"))
        self._build(back)
        calls: dict[str, Callable[[], object]] = {
            "back": self.closed.emit,
            "next": lambda: self.table.go(1),
            "previous": lambda: self.table.go(-1),
            "open": self.open_current,
            "use": self.use.click,
        }
        for action, call in calls.items():
            keys.bind(self, "trial", action, call)

    def _build(self, back: KeyButton) -> None:
        """Lays out the title, the table and the counts."""
        side, area = make_side(SIDE, top=0)
        side.addWidget(self.bands)
        side.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.head)
        words.addWidget(self.names)
        top = QHBoxLayout()
        top.setContentsMargins(16, 12, 16, 12)
        top.setSpacing(8)
        top.addLayout(words, 1)
        top.addWidget(self.use)
        top.addWidget(back)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.table, 1)
        left.addWidget(self.more)
        self._left = left
        lower = QHBoxLayout()
        lower.setSpacing(16)
        lower.addLayout(left, 1)
        lower.addWidget(area)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top)
        whole.addLayout(lower, 1)

    def show_trial(self, trial: Trial, *, may_use: bool) -> None:
        """Shows the result of a trial."""
        self.trial = trial
        self.head.setText(describe_change_count(trial))
        self.names.setText(compare_names(trial.name, trial.compared_with))
        set_tooltip(self.names, stack_lines(ltr(trial.name), ltr(trial.compared_with)))
        self.use.setEnabled(may_use)
        self.table.show_rows(trial.moves)
        self.table.setVisible(bool(trial.moves))
        left_out = trial.moved - len(trial.moves)
        none = tr("No band changes. Points may change: every score card is recalculated.")
        said = tr("and {n} more; the largest falls first", n=number(left_out))
        self.more.setText(none if not trial.moved else said)
        self.more.setVisible(not trial.moves or left_out > 0)
        self._left.setStretch(1, 0 if trial.moves else 1)
        self._bands(trial)

    def _bands(self, trial: Trial) -> None:
        """Shows the number of reports in each band before and after."""
        clear(self.bands.body)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(3, 1)
        for at, title in enumerate(("", tr("now"), tr("then"))):
            grid.addWidget(label(title, "small"), 0, at)
        for at, (band, (now, then)) in enumerate(trial.bands.items(), start=1):
            grid.addWidget(BandBlock(band, 20), at, 0)
            grid.addWidget(label(number(now), "muted"), at, 1)
            grid.addWidget(label(number(then), "strong" if now != then else ""), at, 2)
            change = signed(then - now) if now != then else Safe("")
            grid.addWidget(label(change, "small"), at, 3)
        self.bands.body.addLayout(grid)
        self.bands.body.addLayout(row(label(describe_rise_and_fall(trial), "small", wrap=True)))

    def open_current(self) -> None:
        """Asks to open the current report."""
        if (move := self.table.current_row()) is not None:
            self.open_asked.emit(move.report_id)

    def step(self, step: int) -> str | None:
        """Moves the current row by `step` rows and returns the report number there."""
        self.table.go(step)
        move = self.table.current_row()
        return None if move is None else move.report_id


def describe_change_count(trial: Trial) -> Safe:
    """Returns how many reports would change their band."""
    return trn(
        "{n} of {all} reports would change its band",
        "{n} of {all} reports would change their band",
        trial.moved,
        all=number(trial.reports),
    )


def describe_rise_and_fall(trial: Trial) -> Safe:
    """Returns how many reports would rise and how many would fall."""
    fall = number(trial.moved - trial.rise)
    return tr("{rise} rise to a graver band, {fall} fall to a lesser one.", rise=number(trial.rise), fall=fall)
