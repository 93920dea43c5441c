"""For all tests: generated examples are the same in every run, workers are forked from servers that stay, and stores lie in memory
where there is room.

A change must not land or fall by the examples of the day. `--hypothesis-profile=search` draws new ones.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import temp_folder
from tests.thorough import count_examples

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as decoders have it: each process's threads spin while they wait for a core
gc.disable()  # until all tests are collected: nearly all that is made until then stays
temp_folder.use_memory()
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How fast a machine is proves nothing about a parser."""
settings.register_profile("same", PATIENT, derandomize=True, database=None, max_examples=count_examples(40))
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


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[object]:
    """Has each worker compile a part of the test files of a fresh checkout: each would compile all of them."""
    if hasattr(session.config, "workerinput") and not sys.dont_write_bytecode:
        _compile_share(session.config)
    return (yield)


def _compile_share(config: pytest.Config) -> None:
    """Imports the test files from this worker's part on, until one was compiled already. Collecting finds them imported."""
    number, count = int(config.workerinput["workerid"].removeprefix("gw")), int(config.workerinput["workercount"])  # type: ignore[attr-defined]
    no_qt = sys.modules.get("tests.no_qt")
    left_out = () if no_qt is None else no_qt.DESKTOP
    here = Path(__file__).resolve().parent
    paths = sorted({path for folder in config.args for path in Path(folder).resolve().rglob("test_*.py") if here in path.parents})
    names = [path.relative_to(here.parent).with_suffix("").parts for path in paths]
    found = [(path, name) for path, name in zip(paths, names, strict=True) if name[1] not in left_out]
    for path, name in found[len(found) * number // count :] if number else ():
        if any(path.parent.glob(f"__pycache__/{path.stem}.*-pytest-*.pyc")):
            return
        with suppress(Exception, pytest.skip.Exception):  # collecting says what is wrong
            importlib.import_module(".".join(name))


@pytest.fixture(scope="session", autouse=True)
def _make_schemas_fast() -> Iterator[None]:
    from tests import made_schema

    made_schema.install()
    yield
    made_schema.end()


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
