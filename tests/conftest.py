"""For all tests: generated examples are the same in every run, workers are forked from servers that stay, and stores lie in memory
where there is room.

A change must not land or fall by the examples of the day. `--hypothesis-profile=search` draws new ones.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import temp_folder

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as decoders have it: each process's threads spin while they wait for a core
gc.disable()  # until all tests are collected: nearly all that is made until then stays
temp_folder.use_memory()
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a machine is proves nothing about a parser."""
settings.register_profile("same", PATIENT, derandomize=True, database=None)
settings.register_profile("search", PATIENT, derandomize=False)
settings.load_profile("same")


def pytest_collection_finish() -> None:
    """Has Python look for cycles only among what the tests make: no longer among eleven thousand tests and all modules."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)  # what the tests make is mostly freed without that
    gc.enable()


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """The application, with which Python looks for cycles on this thread only, as in the program."""
    from triage.ui.core.cycles import collect_on_this_thread

    collect_on_this_thread(qapp)
    return qapp


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Iterator[object]:
    """Keeps Python's own search for cycles off once a process has had a window, also in tests without one.

    What a window left would else be deleted by whatever thread next needs memory, which may crash a test long after.
    """
    cycles = sys.modules.get("triage.ui.core.cycles")
    collector = cycles and cycles.find_collector()
    if collector:
        gc.disable()
    result = yield
    if collector:
        collector.collect_due()
    return result


if sys.platform == "linux":
    import fcntl

    from tests import warm_workers

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(session: pytest.Session) -> Iterator[object]:
        """Has one worker compile all test files of a fresh checkout while the others wait: each would compile all of them."""
        here = Path(__file__)
        compiled = sys.dont_write_bytecode or any(here.with_name("__pycache__").glob("test_*.pyc"))
        if compiled or not hasattr(session.config, "workerinput"):
            return (yield)
        with here.open("rb") as lock:  # closing it gives it free
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(lock, fcntl.LOCK_SH)
                fcntl.flock(lock, fcntl.LOCK_UN)  # the others wait no longer for this one
            return (yield)

    @pytest.fixture(scope="session", autouse=True)
    def _share_fork_servers() -> Iterator[None]:
        warm_workers.install()
        yield
        warm_workers.end()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(item: pytest.Item) -> None:
        warm_workers.choose(item.path)
