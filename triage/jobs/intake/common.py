"""What the two halves of an import share: the session, the sandbox, the counts, and where things are set aside."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from triage import limits
from triage.decode.client import MediaPool
from triage.errors import Cancelled, InputError
from triage.jobs.intake.memory import MemoryBound
from triage.jobs.intake.readers import Readers
from triage.jobs.intake.tombstones import Tombstones
from triage.jobs.matching.pictures import Pictures
from triage.jobs.session import Session
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.views import MediaCounts, ReportCounts, SetAside
from triage.store.batch import Batch
from triage.store.files import require_room
from triage.store.queries import bundles, vault


@dataclass(slots=True)
class Tally:
    """Counts of one import; report ids, so that one report is counted once."""

    new: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)
    unchanged: set[int] = field(default_factory=set)
    media_new: int = 0
    media_duplicate: int = 0
    media_near: int = 0
    quarantined: list[SetAside] = field(default_factory=list)
    skipped: list[SetAside] = field(default_factory=list)

    def report_counts(self) -> ReportCounts:
        updated = self.updated - self.new
        return ReportCounts(new=len(self.new), updated=len(updated), unchanged=len(self.unchanged - self.new - updated))

    def media_counts(self) -> MediaCounts:
        return MediaCounts(new=self.media_new, duplicate=self.media_duplicate, near_duplicate=self.media_near)


@dataclass(frozen=True, slots=True)
class _Aside:
    path: str
    reason: str
    data: Callable[[], BinaryIO] | None


@dataclass(slots=True)
class Intake:
    """One running import. It is also the sink to which the archive reports what it can't open."""

    session: Session
    bundle_id: int
    pool: MediaPool
    readers: Readers
    pictures: Pictures
    passwords: Sequence[bytes]
    tally: Tally
    on_progress: OnProgress
    cancel: CancelToken | None
    destroyed: Tombstones
    memory: MemoryBound = field(default_factory=MemoryBound)
    _aside: list[_Aside] = field(default_factory=list)
    _aside_lock: threading.Lock = field(default_factory=threading.Lock)

    def room(self, coming: int) -> None:
        """Before each batch of `coming` bytes: a disk that is nearly full ends the import between two batches."""
        require_room(self.session.store.directory, limits.MIN_FREE + coming, Message("The store's disk"))

    def tell(self, done: int, total: int | None, unit: str, note: str) -> None:
        try:
            if self.cancel:
                self.cancel.check()
        except Cancelled:
            self.keep_aside()
            raise
        self.memory.check()
        self.on_progress(Progress(done=done, total=total, unit=unit, note=note))

    def quarantined(self, path: str, reason: str, data: Callable[[], BinaryIO] | None) -> None:
        """Set aside with the reason and, as far as they can be read, the bytes; many at once, see `keep_aside`."""
        self.tally.quarantined.append(SetAside(path=path, reason=reason))
        with self._aside_lock:
            self._aside.append(_Aside(path, reason, data))
            full = len(self._aside) >= limits.BATCH_ITEMS
        if full:
            self.keep_aside()

    def keep_aside(self) -> None:
        """Store what was set aside and is not stored yet. Not to be called inside a batch."""
        with self._aside_lock:
            waiting, self._aside = self._aside, []
        if not waiting:
            return
        self.room(0)
        with self.session.store.batch() as batch:
            for each in waiting:
                sha256 = None
                if each.data is not None:
                    sha256 = _keep(batch, each.data)
                    bundles.add_entry(batch, self.bundle_id, each.path, sha256, "set aside")
                bundles.set_aside(batch, self.bundle_id, each.path, each.reason, sha256)
                batch.note(
                    "bundle set aside", bundle=self.bundle_id, bytes=self.session.store.keyed(sha256) if sha256 else "unreadable"
                )

    def skipped(self, path: str, reason: str) -> None:
        self.tally.skipped.append(SetAside(path=path, reason=reason))

    def spool(self, data: Iterator[bytes]) -> BinaryIO:
        """Seal a large inner archive and give a seekable reader of it, for as long as this import lasts; nothing is
        unpacked in the clear."""
        self.room(0)
        with self.session.store.batch() as batch:
            item = batch.seal(data)
            vault.add_spooled(batch, item)
        return self.session.store.reader(item).stream()


def forget_spooled(session: Session) -> None:
    """Inner archives live on in what was taken out of them; their own bytes would outlive a destruction. Also those of an
    import that was killed."""
    with session.store.batch() as batch:
        for item in vault.spooled(batch):
            batch.destroy(item)
        vault.forget_spooled(batch)


def _keep(batch: Batch, data: Callable[[], BinaryIO]) -> str:
    """The SHA-256 of what can be read; sealed once only, so the bytes are read twice."""
    stream = Hashed(data)
    for _ in stream.chunks():
        pass
    if not bundles.has_original(batch, stream.sha256):
        item = batch.seal(Hashed(data).chunks(), sha256=stream.sha256)
        bundles.add_original(batch, stream.sha256, item, stream.size)
    return stream.sha256


class Hashed:
    """A stream that is sealed while its SHA-256 is taken; a read error ends it early, so that what can be read is kept."""

    def __init__(self, opened: Callable[[], BinaryIO]) -> None:
        self._open = opened
        self._digest = hashlib.sha256()
        self.size = 0

    def chunks(self) -> Iterator[bytes]:
        with suppress(InputError, OSError), self._open() as stream:
            while chunk := stream.read(limits.CHUNK):
                self._digest.update(chunk)
                self.size += len(chunk)
                yield chunk

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
