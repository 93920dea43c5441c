"""After a lock no name and no text of a report lies in the memory of the program, read from outside as root."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import PROC, children
from tests.e2e.screen import until
from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP, NAME, PASSPHRASE
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.store import Store

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="the program forbids tracing, so only root reads its memory"
)
HANDLE = "kite_flyer"
NUMBER = "900000001"
AT_WORK = f"""
import sys
from pathlib import Path
from threading import Thread
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from triage import hardening
from triage.jobs.session import unlock
from triage.ui.app import Desktop, application, run_window
from triage.ui.core.api import Api
from triage.ui.kit.clipboard import copy_text
hardening.harden()
app = application()
desktop = Desktop(app, Path(sys.argv[1]), user={NAME!r}, api=Api(unlock(Path(sys.argv[1]), {NAME!r}, {PASSPHRASE!r})), buses=("", ""))
window = desktop.centralWidget()
window.open_report({NUMBER!r})
asked = []
def look():
    if not asked and window.report is not None and window.report.report is not None:
        asked.append("shown")
        copy_text("_".join(("kite", "flyer")))
        print("shown", flush=True)
    if asked[-1:] == ["lock"]:
        asked.append("done")
        del globals()["window"]
        desktop.lock("Locked.")
    elif asked[-1:] != ["done"]:
        QTimer.singleShot(50, look)
QTimer.singleShot(50, look)
Thread(target=lambda: asked.append(sys.stdin.readline().strip()), daemon=True).start()
sys.exit(run_window(desktop, app))
"""


def count_in_memory(process: int, text: str) -> int:
    """How often a text lies in what a process may write to, in the forms of Python and of Qt."""
    found = 0
    with (PROC / str(process) / "mem").open("rb", buffering=0) as memory:
        for line in (PROC / str(process) / "maps").read_text().splitlines():
            place, rights = line.split()[:2]
            if "w" not in rights:
                continue
            start, end = (int(part, 16) for part in place.split("-"))
            try:
                memory.seek(start)
                held = memory.read(end - start)
            except (OSError, OverflowError):
                continue  # pages of the kernel
            found += held.count(text.encode()) + held.count(text.encode("utf-16-le"))
    return found


def with_children(process: int) -> Iterator[int]:
    yield process
    for child in children(process):
        yield from with_children(child)


def test_a_lock_leaves_no_text_in_memory(tmp_path: Path) -> None:
    Store.create(tmp_path / "store", NAME, PASSPHRASE, cost=CHEAP).store.close()
    with Session(Store.open(tmp_path / "store", NAME, PASSPHRASE)) as session:
        import_bundles(session, [write_bundle(tmp_path / "in")], receipt=Receipt())
    with subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(tmp_path / "store")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as desk:
        assert desk.stdin is not None and desk.stdout is not None
        try:
            assert desk.stdout.readline() == "shown\n"
            # Here the children do not matter, and a decoder may end in between.
            assert count_in_memory(desk.pid, HANDLE) > 0, "the search itself finds nothing"
            desk.stdin.write("lock\n")
            desk.stdin.flush()
            until(lambda: b"--locked" in (PROC / str(desk.pid) / "cmdline").read_bytes(), "no fresh program")
            until(lambda: "Qt" in (PROC / str(desk.pid) / "maps").read_text(), "the fresh program loads no lock page")
            assert [count_in_memory(each, HANDLE) for each in with_children(desk.pid)] == [0]
        finally:
            desk.kill()
