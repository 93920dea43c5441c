from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

from tests.decode import media
from triage.decode.client import MediaPool


@pytest.fixture(scope="session")
def pool() -> Iterator[MediaPool]:
    """One confined worker for all tests that only use it."""
    with MediaPool(1) as pool:
        yield pool


@pytest.fixture(scope="session")
def drawn() -> Image.Image:
    return media.picture()
