"""Counts for statistics that no other subject needs."""

from __future__ import annotations

from triage.store.database import Reader


def repeated_occurrences(db: Reader) -> int:
    return int(db.value("SELECT (SELECT count(*) FROM file) - (SELECT count(DISTINCT media_item_id) FROM file)"))


def pictures_like_an_earlier(db: Reader) -> int:
    """Without those of a crowd that is held for review."""
    held = "SELECT media_item_id FROM held_hash WHERE media_item_id IS NOT NULL AND outcome IS NOT 'confirmed'"
    return int(db.value(f"SELECT count(DISTINCT b) FROM media_match WHERE a NOT IN ({held}) AND b NOT IN ({held})"))
