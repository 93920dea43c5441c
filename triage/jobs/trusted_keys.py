"""Signing keys of other workstations that this store knows by name."""

from __future__ import annotations

import re
from pathlib import Path

from triage.errors import InputError, NotFound, Refused, WorldError
from triage.exports import signature
from triage.jobs.session import Session, now
from triage.model.user_names import clean_name, find_look_alike, find_name_problem
from triage.model.users import Right
from triage.safe_files import UnsafeFile, read_file, resolve_file
from triage.store.queries import trusted

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


_MAX_PEM = 4096


def trust_key(session: Session, key: str, name: str) -> str:
    """Know another workstation's signing key by name; returns its fingerprint.

    `key` is a PEM file, or the fingerprint as it stands on paper. Raises InputError, Refused when the name is taken.
    """
    session.require(Right.KEYS)
    name = clean_name(name)
    if problem := find_name_problem(name):
        raise Refused(problem)  # message-ok
    fingerprint = _fingerprint(key)
    with session.store.batch() as batch:
        others = [known for other, known in trusted.all_names(batch).items() if other != fingerprint]
        if find_look_alike(name, others) is not None:
            raise Refused("Another key has this name, or one that looks like it; choose another name.")
        trusted.put(batch, fingerprint, name, now(), session.user.id)
        batch.note("key trusted", key=fingerprint)
    return fingerprint


def distrust_key(session: Session, name: str) -> None:
    session.require(Right.KEYS)
    with session.store.batch() as batch:
        fingerprint = trusted.with_name(batch, name)
        if fingerprint is None:
            raise NotFound("There is no key with this name.")
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


def _fingerprint(key: str) -> str:
    bare = re.sub(r"[\s:]", "", key).lower()
    if _FINGERPRINT.fullmatch(bare):
        return bare
    path = Path(key)
    try:
        data = read_file(resolve_file(path), _MAX_PEM)
    except UnsafeFile as error:
        raise InputError("{path} is not a signing key: {strerror}.", path=path.name, strerror=error.strerror or "") from error
    except OSError as error:
        raise WorldError("Give the key as a PEM file, or its fingerprint of 64 digits.", detail=str(error)) from error
    return signature.fingerprint_of(signature.read_pem(data))
