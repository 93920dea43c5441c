"""Hash lists: take in a plain CSV or text file of digests and PDQ hashes, list, remove. Every card is made anew after it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from triage.errors import NotFound, Refused, WorldError
from triage.importers.hash_lists import read_hash_list
from triage.jobs.assess import assess
from triage.jobs.matching import COMPARED_KINDS
from triage.jobs.session import Session, now
from triage.model.people import Right
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.views import ListSummary
from triage.store.database import Reader
from triage.store.queries import judgement, lists
from triage.store.queries.lists import ListRow

KINDS = ("known", "known-good", "negative", "case")


def add_list(
    session: Session,
    path: Path,
    *,
    name: str,
    kind: str,
    profile: str | None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ListSummary:
    """Raises InputError when the file is no hash list, Refused when the name is taken."""
    session.require(Right.LISTS)
    if kind not in KINDS:
        raise Refused(f"There is no kind of list {kind!r}; choose one of {', '.join(KINDS)}.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WorldError(f"{path.name} can't be read: {error.strerror}.") from error
    entries = read_hash_list(data)
    with session.store.batch() as batch:
        if lists.by_name(batch, name) is not None:
            raise Refused(f"There is a list named {name!r} already; remove it first or choose another name.")
        unmatched: dict[str, int] = {}
        for entry in entries:
            if entry.kind not in COMPARED_KINDS:
                unmatched[entry.kind] = unmatched.get(entry.kind, 0) + 1
        digest = hashlib.sha256(data).hexdigest()
        list_id = lists.add(
            batch,
            name=name,
            kind=kind,
            profile=profile,
            added=now(),
            sha256=digest,
            entries=len(entries),
            unmatched=json.dumps(unmatched),
        )
        lists.add_entries(batch, list_id, ((e.kind, e.value, e.category) for e in entries))
        judgement.mark_all_stale(batch)
        batch.note("list added", list=list_id, file=session.store.keyed(digest), entries=len(entries))
    assess(session, on_progress, cancel)
    with session.reading() as db:
        row = lists.by_name(db, name)
        if row is None:
            raise NotFound(f"The list {name!r} was removed meanwhile.")
        return _summary(db, row)


def all_lists(session: Session) -> tuple[ListSummary, ...]:
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(_summary(db, row) for row in lists.all_lists(db))


def remove_list(session: Session, name: str) -> None:
    session.require(Right.LISTS)
    with session.store.batch() as batch:
        row = lists.by_name(batch, name)
        if row is None:
            raise NotFound(f"There is no list named {name!r}.")
        lists.remove(batch, row.id)
        judgement.mark_all_stale(batch)
        batch.note("list removed", list=row.id)
    assess(session)


def _summary(db: Reader, row: ListRow) -> ListSummary:
    unmatched: dict[str, int] = json.loads(row.unmatched)
    kinds = {kind: n for kind, n in lists.kinds(db, row.id).items() if kind not in unmatched}
    return ListSummary(
        name=row.name,
        kind=row.kind,
        profile=row.profile,
        added=row.added,
        entries=row.entries,
        hash_kinds=kinds,
        unmatched_kinds=unmatched,
    )
