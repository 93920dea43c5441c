"""What every export carries: who made it with what, and the store's signature."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from triage import __version__
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.officer import TRAINING, describe_officer
from triage.jobs.session import Session, now
from triage.jobs.state.training_mark import is_training_store
from triage.model.exports import About
from triage.model.users import Officer


@dataclass(frozen=True, slots=True)
class StoreSigner:
    """Signs with the store's Ed25519 key; `public_key` is its 32 raw bytes."""

    session: Session

    @property
    def public_key(self) -> bytes:
        """The raw public signing key, 32 bytes."""
        return self.session.store.public_key

    def sign(self, data: bytes) -> bytes:
        """Returns the Ed25519 signature of the data."""
        return self.session.store.sign(data)


NOT_COMPARED = "the clock of this workstation; not compared with another source"


def describe_export(session: Session) -> About:
    """Returns who makes an export now, with which program, system, key and rules."""
    officer = describe_officer(session)
    return About(
        made=now(),
        by=_name_on_paper(session, officer),
        tool=f"Triage {__version__}",
        system=f"Python {platform.python_version()} on {platform.system()} {platform.release()}",
        fingerprint=session.store.fingerprint,
        rules=load_active_rules(session.store.read()).name,
        clock=f"the clock of this workstation; compared: {officer.clock_source}" if officer.clock_source else NOT_COMPARED,
        officer=officer,
    )


def _name_on_paper(session: Session, officer: Officer) -> str:
    """Returns full name, rank and the name of signing in, as far as they are stated.

    Papers say of a recovered user that nobody has confirmed them yet, and of a trainee that all is invented.
    """
    profile = officer.profile
    stated = ", ".join(text for text in (profile.full_name, profile.rank, profile.badge) if text)
    name = f"{stated} (signed in as {officer.user})" if stated else officer.user
    if is_training_store(session):
        name = f"{name} ({TRAINING})"
    if session.store.users.named(session.user.name).recovered:
        return f"{name} (recovered with the recovery key, not confirmed by another person)"
    return name
