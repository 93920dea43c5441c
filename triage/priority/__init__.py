"""How urgent a report is, and why: two numbers, a band and the clocks (docs/scoring.md). Pure functions, no store, no clock."""

from triage.priority.card import flag_order, score
from triage.priority.clocks import clocks
from triage.priority.pressing import pressing

__all__ = ["clocks", "flag_order", "pressing", "score"]
