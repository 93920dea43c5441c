"""Computes the hashes of what was handed over: a file by its bytes, a folder by its sorted listing."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path

from triage import limits
from triage.model.handover import Container
from triage.model.progress import CancelToken

_SIZE = 8
Hashed = bytes
"""SHA-256 and size, packed: of a hundred thousand files they take less than half the room of a tuple."""


class ContainerHashes:
    """Collects the hashes of the files of a bundle. What the import reads by itself is not read again."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._hashes: dict[str, Hashed] = {}
        self._thread: threading.Thread | None = None

    def add(self, file: str, sha256: str, size: int) -> None:
        """Adds the hash of a file that the import has read. Any thread may call it."""
        self._hashes[file] = bytes.fromhex(sha256) + size.to_bytes(_SIZE)

    def read_others(self, coming: AbstractSet[str]) -> None:
        """Begins to read, in a thread of its own, the files that are neither added nor in `coming`.

        So media need not wait for it.
        """
        self._thread = threading.Thread(target=self._run, args=(coming,), name="container hashes", daemon=True)
        self._thread.start()

    def result(self, cancel: CancelToken | None) -> tuple[Container, ...]:
        """Waits for the end; returns what was handed over with its hashes.

        Files that vanished or can't be read are left out; the import quarantined their entries.

        Raises:
            Cancelled: if the token was set
        """
        while self._thread is not None and self._thread.is_alive():
            if cancel:
                cancel.check()
            self._thread.join(0.2)
        found: list[Container] = []
        for path in self._paths:
            with suppress(OSError):
                found.append(self._describe_folder(path, cancel) if path.is_dir() else self._describe_file(path))
        return tuple(found)

    def _run(self, coming: AbstractSet[str]) -> None:
        """Reads and hashes the files that are neither added nor in `coming`."""
        for path in self._paths:
            absolute = os.path.abspath(path)  # noqa: PTH100 - without following links
            for file in (file for _, file in iter_files(absolute)) if path.is_dir() else (absolute,):
                if file not in coming:
                    with suppress(OSError):
                        self._find_hash(file)

    def _find_hash(self, file: str) -> Hashed:
        """Returns the hash of a file, and computes it when it is new.

        Raises:
            OSError: if the file can't be read
        """
        if file not in self._hashes:
            self._hashes[file] = _hash_file(file)
        return self._hashes[file]

    def _describe_file(self, path: Path) -> Container:
        """Returns a file that was handed over, with its hash."""
        return Container(_format_path(path), "file", *_unpack(self._find_hash(os.path.abspath(path))))  # noqa: PTH100

    def _describe_folder(self, path: Path, cancel: CancelToken | None) -> Container:
        """Returns a folder that was handed over, with the hash of its sorted listing."""
        listing = hashlib.sha256()
        total = 0
        for relative, file in iter_files(os.path.abspath(path)):  # noqa: PTH100
            if cancel:
                cancel.check()
            digest, size = _unpack(self._find_hash(file))
            listing.update(f"{digest}  {relative}\n".encode("utf-8", "surrogateescape"))
            total += size
        return Container(_format_path(path), "folder", listing.hexdigest(), total)


def _format_path(path: Path) -> str:
    """Returns a path as the database can store it: bytes of a name that are no UTF-8 are escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def iter_files(folder: str) -> Iterator[tuple[str, str]]:
    """Yields (path below the folder with slashes, path) of each regular file, sorted by the former.

    A folder's name is sorted with its slash among the names of files. Links are not followed; what can't be listed is left out.
    """
    waiting = [("", folder)]
    while waiting:
        relative, path = waiting.pop()
        if relative and not relative.endswith("/"):
            yield relative, path
            continue
        found: list[tuple[str, str]] = []
        with suppress(OSError), os.scandir(path) as listing:
            for item in listing:
                if item.is_dir(follow_symlinks=False):
                    found.append((f"{relative}{item.name}/", item.path))
                elif item.is_file(follow_symlinks=False):
                    found.append((relative + item.name, item.path))
        waiting += sorted(found, reverse=True)


def _unpack(hashed: Hashed) -> tuple[str, int]:
    """Returns (SHA-256 in hex, size in bytes)."""
    return hashed[:-_SIZE].hex(), int.from_bytes(hashed[-_SIZE:])


def _hash_file(path: str) -> Hashed:
    """Returns the packed SHA-256 and size of a file.

    Raises:
        OSError: if it can't be read
    """
    digest = hashlib.sha256()
    size = 0
    with io.FileIO(path) as file:
        # Of a small file, to make room for a whole chunk twice would take longer than the digest.
        step = min(limits.CHUNK, os.fstat(file.fileno()).st_size + 1)
        while chunk := file.read(step):
            digest.update(chunk)
            size += len(chunk)
    return digest.digest() + size.to_bytes(_SIZE)
