"""How a deadline's label looks."""

from __future__ import annotations

from triage.ui.kit.widgets import LabelKind
from triage.ui.text.case_words import due_ink


def due_kind(due: str | None) -> LabelKind:
    """Returns the kind of a label that shows when something is due."""
    kinds: dict[str, LabelKind] = {"bad": "bad", "warn": "warn", "muted": "muted"}
    return kinds.get(due_ink(due), "strong")
