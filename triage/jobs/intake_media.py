"""Second half of an import: media and other attachments. Both cores: digests and decoding run beside the sealing.

Bytes known by SHA-256 are linked, not stored or decoded again. Raw bytes are never written in the clear.
"""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from triage import limits
from triage.errors import InputError
from triage.hashing.digests import digest
from triage.hashing.likeness import may_match
from triage.importers.archive import Entry
from triage.importers.levels import Level, lists, place
from triage.jobs.alike import look, tie
from triage.jobs.codec import facts_to_bytes
from triage.jobs.intake import Intake
from triage.jobs.intake_documents import Attachment, Attachments
from triage.jobs.list_pictures import meet_lists
from triage.jobs.tombstones import BYTES_GONE
from triage.model.media import Digests, MediaFacts, Perceptual
from triage.model.views import SetAside
from triage.store.batch import Batch
from triage.store.queries import bundles, judgement, media

KEPT_AS_DOCUMENTS = {".txt": "text/plain", ".csv": "text/csv", ".eml": "message/rfc822"}
"""Kept beside their report and never decoded."""


SLOW_RATE = 1_200_000
"""Bytes of ZipCrypto that Python unlocks in a second."""
SLOW_BYTES = 10 * SLOW_RATE


@dataclass(frozen=True, slots=True)
class Looked:
    """An attachment after its first look. `data` is None when it is known already or too large to hold; `facts` when the
    medium is known, or is measured later from the vault."""

    entry: Entry
    digests: Digests
    known: bool
    data: bytes | None
    facts: MediaFacts | None
    destroyed: bool = False
    """These bytes were destroyed by order: they come in again only as a part of another report."""


def take_media(intake: Intake, attachments: Attachments) -> None:
    total, note = len(attachments.entries), _note(attachments)
    batch: list[Looked] = []
    size = measured = 0
    for done, looked in enumerate(_look_at_all(intake, attachments), 1):
        if looked is not None:
            batch.append(looked)
            size += looked.digests.size
            measured += looked.facts is not None and looked.facts.perceptual is not None
        if measured >= limits.BATCH_ITEMS or len(batch) >= limits.BATCH_DOCUMENTS or size >= limits.BATCH_BYTES:
            _commit(intake, attachments, batch)
            batch, size, measured = [], 0, 0
        intake.tell(done, total, "files", note)
    if batch:
        _commit(intake, attachments, batch)
    intake.keep_aside()


def _note(attachments: Attachments) -> str:
    slow = sum(each.entry.size for each in attachments.entries if each.entry.unlocks_slowly)
    if slow < SLOW_BYTES:
        return "media"
    return f"media, {slow // limits.MIB} MB of it locked the old way: about {-(-slow // (60 * SLOW_RATE))} min for these"


def _look_at_all(intake: Intake, attachments: Attachments) -> Iterator[Looked | None]:
    """In order, a few at a time: as many as there are cores, and never more bytes in flight than a batch holds. Small documents
    are not worth a thread."""
    ahead = (os.cpu_count() or 1) * 2
    waiting: deque[Future[Looked | None]] = deque()
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        try:
            for attachment in attachments.entries:
                if attachment.kind == "document" and attachment.entry.size <= limits.SMALL_ENTRY:
                    while waiting:
                        yield waiting.popleft().result()
                    yield _look(intake, attachment, attachments.levels)
                    continue
                waiting.append(threads.submit(_look, intake, attachment, attachments.levels))
                if len(waiting) >= ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _look(intake: Intake, attachment: Attachment, levels: dict[str, list[Level]]) -> Looked | None:
    entry = attachment.entry
    try:
        if entry.size > limits.MAX_WHOLE:
            with entry.open() as stream:
                digests, data = digest(stream), None
        else:
            with entry.open() as stream:
                data = stream.read(limits.MAX_WHOLE + 1)
            digests = digest(io.BytesIO(data))
    except InputError as damage:
        intake.quarantined(entry.path, str(damage), entry.raw)
        return None
    if attachment.refused is not None and not lists(entry.level, entry.name, levels):
        intake.quarantined(entry.path, attachment.refused, entry.open)
        return None
    destroyed = digests.sha256 in intake.destroyed
    if attachment.kind == "document":
        suffix = entry.name[entry.name.rfind(".") :].lower()
        facts = MediaFacts(mime=KEPT_AS_DOCUMENTS.get(suffix, "application/octet-stream"))
        return Looked(entry, digests, False, data, facts, destroyed)
    with intake.session.reading() as db:
        known = bool(media.ids_of(db, [digests.sha256]))
    if known:
        return Looked(entry, digests, True, None, None)
    if destroyed:
        return Looked(entry, digests, False, data, None, destroyed=True)
    return Looked(entry, digests, False, data, None if data is None else intake.pool.measure(data))


