"""Keys that reports share are found as they are stored, as they are by their holders."""

from __future__ import annotations

import random
from functools import partial

import pytest

from triage.store.queries import judgement, link_values, lists, reports, split_into_chunks
from triage.store.queries.judgement import CardRow, StoredReading
from triage.store.store import Store

REPORTS, VALUES = 30, 12


def test_storing_keys_tells_which_of_them_are_shared(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judgement, "split_into_chunks", partial(split_into_chunks, size=7))
    dice = random.Random(7)
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(REPORTS)]
        rows = list({(i, ("email", f"v{dice.randrange(3 * VALUES)}", 50, None)) for i in ids for _ in range(2)})
        for come in (rows[:30], rows[30:]):
            found = judgement.save_keys(batch, come, [])
            named = {tie[:2] for _, tie in come}
            assert (
                found
                == judgement.find_holders_of_keys(batch, named, 2, REPORTS + 1).keys()
                == judgement.find_shared_keys(batch, named)
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
        judgement.save_keys(batch, [(i, (*key, *own)) for i, keys in told.items() for key, own in keys.items()], [])
        for most in (2, 3, 4, REPORTS):
            found = judgement.list_shared_keys(batch, ids[::2], ("sentence",), most)
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
        judgement.save_keys(batch, [(i, ("email", "kite", 50, None)) for i in ids], [])
        judgement.save_keys(batch, [(ids[0], ("email", "kite", 80, 20_000))], [])
        judgement.save_keys(batch, [(ids[1], ("phone", "1", 70, 3))], [(ids[1], ("email", "kite", 50, None))])
        kept = judgement.load_keys_of_reports(batch, ids)
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


def test_keys_that_many_reports_mark_as_anothers_are_left_out(store: Store) -> None:
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(5)]
        keys = [(i, ("phone", "1", 70, None)) for i in ids] + [(i, ("others", "phone 1", 0, None)) for i in ids[:3]]
        judgement.save_keys(batch, keys, [])
        found = link_values.list_marked_keys(batch, ids[3:], "others", 4)
        assert sorted(found) == [(i, "phone", "1", other) for i in ids[3:] for other in ids[:3]]
        assert link_values.list_marked_keys(batch, ids[3:], "others", 3) == []
