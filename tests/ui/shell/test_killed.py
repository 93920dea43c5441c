"""kill -9 in the middle of the desktop's sweep: the store is whole, and the sweep goes on to where an undisturbed one ends."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.jobs.bundles import le_json, scene
from tests.jobs.conftest import CHEAP
from tests.thorough import THOROUGH
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.check import check_store, export_head, verify_record
from triage.jobs.matching.sweep_state import load_sweep_state
from triage.jobs.session import Session, unlock
from triage.jobs.sweeping.sweep import run_sweep
from triage.model.handover import Receipt
from triage.store.store import Store

KILLS = int(os.environ.get("TRIAGE_TEST_KILLS", "5" if THOROUGH else "2"))
WORDS = "seven green boats"
DESKTOPS_SWEEP = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from triage.jobs.session import unlock
from triage.jobs.sweeping import sweep
from triage.ui.core.api import Api
from triage.ui.shell.sweeping import SweepControl
from triage.ui.core.runner import Runner

sweep.BATCH = 2
app = QApplication([])
api = Api(unlock(Path(sys.argv[1]), "first", {WORDS!r}))  # as the desktop opens it, whose other parts take a second to load
sweeping = SweepControl(api, Runner())
sweeping.told.connect(lambda: print(sweeping.left, sweeping.problem, flush=True))
sweeping.look_for_work()
app.exec()
"""

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(120 + 20 * KILLS),
    pytest.mark.skipif(sys.platform == "win32", reason="kill -9"),
]


def bundle(folder: Path) -> Path:
    """Four landscapes: as they are, cropped, cropped unevenly, mirrored, and with a spot."""
    for number in range(4):
        picture = Image.fromarray(scene(number, 360))
        spotted = np.array(picture)
        spotted[90:190, 120:240] = 250
        copies = (
            picture,
            picture.crop((36, 36, 360, 360)),
            picture.crop((20, 40, 345, 330)),
            ImageOps.mirror(picture),
            Image.fromarray(spotted),
        )
        report = folder / f"90000010{number}"
        report.mkdir(parents=True)
        (report / f"{report.name}.json").write_bytes(le_json(int(report.name)))
        for name, copy in enumerate(copies):
            copy.save(report / f"{name}.jpg", quality=80 + name)
    return folder


def found(session: Session) -> dict[str, Any]:
    tables = {
        "media_match": "a, b, distance, asked_window, found_window, orientation",
        "possible_match": "a, b, distance, dhash_distance, asked_window, found_window, orientation",
        "image_hashes": "media_item_id, swept",
    }
    with session.reading() as db:
        return {table: sorted(db.all(f"SELECT {columns} FROM {table}")) for table, columns in tables.items()}


def start(store: Path, told: int) -> subprocess.Popen[str]:
    """Comes back when it has told how many wait, and so often that there are fewer, or when none waits."""
    command = [sys.executable, "-c", DESKTOPS_SWEEP, str(store)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, text=True)
    assert process.stdout is not None
    while told >= 0 and int((process.stdout.readline().split() or "0")[0]):
        told -= 1
    return process


def test_the_sweep_goes_on_where_a_kill_cut_it_short(tmp_path: Path) -> None:
    chance, imported, whole = random.Random(KILLS), tmp_path / "imported", tmp_path / "whole"
    with Session(Store.create(imported, "first", WORDS, cost=CHEAP).store) as session:
        import_bundles(session, [bundle(tmp_path / "bundle")], receipt=Receipt())
        waiting = load_sweep_state(session).left
        export_head(session, tmp_path / "head.json")
    shutil.copytree(imported, whole)
    with unlock(whole, "first", WORDS) as session:
        run_sweep(session)
        expected = found(session)
    assert len(expected["media_match"]) > 4 and expected["possible_match"]
    seen: list[list[int]] = []
    while sum(map(len, seen)) < KILLS:
        store = Path(shutil.copytree(imported, tmp_path / f"store{len(seen)}"))
        left: list[int] = []
        while len(left) < KILLS - sum(map(len, seen)) and (not left or left[-1]):
            left.append(_left_after_a_kill(store, tmp_path / "head.json", chance))
        assert [waiting, *left] == sorted([waiting, *left], reverse=True), "what was looked at stays so"
        with unlock(store, "first", WORDS) as session:
            run_sweep(session)
            assert found(session) == expected
        seen.append(left)
    print(f"pictures left after each kill: {seen}")


def _left_after_a_kill(store: Path, head: Path, chance: random.Random) -> int:
    process = start(store, chance.randrange(3))
    time.sleep(chance.uniform(0, 0.15))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    with unlock(store, "first", WORDS) as session:
        result = check_store(session)
        assert result.valid, result.problems
        assert verify_record(session, head).valid, "an acknowledged entry of the record is gone"
        return load_sweep_state(session).left
