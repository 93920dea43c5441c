"""Reads whether a store was made for training (`training/trainee.py` marks it)."""

from __future__ import annotations

import json

from triage.jobs.session import Session
from triage.store.queries import audit_log

MARKED = "training store made"
AMONG_FIRST = 8
"""The mark is among the first entries of the audit log: a store that was worked with can't be marked."""


def is_training_store(session: Session) -> bool:
    """Returns whether the store was made for training."""
    first = audit_log.load_entries(session.store.read(), range(AMONG_FIRST))  # also asked inside a transaction that reads
    return any(json.loads(text)["kind"] == MARKED for text in first.values())
