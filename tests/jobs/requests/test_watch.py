"""Who waits is told how far the work is, and can stop it."""

from __future__ import annotations

import pytest

from triage.errors import Cancelled
from triage.jobs.requests.watch import NOBODY_WATCHES, StepWatch
from triage.message import Message
from triage.model.progress import CancelToken, Progress

NOTE = Message("writing letters")


def test_a_step_is_told_until_somebody_stops_it() -> None:
    told: list[Progress] = []
    cancel = CancelToken()
    watch = StepWatch(told.append, cancel)
    watch.step(1, 3, "files", NOTE)
    assert told == [Progress(done=1, total=3, unit="files", note=NOTE)]
    cancel.cancel()
    with pytest.raises(Cancelled):
        watch.step(2, 3, "files", NOTE)
    assert len(told) == 1
    NOBODY_WATCHES.step(1, 3, "files", NOTE)
