"""What the two halves of an import share: the session, the sandbox, the counts, and the quarantine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import Cancelled, InputError
from triage.jobs.intake.memory import MemoryBound
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.tombstones import BYTES_GONE, Tombstones
from triage.jobs.matching.films import learn_all_frames
from triage.jobs.session import Session
from triage.message import Message
from triage.model.import_counts import DocumentCounts, MediaCounts, ReportCounts, SetAside
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.store.batch import Batch
from triage.store.files import require_free_space
from triage.store.queries import bundles, vault

if TYPE_CHECKING:
    from triage.hashing.video_search import FrameIndex

_FILES_A_LOOK = 8
"""Memory is looked up once for so many files: to ask the system takes as long as to find a small file."""


@dataclass(slots=True)
class ImportTally:
    """The counts of one import. Report ids are kept, so that one report is counted once."""

    new: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)
    unchanged: set[int] = field(default_factory=set)
    media_new: int = 0
    media_duplicate: int = 0
    media_near: int = 0
    quarantined: list[SetAside] = field(default_factory=list)
    skipped: list[SetAside] = field(default_factory=list)
    documents: list[DocumentCounts] = field(default_factory=list)

    def report_counts(self) -> ReportCounts:
        """Returns how many reports are new, updated and unchanged."""
        updated = self.updated - self.new
        return ReportCounts(new=len(self.new), updated=len(updated), unchanged=len(self.unchanged - self.new - updated))

    def media_counts(self) -> MediaCounts:
        """Returns how many media items are new, exact copies and near copies."""
        return MediaCounts(new=self.media_new, duplicate=self.media_duplicate, near_duplicate=self.media_near)


@dataclass(frozen=True, slots=True)
class _Quarantined:
    """An entry that waits to be stored as quarantined."""

    path: str
    reason: Message
    data: Callable[[], BinaryIO] | None


@dataclass(slots=True)
class Intake:
    """One running import. The archive reports to it what can't be opened."""

    session: Session
    bundle_id: int
    pool: MediaPool
    readers: Readers
    frames: FrameIndex
    passwords: Sequence[bytes]
    tally: ImportTally
    on_progress: OnProgress
    cancel: CancelToken | None
    destroyed: Tombstones
    memory: MemoryBound = field(default_factory=MemoryBound)
    _frames_read: bool = False
    _told: int = 0
    _aside: list[_Quarantined] = field(default_factory=list)
    _aside_lock: threading.Lock = field(default_factory=threading.Lock)

    def check_free_space(self, coming: int) -> None:
        """Raises StoreError when the disk has too little space for a batch of `coming` bytes.

        It is called before each batch, so a nearly full disk ends the import between two batches.
        """
        require_free_space(self.session.store.directory, limits.MIN_FREE + coming, Message("The store's disk"))

    def read_frames(self) -> None:
        """Reads the frames of the store's videos when something is to be compared with them first, outside of any batch."""
        if not self._frames_read:
            with self.memory.leave_out(), self.session.reading() as db:
                learn_all_frames(db, self.frames)
            self._frames_read = True

    def report_progress(self, done: int, total: int | None, unit: str, note: Message) -> None:
        """Reports progress, waits while the import is paused, and ends it when it was cancelled or uses too much memory.

        It must not be called inside a batch.

        Raises:
            Cancelled: if the token was set; the quarantined entries are stored before
            MemoryUsedUp: if the import uses too much memory
        """
        try:
            if self.cancel:
                self.cancel.rest()
        except Cancelled:
            self.flush_quarantine()
            raise
        if self._told % _FILES_A_LOOK == 0:
            self.memory.check()
        self._told += 1
        self.on_progress(Progress(done=done, total=total, unit=unit, note=note))

    def quarantined(self, path: str, reason: Message, data: Callable[[], BinaryIO] | None) -> None:
        """Quarantines an entry with the reason and, as far as they can be read, its bytes.

        Entries are stored and counted many at once, see `flush_quarantine`.
        """
        with self._aside_lock:
            self._aside.append(_Quarantined(path, reason, data))
            full = len(self._aside) >= limits.BATCH_ITEMS
        if full:
            self.flush_quarantine()

    def flush_quarantine(self) -> None:
        """Stores the quarantined entries that are not stored yet. It must not be called inside a batch.

        Bytes that were destroyed by order are skipped: they would come back with what was set aside.
        """
        with self._aside_lock:
            waiting, self._aside = self._aside, []
        if not waiting:
            return
        self.check_free_space(0)
        with self.session.store.batch() as batch:
            for each in waiting:
                sha256 = None
                if each.data is not None:
                    sha256 = store_original(batch, each.data, self.destroyed)
                    if sha256 is None:
                        self.skipped(each.path, BYTES_GONE)
                        continue
                    bundles.add_entry(batch, self.bundle_id, each.path, sha256, "set aside")
                self.tally.quarantined.append(SetAside(path=each.path, reason=each.reason))
                bundles.set_aside(batch, self.bundle_id, each.path, each.reason, sha256)
                batch.note(
                    "bundle set aside", bundle=self.bundle_id, bytes=self.session.store.keyed(sha256) if sha256 else "unreadable"
                )

    def skipped(self, path: str, reason: Message) -> None:
        """Counts an entry as skipped, with the reason."""
        self.tally.skipped.append(SetAside(path=path, reason=reason))

    def spool(self, data: Iterator[bytes]) -> BinaryIO:
        """Seals a large inner archive and returns a seekable reader of it, which is valid during this import.

        Nothing is unpacked in the clear.
        """
        self.check_free_space(0)
        with self.session.store.batch() as batch:
            item = batch.seal(data)
            vault.add_temporary_item(batch, item)
        return self.session.store.reader(item).stream()


def forget_spooled(session: Session) -> None:
    """Destroys the keys of inner archives, also those of an import that was killed.

    Their content was stored by itself. Their own bytes would outlive a destruction.
    """
    with session.store.batch() as batch:
        for item in vault.list_temporary_items(batch):
            batch.destroy(item)
        vault.clear_temporary_items(batch)


def store_original(batch: Batch, data: Callable[[], BinaryIO], destroyed: Tombstones) -> str | None:
    """Stores what can be read of the bytes, once; returns the SHA-256 of what is stored, or None for bytes that were destroyed.

    The bytes are read twice, and a failing medium may give less, or others, the second time.
    """
    known, sealed = HashedStream(data), HashedStream(data)
    for _ in known.chunks():
        pass
    if known.sha256 in destroyed:
        return None
    if bundles.has_original(batch, known.sha256):
        return known.sha256
    item = batch.seal(sealed.chunks())
    if sealed.sha256 in destroyed:
        batch.destroy(item)
        return None
    if bundles.has_original(batch, sealed.sha256):
        batch.destroy(item)
    else:
        bundles.add_original(batch, sealed.sha256, item, sealed.size)
    return sealed.sha256


class HashedStream:
    """A stream whose SHA-256 is computed while it is sealed.

    A read error ends it early, so that what can be read is stored.
    """

    def __init__(self, opened: Callable[[], BinaryIO]) -> None:
        self._open = opened
        self._digest = hashlib.sha256()
        self.size = 0

    def chunks(self) -> Iterator[bytes]:
        """Yields the bytes, and counts and digests them."""
        with suppress(InputError, OSError), self._open() as stream:
            while chunk := stream.read(limits.CHUNK):
                self._digest.update(chunk)
                self.size += len(chunk)
                yield chunk

    @property
    def sha256(self) -> str:
        """The SHA-256 in hex of the bytes that were read so far."""
        return self._digest.hexdigest()
