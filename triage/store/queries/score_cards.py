"""SQL that goes through all score cards, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator

from triage.store.database import Reader
from triage.store.queries.judgement import CARD, CardRow


def iterate_scores(db: Reader) -> Iterator[tuple[int, bytes]]:
    """Yields (report, score) of every report that has a score card."""
    after = -1
    while rows := db.all("SELECT report_id, score FROM score_card WHERE report_id > ? ORDER BY report_id LIMIT 500", (after,)):
        yield from ((i, score) for i, score in rows)
        after = rows[-1][0]


def iterate_cards(db: Reader) -> Iterator[tuple[int, CardRow]]:
    """Yields (report, score card) of every report that has one."""
    after = -1
    while rows := db.all(f"SELECT report_id, {CARD} FROM score_card WHERE report_id > ? ORDER BY report_id LIMIT 500", (after,)):
        yield from ((row[0], CardRow(*row[1:])) for row in rows)
        after = rows[-1][0]
