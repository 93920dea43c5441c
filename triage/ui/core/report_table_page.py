"""Defines the base of the pages whose table lists reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from triage.ui.core.page import DeskPage
from triage.ui.kit.table import RowsTable


class ReportTablePage(DeskPage):
    """A page of the office with a table of reports; a row of `table` has a `report_id`."""

    table: RowsTable[Any]

    def bind_table(self, calls: dict[str, Callable[[], object]]) -> None:
        """Binds the keys that close the page, move in the table and open its report, and those in `calls`."""
        self.table.opened.connect(lambda _: self.open_current())
        moves: dict[str, Callable[[], object]] = {
            "back": self.closed.emit,
            "next": lambda: self.table.go(1),
            "previous": lambda: self.table.go(-1),
            "open": self.open_current,
        }
        self.bind({**moves, **calls})

    def open_current(self) -> None:
        """Asks to open the report in the current row."""
        if (report := self.table.current_row()) is not None:
            self.open_asked.emit(report.report_id, "")

    def step(self, step: int) -> str | None:
        """Moves the current row by `step` rows and returns the report number there, or None."""
        self.table.go(step)
        report = self.table.current_row()
        return None if report is None else report.report_id

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()
