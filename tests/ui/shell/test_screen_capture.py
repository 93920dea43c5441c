from __future__ import annotations

import sys

import pytest

from triage.ui.shell.screen_capture import EXCLUDE_FROM_CAPTURE, block_capture, find_display_affinity


@pytest.mark.parametrize("agrees", [1, 0])
def test_it_is_blocked_when_the_system_says_so(agrees: int) -> None:
    asked: list[tuple[int, int]] = []

    def set_affinity(window: int, how: int) -> int:
        asked.append((window, how))
        return agrees

    assert block_capture(77, set_affinity) is bool(agrees)
    assert asked == [(77, EXCLUDE_FROM_CAPTURE)]


def test_it_is_never_called_blocked_where_the_system_cannot() -> None:
    assert block_capture(77, None) is False
    if sys.platform != "win32":
        assert find_display_affinity() is None
