"""Compares the files of a vault, its packs, with what the database says of them, without reading them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from triage.message import Message
from triage.safe_files import UnsafeFile, file_size, list_names
from triage.store.database import Reader
from triage.store.queries import vault as vault_sql
from triage.store.vault import pack_path, sealed_length


def measure_packs(vault: Path) -> dict[str, int | Message]:
    """Returns the lengths of the vault's files by their names; of one that can't be used, why.

    Raises:
        OSError: if the vault can't be listed
    """
    found = dict[str, int | Message]()
    for name in list_names(vault):
        try:
            found[name] = file_size(vault / name) or 0
        except UnsafeFile as error:
            found[name] = Message("The vault file {name} can't be used: {why}.", name=name, why=error.strerror or "")
    return found


def find_accounting_problems(
    vault: Path, reader: Reader, lengths: Mapping[str, int | Message], checked: dict[str, int]
) -> Iterator[Message]:
    """Yields a problem for bytes of a pack that belong to no item and no gap, and for packs of the wrong length."""
    gaps, ends = vault_sql.load_gaps(reader), dict[int, int]()
    for item, pack, offset, size in vault_sql.iter_extents(reader):
        if offset != _skip_gaps(gaps, pack, ends.get(pack, 0)):
            yield Message("Item {item} of the vault does not follow the item before it.", item=item)
        ends[pack] = offset + sealed_length(size)
    packs = vault_sql.load_pack_lengths(reader)
    checked["vault_packs"] = len(packs)
    for number, length in packs.items():
        if _skip_gaps(gaps, number, ends.get(number, 0)) != length:
            name = pack_path(vault, number).name
            yield Message("The items of the vault file {name} do not add up to its length.", name=name)
    yield from find_pack_problems(vault, packs, lengths)


def find_pack_problems(vault: Path, packs: Mapping[int, int], lengths: Mapping[str, int | Message]) -> Iterator[Message]:
    """Yields a problem for each file of a vault that is missing, of another length than in `packs`, or not the vault's own.

    `lengths` is what `measure_packs` found.
    """
    names = {pack_path(vault, number).name: length for number, length in packs.items()}
    for name, length in names.items():
        there = lengths.get(name)
        if isinstance(there, Message):
            yield there
        elif there is None and length:
            yield Message("The vault file {name} is missing.", name=name)
        elif (there or 0) != length:
            yield Message(
                "The vault file {name} has another length in bytes than the database accounts for: {size} instead of {length}.",
                name=name,
                size=there or 0,
                length=length,
            )
    if not lengths.keys() <= names.keys():
        yield Message("The vault holds a file that is not its own.")


def _skip_gaps(gaps: dict[tuple[int, int], int], pack: int, end: int) -> int:
    """Takes the gaps that begin at `end` out of `gaps`; returns where they end."""
    while length := gaps.pop((pack, end), 0):
        end += length
    return end
