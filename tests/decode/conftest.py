from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

from tests.decode import media
from triage.decode.client import Pool


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """One confined worker for all tests that only use it."""
    with Pool(1) as pool:
        yield pool


@pytest.fixture(scope="session")
def drawn() -> Image.Image:
    return media.picture()
