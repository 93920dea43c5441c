"""Keeps what a person did in galleries, so that undo goes back several steps.

Grades are read from the store again after a lock. What was hidden is forgotten on locking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakSet

from triage.model.casework import GradeAct
from triage.ui.core.api import Api
from triage.ui.text.i18n import Safe

MOST = 200
"""Acts that can be undone."""


@dataclass(frozen=True, slots=True)
class DoneAct:
    """An act that can be undone: a grade of files, or files that were hidden; and what it is called."""

    words: Safe
    graded: GradeAct | None = None
    hidden: frozenset[str] = frozenset()
    media: tuple[int, ...] = ()


_restored: WeakSet[Api] = WeakSet()
_acts: WeakKeyDictionary[Api, list[DoneAct]] = WeakKeyDictionary()


def list_acts(api: Api) -> list[DoneAct]:
    """Returns the acts of the session, the newest last. The list belongs to the session."""
    return _acts.setdefault(api, [])


def restore_acts(api: Api, acts: Sequence[DoneAct]) -> None:
    """Puts acts from before a lock below those of the session, once."""
    if api not in _restored:
        _restored.add(api)
        known = {act.graded.given[0].grade_id for act in list_acts(api) if act.graded is not None}
        earlier = [act for act in acts if act.graded is not None and act.graded.given[0].grade_id not in known]
        list_acts(api)[:0] = earlier


def was_restored(api: Api) -> bool:
    """Returns whether the acts from before a lock were read."""
    return api in _restored


def add_act(api: Api, act: DoneAct) -> None:
    """Adds an act."""
    acts = list_acts(api)
    acts.append(act)
    del acts[:-MOST]
