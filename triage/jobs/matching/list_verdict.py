"""What the hash lists say of one file, in sentences: which list of which date, and where lists disagree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.hashing.match_index import can_be_possible
from triage.jobs.matching.why import of_lists
from triage.message import NOTHING, Message, join
from triage.model.judgement import ListHit
from triage.model.media import MediaFacts
from triage.model.views import FileVerdict

_HARMLESS = {"known-good", "negative"}
_MOST_TOLD = 8


def verdict(
    checked: Sequence[tuple[str, str]],
    hits: Sequence[ListHit],
    measured: MediaFacts | None,
    not_counted: Sequence[ListHit] = (),
) -> FileVerdict:
    """`checked` are (name, date) of the lists of known material that were asked. Without one nothing was checked; a file that
    another list holds is told all the same. `not_counted` are matches that a person has still to judge."""
    kinds = tuple(sorted({hit.list_kind for hit in hits}))
    conflict = "known" in kinds and not _HARMLESS.isdisjoint(kinds)
    told = [_exact(hits), _near(hits)]
    if conflict:
        told.insert(0, Message("Lists disagree on this file."))
    perhaps = {hit.list_name for hit in not_counted}
    without = [each for each in checked if each[0] not in perhaps]
    if not hits and (without or not checked):
        told.append(_not_found(without, measured))
    told += [_possible(not_counted), _held(not_counted)]
    return FileVerdict(
        known=_known(checked, hits, not_counted),
        why=join(*told),
        conflict=conflict,
        list_kinds=kinds,
        matches=of_lists((*hits, *not_counted)),
    )


def _known(checked: Sequence[tuple[str, str]], hits: Sequence[ListHit], not_counted: Sequence[ListHit]) -> str:
    if hits:
        return "exact" if any(hit.tier == "exact" for hit in hits) else "near"
    if not_counted:
        return "held for review" if any(hit.held for hit in not_counted) else "possible"
    return "not known" if checked else "not checked"


def _possible(hits: Sequence[ListHit]) -> Message:
    possible = [hit for hit in hits if hit.tier == "possible" and not hit.held]
    frames = [hit for hit in possible if hit.way is not None and hit.way.time_ms is not None]
    wholes = [hit for hit in possible if hit not in frames and (hit.way is None or hit.way.asked_window.is_whole)]
    parts = [hit for hit in possible if hit not in frames and hit not in wholes]
    told = []
    if wholes:
        told.append(Message("Possible match with an image in {lists}; needs confirmation.", lists=_list_near(wholes)))
    if parts:
        told.append(
            Message("A part of it is a possible match with an image in {lists}; needs confirmation.", lists=_list_near(parts))
        )
    if frames:
        told.append(
            Message("A frame of it is a possible match with an image in {lists}; needs confirmation.", lists=_list_near(frames))
        )
    return join(*told)


def _held(hits: Sequence[ListHit]) -> Message:
    held = [hit for hit in hits if hit.held]
    if not held:
        return NOTHING
    return Message(
        "Held for review, since the hash matches hundreds of files: {lists}. It does not count.", lists=_list_near(held)
    )


def _exact(hits: Sequence[ListHit]) -> Message:
    exact = [_named(hit) for hit in hits if hit.tier == "exact"]
    return Message("Exact copy in {lists}.", lists=_listing(exact)) if exact else NOTHING


def _near(hits: Sequence[ListHit]) -> Message:
    """The nearest picture of each list."""
    nearest: dict[tuple[str, str], ListHit] = {}
    for hit in hits:
        if hit.tier != "exact":
            nearest.setdefault((hit.list_name, hit.list_kind), hit)
    return Message("Match with an image in {lists}.", lists=_list_near(nearest.values())) if nearest else NOTHING


def _list_near(hits: Iterable[ListHit]) -> Message:
    return _listing([_at_distance(hit) for hit in hits])


def _at_distance(hit: ListHit) -> Message:
    """Names the list, and how far its image is. The rest of how they match stands with the matches."""
    named = _named(hit)
    if hit.quality is not None:
        named = Message("{list} at PDQ distance {n} (quality {quality})", list=named, n=hit.distance or 0, quality=hit.quality)
    elif hit.distance is not None:
        named = Message("{list} at PDQ distance {n}", list=named, n=hit.distance)
    return Message("{list}, confirmed by a person", list=named) if hit.joined else named


def _named(hit: ListHit) -> Message:
    kind, hash_kind = Message(hit.list_kind), hit.hash_kind.upper()  # message-ok
    if hit.says:
        return Message(
            "{list} of {date} ({kind}, {hash}: {says})",
            list=hit.list_name,
            date=hit.added[:10],
            kind=kind,
            hash=hash_kind,
            says=hit.says,
        )
    return Message("{list} of {date} ({kind}, {hash})", list=hit.list_name, date=hit.added[:10], kind=kind, hash=hash_kind)


def _listing(parts: Iterable[Message]) -> Message:
    distinct = sorted(set(parts))
    more = len(distinct) - _MOST_TOLD
    told = distinct[:_MOST_TOLD]
    if more > 0:
        told.append(Message("and {n} more entries", n=more))
    return join(*told, by="; ")


def _not_found(checked: Sequence[tuple[str, str]], measured: MediaFacts | None) -> Message:
    if not checked:
        if measured is not None and measured.perceptual is not None and not can_be_possible(measured.perceptual):
            return Message("No hash list of known material is loaded; the image could not be compared, only its exact bytes.")
        return Message("No hash list of known material is loaded; the file was not checked.")
    names = tuple(Message("{list} of {date}", list=name, date=added[:10]) for name, added in checked)
    if measured and (can_be_possible(measured.perceptual) or (measured.film and measured.film.count)):
        return Message("Not in {lists}.", lists=names)
    return Message("Not in {lists}; the image could not be compared, only its exact bytes.", lists=names)
