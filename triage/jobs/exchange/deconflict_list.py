"""Lists the sessions in which two stores compare their reported users."""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.session import Session
from triage.model.deconfliction import Deconfliction, DeconflictionList
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.store.queries import deconfliction as sql
from triage.store.queries import trusted


def list_deconfliction_ids(session: Session) -> Sequence[str]:
    """Returns the ids of all sessions, the newest first."""
    session.require(Right.ASSIGN)
    with session.reading() as db:
        return sql.list_session_ids(db)


def find_deconflictions(session: Session) -> DeconflictionList:
    """Returns which sessions there are, and how many are not finished; `load_deconflictions` reads some of them."""
    session.require(Right.ASSIGN)
    with session.reading() as db:
        return DeconflictionList(sessions=sql.list_session_ids(db), waiting=sql.count_open_sessions(db))


def load_deconflictions(session: Session, which: Sequence[str]) -> dict[str, Deconfliction]:
    """Returns id -> session, of these sessions, the newest first.

    A session that is not finished has found nothing yet, not "nothing".
    """
    session.require(Right.ASSIGN)
    users = session.store.users.names()
    with session.reading() as db:
        names, rows = trusted.load_names(db), sql.load_sessions(db, which)
    return {
        row.session: Deconfliction(
            session=row.session,
            other=names.get(row.other_key, row.other_key),
            begun_here=bool(row.first),
            made=row.made,
            by=name_user(users, row.user_id),
            state="finished" if row.finished else "started" if row.first else "answered",
            compared=row.compared,
            shared=row.shared if row.finished else None,
            silent=row.silent,
            finished=row.finished,
        )
        for row in rows
    }
