"""The state of the machine for the status bar, and the work list of quarantined files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from triage import hardening
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.media import Restriction, SandboxStatus, parse_restriction
from triage.model.moment import parse_utc
from triage.model.users import Right
from triage.model.verification import AuditResult
from triage.store.queries import bundles
from triage.store.queries.bundles import SetAsideRow
from triage.store.tree import Frontier

if TYPE_CHECKING:
    from triage.decode.client import MediaPool


CLOCK_TOLERANCE = timedelta(minutes=2)
WHOLE_EVERY_SECONDS = 24 * 3600
"""Between two checks of all entries of the audit log; those between check what is new."""


@dataclass(frozen=True, slots=True)
class _VerifiedLog:
    """What this process verified of a store's audit log: the tree of the entries, and when all of them were recomputed."""

    count: int
    frontier: bytes
    whole_at: str
    whole_seconds: float
    """The same by a clock that nobody sets."""


_VERIFIED: dict[tuple[str, Path], _VerifiedLog] = {}
"""By the store's id and folder, since copies share the id: locking ends the session, and the next one goes on from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineStatus:
    """What the status bar shows: store, audit log, sandbox restrictions and protection of this process."""

    store: Path
    fingerprint: str
    record_entries: int
    record_valid: bool
    record_problems: tuple[Message, ...]
    record_whole_at: str
    """When all entries were checked; since then those that are new."""
    clock_behind: str | None
    """When the newest entry of the audit log was made, if that is later than this machine's clock says."""
    unsettled_since: str | None
    """When the backup was made that this store was restored from, while the register of destructions was not applied."""
    sandbox: SandboxStatus
    hardening: tuple[Restriction, ...]
    """The protection of this process's memory."""


def check_machine(session: Session, pool: MediaPool) -> MachineStatus:
    """Verifies the audit log and asks a worker which restrictions confine it.

    Once a day all entries are recomputed, and between those that are new. That takes time, so screens call it in the background.
    """
    from triage.decode.confine import check_network_closed

    record, whole_at = _verify_log(session)
    return MachineStatus(
        store=session.store.directory,
        fingerprint=session.store.fingerprint,
        record_entries=record.entries,
        record_valid=record.valid,
        record_problems=record.problems,
        record_whole_at=whole_at,
        clock_behind=find_later_entry(record),
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


def find_later_entry(record: AuditResult) -> str | None:
    """Returns when the newest entry was made, or None unless the clock was set back since."""
    behind = record.last_step is not None and parse_utc(record.last_step) > parse_utc(now()) + CLOCK_TOLERANCE
    return record.last_step if behind else None


def _verify_log(session: Session) -> tuple[AuditResult, str]:
    """Returns the state of the audit log, and when all its entries were checked. A problem is stated by a whole check only."""
    store = session.store
    of = (store.id, store.directory.absolute())
    known = _VERIFIED.pop(of, None)
    if known is not None and time.monotonic() - known.whole_seconds < WHOLE_EVERY_SECONDS:
        frontier = Frontier.unpack(known.count, known.frontier)
        result = store.verify_log(frontier=frontier)
        if result.valid:
            _VERIFIED[of] = replace(known, count=frontier.count, frontier=frontier.pack())
            return result, known.whole_at
    begun, frontier = time.monotonic(), Frontier()
    moment, result = now(), store.verify_log(frontier=frontier)
    if result.valid:
        _VERIFIED[of] = _VerifiedLog(frontier.count, frontier.pack(), moment, begun)
    return result, moment


def list_quarantined_ids(session: Session) -> Sequence[int]:
    """Returns the ids of the quarantined files that could not be read since, the newest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return bundles.list_set_aside_ids(db)


def load_quarantined(session: Session, ids: Sequence[int]) -> dict[int, SetAsideRow]:
    """Returns id -> quarantined file with its reason, of those that could not be read since."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return {row.id: row for row in bundles.load_rows_set_aside(db, ids)}
