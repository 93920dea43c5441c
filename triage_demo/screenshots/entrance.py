"""Shows what stands before the work: the first start with the recovery key, the lock, and the dialog of an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QWidget

from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.shell.crash_dialog import CrashDialog
from triage.ui.unlock.page import UnlockPage
from triage.ui.unlock.wizard import OpenedNewStore, SetupWizard
from triage_demo.screenshots.screen_scenes import Scene, Settle

STORE = Path("/srv/triage/store")
HALF = "K7QM 2XVA 9DPE 4TRC 8WHB 6NGY 3FJS 5LZU"
FINGERPRINT = "3f9a51c07d2be846" * 4
"""All invented."""


def show_entrance(host: QWidget, runner: Runner, settle: Settle) -> Iterator[Scene]:
    """Shows the pages before the work in a host that has a layout, and yields each while it is shown. Nothing is opened."""

    def refuse(*_: object) -> Api:
        raise ValueError("a picture opens nothing")

    layout = host.layout()
    if layout is None:
        return
    wizard = SetupWizard(STORE, runner, refuse)  # type: ignore[arg-type]
    wizard._made = OpenedNewStore(cast(Api, None), FINGERPRINT, (HALF, HALF))
    for name, page in (("new-store", wizard), ("recovery-half", wizard), ("locked", UnlockPage(STORE, runner, refuse))):
        layout.addWidget(page)
        if name == "recovery-half":
            wizard._show_half(0)
        settle()
        yield Scene(name, host, settle)
        if name != "new-store":
            layout.removeWidget(page)
            page.hide()
            page.deleteLater()
    crash = CrashDialog("4f2a91c0", host)
    crash.open()
    settle()
    yield Scene("crash", host, settle, crash)
    crash.close()
