"""The state of the machine for the status bar, and the work list of quarantined files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from triage import hardening
from triage.jobs.session import Session
from triage.message import Message
from triage.model.media import Restriction, SandboxStatus, parse_restriction
from triage.model.users import Right
from triage.store.queries import bundles
from triage.store.queries.bundles import SetAsideRow

if TYPE_CHECKING:
    from triage.decode.client import MediaPool


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineStatus:
    """What the status bar shows: store, audit log, sandbox restrictions and protection of this process."""

    store: Path
    fingerprint: str
    record_entries: int
    record_valid: bool
    record_problems: tuple[Message, ...]
    unsettled_since: str | None
    """When the backup was made that this store was restored from, while the register of destructions was not applied."""
    sandbox: SandboxStatus
    hardening: tuple[Restriction, ...]
    """The protection of this process's memory."""


def check_machine(session: Session, pool: MediaPool) -> MachineStatus:
    """Verifies the audit log and asks a worker which restrictions confine it.

    That takes time, so screens call it in the background.
    """
    from triage.decode.confine import check_network_closed

    record = session.store.verify_log(None)
    return MachineStatus(
        store=session.store.directory,
        fingerprint=session.store.fingerprint,
        record_entries=record.entries,
        record_valid=record.valid,
        record_problems=record.problems,
        unsettled_since=session.unsettled_since(),
        sandbox=pool.check_restrictions(),
        hardening=tuple(
            parse_restriction(name, status)
            for name, status in (
                *hardening.harden(),
                ("no network", check_network_closed()),
                ("keys kept out of swap", session.store.keys.ring.page.state),
            )
        ),
    )


def list_quarantined(session: Session) -> tuple[SetAsideRow, ...]:
    """Returns the quarantined files that could not be read since, the newest first, each with its reason."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(bundles.all_set_aside(db))
