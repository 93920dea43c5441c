"""For all tests: generated examples are the same in every run, workers are forked from servers that stay, and stores lie in memory
where there is room.

A change must not land or fall by the examples of the day. `--hypothesis-profile=search` draws new ones.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import temp_folder

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


if sys.platform == "linux":
    from tests import warm_workers

    @pytest.fixture(scope="session", autouse=True)
    def _share_fork_servers() -> Iterator[None]:
        warm_workers.install()
        yield
        warm_workers.end()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(item: pytest.Item) -> None:
        warm_workers.choose(item.path)
