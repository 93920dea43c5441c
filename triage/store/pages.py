"""A digest over all pages of the database, kept from step to step: it shows a page that was put back to an older content.

SQLCipher's HMAC binds a page to its key and number, not to a version: each old copy of a page is still valid. So the head
vouches for the set of pages: it holds, sealed, the sum modulo 2**256 of a keyed hash of (number, HMAC) of every page. A step
takes off the sum what its pages were and adds what they are; the write-ahead log, where a commit writes them, tells which.
An old page that was put back between two steps stays a difference for ever: nothing takes it off again.

The log's form is that of https://sqlite.org/walformat.html; a page ends with its HMAC of 64 bytes (SQLCipher 4).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from triage.message import Message
from triage.safe_files import open_handle
from triage.store.database import PAGE, Reader
from triage.store.files import disk, read_at

_TAG, _NONCE = 64, 12
_ALL = 1 << 256
_LOG_HEAD, _FRAME_HEAD = 32, 24
_FRAME = _FRAME_HEAD + PAGE
_LOCK_PAGE = (1 << 30) // PAGE + 1
"""SQLite locks bytes there and never writes the page."""

Frame = tuple[int, int, bytes]
"""(page, number of pages of the database if the frame ends a step else 0, HMAC)"""


class Pages:
    """Of one database file. All methods want the writer's lock held: nobody commits or folds the log in meanwhile."""

    def __init__(self, path: Path, key: memoryview) -> None:
        self._path = path
        self._key = key
        """The database's, in the page of keys: what is derived from it is not kept, so that zeroing that page is enough."""
        self._file = _Shared.open(path)
        self._salt = b""
        self.frames = 0
        """In the log, as far as it was read."""
        self._newest: dict[int, bytes] = {}
        """HMAC of the newest frame of each page, over the first `frames` frames of the log."""
        self._count = 0
        """Pages of the database by then; 0 with an empty log."""

    def close(self) -> None:
        """Only after every connection to the database is closed."""
        _Shared.close(self._path)

    def whole(self, reader: Reader) -> int:
        """The digest of all pages as they stand: reads 64 bytes of each."""
        with self._log(reader) as (log, frames):
            count = self._take(_frames_of(log, self.frames + 1, frames)) or self._pages_in_file()
            numbers, hashed = (number for number in range(1, count + 1) if number != _LOCK_PAGE), self._hash()
            return sum(hashed(number, self._newest.get(number) or self._in_file(number)) for number in numbers) % _ALL

    def after_step(self, reader: Reader, before: int) -> int | None:
        """The digest after the last step, when it was `before`. None when the log no longer holds that step."""
        with self._log(reader) as (log, frames):
            if not frames:
                return None
            if self.frames == frames:  # the step was read already, when its head could not be written
                self._begin_anew(self._salt)
            unread = list(_frames_of(log, self.frames + 1, frames))
            first = max((at + 1 for at, (_, count, _) in enumerate(unread[:-1]) if count), default=0)
            count_before = self._take(unread[:first]) or self._pages_in_file()
            changed = {number: tag for number, _, tag in unread[first:]}
            count, total, hashed = unread[-1][1] if unread else count_before, before, self._hash()
            for number, tag in changed.items():
                total += hashed(number, tag)
                if number <= count_before:
                    total -= hashed(number, self._newest.get(number) or self._in_file(number))
            for number in range(count + 1, count_before + 1):  # the step made the database shorter
                if number not in changed and number != _LOCK_PAGE:
                    total -= hashed(number, self._newest.get(number) or self._in_file(number))
            for number in range(count_before + 1, count + 1):
                if number not in changed and number != _LOCK_PAGE:
                    total += hashed(number, self._in_file(number))
            self._take(unread[first:])
            return total % _ALL

    def sealed(self, digest: int, store: str, commits: int) -> str:
        """For the head, hex: the plain sums of several steps would tell about single pages."""
        nonce = os.urandom(_NONCE)
        return (nonce + self._seal().encrypt(nonce, digest.to_bytes(32, "big"), _aad(store, commits))).hex()

    def opened(self, sealed: str, store: str, commits: int) -> int | None:
        """None when it was not sealed for this head."""
        try:
            data = bytes.fromhex(sealed)
            return int.from_bytes(self._seal().decrypt(data[:_NONCE], data[_NONCE:], _aad(store, commits)), "big")
        except (InvalidTag, ValueError):
            return None

    @contextmanager
    def _log(self, reader: Reader) -> Iterator[tuple[int, int]]:
        """(file of the log, committed frames in it); no frames when it is empty. The pragma only looks."""
        row = reader.one("PRAGMA wal_checkpoint(NOOP)")
        frames = max(0, int(row[1])) if row else 0
        with disk(Message("reading the database's log")):
            try:
                log = open_handle(self._path.with_name(f"{self._path.name}-wal"))
            except FileNotFoundError:
                log, frames = -1, 0
            try:
                salt = read_at(log, 8, 16) if frames else b""
                if salt != self._salt or frames < self.frames:  # the log began anew: all before it stands in the file
                    self._begin_anew(salt)
                yield log, frames
            finally:
                if log >= 0:
                    os.close(log)

    def _begin_anew(self, salt: bytes) -> None:
        self._salt, self.frames, self._newest, self._count = salt, 0, {}, 0

    def _take(self, unread: Iterable[Frame]) -> int:
        """What came into the log since, up to the end of a step; returns the number of pages of the database by then."""
        for number, count, tag in unread:
            self._newest[number] = tag
            self._count = count or self._count
            self.frames += 1
        return self._count

    def _pages_in_file(self) -> int:
        return os.fstat(self._file).st_size // PAGE

    def _in_file(self, number: int) -> bytes:
        return read_at(self._file, _TAG, number * PAGE - _TAG)

    def _hash(self) -> Callable[[int, bytes], int]:
        key = _derived(self._key, b"triage page hash 1")

        def hashed(number: int, tag: bytes) -> int:
            data = number.to_bytes(4, "big") + tag
            return int.from_bytes(hashlib.blake2b(data, digest_size=32, key=key).digest(), "big")

        return hashed

    def _seal(self) -> AESGCM:
        return AESGCM(_derived(self._key, b"triage page digest 1"))


