"""Pairs that are alike, at hash level: many copies cost one row an image, and small neighbourhoods keep every pair."""

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
from triage.jobs.matching.groups import find_group
from triage.jobs.matching.holding import hold_frequent_hashes
from triage.jobs.matching.pictures import (
    StoredImages,
    find_matches_of_new,
    iter_hub_blocks,
    store_matches,
    store_possible,
)
from triage.jobs.matching.stored_search import AskedImage, StoredSearch
from triage.jobs.matching.why import describe_list_matches, list_similar_files
from triage.jobs.review.held_hashes import decide_held, list_held
from triage.jobs.review.pairs import confirm_same, list_possible_pairs, read_possible_pairs, reject_same, take_back_decision
from triage.jobs.session import Session
from triage.model.judgement import ListHit
from triage.model.match_way import CropWindow, MatchWay, Orientation
from triage.model.media import MediaFacts, Perceptual
from triage.store.batch import Batch
from triage.store.queries import media, media_matches


def flipped(value: bytes, dice: random.Random, bits: int) -> bytes:
    number = int.from_bytes(value)
    for bit in dice.sample(range(8 * len(value)), bits):
        number ^= 1 << bit
    return number.to_bytes(len(value))


def make_way(distance: int, dhash_distance: int | None = None, **more: object) -> MatchWay:
    """Returns a PDQ way of this distance."""
    return MatchWay(hash_kind="pdq", distance=distance, dhash_distance=dhash_distance, **more)  # type: ignore[arg-type]


SECOND = random.Random(0).randbytes(DHASH_BYTES)


def make_hashes(pdq: bytes, dice: random.Random, second: bytes | None = None) -> Perceptual:
    """Returns hashes of one window only, which match by PDQ alone unless `second` says more."""
    second = second or flipped(SECOND, dice, 10)
    blob = (pdq + second).ljust(BLOB_BYTES, b"\0")
    return Perceptual(pdq=pdq, quality=100, turns=orient_pdq(pdq), phash=bytes(8), windows=blob)


def import_image(batch: Batch, pictures: StoredImages, hashes: Perceptual, name: int) -> int:
    """Adds an image and stores its matches, as an import does with a large image, without bytes."""
    medium_id = add_image(batch, hashes, name)
    pictures.add([(medium_id, hashes)])
    for _, _, found in find_matches_of_new(pictures, batch, [(medium_id, hashes)]):
        store_matches(batch, pictures, medium_id, hashes, found)
    return medium_id


def search_possible(batch: Batch, hashes: Perceptual, medium_id: int) -> dict[int, MatchWay]:
    """Returns the possible matches of an image, without those that are known as matches."""
    known = frozenset(row.other for row in media_matches.load_matches(batch, medium_id))
    (found,) = StoredSearch(uneven=False).find(
        batch, [AskedImage(hashes, medium_id, known, matches=False)], lambda done, total: None
    )
    return found.possible


def add_image(batch: Batch, hashes: Perceptual, name: int) -> int:
    """Adds an image with its hashes, without searching matches."""
    facts = facts_to_bytes(MediaFacts(mime="image/png", perceptual=hashes))
    digests = f"{name:064x}", f"{name:032x}", f"{name:040x}"
    (medium_id,) = media.add_media_items(batch, [(*digests, 1, batch.seal(b"x"), facts, hashes.pdq, hashes.quality, None)])
    media.save_windows(batch, [(medium_id, hashes.windows)])
    return medium_id


def import_images(batch: Batch, pictures: StoredImages, many: list[Perceptual]) -> list[int]:
    """Adds images and stores their matches, as an import does with a batch."""
    new = [(add_image(batch, hashes, name), hashes) for name, hashes in enumerate(many)]
    pictures.add(new)
    for medium_id, hashes, found in find_matches_of_new(pictures, batch, new):
        store_matches(batch, pictures, medium_id, hashes, found)
    return [medium_id for medium_id, _ in new]


def pairs(session: Session) -> int:
    with session.reading() as db:
        return int(db.value("SELECT count(*) FROM media_match"))


