"""The desktop as a process on a screen of its own, and the first steps of each test that presses real keys."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg

from tests.cli.conftest import Desk
from tests.e2e.screen import Screen
from tests.jobs import bundles
from tests.ui import sharpness

REPORT, USER, PASSPHRASE = "900000001", "analyst", "four drawn hills 27"
SEED = 7


class Program:
    """The desktop as a person starts it, and the command line on the same store."""

    def __init__(self, directory: Path, window: Screen) -> None:
        self.store, self.window = directory / "store", window
        self.home = directory / "home"
        self.home.mkdir()
        self.secret = directory / "passphrase"
        self.secret.write_text(PASSPHRASE + "\n")
        self._environment = {
            **window.environment, "HOME": str(self.home), "XDG_RUNTIME_DIR": str(self.home), "TMPDIR": str(self.home),
        }  # fmt: skip
        self.run("init")
        self.terminal = directory / "terminal"
        with self.terminal.open("wb") as terminal:
            self._app = subprocess.Popen(
                [sys.executable, "-m", "triage", "--store", str(self.store), "--user", USER],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=terminal,
            )
        self.pid = self._app.pid

    def run(self, *arguments: str) -> Any:
        """A command's JSON. It runs in a process of its own."""
        command = [sys.executable, "-m", "triage", *self._name(arguments)]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def call(self, *arguments: str) -> Any:
        """A command's JSON. It runs in this process, which takes less than half the time."""
        done = Desk(self.home, self.store).call(*self._name(arguments), common=False)
        assert done.code == 0, done.err
        return done.json

    def _name(self, arguments: tuple[str, ...]) -> list[str]:
        return [*arguments, "--store", str(self.store), "--user", USER, "--passphrase-file", str(self.secret), "--json"]

    def head(self) -> bytes:
        """Changes with each commit."""
        return (self.store / "head.json").read_bytes()

    def is_sharp(self) -> bool:
        grey = self.window.grey()
        small = grey.reshape(grey.shape[0] // 3, 3, grey.shape[1] // 3, 3).mean(axis=(1, 3))
        return sharpness.sharpest(small, sharpness.known_picture(SEED))[0] > sharpness.FOUND

    def end(self) -> int:
        if self._app.poll() is None:
            self._app.terminate()
        return self._app.wait(60)


def drawn_bundle(path: Path) -> Path:
    """One report with one picture, a field of grey cells that the screen can be searched for."""
    grey = sharpness.known_picture(SEED)
    picture = simplejpeg.encode_jpeg(np.repeat(grey[:, :, None], 3, axis=2).copy(), quality=92)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{REPORT}/report.xml", bundles.REPORT)
        archive.writestr(f"{REPORT}/file-aa11.xml", bundles.DETAILS)
        archive.writestr(f"{REPORT}/a.jpg", picture)
        archive.writestr("scan.xml", "<broken")
    return path


def unlock(program: Program) -> None:
    window = program.window
    window.wait_for("Triage: Locked")
    window.type(PASSPHRASE)
    window.press("Return")
    window.wait_for("Triage: Queue")


def take_in(program: Program, bundle: Path) -> None:
    window = program.window
    window.press("i")
    window.wait_for("Triage: Import bundles")
    window.press("ctrl+o")
    window.wait_for("Files to import")
    window.type(str(bundle))
    window.press("Return")
    window.wait_gone("Files to import")
    window.wait_for("Triage: Import bundles")
    window.type("NCMEC, by the liaison office")
    window.press("Tab")
    window.type("A. Rider")
    window.press("Tab")
    window.type("USB stick 14")
    window.press("ctrl+Return")
    window.wait_for("Triage: Import complete")
    window.press("Escape")
    window.wait_for("Triage: Queue")


def open_report(program: Program) -> None:
    window = program.window
    window.settled()
    window.press("Return")
    window.wait_for("Triage: Report")
