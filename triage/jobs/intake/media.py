"""The second half of an import: media and other attachments. Digests and decoding run beside the sealing.

Bytes known by SHA-256 are linked, not stored or decoded again. Raw bytes are never written in the clear.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from triage import limits
from triage.hashing.match_quality import can_be_possible, can_match
from triage.importers.embedded_files import NOT_READ, UNOPENED, WITHOUT_REPORT, can_hold_files
from triage.importers.levels import Level, find_report_of_file, is_listed
from triage.jobs.codec import facts_to_bytes, messages_to_bytes, strip_facts
from triage.jobs.intake.attachments import Attachment, Attachments
from triage.jobs.intake.common import HashedStream, Intake
from triage.jobs.intake.containers import ContainerHashes
from triage.jobs.intake.digesting import ReadAttachment, read_and_digest
from triage.jobs.intake.file_texts import LOCKED, FileTextReader, describe_too_large, is_text_file
from triage.jobs.intake.tombstones import BYTES_GONE
from triage.jobs.matching.films import store_video
from triage.jobs.matching.list_hashes import compare_images
from triage.jobs.matching.newcomers import compare_new_images, compare_new_videos
from triage.jobs.matching.sweep_state import COMPARED, UNCOMPARED
from triage.message import Message
from triage.model.file_text import FileText
from triage.model.import_counts import SetAside
from triage.model.media import MediaFacts, Perceptual
from triage.model.progress import Progress
from triage.store.batch import Batch
from triage.store.queries import bundles, judgement, media, uncompared

_GROUP_FILES, _GROUP_BYTES = 32, 4 * limits.MIB
"""A worker gets so many small files at once: hashing them together takes half the time."""
_LOOK_AHEAD = 16
"""Groups at most."""
_TURN_SECONDS = 0.0005
OTHER_BYTES = Message("The file gave other bytes when it was read again to be stored. Import it again, or get another copy.")
"""The reason for a large file that was changed, or could not be read to its end, while it was imported."""
SLOW_RATE = 1_200_000
"""Bytes of ZipCrypto that Python unlocks in a second."""
SLOW_BYTES = 10 * SLOW_RATE


def import_media(intake: Intake, attachments: Attachments, containers: ContainerHashes) -> None:
    """Imports the attachments."""
    total, note = len(attachments.entries), _describe_step(attachments)
    batch: list[ReadAttachment] = []
    size = measured = 0
    for done, looked in enumerate(_read_all(intake, attachments), 1):
        if looked is not None:
            if looked.entry.file is not None:
                containers.add(looked.entry.file, looked.digests.sha256, looked.digests.size)
            batch.append(looked)
            size += looked.digests.size
            measured += looked.facts is not None and looked.facts.perceptual is not None
        if measured >= limits.BATCH_ITEMS or len(batch) >= limits.BATCH_DOCUMENTS or size >= limits.BATCH_BYTES:
            _store_batch(intake, attachments, batch)
            batch, size, measured = [], 0, 0
        intake.report_progress(done, total, "files", note)
    if batch:
        _store_batch(intake, attachments, batch)
    intake.flush_quarantine()


def _describe_step(attachments: Attachments) -> Message:
    """Returns the words for the progress; they say when slow encryption will take minutes."""
    slow = sum(each.entry.size for each in attachments.entries if each.entry.unlocks_slowly)
    if slow < SLOW_BYTES:
        return Message("media")
    minutes = -(-slow // (60 * SLOW_RATE))
    return Message("media, {size} MB of it locked the old way: about {n} min for these", size=slow // limits.MIB, n=minutes)


def _read_all(intake: Intake, attachments: Attachments) -> Iterator[ReadAttachment | None]:
    """Yields the attachments in order, None for those that were quarantined.

    Reading is far enough ahead that all cores are busy while a batch is stored. Never more bytes are held than a batch has.
    """
    texts = FileTextReader(intake.pool, intake.readers, intake.passwords)
    waiting: deque[tuple[Future[list[ReadAttachment | None]], int]] = deque()
    held = 0
    with _short_turns(), ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        try:
            for group in _split_into_groups(attachments.entries):
                size = sum(attachment.entry.size for attachment in group)
                while waiting and (len(waiting) >= _LOOK_AHEAD or held + size > limits.BATCH_BYTES):
                    future, done = waiting.popleft()
                    held -= done
                    yield from future.result()
                waiting.append((threads.submit(_measure_group, intake, texts, group, attachments.levels), size))
                held += size
            while waiting:
                yield from waiting.popleft()[0].result()
        finally:
            for future, _ in waiting:
                future.cancel()


def _split_into_groups(entries: Sequence[Attachment]) -> Iterator[list[Attachment]]:
    """Yields, in order, small attachments that a worker reads together, or one large attachment."""
    group: list[Attachment] = []
    size = 0
    for attachment in entries:
        size += attachment.entry.size
        if group and (size > _GROUP_BYTES or len(group) == _GROUP_FILES):
            yield group
            group, size = [], attachment.entry.size
        group.append(attachment)
    if group:
        yield group


@contextmanager
def _short_turns() -> Iterator[None]:
    """Shortens the time for which a thread computes before another gets its turn.

    A thread that has a worker's answer would else wait 5 ms, and the worker with it.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _measure_group(
    intake: Intake, texts: FileTextReader, group: Sequence[Attachment], levels: dict[str, Level]
) -> list[ReadAttachment | None]:
    """Reads and measures a group; returns the attachments in order, None for those that were quarantined."""
    looked = read_and_digest(intake, group)
    digests = [one.digests.sha256 for one in looked if one is not None]
    known = media.load_media_ids(intake.session.store.read(), digests)
    measured = _measure_media(intake, known, group, looked)
    read = _read_texts(texts, known, group, measured)
    for n, (attachment, one) in enumerate(zip(group, measured, strict=True)):
        if one is None:
            continue
        text = read.get(one.digests.sha256)
        reason = _find_refusal(attachment, one, text, one.digests.sha256 in known, levels)
        if reason is not None:
            if not attachment.locked:
                intake.quarantined(attachment.entry.path, reason, attachment.entry.open)
            measured[n] = None
        elif one.digests.sha256 in known:
            measured[n] = ReadAttachment(one.entry, one.digests, True, None, None)
        elif text is not None and one.facts is not None:
            problem = one.facts.problem if text.problem is not None else None
            measured[n] = replace(one, facts=replace(one.facts, file_text=text, problem=problem))
    return measured


