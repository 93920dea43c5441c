"""Counts for statistics that no other subject needs."""

from __future__ import annotations

from triage.store.database import Reader


def repeated_occurrences(db: Reader) -> int:
    return int(db.value("SELECT (SELECT count(*) FROM occurrence) - (SELECT count(DISTINCT medium_id) FROM occurrence)"))


def pictures_like_an_earlier(db: Reader) -> int:
    """Without those of a crowd that is held for review."""
    held = "SELECT medium_id FROM held WHERE medium_id IS NOT NULL AND outcome IS NOT 'confirmed'"
    return int(db.value(f"SELECT count(DISTINCT b) FROM near WHERE a NOT IN ({held}) AND b NOT IN ({held})"))
