"""Describes faults of ours that cost only one answer: the type of the error and where it arose, never its words.

An error's words may quote what a stranger wrote. Whoever goes on after a fault logs it here, so that `triage check` counts it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

LOG = "triage.faults"
"""The part of the program's log that faults stand under."""
_log = logging.getLogger(LOG)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error without any content: its kind and the line of this program, as words of the audit log."""

    error: str
    at: str


def describe_fault(error: Exception) -> Fault:
    """Describes an error without its message, which may quote the report."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    at = "unknown" if last is None else f"{Path(last.tb_frame.f_code.co_filename).stem}.{last.tb_lineno}"
    return Fault(type(error).__name__.lower(), at.lower().lstrip("_<"))


def log_fault(fault: Exception | Fault, failed: str, *values: int) -> None:
    """Logs that something failed, such as ("report %d not judged", 12), and by what type of error it did."""
    if isinstance(fault, Exception):
        fault = describe_fault(fault)
    _log.error("%s: %s at %s", failed % values, fault.error, fault.at)
