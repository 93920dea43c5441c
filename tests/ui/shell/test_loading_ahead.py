"""The gallery opens without loading a module: all of them are loaded before, one in each turn of the event loop."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtCore import QCoreApplication
from triage.ui.shell.loading_ahead import MODULES, LoadingAhead
app = QCoreApplication([])
ahead = LoadingAhead(app)
assert "triage.ui.gallery.page" not in sys.modules
for _ in range(len(MODULES)):
    ahead.load_next()
assert ahead._timer.isActive()
ahead.load_next()
assert not ahead._timer.isActive()
before = set(sys.modules)
from triage.ui.gallery.page import GalleryPage
assert set(sys.modules) == before
"""


def test_all_that_the_gallery_needs_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
