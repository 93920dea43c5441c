"""Stops a long job on Ctrl-C at its next step, so that files, zips and worker processes are closed in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from triage.model.progress import CancelToken


@contextmanager
def stoppable() -> Iterator[CancelToken]:
    """Yields the token that the first Ctrl-C sets; a second Ctrl-C interrupts at once.

    An interrupt between two bytecodes can leave a file open that nobody knows of yet; a token can't.
    """
    token = CancelToken()
    if threading.current_thread() is not threading.main_thread():  # only there Python hears signals
        yield token
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        """Cancels the token, so that a second Ctrl-C interrupts at once."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        token.cancel()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield token
    finally:
        signal.signal(signal.SIGINT, before)
