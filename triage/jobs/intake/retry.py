"""Reads a quarantined file again: with passwords, from the bytes that the store kept, or from another copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.importers.entry_origins import StoredFile
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session, now
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.model.views import ImportResult
from triage.store.queries import bundles, media
from triage.store.queries.bundles import SetAsideRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryResult:
    """The result of reading a quarantined file again. `why` says what is wrong with it now, when it still can't be read."""

    resolved: bool
    why: Message | None
    result: ImportResult


def retry_quarantined(
    session: Session,
    row_id: int,
    *,
    passwords: Sequence[bytes] = (),
    copy: Path | None = None,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> RetryResult:
    """Reads a quarantined file again as a small import of its own, which keeps the receipt of the first one.

    Without `copy` the bytes that the store kept are read. With it that file or folder is imported, and settles the row when all
    of it can be read.

    Raises:
        NotFound: if it is quarantined no more
        Refused: if the store has no bytes of it, so that only another copy helps
        WorldError: as an import does
    """
    session.require(Right.IMPORT)
    with session.reading() as db:
        row = bundles.load_set_aside(db, row_id)
        bundle = None if row is None else bundles.load_bundle(db, row.bundle_id)
    if row is None or bundle is None:
        raise NotFound("This file is not set aside any more.")
    kept = () if copy is not None else _find_bytes(session, row)
    result = import_bundles(
        session,
        [] if copy is None else [copy],
        receipt=_continue_receipt(bundle.receipt, other_copy=copy is not None),
        passwords=passwords,
        on_progress=on_progress,
        cancel=cancel,
        kept=kept,
    )
    if not result.quarantined and (copy is not None or not kept):
        with session.store.batch() as batch:
            bundles.resolve_row(batch, row_id, now())
            batch.note("set aside resolved", row=row_id)
    with session.reading() as db:
        waits = bundles.load_set_aside(db, row_id) is not None
    why = result.quarantined[0].reason if waits and result.quarantined else None
    return RetryResult(resolved=not waits, why=why, result=result)


def _find_bytes(session: Session, row: SetAsideRow) -> tuple[StoredFile, ...]:
    """Returns the kept bytes of a document or zip. A media item is marked, so that the import measures it again.

    Raises:
        Refused: if there are none
    """
    if row.sha256 is None:
        raise Refused("Nothing of {path} could be read; import another copy.", path=row.path)
    with session.reading() as db:
        item = bundles.find_original_item(db, row.sha256)
    if item is None:
        with session.store.batch() as batch:
            if not media.forget_facts(batch, row.sha256):
                raise Refused("Nothing of {path} could be read; import another copy.", path=row.path)
        return ()
    reader = session.store.reader(item)
    return (StoredFile(row.path if "/" in row.path else f"set aside/{row.path}", reader.size, reader.stream),)


def _continue_receipt(receipt: Receipt, *, other_copy: bool) -> Receipt:
    """Returns the receipt of the first import, with a note that says how the file came now."""
    how = "another copy of a file that was set aside" if other_copy else "read again from the store"
    return replace(
        receipt,
        received_from=receipt.received_from or "not stated",
        medium=receipt.medium or "not stated",
        note=f"{receipt.note}; {how}" if receipt.note else how,
    )
