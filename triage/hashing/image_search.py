"""Looks for one image in one index after the other, so that one index at a time is in memory.

What is found is the same as in an index that holds all images: the two images alone decide on a match. Only the few nearest
uneven crops are tried, so those are chosen in the end.
"""

from __future__ import annotations

from collections.abc import Collection

from triage.hashing.match_index import (
    BlobLoader,
    ImageIndex,
    find_both_tiers,
    find_low_quality_matches,
    find_matches,
    find_possible_matches,
)
from triage.hashing.match_quality import can_match
from triage.hashing.uneven_crops import CellPlane, UnevenSearch
from triage.model.match_way import MatchWay
from triage.model.media import Perceptual


class ImageSearch:
    """Looks for one image, and keeps what it found.

    Args:
        hashes: of the image to look for.
        own: its id, when the indexes hold it too; it never finds itself.
        known: images that are no possible matches.
        matches: search matches; an image of low quality has none.
        possible: search possible matches.
        cells: search uneven crops too, among possible matches.
        among_low_quality: the images of the indexes have low quality.
    """

    def __init__(
        self,
        hashes: Perceptual,
        own: int | None,
        known: Collection[int],
        *,
        matches: bool,
        possible: bool,
        cells: CellPlane | None,
        among_low_quality: bool = False,
    ) -> None:
        self._hashes, self._own = hashes, own
        self._known = frozenset(known) if own is None else frozenset((own, *known))
        self._is_low_quality = among_low_quality or not can_match(hashes)
        self._seeks_matches, self._seeks_possible = matches and not self._is_low_quality, possible
        # Two images of low quality are never compared as uneven crops.
        seeks_uneven = possible and cells is not None and (can_match(hashes) or not among_low_quality)
        self._uneven = UnevenSearch(cells) if cells is not None and seeks_uneven else None
        self._matches: dict[int, MatchWay] = {}
        self._possible: dict[int, MatchWay] = {}

    @property
    def seeks_anything(self) -> bool:
        """Returns whether an index needs to be searched at all."""
        return self._seeks_matches or self._seeks_possible

    def look(self, index: ImageIndex, load_blob: BlobLoader) -> None:
        """Looks for the image in one more index."""
        hashes, known = self._hashes, self._known
        matches: dict[int, MatchWay] = {}
        possible: dict[int, MatchWay] = {}
        if self._seeks_matches and self._seeks_possible:
            matches, possible = find_both_tiers(index, load_blob, hashes, known)
        elif self._seeks_matches:
            matches = find_matches(index, load_blob, hashes, thorough=True)
        elif self._seeks_possible:
            find = find_low_quality_matches if self._is_low_quality else find_possible_matches
            possible = find(index, load_blob, hashes, known)
        if self._uneven is not None and len(index):
            self._uneven.look(index, load_blob, {*known, *matches, *possible})
        if self._own is not None:
            matches.pop(self._own, None)
        self._matches |= matches
        self._possible |= possible

    def finish(self, load_blob: BlobLoader) -> tuple[dict[int, MatchWay], dict[int, MatchWay]]:
        """Returns the matches and the possible matches in all indexes, by medium id."""
        uneven = {} if self._uneven is None else self._uneven.find(load_blob)
        return self._matches, self._possible | uneven
