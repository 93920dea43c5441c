"""Hashes of what was handed over: a file by its bytes, a folder by its sorted listing."""

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
    """What the import reads of them it tells; no file is read twice."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._hashes: dict[str, Hashed] = {}
        self._thread: threading.Thread | None = None

    def tell(self, file: str, sha256: str, size: int) -> None:
        """From any thread."""
        self._hashes[file] = bytes.fromhex(sha256) + size.to_bytes(_SIZE)

    def read_others(self, coming: AbstractSet[str]) -> None:
        """Begins, in a thread of its own so that media need not wait for it, with the files that were not told yet and are not
        `coming`."""
        self._thread = threading.Thread(target=self._run, args=(coming,), name="container hashes", daemon=True)
        self._thread.start()

    def result(self, cancel: CancelToken | None) -> tuple[Container, ...]:
        """Waits for the end. What vanished or can't be read meanwhile is left out; its entries were set aside by the import."""
        while self._thread is not None and self._thread.is_alive():
            if cancel:
                cancel.check()
            self._thread.join(0.2)
        found: list[Container] = []
        for path in self._paths:
            with suppress(OSError):
                found.append(self._folder(path, cancel) if path.is_dir() else self._file(path))
        return tuple(found)

    def _run(self, coming: AbstractSet[str]) -> None:
        for path in self._paths:
            absolute = os.path.abspath(path)  # noqa: PTH100 - without following links
            for file in (file for _, file in _files(absolute)) if path.is_dir() else (absolute,):
                if file not in coming:
                    with suppress(OSError):
                        self._hash_of(file)

    def _hash_of(self, file: str) -> Hashed:
        if file not in self._hashes:
            self._hashes[file] = _digest(file)
        return self._hashes[file]

    def _file(self, path: Path) -> Container:
        return Container(_text(path), "file", *_unpacked(self._hash_of(os.path.abspath(path))))  # noqa: PTH100

    def _folder(self, path: Path, cancel: CancelToken | None) -> Container:
        listing = hashlib.sha256()
        total = 0
        for relative, file in _files(os.path.abspath(path)):  # noqa: PTH100
            if cancel:
                cancel.check()
            digest, size = _unpacked(self._hash_of(file))
            listing.update(f"{digest}  {relative}\n".encode("utf-8", "surrogateescape"))
            total += size
        return Container(_text(path), "folder", listing.hexdigest(), total)


def _text(path: Path) -> str:
    """Returns a path as the database can keep it: bytes of a name that are no UTF-8 are written out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _files(folder: str) -> Iterator[tuple[str, str]]:
    """(path below the folder with slashes, path) of each regular file, in the order of the former: a folder's name with its slash
    behind it has its place among names of files. Links are not followed; what can't be listed is left out."""
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


def _unpacked(hashed: Hashed) -> tuple[str, int]:
    return hashed[:-_SIZE].hex(), int.from_bytes(hashed[-_SIZE:])


def _digest(path: str) -> Hashed:
    digest = hashlib.sha256()
    size = 0
    with io.FileIO(path) as file:
        # Of a small file, to make room for a whole chunk twice would take longer than the digest.
        step = min(limits.CHUNK, os.fstat(file.fileno()).st_size + 1)
        while chunk := file.read(step):
            digest.update(chunk)
            size += len(chunk)
    return digest.digest() + size.to_bytes(_SIZE)
