"""Makes backups while the store is in use, restores them into a new folder, and lists where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.jobs.keeping.register import RegisterResult, apply_register
from triage.jobs.keeping.register import state_no_register as say_no_register
from triage.jobs.passphrases import check_passphrase
from triage.jobs.policy import read_policy
from triage.jobs.session import Session, now, unlock
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right, User
from triage.model.verification import CheckResult
from triage.store import backup as store_backup
from triage.store import register as store_register
from triage.store import restore as store_restore
from triage.store.backup import BackupResult
from triage.store.queries import backups

__all__ = [
    "BackupFolder",
    "BackupResult",
    "Restored",
    "list_backups",
    "make_backup",
    "record_backup_destroyed",
    "recover_backup",
    "restore_backup",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFolder:
    """A backup folder, its newest state, and what a person has to do about it (empty: nothing)."""

    id: str
    place: str
    number: int
    made: str
    gone: str | None
    destroyed_since: int
    to_do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The result of restoring a backup.

    While `waits` is True, no media are revealed and nothing leaves. It ends when the register of destructions is applied, or a
    person states that there is none.
    """

    check: CheckResult
    applied: RegisterResult | None
    waits: bool


def make_backup(
    session: Session, out: Path, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> BackupResult:
    """Brings the backup in `out` up to date.

    Raises:
        StoreError: if that fails; the earlier state of the backup then stays as it was
    """
    session.require(Right.BACKUP)
    return store_backup.make_backup(session.store, out, on_progress, cancel)


def restore_backup(
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
    """Makes a store in `directory`, which must be new or empty, from the backup in `out`.

    The `register` destroys again what was destroyed since the backup was made. `no_register` is the reason why there is no
    register. With neither the store reveals no media and hands nothing on until one is given.

    Raises:
        StoreError: if the backup is damaged or the disk refuses
        Refused: without the right
    """
    if register is not None:
        store_register.read_register(register)  # before hours of copying
    result = store_restore.restore_backup(out, directory, user, passphrase, on_progress, cancel, may=_check_may_restore)
    applied = None
    if result.valid and (register is not None or no_register is not None):
        with unlock(directory, user, passphrase) as session:
            if register is not None:
                applied = apply_register(session, register, on_progress)
            else:
                say_no_register(session, no_register or "")
    return Restored(check=result, applied=applied, waits=applied is None and no_register is None)


def recover_backup(
    out: Path,
    directory: Path,
    halves: tuple[str, str],
    user: str,
    passphrase: str,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> Restored:
    """Makes a store in `directory` from the backup in `out` with both halves of the recovery key. `user` gets a passphrase there.

    Nobody is signed in: whoever holds both halves may do this. The store waits for a register of destructions.

    Raises:
        StoreError: if the backup is damaged or the disk refuses
        NotFound: if there is no such user; the store is made then
        Refused: if the passphrase is too weak
    """
    check_passphrase(passphrase, user, directory)
    result = store_restore.recover_backup(out, directory, halves, user, passphrase, on_progress, cancel)
    return Restored(check=result, applied=None, waits=True)


def _check_may_restore(user: User) -> None:
    """Raises Refused when this user may not restore."""
    if not user.may(Right.BACKUP):
        raise Refused("{name} may not {right}: no role of this user allows it.", name=user.name, right=Right.BACKUP.value)


def list_backups(session: Session) -> tuple[BackupFolder, ...]:
    """Returns all backup folders, the one with the oldest state first."""
    session.require(Right.BACKUP)
    days = read_policy(session).backup_expires_after_days
    expired = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with session.reading() as db:
        return tuple(
            BackupFolder(
                id=row.id,
                place=row.place,
                number=row.number,
                made=row.made,
                gone=row.gone,
                destroyed_since=row.destroyed_since,
                to_do=_describe_duty(row, expired, days),
            )
            for row in backups.list_backups(db)
        )


def _describe_duty(row: backups.BackupRow, expired: str, days: int) -> str:
    """Returns what a person has to do about the backup; "" for nothing."""
    if row.gone is not None:
        return ""
    if row.destroyed_since:
        return f"still holds {row.destroyed_since} destroyed since: back up into it again, or destroy its medium"
    return f"older than {days} days: back up into it again, or destroy its medium" if row.made < expired else ""


def record_backup_destroyed(session: Session, backup_id: str) -> None:
    """Records that a person states that the carrier of a backup was destroyed.

    Raises:
        NotFound: if there is no backup with this id
    """
    session.require(Right.BACKUP)
    with session.store.batch() as batch:
        if not backups.mark_backup_destroyed(batch, backup_id, now()):
            raise NotFound("There is no backup with this id; see: triage backups")
        batch.note("backup medium destroyed", folder=backup_id)
