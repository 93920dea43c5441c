"""SQL of counts for the statistics that no other subject needs."""

from __future__ import annotations

from triage.store.database import Reader


def count_repeated_files(db: Reader) -> int:
    """Returns how many files hold bytes that another file holds already."""
    return int(db.value("SELECT (SELECT count(*) FROM file) - (SELECT count(DISTINCT media_item_id) FROM file)"))


def count_media_matching_earlier(db: Reader) -> int:
    """Returns the number of media items that match one with a lower id.

    Matches of hub images that are held and not confirmed do not count.
    """
    held = "SELECT media_item_id FROM held_hash WHERE media_item_id IS NOT NULL AND outcome IS NOT 'confirmed'"
    return int(db.value(f"SELECT count(DISTINCT b) FROM media_match WHERE a NOT IN ({held}) AND b NOT IN ({held})"))
