"""Hashes decoded images, and decodes again those whose hash is too uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.decode.protocol import ProtocolError, Request
from triage.decode.sandbox import image_decoding
from triage.decode.sandbox.source import InputSource
from triage.hashing.perceptual import compute_hashes
from triage.hashing.resampling import SampleGrids, compute_grids
from triage.model.media import MediaFacts, Perceptual


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """A decoded image before hashing.

    `facts` are what is known of it already.
    """

    facts: MediaFacts
    source: InputSource
    decoded: image_decoding.DecodedImage


def hash_files(seen: Sequence[DecodedFile], request: Request) -> tuple[list[SampleGrids], list[Perceptual]]:
    """Returns the sample grids and hashes of one or more images, in order."""
    taken = [_to_grids(picture.decoded) for picture in seen]
    first_look = compute_hashes(taken)
    hashes = first_look.hashes
    for place, thorough in first_look.doubtful.items():
        try:
            found = _decode_again(seen[place], request, thorough)
        except MemoryError:
            if len(seen) > 1:
                raise  # the host asks again, for one at a time
            found = None
        if found is not None:
            taken[place] = found
            hashes[place] = compute_hashes([found]).hashes[0]
    return taken, hashes


def _decode_again(picture: DecodedFile, request: Request, thorough: bool) -> SampleGrids | None:
    """Returns the grids of an image decoded again in colour, or None when the first decoding stands."""
    try:
        found = image_decoding.decode_again_in_colour(picture.source, picture.facts.mime, request, picture.decoded, thorough)
    except (MemoryError, ProtocolError):
        raise
    except Exception:  # decoders raise whatever they like on hostile input
        return None
    return None if found is None else _to_grids(found)


def _to_grids(decoded: image_decoding.DecodedImage) -> SampleGrids:
    return compute_grids(decoded.luma, decoded.original, decoded.exact)
