"""What papers say of an officer: full name, rank, badge, post and agency."""

from __future__ import annotations

from dataclasses import fields

from triage.errors import Refused
from triage.jobs.policy import read_policy
from triage.jobs.session import Session
from triage.jobs.state.training_mark import is_training_store
from triage.model.printable import clean_line
from triage.model.settings import MAX_TEXT
from triage.model.users import Officer, Profile, Right, User
from triage.store.queries import users

TRAINING = "TRAINING, all data are invented"
"""Stands in place of the agency on every paper, letter and file that leaves a training store: nobody may take one for real."""


def describe_officer(session: Session, name: str | None = None) -> Officer:
    """Returns how papers name a user, by default the one who is signed in.

    Raises:
        NotFound: if there is no user of this name
    """
    user = session.user if name is None else session.store.users.named(name)
    return _describe(session, user)


def set_profile(session: Session, name: str, given: dict[str, str]) -> Officer:
    """Sets fields of a user's profile; the others stay. Everybody may state their own, an administrator anybody's.

    Args:
        session: The session of who states it.
        name: The user's name.
        given: Field of `Profile` -> text; an empty text takes the statement back.

    Raises:
        NotFound: if there is no user of this name
        Refused: without the right, or for a text that is not one plain line
    """
    user = session.store.users.named(name)
    if user.id == session.user.id:
        session.require_own_passphrase()
    else:
        session.require(Right.USERS)
    cleaned = {field: _clean(field, text) for field, text in given.items()}
    with session.store.batch() as batch:
        before = users.load_profile(batch, user.id)
        known = {field.name: getattr(before, field.name) for field in fields(Profile)}
        users.save_profile(batch, user.id, Profile(**{**known, **cleaned}))
        batch.note("profile set", subject=user.id, by=session.user.id)
    return _describe(session, user)


def _clean(field: str, text: str) -> str:
    """Returns the text of a field as one plain line. Raises Refused for any other text."""
    try:
        return clean_line(text, MAX_TEXT)
    except ValueError:
        raise Refused(
            "The {field} is not one plain line of at most {most} characters.", field=field.replace("_", " "), most=MAX_TEXT
        ) from None


def _describe(session: Session, user: User) -> Officer:
    """Returns how papers name the user. In a training store they name no agency."""
    policy = read_policy(session)
    in_training = is_training_store(session)
    return Officer(
        user=user.name,
        profile=users.load_profile(session.store.read(), user.id),
        agency_name=TRAINING if in_training else policy.agency_name,
        agency_address="" if in_training else policy.agency_address,
        clock_source=policy.clock_source,
    )
