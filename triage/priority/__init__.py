"""How urgent a report is, and why: two numbers, a band and the clocks (docs/scoring.md). Pure functions, no store, no clock."""

from triage.priority.card import score
from triage.priority.clocks import clocks

__all__ = ["clocks", "score"]