def _commit(intake: Intake, attachments: Attachments, looked_at: list[Looked]) -> None:
    added: dict[int, list[str]] = {}
    received: list[tuple[str, str]] = []
    intake.room(sum(looked.digests.size for looked in looked_at if not looked.known))
    with intake.session.store.batch() as batch:
        known = media.ids_of(batch, list({looked.digests.sha256 for looked in looked_at}))
        for looked in looked_at:
            entry, sha256 = looked.entry, looked.digests.sha256
            report_id = place(entry.level, entry.name, looked.digests, attachments.levels)
            if looked.destroyed and report_id is None and sha256 not in known:
                intake.skipped(entry.path, BYTES_GONE)
                continue
            if sha256 in known:
                intake.tally.media_duplicate += 1
            else:
                known[sha256] = _take_medium(intake, batch, looked)
            received.append((entry.path, sha256))
            new = media.add_occurrence(batch, report_id, intake.bundle_id, known[sha256], entry.name, entry.path, entry.level)
            if new and report_id is not None:
                added.setdefault(report_id, []).append(intake.session.store.keyed(sha256))
        bundles.add_entries(batch, intake.bundle_id, "media", received)
        judgement.mark_stale(batch, added)
        for report_id, keyed in added.items():
            batch.note("media added", report=report_id, bundle=intake.bundle_id, media=keyed)


def _take_medium(intake: Intake, batch: Batch, looked: Looked) -> int:
    """A medium that the store does not hold yet."""
    digests, facts = looked.digests, looked.facts
    item = batch.seal(looked.data, sha256=digests.sha256) if looked.data is not None else batch.seal(_stream(looked.entry))
    medium_id = media.add(
        batch,
        sha256=digests.sha256,
        md5=digests.md5,
        sha1=digests.sha1,
        size=digests.size,
        item=item,
        facts=facts_to_bytes(facts) if facts is not None and facts.perceptual is None else None,
    )
    near = facts is not None and facts.perceptual is not None and _keep_hashes(intake, batch, medium_id, facts, facts.perceptual)
    if facts is not None:
        _say_problem(intake, batch, looked.entry.path, digests.sha256, facts)
    intake.tally.media_near += near
    intake.tally.media_new += not near
    return medium_id


def _stream(entry: Entry) -> Iterator[bytes]:
    with entry.open() as stream:
        while chunk := stream.read(limits.CHUNK):
            yield chunk


def _keep_hashes(intake: Intake, batch: Batch, medium_id: int, facts: MediaFacts, hashes: Perceptual) -> bool:
    """Store what was measured of a picture; True when a like picture is in the store already."""
    lean = replace(facts, perceptual=replace(hashes, windows=b""))
    media.set_facts(batch, medium_id, facts_to_bytes(lean), hashes.pdq, hashes.quality)
    if not may_match(hashes):
        return False
    media.set_windows(batch, medium_id, hashes.windows)
    near = look(intake.pictures, batch, hashes)
    tie(batch, intake.pictures, medium_id, hashes, near)
    intake.pictures.learn(medium_id, hashes)
    meet_lists(batch, medium_id, hashes)
    return bool(near)


def _say_problem(intake: Intake, batch: Batch, path: str, sha256: str, facts: MediaFacts) -> None:
    if facts.problem is not None:
        intake.tally.quarantined.append(SetAside(path=path, reason=facts.problem))
        bundles.set_aside(batch, intake.bundle_id, path, facts.problem, sha256)


def measure_pending(intake: Intake) -> None:
    """Media that were sealed and not measured: too large to hold, or left so by a kill. Read back from the vault by range."""
    with intake.session.reading() as db:
        waiting = media.pending(db)
    for done, medium_id in enumerate(waiting):
        intake.tell(done, len(waiting), "files", "measuring large media")
        with intake.session.reading() as db:
            row = media.by_id(db, medium_id)
            path = next((p for _, p in bundles.entries_of(db, row.sha256)), "") if row else ""
        if row is None:
            continue
        facts = intake.pool.measure(intake.session.store.reader(row.item))
        with intake.session.store.batch() as batch:
            if facts.perceptual is not None:
                _keep_hashes(intake, batch, medium_id, facts, facts.perceptual)
            else:
                media.set_facts(batch, medium_id, facts_to_bytes(facts), None, None)
            _say_problem(intake, batch, path, row.sha256, facts)
            judgement.mark_stale(batch, media.reports_holding(batch, [medium_id]).get(medium_id, []))
