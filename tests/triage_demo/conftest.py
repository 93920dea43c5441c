"""A small feed, made once for the room's tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from triage_demo.feed.make import Feed, make


@pytest.fixture(scope="session")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    return make(tmp_path_factory.mktemp("feed"), seed=5, reports=40)


@pytest.fixture(scope="session")
def truth(feed: Feed) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(feed.truth.read_text(encoding="utf-8"))
    return said


@pytest.fixture(scope="session")
def schema_path() -> Path:
    path = Path(__file__).parents[3] / "shared" / "samples" / "cyber_tipline.xsd"
    if not path.exists():
        pytest.skip("the official schema is not at hand")
    return path
