"""What a search or an import saves anew stands as if nothing had stood there: no column keeps what it held before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.store.test_kept_numbers import Schema
from triage.model.match_way import CropWindow, MatchWay, Orientation
from triage.store.queries import media, media_matches, videos

WAY = MatchWay(
    hash_kind="pdq",
    distance=3,
    asked_window=CropWindow.WHOLE,
    found_window=CropWindow.CENTRE_10,
    orientation=Orientation.UPRIGHT,
    time_ms=40,
)
SAVES: dict[str, tuple[Callable[[Any], object], str]] = {
    "image_hashes": (
        lambda writer: media.save_windows(writer, [(1, b"new")], 1),
        "INSERT INTO image_hashes VALUES (1, 3, 'too large', x'00')",
    ),
    "media_match": (
        lambda writer: media_matches.save_match(writer, 1, 2, WAY),
        "INSERT INTO media_match VALUES (1, 2, 30, 'phash', 2, 'centre 25', 'centre 25', 'mirrored', 0, NULL, 7)",
    ),
    "frame_match": (
        lambda writer: videos.save_frame_match(writer, 1, 2, quality=90, way=WAY),
        "INSERT INTO frame_match VALUES (1, 2, 999, 30, 10, 'centre 25', 'centre 25', 'mirrored')",
    ),
}
"""By table: what saves a row, and a row that stands there with another value in each column but its key."""


class Writer(Schema):
    def first(self, sql: str, params: object = ()) -> object:
        return self.db.execute(sql, params).fetchone()  # type: ignore[arg-type]


@pytest.mark.parametrize("table", SAVES)
def test_a_row_that_is_saved_again_is_as_one_that_is_new(table: str) -> None:
    save, before = SAVES[table]
    new, again = Writer(), Writer()
    again.execute(before)
    save(new)
    save(again)
    assert len(new.all(f"SELECT * FROM {table}")) == 1
    assert again.all(f"SELECT * FROM {table}") == new.all(f"SELECT * FROM {table}")
