"""Rule sets beside the shipped one, and which was used since when."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class UseRow:
    """`name` is None for the shipped set."""

    id: int
    name: str | None
    since: str
    user_id: int
    taken_back: bool


def in_use(db: Reader) -> str | None:
    """The files of the set in use as JSON; None when it is the shipped one."""
    row = db.one(
        "SELECT s.files FROM rule_use u LEFT JOIN rule_set s ON s.id = u.rule_set_id WHERE u.taken_back = 0"
        " ORDER BY u.id DESC LIMIT 1"
    )
    return None if row is None or row[0] is None else str(row[0])


def can_go_back(db: Reader) -> bool:
    return db.value("SELECT max(id) FROM rule_use WHERE taken_back = 0") is not None


def before(db: Reader) -> str | None:
    """The files of the set to which one would go back, as JSON; None when that is the shipped one."""
    row = db.one(
        "SELECT s.files FROM rule_use u LEFT JOIN rule_set s ON s.id = u.rule_set_id WHERE u.taken_back = 0"
        " ORDER BY u.id DESC LIMIT 1 OFFSET 1"
    )
    return None if row is None or row[0] is None else str(row[0])


def put(batch: Writer, name: str, files: str, added: str, user_id: int) -> int:
    """The set's id; one that is there already is kept as it is, since its name holds its hash."""
    found = batch.value("SELECT id FROM rule_set WHERE name = ?", (name,))
    if found is not None:
        return int(found)
    return batch.insert("INSERT INTO rule_set (name, files, added, user_id) VALUES (?,?,?,?)", (name, files, added, user_id))


def use(batch: Writer, rule_set_id: int | None, since: str, user_id: int) -> int:
    return batch.insert("INSERT INTO rule_use (rule_set_id, since, user_id) VALUES (?,?,?)", (rule_set_id, since, user_id))


def take_back(batch: Writer) -> int | None:
    """The last use that stands no longer does; None when there is none."""
    last = batch.value("SELECT max(id) FROM rule_use WHERE taken_back = 0")
    if last is not None:
        batch.execute("UPDATE rule_use SET taken_back = 1 WHERE id = ?", (last,))
    return None if last is None else int(last)


def uses(db: Reader) -> list[UseRow]:
    """Oldest first."""
    return [
        UseRow(i, n, s, u, bool(t))
        for i, n, s, u, t in db.all(
            "SELECT u.id, s.name, u.since, u.user_id, u.taken_back FROM rule_use u LEFT JOIN rule_set s ON s.id = u.rule_set_id"
            " ORDER BY u.id"
        )
    ]
