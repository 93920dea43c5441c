"""How the stand-ins take their time."""

from __future__ import annotations

import time
from typing import Protocol

from triage.model.progress import CancelToken

UNTIL_LET_GO = 6_000.0
"""Seconds for `slow`: a step takes longer than any test, so that it ends when the test stops it or lets it go on."""


class Slow(Protocol):
    """A stand-in whose work takes `slow` seconds, in ten steps."""

    slow: float


def take_time(stand_in: Slow, cancel: CancelToken) -> None:
    """Waits for one step. A stop, or another value of `slow`, ends the wait."""
    began = time.monotonic()
    while time.monotonic() < began + stand_in.slow / 10 and not cancel.cancelled():
        time.sleep(0.002)
