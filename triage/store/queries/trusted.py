"""SQL of the trusted signing keys of other workstations, by fingerprint."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def save_trusted_key(batch: Writer, fingerprint: str, name: str, added: str, user: int) -> None:
    """Stores the key under this name. A key that is known already gets the new name."""
    batch.execute(
        "INSERT OR REPLACE INTO trusted_key (fingerprint, name, added, user_id) VALUES (?,?,?,?)",
        (fingerprint, name, added, user),
    )


def load_names(db: Reader) -> dict[str, str]:
    """Returns fingerprint -> name of all trusted keys."""
    return dict(db.all("SELECT fingerprint, name FROM trusted_key ORDER BY name"))


def find_name(db: Reader, fingerprint: str) -> str | None:
    """Returns the name of the trusted key with this fingerprint, or None."""
    found = db.value("SELECT name FROM trusted_key WHERE fingerprint = ?", (fingerprint,))
    return None if found is None else str(found)


def find_fingerprint(db: Reader, name: str) -> str | None:
    """Returns the fingerprint of the trusted key with this name, or None."""
    found = db.value("SELECT fingerprint FROM trusted_key WHERE name = ?", (name,))
    return None if found is None else str(found)


def delete_trusted_key(batch: Writer, name: str) -> None:
    """Deletes the key with this name."""
    batch.execute("DELETE FROM trusted_key WHERE name = ?", (name,))
