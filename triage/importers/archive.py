"""The only reader of bundles: folders, zips, zips in zips. Nothing is unpacked to disk, and memory stays flat.

Names in archives are only names: nothing is ever written where they point. What can't be read is told to the sink with a
reason and, as far as there are any, its bytes; junk of operating systems is told as skipped.
"""

from __future__ import annotations

import io
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
from triage.importers.containers import DiskFile, Held, LockedMember, Origin, PlainMember, Region, Spooled, chunks, read_at
from triage.importers.filetypes import is_junk, is_zip, sort_of
from triage.importers.zip_directory import AES, DEFLATED, STORED, Member, read_directory
from triage.importers.zip_members import InUse, LockedZip, OpenContainer, SharedReader, open_raw
from triage.message import Message

Spool = Callable[[Iterator[bytes]], BinaryIO]
"""Seals a stream away and gives a seekable reader of it."""


ZIP_LOCKED = "The zip is locked, and no password at hand opens it ({n} of {total} entries)."
ZIP_LOCKED_OTHERWISE = "The zip is locked in a way that a password alone does not open ({n} of {total} entries)."


class SetAsideSink(Protocol):
    """Where the reader tells what does not become an entry."""

    def quarantined(self, path: str, reason: Message, data: Callable[[], BinaryIO] | None) -> None:
        """Takes what can't be read, with the reason, and its bytes as far as there are any."""

    def skipped(self, path: str, reason: Message) -> None:
        """Takes what holds no evidence, with the reason."""


