"""A small store, a copy of it for each run of an output, and faults at any of its steps."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS
from tests.drawn_papers import typeset_footer
from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP
from tests.outputs.output import MakeWorld, Output, World
from tests.people import add_person
from triage.exports import pdf_documents
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


@pytest.fixture(scope="package")
def prepared_for(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Output], tuple[Path, tuple[str, ...]]]:
    """Prepares the store for an output once; returns its folder and the further arguments."""

    @cache
    def prepare(output: Output) -> tuple[Path, tuple[str, ...]]:
        work = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("prepared") / "world"))
        (work / "out").mkdir(mode=0o700)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pdf_documents, "_run_typesetter", typeset_footer)
            return work, output.prepare(World(work, work / "store"))

    return prepare


@pytest.fixture
def make_world(
    prepared_for: Callable[[Output], tuple[Path, tuple[str, ...]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MakeWorld:
    """Makes copies of the store that is prepared for an output; none sees what another one left."""
    made = count(1)

    def make(output: Output) -> tuple[World, tuple[str, ...]]:
        ready, arguments = prepared_for(output)
        work = Path(shutil.copytree(ready, tmp_path / f"world{next(made)}"))
        output.patch(monkeypatch)
        monkeypatch.setattr(pdf_documents, "_run_typesetter", typeset_footer)
        return World(work, work / "store"), arguments

    return make
