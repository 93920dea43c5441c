"""A key that a keyboard repeats, and an act on a selection, with real keys on a real window that has a window manager."""

from __future__ import annotations

import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desktop_program import REPORT, Program, drawn_bundle, take_in, unlock
from tests.e2e.screen import missing, screen, until
from tests.jobs import bundles

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.ui,
    pytest.mark.skipif(
        sys.platform != "linux" or bool(missing(manager=True)), reason=f"needs {', '.join(missing(manager=True)) or 'Linux'}"
    ),
]

HELD_SECONDS = 2.4
"""The keyboard repeats a key from 0.66 s on, 25 times a second."""
OTHERS = ("900000002", "900000003")


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with screen(tmp_path) as window, window.managed(tmp_path):
        made = Program(tmp_path, window)
        try:
            yield made
        finally:
            made.end()


def count_views(program: Program, step: str) -> int:
    return int(program.call("exposure")["by_step"][step])


def climb(program: Program) -> None:
    """Goes up to grey, and lets go."""
    window = program.window
    before = window.settled()
    window.press("space")
    window.settled(before)
    window.press("1", "2")
    for key in ("3", "4"):
        before = window.settled()
        with window.held(key):
            window.settled(before)

    def opens() -> bool:
        with window.held("5"):
            window.settled()
            return program.is_sharp()

    until(opens, "grey does not open")
    until(lambda: not program.is_sharp(), "let go is not blurred")


def hold_grey(program: Program) -> None:
    """Holds the key for longer than any repeat begins after; the picture stays all the time."""
    with program.window.held("5"):
        until(program.is_sharp, "grey does not open")
        end, looks = time.monotonic() + HELD_SECONDS, 0
        while time.monotonic() < end:
            assert program.is_sharp(), f"it flickers: look {looks}"
            looks += 1
        assert looks > 1
    until(lambda: not program.is_sharp(), "let go is not blurred")


def test_a_held_key_is_one_view_and_an_act_reaches_the_selection(program: Program, tmp_path: Path) -> None:
    window, bundle = program.window, drawn_bundle(tmp_path / "bundle.zip")
    with zipfile.ZipFile(bundle, "a") as archive:
        for number in OTHERS:
            archive.writestr(f"{number}/report.xml", bundles.REPORT.replace("kite", f"kite{number[-1]}"))
            archive.writestr(f"{number}/file-{number[-1]}.xml", bundles.DETAILS.replace(REPORT, number))
    unlock(program)
    take_in(program, bundle)
    decide_on_two(program)
    window.press("ctrl+g")
    window.wait_for("Go to")
    window.type(REPORT)
    window.settled()
    window.press("Return")
    window.wait_for("Triage: Report")
    climb(program)
    until(lambda: count_views(program, "grey") >= 1, "the view is not recorded")
    before = count_views(program, "grey")
    hold_grey(program)
    until(lambda: count_views(program, "grey") == before + 1, "one hold is not one view")
    lose_the_release(program)
    until(lambda: count_views(program, "grey") == before + 3, "the views are not recorded")
    window.press("ctrl+l")
    window.wait_for("Triage: Locked")
    assert count_views(program, "grey") == before + 3
    assert program.call("audit", "verify")["valid"]


def decide_on_two(program: Program) -> None:
    """Selects two of three reports and presses D on the third; nothing is recorded before the dialog named them."""
    window = program.window
    window.settled()
    window.press("x", "ctrl+Down", "x", "ctrl+Down", "d")
    window.wait_for("Decide on 2 reports")
    assert not window.has("Decide on 900")
    window.press("Escape")
    window.wait_gone("Decide on 2 reports")
    assert {program.call("show", number)["status"] for number in (REPORT, *OTHERS)} == {"new"}
    window.wait_for("Triage: Queue")
    window.press("shift+x")


def lose_the_release(program: Program) -> None:
    """The window is minimised while the key is down: its release goes elsewhere, and only another press opens the picture."""
    window = program.window
    with window.held("5"):
        until(program.is_sharp, "grey does not open")
        window.minimise("Triage: Report")
        until(lambda: not program.is_sharp(), "it stays over another window")
        window.restore("Triage: Report")
        window.settled()
        assert not program.is_sharp(), "a key that was down all the time opens nothing"
    window.settled()
    assert not program.is_sharp()
    with window.held("5"):
        until(program.is_sharp, "another press does not open it")
    until(lambda: not program.is_sharp(), "let go is not blurred")
