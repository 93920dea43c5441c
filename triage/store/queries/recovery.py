"""SQL of the halves of the recovery key: to whom they were shown, and which pair counts."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class HalfRow:
    half: int
    valid: bool
    pair: bytes
    public: bytes
    custodian: str
    shown_by: int
    shown: str
    second: int | None


def all_rows(reader: Reader, *, valid: bool) -> tuple[HalfRow, ...]:
    """Returns the halves of the pair that counts, or of the one that is not whole yet."""
    columns = "half, valid, pair, public, custodian, shown_by, shown, second_id"
    query = f"SELECT {columns} FROM recovery_half WHERE valid = ? ORDER BY half"
    return tuple(HalfRow(row[0], bool(row[1]), *row[2:]) for row in reader.all(query, (int(valid),)))


def put(writer: Writer, row: HalfRow) -> None:
    writer.execute(
        "INSERT OR REPLACE INTO recovery_half (half, valid, pair, public, custodian, shown_by, shown, second_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (row.half, int(row.valid), row.pair, row.public, row.custodian, row.shown_by, row.shown, row.second),
    )


def make_valid(writer: Writer) -> None:
    """The pair that waited is whole now and replaces the older one."""
    writer.execute("DELETE FROM recovery_half WHERE valid = 1")
    writer.execute("UPDATE recovery_half SET valid = 1")


def clear(writer: Writer) -> None:
    writer.execute("DELETE FROM recovery_half")
