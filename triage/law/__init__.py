"""Which sections may apply, suggested by facts of a report and the day of the act. Pure functions; an officer decides."""

from triage.law.suggest import suggest

__all__ = ["suggest"]
