"""Hashes of pictures that were decoded, from a second look at those of which the first leaves too much in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from triage.decode.cell import pictures
from triage.decode.cell.source import Source
from triage.decode.protocol import Request
from triage.hashing import grids, perceptual
from triage.model.media import MediaFacts, Perceptual

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture at its first look; `facts` are what is known of it already."""

    facts: MediaFacts
    source: Source
    decoded: pictures.Decoded


def hashed(seen: Iterable[Seen], request: Request) -> tuple[list[Seen], list[grids.Grids], list[Perceptual]]:
    """All of them, their grids and hashes, in order. `seen` may decode as it goes: of a few at a time grids are taken while their
    planes are still in a core's cache."""
    pictures_of, kept, taken = iter(seen), list[Seen](), list[grids.Grids]()
    while some := list(islice(pictures_of, _AT_ONCE)):
        kept += some
        taken += [_grids(picture.decoded) for picture in some]
    if not kept:
        return [], [], []
    hashes, doubtful = perceptual.hashes(taken)
    for place, thorough in doubtful.items():
        picture = kept[place]
        with suppress(OSError, SyntaxError, ValueError):  # what was decoded stands
            if found := pictures.again(picture.source, picture.facts.mime, request, picture.decoded, thorough):
                taken[place] = _grids(found)
                hashes[place] = perceptual.hashes([taken[place]])[0][0]
    return kept, taken, hashes


def _grids(decoded: pictures.Decoded) -> grids.Grids:
    return grids.of(decoded.luma, decoded.original, decoded.exact)
