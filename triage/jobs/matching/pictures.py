"""Finds matching stored images and stores the matches, at a cost that does not grow with the number of copies.

An image that limits.CROWD others match becomes a hub image. A later copy is compared with the hub images first, and matches them
alone when it is near. So each further copy costs one row and a search among few. Two copies share a group through their hub
image. Below that number every match is stored, in whatever order the copies came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from triage import limits
from triage.hashing.crop_windows import LAST_WHOLE
from triage.hashing.match_index import (
    BlobLoader,
    ImageIndex,
    NewImage,
    StoredHashes,
    find_earlier_matches,
    find_low_quality_matches,
    find_matches,
    find_possible_matches,
)
from triage.hashing.match_quality import LOW_QUALITIES, MATCHING_QUALITIES, can_match
from triage.hashing.uneven_crops import CellPlane, find_uneven_crops
from triage.hashing.video_search import FrameIndex
from triage.jobs.codec import facts_from_bytes
from triage.jobs.matching.films import learn_all_frames
from triage.model.match_way import MatchWay
from triage.model.media import Perceptual
from triage.model.progress import CancelToken, check_cancelled
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import destruction, media, media_matches


class Outdated(Exception):
    """Raised when a report was destroyed since the images were read: a match with a destroyed image can't be stored."""


class StoredImages:
    """All images of a store that may match, its hub images, its low quality images, and the frames of its videos.

    It is empty until `read` was called: reading costs some minutes and gigabytes for a million images. Only one thread may use it
    at a time.
    """

    def __init__(self) -> None:
        self.all = ImageIndex()
        self.crowds = ImageIndex()
        self.faint = ImageIndex()
        self.frames = FrameIndex()
        self._destroyed: int | None = None
        """How many reports had been destroyed when the images were read; None: they were not read."""

    @property
    def was_read(self) -> bool:
        """Returns whether the images of the store are in it."""
        return self._destroyed is not None

    def read(self, db: Reader, cancel: CancelToken | None = None) -> None:
        """Reads all images and frames of the store, when that was not done yet. Only then may images be added.

        Raises:
            Cancelled: if the token was set
        """
        if self.was_read:
            return
        standing = set(media_matches.list_hubs(db))
        for block in media.iter_window_blocks(db, MATCHING_QUALITIES):
            check_cancelled(cancel)
            stored = [StoredHashes(*row) for row in block]
            self.all.extend(stored)
            self.crowds.extend(hashes for hashes in stored if hashes.medium_id in standing)
        for block in media.iter_window_blocks(db, LOW_QUALITIES):
            self.faint.extend(StoredHashes(*row) for row in block)
        learn_all_frames(db, self.frames)
        self._destroyed = destruction.count_destructions(db)

    def read_for_videos(self, db: Reader, *, whole: bool, cancel: CancelToken | None = None) -> None:
        """Reads what videos are compared with: the frames, and with `whole` the whole windows of all images."""
        for block in media.iter_window_blocks(db, MATCHING_QUALITIES) if whole else ():
            check_cancelled(cancel)
            self.all.extend((StoredHashes(*row) for row in block), LAST_WHOLE + 1)
        learn_all_frames(db, self.frames)
        self._destroyed = destruction.count_destructions(db)

    def check_current(self, db: Reader) -> None:
        """Raises Outdated when a report was destroyed since. An import, which keeps destructions out, need not call it."""
        if destruction.count_destructions(db) != self._destroyed:
            raise Outdated

    def add(self, pictures: Iterable[tuple[int, Perceptual]]) -> None:
        """Adds (media item, hashes) of images, which are found from now on."""
        for medium_id, hashes in pictures:
            (self.all if can_match(hashes) else self.faint).add(medium_id, hashes)


def load_stored_images(db: Reader, cancel: CancelToken | None = None) -> StoredImages:
    """Reads all images and frames of the store.

    Raises:
        Cancelled: if the token was set
    """
    pictures = StoredImages()
    pictures.read(db, cancel)
    return pictures


def load_frames_and_wholes(db: Reader, *, whole: bool, cancel: CancelToken | None = None) -> StoredImages:
    """Reads the frames of the store's videos, and with `whole` the whole windows alone of all images, to compare videos with.

    Raises:
        Cancelled: if the token was set
    """
    pictures = StoredImages()
    pictures.read_for_videos(db, whole=whole, cancel=cancel)
    return pictures


def make_window_loader(db: Reader) -> BlobLoader:
    """Returns a function that loads the packed window hashes of a stored image."""
    return lambda medium_id: media.load_windows(db, medium_id)


def load_hashes(db: Reader, medium_id: int) -> Perceptual:
    """Returns the hashes of a stored image, with those of its windows.

    Raises:
        RuntimeError: if it has none
    """
    row, kept = media.load_media_item(db, medium_id), media.load_windows(db, medium_id)
    hashes = facts_from_bytes(row.facts).perceptual if row and row.facts else None
    if hashes is None or kept is None:
        raise RuntimeError(f"medium {medium_id} has windows and no hashes")
    return replace(hashes, windows=kept)


