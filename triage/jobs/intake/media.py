"""Second half of an import: media and other attachments. Both cores: digests and decoding run beside the sealing.

Bytes known by SHA-256 are linked, not stored or decoded again. Raw bytes are never written in the clear.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from triage import limits
from triage.errors import InputError
from triage.hashing.digests import digest_bytes, digest_stream
from triage.hashing.match_index import can_be_possible, can_match
from triage.importers.bundle_entry import Entry
from triage.importers.levels import Level, find_report_of_file, is_listed
from triage.jobs.codec import facts_to_bytes, lean
from triage.jobs.intake.attachments import Attachment, Attachments
from triage.jobs.intake.common import Intake
from triage.jobs.intake.containers import ContainerHashes
from triage.jobs.intake.tombstones import BYTES_GONE
from triage.jobs.matching.films import keep_film, tie_to_films
from triage.jobs.matching.list_hashes import meet_lists
from triage.jobs.matching.pictures import look, look_at_new, tie
from triage.model.media import Digests, MediaFacts, Perceptual
from triage.model.views import SetAside
from triage.store.batch import Batch
from triage.store.queries import bundles, judgement, media

KEPT_AS_DOCUMENTS = {".txt": "text/plain", ".csv": "text/csv", ".eml": "message/rfc822"}
"""Kept beside their report and never decoded."""


_GROUP_FILES, _GROUP_BYTES = 32, 4 * limits.MIB
"""A worker gets so many small files at once: hashing them together takes half the time."""
_LOOK_AHEAD = 16
"""Groups at most."""
_TURN_SECONDS = 0.0005
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


def take_media(intake: Intake, attachments: Attachments, containers: ContainerHashes) -> None:
    total, note = len(attachments.entries), _note(attachments)
    batch: list[Looked] = []
    size = measured = 0
    for done, looked in enumerate(_look_at_all(intake, attachments), 1):
        if looked is not None:
            if looked.entry.file is not None:
                containers.tell(looked.entry.file, looked.digests.sha256, looked.digests.size)
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
    """In order, and far enough ahead that the cores are busy while a batch is sealed and committed; never more bytes in flight
    than a batch holds. Small documents are not worth a thread."""
    waiting: deque[tuple[Future[list[Looked | None]], int]] = deque()
    held = 0
    with _short_turns(), ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        try:
            for group in _groups(attachments.entries):
                size = sum(attachment.entry.size for attachment in group)
                here = _is_small_document(group[0])
                while waiting and (here or len(waiting) >= _LOOK_AHEAD or held + size > limits.BATCH_BYTES):
                    future, done = waiting.popleft()
                    held -= done
                    yield from future.result()
                if here:
                    yield from _look(intake, group, attachments.levels)
                    continue
                waiting.append((threads.submit(_look, intake, group, attachments.levels), size))
                held += size
            while waiting:
                yield from waiting.popleft()[0].result()
        finally:
            for future, _ in waiting:
                future.cancel()


def _groups(entries: Sequence[Attachment]) -> Iterator[list[Attachment]]:
    """In order: small documents, media that a worker measures together, or one that is not small."""
    group: list[Attachment] = []
    size = 0
    for attachment in entries:
        size += attachment.entry.size
        if group and (
            size > _GROUP_BYTES or len(group) == _GROUP_FILES or _is_small_document(attachment) != _is_small_document(group[0])
        ):
            yield group
            group, size = [], attachment.entry.size
        group.append(attachment)
    if group:
        yield group


def _is_small_document(attachment: Attachment) -> bool:
    return attachment.kind == "document" and attachment.entry.size <= limits.SMALL_ENTRY


@contextmanager
def _short_turns() -> Iterator[None]:
    """A thread that has a worker's answer waits for its turn while another computes: 5 ms, usually, and with it the worker."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _look(intake: Intake, group: Sequence[Attachment], levels: dict[str, Level]) -> list[Looked | None]:
    """Of each attachment in order; None for what was set aside."""
    looked = [_first_look(intake, attachment, levels) for attachment in group]
    media_of = [one for one, attachment in zip(looked, group, strict=True) if one is not None and attachment.kind != "document"]
    known = media.ids_of(intake.session.store.read(), [one.digests.sha256 for one in media_of])
    unknown = [one for one in media_of if one.digests.sha256 not in known and not one.destroyed and one.data is not None]
    facts = intake.pool.measure_all([one.data for one in unknown if one.data is not None])
    measured = {id(one): replace(one, facts=found) for one, found in zip(unknown, facts, strict=True)}
    for one in media_of:
        if one.digests.sha256 in known:
            measured[id(one)] = Looked(one.entry, one.digests, True, None, None)
    return [one and measured.get(id(one), one) for one in looked]


def _first_look(intake: Intake, attachment: Attachment, levels: dict[str, Level]) -> Looked | None:
    """Reads and digests it; a document needs no more."""
    entry = attachment.entry
    try:
        with entry.open() as stream:
            if entry.size > limits.MAX_WHOLE:
                digests, data = digest_stream(stream), None
            else:
                data = stream.read(entry.size + 1)
                if len(data) > entry.size:  # it grew, or the archive lied
                    data += stream.read(limits.MAX_WHOLE - entry.size)
                digests = digest_bytes(data)
    except InputError as damage:
        intake.quarantined(entry.path, str(damage), entry.raw)
        return None
    if attachment.refused is not None and not is_listed(entry.level, entry.name, levels):
        intake.quarantined(entry.path, attachment.refused, entry.open)
        return None
    facts = None
    if attachment.kind == "document":
        suffix = entry.name[entry.name.rfind(".") :].lower()
        facts = MediaFacts(mime=KEPT_AS_DOCUMENTS.get(suffix, "application/octet-stream"))
    return Looked(entry, digests, False, data, facts, digests.sha256 in intake.destroyed)


