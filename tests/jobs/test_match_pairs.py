"""Pairs that are alike, at hash level: a crowd costs a row a picture, and small neighbourhoods keep every pair."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from triage import limits
from triage.errors import Refused
from triage.hashing.difference_hash import DHASH_BYTES
from triage.hashing.orientations import orient_pdq
from triage.hashing.window_codec import BLOB_BYTES
from triage.jobs.codec import facts_to_bytes
from triage.jobs.keeping.check import verify_record
from triage.jobs.matching import pictures as alike
from triage.jobs.matching.groups import group_of
from triage.jobs.matching.holding import hold_crowded
from triage.jobs.matching.pictures import Pictures, keep_possible, look, look_at_new, look_further, stored_pictures, tie
from triage.jobs.matching.why import alike_files, of_lists
from triage.jobs.review.held_hashes import all_held, decide_held
from triage.jobs.review.pairs import not_same, possible_pairs, same, take_back
from triage.jobs.session import Session
from triage.model.judgement import ListHit
from triage.model.match_way import CropWindow, MatchWay, Orientation
from triage.model.media import MediaFacts, Perceptual
from triage.store.batch import Batch
from triage.store.queries import likeness, media


def flipped(value: bytes, dice: random.Random, bits: int) -> bytes:
    number = int.from_bytes(value)
    for bit in dice.sample(range(8 * len(value)), bits):
        number ^= 1 << bit
    return number.to_bytes(len(value))


def way(distance: int, dhash_distance: int | None = None, **more: object) -> MatchWay:
    return MatchWay(hash_kind="pdq", distance=distance, dhash_distance=dhash_distance, **more)  # type: ignore[arg-type]


SECOND = random.Random(0).randbytes(DHASH_BYTES)


def picture(pdq: bytes, dice: random.Random, second: bytes | None = None) -> Perceptual:
    """Of one window only, so that a test says all that can be alike; unless it says more, by PDQ alone."""
    second = second or flipped(SECOND, dice, 10)
    blob = (pdq + second).ljust(BLOB_BYTES, b"\0")
    return Perceptual(pdq=pdq, quality=100, turns=orient_pdq(pdq), phash=bytes(8), windows=blob)


def store(batch: Batch, pictures: Pictures, hashes: Perceptual, name: int) -> int:
    """As an import does it with a large picture, without bytes."""
    medium_id = put(batch, hashes, name)
    tie(batch, pictures, medium_id, hashes, look(pictures, batch, hashes))
    pictures.learn([(medium_id, hashes)])
    return medium_id


def put(batch: Batch, hashes: Perceptual, name: int) -> int:
    medium_id = media.add(batch, sha256=f"{name:064x}", md5=f"{name:032x}", sha1=f"{name:040x}", size=1, item=batch.seal(b"x"))
    media.set_facts(batch, [(medium_id, facts_to_bytes(MediaFacts(mime="image/png", perceptual=hashes)), hashes.pdq, 100)])
    media.set_windows(batch, [(medium_id, hashes.windows)])
    return medium_id


def store_together(batch: Batch, pictures: Pictures, many: list[Perceptual]) -> list[int]:
    """As an import does it with a batch."""
    new = [(put(batch, hashes, name), hashes) for name, hashes in enumerate(many)]
    pictures.learn(new)
    for medium_id, hashes, found in look_at_new(pictures, batch, new):
        tie(batch, pictures, medium_id, hashes, found)
    return [medium_id for medium_id, _ in new]


def pairs(session: Session) -> int:
    with session.reading() as db:
        return int(db.value("SELECT count(*) FROM media_match"))


@pytest.mark.parametrize("together", [False, True])
def test_a_crowd_costs_a_row_a_picture_and_is_one_group(session: Session, together: bool) -> None:
    dice, pictures = random.Random(5), Pictures()
    origin = dice.randbytes(32)
    many = limits.CROWD + 60
    with session.store.batch() as batch:
        hashes = [picture(flipped(origin, dice, 8), dice) for _ in range(many)]
        if together:
            ids = store_together(batch, pictures, hashes)
        else:
            ids = [store(batch, pictures, each, n) for n, each in enumerate(hashes)]
    rows = limits.CROWD * (limits.CROWD + 1) // 2 + (many - limits.CROWD - 1)
    assert pairs(session) == rows
    with session.reading() as db:
        assert likeness.crowds(db) == [ids[limits.CROWD]]
        groups = {group_of(db, each) for each in (ids[0], ids[limits.CROWD], ids[-1])}
        assert {(g.name[-12:], g.size) for g in groups if g} == {(f"{limits.CROWD:064x}"[:12], many)}
        again = stored_pictures(db)
        assert len(again.crowds.windows) == 1 and len(again.all.windows) == many


def test_whoever_is_tied_to_most_stands_for_pictures_that_are_not_alike_themselves(session: Session) -> None:
    dice, pictures = random.Random(6), Pictures()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        first = store(batch, pictures, picture(origin, dice), 0)
        others = [store(batch, pictures, picture(flipped(origin, dice, 26), dice), n) for n in range(1, limits.CROWD + 20)]
        assert likeness.crowds(batch) == [first]
        found = group_of(batch, others[-1])
    assert found is not None and found.size == limits.CROWD + 20 and not found.held


def test_two_of_a_crowd_said_apart_share_no_group_and_the_nearer_stays(session: Session) -> None:
    dice, pictures = random.Random(7), Pictures()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        store(batch, pictures, picture(origin, dice), 0)
        ids = [store(batch, pictures, picture(flipped(origin, dice, 3 if n == 1 else 26), dice), n) for n in range(1, 90)]
    not_same(session, f"{1:064x}", f"{2:064x}")
    with session.reading() as db:
        size = {i: (g.size if (g := group_of(db, i)) else None) for i in ids[:3]}
    assert size == {ids[0]: 89, ids[1]: None, ids[2]: 89}


def test_a_destroyed_picture_leaves_nobody_without_a_crowd(session: Session) -> None:
    dice, pictures = random.Random(8), Pictures()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        ids = [store(batch, pictures, picture(flipped(origin, dice, 8), dice), n) for n in range(limits.CROWD + 5)]
        for each in ids:
            media.set_swept(batch, each, 2)
        likeness.forget(batch, [ids[limits.CROWD]])
        assert len(media.unswept(batch, 1)) == limits.CROWD + 4


def test_a_crowd_of_hundreds_is_held_until_a_lead_confirms(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CROWD", 6)
    monkeypatch.setattr(limits, "HELD_FROM", 12)
    dice, pictures = random.Random(9), Pictures()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        ids = [store(batch, pictures, picture(flipped(origin, dice, 8), dice), n) for n in range(12)]
        batch.execute("INSERT INTO bundle (id, started, user_id, paths) SELECT id, '', 1, '[]' FROM media_item")
        batch.execute("INSERT INTO file (bundle_id, media_item_id, name, path, level) SELECT 1, id, '', id, '' FROM media_item")
        assert hold_crowded(batch) == 0, "one bundle is one place"
        batch.execute("UPDATE file SET bundle_id = media_item_id")
        assert (hold_crowded(batch), hold_crowded(batch)) == (1, 0)
        found = group_of(batch, ids[0])
        assert found is not None and found.held
    (held,) = all_held(session)
    assert (held.of, held.files, held.reports, held.outcome) == ("picture", 12, 12, "waits for a lead")
    assert decide_held(session, held.id, confirm=True).decided_by == "first"
    with session.reading() as db:
        found = group_of(db, ids[0])
        assert found is not None and not found.held
    assert decide_held(session, held.id, confirm=False).outcome == "rejected"


def test_a_possible_pair_waits_for_a_person_whose_word_stands(session: Session) -> None:
    dice, pictures = random.Random(10), Pictures()
    one, second = dice.randbytes(32), dice.randbytes(DHASH_BYTES)
    others = [flipped(one, dice, limits.POSSIBLE_RADIUS - 4) for _ in range(2)]
    kept = [picture(one, dice, second), *(picture(pdq, dice, flipped(second, dice, 20)) for pdq in others)]
    with session.store.batch() as batch:
        ids = [store(batch, pictures, each, n) for n, each in enumerate(kept)]

        def further() -> int:
            return keep_possible(batch, ids[0], look_further(pictures, batch, kept[0], own=ids[0]))

        assert (further(), further()) == (2, 0)
        assert group_of(batch, ids[0]) is None
    names = [f"{n:064x}" for n in range(3)]
    told = possible_pairs(session)
    assert {(p.sha256, p.other) for p in told} == {(names[0], names[1]), (names[0], names[2])}
    assert all(p.distance == limits.POSSIBLE_RADIUS - 4 and p.second and p.second.distance == 20 for p in told)
    assert {(p.quality, p.other_quality) for p in told} == {(100, 100)}
    same(session, names[0], names[1])
    not_same(session, names[2], names[0])
    assert possible_pairs(session) == ()
    with session.store.batch() as batch:
        assert keep_possible(batch, ids[0], look_further(pictures, batch, kept[0], own=ids[0])) == 0
        group = group_of(batch, ids[1])
        assert group is not None and group.size == 2 and group_of(batch, ids[2]) is None
        (row,) = likeness.near(batch, ids[0])
        assert (row.user_id, row.other) == (session.user.id, ids[1])
        (joined,) = alike_files(batch, ids[0], {})
        assert (joined.tier, joined.variant, joined.distance) == ("match", told[0].variant, limits.POSSIBLE_RADIUS - 4)
        assert joined.second is not None and joined.second.distance == 20 and joined.joined_by is not None
        assert likeness.near_one(batch, ids[1], ids[0]) == replace(row, other=ids[0])
    not_same(session, names[0], names[1])
    with session.reading() as db:
        assert group_of(db, ids[1]) is None
    same(session, names[0], names[1])
    with session.reading() as db:
        assert group_of(db, ids[1]) is not None
    for other in (names[1], names[2]):
        take_back(session, other, names[0])
        with pytest.raises(Refused, match="There is no decision on these two"):
            take_back(session, other, names[0])
    assert possible_pairs(session) == told, "what the search found waits again"
    with session.reading() as db:
        assert group_of(db, ids[1]) is None
    assert verify_record(session, None).valid


def test_a_word_that_is_taken_back_leaves_what_the_search_found(session: Session) -> None:
    """Also when it found the two alike only after somebody had joined them."""
    dice, pictures = random.Random(11), Pictures()
    one = dice.randbytes(32)
    with session.store.batch() as batch:
        ids = [store(batch, pictures, picture(pdq, dice), n) for n, pdq in enumerate((one, dice.randbytes(32)))]
    same(session, f"{0:064x}", f"{1:064x}")
    with session.reading() as db:
        (joined,) = alike_files(db, ids[0], {session.user.id: "first"})
        assert (joined.tier, joined.variant, joined.second, joined.joined_by) == ("match", "upright", None, "first")
    with session.store.batch() as batch:
        left = way(7, orientation=Orientation.ROTATED_LEFT)
        likeness.add_near(batch, ids[1], ids[0], left)
        (row,) = likeness.near(batch, ids[0])
        assert (row.way, row.user_id) == (left.reverse(), session.user.id)
        (row,) = likeness.near(batch, ids[1])
        assert (row.way, row.user_id) == (left, session.user.id)
    take_back(session, f"{1:064x}", f"{0:064x}")
    with session.reading() as db:
        (row,) = likeness.near(db, ids[0])
        assert (row.way, row.user_id) == (left.reverse(), None)


def test_each_has_the_group_that_it_is_in_where_two_hang_together(session: Session) -> None:
    dice, pictures = random.Random(13), Pictures()
    with session.store.batch() as batch:
        a, b, c, d, e, f, g, alone = (store(batch, pictures, picture(dice.randbytes(32), dice), n) for n in range(8))
        for one, other in ((a, b), (a, c), (c, f), (d, e), (d, f), (d, g)):
            likeness.add_near(batch, one, other, way(4))
        sizes = {each: group.size if (group := group_of(batch, each)) else None for each in (a, b, c, d, e, f, g, alone)}
    assert sizes == {a: 3, b: 3, c: 3, d: 4, e: 4, f: 4, g: 4, alone: None}


def test_the_possible_tier_asks_nothing_for_whom_a_crowd_stands(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CROWD", 4)
    dice, pictures = random.Random(11), Pictures()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        hashes = [picture(flipped(origin, dice, 6), dice) for _ in range(8)]
        ids = [store(batch, pictures, each, n) for n, each in enumerate(hashes)]
        monkeypatch.setattr(alike, "find_possible_matches", lambda *args: pytest.fail("was asked"))
        assert look_further(pictures, batch, hashes[-1], own=ids[-1]) == {}


def test_nothing_is_asked_of_two_that_are_alike_or_were_said_apart(session: Session) -> None:
    dice, pictures = random.Random(14), Pictures()
    with session.store.batch() as batch:
        one, other, third = (store(batch, pictures, picture(dice.randbytes(32), dice), n) for n in range(3))
        likeness.add_near(batch, one, other, way(4))
        likeness.set_apart(batch, one, third, "2026-11-24T10:00:00Z", session.user.id)
        assert [likeness.add_possible(batch, one, each, way(40, 20)) for each in (other, third)] == [False, False]
        assert likeness.possible(batch, one) == [] and likeness.count_possible(batch) == 0
        assert likeness.add_possible(batch, other, third, way(40, 20))


def test_a_possible_pair_is_told_alike_whichever_asked_first(session: Session) -> None:
    dice, pictures = random.Random(12), Pictures()
    nearest = way(30, 20, found_window=CropWindow.UNEVEN)
    ways = [way(30, 40, asked_window=CropWindow.UNEVEN), nearest, way(31, 5)]
    told = set()
    for n, order in enumerate(((0, 1, 2), (2, 1, 0))):
        with session.store.batch() as batch:
            one, other = (store(batch, pictures, picture(dice.randbytes(32), dice), 2 * n + m) for m in range(2))
            new = [likeness.add_possible(batch, *((one, other) if n < 2 else (other, one)), ways[n]) for n in order]
            (row,) = likeness.possible(batch, one)
        assert new == [True, False, False]
        told.add(row.way)
    assert told == {nearest}


@pytest.mark.parametrize("near", [True, False])
def test_of_two_equally_near_ways_the_same_is_told_whichever_asked_first(session: Session, near: bool) -> None:
    dice, pictures = random.Random(13), Pictures()
    trimmed = way(5, None if near else 50, asked_window=CropWindow.TRIMMED)
    told = set()
    for n, older_first in enumerate((True, False)):
        with session.store.batch() as batch:
            one, other = (store(batch, pictures, picture(dice.randbytes(32), dice), 2 * n + m) for m in range(2))
            ways = [(one, other, trimmed), (other, one, replace(trimmed, orientation=Orientation.ROTATED_LEFT))]
            for this, that, found in ways if older_first else ways[::-1]:
                if near:
                    likeness.add_near(batch, this, that, found)
                else:
                    likeness.add_possible(batch, this, that, found)
            (row,) = (likeness.near if near else likeness.possible)(batch, one)
        told.add(row.way)
    assert told == {trimmed}


def test_the_same_bytes_of_a_list_have_no_turn_and_its_like_pictures_do() -> None:
    named = {"list_name": "US", "list_kind": "known", "added": "2026-11-03T10:00:00Z", "sha256": "ab", "category": None}
    exact = ListHit(hash_kind="md5", tier="exact", **named)
    near = ListHit(hash_kind="pdq", tier="near", way=way(0), **named)
    mirrored = way(9, orientation=Orientation.MIRRORED)
    told = of_lists((exact, exact, near, replace(near, tier="possible", way=mirrored)))
    assert [(match.tier, match.variant, match.distance) for match in told] == [
        ("exact", "", 0),
        ("match", "upright", 0),
        ("possible", "mirrored", 9),
    ]
    assert {match.list_date for match in told} == {"2026-11-03"}
