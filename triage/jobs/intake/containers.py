"""Hashes of what was handed over, taken beside the import: a file by its bytes, a folder by its sorted listing."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from triage import limits
from triage.model.custody import Container
from triage.model.progress import CancelToken


class ContainerHashes:
    """Starts at once, in a thread of its own, so that media need not wait for the whole of them to be read."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._found: list[Container] = []
        self._thread = threading.Thread(target=self._run, name="container hashes", daemon=True)
        self._thread.start()

    def result(self, cancel: CancelToken | None) -> tuple[Container, ...]:
        """Waits for the end. What vanished or can't be read meanwhile is left out; its entries were set aside by the import."""
        while self._thread.is_alive():
            if cancel:
                cancel.check()
            self._thread.join(0.2)
        return tuple(self._found)

    def _run(self) -> None:
        for path in self._paths:
            with suppress(OSError):
                self._found.append(_folder(path) if path.is_dir() else _file(path))


def _file(path: Path) -> Container:
    digest, size = _digest(path)
    return Container(str(path), "file", digest, size)


def _folder(path: Path) -> Container:
    listing = hashlib.sha256()
    total = 0
    for relative, file in _files(str(path)):
        digest, size = _digest(file)
        listing.update(f"{digest}  {relative}\n".encode("utf-8", "surrogateescape"))
        total += size
    return Container(str(path), "folder", listing.hexdigest(), total)


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


def _digest(path: str | Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with io.FileIO(path) as file:
        while chunk := file.read(limits.CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