@pytest.mark.parametrize("together", [False, True])
def test_many_copies_cost_one_row_an_image_and_are_one_group(session: Session, together: bool) -> None:
    dice, pictures = random.Random(5), StoredImages()
    origin = dice.randbytes(32)
    many = limits.HUB_FROM + 60
    with session.store.batch() as batch:
        hashes = [make_hashes(flipped(origin, dice, 8), dice) for _ in range(many)]
        if together:
            ids = import_images(batch, pictures, hashes)
        else:
            ids = [import_image(batch, pictures, each, n) for n, each in enumerate(hashes)]
    rows = limits.HUB_FROM * (limits.HUB_FROM + 1) // 2 + (many - limits.HUB_FROM - 1)
    assert pairs(session) == rows
    with session.reading() as db:
        assert media_matches.list_hubs(db) == [ids[limits.HUB_FROM]]
        groups = {find_group(db, each) for each in (ids[0], ids[limits.HUB_FROM], ids[-1])}
        assert {(g.name[-12:], g.size) for g in groups if g} == {(f"{limits.HUB_FROM:064x}"[:12], many)}
        assert sum(len(block) for block in iter_hub_blocks(db)) == 1


def test_whoever_is_tied_to_most_stands_for_pictures_that_are_not_alike_themselves(session: Session) -> None:
    dice, pictures = random.Random(6), StoredImages()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        first = import_image(batch, pictures, make_hashes(origin, dice), 0)
        others = [
            import_image(batch, pictures, make_hashes(flipped(origin, dice, 26), dice), n) for n in range(1, limits.HUB_FROM + 20)
        ]
        assert media_matches.list_hubs(batch) == [first]
        found = find_group(batch, others[-1])
    assert found is not None and found.size == limits.HUB_FROM + 20 and not found.held


def test_two_copies_said_apart_share_no_group_and_the_nearer_stays(session: Session) -> None:
    dice, pictures = random.Random(7), StoredImages()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        import_image(batch, pictures, make_hashes(origin, dice), 0)
        ids = [
            import_image(batch, pictures, make_hashes(flipped(origin, dice, 3 if n == 1 else 26), dice), n) for n in range(1, 90)
        ]
    reject_same(session, f"{1:064x}", f"{2:064x}")
    with session.reading() as db:
        size = {i: (g.size if (g := find_group(db, i)) else None) for i in ids[:3]}
    assert size == {ids[0]: 89, ids[1]: None, ids[2]: 89}


def test_a_destroyed_picture_leaves_no_copy_without_a_hub_image(session: Session) -> None:
    dice, pictures = random.Random(8), StoredImages()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        ids = [import_image(batch, pictures, make_hashes(flipped(origin, dice, 8), dice), n) for n in range(limits.HUB_FROM + 5)]
        for each in ids:
            media.save_sweep_stage(batch, each, 2)
        media_matches.delete_matches(batch, [ids[limits.HUB_FROM]])
        assert len(media.list_unswept_images(batch, 1)) == limits.HUB_FROM + 4


