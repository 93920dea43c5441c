"""One committed state of the database as pages, encrypted as they lie on the disk, while others go on writing.

A read transaction keeps the state. Where the write-ahead log was folded into the file when it began, nobody writes to the file
until it ends, since a checkpoint waits for readers that left the log aside. Otherwise the log is not begun anew until it ends,
and a checkpoint writes no page beyond the state: a page that has a frame in the log is read from there, every other one from
the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import repeat

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import open_handle
from triage.store.audit import LogHead
from triage.store.database import PAGE, Database, Reader
from triage.store.files import explain_disk_errors, read_at
from triage.store.pages import ALL, FRAME, FRAME_HEAD, LOCK_PAGE, LOG_HEAD, REPLAYED, TAG, PageDigests, SharedHandles, read_frames
from triage.store.queries import audit_log

_READING = Message("reading the database")
_SALT = 16
"""Bytes of the salt, with which the database begins."""
_BLOCK = 1 << 16
"""Pages whose HMACs are read at once: 4 MiB of them."""


class Snapshot:
    """The pages of one state, and `reader`, which sees that state. `head` is the audit log's head that belongs to it."""

    def __init__(self, reader: Reader, head: LogHead, pages: PageDigests, file: int, log: int, frames: dict[int, int]) -> None:
        """Takes handles of the file and of the log, and the newest frame of each page that is read from the log."""
        self.reader, self.head, self.pages = reader, head, pages
        self.count = reader.count_pages()
        self._file, self._log, self._frames = file, log, frames
        self._check = pages.make_check(self._read_bytes(1, 0, _SALT))

    @property
    def in_log(self) -> frozenset[int]:
        """The numbers of the pages that stand in the write-ahead log only."""
        return frozenset(self._frames)

    def list_numbers(self) -> Iterator[int]:
        """Yields the number of each page that SQLite writes, in order."""
        return (number for number in range(1, self.count + 1) if number != LOCK_PAGE)

    def iterate_tags(self) -> Iterator[tuple[int, bytes]]:
        """Yields the number of each page and the HMAC that it states, in order."""
        for first, tags in self.iterate_tag_blocks():
            for at in range(0, len(tags), TAG):
                if first + at // TAG != LOCK_PAGE:
                    yield first + at // TAG, tags[at : at + TAG]

    def iterate_tag_blocks(self) -> Iterator[tuple[int, bytes]]:
        """Yields (first page, HMACs that this page and the next ones state), in order.

        Of a page that SQLite never writes, and of one that is missing, they are zeros.
        """
        for first in range(1, self.count + 1, _BLOCK):
            with explain_disk_errors(_READING):
                yield first, self._read_tags(range(first, min(first + _BLOCK, self.count + 1)))

    def _read_tags(self, numbers: range) -> bytes:
        """Returns the HMACs of these pages."""
        ends = range(numbers.start * PAGE - TAG, numbers.stop * PAGE - TAG, PAGE)
        tags = list(map(read_at, repeat(self._file), repeat(TAG), ends))  # no Python for each: there are millions of pages
        for number in self._frames.keys() & numbers if self._frames else ():
            tags[number - numbers.start] = read_at(self._log, TAG, LOG_HEAD + self._frames[number] * FRAME - TAG)
        if LOCK_PAGE in numbers:
            tags[LOCK_PAGE - numbers.start] = b""
        joined = b"".join(tags)
        return joined if len(joined) == len(tags) * TAG else b"".join(tag.ljust(TAG, b"\0") for tag in tags)

    def read_page(self, number: int) -> bytes:
        """Returns a page, whose HMAC was computed.

        Raises:
            StoreError: if it is damaged
        """
        page = self._read_bytes(number, 0, PAGE)
        if len(page) != PAGE or not self._check(number, page):
            raise StoreError(
                "Page {number} of the store's database is damaged; run a check, and restore the newest backup.", number=number
            )
        return page

    def has_digest(self, total: int, store: str) -> bool:
        """Returns whether the head vouches for this sum of all pages' hashes."""
        return self.pages.open_digest(self.head.pages, store, self.head.commits) == total % ALL

    def require_digest(self, total: int, store: str) -> None:
        """Raises StoreError unless the head vouches for this sum of all pages' hashes."""
        if not self.has_digest(total, store):
            raise StoreError(REPLAYED)  # message-ok

    def require_current_pages(self, store: str) -> None:
        """Raises StoreError when a page was put back to an older content."""
        hashed = self.pages.make_hash()
        self.require_digest(sum(hashed(number, tag) for number, tag in self.iterate_tags()), store)

    def _read_bytes(self, number: int, start: int, length: int) -> bytes:
        """Returns bytes of a page.

        Raises:
            StoreError: if the disk refuses
        """
        with explain_disk_errors(_READING):
            return self._read(number, start, length)

    def _read(self, number: int, start: int, length: int) -> bytes:
        """Returns bytes of a page, from the log or the file."""
        if frame := self._frames.get(number):
            return read_at(self._log, length, LOG_HEAD + (frame - 1) * FRAME + FRAME_HEAD + start)
        return read_at(self._file, length, (number - 1) * PAGE + start)


@contextmanager
def open_snapshot(database: Database, pages: PageDigests, head: LogHead) -> Iterator[Snapshot]:
    """Opens the last committed state. The caller keeps writers out until this yields, and no longer.

    Raises:
        StoreError: if the head does not belong to the state, or the disk refuses
    """
    with suppress(StoreError):  # on a full disk the log can't be folded, and is read instead
        database.fold_log()
    with ExitStack() as stack:
        reader = stack.enter_context(database.fresh_reader())
        if audit_log.load_state(reader).commits != head.commits:
            raise StoreError("The audit log's head does not belong to this state of the database; run a check.")
        last = database.count_unfolded()
        file = SharedHandles.open(pages.path)
        stack.callback(SharedHandles.close, pages.path)
        log, frames = -1, dict[int, int]()
        if last:
            with explain_disk_errors(Message("reading the database's log")):
                log = open_handle(pages.path.with_name(f"{pages.path.name}-wal"))
                stack.callback(os.close, log)
                frames = {number: n for n, (number, _, _) in enumerate(read_frames(log, 1, last), 1)}
        yield Snapshot(reader, head, pages, file, log, frames)
