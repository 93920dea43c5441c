"""Reads and writes the private account of the person at the workstation: their views, and what they chose for themselves.

Nothing here takes the name of a user: a session opens the account of its own user and no other.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from triage.errors import Refused
from triage.jobs.session import Session
from triage.model.media import RevealStep
from triage.model.moment import format_pakistan_week
from triage.model.private_account import LastFolders, PrivateSettings
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.private_account import AccountKey
from triage.store.queries import private
from triage.wellbeing import WARNING_KINDS, Exposure

_VIEW, _CHOICES = "triage media view 1", "triage private settings 1"
# Bytes: a sealed row is filled up to its length, so that its size tells nothing.
_FILLED = 256
_FILLED_CHOICES = 4096
_LONGEST_FOLDERS = 3072  # of the length above; the settings need a few hundred bytes
_AT_ONCE = 500


class _View(msgspec.Struct, frozen=True, array_like=True):
    step: int
    medium: int
    began: str
    milliseconds: int
    warnings: tuple[str, ...]


class _Choices(msgspec.Struct, frozen=True):
    settings: PrivateSettings = PrivateSettings()
    folders: LastFolders = LastFolders()


def add_view(
    session: Session,
    batch: Batch,
    *,
    step: RevealStep,
    medium: int,
    began: str,
    milliseconds: int,
    warnings: tuple[str, ...],
) -> None:
    """Adds a view to one's own account, and one to the team's week, which names nobody."""
    account = session.store.account.open(batch)
    view = _View(int(step), medium, began, milliseconds, warnings)
    private.add_view(batch, account.owner, account.seal(msgspec.json.encode(view).ljust(_FILLED), _VIEW))
    week = format_pakistan_week(began)
    private.add_to_team(batch, week, account.mark(week), milliseconds)


def list_own_views(session: Session, since: datetime | None = None) -> tuple[Exposure, ...]:
    """Returns one's own views since a time, all without one, the oldest first. Nobody else's can be opened."""
    found: list[Exposure] = []
    with session.reading() as db:
        account = session.store.account.find(db)
        before = (1 << 63) - 1
        while account is not None:
            rows = private.list_views(db, account.owner, before, _AT_ONCE)
            for i, sealed in rows:
                before = i
                opened = account.unseal(sealed, _VIEW)
                view = None if opened is None else _read_view(opened)
                if view is None:  # somebody changed the row: it costs itself
                    continue
                if since is not None and view.began < since:
                    return tuple(reversed(found))
                found.append(view)
            if len(rows) < _AT_ONCE:
                break
    return tuple(reversed(found))


def _read_view(opened: bytes) -> Exposure | None:
    """Returns the view, or None for what is none."""
    try:
        view = msgspec.json.decode(opened, type=_View)
        began = datetime.fromisoformat(view.began).astimezone(UTC)
        return Exposure(
            step=RevealStep(view.step),
            medium=view.medium,
            began=began,
            lasted=timedelta(milliseconds=view.milliseconds),
            warnings=view.warnings,
        )
    except (msgspec.DecodeError, ValueError, OverflowError):
        return None


def load_own_settings(session: Session) -> PrivateSettings:
    """Returns what the person chose for themselves; the defaults without an account."""
    return _load_choices(session).settings


def load_last_folders(session: Session) -> LastFolders:
    """Returns where the person's last dialogs for files were."""
    return _load_choices(session).folders


def save_own_settings(session: Session, settings: PrivateSettings) -> None:
    """Keeps what the person chose for themselves. The audit log says nothing of it.

    Raises:
        Refused: for an unknown kind of warning
    """
    if unknown := sorted(set(settings.keeps_away) - set(WARNING_KINDS)):
        raise Refused("{kind} is no kind of warning; choose from {choices}.", kind=repr(unknown[0]), choices=tuple(WARNING_KINDS))
    _save_choices(session, settings=settings)


def save_last_folders(session: Session, folders: LastFolders) -> None:
    """Keeps where the person's last dialogs for files were. Names that are too long, or no text, are forgotten."""
    try:
        fits = len(msgspec.json.encode(folders)) <= _LONGEST_FOLDERS
    except UnicodeEncodeError:
        fits = False
    _save_choices(session, folders=folders if fits else LastFolders())


def _load_choices(session: Session) -> _Choices:
    with session.reading() as db:
        account = session.store.account.find(db)
        return _Choices() if account is None else _open_choices(db, account)


def _save_choices(session: Session, **changed: PrivateSettings | LastFolders) -> None:
    """Replaces a part of the person's choices; the other part stays as it is stored."""
    session.require_own_passphrase()
    with session.store.batch() as batch:
        account = session.store.account.open(batch)
        choices = msgspec.structs.replace(_open_choices(batch, account), **changed)
        sealed = account.seal(msgspec.json.encode(choices).ljust(_FILLED_CHOICES), _CHOICES)
        private.save_settings(batch, account.owner, sealed)


def _open_choices(reader: Reader, account: AccountKey) -> _Choices:
    """Returns the choices that are stored, or the defaults where there are none or somebody changed them."""
    sealed = private.load_settings(reader, account.owner)
    opened = None if sealed is None else account.unseal(sealed, _CHOICES)
    try:
        return _Choices() if opened is None else msgspec.json.decode(opened, type=_Choices)
    except msgspec.DecodeError:
        return _Choices()
