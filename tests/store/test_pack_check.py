"""The files of a vault are compared with the rows of the database: each difference has a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from triage.store.pack_check import find_accounting_problems, find_pack_problems, measure_packs
from triage.store.store import Store

PACK = "000001.pack"


def find_problems(store: Store, change: str) -> list[str]:
    """Returns what the comparison says after a change of the rows, which is taken back."""
    vault = store.directory / "vault"
    with store.batch() as batch:
        for data in (b"one", b"two" * 50, b"three"):
            batch.seal(data)
    found: list[str] = []
    with pytest.raises(InterruptedError), store.batch() as batch:
        batch.execute(change)
        found += map(str, find_accounting_problems(vault, batch, measure_packs(vault), {}))
        raise InterruptedError
    return found


def test_whole_rows_have_no_problem(store: Store) -> None:
    assert find_problems(store, "UPDATE vault_item SET size = size") == []


@pytest.mark.parametrize("change", ["offset = offset + 1", "size = size - 1"])
def test_items_follow_one_another(store: Store, change: str) -> None:
    found = find_problems(store, f"UPDATE vault_item SET {change} WHERE id = 2")
    assert found and all(each.startswith(("Item 2", "Item 3")) and "does not follow" in each for each in found)


def test_the_items_of_a_file_add_up_to_its_length(store: Store) -> None:
    found = find_problems(store, "UPDATE vault_item SET size = size + 1 WHERE id = 3")
    assert found == [f"The items of the vault file {PACK} do not add up to its length."]


def test_a_file_of_another_length_than_its_row_is_named(store: Store) -> None:
    accounts, other = find_problems(store, "UPDATE vault_pack SET length = length + 1")
    assert "do not add up" in accounts and f"{PACK} has another length" in other


@pytest.mark.skipif(os.name == "nt", reason="links need privileges there")
def test_what_lies_in_a_file_s_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"five!")
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / PACK).symlink_to(tmp_path / "elsewhere")
    os.mkfifo(vault / "000002.pack")
    found = [str(each) for each in find_pack_problems(vault, {1: 5, 2: 5, 3: 5, 4: 0}, measure_packs(vault))]
    assert [each.partition(" can't be used")[0] for each in found[:2]] == [f"The vault file {PACK}", "The vault file 000002.pack"]
    assert found[2:] == ["The vault file 000003.pack is missing."]


def test_a_file_that_is_not_the_vault_s_own_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "000009.pack").write_bytes(b"x")
    assert [str(each) for each in find_pack_problems(tmp_path, {}, measure_packs(tmp_path))] == [
        "The vault holds a file that is not its own."
    ]
