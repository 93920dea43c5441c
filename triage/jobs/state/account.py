"""Reads and writes the private account of the person at the workstation: their views, and what they chose for themselves.

Nothing here takes the name of a user: a session opens the account of its own user and no other.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from triage.errors import Refused
from triage.jobs.session import Session
from triage.model.media import RevealStep
from triage.model.private_account import PrivateSettings
from triage.store.batch import Batch
from triage.store.queries import private
from triage.wellbeing import WARNING_KINDS, Exposure

_VIEW, _SETTINGS = "triage media view 1", "triage private settings 1"
_FILLED = 256  # bytes: a sealed row is filled up to this length, so that its size tells nothing
_AT_ONCE = 500


class _View(msgspec.Struct, frozen=True, array_like=True):
    step: int
    medium: int
    began: str
    milliseconds: int
    warnings: tuple[str, ...]


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
    week = datetime.fromisoformat(began).strftime("%G-W%V")
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
    with session.reading() as db:
        account = session.store.account.find(db)
        sealed = None if account is None else private.load_settings(db, account.owner)
    opened = None if account is None or sealed is None else account.unseal(sealed, _SETTINGS)
    try:
        return PrivateSettings() if opened is None else msgspec.json.decode(opened, type=PrivateSettings)
    except msgspec.DecodeError:
        return PrivateSettings()


def save_own_settings(session: Session, settings: PrivateSettings) -> None:
    """Keeps what the person chose for themselves. The audit log says nothing of it.

    Raises:
        Refused: for an unknown kind of warning
    """
    session.require_own_passphrase()
    if unknown := sorted(set(settings.keeps_away) - set(WARNING_KINDS)):
        raise Refused("{kind} is no kind of warning; choose from {choices}.", kind=repr(unknown[0]), choices=tuple(WARNING_KINDS))
    with session.store.batch() as batch:
        account = session.store.account.open(batch)
        sealed = account.seal(msgspec.json.encode(settings).ljust(_FILLED), _SETTINGS)
        private.save_settings(batch, account.owner, sealed)
