"""How two files match, as data: seen from either side, sorted, and in the English words of the JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.model.match_way import FRAME_PDQ, CropWindow, MatchWay, Orientation, describe_match_way

WAY = MatchWay(
    hash_kind="pdq",
    distance=4,
    asked_window=CropWindow.CENTRE_5,
    found_window=CropWindow.BOTTOM_RIGHT_5,
    orientation=Orientation.ROTATED_LEFT,
    dhash_distance=9,
)


def test_seen_from_the_other_file_windows_change_sides_and_rotations_go_back() -> None:
    assert WAY.reverse() == replace(
        WAY,
        asked_window=CropWindow.BOTTOM_RIGHT_5,
        found_window=CropWindow.CENTRE_5,
        orientation=Orientation.ROTATED_RIGHT,
    )


@pytest.mark.parametrize("orientation", Orientation)
def test_reversing_twice_changes_nothing(orientation: Orientation) -> None:
    way = replace(WAY, orientation=orientation)
    assert way.reverse().reverse() == way
    rotates = orientation in (Orientation.ROTATED_LEFT, Orientation.ROTATED_RIGHT)
    assert (way.reverse().orientation == orientation) is not rotates


def test_the_nearest_is_first_then_by_windows_and_orientation() -> None:
    ways = [
        replace(WAY, distance=3),
        replace(WAY, found_window=CropWindow.WHOLE),
        replace(WAY, asked_window=CropWindow.WHOLE),
        replace(WAY, orientation=Orientation.UPRIGHT),
        WAY,
    ]
    shuffled = [ways[number] for number in (3, 0, 4, 2, 1)]
    assert sorted(shuffled, key=lambda way: way.rank) == ways


def test_only_two_whole_upright_images_are_plain() -> None:
    plain = MatchWay(hash_kind="pdq", distance=31, dhash_distance=5)
    assert plain.is_plain
    for other in (
        replace(plain, time_ms=0),
        replace(plain, orientation=Orientation.FLIPPED),
        replace(plain, asked_window=CropWindow.TRIMMED),
        replace(plain, found_window=CropWindow.TRIMMED),
    ):
        assert not other.is_plain


def test_english_words() -> None:
    assert describe_match_way(WAY) == "rotated left, centre -5 % of this, bottom right -5 % of the other"
    assert describe_match_way(MatchWay(hash_kind="md5", distance=0)) == ""
    frame = MatchWay(hash_kind=FRAME_PDQ, distance=8, asked_window=CropWindow.TRIMMED, time_ms=2_040)
    assert describe_match_way(frame) == "frame at 2.0 s, upright, inside the borders of this"


def test_every_window_and_orientation_has_english_words_of_its_own() -> None:
    windows = {describe_match_way(replace(WAY, asked_window=window)) for window in CropWindow}
    orientations = {describe_match_way(replace(WAY, orientation=orientation)) for orientation in Orientation}
    assert (len(windows), len(orientations)) == (len(CropWindow), len(Orientation))
