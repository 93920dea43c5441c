"""For all tests: generated examples may take their time, since how fast a machine is proves nothing about a parser; and workers
are forked from servers that stay. Stores lie in memory where there is room."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import temp_folder

temp_folder.use_memory()
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

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
