"""The whole job with real keys on a real window: unlock, import, open, reveal, decide, undo, export, packet, verify, lock.

Nothing is clicked. Each step waits for what it brings about (a title, a file, a picture), never for a time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import simplejpeg

from tests.cli.conftest import Desk
from tests.e2e import processes
from tests.e2e.screen import Screen, missing, screen, until
from tests.jobs import bundles
from tests.ui import sharpness

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.ui,
    pytest.mark.skipif(sys.platform != "linux" or bool(missing()), reason=f"needs {', '.join(missing()) or 'Linux'}"),
]

REPORT, USER, PASSPHRASE = "900000001", "analyst", "four drawn hills 27"
SEED = 7
DECODERS = ("libavcodec", "libavformat", "libheif", "libx265", "libpdfium", "_imaging", "libjpeg", "_pillow_heif", "_jpeg")
PLAIN = (b"kite_flyer", b"kite@mail.example.invalid", REPORT.encode(), PASSPHRASE.encode())
"""What must stand nowhere in the clear: of the report, and the passphrase."""


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


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with screen(tmp_path) as window:
        made = Program(tmp_path, window)
        try:
            yield made
        finally:
            made.end()


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


def reveal(program: Program) -> None:
    """Facts, verdict, large and blurred, edges, grey: sharp only from there on, and only while a key is down."""
    window = program.window
    before = window.settled()
    window.press("space")
    window.settled(before)
    window.press("1", "2")
    assert not program.is_sharp()

    def climbed() -> bool:
        """Each step opens once the one before it was open, which takes the worker a moment."""
        with window.held("3"):
            window.settled()
            assert not program.is_sharp(), "step 3 is blurred"
        with window.held("4"):
            window.settled()
            assert not program.is_sharp(), "step 4 shows edges alone"
        with window.held("5"):
            window.settled()
            return program.is_sharp()

    until(climbed, "grey does not open")
    until(lambda: not program.is_sharp(), "let go is not blurred")
    with window.held("space"):
        until(program.is_sharp, "Space does not hold it open")
        look_inside(program)
    until(lambda: not program.is_sharp(), "let go is not blurred")
    window.press("Escape")


def decide(program: Program) -> None:
    window = program.window
    window.settled()
    before = program.head()
    window.press("d")
    window.wait_for(f"Decide on {REPORT}")
    window.press("h", "1", "Return")
    window.wait_gone(f"Decide on {REPORT}")
    after = until(lambda: program.head() != before and program.head(), "no decision is recorded")
    window.wait_for("Triage: Report")
    window.settled()
    window.press("ctrl+z")
    until(lambda: program.head() != after, "no undoing is recorded")


def make_packet(program: Program, out: Path) -> None:
    window = program.window
    window.settled()
    window.press("e")
    window.wait_for("Evidence packet")
    window.type(str(out))
    window.press("ctrl+Return")
    window.wait_for("Written, signed and verified")
    window.press("Escape")
    window.wait_for("Triage: Report")
    window.press("Escape")
    window.wait_for("Triage: Queue")


def export(program: Program, out: Path) -> None:
    window = program.window
    window.settled()
    window.press("e")
    window.wait_for("Export this queue")
    window.type("Inspector B.")
    window.press("ctrl+Return")
    window.wait_for("Write the queue to")
    window.press("ctrl+a")
    window.type(str(out))
    window.press("Return")
    window.wait_for("Written and signed")
    window.press("Escape")
    window.wait_for("Triage: Queue")


def lock(program: Program) -> None:
    program.window.press("ctrl+l")
    program.window.wait_for("Triage: Locked")
    program.window.settled()
    assert not program.is_sharp()


def look_inside(program: Program) -> None:
    """While a picture is open: its decoder lives in a confined process, and nothing plain lies on disk."""
    workers = [pid for pid in processes.children(program.pid) if processes.status(pid).get("Name", "").startswith("python")]
    assert workers, "the picture was decoded somewhere"
    for pid in workers:
        walls = processes.status(pid)
        assert (walls["NoNewPrivs"], walls["Seccomp"]) == ("1", "2"), walls
    for path in program.home.rglob("*"):
        assert not path.is_file() or not plain(path), f"{path} holds content"
    try:
        mapped, opened = processes.libraries(program.pid), processes.open_files(program.pid)
    except PermissionError:
        return  # the program forbids tracing, and only root may look all the same
    assert not [path for path in mapped if any(name in Path(path).name for name in DECODERS)]
    outside = [Path(path) for path in opened if not path.startswith(str(program.store))]
    assert not [path for path in outside if path.name.endswith("(deleted)")], "a nameless file may hold what was decoded"
    assert not [path for path in outside if plain(path)]


def plain(path: Path) -> bool:
    data = path.read_bytes()
    return any(text in data for text in PLAIN)


def test_the_whole_job(program: Program, tmp_path: Path) -> None:
    bundle, packet, sheet = drawn_bundle(tmp_path / "bundle.zip"), tmp_path / "packet", tmp_path / "queue.xlsx"
    unlock(program)
    take_in(program, bundle)
    open_report(program)
    reveal(program)
    decide(program)
    make_packet(program, packet)
    export(program, sheet)
    lock(program)
    assert program.terminal.read_text() == "", "the desktop says nothing on a terminal"
    assert not [path for path in program.store.rglob("*") if path.is_file() and plain(path)], "the store is not sealed"
    check(program, packet, sheet)


def check(program: Program, packet: Path, sheet: Path) -> None:
    """The command line tells the same story."""
    assert program.call("audit", "verify")["valid"]
    assert program.call("packet", "verify", str(packet))["valid"]
    assert program.call("verify", str(sheet))["valid"]
    book = openpyxl.load_workbook(sheet, read_only=True)
    cells = [cell.value for page in book.worksheets for line in page.iter_rows() for cell in line]
    assert REPORT in map(str, cells)
    shown = program.run("show", REPORT)
    assert shown["status"] == "new" and shown["assignee"] is None
    steps = [json.loads(line) for line in (packet / "data" / "custody.jsonl").read_text("utf-8").splitlines()]
    told = [step["what"] for step in steps]
    assert "Received from: NCMEC, by the liaison office. Delivered by: A. Rider" in " ".join(told)
    assert "report decided" in told and "decision undone" in told
    looks = [step["subject"] for step in steps if step["what"] == "media revealed"]
    assert len(looks) >= 3, "blurred, grey, and grey again with Space"
    assert all("step" in look and "milliseconds" not in look for look in looks), "how long they lasted is nobody else's"
