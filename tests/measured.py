"""A pytest plug-in (`-p tests.measured`) that writes down which lines of triage/ the tests of this process reach.

`make coverage` uses it (bench/coverage_ratchet.py). Programs that the tests start, such as decoders in the sandbox, write
nothing down: what only they reach counts as not reached.
"""

from __future__ import annotations

import os

import coverage
import pytest

_measured = coverage.Coverage(data_file=os.environ["TRIAGE_COVERAGE"], data_suffix=True, source=["triage"], config_file=False)
_measured.start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Writes this process's file: each worker of pytest-xdist has one of its own."""
    _measured.stop()
    _measured.save()
