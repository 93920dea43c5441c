"""Undoes on a page that reports were put into a case."""

from __future__ import annotations

from collections.abc import Callable

from triage.model.casework import CaseView, JoiningUndone
from triage.ui.core.joining_steps import add_step, describe_step_undone, list_steps
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Job
from triage.ui.graph.cluster_dialog import say_joined
from triage.ui.text.i18n import tr


class JoiningUndo:
    """Takes reports out of cases again, step by step, those first that were put in last.

    `then` is called with what was undone, after the page said so.
    """

    def __init__(self, page: DeskPage, then: Callable[[JoiningUndone], None]) -> None:
        self._page, self._then = page, then
        self._steps = list_steps(page.api)
        self._job: Job | None = None

    def note(self, case: CaseView, before: dict[str, str | None]) -> None:
        """Says what was put into a case and keeps where it was before."""
        add_step(self._page.api, case, before)
        self._page.said.emit(say_joined(case, before))

    def undo(self) -> None:
        """Takes back the last step. One that could not be taken back stays for another try."""
        if self._job is not None and not self._job.done:
            return
        if not self._steps:
            self._page.said.emit(tr("Nothing to undo here."))
            return
        step = self._steps[-1]

        def announce(undone: JoiningUndone) -> None:
            if step in self._steps:
                self._steps.remove(step)
            self._page.said.emit(describe_step_undone(undone))
            self._then(undone)

        self._job = self._page.runner.do(
            lambda _progress, _cancel: self._page.api.undo_joining(step.number, step.before),
            announce,
            changes=Changed(reports=frozenset(step.before)),
            owner=self._page,
        )
