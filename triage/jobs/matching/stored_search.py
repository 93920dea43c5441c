"""Looks for some images, thoroughly, in the whole store, of which one block at a time is in memory.

A block is an index of limits.INDEXED_AT_ONCE images. Building all blocks takes as long as one index of all images would, so
several images are looked for at once: `choose_round` says how many. A store of one block keeps it, and then rounds are short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from triage import limits
from triage.hashing.crop_windows import INNER_NUMBERS, STORED_COUNT
from triage.hashing.image_search import ImageSearch
from triage.hashing.match_index import ImageIndex, StoredHashes
from triage.hashing.match_quality import LOW_QUALITIES, MATCHING_QUALITIES
from triage.hashing.uneven_crops import CellPlane
from triage.jobs.matching.pictures import iter_hub_blocks, iter_image_blocks, make_window_loader
from triage.model.match_way import MatchWay
from triage.model.media import Perceptual
from triage.store.database import Reader
from triage.store.queries import media

OnLook = Callable[[int, int], None]
"""Hears, again and again, how much of a round is done, and of how much. It may raise."""


@dataclass(frozen=True, slots=True)
class AskedImage:
    """An image to look for.

    `medium_id` is None when it is not in the store. `known` are images that are no possible matches. Without `cells` uneven crops
    are not searched.
    """

    hashes: Perceptual
    medium_id: int | None = None
    known: frozenset[int] = frozenset()
    matches: bool = True
    possible: bool = True
    cells: CellPlane | None = None

    @property
    def is_outside(self) -> bool:
        """Returns whether the image is not in the store."""
        return self.medium_id is None

    @property
    def number(self) -> int:
        """Returns the id of an image that is in the store."""
        if self.medium_id is None:
            raise RuntimeError("this image is not in the store")
        return self.medium_id


@dataclass(slots=True)
class FoundImages:
    """What was found for one image, by medium id.

    `hubs` are the hub images that it matches; only without one `others` are all images that it matches. So it is with `possible`:
    hub images alone, if there are some. `low_quality` are images of low quality, possible matches as well.
    """

    hubs: dict[int, MatchWay] = field(default_factory=dict)
    others: dict[int, MatchWay] = field(default_factory=dict)
    possible: dict[int, MatchWay] = field(default_factory=dict)
    low_quality: dict[int, MatchWay] = field(default_factory=dict)


class IndexBlocks:
    """Yields indexes over images that are read anew each time. The only block of a small store is kept."""

    def __init__(self, read: Callable[[Reader], Iterator[Sequence[StoredHashes]]], windows: int = STORED_COUNT) -> None:
        """Takes what reads the images, and below which number a window of theirs is in the indexes."""
        self._read, self._windows = read, windows
        self._only: ImageIndex | None = None

    def iter_indexes(self, db: Reader) -> Iterator[ImageIndex]:
        """Yields the indexes, one at a time: whoever keeps one holds its memory."""
        if self._only is not None:
            yield self._only
            return
        index, images = ImageIndex(), 0
        is_first = True
        for some in self._read(db):
            if images and images + len(some) > limits.INDEXED_AT_ONCE:
                yield index
                index, images, is_first = ImageIndex(), 0, False
            index.extend(some, self._windows)
            images += len(some)
        if is_first:
            self._only = index
        yield index


class StoredSearch:
    """Looks for images in the whole store. One thread at a time may use it."""

    def __init__(self, *, uneven: bool) -> None:
        """With `uneven` images are looked for as uneven crops too: no other search finds the inner windows, a fifth of all."""
        windows = STORED_COUNT if uneven else min(INNER_NUMBERS)
        self._uneven = uneven
        self._hubs = IndexBlocks(iter_hub_blocks, windows)
        self._clear = IndexBlocks(lambda db: iter_image_blocks(db, MATCHING_QUALITIES), windows)
        self._low_quality = IndexBlocks(lambda db: iter_image_blocks(db, LOW_QUALITIES), windows)

    def choose_round(self, db: Reader) -> int:
        """Returns how many images should be looked for at once, so that building the blocks is a small part of the work."""
        is_small = media.find_last_image(db) <= limits.INDEXED_AT_ONCE
        return limits.SEARCHED_IN_ONE_BLOCK if is_small else limits.SEARCHED_IN_BLOCKS

    def find(self, db: Reader, images: Sequence[AskedImage], on_look: OnLook) -> list[FoundImages]:
        """Returns what the store has for each image, without the image itself.

        Hub images come first, so that a further copy is not compared with all other copies.
        """
        if not self._uneven and any(image.cells for image in images):
            raise ValueError("this search has no inner windows, which uneven crops need")
        found = [FoundImages() for _ in images]
        steps = _Steps(on_look, len(images) * (2 + media.find_last_image(db) // limits.INDEXED_AT_ONCE))
        searches = [_begin(image, matches=image.matches, possible=image.possible) for image in images]
        for each, (matches, possible) in zip(found, _look(db, self._hubs, searches, steps), strict=True):
            each.hubs, each.possible = matches, possible
        searches = [
            _begin(image, matches=image.matches and not each.hubs, possible=image.possible and not (each.hubs or each.possible))
            for image, each in zip(images, found, strict=True)
        ]
        for each, (matches, possible) in zip(found, _look(db, self._clear, searches, steps), strict=True):
            each.others, each.possible = matches, each.possible | possible
        searches = [
            _begin(image, matches=False, possible=image.possible and (image.is_outside or not each.hubs), among_low_quality=True)
            for image, each in zip(images, found, strict=True)
        ]
        for each, (_, possible) in zip(found, _look(db, self._low_quality, searches, steps), strict=True):
            each.low_quality = possible
        return found


class _Steps:
    """Counts the steps of a round; there are about as many as was said."""

    def __init__(self, on_look: OnLook, total: int) -> None:
        self._on_look, self._total, self._done = on_look, total, 0

    def take(self) -> None:
        """Reports one more."""
        self._done += 1
        self._on_look(min(self._done, self._total), self._total)


def _begin(image: AskedImage, *, matches: bool, possible: bool, among_low_quality: bool = False) -> ImageSearch:
    """Returns the search for one image, which never finds itself."""
    return ImageSearch(
        image.hashes,
        image.medium_id,
        image.known,
        matches=matches,
        possible=possible,
        cells=image.cells,
        among_low_quality=among_low_quality,
    )


def _look(
    db: Reader, blocks: IndexBlocks, searches: Sequence[ImageSearch], steps: _Steps
) -> list[tuple[dict[int, MatchWay], dict[int, MatchWay]]]:
    """Returns the matches and the possible matches of each search in all blocks; without a search no block is read."""
    load_blob = make_window_loader(db)
    asked = [search for search in searches if search.seeks_anything]
    for index in blocks.iter_indexes(db) if asked else ():
        for search in asked:
            steps.take()
            search.look(index, load_blob)
        del index  # before the next one is built
    return [search.finish(load_blob) for search in searches]
