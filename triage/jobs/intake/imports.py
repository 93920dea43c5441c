"""Lists every import with its receipt, what it brought, and whether it finished."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from triage.errors import StoreError
from triage.jobs.session import Session
from triage.model.handover import Container, Receipt
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.lock import WriterLock
from triage.store.queries import bundles, users

LOCK = "import.lock"
LOCK_WAIT = 0.5  # seconds: whoever looks whether an import runs holds the lock for a moment

State = Literal["finished", "interrupted", "running"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """An import. `reports` counts those that it added or changed; `documents` and `media` count the files that were read."""

    bundle: int
    state: State
    started: str
    finished: str | None
    user: str
    paths: tuple[str, ...]
    containers: tuple[Container, ...]
    """Empty until the import is finished, or completed by a later one, which then hashed them."""
    receipt: Receipt
    reports: int
    documents: int
    media: int
    set_aside: int
    """Still on the work list."""
    completed_by: int | None = None
    """The later import in which all that an interrupted one had taken in came again, byte for byte."""


def list_import_ids(session: Session) -> Sequence[int]:
    """Returns the ids of all imports, the newest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return bundles.list_bundle_ids(db)


def load_imports(session: Session, ids: Sequence[int]) -> dict[int, ImportRow]:
    """Returns id -> import, of these imports."""
    session.require(Right.READ_REPORT)
    running = is_import_running(session)
    with session.reading() as db:
        newest = bundles.find_newest_bundle(db)
        rows = {i: _build_row(db, i, running and i == newest) for i in ids}
    return {i: row for i, row in rows.items() if row is not None}


def _build_row(db: Reader, bundle_id: int, running: bool) -> ImportRow | None:
    """Builds the row of an import."""
    row = bundles.load_bundle(db, bundle_id)
    if row is None:
        return None
    counts = bundles.count_entries(db, bundle_id)
    user = users.load_user(db, row.user_id)
    state: State = "finished" if row.finished else ("running" if running else "interrupted")
    return ImportRow(
        bundle=bundle_id,
        state=state,
        started=row.started,
        finished=row.finished,
        user=user.name if user else "",
        paths=tuple(json.loads(row.paths)),
        containers=tuple(Container(*each) for each in bundles.list_containers(db, row.completed_by or bundle_id)),
        receipt=row.receipt,
        reports=counts["reports"],
        documents=counts.get("document", 0),
        media=counts.get("media", 0),
        set_aside=bundles.count_set_aside(db, [bundle_id]),
        completed_by=row.completed_by,
    )


def is_import_running(session: Session) -> bool:
    """Returns whether an import is running.

    Only the newest can be: an import holds its lock from before its row is written until it ends.
    """
    return is_lock_held(session.store.directory / LOCK)


def is_lock_held(path: Path) -> bool:
    """Returns whether a program holds the lock of this file. A lock that can't be tried counts as held."""
    try:
        with WriterLock(path).hold(0):
            return False
    except StoreError:
        return True
