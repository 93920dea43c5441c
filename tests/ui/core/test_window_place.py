"""The window opens where it was, and never outside the screens or larger than one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize

from triage.store.window_lock import WindowLock
from triage.ui.core.window_place import FILE, WindowPlace, fit_on_screens, load, save

FRAME = QSize(2, 30)
SMALL = QRect(0, 24, 1366, 744)
BESIDE = QRect(1366, 0, 1920, 1080)


def test_a_first_window_fits_a_small_screen() -> None:
    """It opened at 1440 x 900 on any screen, so that status bar and buttons lay outside at 1366 x 768."""
    assert SMALL.contains(fit_on_screens(None, FRAME, [SMALL]))
    assert fit_on_screens(None, FRAME, [BESIDE]).size() == QSize(1440, 900)


def test_a_window_returns_to_the_second_screen() -> None:
    assert fit_on_screens(WindowPlace(1500, 100, 1600, 900), FRAME, [SMALL, BESIDE]) == QRect(1500, 100, 1600, 900)


def test_a_window_whose_screen_is_gone_comes_to_the_middle_of_the_main_one() -> None:
    found = fit_on_screens(WindowPlace(1500, 900, 1000, 700), FRAME, [QRect(0, 0, 1366, 768)])
    assert QRect(0, 0, 1366, 768).contains(found)


@given(
    st.tuples(*[st.integers(-32_767, 32_767)] * 2, *[st.integers(1, 32_767)] * 2),
    st.lists(
        st.builds(QRect, st.integers(-4000, 4000), st.integers(-4000, 4000), st.integers(640, 4000), st.integers(480, 3000)),
        min_size=1,
        max_size=3,
    ),
)
def test_any_place_ends_on_one_screen(place: tuple[int, int, int, int], screens: list[QRect]) -> None:
    found = fit_on_screens(WindowPlace(*place), FRAME, screens)
    framed = QRect(found.topLeft(), found.size() + FRAME)
    assert any(screen.contains(framed) for screen in screens)


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    assert load(tmp_path) is None
    place = WindowPlace(10, -20, 1200, 700, maximized=True)
    save(tmp_path, place)
    assert load(tmp_path) == place


def test_the_claim_of_a_window_leaves_the_place(tmp_path: Path) -> None:
    """Both wrote window.json, and each start deleted the place before the window read it."""
    save(tmp_path, WindowPlace(1, 2, 1000, 700))
    lock = WindowLock(tmp_path)
    assert lock.claim() and load(tmp_path) == WindowPlace(1, 2, 1000, 700)
    lock.free()
    assert load(tmp_path) == WindowPlace(1, 2, 1000, 700)


@pytest.mark.parametrize(
    "written",
    [b"", b"[]", b"{", b'{"x": 1}', b"\xff", b"[" * 4000, b"{" + b" " * 5000 + b"}"]
    + [
        json.dumps({"x": 0, "y": 0, "width": 900, "height": 700} | wrong).encode()
        for wrong in (
            {"x": 1e9},
            {"width": 0},
            {"height": -5},
            {"x": "1"},
            {"maximized": 1},
            {"more": 1},
            {"y": None},
            {"x": True},
        )
    ],
)
def test_a_damaged_file_keeps_nobody_out(tmp_path: Path, written: bytes) -> None:
    (tmp_path / FILE).write_bytes(written)
    assert load(tmp_path) is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("{}")
    (tmp_path / FILE).symlink_to(outside)
    save(tmp_path, WindowPlace(1, 2, 1000, 700))
    assert outside.read_text() == "{}"
