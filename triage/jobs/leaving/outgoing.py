"""Writes files that leave the store: checked, signed, and entered in the register of outgoing data."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from triage.errors import Refused, StepStored
from triage.exports.outgoing_file import OutgoingFiles, OutgoingFolder
from triage.jobs.leaving.signing import StoreSigner
from triage.jobs.session import Session, now
from triage.jobs.state.child_lane import find_reasons_to_wait, require_confirmed
from triage.message import Message
from triage.model.exports import Cleared
from triage.model.handover import Handover, Outgoing
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import destruction, outgoing, reports

NOT_SAID = Handover()
CLEARED = Message("The reported user of the report with this file was cleared.")


@dataclass(frozen=True, slots=True)
class Leaving:
    """The reports that a file speaks of, and what it says of cleared people, as the store had them when the file was made."""

    reports: Sequence[int] = ()
    cleared: Cleared | None = None
    agreed: Callable[[Reader], None] = lambda _: None
    """Raises Refused when the second person, where one is needed, can't agree any more."""

    @property
    def sentence(self) -> str | None:
        """Returns what has to stand first in the file, if something has."""
        return None if self.cleared is None else self.cleared.sentence

    def check_again(self, db: Reader) -> None:
        """Raises Refused when one of the reports may no longer go out, its person was cleared, or nobody agrees any more."""
        self.agreed(db)
        require_confirmed(db, self.reports)
        said = () if self.cleared is None else self.cleared.reports
        apart = destruction.find_cleared(db, self.reports)
        if since := [number for i in self.reports if i in apart and (number := reports.load_number(db, i)) not in said]:
            raise Refused(
                "{numbers}: the reported user was cleared while the file was made. Nothing was written; look at the report, "
                "then export again.",
                numbers=tuple(since),
            )


NO_REPORT = Leaving()


def check_may_leave(db: Reader, report_ids: Sequence[int], although_cleared: str | None = None) -> Leaving:
    """Raises Refused when one of the reports may not go out; returns them with what an export has to say of cleared people.

    A report may not go out when its reported user may be a child and no lead has confirmed it. It may not go out either when its
    person was cleared and no reason (`although_cleared`) is given. Every export of reports calls this first, and gives
    `write_out` what it found: whoever is cleared while the file is made is noticed before the file gets its name.
    """
    require_confirmed(db, report_ids)
    apart = destruction.find_cleared(db, report_ids)
    numbers = tuple(reports.load_number(db, i) for i in report_ids if i in apart)
    reason = " ".join((although_cleared or "").split())
    if not numbers:
        if although_cleared is not None:
            raise Refused("None of these reports is set apart as cleared; leave --although-cleared out.")
        return Leaving(report_ids)
    if not reason:
        raise Refused(
            "{numbers}: the reported user was cleared. To export all the same, give --although-cleared REASON.",
            numbers=tuple(numbers),
        )
    return Leaving(report_ids, Cleared(reports=numbers, reason=reason))


def list_held_back(db: Reader, report_ids: Sequence[int]) -> dict[int, Message]:
    """Returns those of these reports that may not go out, each with the reason.

    An export of the whole store leaves them out, where one that names them is refused by `check_may_leave`.
    """
    return dict.fromkeys(destruction.find_cleared(db, report_ids), CLEARED) | find_reasons_to_wait(db, report_ids)


def write_out(
    session: Session,
    files: Sequence[tuple[Path, bytes]],
    *,
    kind: str,
    folder: Path | None = None,
    recipients: tuple[str, ...] = (),
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
    leaving: Leaving = NO_REPORT,
    note: Callable[[Batch], object] = lambda _: None,
) -> None:
    """Writes files for people: private, signed, and never over an existing file unless `overwrite`.

    They are in the register before they get their names. With `folder` they go into this new folder, which appears whole, and
    their paths are relative to it. `note` adds audit log entries in the same step, after the reports of `leaving` were checked
    once more.
    `recipients` are the age keys for which the files are sealed.

    Raises:
        Refused: when a report may no longer go out
        WorldError: if a file or the folder can't be written
    """
    made = OutgoingFiles(StoreSigner(session)) if folder is None else OutgoingFolder(StoreSigner(session), folder)
    try:
        for path, data in files:
            made.add(path, data, overwrite=overwrite)
        with suppress(StepStored), session.store.batch() as batch:  # what is in the register has to be there, too
            leaving.check_again(batch)
            note(batch)
            for path, data in files:
                add_to_register(
                    batch,
                    session,
                    kind=kind,
                    name=path.name,
                    sha256=sha256(data).hexdigest(),
                    recipients=recipients,
                    handover=handover,
                    reports=leaving.reports,
                )
        made.publish()
    except BaseException:
        made.discard()
        raise


def add_to_register(
    batch: Batch,
    session: Session,
    *,
    kind: str,
    name: str,
    sha256: str,
    recipients: tuple[str, ...] = (),
    handover: Handover = NOT_SAID,
    reports: Sequence[int] = (),
) -> None:
    """Enters one thing that leaves into the register, with its audit log entry. A packet is tied to its `reports`."""
    number = outgoing.add_outgoing(
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
    if kind == "packet":
        outgoing.add_packet_reports(batch, number, reports)


def list_outgoing_ids(session: Session) -> Sequence[int]:
    """Returns the ids of the entries of the register of outgoing data, the newest first."""
    session.require(Right.RECORD)
    with session.reading() as db:
        return outgoing.list_outgoing_ids(db)


def load_outgoing(session: Session, ids: Sequence[int]) -> dict[int, Outgoing]:
    """Returns id -> entry of the register, the newest first."""
    session.require(Right.RECORD)
    users = session.store.users.names()
    with session.reading() as db:
        return {
            row.id: Outgoing(
                id=row.id,
                written=row.written,
                user=name_user(users, row.user_id),
                kind=row.kind,
                name=row.name,
                sha256=row.sha256,
                recipients=tuple(json.loads(row.recipients)),
                handover=row.handover,
            )
            for row in outgoing.load_outgoing(db, ids)
        }
