"""Trusts signing keys of other workstations, under names."""

from __future__ import annotations

import re
from pathlib import Path

from triage.errors import InputError, NotFound, Refused, WorldError
from triage.exports import signature
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.choices import name_choices
from triage.model.user_names import clean_name, find_look_alike, find_name_problem
from triage.model.users import Right
from triage.safe_files import UnsafeFile, read_file, resolve_file
from triage.store.queries import trusted

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


_MAX_PEM = 4096  # bytes; a public key has some hundred


def trust_key(session: Session, key: str, name: str) -> str:
    """Trusts another workstation's signing key under a name; returns its fingerprint.

    `key` is a PEM file, or the fingerprint as printed on paper.

    Raises:
        InputError: if the file is no key
        WorldError: if it can't be read
        Refused: if the name is taken or not allowed
    """
    session.require(Right.KEYS)
    name = clean_name(name)
    if problem := find_name_problem(name):
        raise Refused(problem)  # message-ok
    fingerprint = _read_fingerprint(key)
    with session.store.batch() as batch:
        others = [known for other, known in trusted.load_names(batch).items() if other != fingerprint]
        if find_look_alike(name, others) is not None:
            raise Refused("Another key has the name {name}, or one that looks like it; choose another name.", name=name)
        trusted.save_trusted_key(batch, fingerprint, name, now(), session.user.id)
        batch.note("key trusted", key=fingerprint)
    return fingerprint


def distrust_key(session: Session, name: str) -> None:
    """Ends the trust in the key with this name.

    Raises:
        NotFound: if there is none
    """
    session.require(Right.KEYS)
    with session.store.batch() as batch:
        fingerprint = trusted.find_fingerprint(batch, name)
        if fingerprint is None:
            choices = name_choices(sorted(trusted.load_names(batch).values()), Message("triage keys show"))
            raise NotFound("There is no key named {name}; {choices}.", name=repr(name), choices=choices)
        trusted.delete_trusted_key(batch, name)
        batch.note("key no longer trusted", key=fingerprint)


def find_signer(session: Session, fingerprint: str | None) -> str | None:
    """Returns whose key this is: "this store", the name of a trusted key, or None."""
    if fingerprint is None:
        return None
    if fingerprint == session.store.fingerprint:
        return "this store"
    with session.reading() as db:
        return trusted.find_name(db, fingerprint)


def _read_fingerprint(key: str) -> str:
    """Returns the fingerprint, as given or of the key in a PEM file."""
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
