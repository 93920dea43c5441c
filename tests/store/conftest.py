"""Stores for tests: with Argon2id costs that cost nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from triage.store.key_form import Cost
from triage.store.store import CreatedStore, Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)


@dataclass
class Made:
    """A closed store with some content, and what opens it."""

    directory: Path
    recovery: tuple[str, str]
    items: dict[int, bytes]
    name: str = "First User"
    passphrase: str = "seven green boats"

    def open(self, **how: Any) -> Store:
        return Store.open(self.directory, self.name, self.passphrase, **how)


@pytest.fixture
def cheap() -> Cost:
    return CHEAP


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> CreatedStore:
    """A new store that is closed: making one costs six times as much as copying and opening it."""
    made = Store.create(tmp_path_factory.mktemp("closed") / "store", Made.name, Made.passphrase, cost=CHEAP)
    made.store.close()
    return made


@pytest.fixture
def created(closed: CreatedStore, tmp_path: Path) -> Iterator[CreatedStore]:
    """A copy of a new store, opened. Tests of the making itself call Store.create."""
    shutil.copytree(closed.store.directory, tmp_path / "store")
    with Store.open(tmp_path / "store", Made.name, Made.passphrase) as store:
        yield replace(closed, store=store)


@pytest.fixture
def store(created: CreatedStore) -> Store:
    return created.store


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three batches: a few small items, one of several chunks, one entry each."""
    created = Store.create(tmp_path_factory.mktemp("template") / "store", Made.name, Made.passphrase, cost=CHEAP)
    items = {}
    for contents in ([b"one", b"", b"three" * 50], [bytes(range(256)) * 5000], [b"last"]):
        with created.store.batch() as batch:
            for data in contents:
                items[batch.seal(data)] = data
            batch.note("things sealed", items=len(contents))
    created.store.close()
    return Made(created.store.directory, created.recovery, items)


@pytest.fixture
def made(template: Made, tmp_path: Path) -> Made:
    """A copy of the template, to be opened, changed and broken."""
    shutil.copytree(template.directory, tmp_path / "store")
    return replace(template, directory=tmp_path / "store")
