"""The desktop on a demo store, or pictures of it where there is no display."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from triage.jobs.session import unlock
from triage.ui.app import Desktop, application, run_window
from triage.ui.core.api import Api
from triage_demo.screenshots.save import save


def has_display() -> bool:
    """Returns whether a window can be shown: on Linux that needs X11 or Wayland."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return os.environ["QT_QPA_PLATFORM"] not in ("offscreen", "minimal")
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_demo(store: Path, user: str, passphrase_file: Path, pictures: Path | None = None) -> int:
    """Opens the window, unlocked, since everything in a demo is invented.

    Without a display, images of the screens are saved in a folder, beside the store unless named.
    """
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = application()
    passphrase = passphrase_file.read_text("utf-8").partition("\n")[0].rstrip("\r")
    api = Api(unlock(store, user, passphrase))
    if has_display():
        return run_window(Desktop(app, store, user=user, api=api), app)
    try:
        for path in save(app, api, pictures or store.parent / "pictures"):
            print(path)  # noqa: T201
    finally:
        api.close()
    return 0
