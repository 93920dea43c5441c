"""A check of the vault in parts: it goes on where it stopped, and what was not read is unknown, never in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.conftest import NAME, PASSPHRASE
from triage.jobs.keeping.backup import make_backup, restore_backup
from triage.jobs.keeping.check import check_next_part, check_store
from triage.jobs.keeping.duties import list_duties
from triage.jobs.session import Session, unlock
from triage.message import Message
from triage.store import integrity
from triage.store.database import PAGE, Reader
from triage.store.pack_reader import PackReader
from triage.store.queries import vault
from triage.store.vault import ItemPlace, pack_path
from triage.store.zeroing import zero_sealed_bytes

SIZE = 1000


def seal_items(session: Session, count: int) -> None:
    with session.store.batch() as batch:
        for n in range(count):
            batch.seal(bytes([n]) * SIZE)


def find_duty(session: Session) -> str:
    """Returns how pressing the check of the store is."""
    return next(duty.urgency for duty in list_duties(session) if duty.key == "check")


def test_parts_follow_one_another_and_the_last_one_stands_for_the_whole(session: Session) -> None:
    seal_items(session, 5)
    found = []
    for _ in range(3):
        assert find_duty(session) == "now"
        result = check_next_part(session, 2 * SIZE)
        assert result.valid
        found.append((result.checked["vault_items"], result.checked.get("vault_items_unread", 0)))
    assert found == [(2, 3), (2, 1), (1, 0)]
    assert find_duty(session) == "fine"
    assert check_next_part(session, 2 * SIZE).checked["vault_items_unread"] == 3


def test_the_database_is_read_once_a_round_and_what_a_part_leaves_out_is_said(session: Session) -> None:
    seal_items(session, 3)
    rounds = [check_next_part(session, SIZE).checked for _ in range(4)]
    assert ["database_pages_unread" in each for each in rounds] == [False, True, True, False]
    assert ["record_entries" in each and "reports" in each for each in rounds] == [True, False, False, True]
    assert rounds[1]["database_pages_unread"] == session.store.read().count_pages()


def test_a_later_part_finds_a_page_that_was_put_back_and_a_file_of_somebody_else(session: Session) -> None:
    seal_items(session, 3)
    database = session.store.directory / "triage.db"
    assert session.store._database.empty_log()
    before = database.read_bytes()
    assert check_next_part(session, SIZE).valid
    assert session.store._database.empty_log()
    after = database.read_bytes()
    changed = next(at for at in range(0, len(before), PAGE) if before[at : at + PAGE] != after[at : at + PAGE])
    with database.open("r+b") as file:
        file.seek(changed)
        file.write(before[changed : changed + PAGE])
    (session.store.vault / "stranger.txt").write_text("kite")
    problems = " ".join(check_next_part(session, SIZE).problems)
    assert "put back to an older content" in problems and "not its own" in problems


def test_what_comes_meanwhile_belongs_to_the_round(session: Session) -> None:
    seal_items(session, 2)
    assert check_next_part(session, SIZE).checked["vault_items_unread"] == 1
    seal_items(session, 1)
    assert check_next_part(session, SIZE).checked["vault_items_unread"] == 1
    assert "vault_items_unread" not in check_next_part(session, SIZE).checked


def test_a_problem_of_one_part_is_not_forgotten_at_the_end(session: Session) -> None:
    seal_items(session, 3)
    pack = pack_path(session.store.vault, 1)
    damaged = bytearray(pack.read_bytes())
    damaged[0] ^= 1
    pack.write_bytes(damaged)
    assert not check_next_part(session, SIZE).valid
    assert check_next_part(session, SIZE).valid
    last = check_next_part(session, SIZE)
    assert not last.valid and "Earlier parts of this check found problems: 1." in last.problems[0]
    assert find_duty(session) == "now"


def test_what_is_compared_is_of_one_state_while_others_write(session: Session) -> None:
    seen = []

    def look(db: Reader) -> tuple[list[Message], dict[str, int]]:
        for _ in range(2):
            seen.append(vault.find_last_item(db))
            seal_items(session, 1)
        return [], {}

    assert session.store.check(references=(look,)).valid
    assert seen[0] == seen[1] < vault.find_last_item(session.store.read())


def test_an_item_that_is_destroyed_while_it_is_checked_is_no_problem(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    seal_items(session, 2)
    store, digest = session.store, integrity._digest_item

    def digest_beside_destruction(folder: Path, place: ItemPlace, packs: PackReader) -> bytes:
        if place.id == 1:
            with store.batch() as batch:
                batch.execute("UPDATE vault_item SET key = NULL WHERE id = 2")
                batch.note("test", n=1)
            zero_sealed_bytes(folder, vault.list_destroyed(store.read()))
        return digest(folder, place, packs)

    monkeypatch.setattr(integrity, "_digest_item", digest_beside_destruction)
    assert store.check().problems == ()


def test_a_slice_tells_what_it_did_not_read(session: Session) -> None:
    seal_items(session, 5)
    assert check_store(session, subset=(1, 2)).checked["vault_items_unread"] == 2
    assert "vault_items_unread" not in check_store(session).checked


def test_a_check_of_the_lost_store_is_none_of_the_restored_one(session: Session, tmp_path: Path) -> None:
    """The bytes lie on another disk: what was read of the lost one says nothing of it."""
    seal_items(session, 3)
    assert check_store(session).valid and find_duty(session) == "fine"
    check_next_part(session, 2 * SIZE)
    make_backup(session, tmp_path / "backup")
    restore_backup(tmp_path / "backup", tmp_path / "new", NAME, PASSPHRASE, no_register="nothing was destroyed")
    with unlock(tmp_path / "new", NAME, PASSPHRASE) as restored:
        assert find_duty(restored) == "now"
        found = [check_next_part(restored, 2 * SIZE).checked["vault_items"] for _ in range(2)]
        assert found == [2, 1], "the round begins anew"
        assert find_duty(restored) == "fine"
