"""Flags of the queue that say what versions and sources of a report do, beside those of the rules."""

from __future__ import annotations

CHANGED_AFTER_CLOSING = "changed after closing"
VERSION_WAITS = "version waits"
DISAGREE_TYPE = "sources disagree: type"
DISAGREE_PERSON = "sources disagree: person"
VERSION_FLAGS = (CHANGED_AFTER_CLOSING, VERSION_WAITS, DISAGREE_TYPE, DISAGREE_PERSON)
DISAGREEMENTS = {DISAGREE_TYPE: "incident_type", DISAGREE_PERSON: "reported_user"}
"""Flag -> what the sources disagree on, as JSON names it."""
