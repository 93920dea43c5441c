"""Proposes media that may belong to a series: near copies, possible matches, and other files of the same reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.message import Message
from triage.model.case_page import CaseFile
from triage.model.victim_id import SeriesCandidate
from triage.store.database import Reader
from triage.store.queries import media, neighbours, reports

MOST_CANDIDATES = 40  # proposed files; nobody looks at more in one go
MOST_MATCHES = 400  # stored matches that are looked through
MOST_REPORTS = 12
"""Reports of the series whose other files are proposed."""
BESIDE = Message("In the same report as a file of the series")


def find_candidates(db: Reader, medium_ids: Sequence[int]) -> tuple[SeriesCandidate, ...]:
    """Returns media that may belong to the series: near copies first, then possible matches, then what lies in its reports."""
    why: dict[int, tuple[Message, bool]] = {}
    for medium, said, possible in _iter_candidates(db, set(medium_ids)):
        if len(why) < MOST_CANDIDATES:
            why.setdefault(medium, (said, possible))
    places = media.load_places(db, sorted(why))
    numbers = reports.load_numbers(db, {found[0][0] for found in places.values()})
    return tuple(
        SeriesCandidate(
            file=CaseFile(
                sha256=media.load_sha256(db, medium),
                name=places[medium][0][1],
                report=numbers[places[medium][0][0]],
                copies=len({report for report, _, _ in places[medium]}),
                state="not graded",
            ),
            why=said,
            possible=possible,
        )
        for medium, (said, possible) in why.items()
        if medium in places
    )


def _iter_candidates(db: Reader, own: set[int]) -> Iterator[tuple[int, Message, bool]]:
    """Yields (media item, reason, whether the match is only possible)."""
    for a, b, distance, possible in neighbours.list_near_media(db, own, MOST_MATCHES):
        for medium in (a, b):
            if medium not in own:
                yield medium, _describe_distance(distance, possible=possible), possible
    held = sorted({report for found in media.load_reports_of_media(db, sorted(own)).values() for report in found})
    for _, medium, *_ in neighbours.load_media_files(db, held[:MOST_REPORTS], MOST_CANDIDATES * 2):
        if medium not in own:
            yield medium, BESIDE, False


def _describe_distance(bits: int, *, possible: bool) -> Message:
    """Returns how near a copy or a possible match is."""
    if possible:
        return Message(
            "Possible match, {n} bit apart; nobody has confirmed it"
            if bits == 1
            else "Possible match, {n} bits apart; nobody has confirmed it",
            n=bits,
        )
    return Message("Near copy, {n} bit apart" if bits == 1 else "Near copy, {n} bits apart", n=bits)