def _measure_media(
    intake: Intake, known: Mapping[str, int], group: Sequence[Attachment], looked: Sequence[ReadAttachment | None]
) -> list[ReadAttachment | None]:
    """Returns the attachments, with the facts of media that are not known yet."""
    unknown = [
        (n, one.data)
        for n, (one, attachment) in enumerate(zip(looked, group, strict=True))
        if one is not None and one.data is not None and attachment.kind != "document" and not one.destroyed
        if one.digests.sha256 not in known
    ]
    facts = dict(zip((n for n, _ in unknown), intake.pool.measure_all([data for _, data in unknown]), strict=True))
    return [replace(one, facts=facts[n]) if one is not None and n in facts else one for n, one in enumerate(looked)]


def _read_texts(
    texts: FileTextReader,
    known: Mapping[str, int],
    group: Sequence[Attachment],
    measured: Sequence[ReadAttachment | None],
) -> dict[str, FileText]:
    """Returns the texts of the files in the group by SHA-256, of those that may hold text by their content.

    Files that a decoder understood are no text. What is known is not read again, unless the text decides whether it is kept.
    """
    wanted: dict[str, bytes] = {}
    large: dict[str, FileText] = {}
    for attachment, one in zip(group, measured, strict=True):
        if one is None or one.destroyed or (one.digests.sha256 in known and attachment.refused is None):
            continue
        if attachment.kind != "document" and (one.facts is None or one.facts.problem is None):
            continue
        if one.data is None:
            if is_text_file(one.entry.peek()):
                large[one.digests.sha256] = describe_too_large()
        elif is_text_file(one.data):
            wanted[one.digests.sha256] = one.data
    return large | texts.read_all(wanted)


def _find_refusal(
    attachment: Attachment, one: ReadAttachment, text: FileText | None, known: bool, levels: dict[str, Level]
) -> Message | None:
    """Returns why an attachment is quarantined and not kept, or None."""
    if attachment.refused is not None:
        return None if _is_kept(attachment, one, text, levels) else attachment.refused
    entry = attachment.entry
    if known or (attachment.kind != "document" and text is None) or is_listed(entry.level, entry.name, levels):
        return None
    if find_report_of_file(entry.level, entry.name, one.digests, levels) is not None:
        return None
    return UNOPENED if can_hold_files(entry.name, entry.peek() if one.data is None else one.data) else WITHOUT_REPORT


def _is_kept(attachment: Attachment, one: ReadAttachment, text: FileText | None, levels: dict[str, Level]) -> bool:
    """Returns whether a file that looked like a report and is none is kept: it is listed, or a chat log beside one report.

    A locked file may be one.
    """
    entry = attachment.entry
    if is_listed(entry.level, entry.name, levels):
        return True
    is_chat = attachment.locked or (text is not None and text.is_chat)
    return is_chat and find_report_of_file(entry.level, entry.name, one.digests, levels) is not None


