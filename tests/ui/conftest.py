"""Qt without a display; every test of the desktop is marked `ui`."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.ui.fakes import FakeApi
from triage.ui import theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/ui/" in str(item.path).replace("\\", "/"):
            item.add_marker(pytest.mark.ui)


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    """The application, dressed in the dark theme and English."""
    theme.apply(qapp, "dark", "en")
    return qapp


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()
