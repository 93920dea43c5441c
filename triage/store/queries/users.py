"""SQL of users and of the store's own row."""

from __future__ import annotations

from triage.model.users import RECOVERY_KEY, Role, User, UserHistory
from triage.store.database import Reader, Row, Writer

_COLUMNS = "SELECT id, name, roles, disabled, passphrase_by, recovered, confirmed FROM user"


def all_users(reader: Reader) -> tuple[User, ...]:
    return tuple(_user(row) for row in reader.all(f"{_COLUMNS} ORDER BY id"))


def by_id(reader: Reader, user: int) -> User | None:
    row = reader.one(f"{_COLUMNS} WHERE id = ?", (user,))
    return _user(row) if row else None


def by_key(reader: Reader, name_key: str) -> User | None:
    row = reader.one(f"{_COLUMNS} WHERE name_key = ?", (name_key,))
    return _user(row) if row else None


def history(reader: Reader, user: int) -> UserHistory | None:
    row = reader.one(
        "SELECT created, created_by, consented_by, passphrase_set, passphrase_by, recovered, confirmed, confirmed_by"
        " FROM user WHERE id = ?",
        (user,),
    )
    found = by_id(reader, user)
    return UserHistory(found, *row) if row and found else None


def add(
    writer: Writer, name: str, name_key: str, roles: frozenset[Role], created: str, created_by: int | None, second: int | None
) -> int:
    return writer.insert(
        "INSERT INTO user (name, name_key, roles, created, created_by, consented_by) VALUES (?, ?, ?, ?, ?, ?)",
        (name, name_key, " ".join(sorted(roles)), created, created_by, second),
    )


def set_roles(writer: Writer, user: int, roles: frozenset[Role]) -> None:
    writer.execute("UPDATE user SET roles = ? WHERE id = ?", (" ".join(sorted(roles)), user))


def set_disabled(writer: Writer, user: int, disabled: bool) -> None:
    writer.execute("UPDATE user SET disabled = ? WHERE id = ?", (int(disabled), user))


def set_passphrase_origin(writer: Writer, user: int, when: str, by: int) -> None:
    """Keeps who set the user's passphrase."""
    writer.execute("UPDATE user SET passphrase_set = ?, passphrase_by = ? WHERE id = ?", (when, by, user))


def set_recovered(writer: Writer, user: int, when: str) -> None:
    writer.execute("UPDATE user SET recovered = ?, confirmed = NULL, confirmed_by = NULL WHERE id = ?", (when, user))


def set_confirmed(writer: Writer, user: int, when: str, by: int) -> None:
    writer.execute("UPDATE user SET confirmed = ?, confirmed_by = ? WHERE id = ?", (when, by, user))


def add_consent_failure(writer: Writer, user: int, when: str) -> None:
    writer.execute("INSERT INTO consent_failure (user_id, failed) VALUES (?, ?)", (user, when))


def consent_failures(reader: Reader, user: int, since: str, until: str) -> tuple[str, ...]:
    """Returns the times of the wrong passphrases of second persons in this user's sessions, oldest first."""
    query = "SELECT failed FROM consent_failure WHERE user_id = ? AND failed > ? AND failed <= ? ORDER BY failed"
    return tuple(row[0] for row in reader.all(query, (user, since, until)))


def clear_consent_failures(writer: Writer, user: int) -> None:
    writer.execute("DELETE FROM consent_failure WHERE user_id = ?", (user,))


def begin_store(writer: Writer, uuid: str, created: str, generation: int, digest: bytes) -> None:
    writer.execute(
        "INSERT INTO store (id, uuid, created, key_generation, key_digest) VALUES (1, ?, ?, ?, ?)",
        (uuid, created, generation, digest),
    )


def store_id(reader: Reader) -> str:
    return str(reader.value("SELECT uuid FROM store"))


def bound_keys(reader: Reader) -> tuple[int, bytes]:
    """Generation and digest of the key file that belongs to this state of the database."""
    row = reader.one("SELECT key_generation, key_digest FROM store")
    if row is None:
        raise LookupError("the store has no row of its own")
    return row[0], row[1]


def bind_keys(writer: Writer, generation: int, digest: bytes) -> None:
    writer.execute("UPDATE store SET key_generation = ?, key_digest = ?", (generation, digest))


def _user(row: Row) -> User:
    user, name, roles, disabled, passphrase_by, recovered, confirmed = row
    return User(
        user,
        name,
        frozenset(Role(role) for role in roles.split()),
        disabled=bool(disabled),
        initial=passphrase_by not in (user, RECOVERY_KEY),
        recovered=recovered is not None and confirmed is None,
    )
