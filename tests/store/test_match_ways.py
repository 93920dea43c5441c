"""The words in which older stores kept how files match become typed columns."""

from __future__ import annotations

import sqlcipher3

from triage.store.database import Writer, _statements, migrations

BEFORE = 28
"""The migration that is tried."""


def test_words_become_columns() -> None:
    writer = Writer(sqlcipher3.connect(":memory:", isolation_level=None))
    steps = dict(migrations())
    for number in sorted(step for step in steps if step < BEFORE):
        for statement in _statements(steps[number]):
            writer.execute(statement)
    near = [
        (1, 2, 4, "upright", 1),
        (1, 3, 5, "turned left, centre -5 % of this, right cut off, 5 % of the other", 3),
        (1, 4, 6, "film, mirrored, inside the borders of the other", 1),
        (1, 5, 7, "", None),
        (1, 6, 8, "upright, middle towards the top left of this, top left -5 % of the other", 1),
        (1, 7, 9, "turned half, middle turned 3 degrees left of this, photo inside of the other", 1),
    ]
    writer.executemany("INSERT INTO near (a, b, distance, variant, asked) VALUES (?,?,?,?,?)", near)
    writer.execute(
        "INSERT INTO possible (a, b, distance, second, variant, asked)"
        " VALUES (1, 2, 40, 50, 'transposed, uneven crop of this, 16:9 in the middle of the other', 1)"
    )
    writer.execute(
        "INSERT INTO list_near (value, medium_id, list_id, item_id, distance, variant, possible)"
        " VALUES (x'00', 1, 1, 1, 3, '', 0), (x'01', 1, 1, 2, 3, 'frame at 2.4 s, turned right, trimmed of this', 1)"
    )
    writer.execute(
        "INSERT INTO film_tie VALUES (1, 2, 'same', 9, 9, 9, 9, 3, 5, 80, 'upright, centre -10 % of this', 0),"
        " (1, 3, 'same', 9, 9, 9, 9, 3, 5, 80, 'flipped, centre -10 % of the other', 0)"
    )
    writer.execute("INSERT INTO still_tie VALUES (1, 2, 700, 5, 80, 'upright, inside the borders of the other')")
    for statement in _statements(steps[BEFORE]):
        writer.execute(statement)
    columns = "hash_kind, orientation, asked_window, found_window, searched"
    assert writer.all(f"SELECT {columns} FROM near ORDER BY b") == [
        ("pdq", "upright", "whole", "whole", 1),
        ("pdq", "rotated-left", "centre-5", "without-right-5", 1),
        ("pdq of frames", "mirrored", "whole", "trimmed", 1),
        ("pdq", "upright", "whole", "whole", 0),
        ("pdq", "upright", "inner-top-left", "top-left-5", 1),
        ("pdq", "rotated-180", "rotated-3-left", "photo", 1),
    ]
    assert writer.all("SELECT orientation, asked_window, found_window, dhash_distance FROM possible") == [
        ("transposed", "uneven", "ratio-16-9", 50)
    ]
    assert writer.all("SELECT orientation, crop_window, time_ms FROM list_near ORDER BY value") == [
        ("upright", "whole", None),
        ("rotated-right", "trimmed", 2_400),
    ]
    assert writer.all("SELECT orientation, a_window, b_window FROM film_tie ORDER BY b") == [
        ("upright", "centre-10", "whole"),
        ("flipped", "whole", "centre-10"),
    ]
    assert writer.all("SELECT orientation, image_window, frame_window FROM still_tie") == [("upright", "whole", "trimmed")]
