"""Keeps which reports were put into cases, so that each page can take them out again, the latest first.

The steps belong to a session. Over a lock they lie in the store, with the place in the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from triage.model.casework import CaseView, JoiningStep, JoiningUndone
from triage.ui.core.api import Api
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, tr, trn

MOST_KEPT = 20
"""Steps that are kept over a lock: a step holds up to 500 reports."""
_steps: WeakKeyDictionary[Api, list[JoiningStep]] = WeakKeyDictionary()


def list_steps(api: Api) -> list[JoiningStep]:
    """Returns the steps of the session, the latest last. The list belongs to the session."""
    return _steps.setdefault(api, [])


def add_step(api: Api, case: CaseView, before: dict[str, str | None]) -> None:
    """Adds that reports were put into a case."""
    list_steps(api).append(JoiningStep(case.number, before, times.now_iso()))


def keep_over_lock(api: Api) -> tuple[JoiningStep, ...]:
    """Returns the latest steps of a session, for the place that the store keeps."""
    return tuple(list_steps(api)[-MOST_KEPT:])


def take_up_steps(api: Api, kept: Sequence[JoiningStep]) -> None:
    """Puts the steps of the sessions before a lock ahead of those of this session."""
    steps = list_steps(api)
    steps[:0] = [step for step in kept if step not in steps]


def describe_step_undone(undone: JoiningUndone) -> Safe:
    """Returns what was undone."""
    number = ltr(undone.number)
    said = trn("{n} report left case {number} again.", "{n} reports left case {number} again.", undone.reports, number=number)
    return tr("{said} The case was withdrawn.", said=said) if undone.withdrawn else said
