"""The structure of a zip file, read by ourselves and checked as a whole before anything in it is opened.

`zipfile` believes the central directory. Here every local header is compared with it, and every byte of the file has to belong
to something: an archive that two programs could read differently is evidence that two people could read differently.

Layout and field names: PKWARE's APPNOTE, sections 4.3 to 4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from triage import limits
from triage.errors import InputError
from triage.message import NOTHING, Message

STORED, DEFLATED, BZIP2, LZMA, AES = 0, 8, 12, 14, 99
_EOCD, _EOCD64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_CENTRAL, _LOCAL, _DESCRIPTOR = b"PK\x01\x02", b"PK\x03\x04", b"PK\x07\x08"
_EOCD_SIZE, _EOCD64_SIZE, _LOCATOR64_SIZE, _CENTRAL_SIZE, _LOCAL_SIZE = 22, 56, 20, 46, 30
_ENCRYPTED, _STREAMED, _STRONG, _UTF8, _MASKED = 1, 1 << 3, 1 << 6, 1 << 11, 1 << 13
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF


@dataclass(slots=True)
class Member:
    """One entry of the central directory, with what its local header says. `problem` is set when it can't be trusted."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    stamp: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int
    data_start: int = 0
    end: int = 0
    problem: Message = NOTHING

    @property
    def encrypted(self) -> bool:
        return bool(self.flags & _ENCRYPTED)

    @property
    def beyond_us(self) -> bool:
        return bool(self.flags & (_STRONG | _MASKED))

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")

    @property
    def is_link(self) -> bool:
        return self.mode & 0o170000 == 0o120000


@dataclass(slots=True)
class Directory:
    members: list[Member]
    """In the order of their offsets."""
    loose: list[tuple[int, int]] = field(default_factory=list)
    """(start, end) of bytes that belong to no entry."""


def read_directory(stream: BinaryIO, size: int) -> Directory:
    """Raises InputError when the archive as a whole can't be trusted; single entries carry their own problem."""
    end = _find_end(stream, size)
    base = end.start - end.size - end.offset
    if base < 0:
        raise _damaged(Message("its directory is cut off"))
    members = _central(stream, end, base)
    members.sort(key=lambda member: member.offset)
    for member in members:
        _check_local(stream, member, end.start - end.size)
    _mark_duplicates(members)
    return Directory(members, list(_loose(stream, members, end, size)))


def _damaged(what: Message) -> InputError:
    return InputError("The zip is damaged: {what}.", what=what)


@dataclass(frozen=True, slots=True)
class _End:
    """The end record: where the directory ends, and what it says of itself. `stop` is the end of the end record."""

    start: int
    stop: int
    count: int
    size: int
    offset: int


def _read(stream: BinaryIO, start: int, length: int) -> bytes:
    stream.seek(start)
    data = stream.read(length)
    if len(data) != length:
        raise _damaged(Message("it is cut off"))
    return data


def _find_end(stream: BinaryIO, size: int) -> _End:
    if size < _EOCD_SIZE:
        raise _damaged(Message("it is cut off"))
    tail_start = max(0, size - _EOCD_SIZE - _FULL16)
    tail = _read(stream, tail_start, size - tail_start)
    fitting: list[int] = []
    last = -1
    at = tail.rfind(_EOCD)
    while at >= 0 and len(fitting) < 2:
        if at + _EOCD_SIZE <= len(tail):
            last = max(last, at)
            stop = at + _EOCD_SIZE + int.from_bytes(tail[at + 20 : at + 22], "little")
            if stop == len(tail):
                fitting.append(at)
        at = tail.rfind(_EOCD, 0, at)
    if len(fitting) > 1:
        raise _damaged(Message("it has two directories"))
    if last < 0:
        raise _damaged(Message("it has no directory"))
    at = fitting[0] if fitting else last
    stop = at + _EOCD_SIZE + int.from_bytes(tail[at + 20 : at + 22], "little")
    if stop > len(tail):
        raise _damaged(Message("its end record is cut off"))
    disk, directory_disk, here, count, length, offset = struct.unpack("<4H2L", tail[at + 4 : at + 20])
    plain = _End(tail_start + at, tail_start + stop, count, length, offset)
    end = _end64(stream, plain) or plain
    if end is plain and (disk or directory_disk or here != count):
        raise _damaged(Message("it is a part of a split archive" if disk or directory_disk else "its count of entries is wrong"))
    return end


