"""Keys that reports share are found as they are stored, as they are by their holders."""

from __future__ import annotations

import random
from functools import partial
from itertools import pairwise

import pytest

from triage.store.database import Writer
from triage.store.key_digests import digest_key
from triage.store.queries import judgement, key_holders, link_values, lists, reports, split_into_chunks
from triage.store.queries.judgement import CardRow, StoredReading
from triage.store.store import Store

REPORTS, VALUES = 30, 12


def test_storing_keys_tells_which_of_them_are_shared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_holders, "split_into_chunks", partial(split_into_chunks, size=7))
    dice = random.Random(7)
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(REPORTS)]
        rows = list({(i, ("email", f"v{dice.randrange(3 * VALUES)}", 50, None)) for i in ids for _ in range(2)})
        for come in (rows[:30], rows[30:]):
            found = key_holders.save_keys(batch, come, [])
            named = {tie[:2] for _, tie in come}
            assert (
                found
                == key_holders.find_holders_of_keys(batch, named, 2, REPORTS + 1).keys()
                == key_holders.find_shared_keys(batch, named)
            )
            assert 0 < len(found) < len(named)


def test_shared_keys_come_with_the_strength_and_day_of_both_reports(store: Store) -> None:
    dice = random.Random(8)
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(REPORTS)]
        told = {
            i: {
                (kind, f"v{dice.randrange(VALUES)}"): (dice.randrange(9), dice.choice([None, i]))
                for kind in ("email", "sentence")
            }
            for i in ids
        }
        key_holders.save_keys(batch, [(i, (*key, *own)) for i, keys in told.items() for key, own in keys.items()], [])
        for most in (2, 3, 4, REPORTS):
            found = key_holders.list_shared_keys(batch, ids[::2], ("sentence",), most)
            holders = {key: [i for i in ids if key in told[i]] for keys in told.values() for key in keys if key[0] == "email"}
            assert sorted(found, key=repr) == sorted(
                (
                    (i, *key, other, told[other][key][1], *told[i][key])
                    for key, held in holders.items()
                    for i in held
                    for other in held
                    if i in ids[::2] and other != i and len(held) < most
                ),
                key=repr,
            )
            assert len(found) > 0 or most < 3
            runs = [row[:3] for at, row in enumerate(found) if at == 0 or row[:3] != found[at - 1][:3]]
            assert len(runs) == len(set(runs)), "the rows of one key follow one another"


def test_a_key_that_comes_again_replaces_the_one_before(store: Store) -> None:
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(2)]
        key_holders.save_keys(batch, [(i, ("email", "kite", 50, None)) for i in ids], [])
        key_holders.save_keys(batch, [(ids[0], ("email", "kite", 80, 20_000))], [(ids[0], ("email", "kite", 50, None))])
        key_holders.save_keys(batch, [(ids[1], ("phone", "1", 70, 3))], [(ids[1], ("email", "kite", 50, None))])
        kept = key_holders.load_keys_of_reports(batch, ids)
    assert kept == {ids[0]: {("email", "kite", 80, 20_000)}, ids[1]: {("phone", "1", 70, 3)}}


def test_file_hashes_and_digests_that_come_again_replace_those_before(store: Store) -> None:
    with store.batch() as batch:
        one = reports.add_report(batch, "1")
        lists.replace_file_hashes(batch, [one], [("md5", b"x", one, "a.png", 1), ("md5", b"x", one, "a.png", 0)])
        assert batch.all("SELECT name, declared FROM file_hash") == [("a.png", 1)]
        for digest, read in ((b"1", StoredReading(b"b", b"r")), (b"2", None)):
            judgement.save_key_digests(batch, [(one, digest, read)])
        assert batch.all("SELECT digest, reading_basis, reading FROM report_digest") == [(b"2", None, None)]
        for score in (b"old", b"new"):
            judgement.save_cards(batch, [(one, CardRow(b"l", score, b"c", b"t", None, score.decode()))])
        assert judgement.load_cards(batch, [one]) == {one: CardRow(b"l", b"new", b"c", b"t", None, "new")}


def test_holders_are_the_same_wherever_they_lie(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """New holders are moved into the large table a part at a time; keys come, go and change meanwhile."""
    monkeypatch.setattr(key_holders, "MOST_NEW", 40)
    monkeypatch.setattr(key_holders, "_LEAST_STORED", 1)
    dice = random.Random(9)
    told: dict[tuple[int, str, str], tuple[int, int | None]] = {}
    moved = 0
    for _ in range(12):
        with store.batch() as batch:
            ids = [reports.add_report(batch, str(dice.random())) for _ in range(6)]
            gone = dice.sample(sorted(told), min(9, len(told)))
            new = {(i, dice.choice(["email", "others"]), f"v\0{dice.randrange(40)} ک"): (dice.randrange(9), i) for i in ids * 4}
            new |= {key: (told[key][0] + 1, dice.choice([None, 7])) for key in gone[::3]}
            key_holders.save_keys(
                batch, [(i, (k, v, *own)) for (i, k, v), own in new.items()], [(i, (k, v, *told[i, k, v])) for i, k, v in gone]
            )
            told = {key: own for key, own in told.items() if key not in gone} | new
            batch.note("test filled")
        db = store.read()
        moved += db.value("SELECT count(*) FROM link_key_holder") > 0
        for kind, value in {key[1:] for key in told}:
            held = sorted((i, day) for (i, k, v), (_, day) in told.items() if (k, v) == (kind, value))
            assert key_holders.list_holders(db, kind, value, -1) == held
        assert not key_holders.find_wrong_holders(db)
    assert moved > 5


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM link_key_holder_new WHERE digest = (SELECT max(digest) FROM link_key_holder_new)",
        "UPDATE link_key_holder_new SET report_id = report_id + 9 WHERE digest = (SELECT max(digest) FROM link_key_holder_new)",
        "UPDATE link_key_holder_new SET day = 8 WHERE digest = (SELECT max(digest) FROM link_key_holder_new)",
        "UPDATE link_key_holder_new SET digest = digest - 1 WHERE digest = (SELECT max(digest) FROM link_key_holder_new)",
        "INSERT INTO link_key_holder SELECT * FROM link_key_holder_new WHERE digest = (SELECT max(digest) FROM link_key_holder_new)",
    ],
)
def test_a_check_finds_holders_that_differ_and_they_are_made_anew(store: Store, harm: str) -> None:
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(4)]
        key_holders.save_keys(batch, [(i, ("email", f"v{i}", 50, 7)) for i in ids[1:]], [])
        before = batch.all("SELECT * FROM link_key_holders ORDER BY 1, 2")
        assert len(before) == 3 and not key_holders.find_wrong_holders(batch)
        assert batch.execute(harm) == 1
        assert key_holders.find_wrong_holders(batch)
        key_holders.rebuild_holders(batch)
        assert not key_holders.find_wrong_holders(batch)
        assert batch.all("SELECT * FROM link_key_holders ORDER BY 1, 2") == before


