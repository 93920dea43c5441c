"""SQL of the halves of the recovery key: to whom each was shown, and which pair is valid."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class HalfRow:
    """A half of the recovery key that was shown to a custodian. The secret half itself is not stored."""

    half: int
    valid: bool
    pair: bytes
    public: bytes
    custodian: str
    shown_by: int
    shown: str
    second: int | None


def load_halves(reader: Reader, *, valid: bool) -> tuple[HalfRow, ...]:
    """Returns the shown halves of the valid pair, or those of the pair that still waits for its other half."""
    columns = "half, valid, pair, public, custodian, shown_by, shown, second_id"
    query = f"SELECT {columns} FROM recovery_half WHERE valid = ? ORDER BY half"
    return tuple(HalfRow(row[0], bool(row[1]), *row[2:]) for row in reader.all(query, (int(valid),)))


def save_half(writer: Writer, row: HalfRow) -> None:
    """Stores that a half was shown, in place of the same half of the same validity."""
    writer.execute(
        "INSERT OR REPLACE INTO recovery_half (half, valid, pair, public, custodian, shown_by, shown, second_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (row.half, int(row.valid), row.pair, row.public, row.custodian, row.shown_by, row.shown, row.second),
    )


def validate_waiting_pair(writer: Writer) -> None:
    """Makes the waiting pair the valid one and deletes the older pair."""
    writer.execute("DELETE FROM recovery_half WHERE valid = 1")
    writer.execute("UPDATE recovery_half SET valid = 1")


def delete_halves(writer: Writer) -> None:
    """Deletes all halves, valid and waiting ones."""
    writer.execute("DELETE FROM recovery_half")