@dataclass(slots=True, eq=False)
class Entry:
    """One file of a bundle, wherever it lay. `level` is the folder or zip it lies in: "bundle/900", "b.zip!/900"."""

    level: str
    name: str
    size: int
    origin: Origin
    head: Head | None = None
    """What was read of it to see what it is; kept only while the bundle stands at this entry."""

    @property
    def path(self) -> str:
        """ "bundle/900/a.png", "second.zip!/900/a.png", "a.zip!/b.zip!/x.json"."""
        return f"{self.level}/{self.name}"

    def open(self) -> BinaryIO:
        """A fresh stream each time, from any thread. Raises InputError, here or while reading, when the bytes are damaged."""
        head = self.head
        return io.BytesIO(head.data) if head is not None and head.whole else self.origin.open()

    @property
    def file(self) -> str | None:
        """The absolute path of the file on the disk that this is; None for what lies in a zip."""
        return self.origin.path if isinstance(self.origin, DiskFile) else None

    @property
    def unlocks_slowly(self) -> bool:
        """Locked the old way: Python takes about a second a megabyte for it."""
        return _unlocks_slowly(self.origin)

    def raw(self) -> BinaryIO:
        """The bytes as they lie in their container, packed as they are: what can be kept of a damaged entry."""
        return self.origin.raw()

    def peek(self) -> bytes:
        """The first limits.PEEK bytes. Raises InputError."""
        return (self.head or read_head(self.origin, self.size)).peek


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of an entry, of a small one all."""

    data: bytes
    whole: bool

    @property
    def peek(self) -> bytes:
        return self.data[: limits.PEEK]


def read_head(origin: Origin, size: int) -> Head:
    """Raises InputError."""
    if not size:
        return Head(b"", False)
    asked = limits.SMALL_ENTRY + 1 if size <= limits.SMALL_ENTRY and not _unlocks_slowly(origin) else limits.PEEK
    data = origin.head(asked)
    return Head(data, len(data) < asked)


def _unlocks_slowly(origin: Origin) -> bool:
    return isinstance(origin, LockedMember) and origin.member.encrypted and origin.member.method != AES


@dataclass(slots=True)
class _Allowance:
    """What one bundle file may still unpack to, over all levels: archives that grow without end stop here."""

    left: int


class Bundle:
    """What was handed over at once: files, folders and zips. Entries stay readable until the bundle is closed."""

    def __init__(self, paths: Sequence[Path], *, passwords: Sequence[bytes], spool: Spool, sink: SetAsideSink) -> None:
        self._paths = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - without following links
        self._passwords = tuple(passwords)
        self._spool = spool
        self._sink = sink
        self._held = Held()
        self._in_use = InUse()
        self._spooled: list[Spooled] = []
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
        """Level by level: the files of a folder, then its zips and folders, each by name. Raises InputError when a path does
        not exist."""
        for path in sorted(set(self._paths), key=lambda p: (p.name, str(p))):
            yield from self._top(path)

    def _top(self, path: Path) -> Iterator[Entry]:
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
        """A folder's own name; a second folder of that name gets a number, so that their files do not mix."""
        if folder not in self._levels:
            name = wanted = printable(folder.name) or "bundle"
            n = 1
            while name in self._levels.values():
                n += 1
                name = f"{wanted} ({n})"
            self._levels[folder] = name
        return self._levels[folder]

    def _folder(self, top: Path, top_level: str) -> Iterator[Entry]:
        stack = [(str(top), top_level)]
        while stack:
            folder, level = stack.pop()
            files, folders = self._listed(folder, level)
            yield from self._files(level, files, 0, None)
            stack += [(os.path.join(folder, name), f"{level}/{printable(name)}") for name in reversed(folders)]  # noqa: PTH118

    def _listed(self, folder: str, level: str) -> tuple[list[tuple[str, int, Origin]], list[str]]:
        """Regular files and folders of a folder, by name; anything else is set aside. Links are not followed."""
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
        """Yield the files of one level, then what lies in its zips. A zip that was handed over `alone` is a top level."""
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
        sort = sort_of(name, peek)
        if sort != "archive":
            return "file"
        if is_zip(name, peek):
            return "zip"
        self._sink.quarantined(entry.path, Message("Of archives only zip is opened."), entry.origin.open)
        return "told"

    def _zip(self, path: str, size: int, origin: Origin, depth: int, allowance: _Allowance) -> Iterator[Entry]:
        """A zip that can't be trusted as a whole is set aside as a whole, one bad entry by itself."""
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
            loose = Region(container, start, stop)
            place = f"{path} (bytes {start} to {stop})"
            self._sink.quarantined(place, Message("These bytes of the zip belong to no entry."), loose.open)
        for member in (m for m in members if m.problem):
            raw = partial(open_raw, container, member)
            self._sink.quarantined(f"{path}!/{member.name}", Message("The entry is damaged: {what}.", what=member.problem), raw)
        origins = self._origins(path, size, sound, container, origin)
        yield from self._members(f"{path}!", [(m, origins[m.offset]) for m in sound if m.offset in origins], depth, allowance)

    def _container(self, path: str, size: int, origin: Origin) -> OpenContainer:
        """A way to open the zip itself for seeking: from disk, from memory, or, when it is large, from where it was sealed."""
        if isinstance(origin, DiskFile):
            return origin.seekable
        if size <= limits.MAX_INNER_ARCHIVE_IN_MEMORY:
            self._held.get(path, origin)
            return lambda: self._held.get(path, origin)
        spooled = Spooled(self._spool(chunks(origin)))
        self._spooled.append(spooled)
        return spooled.fresh

    def _allow(self, members: Sequence[Member], allowance: _Allowance) -> None:
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
        self, path: str, size: int, members: Sequence[Member], container: OpenContainer, origin: Origin
    ) -> dict[int, Origin]:
        """How each entry is opened, by offset. Locked entries that no password opens are told once, with the whole zip."""
        origins: dict[int, Origin] = {}
        locked_zip = LockedZip(container, self._in_use)
        read = SharedReader(container, self._in_use).read if isinstance(origin, DiskFile) else partial(read_at, container)
        locked: list[Member] = []
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
                    word = locked_zip.password(member, self._passwords)
                    origins[member.offset] = LockedMember(container, member, locked_zip, word)
                except PasswordNeeded:
                    locked.append(member)
        if locked:
            beyond = locked[0].beyond_us
            why = Message(ZIP_LOCKED_OTHERWISE if beyond else ZIP_LOCKED, n=len(locked), total=len(members))
            self._sink.quarantined(path, why, origin.open)
        elif any(member.encrypted for member in members):
            self.unlocked.append((size, origin.open))
        return origins

    def _members(self, top: str, members: Sequence[tuple[Member, Origin]], depth: int, allowance: _Allowance) -> Iterator[Entry]:
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
    """A file name of the disk as text: undecodable bytes and control characters are shown, not kept."""
    text = name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else "".join(c if c.isprintable() or ord(c) > 159 else "\ufffd" for c in text)
