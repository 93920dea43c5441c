"""SQL of users, and of the store's own row."""

from __future__ import annotations

from triage.model.damage import read_word
from triage.model.users import RECOVERY_KEY, Profile, Role, User, UserHistory
from triage.store.database import Reader, Row, Writer

_COLUMNS = "SELECT id, name, roles, disabled, passphrase_by, recovered, confirmed FROM user"


def list_users(reader: Reader) -> tuple[User, ...]:
    """Returns all users, disabled ones too, by id."""
    return tuple(_build_user(row) for row in reader.all(f"{_COLUMNS} ORDER BY id"))


def load_names(reader: Reader) -> dict[int, str]:
    """Returns the name of every user by id, and that of people of other workstations, "NAME at STORE", whose ids are below 0."""
    return dict(reader.all("SELECT id, name FROM person"))


def load_user(reader: Reader, user: int) -> User | None:
    """Returns the user with this id, or None."""
    row = reader.first(f"{_COLUMNS} WHERE id = ?", (user,))
    return _build_user(row) if row else None


def find_user(reader: Reader, name_key: str) -> User | None:
    """Returns the user whose normalised name is `name_key`, or None."""
    row = reader.first(f"{_COLUMNS} WHERE name_key = ?", (name_key,))
    return _build_user(row) if row else None


def load_history(reader: Reader, user: int) -> UserHistory | None:
    """Returns when and by whom the user was added, confirmed and given a passphrase, or None for an unknown user."""
    row = reader.first(
        "SELECT created, created_by, consented_by, passphrase_set, passphrase_by, recovered, confirmed, confirmed_by"
        " FROM user WHERE id = ?",
        (user,),
    )
    found = load_user(reader, user)
    return UserHistory(found, *row) if row and found else None


def load_profile(reader: Reader, user: int) -> Profile:
    """Returns what papers say of the user.

    Raises:
        LookupError: if there is no such user
    """
    row = reader.first("SELECT full_name, rank, badge, post FROM user WHERE id = ?", (user,))
    if row is None:
        raise LookupError("no such user")
    return Profile(full_name=row[0], rank=row[1], badge=row[2], post=row[3])


def save_profile(writer: Writer, user: int, profile: Profile) -> None:
    """Replaces what papers say of the user."""
    writer.execute(
        "UPDATE user SET full_name = ?, rank = ?, badge = ?, post = ? WHERE id = ?",
        (profile.full_name, profile.rank, profile.badge, profile.post, user),
    )


def add_user(
    writer: Writer, name: str, name_key: str, roles: frozenset[Role], created: str, created_by: int | None, second: int | None
) -> int:
    """Adds a user; returns the id. `second` is the second person who consented, None when the store had one user."""
    return writer.insert(
        "INSERT INTO user (name, name_key, roles, created, created_by, consented_by) VALUES (?, ?, ?, ?, ?, ?)",
        (name, name_key, " ".join(sorted(roles)), created, created_by, second),
    )


def set_roles(writer: Writer, user: int, roles: frozenset[Role]) -> None:
    """Replaces the user's roles."""
    writer.execute("UPDATE user SET roles = ? WHERE id = ?", (" ".join(sorted(roles)), user))


def set_disabled(writer: Writer, user: int, disabled: bool) -> None:
    """Disables or enables the user."""
    writer.execute("UPDATE user SET disabled = ? WHERE id = ?", (int(disabled), user))


def set_passphrase_origin(writer: Writer, user: int, when: str, by: int | None) -> None:
    """Stores when, and by which user, the user's passphrase was set; None for not known."""
    writer.execute("UPDATE user SET passphrase_set = ?, passphrase_by = ? WHERE id = ?", (when, by, user))


def set_recovered(writer: Writer, user: int, when: str) -> None:
    """Records that the recovery key gave the user a new passphrase; the user has to be confirmed again."""
    writer.execute("UPDATE user SET recovered = ?, confirmed = NULL, confirmed_by = NULL WHERE id = ?", (when, user))


def set_confirmed(writer: Writer, user: int, when: str, by: int) -> None:
    """Records that another user confirmed that it was this person who recovered the access."""
    writer.execute("UPDATE user SET confirmed = ?, confirmed_by = ? WHERE id = ?", (when, by, user))


def add_consent_failure(writer: Writer, user: int, when: str) -> None:
    """Records a wrong passphrase of a second person in this user's session."""
    writer.execute("INSERT INTO consent_failure (user_id, failed) VALUES (?, ?)", (user, when))


def list_consent_failures(reader: Reader, user: int, since: str, until: str) -> tuple[str, ...]:
    """Returns the times of second persons' wrong passphrases in this user's sessions, the oldest first.

    Times are later than `since` and not later than `until`.
    """
    query = "SELECT failed FROM consent_failure WHERE user_id = ? AND failed > ? AND failed <= ? ORDER BY failed"
    return tuple(row[0] for row in reader.all(query, (user, since, until)))


def clear_consent_failures(writer: Writer, user: int) -> None:
    """Deletes the recorded wrong passphrases of second persons in this user's sessions."""
    writer.execute("DELETE FROM consent_failure WHERE user_id = ?", (user,))


def add_store_row(writer: Writer, uuid: str, created: str, generation: int, digest: bytes) -> None:
    """Adds the store's own row: its id, when it was created, and the key file that belongs to it."""
    writer.execute(
        "INSERT INTO store (id, uuid, created, key_generation, key_digest) VALUES (1, ?, ?, ?, ?)",
        (uuid, created, generation, digest),
    )


def load_store_id(reader: Reader) -> str:
    """Returns the store's UUID."""
    return str(reader.value("SELECT uuid FROM store WHERE id = 1"))


def load_bound_keys(reader: Reader) -> tuple[int, bytes]:
    """Returns the generation and SHA-256 of the key file that belongs to this state of the database.

    Raises:
        LookupError: if the store has no row of its own
    """
    row = reader.first("SELECT key_generation, key_digest FROM store WHERE id = 1")
    if row is None:
        raise LookupError("the store has no row of its own")
    return row[0], row[1]


def save_bound_keys(writer: Writer, generation: int, digest: bytes) -> None:
    """Stores the generation and SHA-256 of the key file that belongs to the database from now on."""
    writer.execute("UPDATE store SET key_generation = ?, key_digest = ?", (generation, digest))


def _build_user(row: Row) -> User:
    """Builds a user from the columns of _COLUMNS."""
    user, name, roles, disabled, passphrase_by, recovered, confirmed = row
    return User(
        user,
        name,
        frozenset(role for role in (read_word(Role, each) for each in roles.split()) if role),  # what is no role gives no right
        disabled=bool(disabled),
        initial=passphrase_by not in (user, RECOVERY_KEY),
        recovered=recovered is not None and confirmed is None,
    )