def _store_batch(intake: Intake, attachments: Attachments, looked_at: list[ReadAttachment]) -> None:
    """Stores the attachments in one batch."""
    added: dict[int, list[str]] = {}
    received: list[tuple[str, str]] = []
    intake.check_free_space(sum(looked.digests.size for looked in looked_at if not looked.known))
    if any(looked.facts is not None and looked.facts.film is not None for looked in looked_at):
        intake.read_frames()
    with intake.session.store.batch() as batch:
        known = media.load_media_ids(batch, list({looked.digests.sha256 for looked in looked_at}))
        kept, fresh = _split_new_and_kept(intake, attachments, looked_at, known)
        stored = _store_media_items(batch, fresh)
        known |= {looked.digests.sha256: medium_id for medium_id, looked in stored.items()}
        for looked, report_id in kept:
            entry, sha256 = looked.entry, looked.digests.sha256
            if sha256 not in known:
                intake.tally.quarantined.append(SetAside(path=entry.path, reason=OTHER_BYTES))
                bundles.set_aside(batch, intake.bundle_id, entry.path, OTHER_BYTES, None)
                batch.note("bundle set aside", bundle=intake.bundle_id, bytes="unreadable")
                continue
            received.append((entry.path, sha256))
            new = media.add_file(batch, report_id, intake.bundle_id, known[sha256], entry.name, entry.path, entry.level)
            if new and report_id is not None:
                added.setdefault(report_id, []).append(intake.session.store.keyed(sha256))
        bundles.add_entries(batch, intake.bundle_id, "media", received)
        _store_matches(intake, batch, stored)
        intake.tally.media_new -= len({one.digests.sha256 for one, report_id in kept if report_id is None and _is_undecoded(one)})
        judgement.mark_stale(batch, added)
        for report_id, keyed in added.items():
            batch.note("media added", report=report_id, bundle=intake.bundle_id, media=keyed)


def _is_undecoded(looked: ReadAttachment) -> bool:
    """Returns whether nothing of a file that is new to the store could be read. Without a report nobody finds it."""
    return not looked.known and looked.facts is not None and looked.facts.problem is not None


def _split_new_and_kept(
    intake: Intake, attachments: Attachments, looked_at: Sequence[ReadAttachment], known: Mapping[str, int]
) -> tuple[list[tuple[ReadAttachment, int | None]], list[ReadAttachment]]:
    """Returns the attachments that are kept, each with its report or None, and those of them whose bytes are new to the store."""
    kept: list[tuple[ReadAttachment, int | None]] = []
    fresh: dict[str, ReadAttachment] = {}
    for looked in looked_at:
        entry, sha256 = looked.entry, looked.digests.sha256
        report_id = find_report_of_file(entry.level, entry.name, looked.digests, attachments.levels)
        is_known = sha256 in known or sha256 in fresh
        if looked.destroyed and report_id is None and not is_known:
            intake.skipped(entry.path, BYTES_GONE)
            continue
        if is_known:
            intake.tally.media_duplicate += 1
        else:
            fresh[sha256] = looked
        kept.append((looked, report_id))
    return kept, list(fresh.values())


def _store_media_items(batch: Batch, fresh: Sequence[ReadAttachment]) -> dict[int, ReadAttachment]:
    """Seals new media items and stores what was measured of them; returns them by id, in order.

    A large file is read once more for it. One that gives other bytes than those that were digested, or none, is left out.
    """
    again: dict[str, HashedStream] = {}

    def iter_contents() -> Iterator[tuple[bytes | Iterator[bytes], str]]:
        """Yields the bytes of each item, and their digest."""
        for looked in fresh:
            sha256 = looked.digests.sha256
            if looked.data is None:
                again[sha256] = HashedStream(looked.entry.open)
            yield looked.data if looked.data is not None else again[sha256].chunks(), sha256

    rows, kept = [], []
    for looked, item in zip(fresh, batch.seal_all(iter_contents()), strict=True):
        digests, facts = looked.digests, looked.facts
        if digests.sha256 in again and again[digests.sha256].sha256 != digests.sha256:
            batch.destroy(item)
            continue
        measured = (None, None, None) if facts is None else _encode_facts(facts)
        text = None if facts is None else messages_to_bytes(facts)
        rows.append((digests.sha256, digests.md5, digests.sha1, digests.size, item, *measured, text))
        kept.append(looked)
    return dict(zip(media.add_media_items(batch, rows), kept, strict=True))


