"""The frame of a page that only lists: a table at one side, and all of the current row at the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import lay_out, make_side
from triage.ui.kit.table import RowsTable
from triage.ui.kit.widgets import clear
from triage.ui.text.i18n import Safe, tr

Row = TypeVar("Row")


class ListingPage(DeskPage, Generic[Row]):
    """Shows rows of the administration. Subclasses implement `reload` and `fill_side`."""

    def __init__(self, api: Api, runner: Runner, title: Safe, table: RowsTable[Row]) -> None:
        super().__init__(api, runner, title)
        self.add_button("back", tr("Administration"), self._back)
        self.table = table
        self.table.row_changed.connect(self._show_row)
        self.side, area = make_side()
        lay_out(self.body, self.table, area)
        self.bind({"back": self._back, "next": lambda: self.table.go(1), "previous": lambda: self.table.go(-1)})

    def fill_side(self, found: Row) -> None:
        """Adds all that is known of a row to `side`."""
        raise NotImplementedError

    def show_listed(self, found: Sequence[Row]) -> None:
        """Shows rows, and the current one at the side."""
        self.table.show_rows(found)
        self._show_row(self.table.current_row())
        self.show_body()

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()

    def _back(self) -> None:
        self.page_asked.emit("admin", "")

    def _show_row(self, found: Row | None) -> None:
        clear(self.side)
        if found is not None:
            self.fill_side(found)
            self.side.addStretch(1)
