"""What every export carries: who made it with what, and the store's signature."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from triage import __version__
from triage.jobs.judging.ruleset import load_active_rules
from triage.jobs.session import Session, now
from triage.model.exports import About


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


def describe_export(session: Session) -> About:
    """Returns who makes an export now, with which program, system, key and rules."""
    return About(
        made=now(),
        by=_name_on_paper(session),
        tool=f"Triage {__version__}",
        system=f"Python {platform.python_version()} on {platform.system()} {platform.release()}",
        fingerprint=session.store.fingerprint,
        rules=load_active_rules(session.store.read()).name,
        clock="the clock of this workstation; not compared with another source",
    )


def _name_on_paper(session: Session) -> str:
    """Returns the user's name; papers say of a recovered user that nobody has confirmed them yet."""
    user = session.store.users.named(session.user.name)
    return f"{user.name} (recovered with the recovery key, not confirmed by another person)" if user.recovered else user.name
