"""Records people's decisions whether two images are the same. They stand, whatever a search or an import finds later."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from operator import itemgetter

from triage.errors import NotFound, Refused
from triage.jobs.session import Session, now
from triage.model.match_way import MatchWay
from triage.model.matches import PossiblePair
from triage.model.moment import format_pakistan_day
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import list_matches, lists, media, media_matches, reports
from triage.store.queries.list_matches import ListMatchRow
from triage.store.queries.lists import ListRow

PAIRS_AT_ONCE = 500
"""Pairs of a long list that are in memory together."""
_Placed = tuple[tuple[int, int], tuple[int, int] | ListMatchRow]
"""(band, distance), and two media items or a match with a list."""


def confirm_same(session: Session, sha256: str, other: str) -> None:
    """Records that two files, or a file and a list's image, are the same. A possible match counts from now on.

    `other` is a SHA-256 or a list's PDQ hash.

    Raises:
        NotFound: if a file or hash is not known
        Refused: if the two can't be joined
    """
    session.require(Right.DECIDE)
    _record_decision(session, sha256, other, True)


def reject_same(session: Session, sha256: str, other: str) -> None:
    """Records that two files, or a file and a list's image, are not the same.

    Two files never share a group again; a list's hash never counts for this file.

    Raises:
        NotFound: if a file or hash is not known
        Refused: if both are the same file
    """
    session.require(Right.DECIDE)
    _record_decision(session, sha256, other, False)


def take_back_decision(session: Session, sha256: str, other: str) -> None:
    """Takes back the decision on two files: they are again what the search found.

    Raises:
        NotFound: if a file or hash is not known
        Refused: if there is no decision
    """
    from triage.jobs.judging.assess import mark_for_reassessing, reassess

    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        one = _find_media_item(batch, sha256)
        second = media.find_media_item(batch, other.lower())
        if second is None:
            said = list_matches.delete_verdict(batch, _parse_list_hash(batch, one, other), one)
        else:
            said = media_matches.withdraw_verdict(batch, one, second.id)
        if not said:
            raise Refused("There is no decision on these two.")
        batch.note("media word taken back", media=[session.store.keyed(sha256.lower()), session.store.keyed(other.lower())])
        holding = media.load_reports_of_media(batch, [one] if second is None else [one, second.id])
        holders = sorted({report for held in holding.values() for report in held})
        mark_for_reassessing(batch, holders)
    reassess(session, holders)


def list_possible_pairs(session: Session, most: int = -1) -> tuple[PossiblePair, ...]:
    """Returns the possible matches that wait for a person, of the gravest reports first, then the nearest.

    They are pairs of files, and files with lists; at most `most` of either, -1 for all.
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        pairs = [
            (band, _build_pair(db, medium_id, row)) for band, medium_id, row in media_matches.load_all_possible_matches(db, most)
        ]
        meetings = list_matches.list_undecided(db, most)
        of = {row.id: row for row in lists.load_lists(db)}
        pairs += [(band, _build_list_pair(db, row, of[row.list_id])) for band, row in meetings]
        return tuple(pair for _, pair in sorted(pairs, key=lambda each: (each[0], each[1].distance)))


def read_possible_pairs(session: Session) -> Iterator[tuple[PossiblePair, ...]]:
    """Returns all possible matches in the order of `list_possible_pairs`, some hundred at once, so that millions need no memory.

    The order is that of the moment when it began; a match that was decided since then is left out.
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        keys, meetings = media_matches.list_possible_keys(db), list_matches.list_undecided(db, -1)
    files: Iterator[_Placed] = (((keys[at], keys[at + 1]), (keys[at + 2], keys[at + 3])) for at in range(0, len(keys), 4))
    with_lists: Iterator[_Placed] = (((band, row.way.distance), row) for band, row in meetings)
    return _read_pairs(session, (each for _, each in merge(files, with_lists, key=itemgetter(0))))


def count_waiting_pairs(session: Session) -> int:
    """Returns how many possible matches wait for a person, with files and with lists."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return count_possible(db)


def _read_pairs(session: Session, order: Iterator[tuple[int, int] | ListMatchRow]) -> Iterator[tuple[PossiblePair, ...]]:
    """Yields the pairs in this order, PAIRS_AT_ONCE at a time: two media items, or a match with a list."""
    while some := list(islice(order, PAIRS_AT_ONCE)):
        part = []
        with session.reading() as db:
            of = {row.id: row for row in lists.load_lists(db)}
            for each in some:
                if isinstance(each, ListMatchRow):
                    if list_matches.is_undecided(db, each):
                        part.append(_build_list_pair(db, each, of[each.list_id]))
                elif (row := media_matches.find_possible_match(db, *each)) is not None:
                    part.append(_build_pair(db, each[0], row))
        yield tuple(part)


