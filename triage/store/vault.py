"""The vault: sealed bytes in append-only pack files, with a random key for each item.

An item lies in its pack as AES-256-GCM chunks of 1 MiB plain, each followed by its tag of 16 bytes. An empty item is one empty
chunk. The nonce is the chunk's index: an item's key is never used for anything else.

The tag also covers the item's id, the chunk's index, and whether the chunk is the last. So no chunk can be moved, left out or cut
off. Only the database knows where an item lies, and its key.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import file_size, open_to_change, open_to_write, remove_file, sync_folder
from triage.store.files import explain_disk_errors
from triage.store.pack_reader import ReadPack, read_pack_once

CHUNK = 1 << 20
TAG = 16
PACK_LIMIT = 1 << 30
"""A pack that has grown this far is followed by a new one."""
_HURRY = 2 << 20
_KEY = 32
_AAD = struct.Struct(">QQ?")
_MAGIC = b"triage vault 1"
Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """Where an item lies and how to open it; the row of vault_item. `size` is that of the plain bytes."""

    id: int
    pack: int
    offset: int
    size: int
    key: bytes
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Extent:
    """A range of bytes of one pack."""

    pack: int
    offset: int
    length: int


def sealed_length(size: int) -> int:
    """Returns the bytes that an item of `size` plain bytes takes in its pack."""
    return size + TAG * max(1, -(-size // CHUNK))


@lru_cache(maxsize=64)
def pack_path(directory: Path, number: int) -> Path:
    """Returns the path of the pack with this number."""
    return directory / f"{number:06d}.pack"


class VaultWriter:
    """Appends to the packs during one batch.

    `last` is the committed (number, length) of the last pack, if any. `announce` is called before the first byte is written.
    """

    def __init__(
        self,
        directory: Path,
        last: tuple[int, int] | None,
        limit: int = PACK_LIMIT,
        *,
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        self._directory = directory
        self._announce = announce
        self._limit = limit
        self._number, self._length = last or (0, limit)
        self._file: io.FileIO | None = None
        self._touched: dict[int, int] = {}
        self._hurried = 0
        self._buffer = bytearray()

    @property
    def lengths(self) -> dict[int, int]:
        """The lengths in bytes of the packs that this batch wrote to, by number."""
        return dict(self._touched)

    def seal(self, item: int, data: bytes | Iterable[bytes], sha256: bytes | None) -> ItemPlace:
        """Appends one item; returns its place.

        `sha256` is the plain digest if the caller vouches for it; else it is computed.
        """
        with explain_disk_errors(Message("sealing into the vault")):
            file = self._open_pack()
            start, key = self._length, os.urandom(_KEY)
            cipher, hasher, size = AESGCM(key), hashlib.sha256(), 0
            for index, chunk, last in _split_chunks(data):
                if sha256 is None:
                    hasher.update(chunk)
                end = cipher.encrypt_into(
                    _format_nonce(index), chunk, _format_context(item, index, last), self._view_sealed(len(chunk))
                )
                _write_all(file, memoryview(self._buffer)[:end])
                size += len(chunk)
                self._length += end
                self._start_writeback(file)
            self._touched[self._number] = self._length
        return ItemPlace(item, self._number, start, size, key, hasher.digest() if sha256 is None else sha256)

    def sync(self) -> None:
        """Makes everything sealed so far durable."""
        with explain_disk_errors(Message("sealing into the vault")):
            if self._file is not None:
                os.fsync(self._file.fileno())

    def remove_unfinished(self, last: tuple[int, int] | None) -> None:
        """Removes what this batch wrote behind the committed end of the `last` pack, and nothing else."""
        self.close()
        number, length = last or (0, 0)
        with explain_disk_errors(Message("taking back an unfinished step in the vault")):
            for written in sorted(self._touched, reverse=True):
                path = pack_path(self._directory, written)
                if written > number:
                    remove_file(path)
                elif written == number:
                    with open_to_change(path) as file:
                        file.truncate(length)
            if self._touched:
                sync_folder(self._directory)

    def close(self) -> None:
        """Closes the pack, without a flush."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _view_sealed(self, length: int) -> memoryview:
        """Returns room for the sealed chunk of `length` plain bytes.

        The buffer grows with the chunks: most batches seal little or nothing, and the system fills what is asked for with zeros.
        """
        if len(self._buffer) < length + TAG:
            self._buffer = bytearray(length + TAG)
        return memoryview(self._buffer)[: length + TAG]

    def _start_writeback(self, file: io.FileIO) -> None:
        """Lets the disk begin with what is written, so that the fsync at the end has less to wait for."""
        if self._length - self._hurried >= _HURRY and sys.platform == "linux":
            os.posix_fadvise(file.fileno(), self._hurried, self._length - self._hurried, os.POSIX_FADV_DONTNEED)
            self._hurried = self._length

    def _open_pack(self) -> io.FileIO:
        """Returns the open pack to append to; a full pack is followed by a new one."""
        if self._file is None and not self._touched:
            self._announce()
        if self._file is None or self._length >= self._limit:
            if self._length >= self._limit:
                self._begin_next_pack()
            self._touched[self._number] = self._length
            self._file = self._append_to(pack_path(self._directory, self._number))
        return self._file

    def _begin_next_pack(self) -> None:
        """Flushes and closes the pack, and goes on with the next number."""
        self.sync()
        self.close()
        self._number += 1
        self._length = 0

    def _append_to(self, path: Path) -> io.FileIO:
        """Opens a pack and checks its length.

        Raises:
            StoreError: if the pack is not as long as the database says
        """
        file = io.FileIO(open_to_write(path), "w")
        if file.seek(0, os.SEEK_END) != self._length:
            file.close()
            raise StoreError("The vault file {path} is not as long as the database says; run a check.", path=path.name)
        self._hurried = self._length
        if self._length == 0:
            sync_folder(self._directory)
        return file


