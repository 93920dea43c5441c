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


@dataclass(frozen=True, slots=True)
class CheckRound:
    """A check in parts that has begun: when, up to which item of the vault it came, and how many problems it found."""

    begun: str
    up_to: int
    problems: int


def load_check_round(db: Reader) -> CheckRound | None:
    """Returns the check in parts that has begun, or None."""
    row = db.first("SELECT begun, up_to, problems FROM check_round")
    return CheckRound(*row) if row else None


def save_check_round(batch: Writer, round_: CheckRound | None) -> None:
    """Stores how far a check in parts came; None: it came to its end."""
    batch.execute("DELETE FROM check_round")
    if round_ is not None:
        batch.execute("INSERT INTO check_round VALUES (1, ?, ?, ?)", (round_.begun, round_.up_to, round_.problems))


def load_upkeep(db: Reader) -> dict[str, UpkeepRow]:
    """Returns what was done -> when it was done last."""
    return {what: UpkeepRow(*row) for what, *row in db.all("SELECT what, done, user_id, problems FROM upkeep")}