def count_possible(db: Reader) -> int:
    """Returns the number of possible matches that wait for a person, with files and with lists."""
    return media_matches.count_possible_matches(db) + list_matches.count_undecided(db)


def _record_decision(session: Session, sha256: str, other: str, is_same: bool) -> None:
    """Records whether the two are the same."""
    from triage.jobs.judging.assess import mark_for_reassessing, reassess

    word = "same" if is_same else "not same"
    with session.store.batch() as batch:
        one = _find_media_item(batch, sha256)
        second = media.find_media_item(batch, other.lower())
        if second is None:
            value = _parse_list_hash(batch, one, other)
            list_matches.save_verdict(batch, value, one, is_same, now(), session.user.id)
        elif second.id == one:
            raise Refused("Both are the same file.")
        elif is_same:
            media_matches.confirm_match(batch, one, second.id, _find_nearest_way(batch, one, second.id), now(), session.user.id)
        else:
            media_matches.reject_match(batch, one, second.id, now(), session.user.id)
        batch.note(f"media {word}", media=[session.store.keyed(sha256.lower()), session.store.keyed(other.lower())])
        holding = media.load_reports_of_media(batch, [one] if second is None else [one, second.id])
        holders = sorted({report for held in holding.values() for report in held})
        mark_for_reassessing(batch, holders)
    reassess(session, holders)


def _find_media_item(db: Reader, sha256: str) -> int:
    """Returns the media item with this SHA-256.

    Raises:
        NotFound: if there is none
    """
    row = media.find_media_item(db, sha256.lower())
    if row is None:
        raise NotFound("No file with SHA-256 {sha256} is in the store.", sha256=sha256)
    return row.id


def _parse_list_hash(db: Reader, medium_id: int, said: str) -> bytes:
    """Returns a list's PDQ hash that the media item matches.

    Raises:
        NotFound: if the text is none
    """
    try:
        value = bytes.fromhex(said)
    except ValueError:
        value = b""
    if not list_matches.has_match(db, value, medium_id):
        raise NotFound("{file} is neither a stored file nor a PDQ hash of a list that this file matches.", file=said)
    return value


def _find_nearest_way(db: Reader, one: int, other: int) -> MatchWay:
    """Returns how the PDQ hashes of two whole images match at best, in any orientation.

    Raises:
        Refused: if one has no hash
    """
    from triage.hashing.orientations import ORIENTATIONS, orient_pdq

    hashes = [media.load_pdq(db, each) for each in (one, other)]
    if None in hashes:
        raise Refused("Only images with a hash can be joined; one of the two has none.")
    first, second = (value for value in hashes if value is not None)
    target = int.from_bytes(second)
    distances = [(int.from_bytes(oriented) ^ target).bit_count() for oriented in orient_pdq(first)]
    nearest = min(range(len(distances)), key=distances.__getitem__)
    return MatchWay(hash_kind="pdq", distance=distances[nearest], orientation=ORIENTATIONS[nearest])


def _build_pair(db: Reader, medium_id: int, row: media_matches.MediaMatchRow) -> PossiblePair:
    """Builds a possible match of two files for showing."""
    return PossiblePair(
        sha256=media.load_sha256(db, medium_id),
        reports=_list_report_numbers(db, medium_id),
        other=media.load_sha256(db, row.other),
        other_reports=_list_report_numbers(db, row.other),
        list=None,
        list_date=None,
        way=row.way,
        quality=media.load_quality(db, medium_id),
        other_quality=media.load_quality(db, row.other),
    )


def _build_list_pair(db: Reader, row: ListMatchRow, of: ListRow) -> PossiblePair:
    """Builds a possible match of a file and a list for showing."""
    from triage.jobs.matching.list_matcher import describe_entry

    medium, (category, _, said) = media.find_media_item(db, row.sha256), lists.load_entries(db, [row.item_id])[row.item_id]
    return PossiblePair(
        sha256=row.sha256,
        reports=_list_report_numbers(db, medium.id if medium else 0),
        other=row.value.hex(),
        other_reports=(),
        list=of.name,
        list_date=format_pakistan_day(of.added),
        way=row.way,
        quality=row.quality,
        other_quality=None,
        says=describe_entry(of, category, said)[1],
    )


def _list_report_numbers(db: Reader, medium_id: int) -> tuple[str, ...]:
    """Returns the numbers of the reports that hold the media item, without those of cleared people."""
    return tuple(reports.load_number(db, i) for i in media.load_linkable_reports(db, [medium_id]).get(medium_id, []))
