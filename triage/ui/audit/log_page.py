"""Defines the page of the program's own log, which holds no content."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from triage.jobs.keeping.program_log import LogLine
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import add_facts, lay_out, make_side, set_start_margin
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, clear, label, row
from triage.ui.text import times
from triage.ui.text.i18n import ltr, mark, stack_lines, tr, trn, word

LEVELS = {"ERROR": mark("error"), "CRITICAL": mark("error"), "WARNING": mark("warning"), "INFO": mark("note")}
INKS = {"ERROR": "bad", "CRITICAL": "bad", "WARNING": "warn"}
COLUMNS: tuple[TableColumn[tuple[int, LogLine]], ...] = (
    TableColumn(mark("When"), 190, lambda r: times.pkt(r[1].when)),
    TableColumn(mark("Kind"), 84, lambda r: word(LEVELS.get(r[1].level, r[1].level)), lambda r: INKS.get(r[1].level, "muted")),
    TableColumn(mark("Part"), 200, lambda r: ltr(r[1].part.removeprefix("triage.")), lambda _: "muted", spare=True),
    TableColumn(mark("What happened"), 0, lambda r: ltr(r[1].says)),
)


class ProgramLogPage(DeskPage):
    """Lists what the program logged, the newest first. It is what a maintainer asks for after an error."""

    keys_of = "program_log"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Log of the program"))
        self._lines: tuple[LogLine, ...] = ()
        self.add_button("errors", tr("Errors only"), self.toggle_errors)
        self.add_button("refresh", tr("Read again"), self.reload)
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        self.level = QComboBox()
        self.level.addItem(tr("all messages"), False)
        self.level.addItem(tr("errors and warnings"), True)
        self.level.setAccessibleName(tr("Which messages"))
        self.level.currentIndexChanged.connect(lambda _: self._list())
        self.table = RowsTable(COLUMNS, lambda r: r[0], name=tr("Log of the program"))
        self.table.row_changed.connect(self._show_line)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 8, 0, 0)
        line = row(label(tr("Show"), "small"), self.level, None)
        set_start_margin(line)
        column.addLayout(line)
        column.addWidget(self.table, 1)
        self.side, area = make_side()
        lay_out(self.body, main, area)
        self.bind(
            {
                "back": lambda: self.page_asked.emit("admin", ""),
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "errors": self.toggle_errors,
                "refresh": self.reload,
            }
        )

    def reload(self) -> None:
        """Reads the log again."""
        if not self.api.may(Right.RECORD):
            self.message.say(tr("Your roles do not include administration."), tr("Ask your administrator if that is wrong."))
            return
        self.read(self.api.program_log, self.show_lines)

    def toggle_errors(self) -> None:
        """Shows only errors and warnings, or everything again."""
        self.level.setCurrentIndex(1 - self.level.currentIndex())

    def show_lines(self, lines: Sequence[LogLine]) -> None:
        """Shows the messages."""
        self._lines = tuple(lines)
        if not lines:
            self.message.say(
                tr("The program has logged nothing yet."), tr("Errors and refused jobs are logged here, without content.")
            )
            self.states.setCurrentWidget(self.message)
            return
        self._list()
        self.show_body()

    def _list(self) -> None:
        """Lists the messages that the choice shows."""
        only_errors = bool(self.level.currentData())
        rows = [(at, line) for at, line in enumerate(self._lines) if not only_errors or line.level in INKS]
        self.beside.setText(trn("{n} message", "{n} messages", len(rows)))
        self.table.show_rows(rows)

    def _show_line(self, chosen: tuple[int, LogLine] | None) -> None:
        """Shows a message whole, with where an error happened."""
        clear(self.side)
        if chosen is not None:
            line = chosen[1]
            card = Card(word(LEVELS.get(line.level, line.level)))
            add_facts(
                card,
                [
                    (tr("When"), times.both(line.when)),
                    (tr("Part"), ltr(line.part)),
                    (tr("What happened"), ltr(line.says)),
                ],
            )
            if line.more:
                card.body.addWidget(label(tr("Where"), "small"))
                card.body.addWidget(label(stack_lines(*line.more), "small", wrap=True, selectable=True))
            self.side.addWidget(card)
        says = tr("The log holds no content: kinds of errors, and places in the program. It may be sent to the maintainers.")
        self.side.addWidget(label(says, "small", wrap=True))
        self.side.addStretch(1)

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()
