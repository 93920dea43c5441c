"""A pytest plug-in (`-p tests.reached`) that writes down which test reaches which lines of triage/, and how long each test takes.

The mutation bench uses it (bench/mutants.py): a test that never runs a line can't notice that the line was changed. TRIAGE_REACHED names
the folder to write into. What a fixture of a class, file, folder or run reaches is written down for the whole file that asked for it first, since
its other tests rest on the same. Programs that the tests start write nothing down.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

_folder = Path(os.environ["TRIAGE_REACHED"])
_measured = coverage.Coverage(data_file=str(_folder / "lines"), data_suffix=True, source=["triage"], config_file=False)
_measured.start()
_current = ""
_seconds: dict[str, float] = defaultdict(float)
_failed: set[str] = set()


def _switch(context: str) -> None:
    global _current
    _current = context
    _measured.switch_context(context)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Counts what runs from here on for this test."""
    _switch(item.nodeid)
    try:
        return (yield)
    finally:
        _switch("")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> Iterator[object]:
    """Counts what a shared fixture runs for the whole file."""
    before = _current
    if fixturedef.scope != "function":
        _switch(before.partition("::")[0])
    try:
        return (yield)
    finally:
        _switch(before)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Adds up a test's seconds, and names those that do not pass."""
    _seconds[report.nodeid] += report.duration
    if not report.passed:
        _failed.add(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Writes this process's files: each worker of pytest-xdist has its own."""
    _measured.stop()
    _measured.save()
    passed = {name: seconds for name, seconds in _seconds.items() if name not in _failed}
    (_folder / f"seconds-{os.getpid()}.json").write_text(json.dumps(passed), encoding="utf-8")
    (_folder / f"failed-{os.getpid()}.json").write_text(json.dumps(sorted(_failed)), encoding="utf-8")
