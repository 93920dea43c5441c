"""Signing keys of other workstations, by fingerprint."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def put(batch: Writer, fingerprint: str, name: str, added: str, user: int) -> None:
    """A key that is known already is given this name."""
    batch.execute(
        "INSERT OR REPLACE INTO trusted_key (fingerprint, name, added, user_id) VALUES (?,?,?,?)",
        (fingerprint, name, added, user),
    )


def all_names(db: Reader) -> dict[str, str]:
    """Fingerprint -> name."""
    return dict(db.all("SELECT fingerprint, name FROM trusted_key ORDER BY name"))


def name_of(db: Reader, fingerprint: str) -> str | None:
    found = db.value("SELECT name FROM trusted_key WHERE fingerprint = ?", (fingerprint,))
    return None if found is None else str(found)


def with_name(db: Reader, name: str) -> str | None:
    """The fingerprint of the key of this name."""
    found = db.value("SELECT fingerprint FROM trusted_key WHERE name = ?", (name,))
    return None if found is None else str(found)


def remove(batch: Writer, name: str) -> bool:
    return batch.execute("DELETE FROM trusted_key WHERE name = ?", (name,)) > 0
