"""SQL of the vault: packs and items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from triage.store.database import Reader, Row, Writer
from triage.store.vault import Extent


def last_pack(reader: Reader) -> tuple[int, int] | None:
    """(number, committed length) of the pack that is written to."""
    row = reader.one("SELECT number, length FROM vault_pack ORDER BY number DESC LIMIT 1")
    return (row[0], row[1]) if row else None


def packs(reader: Reader) -> dict[int, int]:
    """Committed length by pack number."""
    return dict(reader.all("SELECT number, length FROM vault_pack ORDER BY number"))


def set_packs(writer: Writer, lengths: Mapping[int, int]) -> None:
    writer.executemany(
        "INSERT INTO vault_pack (number, length) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET length = excluded.length",
        list(lengths.items()),
    )


def add_gaps(writer: Writer, gaps: Iterable[Extent]) -> None:
    """Bytes that belong to no item."""
    writer.executemany(
        "INSERT INTO vault_gap (pack, offset, length) VALUES (?, ?, ?)", [(gap.pack, gap.offset, gap.length) for gap in gaps]
    )


def gaps(reader: Reader) -> dict[tuple[int, int], int]:
    """Length of each gap by (pack, offset)."""
    return {(pack, offset): length for pack, offset, length in reader.all("SELECT pack, offset, length FROM vault_gap")}


def next_id(reader: Reader) -> int:
    """Items are never deleted, so ids are never used twice."""
    return int(reader.value("SELECT coalesce(max(id), 0) + 1 FROM vault_item"))


def add(writer: Writer, item: Row) -> None:
    """`item` is (id, pack, offset, size, key, sha256)."""
    writer.execute("INSERT INTO vault_item (id, pack, offset, size, key, sha256) VALUES (?, ?, ?, ?, ?, ?)", item)


def place(reader: Reader, item: int) -> Row | None:
    """(id, pack, offset, size, key, sha256); key is None when the item was destroyed."""
    return reader.one("SELECT id, pack, offset, size, key, sha256 FROM vault_item WHERE id = ?", (item,))


def places(reader: Reader, after: int, limit: int) -> list[Row]:
    """Up to `limit` items with ids above `after`, in order."""
    return reader.all(
        "SELECT id, pack, offset, size, key, sha256 FROM vault_item WHERE id > ? ORDER BY id LIMIT ?", (after, limit)
    )


def extents(reader: Reader) -> Iterator[Row]:
    """(id, pack, offset, size) in the order of sealing."""
    return reader.each("SELECT id, pack, offset, size FROM vault_item ORDER BY id")


def count(reader: Reader) -> int:
    return int(reader.value("SELECT count(*) FROM vault_item"))


def forget_key(writer: Writer, item: int) -> int:
    """The digest goes too: it would still tell whether certain bytes had been here."""
    return writer.execute("UPDATE vault_item SET key = NULL, sha256 = x'' WHERE id = ?", (item,))


def destroyed(reader: Reader) -> list[tuple[int, int, int]]:
    """(pack, offset, size) of the items without a key, in their order on the disk."""
    return [tuple(row) for row in reader.all("SELECT pack, offset, size FROM vault_item WHERE key IS NULL ORDER BY id")]


def add_spooled(writer: Writer, item: int) -> None:
    """An item that is sealed only to be read during one import."""
    writer.execute("INSERT INTO temporary_item (item) VALUES (?)", (item,))


def spooled(reader: Reader) -> list[int]:
    return [item for (item,) in reader.all("SELECT item FROM temporary_item")]


def forget_spooled(writer: Writer) -> None:
    writer.execute("DELETE FROM temporary_item")
