"""Keeps which reports were put into cases in this session, so that each page can take them out again, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from triage.model.casework import CaseView, JoiningUndone
from triage.ui.core.api import Api
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, tr, trn


@dataclass(frozen=True, slots=True)
class JoiningStep:
    """A case, report -> the case that it was in before, and when it was put in (ISO 8601 UTC)."""

    number: str
    before: dict[str, str | None]
    at: str


_steps: WeakKeyDictionary[Api, list[JoiningStep]] = WeakKeyDictionary()


def list_steps(api: Api) -> list[JoiningStep]:
    """Returns the steps of the session, the latest last. The list belongs to the session."""
    return _steps.setdefault(api, [])


def add_step(api: Api, case: CaseView, before: dict[str, str | None]) -> None:
    """Adds that reports were put into a case."""
    list_steps(api).append(JoiningStep(case.number, before, times.now_iso()))


def describe_step_undone(undone: JoiningUndone) -> Safe:
    """Returns what was undone."""
    number = ltr(undone.number)
    said = trn("{n} report left case {number} again.", "{n} reports left case {number} again.", undone.reports, number=number)
    return tr("{said} The case was withdrawn.", said=said) if undone.withdrawn else said
