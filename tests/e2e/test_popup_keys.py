"""No key of a page acts while something is open above the page, with real keys on a real window that has a window manager."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.screen import missing, screen
from tests.source_trees import ROOT

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.ui,
    pytest.mark.skipif(
        sys.platform != "linux" or bool(missing(manager=True)), reason=f"needs {', '.join(missing(manager=True)) or 'Linux'}"
    ),
]


def test_no_key_of_a_page_acts_below_a_popup_menu_list_or_dialog(tmp_path: Path) -> None:
    with screen(tmp_path) as display, display.managed(tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.popup_walk"],
            cwd=ROOT,
            env=display.environment,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["acted"] == []
    assert found["rushed"] == ["Ctrl+G"], "a key that came with the one that opened a dialog acted below it"
    assert len(found["popups"]) > 110, "popups are missed"
    assert found["arrived"] > 0.98 * found["pressed"], "keys are lost"
    for opened in ("queue: F", "queue: T", "queue: menu of a field", "gallery: F", "DecideDialog: list Assign to"):
        assert opened in found["popups"]
