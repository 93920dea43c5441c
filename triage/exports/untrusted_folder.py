"""Reads a folder that a stranger may have made: follows no link, opens only regular files, and never reads without a bound."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from triage import limits
from triage.errors import InputError
from triage.message import Message
from triage.model.printable import make_printable

_BINARY = getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FILE = os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | _BINARY
"""O_NONBLOCK: to open a pipe would wait for its writer."""
_BY_HANDLE = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_BLOCK = 512  # bytes in st_blocks
_SHOWN = 200  # characters of a path that a sentence shows

ReportProblem = Callable[[Message], None]


class UntrustedFolder:
    """A folder that a stranger may have made.

    A context manager.

    Each path below is opened from the folder's own handle, part by part. A link that is laid meanwhile leads nowhere. Windows has
    no such calls: there each part is checked before.
    """

    def __init__(self, path: Path) -> None:
        """Opens the folder.

        Raises OSError.
        """
        self._path = path
        self._left = limits.MAX_PACKET_BYTES
        self._hashed: dict[tuple[int, int], tuple[str, int]] = {}
        """By device and inode: a file with a thousand names is read once."""
        self._top = os.open(path, _FOLDER) if _BY_HANDLE else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._top is not None:
            os.close(self._top)

    def walk(self, report: ReportProblem) -> set[str]:
        """Returns the paths of all regular files, and reports everything else in a sentence.

        Raises InputError.
        """
        files: set[str] = set()
        stack: list[tuple[str, ...]] = [()]
        left = limits.MAX_PACKET_FILES
        while stack:
            parts = stack.pop()
            try:
                found = self._list(parts, left + 1)
            except OSError:
                report(Message("{path} can't be read.", path=format_path("/".join(parts))))
                continue
            left -= len(found)
            if left < 0:
                raise InputError("The folder holds more than {most:,} files and folders.", most=limits.MAX_PACKET_FILES)
            for name, mode in found:
                path = "/".join((*parts, name))
                if (problem := _find_path_problem(path, len(parts), mode)) is not None:
                    report(problem)
                elif stat.S_ISDIR(mode):
                    stack.append((*parts, name))
                else:
                    files.add(path)
        return files

    def read(self, path: str, most: int) -> bytes:
        """Returns the bytes of a small file. Raises InputError when it has more than `most`, or is no regular file."""
        with self._open_file(path) as file:
            return _read_at_most(file, most, path)

    def digest(self, path: str) -> tuple[str, int]:
        """Returns SHA-256 and size of a file of any size.

        Raises InputError for a sparse or unreadable file.
        """
        with self._open_file(path) as file:
            info = os.fstat(file.fileno())
            if (info.st_dev, info.st_ino) in self._hashed and info.st_ino:
                return self._hashed[info.st_dev, info.st_ino]
            if hasattr(info, "st_blocks") and info.st_size - info.st_blocks * _BLOCK > limits.MAX_HOLES:
                raise InputError(
                    "{path} is a sparse file: it claims more bytes than the disk holds for it.", path=format_path(path)
                )
            digest, size = hashlib.sha256(), 0
            while data := _translate_errors(file.read, path)(limits.CHUNK):
                digest.update(data)
                size += len(data)
                self._left -= len(data)
                if self._left < 0:
                    raise InputError(
                        "The folder holds more than {most:,} bytes; sha256sum can check it.",
                        most=limits.MAX_PACKET_BYTES,
                    )
            self._hashed[info.st_dev, info.st_ino] = digest.hexdigest(), size
            return digest.hexdigest(), size

    def _list(self, parts: tuple[str, ...], most: int) -> list[tuple[str, int]]:
        """Returns (name, mode) of a folder's entries sorted by name.

        Links are not followed.
        """
        handle = self._open(parts, _FOLDER | (_NO_LINK if parts else 0)) if self._top is not None else None
        try:
            with os.scandir(self._path.joinpath(*parts) if handle is None else handle) as listing:
                return sorted((item.name, item.stat(follow_symlinks=False).st_mode) for item in islice(listing, most))
        finally:
            if handle is not None:
                os.close(handle)

    def _open_file(self, path: str) -> _OpenFile:
        try:
            return open_regular(self._open(tuple(path.split("/")), _FILE), path)
        except OSError as error:
            raise InputError("{path} can't be read.", path=format_path(path), detail=f"errno {error.errno}") from error

    def _open(self, parts: tuple[str, ...], flags: int) -> int:
        if self._top is None:
            return self._open_by_path(parts, flags)
        handle = os.dup(self._top)
        for n, part in enumerate(parts, 1):
            try:
                below = os.open(part, flags if n == len(parts) else _FOLDER | _NO_LINK, dir_fd=handle)
            finally:
                os.close(handle)
            handle = below
        return handle

    def _open_by_path(self, parts: tuple[str, ...], flags: int) -> int:
        path = self._path
        for part in parts:
            path = path / part
            if path.is_symlink():
                raise InputError("{parts} is a link; links are not followed.", parts=format_path("/".join(parts)))
        return os.open(path, flags)


class _OpenFile:
    """An open regular file, unbuffered."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._handle)

    def fileno(self) -> int:
        """Returns the handle."""
        return self._handle

    def read(self, size: int) -> bytes:
        """Returns up to `size` bytes."""
        return os.read(self._handle, size)


def open_regular(handle: int, path: str) -> _OpenFile:
    """Takes over `handle`. Raises InputError, with the handle closed, for anything but a regular file."""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError("{path} is neither file nor folder.", path=format_path(path))
    return _OpenFile(handle)


def read_regular(path: Path, most: int) -> bytes:
    """Returns the bytes of a file that a person named. Raises InputError when it has more than `most`, or can't be read."""
    try:
        handle = os.open(path, _FILE & ~_NO_LINK)
    except OSError as error:
        raise InputError("{path} can't be read.", path=format_path(path.name), detail=f"errno {error.errno}") from error
    with open_regular(handle, path.name) as file:
        return _read_at_most(file, most, path.name)


def format_path(path: str) -> str:
    """Returns a path as a sentence can hold it: printable, and cut when it is long."""
    text = make_printable(path if len(path) <= _SHOWN else path[:_SHOWN] + "...")
    return text or "The folder"


def _read_at_most(file: _OpenFile, most: int, path: str) -> bytes:
    data = bytearray()
    while more := _translate_errors(file.read, path)(most + 1 - len(data)):
        data += more
        if len(data) > most:
            raise InputError("{path} is larger than it may be.", path=format_path(path))
    return bytes(data)


def _translate_errors(read: Callable[[int], bytes], path: str) -> Callable[[int], bytes]:
    """Returns the read function with its OSError turned into InputError."""

    def checked(size: int) -> bytes:
        try:
            return read(size)
        except OSError as error:
            raise InputError("{path} can't be read.", path=format_path(path), detail=f"errno {error.errno}") from error

    return checked


def _find_path_problem(path: str, depth: int, mode: int) -> Message | None:
    """Returns why a path is not walked further or read, or None."""
    if stat.S_ISLNK(mode):
        return Message("{path} is a link; a packet holds none.", path=format_path(path))
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        return Message("{path} is neither file nor folder; a packet holds nothing else.", path=format_path(path))
    if depth >= limits.MAX_PACKET_DEPTH:
        most = limits.MAX_PACKET_DEPTH
        return Message("{path} lies deeper than the {most} folders that a packet can have.", path=format_path(path), most=most)
    if len(os.fsencode(path)) > limits.MAX_PACKET_PATH:
        return Message("{path} has a path of more than {most:,} bytes.", path=format_path(path), most=limits.MAX_PACKET_PATH)
    return None
