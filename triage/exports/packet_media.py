"""Streams originals into a packet as a tar, encrypted for the recipients with age.

Never in the clear on disk.
"""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from queue import Empty, Queue

import pyrage

from triage.errors import WorldError
from triage.model.packet import PacketMedium


def read_recipients(recipients: Sequence[str]) -> list[object]:
    """Returns age keys from their text.

    Raises WorldError for an invalid one.
    """
    return [_read_recipient(key) for key in recipients]


def _read_recipient(key: str) -> object:
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        shown = key if key.startswith("age1") else f"{key[:4]}..."  # it may be a secret key, given by mistake
        raise WorldError("{key} is not an age public key (62 characters, beginning with age1).", key=shown) from error


def encrypt_bytes(data: bytes, keys: Sequence[object]) -> bytes:
    """Returns an age file of the data for these keys."""
    sealed: bytes = pyrage.encrypt(data, keys)
    return sealed


def encrypt_tar(media: Sequence[PacketMedium], keys: Sequence[object]) -> Generator[bytes, None, None]:
    """Yields an age file that decrypts to a tar of the originals, in bounded memory.

    pyrage pushes what it encrypts into a file. A thread and a pipe turn that into chunks to pull.
    """
    pipe, source = _Pipe(), _Stream(_make_tar(media))
    failure: list[BaseException] = []

    def push() -> None:
        try:
            pyrage.encrypt_io(source, pipe, keys)
        except BaseException as error:  # handed to the reading thread, as the source raised it
            failure.append(source.failure or error)
        finally:
            pipe.end()

    thread = threading.Thread(target=push, name="age")
    thread.start()
    try:
        yield from pipe.chunks()
    finally:
        pipe.abandon()
        thread.join()
    if failure:
        raise failure[0]


def _make_tar(media: Sequence[PacketMedium]) -> Iterator[bytes]:
    """Yields a tar of the originals."""
    for medium in media:
        info = tarfile.TarInfo(medium.name)
        info.size = medium.size
        info.mode = 0o600
        yield info.tobuf(tarfile.PAX_FORMAT)
        yield from medium.chunks
        yield bytes(-medium.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


class _Stream(io.RawIOBase):
    """A readable stream over an iterator of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        while not self._rest:
            try:
                chunk = next(self._chunks, None)
            except Exception as error:
                self.failure = error
                raise
            if chunk is None:
                return 0
            self._rest = chunk
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n


class _Pipe(io.RawIOBase):
    """A writable stream whose chunks another thread takes, at most eight at a time."""

    def __init__(self) -> None:
        self._queue: Queue[bytes | None] = Queue(maxsize=8)
        self._abandoned = False

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:  # type: ignore[no-untyped-def]
        if self._abandoned:
            raise BrokenPipeError
        chunk = bytes(data)
        self._queue.put(chunk)
        return len(chunk)

    def end(self) -> None:
        """Tells the reading thread that nothing follows."""
        self._queue.put(None)

    def chunks(self) -> Iterator[bytes]:
        """Yields what was written, until `end`."""
        while (chunk := self._queue.get()) is not None:
            yield chunk

    def abandon(self) -> None:
        """Makes the writer fail instead of waiting, when the reader stops at the end or early (a full disk)."""
        self._abandoned = True
        with suppress(Empty):
            while True:
                self._queue.get_nowait()
