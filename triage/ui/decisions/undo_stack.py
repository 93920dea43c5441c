"""Undoes the acts of this person since the session began, the newest first, and says what was undone.

The decisions are those in the store, so they survive a lock and need nothing in memory. What was put into cases is undone in
its turn; over a lock the store keeps it with the place in the queue.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from triage.model.bulk import OwnAct, UndoneAct
from triage.model.casework import JoiningUndone
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.ui.core.api import Api
from triage.ui.core.joining_steps import describe_step_undone, list_steps
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.text import words
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn


class UndoStack(QObject):
    """Takes acts back one by one.

    Signals:
        said: What was undone, or why nothing was.
        progressed: Progress of undoing an act on many reports.
    """

    said = Signal(str)
    progressed = Signal(object)

    def __init__(self, api: Api, runner: Runner, since: str, parent: QObject | None = None) -> None:
        """Undoes what was decided since a time (ISO 8601 UTC)."""
        super().__init__(parent)
        self._api, self._runner, self._since = api, runner, since
        self.job: Job | None = None

    def undo(self) -> None:
        """Undoes the newest act that stands."""
        if self.job is not None and not self.job.done:
            return
        steps = list_steps(self._api)
        newest = steps[-1] if steps else None

        def undo(on_progress: OnProgress, cancel: CancelToken) -> UndoneAct | JoiningUndone:
            """Undoes the newest decision, or takes reports out of a case when that was done after it."""
            act = self._api.last_act(self._since) if newest is not None else None
            if newest is None or (act is not None and act.taken > newest.at):
                return self._api.undo_last_act(self._since, on_progress=on_progress, cancel=cancel)
            return self._api.undo_joining(newest.number, newest.before)

        def announce(undone: UndoneAct | JoiningUndone) -> None:
            if isinstance(undone, UndoneAct):
                self.said.emit(describe_undone(undone))
                return
            if newest in steps:
                steps.remove(newest)
            self.said.emit(describe_step_undone(undone))

        self.job = self._runner.do(
            undo,
            announce,
            changes=_name_changes,
            owner=self,
            failed=self.said.emit,
            progress=self._tell,
        )

    def _tell(self, progress: Progress) -> None:
        self.progressed.emit(progress)


def _name_changes(undone: UndoneAct | JoiningUndone) -> Changed:
    if isinstance(undone, JoiningUndone):
        return Changed(all_reports=True)
    if undone.act.bulk_act is not None:
        return Changed(all_reports=True)
    return Changed(reports=frozenset({undone.act.report}))


def describe_undone(undone: UndoneAct) -> Safe:
    """Returns a sentence that says what was undone, and how the report stands now."""
    act = undone.act
    if act.bulk_act is not None:
        if undone.stopped:
            return trn(
                "Stopped after {n} report was undone. Undo again for the rest.",
                "Stopped after {n} reports were undone. Undo again for the rest.",
                undone.undone,
            )
        return trn(
            "Undone for {n} report: {what}. It is as it was before.",
            "Undone for {n} reports: {what}. They are as they were before.",
            undone.undone,
            what=describe_act(act),
        )
    status, what = words.status(undone.status), describe_act(act)
    if undone.assignee is None:
        return tr("Undone for {report}: {what}. Now {status}, unassigned.", report=ltr(act.report), what=what, status=status)
    return tr(
        "Undone for {report}: {what}. Now {status}, with {name}.",
        report=ltr(act.report),
        what=what,
        status=status,
        name=isolated(undone.assignee),
    )


def describe_act(act: OwnAct) -> Safe:
    """Returns what an act decided: its status and who had the report then."""
    status = words.status(act.status)
    return status if act.assignee is None else tr("{status}, with {name}", status=status, name=isolated(act.assignee))
