"""What was concluded: stale marks, ties, cards and the queue's row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from triage.store.database import Reader, Writer
from triage.store.queries import chunks, marks


@dataclass(frozen=True, slots=True)
class CardRow:
    location: bytes
    score: bytes
    clocks: bytes
    links: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """The queue table's row as small integers, in the order of its columns after the key."""

    band: int
    risk: int
    actionability: int
    due: int | None
    due_name: int | None
    esp: int | None
    incident_type: int | None
    office: int | None
    received: int | None
    received_estimated: int
    status: int
    assignee: int | None
    flags: int
    in_pakistan: int | None
    province: int | None
    duplicates_of: int | None
    files: int
    files_present: int
    number_key: str


_COLUMNS = tuple(f.name for f in fields(QueueFacts))


def mark_stale(batch: Writer, report_ids: Iterable[int]) -> None:
    batch.executemany(
        "INSERT INTO stale (report_id) VALUES (?) ON CONFLICT (report_id) DO UPDATE SET score_only = 0",
        [(i,) for i in report_ids],
    )


def mark_all_stale(batch: Writer) -> None:
    batch.execute(
        "INSERT INTO stale (report_id) SELECT id FROM report WHERE true ON CONFLICT (report_id) DO UPDATE SET score_only = 0"
    )


def mark_rules_changed(batch: Writer) -> None:
    """All cards are to be scored anew; place and ties of those that are up to date otherwise stay as they are."""
    batch.execute("INSERT OR IGNORE INTO stale (report_id, score_only) SELECT report_id, 1 FROM card")


def score_only(db: Reader, report_ids: Sequence[int]) -> set[int]:
    """Of these the stale ones of which nothing but the rules changed."""
    return {
        i
        for part in chunks(report_ids)
        for (i,) in db.all(f"SELECT report_id FROM stale WHERE score_only = 1 AND report_id IN ({marks(len(part))})", part)
    }


def stale(db: Reader, limit: int) -> list[int]:
    return [i for (i,) in db.all("SELECT report_id FROM stale ORDER BY report_id LIMIT ?", (limit,))]


def count_stale(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM stale"))


Tie = tuple[str, str, int, int | None]
"""(kind, value, strength, day of the incident since 1970 or None)."""


def ties(db: Reader, report_id: int) -> set[Tie]:
    return {(k, v, s, d) for k, v, s, d in db.all("SELECT kind, value, strength, day FROM tie WHERE report_id = ?", (report_id,))}


def replace_ties(batch: Writer, report_id: int, new: set[Tie]) -> set[tuple[str, str]]:
    """Store the report's ties; the (kind, value) pairs that came or went are returned."""
    old = ties(batch, report_id)
    gone, come = old - new, new - old
    batch.executemany(
        "DELETE FROM tie WHERE kind = ? AND value = ? AND report_id = ?", [(k, v, report_id) for k, v, _, _ in gone]
    )
    batch.executemany(
        "INSERT OR REPLACE INTO tie (kind, value, report_id, strength, day) VALUES (?,?,?,?,?)",
        [(k, v, report_id, s, d) for k, v, s, d in come],
    )
    return {(k, v) for k, v, _, _ in gone | come}


def holders(db: Reader, kind: str, value: str, limit: int) -> list[tuple[int, int | None]]:
    """(report, day) of at most `limit` reports that hold this tie key; -1 for all."""
    return [
        (i, d)
        for i, d in db.all(
            "SELECT report_id, day FROM tie WHERE kind = ? AND value = ? ORDER BY report_id LIMIT ?", (kind, value, limit)
        )
    ]


def put_card(batch: Writer, report_id: int, card: CardRow, rescore_at: str | None) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO card (report_id, location, score, clocks, links, rescore_at) VALUES (?,?,?,?,?,?)",
        (report_id, card.location, card.score, card.clocks, card.links, rescore_at),
    )
    batch.execute("DELETE FROM stale WHERE report_id = ?", (report_id,))


def card(db: Reader, report_id: int) -> CardRow | None:
    row = db.one("SELECT location, score, clocks, links FROM card WHERE report_id = ?", (report_id,))
    return CardRow(*row) if row else None


def put_queue(batch: Writer, report_id: int, row: QueueFacts) -> None:
    batch.execute(
        f"INSERT OR REPLACE INTO queue (report_id, {', '.join(_COLUMNS)}) VALUES ({marks(len(_COLUMNS) + 1)})",
        (report_id, *(getattr(row, name) for name in _COLUMNS)),
    )


def set_status(batch: Writer, report_id: int, status: int, assignee: int | None) -> None:
    batch.execute("UPDATE queue SET status = ?, assignee = ? WHERE report_id = ?", (status, assignee, report_id))


def queue_facts(db: Reader, report_ids: Sequence[int]) -> dict[int, QueueFacts]:
    found: dict[int, QueueFacts] = {}
    for part in chunks(report_ids):
        for row in db.all(
            f"SELECT report_id, {', '.join(_COLUMNS)} FROM queue WHERE report_id IN ({marks(len(part))})",
            part,
        ):
            found[row[0]] = QueueFacts(**dict(zip(_COLUMNS, row[1:], strict=True)))
    return found


def code(batch: Writer, kind: str, word: str) -> int:
    """The small integer for a word, made when new."""
    found = batch.value("SELECT id FROM code WHERE kind = ? AND word = ?", (kind, word))
    return int(found) if found is not None else batch.insert("INSERT INTO code (kind, word) VALUES (?,?)", (kind, word))


def codes(db: Reader, kind: str) -> dict[int, str]:
    return {i: w for i, w in db.all("SELECT id, word FROM code WHERE kind = ? ORDER BY id", (kind,))}