def find_uncommitted(directory: Path, last: tuple[int, int] | None) -> tuple[Extent, ...]:
    """Returns what lies behind the committed end of the `last` pack, empty pack files included.

    Raises:
        StoreError: if the disk refuses
    """
    number, length = last or (0, 0)
    found = []
    with explain_disk_errors(Message("looking at the vault's end")):
        if last and (size := _read_size(pack_path(directory, number))) > length:
            found.append(Extent(number, length, size - length))
        while (size_beyond := file_size(pack_path(directory, number + 1))) is not None:
            number += 1
            found.append(Extent(number, 0, size_beyond))
    return tuple(found)


def count_missing_bytes(directory: Path, last: tuple[int, int]) -> int:
    """Returns how many committed bytes the last pack lacks.

    Raises:
        StoreError: if the disk refuses
    """
    with explain_disk_errors(Message("looking at the vault's end")):
        return max(0, last[1] - _read_size(pack_path(directory, last[0])))


def _read_size(path: Path) -> int:
    return file_size(path) or 0


class SealedReader:
    """Reads ranges of one item and authenticates each chunk that it reads. Several threads may use it.

    It holds no open file, so it need not be closed. `read_pack` reads some bytes of a pack.
    """

    def __init__(self, directory: Path, place: ItemPlace, read_pack: ReadPack | None = None) -> None:
        self.size = place.size
        self._place = place
        self._cipher = AESGCM(place.key)
        self._last = max(1, -(-place.size // CHUNK)) - 1
        self._path = pack_path(directory, place.pack)
        self._read_pack = read_pack or read_pack_once
        self._recent: tuple[int, bytes] | None = None

    def read(self, start: int, length: int) -> bytes:
        """Returns up to `length` bytes from `start`; fewer at the end.

        Raises:
            StoreError: if the bytes were changed or are missing
        """
        if start < 0 or length < 0:
            raise ValueError("a range starts at 0 or later and has a length")
        end = min(start + length, self.size)
        if start >= end:
            return b""
        first, last = start // CHUNK, (end - 1) // CHUNK
        parts = [self._chunk(index) for index in range(first, last + 1)]
        parts[-1] = parts[-1][: end - last * CHUNK]
        parts[0] = parts[0][start - first * CHUNK :]
        return b"".join(parts) if len(parts) > 1 else bytes(parts[0])

    def chunks(self) -> Iterator[bytes]:
        """Yields the whole item, a chunk at a time."""
        for index in range(self._last + 1):
            yield self._chunk(index)

    def digest(self, take_room: Callable[[int], memoryview]) -> bytes:
        """Returns the SHA-256 of the whole item, whose plain bytes go chunk by chunk into the room that is taken.

        Raises:
            StoreError: if the bytes were changed or are missing
        """
        hasher = hashlib.sha256()
        for index in range(self._last + 1):
            plain = take_room(min(CHUNK, self.size - index * CHUNK))
            self._open_chunk(index, partial(self._cipher.decrypt_into, buf=plain))
            hasher.update(plain)
        return hasher.digest()

    def stream(self) -> BinaryIO:
        """Returns a seekable file object over this reader."""
        return io.BufferedReader(_Stream(self), 64 * 1024)

    def all(self) -> bytes:
        """Returns the whole item."""
        return b"".join(self.chunks())

    def _chunk(self, index: int) -> bytes:
        """Returns a chunk, authenticated; the last one read is remembered."""
        recent = self._recent
        if recent is not None and recent[0] == index:
            return recent[1]
        chunk = self._open_chunk(index, self._cipher.decrypt)
        self._recent = (index, chunk)
        return chunk

    def _open_chunk(self, index: int, decrypt: Callable[[bytes, bytes | memoryview, bytes], Opened]) -> Opened:
        """Returns what `decrypt` makes of nonce, sealed bytes and context of a chunk."""
        place, last = self._place, index == self._last
        length = (place.size - index * CHUNK if last else CHUNK) + TAG
        sealed = self._read_sealed(place.offset + index * (CHUNK + TAG), length)
        if len(sealed) != length:
            raise _make_item_error(place, Message("its bytes are missing"))
        try:
            return decrypt(_format_nonce(index), sealed, _format_context(place.id, index, last))
        except InvalidTag as error:
            raise _make_item_error(place, Message("its bytes were changed")) from error

    def _read_sealed(self, offset: int, length: int) -> bytes | memoryview:
        """Returns sealed bytes of the pack; fewer at its end."""
        with explain_disk_errors(Message("reading from the vault")):
            try:
                return self._read_pack(self._path, offset, length)
            except FileNotFoundError as error:
                raise _make_item_error(self._place, Message("its file is missing")) from error


class _Stream(io.RawIOBase):
    """A seekable raw stream over a reader."""

    def __init__(self, reader: SealedReader) -> None:
        self._reader = reader
        self._at = 0

    def readable(self) -> bool:
        """Returns True."""
        return True

    def seekable(self) -> bool:
        """Returns True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves to an offset; returns the position.

        Raises:
            ValueError: if it is before the start
        """
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._reader.size}[whence]
        if base + offset < 0:
            raise ValueError("before the start")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Returns the position."""
        return self._at

    def readinto(self, buffer: object) -> int:
        """Reads into the buffer; returns the number of bytes."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self._reader.read(self._at, len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _split_chunks(data: bytes | Iterable[bytes]) -> Iterator[tuple[int, bytes | memoryview, bool]]:
    """Yields (index, at most CHUNK bytes, whether it is the last); at least one."""
    if isinstance(data, bytes | bytearray | memoryview):
        view, count = memoryview(data), max(1, -(-len(data) // CHUNK))
        for index in range(count):
            yield index, view[index * CHUNK : (index + 1) * CHUNK], index == count - 1
        return
    index, held = 0, bytearray()
    for piece in data:
        held += piece
        while len(held) > CHUNK:  # a full chunk waits until it is known whether it is the last
            yield index, bytes(held[:CHUNK]), False
            del held[:CHUNK]
            index += 1
    yield index, bytes(held), True


def _write_all(file: io.FileIO, view: memoryview) -> None:
    """Writes all bytes, in as many calls as that takes."""
    while view:
        view = view[file.write(view) :]


def _format_nonce(index: int) -> bytes:
    """Returns the nonce of a chunk."""
    return index.to_bytes(12, "big")


def _format_context(item: int, index: int, last: bool) -> bytes:
    """Returns the bytes that bind a chunk to its item, its index, and whether it is the last."""
    return _MAGIC + _AAD.pack(item, index, last)


def _make_item_error(place: ItemPlace, why: Message) -> StoreError:
    """Returns the error for an item that can't be read. `why` completes the sentence."""
    return StoreError(
        "Item {place} of the vault can't be read, {why}; restore it from the newest backup.",
        place=place.id,
        why=why,
        detail=f"pack {place.pack} at {place.offset}",
    )
