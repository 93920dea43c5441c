"""Keys that reports share are found by the reports alone as they are by naming each key."""

from __future__ import annotations

import random

from triage.store.queries import judgement, link_values, reports
from triage.store.store import Store

REPORTS, VALUES = 30, 12


def test_shared_keys_are_found_without_naming_them(store: Store) -> None:
    dice = random.Random(7)
    with store.batch() as batch:
        ids = [reports.add_report(batch, str(n)) for n in range(REPORTS)]
        ties = {
            i: {(kind, f"v{dice.randrange(VALUES * (1 + at))}", 50, None) for at, kind in enumerate(("email", "sentence"))}
            for i in ids
        }
        judgement.save_keys(batch, [(i, tie) for i, own in ties.items() for tie in own], [])
        some = dice.sample(ids, 10)
        named = {tie[:2] for i in some for tie in ties[i] if tie[0] != "sentence"}
        expected = judgement.find_holders_of_keys(batch, named, 2, REPORTS + 1)
        found = link_values.find_shared_keys(batch, some, ("sentence",))
    assert expected
    assert found == expected.keys()
