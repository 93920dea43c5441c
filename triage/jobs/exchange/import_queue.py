"""The queue of imports: several bundles in their order, each with a state of its own that outlives the program.

One import runs at a time. A paused one waits between two batches. After a kill or a restart it is listed as paused or
interrupted, and continues by importing the same paths again: what was acknowledged is not stored a second time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from triage.errors import Cancelled, NotFound, Refused, StoreBusy, WorldError
from triage.jobs.exchange.receive import import_paths
from triage.jobs.intake.imports import LOCK_WAIT, is_import_running, is_lock_held
from triage.jobs.policy import read_policy
from triage.jobs.session import Session, now
from triage.message import Message, from_json, to_json
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.model.views import ImportResult
from triage.store.database import Reader
from triage.store.lock import WriterLock
from triage.store.queries import bundles, import_orders, users
from triage.store.queries.import_orders import OrderRow

OrderState = Literal["waiting", "running", "paused", "interrupted", "stopped", "failed", "finished"]
LOCK = "import-queue.lock"
"""Is held from before an import is called running until its end is recorded. So no other program takes it for interrupted."""
_ANOTHER_RUNS = Message("Another import is running in this store; this one starts when it has ended.")
_STATES: tuple[OrderState, ...] = get_args(OrderState)
_LISTED_FINISHED = 10
_READY = frozenset({"waiting", "paused", "interrupted", "stopped", "failed"})
"""States in which an import may be started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts:
    """What a finished import brought."""

    new: int
    updated: int
    unchanged: int
    media: int
    set_aside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedImport:
    """An import in the queue. `passwords` counts those that were given; the passwords themselves are kept nowhere."""

    id: int
    state: OrderState
    user: str
    queued: str
    paths: tuple[str, ...]
    receipt: Receipt
    passwords: int
    bundle: int | None
    ended: str | None
    problem: Message | None
    result: ImportCounts | None


def queue_import(session: Session, paths: Sequence[Path], *, receipt: Receipt, passwords: int = 0) -> QueuedImport:
    """Adds an import at the end of the queue.

    Raises:
        Refused: without the right, without paths, or without a receipt that the policy requires
    """
    session.require(Right.IMPORT)
    if not paths:
        raise Refused("Name at least one file or folder to import.")
    if read_policy(session).receipt_required and not (receipt.received_from and receipt.medium):
        raise Refused("The policy of this store requires the source and the carrier of a bundle; state both.")
    names = json.dumps([str(path) for path in paths])
    with session.store.batch() as batch:
        order_id = import_orders.add_order(batch, session.user.id, now(), names, json.dumps(asdict(receipt)), passwords)
        batch.note("import queued", order=order_id)
        return _build(batch, _load(batch, order_id), running=False)


def list_import_queue(session: Session) -> tuple[QueuedImport, ...]:
    """Returns the imports that are not finished in their order, then the newest finished ones."""
    session.require(Right.READ_REPORT)
    running = is_lock_held(session.store.directory / LOCK)
    with session.reading() as db:
        return tuple(_build(db, row, running) for row in import_orders.list_orders(db, _LISTED_FINISHED))


