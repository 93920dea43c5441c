"""How a like file is like the one that was asked for, in a sentence's part."""

from __future__ import annotations

from dataclasses import replace

from triage.model.match_way import describe_match_way
from triage.model.matches import AlikeFile, FilmShare, NearMatch

_RELATIONS = {
    "same": "largely the same film",
    "part": "this film is a part of that one",
    "holds": "this film holds that one",
    "shares": "some frames in common",
}


def describe_near_match(near: NearMatch) -> str:
    if near.film is not None:
        words = describe_match_way(replace(near.way, time_ms=None))  # the share says when
        return f"{_share(near.film)} PDQ distance {near.distance}, lowest quality {near.film.quality}, {words}{_crowd(near)}"
    return f"{format_distances(near)}, {near.variant}; quality {format_qualities(near)}{_crowd(near)}"


def format_distances(near: NearMatch | AlikeFile) -> str:
    second = f" and {near.second.hash} {near.second.distance} of 480" if near.second else ""
    return f"{near.hash.upper()} distance {near.distance}{second}"


def format_qualities(near: NearMatch | AlikeFile) -> str:
    """What PDQ thinks of both pictures."""
    return " and ".join("not said" if quality is None else str(quality) for quality in (near.quality, near.other_quality))


def _crowd(near: NearMatch) -> str:
    """Whom the found one stands for, and whether the hash counts."""
    crowd = f"; {near.stands_for} files are like it" if near.stands_for > 1 else ""
    return crowd + ("; held for review, does not count" if near.held else "")


def _share(share: FilmShare) -> str:
    if share.frames is not None:
        return (
            f"{_RELATIONS[share.relation]}, {share.found} of {share.frames} frames here and {share.other_found} of"
            f" {share.other_frames} there, at least {share.distinct} of them not alike to one another; median"
        )
    at = f"{(share.at_ms or 0) / 1000:.1f} s"
    if share.relation == "frame of":
        return f"a film whose frame at {at} is like this picture;"
    return f"a picture like this film's frame at {at};"