def test_a_sentence_has_no_holders_by_digest(store: Store) -> None:
    with store.batch() as batch:
        one = reports.add_report(batch, "1")
        assert key_holders.save_keys(batch, [(one, ("sentence", "a@b#c", 0, None))], []) == set()
        assert batch.all("SELECT * FROM link_key_holders") == []
        assert link_values.count_sentences_beginning(batch, "a@b#", 5) == 1


def test_digests_are_of_one_store() -> None:
    """Nobody outside can choose a name whose digest is that of somebody's number."""
    one, other = (bytes([n]) * 16 for n in (1, 2))
    assert digest_key(one, "email", b"kite") != digest_key(other, "email", b"kite")
    assert all(-(1 << 63) <= digest_key(one, "email", b"%d" % n) < 1 << 63 for n in range(100))
    assert digest_key(one, "email", b"k\0") != digest_key(one, "email", b"k")


def test_keys_that_many_reports_mark_as_anothers_are_left_out(store: Store) -> None:
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(5)]
        keys = [(i, ("phone", "1", 70, None)) for i in ids] + [(i, ("others", "phone 1", 0, None)) for i in ids[:3]]
        key_holders.save_keys(batch, keys, [])
        assert key_holders.find_marking_reports(batch, [("phone", "1"), ("phone", "2")], 4) == {("phone", "1"): ids[:3]}
        assert key_holders.find_marking_reports(batch, [("phone", "1")], 3) == {}


def test_each_part_of_the_new_holders_is_moved_in_its_turn(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_holders, "MOST_NEW", 0)
    monkeypatch.setattr(key_holders, "_PARTS", 4)
    with store.batch() as batch:
        one = reports.add_report(batch, "1")
        key_holders.save_keys(batch, [(one, ("email", f"v{n}", 50, None)) for n in range(400)], [])
        left = [400]
        for _ in range(4):
            key_holders._move_some_holders(batch)
            left.append(batch.value("SELECT count(*) FROM link_key_holder_new"))
        assert left[-1] == 0 and all(50 < before - after < 150 for before, after in pairwise(left))
        assert len(key_holders.load_keys_of_reports(batch, [one])[one]) == 400 and not key_holders.find_wrong_holders(batch)


def test_one_report_alone_marks_a_key_as_not_its_users(store: Store) -> None:
    with store.batch() as batch:
        one, *others = [reports.add_report(batch, str(n)) for n in range(5)]
        mark = (key_holders.OTHERS, "phone 1", 0, None)
        key_holders.save_keys(batch, [(i, ("phone", "1", 70, None)) for i in (one, *others)] + [(one, mark)], [])
        assert key_holders.find_marking_reports(batch, [("phone", "1"), ("phone", "2")], 4) == {("phone", "1"): [one]}
        key_holders.save_keys(batch, [(i, mark) for i in others[:3]], [])
        assert key_holders.find_marking_reports(batch, [("phone", "1")], 4) == {}


def add_addresses(batch: Writer, count: int) -> list[int]:
    """Adds so many reports of which each two neighbours share an address; returns their ids."""
    ids = [reports.add_report(batch, str(n)) for n in range(count)]
    key_holders.save_keys(batch, [(i, ("email", f"v{n // 2 + k}", 50, n)) for n, i in enumerate(ids) for k in (0, 1)], [])
    return ids


@pytest.mark.parametrize("at_once", [1, 2, 3, 6, 7, 100])
def test_holders_that_are_made_anew_some_reports_at_a_time_are_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(key_holders, "_REBUILT_AT_ONCE", at_once)
    with store.batch() as batch:
        add_addresses(batch, 7)
        before = sorted(batch.all("SELECT digest, report_id, day FROM link_key_holders"))
        key_holders.rebuild_holders(batch)
        assert sorted(batch.all("SELECT digest, report_id, day FROM link_key_holders")) == before and len(before) == 14


@pytest.mark.parametrize("at", range(5))
def test_a_check_of_a_few_reports_comes_to_each_of_them_at_some_time(
    store: Store, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Rows, reports and days add up to the same: only the look at single keys can find it."""
    monkeypatch.setattr(key_holders, "LOOKED_UP", 2)
    with store.batch() as batch:
        ids = add_addresses(batch, 5)
        batch.execute("UPDATE link_key_holder_new SET digest = digest + 1 WHERE report_id = ?", (ids[at],))
        assert {key_holders.find_wrong_holders(batch) for _ in range(80)} == {True, False}
