"""Reads the tutorials that are shipped as data."""

from __future__ import annotations

from functools import cache

import msgspec

from triage.model.training import Tutorial
from triage.resources import resource

ROLES = ("analyst", "lead", "examiner", "admin", "auditor")
CARE = "care"
"""The lessons on law and care, with which the tutorials of roles that see reports begin."""
WITH_CARE = frozenset({"analyst", "lead", "examiner"})
RECORD_CARE = "record"
"""The lessons with which the tutorials of the other roles begin."""


@cache
def load_tutorial(role: str) -> Tutorial:
    """Returns the tutorial of a role, with the lessons that every such role needs before its own steps."""
    own = _read(role)
    return msgspec.structs.replace(own, steps=_read(CARE if role in WITH_CARE else RECORD_CARE).steps + own.steps)


def _read(name: str) -> Tutorial:
    return msgspec.json.decode(resource("training", f"{name}.json").read_bytes(), type=Tutorial)
