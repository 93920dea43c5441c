"""Describes how two files match, as part of a line."""

from __future__ import annotations

from dataclasses import replace

from triage.model.match_way import describe_match_way
from triage.model.matches import MatchingFile, NearMatch, SharedFrames

_RELATIONS = {
    "same": "largely the same video",
    "part": "this video is part of that one",
    "holds": "this video contains that one",
    "shares": "some frames in common",
}


def describe_near_match(near: NearMatch) -> str:
    """Returns how two files match: hash, distance, orientation or crop, quality."""
    if near.film is not None:
        words = describe_match_way(replace(near.way, time_ms=None))  # the share says when
        measured = f"PDQ distance {near.distance}, lowest quality {near.film.quality}"
        return f"{_describe_film_share(near.film)} {measured}, {words}{_describe_hub(near)}"
    return f"{format_distances(near)}, {near.variant}; quality {format_qualities(near)}{_describe_hub(near)}"


def format_distances(near: NearMatch | MatchingFile) -> str:
    """Returns the hash and its distance, and the distance of the difference hash."""
    second = f" and {near.second.hash} {near.second.distance} of 480" if near.second else ""
    return f"{near.hash.upper()} distance {near.distance}{second}"


def format_qualities(near: NearMatch | MatchingFile) -> str:
    """Returns PDQ's quality of both images."""
    return " and ".join("not stated" if quality is None else str(quality) for quality in (near.quality, near.other_quality))


def _describe_hub(near: NearMatch) -> str:
    """Says how many files a hub image represents, and whether its hash is held."""
    count = f"; {near.stands_for} files match it" if near.stands_for > 1 else ""
    return count + ("; held for review, not counted" if near.held else "")


def _describe_film_share(share: SharedFrames) -> str:
    """Describes which frames two videos share, or which frame an image is."""
    if share.frames is not None:
        return (
            f"{_RELATIONS[share.relation]}, {share.found} of {share.frames} frames here and {share.other_found} of"
            f" {share.other_frames} there, at least {share.distinct} of them distinct; median"
        )
    at = f"{(share.at_ms or 0) / 1000:.1f} s"
    if share.relation == "frame of":
        return f"a video whose frame at {at} matches this image;"
    return f"an image that matches this video's frame at {at};"
