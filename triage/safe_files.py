"""Opens, writes and deletes files in folders that a stranger may have prepared.

A store, a backup, a packet or a carrier can hold links to files elsewhere, second names of files elsewhere (hard links), pipes,
devices, and files without end. The functions here refuse them with `UnsafeFile` before they read, write or delete anything.

A person may name a folder through a link. `resolve_folder` and `resolve_file` follow such links once, where the name comes in.
Every other function follows no link at all, in no part of the path: it opens one folder after the other from the root. Where the
system has no such calls (Windows), it looks at each part of the path first, and refuses links and junctions.
All functions raise OSError, of which `UnsafeFile` is one.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom, BufferedReader, BufferedWriter
from pathlib import Path
from typing import IO

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
NEW = ".triage-new"
"""The ending of a file that takes another one's place when it is whole. Nobody else uses it, so that it may be deleted."""

_FOLDER_HANDLES = os.open in os.supports_dir_fd
_BINARY = getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_PLAIN = _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | _BINARY
_PATH_ONLY = getattr(os, "O_PATH", 0)
_STEP = _PATH_ONLY | getattr(os, "O_DIRECTORY", 0) | _NO_LINK | getattr(os, "O_CLOEXEC", 0)
_NAME_SURROGATE = 0x20000000
"""Windows: the bit of a reparse tag that says "another place": links, junctions, mounted folders."""
_MOST_OVERWRITTEN = 1 << 20
"""Bytes; a key file has a quarter of it at most."""


