"""SQL of new images and videos that wait for the end of an import, where they are compared with the store."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader, Writer


def find_next_item(db: Reader) -> int:
    """Returns the id that the next media item will have, or a lower one that no media item has."""
    return 1 + int(db.value("SELECT coalesce(max(id), 0) FROM media_item"))


def list_uncompared_images(db: Reader, most: int) -> list[int]:
    """Returns the first images that no import has compared yet."""
    sql = "SELECT media_item_id FROM image_hashes WHERE swept < 0 ORDER BY media_item_id LIMIT ?"
    return [i for (i,) in db.all(sql, (most,))]


def has_images(db: Reader) -> bool:
    """Returns whether an image waits."""
    return bool(list_uncompared_images(db, 1))


def mark_images_compared(batch: Writer, media_ids: Iterable[int]) -> None:
    """Records that an import compared these images. Those of which the background comparison did more by now stay as they are."""
    rows = [(medium_id,) for medium_id in media_ids]
    batch.executemany("UPDATE image_hashes SET swept = 0 WHERE media_item_id = ? AND swept < 0", rows)


def list_uncompared_videos(db: Reader) -> list[int]:
    """Returns the videos whose frames no import has compared with images yet."""
    return [i for (i,) in db.all("SELECT media_item_id FROM video WHERE compared = 0 ORDER BY media_item_id")]


def mark_video_compared(batch: Writer, medium_id: int) -> None:
    """Records that the video's frames were compared with the images of the store."""
    batch.execute("UPDATE video SET compared = 1 WHERE media_item_id = ?", (medium_id,))
