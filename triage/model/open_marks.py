"""Who has a report open now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMark:
    """A report that another session has open. Times are ISO 8601 UTC, by the clock of that workstation.

    `certain` is False when the last sign is too old: the other program was killed, the machine sleeps, or a clock is wrong.
    """

    row_id: int
    report_id: str
    user: str
    since: str
    last_sign: str
    certain: bool
