"""Pictures that are not the same, many of them, from few photographs; and how often they are taken for one another.

Two parts of different photographs, each cut out, recoloured and perhaps mirrored, are laid over one another through a soft mask;
uneven light and grain come on top. Two such pictures count as unrelated when they share no photograph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from triage.hashing.match_index import ImageIndex, StoredHashes, find_matches, find_possible_matches
from triage.hashing.match_quality import can_match
from triage.hashing.perceptual import hash_plane
from triage.hashing.resampling import Matrix, Plane
from triage.hashing.window_hashing import hash_windows
from triage.model.media import Perceptual

_LONG, _SHORT = 340, 256
_ROWS = 2_000
"""Of the table of all pairs at a time."""
Pairs = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stranger:
    """A composite of two photographs: its hashes, and the numbers of the two."""

    hashes: Perceptual
    sources: tuple[int, int]


def drawn_strangers(photos: list[Image.Image], count: int, seed: int = 7) -> list[Stranger]:
    """Those of them that may match by hash."""
    dice = np.random.default_rng(seed)
    small = [picture.resize((640, 640 * picture.height // picture.width)) for picture in photos]
    found = []
    for _ in range(count):
        one, other = dice.choice(len(small), 2, replace=False).tolist()
        luma = _composite(dice, small[one], small[other])
        hashes = hash_plane(luma, luma.shape)
        hashes = hash_windows(luma, hashes)
        if can_match(hashes):
            found.append(Stranger(hashes, (one, other)))
    return found


def _composite(dice: np.random.Generator, one: Image.Image, other: Image.Image) -> Plane:
    width, height = (_LONG, _SHORT) if dice.random() < 0.7 else (_SHORT, _LONG)
    over, under = (_recoloured(dice, picture, width, height) for picture in (one, other))
    mask = _soft(dice, width, height, int(dice.integers(2, 6)))
    mask = np.clip((mask - np.median(mask)) * dice.uniform(1.5, 12) + 0.5, 0, 1)
    lit = (over * mask + under * (1 - mask)) * (0.75 + 0.5 * _soft(dice, width, height, 3))
    return np.clip(lit + dice.normal(0, 4, lit.shape), 0, 255).astype(np.uint8)


def _recoloured(dice: np.random.Generator, picture: Image.Image, width: int, height: int) -> Matrix:
    share = dice.uniform(0.35, 0.9)
    left, top = dice.uniform(0, 1 - share, 2) * picture.size
    box = (left, top, left + share * picture.width, top + share * picture.height)
    part = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR, box), np.float32) @ dice.dirichlet((1, 1, 1))
    if dice.random() < 0.5:
        part = part[:, ::-1]
    recoloured: Matrix = 255 * (part / 255) ** dice.uniform(0.6, 1.6)
    return recoloured


def _soft(dice: np.random.Generator, width: int, height: int, cells: int) -> Matrix:
    field = Image.fromarray(dice.random((cells, cells)).astype(np.float32))
    return np.asarray(field.resize((width, height), Image.Resampling.BICUBIC), np.float64)


# Counting


def taken_for_one(strangers: list[Stranger], asked: int) -> dict[str, object]:
    """All pairs of whole pictures in eight turns; and of the first `asked` with all others, with every window, both tiers."""
    sources = np.array([stranger.sources for stranger in strangers])
    return _wholes(strangers, sources) | _tiers(strangers, sources, strangers[:asked])


def _wholes(strangers: list[Stranger], sources: NDArray[np.int64]) -> dict[str, object]:
    upright = _signs([stranger.hashes.pdq for stranger in strangers])
    waves = _signs([stranger.hashes.phash for stranger in strangers])
    turned = [_signs([stranger.hashes.turns[turn] for stranger in strangers]) for turn in range(8)]
    pairs, nearest = 0, 256
    counts = dict.fromkeys(("PDQ 31, eight turns", "PDQ 31", "PDQ 51", "pHash 8"), 0)
    for first in range(0, len(strangers), _ROWS):
        last = min(first + _ROWS, len(strangers))
        unlike = _unlike(sources[first:last], sources[:last]) & (np.arange(first, last)[:, None] > np.arange(last))
        pairs += int(unlike.sum())
        far = _distances(upright[first:last], upright[:last])
        any_turn = np.minimum.reduce([_distances(turn[first:last], upright[:last]) for turn in turned])
        nearest = min(nearest, int(any_turn[unlike].min(initial=256)))
        counts["PDQ 31"] += int(np.count_nonzero((far <= 31) & unlike))
        counts["PDQ 51"] += int(np.count_nonzero((far <= 51) & unlike))
        counts["PDQ 31, eight turns"] += int(np.count_nonzero((any_turn <= 31) & unlike))
        counts["pHash 8"] += int(np.count_nonzero((_distances(waves[first:last], waves[:last]) <= 8) & unlike))
    return {"pictures": len(strangers), "pairs of wholes": pairs, "nearest PDQ of all": nearest, **counts}


def _tiers(strangers: list[Stranger], sources: NDArray[np.int64], asked: list[Stranger]) -> dict[str, object]:
    index = ImageIndex()
    index.extend(StoredHashes(number, one.hashes.pdq, one.hashes.windows) for number, one in enumerate(strangers))
    unlike = _unlike(sources[: len(asked)], sources)
    sure: set[tuple[int, int]] = set()
    perhaps: dict[tuple[int, int], tuple[int, int]] = {}

    def kept(number: int) -> bytes:
        return strangers[number].hashes.windows

    for number, one in enumerate(asked):
        near = find_matches(index, kept, one.hashes, thorough=True)
        sure |= {(number, other) for other in near if unlike[number, other]}
        for other, how in find_possible_matches(index, kept, one.hashes, near).items():
            if unlike[number, other]:
                perhaps[number, other] = (how.distance, how.dhash_distance or 0)
    pairs = int(unlike.sum() - np.triu(unlike[:, : len(asked)]).sum())
    match, maybe = (len({(min(pair), max(pair)) for pair in found}) for found in (sure, perhaps))
    told = {"asked thoroughly": len(asked), "pairs in all windows": pairs, "match": match, "possible": maybe}
    return told | {"nearest possible": sorted(perhaps.values())[:8]}


def _unlike(some: NDArray[np.int64], others: NDArray[np.int64]) -> Pairs:
    """Which pairs share no photograph."""
    shared = [some[:, one, None] == others[None, :, other] for one in (0, 1) for other in (0, 1)]
    return ~np.logical_or.reduce(shared)


def _signs(hashes: list[bytes]) -> NDArray[np.float32]:
    bits = np.unpackbits(np.frombuffer(b"".join(hashes), np.uint8)).reshape(len(hashes), -1)
    return bits.astype(np.float32) * 2 - 1


def _distances(some: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """In bits, by one matrix product."""
    return (some.shape[1] - some @ others.T) / 2
