"""SQL of the vault: its packs, items and gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from triage.store.database import Reader, Row, Writer
from triage.store.vault import Extent


def load_last_pack(reader: Reader) -> tuple[int, int] | None:
    """Returns (number, committed length in bytes) of the pack that is written to, or None."""
    row = reader.first("SELECT number, length FROM vault_pack ORDER BY number DESC LIMIT 1")
    return (row[0], row[1]) if row else None


def load_pack_lengths(reader: Reader) -> dict[int, int]:
    """Returns pack number -> committed length in bytes."""
    return dict(reader.all("SELECT number, length FROM vault_pack ORDER BY number"))


def save_pack_lengths(writer: Writer, lengths: Mapping[int, int]) -> None:
    """Stores the committed length, in bytes, of each pack by number."""
    writer.executemany(
        "INSERT INTO vault_pack (number, length) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET length = excluded.length",
        list(lengths.items()),
    )


def add_gaps(writer: Writer, gaps: Iterable[Extent]) -> None:
    """Stores extents of the packs that belong to no item."""
    writer.executemany(
        "INSERT INTO vault_gap (pack, offset, length) VALUES (?, ?, ?)", [(gap.pack, gap.offset, gap.length) for gap in gaps]
    )


def load_gaps(reader: Reader) -> dict[tuple[int, int], int]:
    """Returns (pack, offset) -> length in bytes of each gap."""
    return {(pack, offset): length for pack, offset, length in reader.all("SELECT pack, offset, length FROM vault_gap")}


def next_item_id(reader: Reader) -> int:
    """Returns the id for the next item. Rows are never deleted, so no id is used twice."""
    return int(reader.value("SELECT coalesce(max(id), 0) + 1 FROM vault_item"))


def add_items(writer: Writer, items: Iterable[Row]) -> None:
    """Stores items: (id, pack, offset, size, key, SHA-256)."""
    writer.executemany("INSERT INTO vault_item (id, pack, offset, size, key, sha256) VALUES (?, ?, ?, ?, ?, ?)", items)


def load_item(reader: Reader, item: int) -> Row | None:
    """Returns (id, pack, offset, size, key, SHA-256) of the item, or None. The key is None once the item is destroyed."""
    return reader.first("SELECT id, pack, offset, size, key, sha256 FROM vault_item WHERE id = ?", (item,))


def list_items(reader: Reader, after: int, limit: int) -> list[Row]:
    """Returns up to `limit` items with ids above `after`, in order, with the columns of `load_item`."""
    return reader.all(
        "SELECT id, pack, offset, size, key, sha256 FROM vault_item WHERE id > ? ORDER BY id LIMIT ?", (after, limit)
    )


def iter_extents(reader: Reader) -> Iterator[Row]:
    """Yields (id, pack, offset, size) of all items, in the order of sealing."""
    return reader.each("SELECT id, pack, offset, size FROM vault_item ORDER BY id")


def find_last_item(reader: Reader) -> int:
    """Returns the id of the newest item, 0 without any."""
    return int(reader.value("SELECT coalesce(max(id), 0) FROM vault_item"))


def count_kept_items(reader: Reader, after: int, until: int) -> int:
    """Returns the number of items behind `after` up to `until` that were not destroyed.

    Ids have no gaps, so only those that were destroyed are counted: each backup asks for this.
    """
    destroyed = reader.value("SELECT count(*) FROM vault_item WHERE key IS NULL AND id > ? AND id <= ?", (after, until))
    return max(0, min(until, find_last_item(reader)) - after) - int(destroyed)


def delete_key(writer: Writer, item: int) -> int:
    """Deletes the item's key and digest; returns the number of changed rows.

    The digest goes because it would still tell whether certain bytes had been here.
    """
    return writer.execute("UPDATE vault_item SET key = NULL, sha256 = x'' WHERE id = ?", (item,))


def list_destroyed(reader: Reader) -> list[tuple[int, int, int]]:
    """Returns (pack, offset, size) of the items without a key, in the order of sealing."""
    return [tuple(row) for row in reader.all("SELECT pack, offset, size FROM vault_item WHERE key IS NULL ORDER BY id")]


def add_temporary_item(writer: Writer, item: int) -> None:
    """Records that the item is sealed only to be read during one import."""
    writer.execute("INSERT INTO temporary_item (item) VALUES (?)", (item,))


def list_temporary_items(reader: Reader) -> list[int]:
    """Returns the items that were sealed only to be read during one import."""
    return [item for (item,) in reader.all("SELECT item FROM temporary_item")]


def clear_temporary_items(writer: Writer) -> None:
    """Deletes the records of temporary items; the items themselves stay."""
    writer.execute("DELETE FROM temporary_item")
