"""What leaves: whether it may, its files, and the register, with digest, for whom, and on what it was handed over.

Whatever writes files for people goes through here: `check_may_leave`, then `write_out` (or `register` for a packet's folder).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from triage.errors import Refused
from triage.exports.outgoing_file import OutgoingFiles
from triage.jobs.leaving.signing import StoreSigner
from triage.jobs.session import Session, now
from triage.jobs.state.child_lane import must_be_confirmed
from triage.model.exports import Cleared
from triage.model.handover import Handover, Outgoing
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import destruction, outgoing, reports

NOT_SAID = Handover()


def check_may_leave(db: Reader, report_ids: Sequence[int], although_cleared: str | None = None) -> Cleared | None:
    """Raises Refused when one of the reports may not go out: the reported user may be a child and no lead has confirmed it, or
    was cleared and no reason is given. Whatever goes out of reports asks here first. Returns what has to be said of the cleared.
    """
    must_be_confirmed(db, report_ids)
    apart = destruction.cleared_among(db, report_ids)
    numbers = tuple(reports.number(db, i) for i in report_ids if i in apart)
    reason = " ".join((although_cleared or "").split())
    if not numbers:
        if although_cleared is not None:
            raise Refused("None of these reports is set apart as cleared; leave --although-cleared out.")
        return None
    if not reason:
        raise Refused(
            "{numbers}: the reported user was cleared. To export all the same, give --although-cleared REASON.",
            numbers=tuple(numbers),
        )
    return Cleared(reports=numbers, reason=reason)


def write_out(
    session: Session,
    files: Sequence[tuple[Path, bytes]],
    *,
    kind: str,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    note: Callable[[Batch], object] = lambda _: None,
) -> None:
    """Writes files for people: private, signed, over nothing that is there, and in the register before they have their names.

    `note` adds entries of the job to the audit log, in the same step. Raises WorldError.
    """
    made = OutgoingFiles(StoreSigner(session))
    try:
        for path, data in files:
            made.add(path, data, overwrite=overwrite)
        with session.store.batch() as batch:
            note(batch)
            for path, data in files:
                register(batch, session, kind=kind, name=path.name, sha256=sha256(data).hexdigest(), handover=handover)
    except BaseException:
        made.discard()
        raise
    made.publish()


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
    """Enters one thing that leaves, and the audit log's entry for it."""
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