def run_queued_import(
    session: Session,
    order_id: int,
    *,
    passwords: Sequence[bytes] = (),
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ImportResult:
    """Runs a queued import, or continues one that was paused, stopped, interrupted or failed.

    Raises:
        Refused: if it is running or finished, or if another import runs; then its state stays
        WorldError: as `import_paths` does; the queue then says why it failed
        Cancelled: if the token was set; a paused import stays paused
    """
    session.require(Right.IMPORT)
    with ExitStack() as held:
        try:
            held.enter_context(WriterLock(session.store.directory / LOCK).hold(LOCK_WAIT))
        except StoreBusy as busy:
            raise Refused(_ANOTHER_RUNS) from busy  # message-ok
        return _run(session, order_id, passwords, on_progress, cancel)


def _run(
    session: Session, order_id: int, passwords: Sequence[bytes], on_progress: OnProgress, cancel: CancelToken | None
) -> ImportResult:
    """Runs a queued import while no other one of the queue runs."""
    if is_import_running(session):
        raise Refused(_ANOTHER_RUNS)  # message-ok
    with session.store.batch() as batch:
        import_orders.mark_interrupted(batch)
        row = _build(batch, _load(batch, order_id), running=False)
        if row.state not in _READY:
            raise Refused("This import is finished; queue it again to repeat it.")
        import_orders.set_passwords(batch, order_id, max(len(passwords), row.passwords))
        import_orders.set_state(batch, order_id, "running")
    try:
        result = import_paths(
            session,
            [Path(path) for path in row.paths],
            receipt=row.receipt,
            passwords=passwords,
            on_progress=on_progress,
            cancel=cancel,
            order=order_id,
        )
    except Cancelled:
        _end(session, order_id, "paused" if cancel is not None and cancel.paused() else "stopped")
        raise
    except WorldError as error:
        _end(session, order_id, "failed", problem=to_json(error.message))
        raise
    counts = ImportCounts(
        new=result.reports.new,
        updated=result.reports.updated,
        unchanged=result.reports.unchanged,
        media=result.media.new + result.media.near_duplicate,
        set_aside=len(result.quarantined),
    )
    _end(session, order_id, "finished", result=json.dumps(asdict(counts)))
    return result


def _end(session: Session, order_id: int, state: str, *, problem: str | None = None, result: str | None = None) -> None:
    """Records how the import ended."""
    with session.store.batch() as batch:
        import_orders.end_order(batch, order_id, state, now(), problem, result)


def mark_import_paused(session: Session, order_id: int, *, paused: bool) -> None:
    """Keeps that a running import is paused, or continues, so that a restart shows it.

    Raises:
        Refused: if it is neither running nor paused
    """
    session.require(Right.IMPORT)
    with session.store.batch() as batch:
        row = _load(batch, order_id)
        if row.state not in ("running", "paused"):
            raise Refused("This import is not running.")
        import_orders.set_state(batch, order_id, "paused" if paused else "running")
        batch.note("import paused" if paused else "import resumed", order=order_id)


def move_queued_import(session: Session, order_id: int, step: int) -> None:
    """Moves an import one place towards the front (-1) or the end (1) of the queue. Does nothing at either end."""
    session.require(Right.IMPORT)
    with session.store.batch() as batch:
        rows = [row for row in import_orders.list_orders(batch, 0)]
        at = next((n for n, row in enumerate(rows) if row.id == order_id), None)
        if at is None:
            raise NotFound("This import is not in the queue any more.")
        if 0 <= at + step < len(rows):
            import_orders.swap_places(batch, rows[at], rows[at + step])


def remove_queued_import(session: Session, order_id: int) -> None:
    """Removes an import from the queue. What it had imported stays.

    Raises:
        Refused: while it runs
    """
    session.require(Right.IMPORT)
    running = is_lock_held(session.store.directory / LOCK)
    with session.store.batch() as batch:
        if _build(batch, _load(batch, order_id), running).state == "running":
            raise Refused("This import is running; stop it first.")
        import_orders.delete_order(batch, order_id)
        batch.note("import removed", order=order_id)


def _load(db: Reader, order_id: int) -> OrderRow:
    """Returns the row of a queued import.

    Raises:
        NotFound: if there is none
    """
    row = import_orders.load_order(db, order_id)
    if row is None:
        raise NotFound("This import is not in the queue any more.")
    return row


def _build(db: Reader, row: OrderRow, running: bool) -> QueuedImport:
    """Builds what is shown of a queued import. One that ran when the program was killed is interrupted."""
    bundle = None if row.bundle_id is None else bundles.load_bundle(db, row.bundle_id)
    user = users.load_user(db, row.user_id)
    state = next(state for state in _STATES if state == row.state)
    return QueuedImport(
        id=row.id,
        state="interrupted" if state == "running" and not running else state,
        user=user.name if user else "",
        queued=row.queued,
        paths=tuple(json.loads(row.paths if bundle is None else bundle.paths)),
        receipt=Receipt(**json.loads(row.receipt)) if bundle is None else bundle.receipt,
        passwords=row.passwords,
        bundle=row.bundle_id,
        ended=row.ended,
        problem=None if row.problem is None else from_json(row.problem),
        result=None if row.result is None else ImportCounts(**json.loads(row.result)),
    )
