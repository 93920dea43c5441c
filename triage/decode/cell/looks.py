"""Hashes of pictures that were decoded, from a second look at those of which the first leaves too much in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from triage.decode.cell import pictures
from triage.decode.cell.source import Source
from triage.decode.protocol import ProtocolError, Request
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
        try:
            found = _again(kept[place], request, thorough)
        except MemoryError:
            if len(kept) > 1:
                raise  # the host asks again, for one at a time
            found = None
        if found is not None:
            taken[place] = found
            hashes[place] = perceptual.hashes([found])[0][0]
    return kept, taken, hashes


def _again(picture: Seen, request: Request, thorough: bool) -> grids.Grids | None:
    """None when what was decoded stands."""
    try:
        found = pictures.again(picture.source, picture.facts.mime, request, picture.decoded, thorough)
    except (MemoryError, ProtocolError):
        raise
    except Exception:  # decoders raise whatever they like on hostile input
        return None
    return None if found is None else _grids(found)


def _grids(decoded: pictures.Decoded) -> grids.Grids:
    return grids.of(decoded.luma, decoded.original, decoded.exact)
