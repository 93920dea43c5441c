"""A digest over all pages of the database, brought up to date with each step. It shows a page that was put back.

SQLCipher's HMAC binds a page to its key and number, not to a version: each old copy of a page is still valid. So the head vouches
for the set of pages. It holds, sealed, the sum modulo 2**256 of a keyed hash of (number, HMAC) of every page.

A step subtracts what its pages were and adds what they are. The write-ahead log, where a commit writes them, tells which. An old
page that was put back between two steps stays a difference for ever: nothing subtracts it again.

The log's form is that of https:

sqlite.org/walformat.html; a page ends with its HMAC of 64 bytes (SQLCipher 4).
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
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from triage.message import Message
from triage.safe_files import open_handle
from triage.store.database import PAGE, Reader
from triage.store.files import explain_disk_errors, read_at

TAG, _NONCE = 64, 12
"""Bytes of the HMAC with which a page ends, and of the nonce of a sealed digest."""
_SALT, _SALT_MASK, _ROUNDS, _KEY_BYTES = 16, 0x3A, 2, 32
"""How SQLCipher derives the key of the HMACs from the database's key: PBKDF2 over the salt, each byte of it changed."""
_IV = 16
"""Bytes of the initial vector, which stands before the HMAC."""
ALL = 1 << 256
LOG_HEAD, FRAME_HEAD = 32, 24
FRAME = FRAME_HEAD + PAGE
LOCK_PAGE = (1 << 30) // PAGE + 1
"""SQLite locks bytes there and never writes the page."""

REPLAYED = Message(
    "The database does not hold the pages that the audit log's head vouches for: one was put back to an older content, or"
    " something else than Triage changed the file; restore the newest backup."
)
Frame = tuple[int, int, bytes]
"""(page, number of pages of the database if the frame ends a step else 0, HMAC)"""