class UnsafeFile(OSError):
    """Something lies at a path that a file or folder of Triage may not be. `strerror` says what it is."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(errno.EINVAL, what, str(path))
        self.name = path.name


def resolve_folder(path: Path) -> Path:
    """Returns the folder that a person named, without the links that lead to it."""
    return Path(os.path.realpath(path))


def resolve_file(path: Path) -> Path:
    """Returns the file that a person named, in its folder without links. The file itself is not looked at."""
    return resolve_folder(path.parent) / path.name


# -- looking -----------------------------------------------------------------------------------------------------------


def is_there(path: Path) -> bool:
    """Returns whether anything lies at `path`, be it a link that leads nowhere."""
    return _stat_or_none(path) is not None


def is_plain_folder(path: Path) -> bool:
    """Returns whether a folder lies at `path`; a link to a folder is none."""
    found = _stat_or_none(path)
    return found is not None and stat.S_ISDIR(found.st_mode) and not _is_link(found)


def file_size(path: Path) -> int | None:
    """Returns the size of the file in bytes, or None when nothing lies there. Anything but a plain file is unsafe."""
    if (found := _stat_or_none(path)) is None:
        return None
    _require_plain(path, found)
    return found.st_size


def require_own_file(path: Path) -> None:
    """Accepts a plain file that has no second name elsewhere, or nothing; for files that a library opens by name."""
    if (found := _stat_or_none(path)) is not None:
        _require_plain(path, found)
        _require_single_name(path, found)


def list_names(folder: Path) -> list[str]:
    """Returns the names in a folder, sorted."""
    with _readable(folder) as names:
        return sorted(os.listdir(folder if names is None else names))  # noqa: PTH208 - of an open folder


def open_folder(folder: Path) -> int | None:
    """Returns a handle of a folder, or None where the system has no such handles. The caller closes it."""
    with _readable(folder) as found:
        return None if found is None else os.dup(found)


# -- reading -----------------------------------------------------------------------------------------------------------


def open_handle(path: Path) -> int:
    """Returns a handle of a plain file for reading."""
    return _open(path, os.O_RDONLY)


def open_to_read(path: Path) -> BufferedReader:
    """Opens a plain file for reading. It never waits, also where a pipe lies."""
    return os.fdopen(_open(path, os.O_RDONLY), "rb")


def read_file(path: Path, most: int) -> bytes:
    """Returns all bytes of a plain file. One that is larger than `most` bytes is unsafe, and is not read."""
    with open_to_read(path) as file:
        data = file.read(most + 1) if os.fstat(file.fileno()).st_size <= most else b""
        if len(data) > most or (not data and os.fstat(file.fileno()).st_size):
            raise UnsafeFile(path, "it is larger than such a file can be")
    return data


# -- writing -----------------------------------------------------------------------------------------------------------


def create_file(path: Path) -> BufferedWriter:
    """Opens a new file for writing; nothing may lie there."""
    return os.fdopen(_open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb")


def open_to_change(path: Path, *, create: bool = False) -> BufferedRandom:
    """Opens a file for reading and writing in place, from its start. One with a second name elsewhere is unsafe."""
    handle = _open(path, os.O_RDWR | (os.O_CREAT if create else 0), single_name=True)
    return os.fdopen(handle, "r+b")


def open_to_write(path: Path, *, append: bool = False) -> int:
    """Returns a handle that writes in place, or behind what the file holds; makes the file if there is none.

    A file with a second name elsewhere is unsafe.
    """
    return _open(path, os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else 0), single_name=True)


def open_to_lock(path: Path) -> int:
    """Returns a handle of a file in which nothing is written; makes the file if there is none."""
    return _open(path, os.O_RDWR | os.O_CREAT)


def flush(file: IO[bytes]) -> None:
    """Brings what was written to the disk, not only to the system."""
    file.flush()
    os.fsync(file.fileno())


def overwrite(file: IO[bytes]) -> None:
    """Writes zeros over a small file that is to go: where a disk writes in place, its old content is gone.

    Of a file that is larger than one of ours can be, only the beginning: a stranger's medium may claim any size.
    """
    size = min(file.seek(0, os.SEEK_END), _MOST_OVERWRITTEN)
    file.seek(0)
    file.write(bytes(size))
    flush(file)


def replace_file(path: Path, data: bytes) -> None:
    """Puts `data` in the place of `path` at one stroke: after a crash the old or the new file is there, whole.

    A link at `path` is replaced itself; what it leads to stays as it is.
    """
    new = path.with_name(path.name + NEW)
    remove_file(new)
    try:
        with create_file(new) as out:
            out.write(data)
            flush(out)
        move_file(new, path)
    except OSError:
        with suppress(OSError):
            remove_file(new)
        raise
    sync_folder(path.parent)


def replace_secret(path: Path, data: bytes) -> None:
    """Replaces a file like `replace_file`, then writes zeros over the old content, except on Windows."""
    if os.name == "nt" or not is_there(path):
        replace_file(path, data)
        return
    with open_to_change(path) as before:
        replace_file(path, data)
        overwrite(before)


def erase_file(path: Path) -> None:
    """Writes zeros over a small file, if there is one, before it is deleted."""
    if is_there(path):
        with open_to_change(path) as file:
            overwrite(file)


def move_file(old: Path, new: Path) -> None:
    """Renames a file or folder; a file, or a link, at `new` is replaced."""
    with _FolderOf(old) as (source, old_name), _FolderOf(new) as (target, new_name):
        os.replace(old_name, new_name, src_dir_fd=source, dst_dir_fd=target)


def remove_file(path: Path) -> None:
    """Deletes a name, if it is there; never a folder, and never what a link leads to."""
    with _FolderOf(path) as (folder, name), suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


# -- folders -----------------------------------------------------------------------------------------------------------


def make_private_folder(path: Path) -> None:
    """Makes the folder and what is missing above it, for its owner alone. A link in its place is unsafe."""
    for part in [path, *path.parents][::-1]:
        found = _stat_or_none(part)
        if found is None:
            with _FolderOf(part) as (folder, name), suppress(FileExistsError):
                os.mkdir(name, PRIVATE_FOLDER, dir_fd=folder)
        elif _is_link(found) or not stat.S_ISDIR(found.st_mode):
            raise UnsafeFile(part, _describe(found))


def remove_folder(path: Path, names: Collection[str]) -> bool:
    """Deletes these files of a folder, and the folder if it is empty then. Whatever else lies in it stays.

    Returns False when the folder stayed. A link in its place is unsafe.
    """
    if not is_there(path):
        return True
    for name in list_names(path):
        if name.removesuffix(NEW) in names:
            remove_file(path / name)
    with _FolderOf(path) as (folder, name):
        try:
            os.rmdir(name, dir_fd=folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            return False
    return True


def sync_folder(path: Path) -> None:
    """Makes names in a folder durable. Windows has no such call; NTFS journals its names."""
    with _readable(path) as names:
        if names is not None:
            os.fsync(names)


# -- how -------------------------------------------------------------------------------------------------------------


def _open(path: Path, flags: int, *, single_name: bool = False) -> int:
    """Opens a plain file without following links. Raises UnsafeFile.

    The file is checked before, since opening a device or a pipe can have an effect, and again after.
    """
    with _FolderOf(path) as (folder, name):
        with suppress(FileNotFoundError):
            if not flags & os.O_EXCL:
                _require_plain(path, os.stat(name, dir_fd=folder, follow_symlinks=False))
        handle = os.open(name, flags | _PLAIN, PRIVATE_FILE, dir_fd=folder)
    try:
        found = os.fstat(handle)
        _require_plain(path, found)
        if single_name:
            _require_single_name(path, found)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _stat_or_none(path: Path) -> os.stat_result | None:
    """Returns the status of what lies at `path` itself, or None when nothing does or a folder above it is missing."""
    try:
        with _FolderOf(path) as (folder, name):
            return os.stat(name or path, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


class _FolderOf:
    """Gives a `with` block the handle of a path's folder and the name in it, or without such system calls None and the path."""

    # It is no generator: a step of a store comes here dozens of times.
    def __init__(self, path: Path) -> None:
        self._path, self._handle = path.absolute(), -1

    def __enter__(self) -> tuple[int | None, str]:
        folder, _, name = str(self._path).rpartition("/")
        if not _FOLDER_HANDLES or not name:  # the root has no name
            _look_at_each(self._path.parent)
            return None, str(self._path)
        self._handle = _open_folder(folder or "/")
        return self._handle, name

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            os.close(self._handle)


