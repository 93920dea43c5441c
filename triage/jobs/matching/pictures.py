"""Pairs of stored pictures that are alike, found and kept at a cost that does not grow with how often a picture goes round.

A picture that limits.CROWD others are like stands for a crowd. Whoever comes later asks those that stand for crowds first, and
is tied to them alone when they are like it: one row, and a search among few, however many are in the crowd. Two of a crowd
share a group through the one that stands for it. Below that number every pair is kept, whatever came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from triage import limits
from triage.hashing.match_index import (
    LOW_QUALITIES,
    MATCHING_QUALITIES,
    BlobLoader,
    ImageIndex,
    NewImage,
    StoredHashes,
    can_match,
    find_earlier_matches,
    find_low_quality_matches,
    find_matches,
    find_possible_matches,
)
from triage.hashing.uneven_crops import CellPlane, find_uneven_crops
from triage.hashing.video_search import FrameIndex
from triage.jobs.codec import facts_from_bytes
from triage.jobs.matching.films import learn_all_frames
from triage.model.match_way import MatchWay
from triage.model.media import Perceptual
from triage.model.progress import CancelToken
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import destruction, media, media_matches


class Outdated(Exception):
    """Something was destroyed since the pictures were read: nothing can be tied to what is gone."""


class Pictures:
    """All pictures of a store that may match, those among them that stand for crowds, those that are too faint to match, and the
    frames of its films. One thread at a time."""

    def __init__(self, destroyed: int = 0) -> None:
        """`destroyed`: how many reports had been when they were read."""
        self.all = ImageIndex()
        self.crowds = ImageIndex()
        self.faint = ImageIndex()
        self.frames = FrameIndex()
        self._destroyed = destroyed

    def check(self, db: Reader) -> None:
        """Raises Outdated. For whoever keeps no destruction out, as an import does."""
        if destruction.count_destructions(db) != self._destroyed:
            raise Outdated

    def learn(self, pictures: Iterable[tuple[int, Perceptual]]) -> None:
        """From now on these (medium id, hashes) are found too."""
        for medium_id, hashes in pictures:
            (self.all if can_match(hashes) else self.faint).add(medium_id, hashes)


def stored_pictures(db: Reader, cancel: CancelToken | None = None) -> Pictures:
    """Raises Cancelled."""
    pictures = Pictures(destruction.count_destructions(db))
    standing = set(media_matches.list_hubs(db))
    for block in media.iter_window_blocks(db, MATCHING_QUALITIES):
        if cancel:
            cancel.check()
        stored = [StoredHashes(*row) for row in block]
        pictures.all.extend(stored)
        pictures.crowds.extend(hashes for hashes in stored if hashes.medium_id in standing)
    for block in media.iter_window_blocks(db, LOW_QUALITIES):
        pictures.faint.extend(StoredHashes(*row) for row in block)
    learn_all_frames(db, pictures.frames)
    return pictures


def kept_in(db: Reader) -> BlobLoader:
    return lambda medium_id: media.load_windows(db, medium_id)


def hashes_of(db: Reader, medium_id: int) -> Perceptual:
    """With the windows, of a stored picture that has them."""
    row, kept = media.load_media_item(db, medium_id), media.load_windows(db, medium_id)
    hashes = facts_from_bytes(row.facts).perceptual if row and row.facts else None
    if hashes is None or kept is None:
        raise RuntimeError(f"medium {medium_id} has windows and no hashes")
    return replace(hashes, windows=kept)


def look(
    pictures: Pictures, db: Reader, hashes: Perceptual, *, own: int | None = None, thorough: bool = False
) -> dict[int, MatchWay]:
    """Those that stand for the crowds which a picture belongs to, the nearest; when there are none, every picture like it.
    Without `own`, which is the picture itself. Nothing is like a faint one."""
    found: dict[int, MatchWay] = {}
    if not can_match(hashes):
        return found
    for index in (pictures.crowds, pictures.all):
        found = find_matches(index, kept_in(db), hashes, thorough=thorough)
        found.pop(own or -1, None)
        if found:
            return _nearest(found) if index is pictures.crowds else found
    return found


def _nearest(standing: dict[int, MatchWay]) -> dict[int, MatchWay]:
    """Of those that stand for crowds."""
    return dict(sorted(standing.items(), key=lambda pair: (pair[1].rank, pair[0]))[: limits.CROWD_TIES])


def look_at_new(
    pictures: Pictures, db: Reader, new: Sequence[tuple[int, Perceptual]]
) -> Iterator[tuple[int, Perceptual, dict[int, MatchWay]]]:
    """What `look` finds of new pictures among older ones, if each is tied before the next is taken; all are learnt already, and
    by id in order. Asking for many at once is several times as fast."""
    kept = kept_in(db)
    images = [NewImage(medium_id, hashes) for medium_id, hashes in new]
    of_crowds = find_earlier_matches(pictures.crowds, kept, images)
    alone = [image for image, found in zip(images, of_crowds, strict=True) if not found]
    of_all = dict(zip((each.medium_id for each in alone), find_earlier_matches(pictures.all, kept, alone), strict=True))
    known = len(pictures.crowds)
    for (medium_id, hashes), found in zip(new, of_crowds, strict=True):
        if not found and len(pictures.crowds) > known:  # one more stands for a crowd since
            found = find_matches(pictures.crowds, kept, hashes)
        yield medium_id, hashes, _nearest(found) or of_all[medium_id]


def look_further(
    pictures: Pictures, db: Reader, hashes: Perceptual, *, own: int | None = None, cells: CellPlane | None = None
) -> dict[int, MatchWay]:
    """Likewise the pictures that are possibly this one; with its `cells` also as an uneven crop, unless both are faint. Nothing
    is asked for a picture that a crowd's stands for."""
    known = {own or -1}
    if own is not None:
        if media_matches.list_hubs_of(db, own):
            return {}
        known |= {row.other for row in media_matches.load_matches(db, own)}
    kept, is_faint = kept_in(db), not can_match(hashes)

    def asked(index: ImageIndex, faint: bool) -> dict[int, MatchWay]:
        found = (find_low_quality_matches if faint else find_possible_matches)(index, kept, hashes, known)
        return found | find_uneven_crops(index, kept, cells, {*known, *found}) if cells and len(index) else found

    clear = asked(pictures.crowds, is_faint) or asked(pictures.all, is_faint)
    return clear | (
        find_low_quality_matches(pictures.faint, kept, hashes, known) if is_faint else asked(pictures.faint, faint=True)
    )