class PageDigests:
    """Computes the digest of the pages of one database file.

    The caller holds the writer's lock, so that nobody commits or empties the log meanwhile.
    """

    def __init__(self, path: Path, key: memoryview, *, read_only: bool = False) -> None:
        """Opens the database's file. `read_only` is that of its `Database`."""
        self.path, self._left = path, list[Path]()
        self._read_only = read_only
        self._key = key
        """The database's, in the page of keys: what is derived from it is not kept, so that zeroing that page is enough."""
        self._file = SharedHandles.open(path)
        self._salt = b""
        self.frames = 0
        """In the log, as far as it was read."""
        self._newest: dict[int, bytes] = {}
        """HMAC of the newest frame of each page, over the first `frames` frames of the log."""
        self._count = 0
        """Pages of the database by then; 0 with an empty log."""

    def follow(self, path: Path) -> None:
        """Goes over to the file of a rebuild. The one before stays open: a thread of this process may be reading it yet."""
        if path != self.path:
            self._file = SharedHandles.open(path)
            self._left.append(self.path)
            self.path = path
            self._reset(b"")

    def close(self) -> None:
        """Closes the file. Every connection to the database has to be closed before."""
        for path in (*self._left, self.path):
            SharedHandles.close(path)
        self._left.clear()

    def digest_all(self, reader: Reader) -> int:
        """Returns the digest of all pages as they are. It reads 64 bytes of each page."""
        with self._open_log(reader) as (log, frames):
            count = self._add_frames(read_frames(log, self.frames + 1, frames)) or self._count_pages_in_file()
            numbers, hashed = (number for number in range(1, count + 1) if number != LOCK_PAGE), self.make_hash()
            return sum(hashed(number, self._newest.get(number) or self._read_tag(number)) for number in numbers) % ALL

    def digest_after_step(self, reader: Reader, before: int) -> int | None:
        """Returns the digest after the last step, given the digest before it; None when the log lacks that step."""
        with self._open_log(reader) as (log, frames):
            if not frames:
                return None
            if self.frames == frames:  # the step was read already, when its head could not be written
                self._reset(self._salt)
            unread = list(read_frames(log, self.frames + 1, frames))
            first = max((at + 1 for at, (_, count, _) in enumerate(unread[:-1]) if count), default=0)
            count_before = self._add_frames(unread[:first]) or self._count_pages_in_file()
            changed = {number: tag for number, _, tag in unread[first:]}
            count, total, hashed = unread[-1][1] if unread else count_before, before, self.make_hash()
            for number, tag in changed.items():
                total += hashed(number, tag)
                if number <= count_before:
                    total -= hashed(number, self._newest.get(number) or self._read_tag(number))
            for number in range(count + 1, count_before + 1):  # the step made the database shorter
                if number not in changed and number != LOCK_PAGE:
                    total -= hashed(number, self._newest.get(number) or self._read_tag(number))
            for number in range(count_before + 1, count + 1):
                if number not in changed and number != LOCK_PAGE:
                    total += hashed(number, self._read_tag(number))
            self._add_frames(unread[first:])
            return total % ALL

    def list_pages_in_log(self, reader: Reader) -> frozenset[int]:
        """Returns the numbers of the pages that stand in the write-ahead log; the file may hold older ones, or none."""
        with self._open_log(reader) as (log, frames):
            self._add_frames(read_frames(log, self.frames + 1, frames))
            return frozenset(self._newest)

    def seal_digest(self, digest: int, store: str, commits: int) -> str:
        """Returns the encrypted digest for the head, in hex.

        The plain sums of several steps would reveal single pages.
        """
        nonce = os.urandom(_NONCE)
        return (nonce + self._make_cipher().encrypt(nonce, digest.to_bytes(32, "big"), _format_context(store, commits))).hex()

    def open_digest(self, sealed: str, store: str, commits: int) -> int | None:
        """Returns the digest, or None when it was not sealed for this store and commit."""
        try:
            data = bytes.fromhex(sealed)
            return int.from_bytes(
                self._make_cipher().decrypt(data[:_NONCE], data[_NONCE:], _format_context(store, commits)), "big"
            )
        except (InvalidTag, ValueError):
            return None

    @contextmanager
    def _open_log(self, reader: Reader) -> Iterator[tuple[int, int]]:
        """Yields (file handle of the write-ahead log, number of committed frames); no frames when the log is empty.

        The pragma only looks. It is refused where the log can't be written; there the frames are counted.
        """
        row = None if self._read_only else reader.first("PRAGMA wal_checkpoint(NOOP)")
        frames = max(0, int(row[1])) if row else 0
        with explain_disk_errors(Message("reading the database's log")):
            try:
                log = open_handle(self.path.with_name(f"{self.path.name}-wal"))
            except FileNotFoundError:
                log, frames = -1, 0
            try:
                if self._read_only and log >= 0:
                    frames = _count_frames(log)
                salt = read_at(log, 8, 16) if frames else b""
                if salt != self._salt or frames < self.frames:  # the log began anew: all before it stands in the file
                    self._reset(salt)
                yield log, frames
            finally:
                if log >= 0:
                    os.close(log)

    def _reset(self, salt: bytes) -> None:
        """Forgets what was read of an older log."""
        self._salt, self.frames, self._newest, self._count = salt, 0, {}, 0

    def _add_frames(self, unread: Iterable[Frame]) -> int:
        """Remembers the newest frame of each page, up to the end of a step; returns the database's number of pages then."""
        for number, count, tag in unread:
            self._newest[number] = tag
            self._count = count or self._count
            self.frames += 1
        return self._count

    def _count_pages_in_file(self) -> int:
        """Returns the number of pages of the database file."""
        return os.fstat(self._file).st_size // PAGE

    def _read_tag(self, number: int) -> bytes:
        """Returns the HMAC of a page in the database file."""
        return read_at(self._file, TAG, number * PAGE - TAG)

    def make_hash(self) -> Callable[[int, bytes], int]:
        """Returns the keyed hash function over (page number, HMAC). The digest is the sum of its values, modulo `ALL`."""
        begun = hashlib.blake2b(digest_size=32, key=_derive_key(self._key, b"triage page hash 1"))

        def hashed(number: int, tag: bytes) -> int:
            """Returns the hash of one page's number and HMAC."""
            own = begun.copy()
            own.update(number.to_bytes(4, "big") + tag)
            return int.from_bytes(own.digest(), "big")

        return hashed

    def make_check(self, salt: bytes) -> Callable[[int, bytes], bool]:
        """Returns the function that says whether a page's HMAC is right. `salt` are the first 16 bytes of the database.

        As SQLCipher 4 computes it with a raw key: over what is encrypted, the initial vector, and the page's number.
        """
        own = bytes(byte ^ _SALT_MASK for byte in salt)
        key = hashlib.pbkdf2_hmac("sha512", self._key, own, _ROUNDS, _KEY_BYTES)

        def check(number: int, page: bytes) -> bool:
            """Returns whether this is page `number`, whole."""
            body = page[_SALT if number == 1 else 0 : -TAG] + number.to_bytes(4, "little")
            return hmac.compare_digest(hmac.digest(key, body, "sha512"), page[-TAG:])

        return check

    def decrypt(self, page: bytes) -> bytes:
        """Returns the plain bytes of a page, which ends with its initial vector and HMAC; the first one without its salt."""
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(page[-TAG - _IV : -TAG])).decryptor()
        return decryptor.update(page[: -TAG - _IV]) + decryptor.finalize()

    def _make_cipher(self) -> AESGCM:
        """Returns the cipher that seals digests."""
        return AESGCM(_derive_key(self._key, b"triage page digest 1"))


