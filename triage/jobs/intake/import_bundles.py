"""Take bundles in: documents first, so that the queue shows them at once, then media, then judgement.

Every batch is whole or absent, and every step is keyed by SHA-256: after a kill, importing the same bundle again completes
what the first run did not acknowledge and leaves no trace of the interruption.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from triage import limits
from triage.decode.client import Pool
from triage.errors import Refused
from triage.hashing.digests import digest_stream
from triage.importers.archive import Bundle
from triage.jobs.intake.common import Intake, Tally, forget_spooled
from triage.jobs.intake.containers import ContainerHashes
from triage.jobs.intake.documents import take_documents
from triage.jobs.intake.imports import LOCK
from triage.jobs.intake.media import measure_pending, take_media
from triage.jobs.intake.memory import memory_used_up
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.tombstones import Tombstones
from triage.jobs.judging.assess import assess
from triage.jobs.matching.holding import hold_crowded
from triage.jobs.matching.pictures import stored_pictures
from triage.jobs.policy import read_policy
from triage.jobs.reading.queue import queue_ids
from triage.jobs.session import Session, now
from triage.jobs.sweeping.sweep import sweep_gravest
from triage.message import Message
from triage.model.custody import Receipt
from triage.model.people import Right
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.views import ImportResult, QueueFilter
from triage.store.batch import Batch
from triage.store.files import require_room
from triage.store.lock import WriterLock
from triage.store.queries import bundles, reports


def import_bundles(
    session: Session,
    paths: Sequence[Path],
    *,
    receipt: Receipt,
    passwords: Sequence[bytes] = (),
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> ImportResult:
    """Import files, folders and zips in any mix. Raises StoreError, MemoryUsedUp, or Cancelled when the token was set (what was
    acknowledged stays). Whatever can't be read is set aside with its reason and bytes and named in the result."""
    session.require(Right.IMPORT)
    if read_policy(session).receipt_required and not (receipt.received_from and receipt.medium):
        raise Refused("The policy of this store requires the source and the carrier of a bundle; state both.")
    started = time.monotonic()
    tally = Tally()
    store = session.store
    lock = WriterLock(store.directory / LOCK)
    with memory_used_up(), lock.hold(0, Message("Another import is running in this store; wait until it has ended.")):
        require_room(store.directory, limits.MIN_FREE, Message("The store's disk"))
        forget_spooled(session)
        with store.batch() as batch:
            bundle_id = bundles.start(batch, now(), session.user.id, receipt, json.dumps([str(p) for p in paths]))
            batch.note("import started", bundle=bundle_id)
        with session.reading() as db:
            pictures = stored_pictures(db)
        workers = min(os.cpu_count() or 1, limits.MOST_WORKERS)
        with Pool(workers) as pool, Readers(workers) as readers:
            readers.prepare()
            intake = Intake(
                session, bundle_id, pool, readers, pictures, passwords, tally, on_progress, cancel, Tombstones(session)
            )
            with Bundle(paths, passwords=passwords, spool=intake.spool, sink=intake) as bundle:
                containers = ContainerHashes(paths)
                attachments = take_documents(intake, bundle, containers)
                # This reads the medium: not while the first reports are awaited.
                containers.read_others({file for each in attachments.entries if (file := each.entry.file) is not None})
                assess(session, on_progress, cancel)
                take_media(intake, attachments, containers)
                opened = _now_open(session, bundle)
            measure_pending(intake)
        forget_spooled(session)
        with store.batch() as batch:
            _keep_containers(session, batch, bundle_id, containers, cancel)
            held = hold_crowded(batch)
            for interrupted in bundles.completes(batch, bundle_id):
                bundles.set_completed(batch, interrupted, bundle_id)
                batch.note("import completed", bundle=interrupted, by=bundle_id)
            bundles.finish(batch, bundle_id, now())
            resolved = bundles.resolve_documents(batch, now()) + sum(bundles.resolve(batch, each, now()) for each in opened)
            batch.note(
                "import finished",
                bundle=bundle_id,
                set_aside_resolved=resolved,
                reports_new=len(tally.new),
                reports_updated=len(tally.updated),
                media_new=tally.media_new + tally.media_near,
                set_aside=len(tally.quarantined),
            )
        assess(session, on_progress, cancel)
        sweep_gravest(session, pictures, cancel)
    return ImportResult(
        reports=tally.report_counts(),
        media=tally.media_counts(),
        quarantined=tuple(tally.quarantined),
        skipped=tuple(tally.skipped),
        seconds=round(time.monotonic() - started, 3),
        report_ids=_gravest_first(session, tally.new | tally.updated),
        held=held,
    )


def _keep_containers(
    session: Session, batch: Batch, bundle_id: int, containers: ContainerHashes, cancel: CancelToken | None
) -> None:
    """What was handed over, hashed as received."""
    for found in containers.result(cancel):
        bundles.add_container(batch, bundle_id, found)
        batch.note("container received", bundle=bundle_id, bytes=session.store.keyed(found.sha256), size=found.size)


def _now_open(session: Session, bundle: Bundle) -> list[str]:
    """SHA-256 of the locked zips that were set aside at another time and could be opened now."""
    with session.reading() as db:
        sizes = bundles.unresolved_sizes(db)
    found = []
    for size, bytes_of in bundle.unlocked:
        if size in sizes:
            with bytes_of() as stream:
                found.append(digest_stream(stream).sha256)
    return found


def _gravest_first(session: Session, ids: set[int]) -> tuple[str, ...]:
    order = [i for i in queue_ids(session, QueueFilter()) if i in ids]
    with session.reading() as db:
        return tuple(reports.number(db, i) for i in order)
