"""The only reader of bundles: folders, zips, zips in zips. Nothing is unpacked to disk, and memory stays flat.

Names in archives are only names: nothing is ever written where they point. What can't be read is told to the sink with a
reason and, as far as there are any, its bytes; junk of operating systems is told as skipped.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Protocol, Self

from triage import limits
from triage.errors import InputError, PasswordNeeded
from triage.importers.bundle_entry import Entry, read_head
from triage.importers.entry_origins import (
    DiskFile,
    InnerZipCache,
    LockedMember,
    Origin,
    PlainMember,
    SpooledZip,
    StoredFile,
    ZipRegion,
    read_chunks,
    read_range,
)
from triage.importers.filetypes import classify_content, is_junk, is_zip
from triage.importers.locked_zips import LockedZip
from triage.importers.zip_directory import DEFLATED, STORED, ZipMember, read_directory
from triage.importers.zip_members import OpenContainer, OpenZips, SharedReader, open_raw
from triage.message import Message

Spool = Callable[[Iterator[bytes]], BinaryIO]
"""Seals a stream away and gives a seekable reader of it."""


ZIP_LOCKED = "The zip is locked, and no password at hand opens it ({n} of {total} entries)."
ZIP_LOCKED_OTHERWISE = "The zip is locked in a way that a password alone does not open ({n} of {total} entries)."


class SetAsideSink(Protocol):
    """Receives what does not become an entry."""

    def quarantined(self, path: str, reason: Message, data: Callable[[], BinaryIO] | None) -> None:
        """Takes a file that can't be read.

        `data` opens its bytes, None when there are none.
        """

    def skipped(self, path: str, reason: Message) -> None:
        """Takes a file that needs no reading, such as junk of an operating system."""


@dataclass(slots=True)
class _Allowance:
    """The bytes that one bundle file may still unpack to, over all levels.

    Zip bombs stop here.
    """

    left: int


class Bundle:
    """Files, folders and zips that were handed over at once.

    Entries stay readable until the bundle is closed.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        passwords: Sequence[bytes],
        spool: Spool,
        sink: SetAsideSink,
        kept: Sequence[StoredFile] = (),
    ) -> None:
        """Prepares a bundle without reading it.

        `passwords` are tried on locked zips, and `spool` stores large inner zips. `kept` are quarantined files of the store.
        """
        self._kept = tuple(kept)
        self._paths = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - without following links
        self._passwords = tuple(passwords)
        self._spool = spool
        self._sink = sink
        self._held = InnerZipCache()
        self._in_use = OpenZips()
        self._spooled: list[SpooledZip] = []
        self.opened: list[Entry] = []
        """Zips that lay in a folder or a zip and were opened: a report may list one as a file of its own."""
        self.unlocked: list[tuple[int, Callable[[], BinaryIO]]] = []
        """(size, its bytes) of zips that are locked and could be opened to the last entry."""
        self._entries_left = limits.MAX_ARCHIVE_ENTRIES
        self._levels: dict[Path, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._held.clear()
        self._in_use.close()
        for spooled in self._spooled:
            spooled.close()

    def entries(self) -> Iterator[Entry]:
        """Yields the entries level by level: the files of a folder, then its zips and folders, each by name.

        Raises InputError when a path does not exist.
        """
        for path in sorted(set(self._paths), key=lambda p: (p.name, str(p))):
            yield from self._top(path)
        for file in self._kept:
            level, _, name = file.path.rpartition("/")
            yield from self._files(level, [(name, file.size, file)], 0, None)

    def _top(self, path: Path) -> Iterator[Entry]:
        """Yields the entries of one path that was handed over."""
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise InputError(
                "{file} does not exist or can't be read.", file=printable(path.name), detail=f"errno {error.errno}"
            ) from error
        if stat.S_ISDIR(mode):
            yield from self._folder(path, self._level(path))
        elif stat.S_ISREG(mode):
            level = self._level(path.parent)
            yield from self._files(level, [(printable(path.name), path.stat().st_size, DiskFile(str(path)))], 0, None, alone=True)
        else:
            self._sink.quarantined(printable(path.name), Message("This is neither a file nor a folder."), None)

    def _level(self, folder: Path) -> str:
        """Returns a folder's own name as its level.

        A second folder of that name gets a number, so that their files do not mix.
        """
        if folder not in self._levels:
            name = wanted = printable(folder.name) or "bundle"
            n = 1
            while name in self._levels.values():
                n += 1
                name = f"{wanted} ({n})"
            self._levels[folder] = name
        return self._levels[folder]

    def _folder(self, top: Path, top_level: str) -> Iterator[Entry]:
        """Yields the entries of a folder and of all folders below it."""
        stack = [(str(top), top_level)]
        while stack:
            folder, level = stack.pop()
            files, folders = self._listed(folder, level)
            yield from self._files(level, files, 0, None)
            stack += [(os.path.join(folder, name), f"{level}/{printable(name)}") for name in reversed(folders)]  # noqa: PTH118

    def _listed(self, folder: str, level: str) -> tuple[list[tuple[str, int, Origin]], list[str]]:
        """Returns the regular files and the subfolders of a folder, by name.

        Everything else is set aside, and links are not followed.
        """
        files: list[tuple[str, int, Origin]] = []
        folders: list[str] = []
        try:
            with os.scandir(folder) as listing:
                found = sorted(listing, key=lambda item: item.name)
        except OSError:
            self._sink.quarantined(level, Message("This folder can't be read."), None)
            return files, folders
        for item in found:
            name = printable(item.name)
            path = f"{level}/{name}"
            try:
                info = item.stat(follow_symlinks=False)
            except OSError:
                self._sink.quarantined(path, Message("This can't be read from the disk."), None)
                continue
            if stat.S_ISLNK(info.st_mode) or getattr(info, "st_reparse_tag", 0) == _JUNCTION:
                self._sink.quarantined(path, Message("This is a link to another place; links are not followed."), None)
            elif stat.S_ISDIR(info.st_mode):
                folders.append(item.name)
            elif stat.S_ISREG(info.st_mode):
                files.append((name, info.st_size, DiskFile(item.path)))
            else:
                self._sink.quarantined(path, Message("This is neither a file nor a folder."), None)
        return files, folders

    def _files(
        self,
        level: str,
        files: Sequence[tuple[str, int, Origin]],
        depth: int,
        allowance: _Allowance | None,
        *,
        alone: bool = False,
    ) -> Iterator[Entry]:
        """Yields the files of one level, then the entries of its zips.

        A zip that was handed over `alone` is a top level.
        """
        zips: list[tuple[str, int, Origin]] = []
        for name, size, origin in files:
            entry = Entry(level, name, size, origin)
            sort = self._sift(entry)
            if sort == "file":
                yield entry
            elif sort == "zip":
                zips.append((name, size, origin))
            entry.head = None
        for name, size, origin in zips:
            own = allowance or _Allowance(max(limits.MAX_RATIO * size, limits.MAX_RATIO_FREE))
            if not alone:
                self.opened.append(Entry(level, name, size, origin))
            path = self._level(Path(origin.path)) if alone and isinstance(origin, DiskFile) else f"{level}/{name}"
            yield from self._zip(path, size, origin, depth + 1, own)

    def _sift(self, entry: Entry) -> Literal["file", "zip", "told"]:
        """Reads an entry's first bytes and returns its kind: "file", "zip", or "told" when the sink already took it."""
        name, level = entry.name, entry.level
        try:
            entry.head = read_head(entry.origin, entry.size)
        except InputError as damage:
            self._sink.quarantined(entry.path, damage.message, entry.raw)
            return "told"
        peek = entry.head.peek
        if is_junk(name, level, peek):
            self._sink.skipped(entry.path, Message("Left behind by an operating system."))
            return "told"
        sort = classify_content(name, peek)
        if sort != "archive":
            return "file"
        if is_zip(name, peek):
            return "zip"
        self._sink.quarantined(entry.path, Message("Of archives only zip is opened."), entry.origin.open)
        return "told"

    def _zip(self, path: str, size: int, origin: Origin, depth: int, allowance: _Allowance) -> Iterator[Entry]:
        """Yields the entries of a zip.

        An untrusted zip is set aside as a whole, a single bad entry by itself.
        """
        try:
            if depth > limits.MAX_ARCHIVE_DEPTH:
                raise InputError("Zips lie in one another deeper than is read.")
            container = self._container(path, size, origin)
            with container() as stream:
                directory = read_directory(stream, size)
            self._allow(directory.members, allowance)
        except InputError as damage:
            self._sink.quarantined(path, damage.message, origin.open)
            return
        members = [m for m in directory.members if not (m.is_folder and m.size == 0 and not m.problem)]
        sound = [m for m in members if not m.problem]
        if members and not sound:
            self._sink.quarantined(path, Message("The zip is damaged: {what}.", what=members[0].problem), origin.open)
            return
        for start, stop in directory.loose:
            loose = ZipRegion(container, start, stop)
            place = f"{path} (bytes {start} to {stop})"
            self._sink.quarantined(place, Message("These bytes of the zip belong to no entry."), loose.open)
        for member in (m for m in members if m.problem):
            raw = partial(open_raw, container, member)
            self._sink.quarantined(f"{path}!/{member.name}", Message("The entry is damaged: {what}.", what=member.problem), raw)
        origins = self._origins(path, size, sound, container, origin)
        yield from self._members(f"{path}!", [(m, origins[m.offset]) for m in sound if m.offset in origins], depth, allowance)

    def _container(self, path: str, size: int, origin: Origin) -> OpenContainer:
        """Returns a function that opens the zip itself for seeking: from disk, from memory, or from the sealed spool if large."""
        if isinstance(origin, DiskFile | StoredFile):
            return origin.seekable
        if size <= limits.MAX_INNER_ARCHIVE_IN_MEMORY:
            self._held.get(path, origin)
            return lambda: self._held.get(path, origin)
        spooled = SpooledZip(self._spool(read_chunks(origin)))
        self._spooled.append(spooled)
        return spooled.open_view

    def _allow(self, members: Sequence[ZipMember], allowance: _Allowance) -> None:
        """Counts the members against the limits.

        Raises InputError when there are too many or they unpack to too much.
        """
        for member in members:
            if member.size > limits.MAX_RATIO_FREE and member.size > limits.MAX_RATIO * member.packed:
                member.problem = member.problem or Message("it unpacks to far more than it weighs")
        self._entries_left -= len(members)
        allowance.left -= sum(member.size for member in members if not member.problem)
        if self._entries_left < 0:
            raise InputError("There are more files in zips than are read at once.")
        if allowance.left < 0:
            raise InputError("The zip unpacks to far more than it weighs.")

    def _origins(
        self, path: str, size: int, members: Sequence[ZipMember], container: OpenContainer, origin: Origin
    ) -> dict[int, Origin]:
        """Returns how each entry is opened, by offset.

        Locked entries without a fitting password are reported once, with the whole zip.
        """
        origins: dict[int, Origin] = {}
        locked_zip = LockedZip(container, self._in_use)
        read = SharedReader(container, self._in_use).read if isinstance(origin, DiskFile) else partial(read_range, container)
        locked: list[ZipMember] = []
        for member in members:
            if member.is_link or member.is_folder:
                what = (
                    Message("The entry is a link; links are not followed.")
                    if member.is_link
                    else Message("The entry is a folder that holds bytes.")
                )
                self._sink.quarantined(f"{path}!/{member.name}", what, partial(open_raw, container, member))
            elif not member.encrypted:
                plain = member.method in (STORED, DEFLATED)
                origins[member.offset] = (
                    PlainMember(container, member, read) if plain else LockedMember(container, member, locked_zip, None)
                )
            else:
                try:
                    word = locked_zip.find_password(member, self._passwords)
                    origins[member.offset] = LockedMember(container, member, locked_zip, word)
                except PasswordNeeded:
                    locked.append(member)
        if locked:
            beyond = locked[0].is_unsupported
            why = Message(ZIP_LOCKED_OTHERWISE if beyond else ZIP_LOCKED, n=len(locked), total=len(members))
            self._sink.quarantined(path, why, origin.open)
        elif any(member.encrypted for member in members):
            self.unlocked.append((size, origin.open))
        return origins

    def _members(
        self, top: str, members: Sequence[tuple[ZipMember, Origin]], depth: int, allowance: _Allowance
    ) -> Iterator[Entry]:
        """Yields the entries of a zip's members, folder by folder."""
        by_folder = sorted(((_folder_of(m.name), m.name, m.size, origin) for m, origin in members), key=lambda each: each[:2])
        for folder, group in groupby(by_folder, key=lambda each: each[0]):
            level = "/".join((top, *folder))
            files = [(name.rpartition("/")[2], size, origin) for _, name, size, origin in group]
            yield from self._files(level, files, depth, allowance)


def _folder_of(name: str) -> tuple[str, ...]:
    return tuple(name.split("/")[:-1])


_JUNCTION = 0xA0000003
"""Windows' reparse tag of a mount point."""


def printable(name: str) -> str:
    """Returns a file name of the disk as text.

    Undecodable bytes are escaped, and control characters become U+FFFD.
    """
    text = name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else "".join(c if c.isprintable() or ord(c) > 159 else "\ufffd" for c in text)
