"""What people say of two pictures: the same, or not. It stands, whatever a search or an import finds again."""

from __future__ import annotations

from triage.errors import NotFound, Refused
from triage.hashing.orientations import ORIENTATIONS, orient_pdq
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.matching.list_matcher import entry_says
from triage.jobs.session import Session, now
from triage.model.match_way import MatchWay
from triage.model.matches import PossiblePair
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import likeness, list_near, lists, media, reports
from triage.store.queries.list_near import ListNearRow
from triage.store.queries.lists import ListRow


def same(session: Session, sha256: str, other: str) -> None:
    """A person says that two files are the same picture, or a file and a list's: that `match` called possible counts from now
    on. `other` is a SHA-256 or a list's PDQ hash. Raises NotFound, Refused."""
    session.require(Right.DECIDE)
    _say(session, sha256, other, True)


def not_same(session: Session, sha256: str, other: str) -> None:
    """A person says that they are not: two files never share a group again, a list's hash never counts for this file."""
    session.require(Right.DECIDE)
    _say(session, sha256, other, False)


def take_back(session: Session, sha256: str, other: str) -> None:
    """What was said of two is taken back: they are again what the search says of them, possible ones wait. Raises NotFound,
    Refused when nothing was said."""
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        one = _known(batch, sha256)
        second = media.medium(batch, other.lower())
        if second is None:
            said = list_near.unsay(batch, _listed(batch, one, other), one)
        else:
            said = likeness.unsay(batch, one, second.id)
        if not said:
            raise Refused("There is no decision on these two.")
        batch.note("media word taken back", media=[session.store.keyed(sha256.lower()), session.store.keyed(other.lower())])
        holding = media.reports_holding(batch, [one] if second is None else [one, second.id])
        holders = sorted({report for held in holding.values() for report in held})
        mark_for_reassessing(batch, holders)
    reassess(session, holders)


def possible_pairs(session: Session, most: int = -1) -> tuple[PossiblePair, ...]:
    """What waits for a person to say whether it is the same, pairs of files, and files and lists: of the gravest reports first,
    in each band the nearest. At most so many of either, or all."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        pairs = [(band, _pair(db, medium_id, row)) for band, medium_id, row in likeness.all_possible(db, most)]
        meetings = list_near.waiting(db, most)
        of = {row.id: row for row in lists.all_lists(db)}
        items = lists.items(db, sorted({row.item_id for _, row in meetings}))
        pairs += [(band, _with_list(db, row, of[row.list_id], items[row.item_id])) for band, row in meetings]
        return tuple(pair for _, pair in sorted(pairs, key=lambda each: (each[0], each[1].distance)))


def count_possible(db: Reader) -> int:
    return likeness.count_possible(db) + list_near.count_waiting(db)


def _say(session: Session, sha256: str, other: str, is_same: bool) -> None:
    word = "same" if is_same else "not same"
    with session.store.batch() as batch:
        one = _known(batch, sha256)
        second = media.medium(batch, other.lower())
        if second is None:
            value = _listed(batch, one, other)
            list_near.say(batch, value, one, is_same, now(), session.user.id)
        elif second.id == one:
            raise Refused("Both are the same file.")
        elif is_same:
            likeness.join(batch, one, second.id, _nearest_way(batch, one, second.id), now(), session.user.id)
        else:
            likeness.set_apart(batch, one, second.id, now(), session.user.id)
        batch.note(f"media {word}", media=[session.store.keyed(sha256.lower()), session.store.keyed(other.lower())])
        holding = media.reports_holding(batch, [one] if second is None else [one, second.id])
        holders = sorted({report for held in holding.values() for report in held})
        mark_for_reassessing(batch, holders)
    reassess(session, holders)


def _known(db: Reader, sha256: str) -> int:
    row = media.medium(db, sha256.lower())
    if row is None:
        raise NotFound("No file with SHA-256 {sha256} is in the store.", sha256=sha256)
    return row.id


def _listed(db: Reader, medium_id: int, said: str) -> bytes:
    try:
        value = bytes.fromhex(said)
    except ValueError:
        value = b""
    if not list_near.meets(db, value, medium_id):
        raise NotFound("{file} is neither a stored file nor a PDQ hash of a list that this file matches.", file=said)
    return value


def _nearest_way(db: Reader, one: int, other: int) -> MatchWay:
    """How the PDQ hashes of two whole images match at best, in any orientation. Raises Refused when one has none."""
    hashes = [media.pdq_of(db, each) for each in (one, other)]
    if None in hashes:
        raise Refused("Only images with a hash can be joined; one of the two has none.")
    first, second = (value for value in hashes if value is not None)
    target = int.from_bytes(second)
    distances = [(int.from_bytes(oriented) ^ target).bit_count() for oriented in orient_pdq(first)]
    nearest = min(range(len(distances)), key=distances.__getitem__)
    return MatchWay(hash_kind="pdq", distance=distances[nearest], orientation=ORIENTATIONS[nearest])


def _pair(db: Reader, medium_id: int, row: likeness.NearRow) -> PossiblePair:
    return PossiblePair(
        sha256=media.sha256_of(db, medium_id),
        reports=_numbers(db, medium_id),
        other=media.sha256_of(db, row.other),
        other_reports=_numbers(db, row.other),
        list=None,
        list_date=None,
        way=row.way,
        quality=media.quality_of(db, medium_id),
        other_quality=media.quality_of(db, row.other),
    )


def _with_list(db: Reader, row: ListNearRow, of: ListRow, item: tuple[str | None, str | None, str | None]) -> PossiblePair:
    medium, (category, _, said) = media.medium(db, row.sha256), item
    return PossiblePair(
        sha256=row.sha256,
        reports=_numbers(db, medium.id if medium else 0),
        other=row.value.hex(),
        other_reports=(),
        list=of.name,
        list_date=of.added[:10],
        way=row.way,
        quality=row.quality,
        other_quality=None,
        says=entry_says(of, category, said)[1],
    )


def _numbers(db: Reader, medium_id: int) -> tuple[str, ...]:
    return tuple(reports.number(db, i) for i in media.reports_linked(db, [medium_id]).get(medium_id, []))