def _commit(intake: Intake, attachments: Attachments, looked_at: list[Looked]) -> None:
    added: dict[int, list[str]] = {}
    received: list[tuple[str, str]] = []
    fresh: dict[int, Looked] = {}
    intake.room(sum(looked.digests.size for looked in looked_at if not looked.known))
    with intake.session.store.batch() as batch:
        known = media.ids_of(batch, list({looked.digests.sha256 for looked in looked_at}))
        for looked in looked_at:
            entry, sha256 = looked.entry, looked.digests.sha256
            report_id = find_report_of_file(entry.level, entry.name, looked.digests, attachments.levels)
            if looked.destroyed and report_id is None and sha256 not in known:
                intake.skipped(entry.path, BYTES_GONE)
                continue
            if sha256 in known:
                intake.tally.media_duplicate += 1
            else:
                known[sha256] = _seal(batch, looked)
                fresh[known[sha256]] = looked
            received.append((entry.path, sha256))
            new = media.add_occurrence(batch, report_id, intake.bundle_id, known[sha256], entry.name, entry.path, entry.level)
            if new and report_id is not None:
                added.setdefault(report_id, []).append(intake.session.store.keyed(sha256))
        bundles.add_entries(batch, intake.bundle_id, "media", received)
        _keep_facts(intake, batch, fresh)
        judgement.mark_stale(batch, added)
        for report_id, keyed in added.items():
            batch.note("media added", report=report_id, bundle=intake.bundle_id, media=keyed)


def _seal(batch: Batch, looked: Looked) -> int:
    """A medium that the store does not hold yet; its id."""
    digests, facts = looked.digests, looked.facts
    item = batch.seal(looked.data, sha256=digests.sha256) if looked.data is not None else batch.seal(_stream(looked.entry))
    return media.add(
        batch,
        sha256=digests.sha256,
        md5=digests.md5,
        sha1=digests.sha1,
        size=digests.size,
        item=item,
        facts=facts_to_bytes(lean(facts)) if facts is not None and facts.perceptual is None else None,
    )


def _stream(entry: Entry) -> Iterator[bytes]:
    with entry.open() as stream:
        while chunk := stream.read(limits.CHUNK):
            yield chunk


def _keep_facts(intake: Intake, batch: Batch, fresh: Mapping[int, Looked]) -> None:
    """Of new media, by id in order: what was measured, and which like pictures are in the store already."""
    measured = {medium_id: looked.facts for medium_id, looked in fresh.items() if looked.facts is not None}
    pictures = _put(batch, {medium_id: facts for medium_id, facts in measured.items() if facts.perceptual is not None})
    intake.pictures.learn(pictures)
    near = 0
    telling = [(medium_id, hashes) for medium_id, hashes in pictures if can_match(hashes)]
    for medium_id, hashes, found in look_at_new(intake.pictures, batch, telling):
        tie(batch, intake.pictures, medium_id, hashes, found)
        tie_to_films(batch, intake.pictures.frames, medium_id, hashes)
        near += bool(found)
    meet_lists(batch, pictures)
    near += sum(_keep_film(intake, batch, medium_id, facts) for medium_id, facts in measured.items())
    for medium_id, facts in measured.items():
        _say_problem(intake, batch, fresh[medium_id].entry.path, fresh[medium_id].digests.sha256, facts)
    intake.tally.media_near += near
    intake.tally.media_new += len(fresh) - near


def _put(batch: Batch, measured: Mapping[int, MediaFacts]) -> list[tuple[int, Perceptual]]:
    """Stores what was measured; returns the pictures that may match, or possibly."""
    pictures: list[tuple[int, Perceptual]] = []
    rows: list[tuple[int, bytes, bytes | None, int | None]] = []
    for medium_id, facts in measured.items():
        hashes = facts.perceptual
        if hashes is None:
            rows.append((medium_id, facts_to_bytes(lean(facts)), None, None))
            continue
        rows.append((medium_id, facts_to_bytes(lean(facts)), hashes.pdq, hashes.quality))
        if can_be_possible(hashes):
            pictures.append((medium_id, hashes))
    media.set_facts(batch, rows)
    media.set_windows(batch, [(medium_id, hashes.windows) for medium_id, hashes in pictures])
    return pictures


def _keep_film(intake: Intake, batch: Batch, medium_id: int, facts: MediaFacts) -> bool:
    """Of a film its frames; True when the same film is in the store already."""
    return facts.film is not None and keep_film(batch, intake.pictures.frames, intake.pictures.all, medium_id, facts.film.frames)


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
            path = media.path_of(db, medium_id)
        if row is None:
            continue
        facts = intake.pool.measure(intake.session.store.reader(row.item))
        with intake.session.store.batch() as batch:
            for _, hashes in _put(batch, {medium_id: facts}):
                tie(batch, intake.pictures, medium_id, hashes, look(intake.pictures, batch, hashes))
                intake.pictures.learn([(medium_id, hashes)])
                tie_to_films(batch, intake.pictures.frames, medium_id, hashes)
                meet_lists(batch, [(medium_id, hashes)])
            _keep_film(intake, batch, medium_id, facts)
            _say_problem(intake, batch, path, row.sha256, facts)
            judgement.mark_stale(batch, media.reports_holding(batch, [medium_id]).get(medium_id, []))
