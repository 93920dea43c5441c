"""How two files match, in words: every way that a search can find has words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from triage.model.match_way import FRAME_PDQ, CropWindow, MatchWay, Orientation
from triage.ui.text import i18n
from triage.ui.text.match_way_words import describe_way, describe_window


@pytest.fixture
def urdu() -> Iterator[None]:
    i18n.set_language("ur")
    yield
    i18n.set_language("en")


def way(**fields: object) -> MatchWay:
    return MatchWay(**{"hash_kind": "pdq", "distance": 4, **fields})  # type: ignore[arg-type]


def test_a_way_is_described_part_by_part() -> None:
    assert describe_way(way()) == "not rotated"
    rotated = way(orientation=Orientation.ROTATED_LEFT, asked_window=CropWindow.CENTRE_10)
    assert describe_way(rotated) == "rotated left; this one: the middle, 10 % cut off around it"
    both = way(asked_window=CropWindow.BOTTOM_RIGHT_5, found_window=CropWindow.PHOTO)
    assert describe_way(both) == "not rotated; this one: the corner bottom right, 5 % cut off; the other: the photo inside it"
    video = way(hash_kind=FRAME_PDQ, found_window=CropWindow.TRIMMED)
    assert describe_way(video) == "as videos; not rotated; the other: what is inside the borders"
    frame = way(hash_kind=FRAME_PDQ, time_ms=2_000)
    assert describe_way(frame) == "at 2.0 s; not rotated"


def test_every_window_and_orientation_has_words_of_its_own() -> None:
    assert len({describe_window(window) for window in CropWindow}) == len(CropWindow)
    assert len({describe_way(way(orientation=orientation)) for orientation in Orientation}) == len(Orientation)


@pytest.mark.parametrize("orientation", Orientation)
def test_every_way_is_described_in_urdu(urdu: None, orientation: Orientation) -> None:
    for window in CropWindow:
        for found in (
            way(orientation=orientation, asked_window=window),
            way(orientation=orientation, found_window=window, time_ms=700),
            way(orientation=orientation, found_window=window, hash_kind=FRAME_PDQ),
        ):
            said = describe_way(found)
            assert not [part for part in said.split() if part.isascii() and part.isalpha()], said
