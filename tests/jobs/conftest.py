"""A store that opens fast, bundles of drawn pictures and invented reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.bundles import write_bundle
from triage.jobs.session import Session
from triage.store.key_form import Cost
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store) as opened:
        yield opened


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path / "bundle")
