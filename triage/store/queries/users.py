"""SQL of users and of the store's own row."""

from __future__ import annotations

from triage.model.people import Role, User
from triage.store.database import Reader, Row, Writer

_COLUMNS = "SELECT id, name, roles, disabled FROM user"


def all_users(reader: Reader) -> tuple[User, ...]:
    return tuple(_user(row) for row in reader.all(f"{_COLUMNS} ORDER BY id"))


def by_id(reader: Reader, user: int) -> User | None:
    row = reader.one(f"{_COLUMNS} WHERE id = ?", (user,))
    return _user(row) if row else None


def by_key(reader: Reader, name_key: str) -> User | None:
    row = reader.one(f"{_COLUMNS} WHERE name_key = ?", (name_key,))
    return _user(row) if row else None


def add(writer: Writer, name: str, name_key: str, roles: frozenset[Role]) -> int:
    return writer.insert("INSERT INTO user (name, name_key, roles) VALUES (?, ?, ?)", (name, name_key, " ".join(sorted(roles))))


def set_roles(writer: Writer, user: int, roles: frozenset[Role]) -> None:
    writer.execute("UPDATE user SET roles = ? WHERE id = ?", (" ".join(sorted(roles)), user))


def set_disabled(writer: Writer, user: int, disabled: bool) -> None:
    writer.execute("UPDATE user SET disabled = ? WHERE id = ?", (int(disabled), user))


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
    user, name, roles, disabled = row
    return User(user, name, frozenset(Role(role) for role in roles.split()), bool(disabled))