def used_elsewhere(path: Path) -> bool:
    """Whether another process, or another store of this one, has the database at `path` open: in WAL mode each connection keeps
    SQLite's shared lock for as long as it lives. Windows needs no such question: it replaces no file that is open."""
    handle = _Shared.open(path)
    try:
        return _Shared.users(path) > _OWN_USERS or _is_locked(handle)
    finally:
        _Shared.close(path)


_OWN_USERS = 2
"""This store's `Pages`, and the question itself."""
_SHARED_LOCK, _SHARED_BYTES = (1 << 30) + 2, 510
"""Of SQLite's file format: where its shared lock lies."""

if sys.platform == "linux":
    import fcntl

    _FLOCK = struct.Struct("@hhqqi")

    def _is_locked(handle: int) -> bool:
        """By another process; the call only looks."""
        asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, _SHARED_LOCK, _SHARED_BYTES, 0)
        answer: int = _FLOCK.unpack(fcntl.fcntl(handle, fcntl.F_GETLK, asked))[0]
        return answer != fcntl.F_UNLCK

else:

    def _is_locked(handle: int) -> bool:
        return False


class _Shared:
    """One open file for each database of the process. Closing any handle of a file drops all POSIX locks that the process has on
    it, SQLite's too: so a handle is shared, and closed when no store of the process uses it any more."""

    _guard = threading.Lock()
    _handles: ClassVar[dict[str, tuple[int, int]]] = {}

    @classmethod
    def open(cls, path: Path) -> int:
        name = str(path.absolute())
        with cls._guard, disk(Message("reading the database")):
            handle, users = cls._handles.get(name) or (open_handle(path), 0)
            cls._handles[name] = (handle, users + 1)
            return handle

    @classmethod
    def users(cls, path: Path) -> int:
        with cls._guard:
            return cls._handles[str(path.absolute())][1]

    @classmethod
    def close(cls, path: Path) -> None:
        name = str(path.absolute())
        with cls._guard:
            handle, users = cls._handles.pop(name)
            if users > 1:
                cls._handles[name] = (handle, users - 1)
            else:
                os.close(handle)


def _frames_of(log: int, first: int, last: int) -> Iterator[Frame]:
    """Of a log, counted from 1."""
    if last < first:
        return
    head = read_at(log, _FRAME_HEAD, _LOG_HEAD + (first - 1) * _FRAME)
    for frame in range(first, last + 1):
        number, count = struct.unpack_from(">II", head)
        end = read_at(log, _TAG + _FRAME_HEAD, _LOG_HEAD + frame * _FRAME - _TAG)  # and the next frame's head
        yield number, count, end[:_TAG]
        head = end[_TAG:].ljust(_FRAME_HEAD, b"\0")


def _derived(key: memoryview, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, "sha256")


def _aad(store: str, commits: int) -> bytes:
    return f"triage pages {store} {commits}".encode()
