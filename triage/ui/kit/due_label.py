"""Chooses how the label of a deadline looks."""

from __future__ import annotations

from triage.ui.kit.widgets import LabelKind
from triage.ui.text.case_words import due_ink


def choose_stage_due_kind(due: str | None) -> LabelKind:
    """Returns the label kind for a deadline: "bad" or "warn" when it is near, "muted" when there is none."""
    kinds: dict[str, LabelKind] = {"bad": "bad", "warn": "warn", "muted": "muted"}
    return kinds.get(due_ink(due), "strong")
