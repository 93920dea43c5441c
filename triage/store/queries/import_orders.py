"""SQL of the queue of imports."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An import that was queued. `paths`, `receipt` and `result` are JSON; `problem` is a message as JSON."""

    id: int
    place: int
    user_id: int
    queued: str
    state: str
    paths: str
    receipt: str
    passwords: int
    bundle_id: int | None
    ended: str | None
    problem: str | None
    result: str | None


_COLUMNS = "id, place, user_id, queued, state, paths, receipt, passwords, bundle_id, ended, problem, result"


def add_order(batch: Writer, user_id: int, queued: str, paths: str, receipt: str, passwords: int) -> int:
    """Adds an import at the end of the queue; returns its id."""
    return batch.insert(
        "INSERT INTO import_order (place, user_id, queued, state, paths, receipt, passwords)"
        " VALUES ((SELECT coalesce(max(place), 0) + 1 FROM import_order), ?, ?, 'waiting', ?, ?, ?)",
        (user_id, queued, paths, receipt, passwords),
    )


def load_order(db: Reader, order_id: int) -> OrderRow | None:
    """Returns the queued import, or None."""
    row = db.first(f"SELECT {_COLUMNS} FROM import_order WHERE id = ?", (order_id,))
    return None if row is None else OrderRow(*row)


def list_orders(db: Reader, ended: int) -> list[OrderRow]:
    """Returns the imports that are not finished, in their order, then the newest `ended` finished ones."""
    waiting = db.all(f"SELECT {_COLUMNS} FROM import_order WHERE state <> 'finished' ORDER BY place")
    finished = db.all(
        f"SELECT {_COLUMNS} FROM import_order WHERE state = 'finished' ORDER BY ended DESC, id DESC LIMIT ?", (ended,)
    )
    return [OrderRow(*row) for row in (*waiting, *finished)]


def set_state(batch: Writer, order_id: int, state: str) -> None:
    """Sets the state of a queued import."""
    batch.execute("UPDATE import_order SET state = ? WHERE id = ?", (state, order_id))


def mark_interrupted(batch: Writer) -> None:
    """Marks imports that a killed program left behind; the caller knows that none is running."""
    batch.execute("UPDATE import_order SET state = 'interrupted' WHERE state = 'running'")


def set_passwords(batch: Writer, order_id: int, passwords: int) -> None:
    """Sets how many passwords were given with a queued import."""
    batch.execute("UPDATE import_order SET passwords = ? WHERE id = ?", (passwords, order_id))


def set_bundle(batch: Writer, order_id: int, bundle_id: int) -> None:
    """Names the bundle of a queued import, which holds its paths and its receipt from now on."""
    batch.execute("UPDATE import_order SET bundle_id = ?, paths = '[]', receipt = '{}' WHERE id = ?", (bundle_id, order_id))


def end_order(batch: Writer, order_id: int, state: str, ended: str, problem: str | None, result: str | None) -> None:
    """Records how a queued import ended."""
    batch.execute(
        "UPDATE import_order SET state = ?, ended = ?, problem = ?, result = ? WHERE id = ?",
        (state, ended, problem, result, order_id),
    )


def swap_places(batch: Writer, one: OrderRow, other: OrderRow) -> None:
    """Lets two queued imports change their places."""
    batch.execute("UPDATE import_order SET place = ? WHERE id = ?", (other.place, one.id))
    batch.execute("UPDATE import_order SET place = ? WHERE id = ?", (one.place, other.id))


def delete_order(batch: Writer, order_id: int) -> None:
    """Removes a queued import."""
    batch.execute("DELETE FROM import_order WHERE id = ?", (order_id,))
