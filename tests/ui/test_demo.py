"""The demo without a display: pictures of the screens are saved beside the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from tests.jobs.conftest import CHEAP
from triage.store.store import Store
from triage_demo import demo_window


def test_without_a_display_pictures_are_saved(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.create(tmp_path / "store", "demo", "seven green boats", cost=CHEAP).store.close()
    (tmp_path / "passphrase.txt").write_text("seven green boats\nsecond line\n")
    asked: list[Path] = []

    def save(app: QApplication, api: Any, folder: Path) -> list[Path]:
        assert api.user.name == "demo"
        asked.append(folder)
        return [folder / "queue.png"]

    monkeypatch.setattr(demo_window, "application", lambda: qapp)
    monkeypatch.setattr(demo_window, "save", save)
    for named in (None, tmp_path / "named"):
        assert demo_window.open_demo(tmp_path / "store", "demo", tmp_path / "passphrase.txt", named) == 0
    assert asked == [tmp_path / "pictures", tmp_path / "named"]
    assert capsys.readouterr().out.splitlines() == [str(folder / "queue.png") for folder in asked]
