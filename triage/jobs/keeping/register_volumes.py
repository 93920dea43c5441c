"""Writes the register of destructions: its volumes, which never change, and one register at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.jobs.leaving.outgoing import write_out
from triage.jobs.session import Session
from triage.model.handover import Handover
from triage.store import register
from triage.store.lock import WriterLock
from triage.store.register import Volume

LOCK = "register.lock"


@contextmanager
def hold_register(session: Session) -> Iterator[None]:
    """Lets one process at a time make a register and name it, so that an older one never replaces a newer one."""
    session.store.require_writable()  # or the lock's file would be made all the same
    with WriterLock(session.store.directory / LOCK).hold():
        yield


def write_volumes(session: Session, folder: Path, handover: Handover) -> tuple[Volume, ...]:
    """Writes those volumes of the register into the folder that it lacks; returns all of them, for the register that names them.

    A volume that no register names yet does no harm.

    Raises:
        WorldError: if the folder refuses
    """
    volumes: list[Volume] | None = None
    while True:
        with session.reading() as db:
            if volumes is None:
                volumes = [*register.find_volumes(session.store, db, folder)]
            more = next(register.make_volumes(session.store, db, volumes), None)
        if more is None:
            return tuple(volumes)
        volume, data = more
        write_out(session, ((folder / volume.name, data),), kind="register", handover=handover, overwrite=True)
        volumes.append(volume)


def write_register(session: Session, path: Path, handover: Handover, *, overwrite: bool) -> int:
    """Writes the register of all destructions with its volumes; returns how many destructions it names.

    Raises:
        WorldError: if the folder refuses, or holds the file already and `overwrite` is False
    """
    volumes = write_volumes(session, path.parent, handover)
    with hold_register(session):
        with session.reading() as db:
            made = register.make_register(session.store, db, volumes)
        write_out(session, ((path, made.encode()),), kind="register", handover=handover, overwrite=overwrite)
    return made.named
