from __future__ import annotations

import pytest

from triage.ui.text import i18n


@pytest.fixture(autouse=True)
def english() -> None:
    """Each test begins in English, whatever another one left."""
    i18n.set_language("en")
