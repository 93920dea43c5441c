"""Saves a user's views of the queue in the store, and where the user was. Both lie in the encrypted database only."""

from __future__ import annotations

import logging
from typing import TypeVar

import msgspec

from triage.errors import NotFound, Refused
from triage.jobs.session import Session
from triage.model.queue_views import QueuePlace, QueueView
from triage.model.users import Right
from triage.store.queries import queue_views

log = logging.getLogger(__name__)

MOST_VIEWS = 100  # saved views of one person
MAX_NAME = 60  # characters

T = TypeVar("T")


def save_view(session: Session, name: str, view: QueueView) -> None:
    """Saves a view under a name; a view of the same name is replaced.

    Raises:
        Refused: for an empty or long name, or for too many views
    """
    session.require(Right.READ_REPORT)
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Refused("Give the view a name of 1 to {most} characters.", most=MAX_NAME)
    known = list_views(session)
    if name not in known and len(known) >= MOST_VIEWS:
        raise Refused("You have {most} saved views. Delete one first.", most=MOST_VIEWS)
    with session.store.batch() as batch:
        queue_views.save_view(batch, session.user.id, name, _encode(view))


def delete_view(session: Session, name: str) -> None:
    """Deletes a saved view.

    Raises:
        NotFound: if the user has no view of this name
    """
    session.require(Right.READ_REPORT)
    with session.store.batch() as batch:
        if not queue_views.delete_view(batch, session.user.id, name.strip() or "?"):
            raise NotFound("You have no view with the name {name}.", name=repr(name))


def list_views(session: Session) -> dict[str, QueueView]:
    """Returns the user's saved views by name. A view that can't be read is left out."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        found = {name: _decode(text, QueueView) for name, text in queue_views.list_views(db, session.user.id)}
    return {name: view for name, view in found.items() if view is not None}


def save_place(session: Session, place: QueuePlace) -> None:
    """Saves where the user is in the queue."""
    session.require(Right.READ_REPORT)
    with session.store.batch() as batch:
        queue_views.save_view(batch, session.user.id, "", _encode(place))


def load_place(session: Session) -> QueuePlace:
    """Returns where the user was in the queue; a place that can't be read counts as none."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        text = queue_views.load_place(db, session.user.id)
    return (None if text is None else _decode(text, QueuePlace)) or QueuePlace()


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8")


def _decode(text: str, kind: type[T]) -> T | None:
    """Returns the value, or None when the text was written by another version that means something else."""
    try:
        return msgspec.json.decode(text.encode("utf-8"), type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError):
        log.warning("a saved view can't be read and is left out")
        return None