def test_a_hub_image_of_hundreds_is_held_until_a_lead_confirms(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HUB_FROM", 6)
    monkeypatch.setattr(limits, "HELD_FROM", 12)
    dice, pictures = random.Random(9), StoredImages()
    origin = dice.randbytes(32)
    with session.store.batch() as batch:
        ids = [import_image(batch, pictures, make_hashes(flipped(origin, dice, 8), dice), n) for n in range(12)]
        batch.execute("INSERT INTO bundle (id, started, user_id, paths) SELECT id, '', 1, '[]' FROM media_item")
        batch.execute("INSERT INTO file (bundle_id, media_item_id, name, path, level) SELECT 1, id, '', id, '' FROM media_item")
        assert hold_frequent_hashes(batch) == 0, "one bundle is one place"
        batch.execute("UPDATE file SET bundle_id = media_item_id")
        assert (hold_frequent_hashes(batch), hold_frequent_hashes(batch)) == (1, 0)
        found = find_group(batch, ids[0])
        assert found is not None and found.held
    (held,) = list_held(session)
    assert (held.of, held.files, held.reports, held.outcome) == ("picture", 12, 12, "waits for a lead")
    assert decide_held(session, held.id, confirm=True).decided_by == "first"
    with session.reading() as db:
        found = find_group(db, ids[0])
        assert found is not None and not found.held
    assert decide_held(session, held.id, confirm=False).outcome == "rejected"


def test_a_possible_pair_waits_for_a_person_whose_word_stands(session: Session) -> None:
    dice, pictures = random.Random(10), StoredImages()
    one, second = dice.randbytes(32), dice.randbytes(DHASH_BYTES)
    others = [flipped(one, dice, limits.POSSIBLE_RADIUS - 4) for _ in range(2)]
    kept = [make_hashes(one, dice, second), *(make_hashes(pdq, dice, flipped(second, dice, 20)) for pdq in others)]
    with session.store.batch() as batch:
        ids = [import_image(batch, pictures, each, n) for n, each in enumerate(kept)]

        def further() -> int:
            return store_possible(batch, ids[0], search_possible(batch, kept[0], ids[0]))

        assert (further(), further()) == (2, 0)
        assert find_group(batch, ids[0]) is None
    names = [f"{n:064x}" for n in range(3)]
    told = list_possible_pairs(session)
    assert {(p.sha256, p.other) for p in told} == {(names[0], names[1]), (names[0], names[2])}
    assert [pair for part in read_possible_pairs(session) for pair in part] == list(told)
    begun = read_possible_pairs(session)
    assert all(p.distance == limits.POSSIBLE_RADIUS - 4 and p.second and p.second.distance == 20 for p in told)
    assert {(p.quality, p.other_quality) for p in told} == {(100, 100)}
    confirm_same(session, names[0], names[1])
    reject_same(session, names[2], names[0])
    assert list_possible_pairs(session) == () and list(begun) == [()], "what was decided since is left out"
    with session.store.batch() as batch:
        assert store_possible(batch, ids[0], search_possible(batch, kept[0], ids[0])) == 0
        group = find_group(batch, ids[1])
        assert group is not None and group.size == 2 and find_group(batch, ids[2]) is None
        (row,) = media_matches.load_matches(batch, ids[0])
        assert (row.user_id, row.other) == (session.user.id, ids[1])
        (joined,) = list_similar_files(batch, ids[0], {})
        assert (joined.tier, joined.variant, joined.distance) == ("match", told[0].variant, limits.POSSIBLE_RADIUS - 4)
        assert joined.second is not None and joined.second.distance == 20 and joined.joined_by is not None
        assert media_matches.find_match(batch, ids[1], ids[0]) == replace(row, other=ids[0])
    reject_same(session, names[0], names[1])
    with session.reading() as db:
        assert find_group(db, ids[1]) is None
    confirm_same(session, names[0], names[1])
    with session.reading() as db:
        assert find_group(db, ids[1]) is not None
    for other in (names[1], names[2]):
        take_back_decision(session, other, names[0])
        with pytest.raises(Refused, match="There is no decision on these two"):
            take_back_decision(session, other, names[0])
    assert list_possible_pairs(session) == told, "what the search found waits again"
    with session.reading() as db:
        assert find_group(db, ids[1]) is None
    assert verify_record(session, None).valid


def test_a_word_that_is_taken_back_leaves_what_the_search_found(session: Session) -> None:
    """Also when it found the two alike only after somebody had joined them."""
    dice, pictures = random.Random(11), StoredImages()
    one = dice.randbytes(32)
    with session.store.batch() as batch:
        ids = [import_image(batch, pictures, make_hashes(pdq, dice), n) for n, pdq in enumerate((one, dice.randbytes(32)))]
    confirm_same(session, f"{0:064x}", f"{1:064x}")
    with session.reading() as db:
        (joined,) = list_similar_files(db, ids[0], {session.user.id: "first"})
        assert (joined.tier, joined.variant, joined.second, joined.joined_by) == ("match", "upright", None, "first")
    with session.store.batch() as batch:
        left = make_way(7, orientation=Orientation.ROTATED_LEFT)
        media_matches.save_match(batch, ids[1], ids[0], left)
        (row,) = media_matches.load_matches(batch, ids[0])
        assert (row.way, row.user_id) == (left.reverse(), session.user.id)
        (row,) = media_matches.load_matches(batch, ids[1])
        assert (row.way, row.user_id) == (left, session.user.id)
    take_back_decision(session, f"{1:064x}", f"{0:064x}")
    with session.reading() as db:
        (row,) = media_matches.load_matches(db, ids[0])
        assert (row.way, row.user_id) == (left.reverse(), None)


def test_each_has_the_group_that_it_is_in_where_two_hang_together(session: Session) -> None:
    dice, pictures = random.Random(13), StoredImages()
    with session.store.batch() as batch:
        a, b, c, d, e, f, g, alone = (import_image(batch, pictures, make_hashes(dice.randbytes(32), dice), n) for n in range(8))
        for one, other in ((a, b), (a, c), (c, f), (d, e), (d, f), (d, g)):
            media_matches.save_match(batch, one, other, make_way(4))
        sizes = {each: group.size if (group := find_group(batch, each)) else None for each in (a, b, c, d, e, f, g, alone)}
    assert sizes == {a: 3, b: 3, c: 3, d: 4, e: 4, f: 4, g: 4, alone: None}


def test_nothing_is_asked_of_two_that_are_alike_or_were_said_apart(session: Session) -> None:
    dice, pictures = random.Random(14), StoredImages()
    with session.store.batch() as batch:
        one, other, third = (import_image(batch, pictures, make_hashes(dice.randbytes(32), dice), n) for n in range(3))
        media_matches.save_match(batch, one, other, make_way(4))
        media_matches.reject_match(batch, one, third, "2026-11-24T10:00:00Z", session.user.id)
        assert [media_matches.save_possible_match(batch, one, each, make_way(40, 20)) for each in (other, third)] == [
            False,
            False,
        ]
        assert media_matches.load_possible_matches(batch, one) == [] and media_matches.count_possible_matches(batch) == 0
        assert media_matches.save_possible_match(batch, other, third, make_way(40, 20))


def test_a_possible_pair_is_told_alike_whichever_asked_first(session: Session) -> None:
    dice, pictures = random.Random(12), StoredImages()
    nearest = make_way(30, 20, found_window=CropWindow.UNEVEN)
    ways = [make_way(30, 40, asked_window=CropWindow.UNEVEN), nearest, make_way(31, 5)]
    told = set()
    for n, order in enumerate(((0, 1, 2), (2, 1, 0))):
        with session.store.batch() as batch:
            one, other = (import_image(batch, pictures, make_hashes(dice.randbytes(32), dice), 2 * n + m) for m in range(2))
            new = [media_matches.save_possible_match(batch, *((one, other) if n < 2 else (other, one)), ways[n]) for n in order]
            (row,) = media_matches.load_possible_matches(batch, one)
        assert new == [True, False, False]
        told.add(row.way)
    assert told == {nearest}


@pytest.mark.parametrize("near", [True, False])
def test_of_two_equally_near_ways_the_same_is_told_whichever_asked_first(session: Session, near: bool) -> None:
    dice, pictures = random.Random(13), StoredImages()
    trimmed = make_way(5, None if near else 50, asked_window=CropWindow.TRIMMED)
    told = set()
    for n, older_first in enumerate((True, False)):
        with session.store.batch() as batch:
            one, other = (import_image(batch, pictures, make_hashes(dice.randbytes(32), dice), 2 * n + m) for m in range(2))
            ways = [(one, other, trimmed), (other, one, replace(trimmed, orientation=Orientation.ROTATED_LEFT))]
            for this, that, found in ways if older_first else ways[::-1]:
                if near:
                    media_matches.save_match(batch, this, that, found)
                else:
                    media_matches.save_possible_match(batch, this, that, found)
            (row,) = (media_matches.load_matches if near else media_matches.load_possible_matches)(batch, one)
        told.add(row.way)
    assert told == {trimmed}


def test_the_same_bytes_of_a_list_have_no_turn_and_its_like_pictures_do() -> None:
    named = {"list_name": "US", "list_kind": "known", "added": "2026-11-03T10:00:00Z", "sha256": "ab", "category": None}
    exact = ListHit(hash_kind="md5", tier="exact", **named)
    near = ListHit(hash_kind="pdq", tier="near", way=make_way(0), **named)
    mirrored = make_way(9, orientation=Orientation.MIRRORED)
    told = describe_list_matches((exact, exact, near, replace(near, tier="possible", way=mirrored)))
    assert [(match.tier, match.variant, match.distance) for match in told] == [
        ("exact", "", 0),
        ("match", "upright", 0),
        ("possible", "mirrored", 9),
    ]
    assert {match.list_date for match in told} == {"2026-11-03"}
