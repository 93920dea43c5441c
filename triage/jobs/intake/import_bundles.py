"""Imports bundles: documents first, so that the queue shows them at once, then media, then judgement.

Every batch is stored completely or not at all, and every step is keyed by SHA-256. After a kill, importing the same bundle again
completes what the first run did not acknowledge and leaves no trace of the interruption.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import Refused
from triage.hashing.digests import digest_stream
from triage.hashing.video_search import FrameIndex
from triage.importers.archive import Bundle
from triage.importers.embedded_files import UNOPENED, WITHOUT_REPORT
from triage.importers.entry_origins import StoredFile
from triage.jobs.intake.common import ImportTally, Intake, forget_spooled
from triage.jobs.intake.containers import ContainerHashes
from triage.jobs.intake.documents import import_documents
from triage.jobs.intake.imports import LOCK, LOCK_WAIT
from triage.jobs.intake.locked_texts import read_locked_texts
from triage.jobs.intake.media import compare_new_media, import_media, measure_pending
from triage.jobs.intake.memory import explain_memory_error, keep_freed_memory
from triage.jobs.intake.news import count_news
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.stages import ImportStage, StageMeter, expect_work
from triage.jobs.intake.tombstones import Tombstones
from triage.jobs.judging.assess import assess
from triage.jobs.judging.cycle_search import rare_cycle_search
from triage.jobs.matching.holding import hold_frequent_hashes
from triage.jobs.policy import read_policy
from triage.jobs.reading.queue import order_reports
from triage.jobs.session import Session, now
from triage.jobs.sweeping.sweep import sweep_gravest
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.model.views import ImportResult
from triage.store.batch import Batch
from triage.store.files import require_free_space
from triage.store.lock import WriterLock
from triage.store.queries import bundles, closed_changes, import_orders, media, reports, uncompared


def import_bundles(
    session: Session,
    paths: Sequence[Path],
    *,
    receipt: Receipt,
    passwords: Sequence[bytes] = (),
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    order: int | None = None,
    kept: Sequence[StoredFile] = (),
) -> ImportResult:
    """Imports files, folders and zips in any mix.

    `order` is the import's id in the queue of imports. `kept` are quarantined files that are read again from the store. What
    can't be read is quarantined with its reason and bytes, and named in the result. What was acknowledged stays whatever
    happens.

    Raises:
        Refused: without the right, or without a receipt that the policy requires
        StoreError: if the disk refuses, or another import runs
        MemoryUsedUp: if the import needs too much memory
        Cancelled: if the token was set
    """
    session.require(Right.IMPORT)
    if read_policy(session).receipt_required and not (receipt.received_from and receipt.medium):
        raise Refused("The policy of this store requires the source and the carrier of a bundle; state both.")
    started = time.monotonic()
    tally = ImportTally()
    store = session.store
    lock = WriterLock(store.directory / LOCK)
    with (
        explain_memory_error(),
        keep_freed_memory(),
        lock.hold(LOCK_WAIT, Message("Another import or a destruction is running in this store; wait until it has ended.")),
    ):
        require_free_space(store.directory, limits.MIN_FREE, Message("The store's disk"))
        forget_spooled(session)
        with store.batch() as batch:
            bundle_id = bundles.add_bundle(
                batch, now(), session.user.id, receipt, json.dumps([str(p) for p in paths] + [each.path for each in kept])
            )
            if order is not None:
                import_orders.set_bundle(batch, order, bundle_id)
            batch.note("import started", bundle=bundle_id)
        with session.reading() as db:
            first = uncompared.find_next_item(db)
        workers = min(os.cpu_count() or 1, limits.MOST_WORKERS)
        with MediaPool(workers) as pool, Readers(workers) as readers:
            readers.prepare()
            meter = StageMeter(on_progress, expect_work(paths), cancel)
            intake = Intake(session, bundle_id, pool, readers, FrameIndex(), passwords, tally, meter, cancel, Tombstones(session))
            meter.begin(ImportStage.READING)
            with Bundle(paths, passwords=passwords, spool=intake.spool, sink=intake, kept=kept) as bundle:
                containers = ContainerHashes(paths)
                with rare_cycle_search():
                    attachments = import_documents(intake, bundle, containers)
                # This reads the medium: not while the first reports are awaited.
                containers.read_others({file for each in attachments.entries if (file := each.entry.file) is not None})
                meter.expect(ImportStage.MEDIA, len(attachments.entries))
                meter.begin(ImportStage.SCORING)
                assess(session, meter, cancel)
                meter.begin(ImportStage.MEDIA)
                import_media(intake, attachments, containers)
                read_locked_texts(intake)
                opened = _find_unlocked(session, bundle)
            with session.reading() as db:
                meter.expect(ImportStage.LARGE, len(media.list_unmeasured(db)))
            meter.begin(ImportStage.LARGE)
            measure_pending(intake)
        meter.begin(ImportStage.FINISHING)
        compare_new_media(intake, first)
        forget_spooled(session)
        with store.batch() as batch:
            _store_containers(session, batch, bundle_id, containers, cancel)
            held = hold_frequent_hashes(batch)
        assess(session, meter, cancel)
        with session.reading() as db:
            interrupted = bundles.find_completed_imports(db, bundle_id)
        sweep_gravest(session, 0 if interrupted else first, cancel)  # what a killed import brought waits for nobody else
        with store.batch() as batch:
            for earlier in bundles.find_completed_imports(batch, bundle_id):
                bundles.mark_bundle_completed(batch, earlier, bundle_id)
                batch.note("import completed", bundle=earlier, by=bundle_id)
            bundles.mark_bundle_finished(batch, bundle_id, now())
            closed_changes.forget_all(batch)
            resolved = bundles.resolve_documents(batch, now()) + sum(bundles.resolve(batch, each, now()) for each in opened)
            resolved += sum(bundles.resolve_files_of_reports(batch, reason, now()) for reason in (UNOPENED, WITHOUT_REPORT))
            batch.note(
                "import finished",
                bundle=bundle_id,
                set_aside_resolved=resolved,
                reports_new=len(tally.new),
                reports_updated=len(tally.updated),
                media_new=tally.media_new + tally.media_near,
                set_aside=len(tally.quarantined),
            )
    with session.reading() as db:
        news = count_news(db, tally)
    return ImportResult(
        reports=tally.report_counts(),
        media=tally.media_counts(),
        quarantined=tuple(tally.quarantined),
        skipped=tuple(tally.skipped),
        documents=tuple(tally.documents),
        seconds=round(time.monotonic() - started, 3),
        report_ids=_gravest_first(session, tally.new | tally.updated),
        held=held,
        versions_waiting=news.versions_waiting,
        rose_after_closing=news.rose_after_closing,
        new_by_band=news.new_by_band,
    )


def _store_containers(
    session: Session, batch: Batch, bundle_id: int, containers: ContainerHashes, cancel: CancelToken | None
) -> None:
    """Stores what was handed over, with the hashes as received."""
    for found in containers.result(cancel):
        bundles.add_container(batch, bundle_id, found)
        batch.note("container received", bundle=bundle_id, bytes=session.store.keyed(found.sha256), size=found.size)


def _find_unlocked(session: Session, bundle: Bundle) -> list[str]:
    """Returns the SHA-256 of locked zips that were quarantined before and could be opened now."""
    with session.reading() as db:
        sizes = bundles.unresolved_sizes(db)
    found = []
    for size, bytes_of in bundle.unlocked:
        if size in sizes:
            with bytes_of() as stream:
                found.append(digest_stream(stream).sha256)
    return found


def _gravest_first(session: Session, ids: set[int]) -> tuple[str, ...]:
    """Returns the numbers of these reports in queue order."""
    order = order_reports(session, ids)
    with session.reading() as db:
        return tuple(reports.load_number(db, i) for i in order)