def _end64(stream: BinaryIO, plain: _End) -> _End | None:
    at = plain.start - _LOCATOR64_SIZE
    locator = _read(stream, at, _LOCATOR64_SIZE) if at >= 0 else b""
    if not locator.startswith(_LOCATOR64):
        return None
    disk, stated, disks = struct.unpack("<LQL", locator[4:])
    record_at = at - _EOCD64_SIZE
    if disk or disks > 1 or record_at < 0 or stated > record_at:
        raise _damaged(Message("its 64-bit end record is inconsistent"))
    record = _read(stream, record_at, _EOCD64_SIZE)
    length, _, _, own_disk, directory_disk, here, count, size, offset = struct.unpack("<QHHLLQQQQ", record[4:])
    sound = record.startswith(_EOCD64) and length == _EOCD64_SIZE - 12 and not own_disk and not directory_disk and here == count
    for old, new, full in ((plain.count, count, _FULL16), (plain.size, size, _FULL32), (plain.offset, offset, _FULL32)):
        sound = sound and old in (full, new)
    if not sound:
        raise _damaged(Message("its 64-bit end record is inconsistent"))
    return _End(record_at, plain.stop, count, size, offset)


def _central(stream: BinaryIO, end: _End, base: int) -> list[Member]:
    if end.count > limits.MAX_ARCHIVE_ENTRIES:
        raise InputError("The zip has more entries than are read.")
    if end.size < end.count * _CENTRAL_SIZE:
        raise _damaged(Message("its count of entries is wrong"))
    data = _read(stream, end.start - end.size, end.size)
    members: list[Member] = []
    at = 0
    while data.startswith(_CENTRAL, at) and at + _CENTRAL_SIZE <= len(data):
        if len(members) >= end.count:
            raise _damaged(Message("its count of entries is wrong"))
        (_, _, flags, method, stamp, crc, packed, size, name_len, extra_len, comment_len, disk, _, attributes, offset) = (
            struct.unpack_from("<HHHHLLLLHHHHHLL", data, at + 4)
        )
        stop = at + _CENTRAL_SIZE + name_len + extra_len + comment_len
        if stop > len(data):
            raise _damaged(Message("its directory is cut off"))
        raw_name = data[at + _CENTRAL_SIZE : at + _CENTRAL_SIZE + name_len]
        extra = data[at + _CENTRAL_SIZE + name_len : stop - comment_len]
        size, packed, offset, problem = _zip64(extra, size, packed, offset)
        if disk:
            raise _damaged(Message("it is a part of a split archive"))
        mode = attributes >> 16 if data[at + 5] in (3, 19) else 0
        name, name_problem = _name(raw_name, flags, extra)
        members.append(
            Member(name, raw_name, flags, method, stamp, crc, packed, size, base + offset, mode, problem=problem or name_problem)
        )
        at = stop
    if at != len(data) or len(members) != end.count:
        raise _damaged(Message("its count of entries is wrong"))
    return members


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _zip64(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int, Message]:
    """The 64-bit values of the fields that are full, in their fixed order."""
    if _FULL32 not in (size, packed, offset):
        return size, packed, offset, NOTHING
    wide = next((data for kind, data in _extras(extra) if kind == 1), b"")
    values = [size, packed, offset]
    for n, value in enumerate(values):
        if value == _FULL32:
            if len(wide) < 8:
                return size, packed, offset, Message("its 64-bit sizes are missing")
            values[n], wide = int.from_bytes(wide[:8], "little"), wide[8:]
    return values[0], values[1], values[2], NOTHING


def _name(raw: bytes, flags: int, extra: bytes) -> tuple[str, Message]:
    """(name, problem). UTF-8 when flagged or when it reads as such, else code page 437; a Unicode path extra goes first."""
    for kind, data in _extras(extra):
        if kind == 0x7075 and len(data) > 5 and int.from_bytes(data[1:5], "little") == zlib.crc32(raw):
            raw, flags = data[5:], flags | _UTF8
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("utf-8", "backslashreplace") if flags & _UTF8 else raw.decode("cp437")
    if not name:
        return "(no name)", Message("it has no name")
    if len(raw) > limits.MAX_NAME:
        return name[:200] + "…", Message("its name is too long")
    if not name.isprintable() and any(ord(c) < 32 or 127 <= ord(c) < 160 for c in name):
        return "".join(c if c.isprintable() else "\ufffd" for c in name), Message("its name holds control characters")
    parts = (name if "/" in name else name.replace("\\", "/")).split("/")
    plain = "/".join(part for part in parts[:-1] if part not in ("", "."))
    return f"{plain}/{parts[-1]}" if plain else parts[-1] or "/", NOTHING