def tie(batch: Batch, pictures: Pictures, medium_id: int, hashes: Perceptual, found: dict[int, MatchWay]) -> int:
    """Keep what `look` found of a picture; how many pairs are new. It stands for a crowd itself when it found one that nobody
    stands for yet, and so does another that it makes to have so many."""
    new = [
        other
        for other, way in sorted(found.items(), key=lambda pair: pair[0])
        if media_matches.save_match(batch, medium_id, other, way)
    ]
    if not new or any(media_matches.is_hub(batch, each) for each in (medium_id, *found)):
        return len(new)
    if len(found) >= limits.CROWD:
        _stand(batch, pictures, medium_id, hashes)
        return len(new)
    for other in new:
        if media_matches.count_matches(batch, other, limits.CROWD) >= limits.CROWD and not media_matches.list_hubs_of(
            batch, other
        ):
            _stand(batch, pictures, other, hashes_of(batch, other))
            break
    return len(new)


def _stand(batch: Batch, pictures: Pictures, medium_id: int, hashes: Perceptual) -> None:
    media_matches.add_hub(batch, medium_id)
    pictures.crowds.add(medium_id, hashes)


def keep_possible(batch: Batch, medium_id: int, found: dict[int, MatchWay]) -> int:
    """The nearest of them wait for a person to judge; how many are new."""

    def nearness(pair: tuple[int, MatchWay]) -> tuple[int, int, int]:
        return pair[1].distance, pair[1].dhash_distance or 0, pair[0]

    nearest = sorted(found.items(), key=nearness)[: limits.MOST_POSSIBLE]
    return sum(media_matches.save_possible_match(batch, medium_id, other, way) for other, way in nearest)
