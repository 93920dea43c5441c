"""Keeps what a person did in galleries in this session, so that undo goes back several steps; it is forgotten on locking."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

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


_acts: WeakKeyDictionary[Api, list[DoneAct]] = WeakKeyDictionary()


def list_acts(api: Api) -> list[DoneAct]:
    """Returns the acts of the session, the newest last. The list belongs to the session."""
    return _acts.setdefault(api, [])


def add_act(api: Api, act: DoneAct) -> None:
    """Adds an act."""
    acts = list_acts(api)
    acts.append(act)
    del acts[:-MOST]