def find_stored_matches(
    pictures: StoredImages, db: Reader, hashes: Perceptual, *, own: int | None = None, thorough: bool = False
) -> dict[int, MatchWay]:
    """Returns the hub images that an image matches, the nearest, or without one all images that it matches.

    `own` is the id of the image itself, which is left out. A low quality image matches nothing.
    """
    found: dict[int, MatchWay] = {}
    if not can_match(hashes):
        return found
    for index in (pictures.crowds, pictures.all):
        found = find_matches(index, make_window_loader(db), hashes, thorough=thorough)
        found.pop(own or -1, None)
        if found:
            return keep_nearest_hubs(found) if index is pictures.crowds else found
    return found


def keep_nearest_hubs(standing: dict[int, MatchWay]) -> dict[int, MatchWay]:
    """Returns the limits.CROWD_TIES nearest hub images."""
    return dict(sorted(standing.items(), key=lambda pair: (pair[1].rank, pair[0]))[: limits.CROWD_TIES])


def find_matches_of_new(
    pictures: StoredImages,
    db: Reader,
    new: Sequence[tuple[int, Perceptual]],
    hubs: Mapping[int, dict[int, MatchWay]] = MappingProxyType({}),
    older: Mapping[int, dict[int, MatchWay]] = MappingProxyType({}),
) -> Iterator[tuple[int, Perceptual, dict[int, MatchWay]]]:
    """Yields what `find_stored_matches` finds for new images among older ones, given in order of id and already added.

    `hubs` are the hub images and `older` the images that each matches and that are not in `pictures`. The result is as if the
    matches of each were stored before the next is compared. Comparing many at once is several times as fast.
    """
    kept = make_window_loader(db)
    images = [NewImage(medium_id, hashes) for medium_id, hashes in new]
    found_hubs = find_earlier_matches(pictures.crowds, kept, images)
    of_crowds = [hubs.get(image.medium_id, {}) | found for image, found in zip(images, found_hubs, strict=True)]
    alone = [image for image, found in zip(images, of_crowds, strict=True) if not found]
    of_all = dict(zip((each.medium_id for each in alone), find_earlier_matches(pictures.all, kept, alone), strict=True))
    known = len(pictures.crowds)
    for (medium_id, hashes), found in zip(new, of_crowds, strict=True):
        if not found and len(pictures.crowds) > known:  # one more stands for a crowd since
            found = find_matches(pictures.crowds, kept, hashes)
        yield medium_id, hashes, keep_nearest_hubs(found) or older.get(medium_id, {}) | of_all[medium_id]


def find_possible(
    pictures: StoredImages, db: Reader, hashes: Perceptual, *, own: int | None = None, cells: CellPlane | None = None
) -> dict[int, MatchWay]:
    """Returns the images that may be the same; with `cells` also as an uneven crop, unless both are of low quality.

    For an image that matches a hub image nothing is searched.
    """
    known = {own or -1}
    if own is not None:
        if media_matches.list_hubs_of(db, own):
            return {}
        known |= {row.other for row in media_matches.load_matches(db, own)}
    kept, is_faint = make_window_loader(db), not can_match(hashes)

    def asked(index: ImageIndex, faint: bool) -> dict[int, MatchWay]:
        """Searches one index for possible matches and uneven crops."""
        found = (find_low_quality_matches if faint else find_possible_matches)(index, kept, hashes, known)
        return found | find_uneven_crops(index, kept, cells, {*known, *found}) if cells and len(index) else found

    clear = asked(pictures.crowds, is_faint) or asked(pictures.all, is_faint)
    return clear | (
        find_low_quality_matches(pictures.faint, kept, hashes, known) if is_faint else asked(pictures.faint, faint=True)
    )


def store_matches(batch: Batch, pictures: StoredImages, medium_id: int, hashes: Perceptual, found: dict[int, MatchWay]) -> int:
    """Stores what `find_stored_matches` found for an image; returns how many matches are new.

    An image with enough matches and no hub becomes a hub image, and so does another one that now has enough.
    """
    new = [
        other
        for other, way in sorted(found.items(), key=lambda pair: pair[0])
        if media_matches.save_match(batch, medium_id, other, way)
    ]
    if not new or any(media_matches.is_hub(batch, each) for each in (medium_id, *found)):
        return len(new)
    if len(found) >= limits.CROWD:
        _make_hub(batch, pictures, medium_id, hashes)
        return len(new)
    for other in new:
        if media_matches.count_matches(batch, other, limits.CROWD) >= limits.CROWD and not media_matches.list_hubs_of(
            batch, other
        ):
            _make_hub(batch, pictures, other, load_hashes(batch, other))
            break
    return len(new)


def _make_hub(batch: Batch, pictures: StoredImages, medium_id: int, hashes: Perceptual) -> None:
    """Makes the image a hub image."""
    media_matches.add_hub(batch, medium_id)
    pictures.crowds.add(medium_id, hashes)


def store_possible(batch: Batch, medium_id: int, found: dict[int, MatchWay]) -> int:
    """Stores the nearest possible matches, which wait for a person; returns how many are new."""

    def nearness(pair: tuple[int, MatchWay]) -> tuple[int, int, int]:
        """Returns a key that sorts the nearest match first."""
        return pair[1].distance, pair[1].dhash_distance or 0, pair[0]

    nearest = sorted(found.items(), key=nearness)[: limits.MOST_POSSIBLE]
    return sum(media_matches.save_possible_match(batch, medium_id, other, way) for other, way in nearest)
