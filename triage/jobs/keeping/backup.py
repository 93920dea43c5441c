"""Backups: made while the store is in use, checked whole, restored into a new folder only; and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.jobs.keeping.register import Applied, apply_register
from triage.jobs.keeping.register import no_register as say_no_register
from triage.jobs.policy import read_policy
from triage.jobs.session import Session, now, unlock
from triage.model.people import Right, User
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.views import CheckResult
from triage.store import backup as store_backup
from triage.store import register as store_register
from triage.store.backup import BackupResult
from triage.store.queries import backups

__all__ = ["BackupPlace", "BackupResult", "Restored", "all_backups", "backup", "backup_is_gone", "restore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlace:
    """One backup folder, its newest state, and what has to be done about it (empty: nothing)."""

    id: str
    place: str
    number: int
    made: str
    gone: str | None
    destroyed_since: int
    to_do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`waits`: no media are revealed and nothing leaves until the register of destructions was applied, or there is none."""

    check: CheckResult
    applied: Applied | None
    waits: bool


def backup(
    session: Session, out: Path, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> BackupResult:
    """Bring the backup in `out` up to now. Raises StoreError; the backup before then stays as it was."""
    session.require(Right.BACKUP)
    return store_backup.backup(session.store, out, on_progress, cancel)


def restore(
    out: Path,
    directory: Path,
    user: str,
    passphrase: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    register: Path | None = None,
    no_register: str | None = None,
) -> Restored:
    """Make a store in `directory`, which must be new or empty, from the backup in `out`.

    What was destroyed since the backup was made is destroyed again by the `register`; `no_register` is the reason why there
    is none. With neither the store reveals no media and hands nothing on until one is given. Raises StoreError, Refused.
    """
    if register is not None:
        store_register.read(register)  # before hours of copying
    result = store_backup.restore(out, directory, user, passphrase, on_progress, cancel, may=_may_restore)
    applied = None
    if result.valid and (register is not None or no_register is not None):
        with unlock(directory, user, passphrase) as session:
            if register is not None:
                applied = apply_register(session, register, on_progress)
            else:
                say_no_register(session, no_register or "")
    return Restored(check=result, applied=applied, waits=applied is None and no_register is None)


def _may_restore(user: User) -> None:
    if not user.may(Right.BACKUP):
        raise Refused("{name} may not {right}: no role of this user allows it.", name=user.name, right=Right.BACKUP.value)


def all_backups(session: Session) -> tuple[BackupPlace, ...]:
    """The oldest first."""
    session.require(Right.BACKUP)
    days = read_policy(session).backup_expires_after_days
    expired = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with session.reading() as db:
        return tuple(
            BackupPlace(
                id=row.id,
                place=row.place,
                number=row.number,
                made=row.made,
                gone=row.gone,
                destroyed_since=row.destroyed_since,
                to_do=_to_do(row, expired, days),
            )
            for row in backups.all_rows(db)
        )


def _to_do(row: backups.BackupRow, expired: str, days: int) -> str:
    if row.gone is not None:
        return ""
    if row.destroyed_since:
        return f"still holds {row.destroyed_since} destroyed since: back up into it again, or destroy its medium"
    return f"older than {days} days: back up into it again, or destroy its medium" if row.made < expired else ""


def backup_is_gone(session: Session, backup_id: str) -> None:
    """The medium of a backup was destroyed; the record says who said so."""
    session.require(Right.BACKUP)
    with session.store.batch() as batch:
        if not backups.set_gone(batch, backup_id, now()):
            raise NotFound("There is no backup with this id; see: triage backups")
        batch.note("backup medium destroyed", folder=backup_id)
