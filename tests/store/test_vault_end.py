"""An announced batch stays announced until it is committed: only then what lies behind the vault's end is accounted for."""

from __future__ import annotations

from triage.store.store import Store


def test_only_a_commit_closes_the_announcement_of_a_batch(store: Store) -> None:
    end = store._vault_end
    end.begin()
    end.finish()
    intent = end._file.read(end.store)
    assert intent is not None and intent.open, "nothing was committed: sealed bytes may lie there that belong to nobody"
    with store.batch() as batch:
        batch.seal(b"kite")
        batch.note("note added")
    intent = end._file.read(end.store)
    assert intent is not None and not intent.open
