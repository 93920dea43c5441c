"""The whole job with real keys on a real window: unlock, import, open, reveal, decide, undo, export, packet, verify, lock.

Nothing is clicked. Each step waits for what it brings about (a title, a file, a picture), never for a time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.e2e import processes
from tests.e2e.desktop_program import PASSPHRASE, REPORT, Program, drawn_bundle, open_report, take_in, unlock
from tests.e2e.screen import missing, screen, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.ui,
    pytest.mark.skipif(sys.platform != "linux" or bool(missing()), reason=f"needs {', '.join(missing()) or 'Linux'}"),
]

DECODERS = ("libavcodec", "libavformat", "libheif", "libx265", "libpdfium", "_imaging", "libjpeg", "_pillow_heif", "_jpeg")
PLAIN = (b"kite_flyer", b"kite@mail.example.invalid", REPORT.encode(), PASSPHRASE.encode())
"""What must stand nowhere in the clear: of the report, and the passphrase."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with screen(tmp_path) as window:
        made = Program(tmp_path, window)
        try:
            yield made
        finally:
            made.end()


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
