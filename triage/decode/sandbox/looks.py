"""Hashes of pictures that were decoded, from a second look at those of which the first leaves too much in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.decode.protocol import ProtocolError, Request
from triage.decode.sandbox import pictures
from triage.decode.sandbox.source import Source
from triage.hashing.perceptual import compute_hashes
from triage.hashing.resampling import SampleGrids, compute_grids
from triage.model.media import MediaFacts, Perceptual


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture at its first look; `facts` are what is known of it already."""

    facts: MediaFacts
    source: Source
    decoded: pictures.Decoded


def hashed(seen: Sequence[Seen], request: Request) -> tuple[list[SampleGrids], list[Perceptual]]:
    """The grids and hashes of one or more, in order."""
    taken = [_grids(picture.decoded) for picture in seen]
    first_look = compute_hashes(taken)
    hashes = first_look.hashes
    for place, thorough in first_look.doubtful.items():
        try:
            found = _again(seen[place], request, thorough)
        except MemoryError:
            if len(seen) > 1:
                raise  # the host asks again, for one at a time
            found = None
        if found is not None:
            taken[place] = found
            hashes[place] = compute_hashes([found]).hashes[0]
    return taken, hashes


def _again(picture: Seen, request: Request, thorough: bool) -> SampleGrids | None:
    """None when what was decoded stands."""
    try:
        found = pictures.again(picture.source, picture.facts.mime, request, picture.decoded, thorough)
    except (MemoryError, ProtocolError):
        raise
    except Exception:  # decoders raise whatever they like on hostile input
        return None
    return None if found is None else _grids(found)


def _grids(decoded: pictures.Decoded) -> SampleGrids:
    return compute_grids(decoded.luma, decoded.original, decoded.exact)
