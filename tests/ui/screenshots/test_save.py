"""Pictures are saved in every language, theme and size that is asked for, and the documents show no picture that is not there."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage_demo.screenshots import save as saving
from triage_demo.screenshots.__main__ import find_named_pictures
from triage_demo.screenshots.screen_scenes import Scene

ROOT = Path(__file__).parents[3]
DRAWN = {"hashing"}
"""Pictures of documents that show no screen."""


@pytest.fixture
def two_scenes(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Two empty screens in place of all; returns the looks in which they were shown."""
    asked: list[tuple[str, str]] = []

    def show(_app: object, _api: object, language: str, theme_name: str, size: tuple[int, int]) -> Generator[Scene]:
        asked.append((language, theme_name))
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(*size)
        for name in ("queue", "report"):
            yield Scene(name, window, lambda: None)

    monkeypatch.setattr(saving, "show_all", show)
    return asked


def test_every_language_theme_and_size_is_saved(app: QApplication, tmp_path: Path, two_scenes: list[tuple[str, str]]) -> None:
    sizes = ((300, 200), (400, 250))
    assert saving.save_all(app, FakeApi(), tmp_path, sizes=sizes) == 2 * 3 * 2 * 2
    assert len(two_scenes) == 6
    assert QImage(str(tmp_path / "ur-contrast-400x250" / "report.png")).width() == 400


def test_the_demo_shows_each_screen_and_the_queue_in_urdu(
    app: QApplication, tmp_path: Path, two_scenes: list[tuple[str, str]]
) -> None:
    saved = saving.save(app, FakeApi(), tmp_path / "new")
    assert [path.name for path in saved] == ["queue.png", "report.png", "queue-ur.png"]


def test_named_pictures_alone_are_saved(app: QApplication, tmp_path: Path, two_scenes: list[tuple[str, str]]) -> None:
    saved = saving.save(app, FakeApi(), tmp_path, names={"report", "report-ur", "hashing"})
    assert [path.name for path in saved] == ["report.png", "report-ur.png"]


def test_the_documents_and_the_pictures_agree() -> None:
    assert find_named_pictures(ROOT) == {path.stem for path in (ROOT / "docs" / "images").glob("*.png")}