def _check_local(stream: BinaryIO, member: Member, directory_start: int) -> None:
    """Compare the local header with the directory, and find where the entry's bytes lie."""
    try:
        header = _read(stream, member.offset, _LOCAL_SIZE)
        if not header.startswith(_LOCAL) or member.offset + _LOCAL_SIZE > directory_start:
            raise _damaged(Message("no header"))
        _, flags, method, stamp, crc, packed, size, name_len, extra_len = struct.unpack("<HHHLLLLHH", header[4:])
        name = _read(stream, member.offset + _LOCAL_SIZE, name_len)
        extra = _read(stream, member.offset + _LOCAL_SIZE + name_len, extra_len)
    except InputError:
        member.problem = member.problem or Message("its local header is missing")
        member.data_start = member.end = member.offset
        return
    size, packed, _, _ = _zip64(extra, size, packed, 0)
    member.data_start = member.offset + _LOCAL_SIZE + name_len + extra_len
    member.end = member.data_start + member.packed
    streamed = bool(flags & _STREAMED)
    same = (
        name == member.raw_name
        and method == member.method
        and stamp == member.stamp
        and not (flags ^ member.flags) & (_ENCRYPTED | _STREAMED | _STRONG | _UTF8 | _MASKED)
        and all(
            local == central or (streamed and local in (0, _FULL32))
            for local, central in ((crc, member.crc), (packed, member.packed), (size, member.size))
        )
    )
    if member.end > directory_start:
        member.problem = member.problem or Message("it reaches into the directory")
    elif not same:
        member.problem = member.problem or Message("its local header and the directory disagree")
    elif member.method == STORED and member.packed != member.size + (12 if member.encrypted else 0):
        member.problem = member.problem or Message("its sizes disagree")
    if streamed and member.end <= directory_start:
        member.end += _descriptor(stream, member, directory_start)


def _descriptor(stream: BinaryIO, member: Member, directory_start: int) -> int:
    """The length of the data descriptor behind the bytes: four forms are in use; 0 when there is none that fits."""
    stream.seek(member.end)
    found = stream.read(min(24, directory_start - member.end))
    for mark in (_DESCRIPTOR, b""):
        for form in ("<LLL", "<LQQ"):
            length = len(mark) + struct.calcsize(form)
            try:
                if found[:length] == mark + struct.pack(form, member.crc, member.packed, member.size):
                    return length
            except struct.error:
                continue
    member.problem = member.problem or Message("its data descriptor and the directory disagree")
    return 0


def _mark_duplicates(members: list[Member]) -> None:
    """Two entries of one name: which of them is meant, nobody can say."""
    seen: dict[str, Member] = {}
    for member in members:
        twin = seen.setdefault(member.name, member)
        if twin is not member:
            twin.problem = twin.problem or Message("its name stands twice in the archive")
            member.problem = member.problem or Message("its name stands twice in the archive")


def _loose(stream: BinaryIO, members: list[Member], end: _End, size: int) -> Iterator[tuple[int, int]]:
    """Bytes that belong to no entry, unless they are all zero. Entries that overlap are a bomb or a forgery."""
    at = 0
    places = [(m.offset, m.end) for m in members if m.end > m.offset] + [(end.start - end.size, end.stop)]
    for start, stop in places:
        if start < at:
            raise _damaged(Message("entries overlap"))
        if start > at and not _all_zero(stream, at, start):
            yield at, start
        at = stop
    if size > at:
        yield at, size


def _all_zero(stream: BinaryIO, start: int, stop: int) -> bool:
    stream.seek(start)
    while start < stop:
        chunk = stream.read(min(limits.CHUNK, stop - start))
        if not chunk or chunk.count(0) != len(chunk):
            return False
        start += len(chunk)
    return True
