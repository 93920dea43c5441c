"""The store's keys: what may be shown of them, known keys of others, recovery, rotation, and going on after a loss."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from triage.errors import InputError, NotFound, Refused, WorldError
from triage.exports import signature
from triage.jobs.session import NewStore, Session, now
from triage.model.people import Right
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.safe_files import UnsafeFile, read_file, resolve_file
from triage.store.queries import trusted
from triage.store.rekey import replace_key
from triage.store.store import Store

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_MAX_PEM = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """Nothing secret. `fingerprint` is that of the signing key (SHA-256 of its DER form)."""

    fingerprint: str
    public_key: str
    """PEM."""
    recipient: str
    """The age recipient to which others encrypt what only this store shall open."""
    generation: int
    """Counts the changes of the key file."""
    slots: dict[str, int]
    trusted: dict[str, str]
    """Fingerprint -> name."""


def show_keys(session: Session) -> KeyFacts:
    """Everybody may know them: they stand on every export."""
    store, file = session.store, session.store.keys.ring.file
    slots: dict[str, int] = {}
    for slot in file.slots:
        slots[slot.kind] = slots.get(slot.kind, 0) + 1
    with session.reading() as db:
        return KeyFacts(
            fingerprint=store.fingerprint,
            public_key=signature.pem(store.public_key).decode(),
            recipient=store.recipient,
            generation=file.generation,
            slots=slots,
            trusted=trusted.all_names(db),
        )


def trust_key(session: Session, key: str, name: str) -> str:
    """Know another workstation's signing key by name; returns its fingerprint.

    `key` is a PEM file, or the fingerprint as it stands on paper. Raises InputError, Refused when the name is taken.
    """
    session.require(Right.KEYS)
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise Refused("Give the key a name that can be read.")
    fingerprint = _fingerprint(key)
    with session.store.batch() as batch:
        if trusted.with_name(batch, name) not in (None, fingerprint):
            raise Refused("Another key has this name; choose another name.")
        trusted.put(batch, fingerprint, name, now(), session.user.id)
        batch.note("key trusted", key=fingerprint)
    return fingerprint


def distrust_key(session: Session, name: str) -> None:
    session.require(Right.KEYS)
    with session.store.batch() as batch:
        fingerprint = trusted.with_name(batch, name)
        if fingerprint is None:
            raise NotFound("There is no key of this name.")
        trusted.remove(batch, name)
        batch.note("key no longer trusted", key=fingerprint)


def signer_name(session: Session, fingerprint: str | None) -> str | None:
    """Who signs with this key, as far as this store knows: its own key, or one that was trusted."""
    if fingerprint is None:
        return None
    if fingerprint == session.store.fingerprint:
        return "this store"
    with session.reading() as db:
        return trusted.name_of(db, fingerprint)


def new_recovery(session: Session) -> tuple[str, str]:
    """New halves of the recovery key; the old ones open nothing any more. They are shown once and kept nowhere."""
    session.require(Right.KEYS)
    return session.store.keys.new_recovery()


def rotate(session: Session) -> int:
    """A new master key; returns the key file's generation. Passphrases and recovery halves stay valid."""
    session.require(Right.KEYS)
    session.store.keys.rotate_master()
    return session.store.keys.ring.file.generation


def rotate_database(
    directory: Path,
    user: str,
    passphrase: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> int:
    """A new master and a new database key; returns the key file's generation. What was written under the old key, in free blocks
    of the disk or in a copy that somebody took, is opened by no key of this store any more.

    For an administrator, while nobody has the store open. Raises StoreError, Refused.
    """
    with Session(Store.open(directory, user, passphrase)) as session:
        session.require(Right.KEYS)
        return replace_key(session.store, on_progress, cancel)


def recover(directory: Path, halves: tuple[str, str], user: str, passphrase: str) -> NewStore:
    """With both halves of the recovery key, give `user` a new passphrase; the halves are used up and new ones come back.

    Nobody is signed in: whoever holds both halves may. Raises StoreError, NotFound.
    """
    created = Store.recover(directory, halves, user, passphrase)
    return NewStore(Session(created.store), created.fingerprint, created.recovery)


def accept_loss(directory: Path, user: str, passphrase: str) -> tuple[str, ...]:
    """Go on from a store whose head or key file says that something is missing; returns what was accepted.

    For an administrator, and the record says so. Raises Refused, also when nothing is missing.
    """
    with Store.open(directory, user, passphrase, examine=True) as looked_at:
        Session(looked_at).require(Right.KEYS)
        problems = looked_at.problems or looked_at.verify_record().problems
    if not problems:
        raise Refused("Head, key file and database agree: there is no loss to accept.")
    Store.open(directory, user, passphrase, accept_rollback=True).close()
    return problems


def _fingerprint(key: str) -> str:
    bare = re.sub(r"[\s:]", "", key).lower()
    if _FINGERPRINT.fullmatch(bare):
        return bare
    path = Path(key)
    try:
        data = read_file(resolve_file(path), _MAX_PEM)
    except UnsafeFile as error:
        raise InputError(f"{path.name} is no signing key: {error.strerror}.") from error
    except OSError as error:
        raise WorldError("Give the key as a PEM file, or its fingerprint of 64 digits.", detail=str(error)) from error
    return signature.fingerprint(signature.read_pem(data))
