"""Opens a closed report again when what arrived for it makes it graver, and gives it to the person who closed it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from triage.jobs.session import now
from triage.model.judgement import BANDS
from triage.model.version_flags import CHANGED_AFTER_CLOSING, VERSION_FLAGS
from triage.store.batch import Batch
from triage.store.queries import closed_changes, decisions
from triage.store.queries.closed_changes import ClosedReport

if TYPE_CHECKING:
    from triage.jobs.judging.judge import Judged

_NO_DANGER = frozenset({*VERSION_FLAGS, "informational", "withdrawn"})
"""Flags that make no report graver."""


def reopen_graver(batch: Batch, report_id: int, before: ClosedReport, judged: Judged) -> bool:
    """Opens a closed report again if it became graver than it was when it was closed; returns whether it did.

    A graver band counts, a higher risk, a flag of a child or a danger that was not there, and an earlier or first deadline.
    """
    closing = [each for each in decisions.list_decisions(batch, report_id) if not each.undone][-1:]
    if not closing or closing[0].status != "closed" or not _is_graver(before, judged):
        return False
    decision = decisions.add_decision(
        batch,
        report_id=report_id,
        taken=now(),
        user_id=decisions.NOBODY,
        status="new",
        reason=CHANGED_AFTER_CLOSING,
        note=None,
        assignee=closing[0].user_id or None,
    )
    closed_changes.forget(batch, report_id)
    batch.note("report rose after closing", report=report_id, decision=decision)
    return True


def _is_graver(before: ClosedReport, judged: Judged) -> bool:
    """Returns whether a report is graver than it was when it was closed."""
    first = min((each.due for each in judged.deadlines), default=None)
    return (
        (BANDS.index(judged.band), -judged.risk) < (before.band, -before.risk)
        or bool(_list_dangers(judged.flags) - _list_dangers(json.loads(before.flags)))
        or (first is not None and (before.deadline is None or first < before.deadline))
    )


def _list_dangers(flags: Iterable[str]) -> set[str]:
    """Returns the flags that make a report graver."""
    return set(flags) - _NO_DANGER
