"""Shows what a deconfliction would compare, and what a carried file is, before anything is written."""

from __future__ import annotations

from pathlib import Path

from triage.jobs.exchange.deconflict_file import read_from_trusted
from triage.jobs.exchange.own_identifiers import gather_identifiers
from triage.jobs.session import Session
from triage.links.private_sets import POINT
from triage.model.deconfliction import DeconflictionFile, DeconflictionPlan
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.store.queries import deconfliction as sql
from triage.store.queries import trusted


def plan_deconfliction(
    session: Session, *, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> DeconflictionPlan:
    """Counts the identifiers of this store that would be compared.

    Raises:
        Refused: without the right
        Cancelled: if the token was set
    """
    session.require(Right.ASSIGN)
    found, unread = gather_identifiers(session, on_progress, cancel)
    return DeconflictionPlan(compared=len(found), silent=sum(each.silent for each in found), unread=unread)


def inspect_deconfliction_file(session: Session, path: Path) -> DeconflictionFile:
    """Returns what a carried file is and which session it belongs to. Nothing is stored.

    Raises:
        Refused: without the right
        InputError: if it is no such file, is for another store, or its key is not trusted
    """
    session.require(Right.ASSIGN)
    with session.reading() as db:
        said, _ = read_from_trusted(
            db, session.store.fingerprint, path, ("deconflict start", "deconflict answer", "deconflict finish")
        )
        row = sql.find_session(db, said.session)
        return DeconflictionFile(
            session=said.session,
            step=said.kind.removeprefix("deconflict "),  # type: ignore[arg-type]
            other=trusted.find_name(db, said.sender) or said.sender,
            points=len(said.points) // POINT,
            begun_here=None if row is None else bool(row.first),
            finished=None if row is None else row.finished,
        )
