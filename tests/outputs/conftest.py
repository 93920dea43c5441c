"""A small store, a copy of it for each run of an output, and faults at any of its steps."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS
from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP
from tests.outputs.output import World
from tests.people import add_person
from triage.model.users import Role
from triage.store.store import Store

SECOND_WORDS = "nine grey herons"


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One report, two users, and their passphrases in files."""
    work = tmp_path_factory.mktemp("outputs")
    (work / "words").write_text(WORDS + "\n")
    (work / "second-words").write_text(SECOND_WORDS + "\n")
    write_bundle(work / "bundle")
    with Store.create(work / "store", "first", WORDS, cost=CHEAP).store as store:
        add_person(store, "second", (Role.LEAD, Role.EXAMINER, Role.ADMIN), SECOND_WORDS)
    world = World(work, work / "store")
    world.run_well("import", "bundle", "--received-from", "the courier")
    shutil.rmtree(work / "bundle")
    return work


@pytest.fixture
def copy_world(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], World]:
    """Makes copies of the prepared store; none sees what another one left."""
    made = 0

    def copy() -> World:
        nonlocal made
        made += 1
        work = Path(shutil.copytree(prepared, tmp_path / f"world{made}"))
        (work / "out").mkdir(mode=0o700)
        return World(work, work / "store", monkeypatch)

    return copy


@pytest.fixture
def world(copy_world: Callable[[], World]) -> World:
    return copy_world()
