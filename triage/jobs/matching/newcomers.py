"""Compares the new images and videos of an import with the store, at its end.

The store's hashes are read block by block, once for each round of new images, and are not kept: an import into a store of
millions of images takes no more memory than into a small one. What each new image matches is the same as if it had been compared
when it came, one after the other in order of id. A kill leaves images that wait: the next import compares them, or the background
comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from triage import limits
from triage.hashing.crop_windows import LAST_WHOLE
from triage.hashing.match_index import ImageIndex, NewImage, StoredHashes
from triage.hashing.passing_matches import find_passing_matches
from triage.hashing.video_frames import decode_frames
from triage.jobs.matching.films import compare_with_images, compare_with_videos
from triage.jobs.matching.pictures import (
    StoredImages,
    find_matches_of_new,
    iter_hub_blocks,
    iter_image_blocks,
    load_hashes,
    store_matches,
)
from triage.jobs.matching.sweep_state import COMPARED, UNCOMPARED
from triage.jobs.session import Session
from triage.model.match_way import MatchWay
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import media, uncompared, videos

if TYPE_CHECKING:
    from triage.hashing.video_search import FrameIndex

OnRead = Callable[[int, int], None]
"""Hears, between two blocks, up to which media item the store was read, and the last there is. It may raise."""


def compare_new_images(session: Session, frames: FrameIndex, first: int, on_read: OnRead) -> int:
    """Compares all images that wait, and returns how many of those with the id `first` or a later one match something.

    It must not be called inside a batch.
    """
    session.require(Right.IMPORT)
    near = 0
    while True:
        db = session.store.read()  # no snapshot: it would hold the write-ahead log while the whole store is read
        ids = uncompared.list_uncompared_images(db, limits.COMPARED_AT_ONCE)
        if not ids:
            return near
        images = [NewImage(medium_id, load_hashes(db, medium_id)) for medium_id in ids]
        hubs, older = _find_older_matches(db, images, on_read)
        pictures = StoredImages()
        for start in range(0, len(images), limits.BATCH_ITEMS):
            some = [(image.medium_id, image.hashes) for image in images[start : start + limits.BATCH_ITEMS]]
            pictures.add(some)
            with session.store.batch() as batch:
                for medium_id, hashes, found in find_matches_of_new(pictures, batch, some, hubs, older):
                    store_matches(batch, pictures, medium_id, hashes, found)
                    compare_with_videos(batch, frames, medium_id, hashes)
                    near += bool(found) and medium_id >= first
                uncompared.mark_images_compared(batch, (medium_id for medium_id, _ in some))


def _find_older_matches(
    db: Reader, images: Sequence[NewImage], on_read: OnRead
) -> tuple[dict[int, dict[int, MatchWay]], dict[int, dict[int, MatchWay]]]:
    """Returns, by medium id, the hub images that each image matches, and of the others all compared images that it matches.

    Nothing of the store is kept in memory.
    """
    of_hubs = find_passing_matches(iter_hub_blocks(db), images)
    hubs = {image.medium_id: found for image, found in zip(images, of_hubs, strict=True) if found}
    alone = [image for image in images if image.medium_id not in hubs]
    if not alone:
        return hubs, {}
    found = find_passing_matches(_iter_images(db, on_read, COMPARED), alone)
    return hubs, dict(zip((image.medium_id for image in alone), found, strict=True))


def _iter_images(db: Reader, on_read: OnRead, least_stage: int) -> Iterator[list[StoredHashes]]:
    """Yields the images that may match, in blocks."""
    last = media.find_last_image(db)
    for block in iter_image_blocks(db, least_stage=least_stage):
        on_read(block[-1].medium_id, last)
        yield block


def compare_new_videos(session: Session, on_read: OnRead) -> None:
    """Compares the frames of all videos that wait with the images of the store. It must not be called inside a batch."""
    session.require(Right.IMPORT)
    waiting = uncompared.list_uncompared_videos(session.store.read())
    if not waiting:
        return
    images = ImageIndex()
    for block in _iter_images(session.store.read(), on_read, UNCOMPARED):
        images.extend(block, LAST_WHOLE + 1)
    for medium_id in waiting:
        with session.store.batch() as batch:
            frames = decode_frames(videos.load_frames(batch, medium_id) or b"")
            compare_with_images(batch, images, medium_id, frames, thorough=False)
            uncompared.mark_video_compared(batch, medium_id)
