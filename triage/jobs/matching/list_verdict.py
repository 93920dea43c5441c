"""What the hash lists say of one file, in sentences: which list of which date, and where lists disagree."""

from __future__ import annotations

from collections.abc import Sequence

from triage.hashing.match_index import can_be_possible
from triage.jobs.matching.why import of_lists
from triage.model.judgement import ListHit
from triage.model.match_way import describe_match_way
from triage.model.media import MediaFacts
from triage.model.views import FileVerdict

_HARMLESS = {"known-good", "negative"}
_MOST_TOLD = 8
_BYTES_ALONE = "its picture could not be compared, only its bytes"


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
    told = [sentence for sentence in (_exact(hits), _near(hits)) if sentence]
    if conflict:
        told.insert(0, "Lists disagree on this file.")
    perhaps = {hit.list_name for hit in not_counted}
    without = [each for each in checked if each[0] not in perhaps]
    if not hits and (without or not checked):
        told.append(_not_found(without, measured))
    told += [sentence for sentence in (_possible(not_counted), _held(not_counted)) if sentence]
    return FileVerdict(
        known=_known(checked, hits, not_counted),
        why=" ".join(told),
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


def _possible(hits: Sequence[ListHit]) -> str:
    possible = [hit for hit in hits if hit.tier == "possible" and not hit.held]
    frames = [hit for hit in possible if hit.way is not None and hit.way.time_ms is not None]
    wholes = [hit for hit in possible if hit not in frames and (hit.way is None or hit.way.asked_window.is_whole)]
    parts = [hit for hit in possible if hit not in frames and hit not in wholes]
    told = (
        ("Possibly a picture in {}, yet it shows little; a person has to say.", wholes),
        ("A part of it is possibly a picture in {}; a person has to say.", parts),
        ("Possibly shows a picture in {}; a person has to say.", frames),
    )
    return " ".join(says.format(_listing([_way(hit) for hit in of])) for says, of in told if of)


def _held(hits: Sequence[ListHit]) -> str:
    told = [_way(hit) for hit in hits if hit.held]
    return f"Held for review, since the hash matches hundreds of files: {_listing(told)}. It does not count." if told else ""


def _exact(hits: Sequence[ListHit]) -> str:
    exact = [hit for hit in hits if hit.tier == "exact"]
    return f"The same bytes stand in {_listing([_named(hit) for hit in exact])}." if exact else ""


def _near(hits: Sequence[ListHit]) -> str:
    """The nearest picture of each list."""
    nearest: dict[tuple[str, str], ListHit] = {}
    for hit in hits:
        if hit.tier != "exact":
            nearest.setdefault((hit.list_name, hit.list_kind), hit)
    told = [_way(hit) for hit in nearest.values()]
    return f"Like a picture in {_listing(told)}." if told else ""


def _way(hit: ListHit) -> str:
    how = "" if hit.way is None or hit.way.is_plain else f", {describe_match_way(hit.way)}"
    quality = f" (quality {hit.quality})" if hit.quality is not None else ""
    joined = ", joined by a person" if hit.joined else ""
    return f"{_named(hit)} at PDQ distance {hit.distance}{quality}{how}{joined}"


def _named(hit: ListHit) -> str:
    says = f": {hit.says}" if hit.says else ""
    return f"{hit.list_name} of {hit.added[:10]} ({hit.list_kind}, {hit.hash_kind.upper()}{says})"


def _listing(parts: list[str]) -> str:
    distinct = sorted(set(parts))
    more = len(distinct) - _MOST_TOLD
    return "; ".join(distinct[:_MOST_TOLD]) + (f"; and {more} more entries" if more > 0 else "")


def _not_found(checked: Sequence[tuple[str, str]], measured: MediaFacts | None) -> str:
    if not checked:
        none = "No hash list of known material is loaded"
        bare = measured is not None and measured.perceptual is not None and not can_be_possible(measured.perceptual)
        return f"{none}; {_BYTES_ALONE}." if bare else f"{none}."
    names = ", ".join(f"{name} of {added[:10]}" for name, added in checked)
    if measured and (can_be_possible(measured.perceptual) or (measured.film and measured.film.count)):
        return f"Not in {names}."
    return f"Not in {names}; {_BYTES_ALONE}."
