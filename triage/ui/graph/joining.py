"""Undoes on a page that reports were put into a case."""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from triage.model.casework import CaseView, JoiningUndone
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed
from triage.ui.graph.cluster_dialog import say_joined
from triage.ui.text.i18n import Safe, ltr, tr, trn

Step = tuple[str, dict[str, str | None]]
"""A case, and report -> the case that it was in before."""
_steps: WeakKeyDictionary[Api, list[Step]] = WeakKeyDictionary()
"""What was put into cases in this session, the latest last; every page that puts something in can take it out."""


class JoiningUndo:
    """Takes reports out of cases again, step by step, those first that were put in last.

    `then` is called with what was undone, after the page said so.
    """

    def __init__(self, page: DeskPage, then: Callable[[JoiningUndone], None]) -> None:
        self._page, self._then = page, then
        self._steps = _steps.setdefault(page.api, [])

    def note(self, case: CaseView, before: dict[str, str | None]) -> None:
        """Says what was put into a case and keeps where it was before."""
        self._steps.append((case.number, before))
        self._page.said.emit(say_joined(case, before))

    def undo(self) -> None:
        """Takes back the last step."""
        if not self._steps:
            self._page.said.emit(tr("Nothing to undo here."))
            return
        number, before = self._steps.pop()

        def announce(undone: JoiningUndone) -> None:
            self._page.said.emit(describe_undone(undone))
            self._then(undone)

        self._page.runner.do(
            lambda _progress, _cancel: self._page.api.undo_joining(number, before),
            announce,
            changes=Changed(reports=frozenset(before)),
            owner=self._page,
        )


def describe_undone(undone: JoiningUndone) -> Safe:
    """Returns what was undone."""
    number = ltr(undone.number)
    said = trn("{n} report left case {number} again.", "{n} reports left case {number} again.", undone.reports, number=number)
    return tr("{said} The case was withdrawn.", said=said) if undone.withdrawn else said
