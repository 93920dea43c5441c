"""Describes what the hash lists say of one file: which list of which date, and where lists disagree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.hashing.match_quality import can_be_possible
from triage.jobs.matching.why import describe_list_matches
from triage.message import NOTHING, Message, join
from triage.model.judgement import ListHit
from triage.model.media import MediaFacts
from triage.model.moment import format_pakistan_day
from triage.model.views import FileVerdict

_HARMLESS = {"known-good", "negative"}
_MOST_TOLD = 8  # entries of lists that one sentence names; the rest is counted


def describe_verdict(
    checked: Sequence[tuple[str, str]],
    hits: Sequence[ListHit],
    measured: MediaFacts | None,
    not_counted: Sequence[ListHit] = (),
) -> FileVerdict:
    """Returns the verdict of the lists on a file, in sentences.

    `checked` are (name, date) of the lists of known material. Without one the file was not checked; a match with another list is
    still named. `not_counted` are matches that a person has to judge.
    """
    kinds = tuple(sorted({hit.list_kind for hit in hits}))
    conflict = "known" in kinds and not _HARMLESS.isdisjoint(kinds)
    told = [_describe_exact(hits), _describe_matches(hits)]
    if conflict:
        told.insert(0, Message("Lists disagree on this file."))
    perhaps = {hit.list_name for hit in not_counted}
    without = [each for each in checked if each[0] not in perhaps]
    if not hits and (without or not checked):
        told.append(_describe_no_match(without, measured))
    told += [_describe_possible(not_counted), _describe_held(not_counted)]
    return FileVerdict(
        known=_name_state(checked, hits, not_counted),
        why=join(*told),
        conflict=conflict,
        list_kinds=kinds,
        matches=describe_list_matches((*hits, *not_counted)),
    )


def _name_state(checked: Sequence[tuple[str, str]], hits: Sequence[ListHit], not_counted: Sequence[ListHit]) -> str:
    """Returns whether the file is known, in one word or two."""
    if hits:
        return "exact" if any(hit.tier == "exact" for hit in hits) else "near"
    if not_counted:
        return "held for review" if any(hit.held for hit in not_counted) else "possible"
    return "not known" if checked else "not checked"


def _describe_possible(hits: Sequence[ListHit]) -> Message:
    """Describes possible matches: with the whole image, with a part of it, with a frame."""
    possible = [hit for hit in hits if hit.tier == "possible" and not hit.held]
    frames = [hit for hit in possible if hit.way is not None and hit.way.time_ms is not None]
    wholes = [hit for hit in possible if hit not in frames and (hit.way is None or hit.way.asked_window.is_whole)]
    parts = [hit for hit in possible if hit not in frames and hit not in wholes]
    told = []
    if wholes:
        told.append(Message("Possible match with an image in {lists}; needs confirmation.", lists=_list_with_distance(wholes)))
    if parts:
        told.append(
            Message(
                "A part of it is a possible match with an image in {lists}; needs confirmation.", lists=_list_with_distance(parts)
            )
        )
    if frames:
        told.append(
            Message(
                "A frame of it is a possible match with an image in {lists}; needs confirmation.",
                lists=_list_with_distance(frames),
            )
        )
    return join(*told)


def _describe_held(hits: Sequence[ListHit]) -> Message:
    """Describes matches by hashes that are held for review."""
    held = [hit for hit in hits if hit.held]
    if not held:
        return NOTHING
    return Message(
        "Held for review, since the hash matches hundreds of files: {lists}. It does not count.", lists=_list_with_distance(held)
    )


def _describe_exact(hits: Sequence[ListHit]) -> Message:
    """Describes exact copies."""
    exact = [_name_entry(hit) for hit in hits if hit.tier == "exact"]
    return Message("Exact copy in {lists}.", lists=_join_names(exact)) if exact else NOTHING


def _describe_matches(hits: Sequence[ListHit]) -> Message:
    """Describes the nearest matching image of each list."""
    nearest: dict[tuple[str, str], ListHit] = {}
    for hit in hits:
        if hit.tier != "exact":
            nearest.setdefault((hit.list_name, hit.list_kind), hit)
    return Message("Match with an image in {lists}.", lists=_list_with_distance(nearest.values())) if nearest else NOTHING


def _list_with_distance(hits: Iterable[ListHit]) -> Message:
    """Lists the matches with their distances."""
    return _join_names([_name_with_distance(hit) for hit in hits])


def _name_with_distance(hit: ListHit) -> Message:
    """Names the list and how far its image is. The rest of how they match is shown with the matches."""
    named = _name_entry(hit)
    if hit.quality is not None:
        named = Message("{list} at PDQ distance {n} (quality {quality})", list=named, n=hit.distance or 0, quality=hit.quality)
    elif hit.distance is not None:
        named = Message("{list} at PDQ distance {n}", list=named, n=hit.distance)
    return Message("{list}, confirmed by a person", list=named) if hit.joined else named


def _name_entry(hit: ListHit) -> Message:
    """Names the list, its date and kind, and what it states of the entry."""
    kind, hash_kind = Message(hit.list_kind), hit.hash_kind.upper()  # message-ok
    day = format_pakistan_day(hit.added)
    if hit.says:
        return Message(
            "{list} of {date} ({kind}, {hash}: {says})",
            list=hit.list_name,
            date=day,
            kind=kind,
            hash=hash_kind,
            says=hit.says,
        )
    return Message("{list} of {date} ({kind}, {hash})", list=hit.list_name, date=day, kind=kind, hash=hash_kind)


def _join_names(parts: Iterable[Message]) -> Message:
    """Joins the distinct parts, and counts those beyond the first _MOST_TOLD."""
    distinct = sorted(set(parts))
    more = len(distinct) - _MOST_TOLD
    told = distinct[:_MOST_TOLD]
    if more > 0:
        told.append(Message("and {n} more entry" if more == 1 else "and {n} more entries", n=more))
    return join(*told, by="; ")


def _describe_no_match(checked: Sequence[tuple[str, str]], measured: MediaFacts | None) -> Message:
    """Describes that no list of known material holds the file, or that it was not checked."""
    if not checked:
        if measured is not None and measured.perceptual is not None and not can_be_possible(measured.perceptual):
            return Message("No hash list of known material is loaded; the image could not be compared, only its exact bytes.")
        return Message("No hash list of known material is loaded; the file was not checked.")
    names = tuple(Message("{list} of {date}", list=name, date=format_pakistan_day(added)) for name, added in checked)
    if measured and (can_be_possible(measured.perceptual) or (measured.film and measured.film.count)):
        return Message("Not in {lists}.", lists=names)
    return Message("Not in {lists}; the image could not be compared, only its exact bytes.", lists=names)