def _store_matches(intake: Intake, batch: Batch, fresh: Mapping[int, ReadAttachment]) -> None:
    """Stores the windows of new media, by id in order, and the matches with lists and of videos."""
    measured = {medium_id: looked.facts for medium_id, looked in fresh.items() if looked.facts is not None}
    compare_images(batch, _store_windows(batch, measured))
    near = sum(_store_video(intake, batch, medium_id, facts) for medium_id, facts in measured.items())
    for medium_id, facts in measured.items():
        _quarantine_problem(intake, batch, fresh[medium_id].entry.path, fresh[medium_id].digests.sha256, facts)
    intake.tally.media_near += near
    intake.tally.media_new += len(fresh) - near


def _encode_facts(facts: MediaFacts) -> tuple[bytes, bytes | None, int | None]:
    """Returns (facts, PDQ hash, PDQ quality) as they are stored."""
    encoded, hashes = facts_to_bytes(strip_facts(facts)), facts.perceptual
    return (encoded, None, None) if hashes is None else (encoded, hashes.pdq, hashes.quality)


def _store_windows(batch: Batch, measured: Mapping[int, MediaFacts]) -> list[tuple[int, Perceptual]]:
    """Stores the windows of images that may match, at least possibly; returns these images."""
    hashed = ((medium_id, facts.perceptual) for medium_id, facts in measured.items())
    pictures = [(medium_id, hashes) for medium_id, hashes in hashed if hashes is not None and can_be_possible(hashes)]
    for stage, matching in ((UNCOMPARED, True), (COMPARED, False)):  # an image of low quality is not compared here
        media.save_windows(batch, [(i, hashes.windows) for i, hashes in pictures if can_match(hashes) == matching], stage)
    return pictures


def _store_video(intake: Intake, batch: Batch, medium_id: int, facts: MediaFacts) -> bool:
    """Stores the frames of a video; returns whether the same video is in the store already."""
    return facts.film is not None and store_video(batch, intake.frames, medium_id, facts.film.frames)


def _quarantine_problem(intake: Intake, batch: Batch, path: str, sha256: str, facts: MediaFacts) -> None:
    """Quarantines a file that could not be decoded, or whose text was not read."""
    why = _find_problem(facts)
    if why is not None:
        intake.tally.quarantined.append(SetAside(path=path, reason=why))
        bundles.set_aside(batch, intake.bundle_id, path, why, sha256)


def _find_problem(facts: MediaFacts) -> Message | None:
    """Returns why a file could not be decoded or read. A locked PDF is told of where its password is asked for."""
    text = facts.file_text
    if facts.problem is not None:
        return Message(facts.problem)  # message-ok
    if text is not None:
        return None if text.problem in (None, LOCKED) else Message(text.problem)  # message-ok
    seen = facts.width, facts.film, facts.exif, facts.preview
    return NOT_READ if all(each is None for each in seen) else None


def measure_pending(intake: Intake) -> None:
    """Measures media that were sealed and not measured: too large to hold, or left by a kill.

    They are read from the vault by range.
    """
    with intake.session.reading() as db:
        waiting = media.list_unmeasured(db)
    for done, medium_id in enumerate(waiting):
        intake.report_progress(done, len(waiting), "files", Message("measuring large media"))
        with intake.session.reading() as db:
            row = media.load_media_item(db, medium_id)
            path = media.load_first_path(db, medium_id)
        if row is None:
            continue
        facts = intake.pool.measure(intake.session.store.reader(row.item))
        if facts.film is not None:
            intake.read_frames()
        with intake.session.store.batch() as batch:
            media.set_facts(batch, [(medium_id, *_encode_facts(facts))])
            compare_images(batch, _store_windows(batch, {medium_id: facts}))
            _store_video(intake, batch, medium_id, facts)
            _quarantine_problem(intake, batch, path, row.sha256, facts)
            judgement.mark_stale(batch, media.load_reports_of_media(batch, [medium_id]).get(medium_id, []))


def compare_new_media(intake: Intake, first: int) -> None:
    """Compares the new images and videos with those of the store, and counts the images since `first` that match some.

    Those of an import that was interrupted are among them.
    """

    def note(done: int, total: int) -> None:
        """Reports how far the store was read."""
        if intake.cancel:
            intake.cancel.check()
        step = Message("comparing new images with the store")
        intake.on_progress(Progress(done=done, total=total, unit="files", note=step))

    with intake.memory.leave_out():
        if uncompared.has_images(intake.session.store.read()):
            intake.read_frames()
        near = compare_new_images(intake.session, intake.frames, first, note)
        compare_new_videos(intake.session, note)
    intake.tally.media_near += near
    intake.tally.media_new -= near
