"""Reads reports that a person may open next, so that they are shown at once."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from triage.model.report_page import ReportPageView
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner


class ReadAhead:
    """Keeps the pages of a few reports. What changes in the store is forgotten, also while it is being read."""

    def __init__(self, api: Api, runner: Runner, owner: QObject) -> None:
        self._api, self._runner, self._owner = api, runner, owner
        self._pages: dict[str, ReportPageView] = {}
        self._asked: set[str] = set()

    def read(self, numbers: set[str]) -> None:
        """Reads these reports unless they are here, and forgets all others."""
        self._pages = {number: page for number, page in self._pages.items() if number in numbers}
        for number in numbers - set(self._pages) - self._asked:
            self._asked.add(number)
            self._runner.ask(
                partial(self._api.report_page, number),
                partial(self._keep, number),
                owner=self._owner,
                failed=partial(self._give_up, number),
                about=f"report {number}",
            )

    def take(self, number: str) -> ReportPageView | None:
        """Returns the page of a report that was read ahead, or None."""
        return self._pages.pop(number, None)

    def forget_changed(self, changed: Changed) -> None:
        """Forgets the reports that changed."""
        self._pages = {number: page for number, page in self._pages.items() if not changed.touches_files(number)}
        self._asked = {number for number in self._asked if not changed.touches_files(number)}

    def _keep(self, number: str, page: ReportPageView) -> None:
        if number in self._asked:  # else the report changed while it was read
            self._asked.discard(number)
            self._pages[number] = page

    def _give_up(self, number: str, _sentence: str) -> None:
        self._asked.discard(number)
