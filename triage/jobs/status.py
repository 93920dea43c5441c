"""The truth about the machine, for the status bar; and the work list of what was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triage import hardening
from triage.decode.client import MediaPool
from triage.decode.confine import check_network_closed
from triage.jobs.session import Session
from triage.model.media import Barriers
from triage.model.users import Right
from triage.store.queries import bundles
from triage.store.queries.bundles import SetAsideRow


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineStatus:
    store: Path
    fingerprint: str
    record_entries: int
    record_valid: bool
    record_problems: tuple[str, ...]
    unsettled_since: str | None
    """When the backup was made that this store was restored from, while the register of destructions was not applied."""
    barriers: Barriers
    hardening: tuple[tuple[str, str], ...]
    """What keeps this process's memory to itself: name -> a short word."""


def machine(session: Session, pool: MediaPool) -> MachineStatus:
    """Looks at the record and asks a worker what confines it; not free, so screens ask in the background."""
    record = session.store.verify_record(None)
    return MachineStatus(
        store=session.store.directory,
        fingerprint=session.store.fingerprint,
        record_entries=record.entries,
        record_valid=record.valid,
        record_problems=record.problems,
        unsettled_since=session.unsettled_since(),
        barriers=pool.check_restrictions(),
        hardening=(
            *hardening.harden(),
            ("no network", check_network_closed()),
            ("keys kept out of swap", session.store.keys.ring.page.state),
        ),
    )


def set_aside(session: Session) -> tuple[SetAsideRow, ...]:
    """What could not be read, newest first, each with its reason; its bytes are kept."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(bundles.all_set_aside(db))
