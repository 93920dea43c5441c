"""Finds matching stored images and stores the matches, at a cost that does not grow with the number of copies.

An image that limits.HUB_FROM others match becomes a hub image. A later copy is compared with the hub images first, and matches
them alone when it is near. So each further copy costs one row and a search among few. Two copies share a group through their
hub image. Below that number every match is stored, in whatever order the copies came.
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
    find_matches,
)
from triage.hashing.match_quality import MATCHING_QUALITIES, can_match
from triage.hashing.orientations import orient_pdq
from triage.hashing.video_search import FrameIndex
from triage.hashing.window_codec import PDQ_BYTES
from triage.jobs.codec import facts_from_bytes, read_or_none
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
    """Images that were added and may match, hub images that arose, and, once read, the frames of the store's videos.

    An import adds the images of a round, and nobody all images of a store: those are searched in blocks (stored_search.py). Only
    one thread may use it at a time.
    """

    def __init__(self) -> None:
        self.all = ImageIndex()
        self.hubs = ImageIndex()
        self.frames = FrameIndex()
        self._destroyed: int | None = None
        """How many reports had been destroyed when the store was read; None: it was not read."""

    def read_frames(self, db: Reader) -> None:
        """Reads the frames of all videos of the store."""
        learn_all_frames(db, self.frames)
        self._destroyed = destruction.count_destructions(db)

    def read_wholes(self, db: Reader, cancel: CancelToken | None = None) -> None:
        """Reads the whole windows of all images, which videos are compared with.

        Raises:
            Cancelled: if the token was set
        """
        for block in iter_image_blocks(db):
            check_cancelled(cancel)
            self.all.extend(block, LAST_WHOLE + 1)

    def check_current(self, db: Reader) -> None:
        """Raises Outdated when a report was destroyed since. An import, which keeps destructions out, need not call it."""
        if destruction.count_destructions(db) != self._destroyed:
            raise Outdated

    def add(self, pictures: Iterable[tuple[int, Perceptual]]) -> None:
        """Adds (media item, hashes) of images, which are found from now on unless they have low quality."""
        matching = ((medium_id, hashes) for medium_id, hashes in pictures if can_match(hashes))
        self.all.extend(StoredHashes(medium_id, hashes.pdq, hashes.windows) for medium_id, hashes in matching)


def load_frames_and_wholes(db: Reader, *, whole: bool, cancel: CancelToken | None = None) -> StoredImages:
    """Reads the frames of the store's videos, and with `whole` the whole windows alone of all images, to compare videos with.

    Raises:
        Cancelled: if the token was set
    """
    pictures = StoredImages()
    pictures.read_frames(db)
    if whole:
        pictures.read_wholes(db, cancel)
    return pictures


def iter_image_blocks(db: Reader, qualities: range = MATCHING_QUALITIES, least_stage: int = -1) -> Iterator[list[StoredHashes]]:
    """Yields the images of these qualities that were brought to a stage of comparing, in blocks."""
    for block in media.iter_window_blocks(db, qualities, least_stage=least_stage):
        yield [StoredHashes(*row) for row in block]


def iter_hub_blocks(db: Reader) -> Iterator[list[StoredHashes]]:
    """Yields the hub images in blocks."""
    ids = media_matches.list_hubs(db)
    for start in range(0, len(ids), _HUBS_AT_ONCE):
        stored = ((medium_id, media.load_windows(db, medium_id)) for medium_id in ids[start : start + _HUBS_AT_ONCE])
        yield [StoredHashes(medium_id, windows[:PDQ_BYTES], windows) for medium_id, windows in stored if windows]


_HUBS_AT_ONCE = 1_000


def make_window_loader(db: Reader) -> BlobLoader:
    """Returns a function that loads the packed window hashes of a stored image."""
    return lambda medium_id: media.load_windows(db, medium_id)


def load_hashes(db: Reader, medium_id: int) -> Perceptual:
    """Returns the hashes of a stored image, with those of its windows. Of damaged facts the windows say nearly the same.

    Raises:
        RuntimeError: if it has none
    """
    stored = media_matches.load_facts_and_windows(db, medium_id)
    if stored is None:
        raise RuntimeError(f"medium {medium_id} has windows and no hashes")
    encoded, windows, quality = stored
    facts = read_or_none(facts_from_bytes, encoded, medium_id)
    if facts is None:
        pdq = windows[:PDQ_BYTES]
        return Perceptual(pdq=pdq, quality=quality, turns=tuple(orient_pdq(pdq)), phash=b"", windows=windows)
    if facts.perceptual is None:
        raise RuntimeError(f"medium {medium_id} has windows and no hashes")
    return replace(facts.perceptual, windows=windows)


def keep_nearest_hubs(standing: dict[int, MatchWay]) -> dict[int, MatchWay]:
    """Returns the limits.HUB_LINKS nearest hub images."""
    return dict(sorted(standing.items(), key=lambda pair: (pair[1].rank, pair[0]))[: limits.HUB_LINKS])


def find_matches_of_new(
    pictures: StoredImages,
    db: Reader,
    new: Sequence[tuple[int, Perceptual]],
    hubs: Mapping[int, dict[int, MatchWay]] = MappingProxyType({}),
    older: Mapping[int, dict[int, MatchWay]] = MappingProxyType({}),
) -> Iterator[tuple[int, Perceptual, dict[int, MatchWay]]]:
    """Yields the hub images that each new image matches, the nearest, or without one all older images that it matches.

    The images are given in order of id and were added already. `hubs` are the hub images and `older` the images that each
    matches and that are not in `pictures`. The result is as if the matches of each were stored before the next is compared.
    Comparing many at once is several times as fast.
    """
    kept = make_window_loader(db)
    images = [NewImage(medium_id, hashes) for medium_id, hashes in new]
    found_hubs = find_earlier_matches(pictures.hubs, kept, images)
    of_hubs = [hubs.get(image.medium_id, {}) | found for image, found in zip(images, found_hubs, strict=True)]
    alone = [image for image, found in zip(images, of_hubs, strict=True) if not found]
    of_all = dict(zip((each.medium_id for each in alone), find_earlier_matches(pictures.all, kept, alone), strict=True))
    known = len(pictures.hubs)
    for (medium_id, hashes), found in zip(new, of_hubs, strict=True):
        if not found and len(pictures.hubs) > known:  # an image became a hub since
            found = find_matches(pictures.hubs, kept, hashes)
        yield medium_id, hashes, keep_nearest_hubs(found) or older.get(medium_id, {}) | of_all[medium_id]


def store_matches(batch: Batch, pictures: StoredImages, medium_id: int, hashes: Perceptual, found: dict[int, MatchWay]) -> int:
    """Stores the images that were found to match an image; returns how many matches are new.

    An image with enough matches and no hub becomes a hub image, and so does another one that now has enough.
    """
    new = [
        other
        for other, way in sorted(found.items(), key=lambda pair: pair[0])
        if media_matches.save_match(batch, medium_id, other, way)
    ]
    if not new or any(media_matches.is_hub(batch, each) for each in (medium_id, *found)):
        return len(new)
    if len(found) >= limits.HUB_FROM:
        _make_hub(batch, pictures, medium_id, hashes)
        return len(new)
    for other in new:
        if media_matches.count_matches(batch, other, limits.HUB_FROM) >= limits.HUB_FROM and not media_matches.list_hubs_of(
            batch, other
        ):
            _make_hub(batch, pictures, other, load_hashes(batch, other))
            break
    return len(new)


def _make_hub(batch: Batch, pictures: StoredImages, medium_id: int, hashes: Perceptual) -> None:
    """Makes the image a hub image."""
    media_matches.add_hub(batch, medium_id)
    pictures.hubs.add(medium_id, hashes)


def store_possible(batch: Batch, medium_id: int, found: dict[int, MatchWay]) -> int:
    """Stores the nearest possible matches, which wait for a person; returns how many are new."""

    def nearness(pair: tuple[int, MatchWay]) -> tuple[int, int, int]:
        """Returns a key that sorts the nearest match first."""
        return pair[1].distance, pair[1].dhash_distance or 0, pair[0]

    nearest = sorted(found.items(), key=nearness)[: limits.MOST_POSSIBLE]
    return sum(media_matches.save_possible_match(batch, medium_id, other, way) for other, way in nearest)
