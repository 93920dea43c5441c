"""Counts for statistics that no other subject needs."""

from __future__ import annotations

from triage.store.database import Reader


def repeated_occurrences(db: Reader) -> int:
    return int(db.value("SELECT (SELECT count(*) FROM occurrence) - (SELECT count(DISTINCT medium_id) FROM occurrence)"))


def pictures_like_an_earlier(db: Reader) -> int:
    return int(db.value("SELECT count(DISTINCT b) FROM near"))