def is_used_elsewhere(path: Path) -> bool:
    """Returns whether another process, or another store of this one, has the database at `path` open.

    In WAL mode each connection keeps SQLite's shared lock for as long as it lives. Outside Linux only this process is looked at:
    Windows does not replace an open file anyway.
    """
    handle = SharedHandles.open(path)
    try:
        return SharedHandles.count_users(path) > _OWN_USERS or _is_locked(handle)
    finally:
        SharedHandles.close(path)


_OWN_USERS = 2
"""This store's `Pages`, and the question itself."""
_SHARED_LOCK, _SHARED_BYTES = (1 << 30) + 2, 510
"""The place of the shared lock, from SQLite's file format."""

if sys.platform == "linux":
    import fcntl

    _FLOCK = struct.Struct("@hhqqi")

    def _is_locked(handle: int) -> bool:
        """Returns whether another process holds SQLite's shared lock. The call only looks."""
        asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, _SHARED_LOCK, _SHARED_BYTES, 0)
        answer: int = _FLOCK.unpack(fcntl.fcntl(handle, fcntl.F_GETLK, asked))[0]
        return answer != fcntl.F_UNLCK

else:

    def _is_locked(handle: int) -> bool:
        """Returns False: this system is not asked."""
        return False


class SharedHandles:
    """One open file for each database of the process.

    Closing any handle of a file drops all POSIX locks that the process has on it, SQLite's too. So the handle is shared, and
    closed when no store of the process uses it any more.
    """

    _guard = threading.Lock()
    _handles: ClassVar[dict[str, tuple[int, int]]] = {}

    @classmethod
    def open(cls, path: Path) -> int:
        """Returns the open file of the database, shared by all users in this process."""
        name = str(path.absolute())
        with cls._guard, explain_disk_errors(Message("reading the database")):
            handle, users = cls._handles.get(name) or (open_handle(path), 0)
            cls._handles[name] = (handle, users + 1)
            return handle

    @classmethod
    def count_users(cls, path: Path) -> int:
        """Returns how many users the open file has."""
        with cls._guard:
            return cls._handles[str(path.absolute())][1]

    @classmethod
    def close(cls, path: Path) -> None:
        """Ends one use of the open file, and closes it after the last one."""
        name = str(path.absolute())
        with cls._guard:
            handle, users = cls._handles.pop(name)
            if users > 1:
                cls._handles[name] = (handle, users - 1)
            else:
                os.close(handle)


def _count_frames(log: int) -> int:
    """Returns the number of frames of a write-ahead log up to its last commit.

    Their checksums are not computed: a torn frame that was counted shows as a page that the head does not vouch for.
    """
    salt = read_at(log, 8, 16) if os.fstat(log).st_size >= LOG_HEAD else b""
    committed = 0
    for frame in range((os.fstat(log).st_size - LOG_HEAD) // FRAME):
        head = read_at(log, FRAME_HEAD, LOG_HEAD + frame * FRAME)
        if head[8:16] != salt:  # of an older log
            break
        committed = frame + 1 if any(head[4:8]) else committed
    return committed


def read_frames(log: int, first: int, last: int) -> Iterator[Frame]:
    """Yields the frames `first` to `last` of a write-ahead log, counted from 1."""
    if last < first:
        return
    head = read_at(log, FRAME_HEAD, LOG_HEAD + (first - 1) * FRAME)
    for frame in range(first, last + 1):
        number, count = struct.unpack_from(">II", head)
        end = read_at(log, TAG + FRAME_HEAD, LOG_HEAD + frame * FRAME - TAG)  # and the next frame's head
        yield number, count, end[:TAG]
        head = end[TAG:].ljust(FRAME_HEAD, b"\0")


def _derive_key(key: memoryview, purpose: bytes) -> bytes:
    """Derives a key for this purpose from the database's key."""
    return hmac.digest(key, purpose, "sha256")


def _format_context(store: str, commits: int) -> bytes:
    """Returns the bytes that bind a sealed digest to its store and commit."""
    return f"triage pages {store} {commits}".encode()