@contextmanager
def _readable(folder: Path) -> Iterator[int | None]:
    """Yields a handle of a folder that can be listed and synced, which other folder handles can't; None without such calls."""
    if not _FOLDER_HANDLES:
        _look_at_each(folder.absolute())
        yield None
        return
    step = _open_folder(str(folder.absolute()))
    try:
        handle = os.open(".", os.O_RDONLY | _STEP & ~_PATH_ONLY, dir_fd=step)
    finally:
        os.close(step)
    try:
        yield handle
    finally:
        os.close(handle)


def _open_folder(folder: str) -> int:
    """Returns a handle of a folder, without following links."""
    return _walk_to(Path(folder)) if (handle := _open_whole(folder)) is None else handle


def _open_whole(folder: str) -> int | None:
    """Opens a folder by its whole path, faster than a walk. None unless the kernel confirms that no link led there."""
    if not _PATH_ONLY:
        return None
    handle = -1
    try:
        handle = os.open(folder, _STEP)
        if os.readlink(f"/proc/self/fd/{handle}") == folder:  # noqa: PTH115 - Path would tidy the answer
            return handle
    except OSError:
        pass  # the walk finds out what is wrong
    if handle >= 0:
        os.close(handle)
    return None


def _walk_to(path: Path) -> int:
    """Opens a folder by walking from the root, one part at a time. Raises UnsafeFile at a link."""
    handle = os.open(path.anchor, _STEP)
    for at, name in enumerate(path.parts[1:], 2):
        try:
            below = os.open(name, _STEP, dir_fd=handle)
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            found = os.stat(name, dir_fd=handle, follow_symlinks=False)
            raise UnsafeFile(Path(*path.parts[:at]), _describe(found)) from error
        finally:
            os.close(handle)
        handle = below
    return handle


def _look_at_each(folder: Path) -> None:
    """Raises UnsafeFile when a part of the path is a link or anything but a folder."""
    for part in [folder, *folder.parents][::-1]:
        found = part.lstat()
        if _is_link(found) or not stat.S_ISDIR(found.st_mode):
            raise UnsafeFile(part, _describe(found))


def _is_link(found: os.stat_result) -> bool:
    """Returns whether a status is that of a link, or of a Windows junction or mounted folder."""
    return stat.S_ISLNK(found.st_mode) or bool(getattr(found, "st_reparse_tag", 0) & _NAME_SURROGATE)


def _require_plain(path: Path, found: os.stat_result) -> None:
    """Raises UnsafeFile for anything but a regular file."""
    if _is_link(found) or not stat.S_ISREG(found.st_mode):
        raise UnsafeFile(path, _describe(found))


def _require_single_name(path: Path, found: os.stat_result) -> None:
    """Raises UnsafeFile for a file with a second name (hard link), which may be somebody's elsewhere."""
    if found.st_nlink > 1:
        raise UnsafeFile(path, "it has a second name elsewhere (a hard link)")


def _describe(found: os.stat_result) -> str:
    """Returns what lies somewhere, as the end of a sentence."""
    if _is_link(found):
        return "it is a link to another place"
    if stat.S_ISREG(found.st_mode):
        return "it is a file, not a folder"
    if stat.S_ISDIR(found.st_mode):
        return "it is a folder, not a file"
    return "it is neither a file nor a folder"
