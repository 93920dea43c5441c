"""The register of what left: every export, with its digest, for whom, and on what it was handed over."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from triage.jobs.session import Session, now
from triage.model.custody import Handover, Outgoing
from triage.model.people import Right
from triage.store.batch import Batch
from triage.store.queries import outgoing

NOT_SAID = Handover()


def sha256_of(path: Path) -> str:
    """Of a file that was just written."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def register(
    batch: Batch,
    session: Session,
    *,
    kind: str,
    name: str,
    sha256: str,
    recipients: tuple[str, ...] = (),
    handover: Handover = NOT_SAID,
) -> None:
    number = outgoing.add(
        batch,
        written=now(),
        user_id=session.user.id,
        kind=kind,
        name=name,
        sha256=sha256,
        recipients=json.dumps(recipients),
        handover=handover,
    )
    batch.note("export registered", export=number, sort=kind, bytes=session.store.keyed(sha256))


def all_outgoing(session: Session) -> tuple[Outgoing, ...]:
    """What left, newest first."""
    session.require(Right.RECORD)
    users = {user.id: user.name for user in session.store.users.all()}
    with session.reading() as db:
        return tuple(
            Outgoing(
                id=row.id,
                written=row.written,
                user=users.get(row.user_id, f"user {row.user_id}"),
                kind=row.kind,
                name=row.name,
                sha256=row.sha256,
                recipients=tuple(json.loads(row.recipients)),
                handover=row.handover,
            )
            for row in outgoing.all_rows(db)
        )
