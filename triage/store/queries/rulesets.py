"""SQL of rule sets beside the shipped one, and of which set was in use since when."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class RuleSetUse:
    """A use of a rule set. `name` is None for the shipped set."""

    id: int
    name: str | None
    since: str
    user_id: int
    taken_back: bool


def load_active_files(db: Reader) -> str | None:
    """Returns the files of the rule set in use as JSON, or None for the shipped set."""
    row = db.first(
        "SELECT s.files FROM rule_use u LEFT JOIN rule_set s ON s.id = u.rule_set_id WHERE u.taken_back = 0"
        " ORDER BY u.id DESC LIMIT 1"
    )
    return None if row is None or row[0] is None else str(row[0])


def find_last_use(db: Reader) -> int | None:
    """Returns the id of the use that is in force, or None for the shipped rules that were always in use."""
    last = db.value("SELECT max(id) FROM rule_use WHERE taken_back = 0")
    return None if last is None else int(last)


def can_go_back(db: Reader) -> bool:
    """Returns whether there is a use of a rule set that can be taken back."""
    return find_last_use(db) is not None


def load_previous_files(db: Reader) -> str | None:
    """Returns the files of the rule set that was in use before as JSON, or None for the shipped set."""
    row = db.first(
        "SELECT s.files FROM rule_use u LEFT JOIN rule_set s ON s.id = u.rule_set_id WHERE u.taken_back = 0"
        " ORDER BY u.id DESC LIMIT 1 OFFSET 1"
    )
    return None if row is None or row[0] is None else str(row[0])


def save_rule_set(batch: Writer, name: str, files: str, added: str, user_id: int) -> int:
    """Returns the id of the rule set with this name, and adds it when it is new.

    A set that exists is left as it is: its name holds the hash of its files.
    """
    found = batch.value("SELECT id FROM rule_set WHERE name = ?", (name,))
    if found is not None:
        return int(found)
    return batch.insert("INSERT INTO rule_set (name, files, added, user_id) VALUES (?,?,?,?)", (name, files, added, user_id))


def list_names(db: Reader) -> list[str]:
    """Returns the names of all stored rule sets."""
    return [str(name) for (name,) in db.all("SELECT name FROM rule_set")]


def add_use(batch: Writer, rule_set_id: int | None, since: str, user_id: int) -> int:
    """Puts the rule set (None: the shipped set) into use; returns the id of the use."""
    return batch.insert("INSERT INTO rule_use (rule_set_id, since, user_id) VALUES (?,?,?)", (rule_set_id, since, user_id))


def take_back_last_use(batch: Writer) -> int | None:
    """Marks the last standing use as taken back; returns its id, or None when there is none."""
    last = find_last_use(batch)
    if last is not None:
        batch.execute("UPDATE rule_use SET taken_back = 1 WHERE id = ?", (last,))
    return last


def list_uses(db: Reader) -> list[RuleSetUse]:
    """Returns all uses of rule sets, the oldest first."""
    return [
        RuleSetUse(i, n, s, u, bool(t))
        for i, n, s, u, t in db.all(
            "SELECT u.id, s.name, u.since, u.user_id, u.taken_back FROM rule_use u LEFT JOIN rule_set s ON s.id = u.rule_set_id"
            " ORDER BY u.id"
        )
    ]
