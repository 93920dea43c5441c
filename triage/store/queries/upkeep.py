"""SQL of when the store was last checked, its audit log last verified, and its log head last exported."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class UpkeepRow:
    """The last time that something was done. `problems` counts what it found."""

    done: str
    user_id: int
    problems: int


def save_upkeep(batch: Writer, what: str, done: str, user_id: int, problems: int) -> None:
    """Records that something was done now, in place of the time before."""
    batch.execute(
        "INSERT OR REPLACE INTO upkeep (what, done, user_id, problems) VALUES (?,?,?,?)", (what, done, user_id, problems)
    )


def load_upkeep(db: Reader) -> dict[str, UpkeepRow]:
    """Returns what was done -> when it was done last."""
    return {what: UpkeepRow(*row) for what, *row in db.all("SELECT what, done, user_id, problems FROM upkeep")}
