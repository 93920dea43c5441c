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
class ZipMember:
    """One entry of the central directory with its local header.

    `problem` is set when it can't be trusted.
    """

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
        """Returns whether the entry needs a password."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def is_unsupported(self) -> bool:
        """Returns whether the entry uses strong encryption or masked headers, which a password alone does not open."""
        return bool(self.flags & (_STRONG | _MASKED))

    @property
    def is_folder(self) -> bool:
        """Returns whether the entry is a folder, by its name."""
        return self.name.endswith("/")

    @property
    def is_link(self) -> bool:
        """Returns whether the entry is a symbolic link, by its Unix mode."""
        return self.mode & 0o170000 == 0o120000


@dataclass(slots=True)
class ZipDirectory:
    """The entries of a zip, and the byte ranges that belong to none."""

    members: list[ZipMember]
    """In the order of their offsets."""
    loose: list[tuple[int, int]] = field(default_factory=list)
    """(start, end) of bytes that belong to no entry."""


def read_directory(stream: BinaryIO, size: int) -> ZipDirectory:
    """Reads and checks the structure of a zip of `size` bytes.

    Raises InputError when the archive as a whole can't be trusted. Single entries carry their own problem.
    """
    end = _find_end_record(stream, size)
    base = end.start - end.size - end.offset
    if base < 0:
        raise _make_damage_error(Message("its directory is cut off"))
    members = _read_central_directory(stream, end, base)
    members.sort(key=lambda member: member.offset)
    for member in members:
        _check_local(stream, member, end.start - end.size)
    _mark_duplicates(members)
    return ZipDirectory(members, list(_find_unclaimed_ranges(stream, members, end, size)))


def _make_damage_error(what: Message) -> InputError:
    """Returns the InputError of a damaged zip.

    `what` says what is wrong.
    """
    return InputError("The zip is damaged: {what}.", what=what)


@dataclass(frozen=True, slots=True)
class _EndRecord:
    """The end record: where the directory ends, and what it states about itself.

    `stop` is the end of the record.
    """

    start: int
    stop: int
    count: int
    size: int
    offset: int


def _read_exactly(stream: BinaryIO, start: int, length: int) -> bytes:
    """Reads a range.

    Raises InputError when it is cut off.
    """
    stream.seek(start)
    data = stream.read(length)
    if len(data) != length:
        raise _make_damage_error(Message("it is cut off"))
    return data


def _find_end_record(stream: BinaryIO, size: int) -> _EndRecord:
    """Returns the end record, 64-bit if there is one.

    Raises InputError when it is missing or ambiguous.
    """
    if size < _EOCD_SIZE:
        raise _make_damage_error(Message("it is cut off"))
    tail_start = max(0, size - _EOCD_SIZE - _FULL16)
    tail = _read_exactly(stream, tail_start, size - tail_start)
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
        raise _make_damage_error(Message("it has two directories"))
    if last < 0:
        raise _make_damage_error(Message("it has no directory"))
    at = fitting[0] if fitting else last
    stop = at + _EOCD_SIZE + int.from_bytes(tail[at + 20 : at + 22], "little")
    if stop > len(tail):
        raise _make_damage_error(Message("its end record is cut off"))
    disk, directory_disk, here, count, length, offset = struct.unpack("<4H2L", tail[at + 4 : at + 20])
    plain = _EndRecord(tail_start + at, tail_start + stop, count, length, offset)
    end = _read_end_record_64(stream, plain) or plain
    if end is plain and (disk or directory_disk or here != count):
        raise _make_damage_error(
            Message("it is a part of a split archive" if disk or directory_disk else "its count of entries is wrong")
        )
    return end


def _read_end_record_64(stream: BinaryIO, plain: _EndRecord) -> _EndRecord | None:
    """Returns the 64-bit end record, or None when there is none.

    Raises InputError when the two disagree.
    """
    at = plain.start - _LOCATOR64_SIZE
    locator = _read_exactly(stream, at, _LOCATOR64_SIZE) if at >= 0 else b""
    if not locator.startswith(_LOCATOR64):
        return None
    disk, stated, disks = struct.unpack("<LQL", locator[4:])
    record_at = at - _EOCD64_SIZE
    if disk or disks > 1 or record_at < 0 or stated > record_at:
        raise _make_damage_error(Message("its 64-bit end record is inconsistent"))
    record = _read_exactly(stream, record_at, _EOCD64_SIZE)
    length, _, _, own_disk, directory_disk, here, count, size, offset = struct.unpack("<QHHLLQQQQ", record[4:])
    sound = record.startswith(_EOCD64) and length == _EOCD64_SIZE - 12 and not own_disk and not directory_disk and here == count
    for old, new, full in ((plain.count, count, _FULL16), (plain.size, size, _FULL32), (plain.offset, offset, _FULL32)):
        sound = sound and old in (full, new)
    if not sound:
        raise _make_damage_error(Message("its 64-bit end record is inconsistent"))
    return _EndRecord(record_at, plain.stop, count, size, offset)


def _read_central_directory(stream: BinaryIO, end: _EndRecord, base: int) -> list[ZipMember]:
    """Returns the entries of the central directory.

    `base` is the offset at which the archive begins.
    """
    if end.count > limits.MAX_ARCHIVE_ENTRIES:
        raise InputError("The zip has more entries than are read.")
    if end.size < end.count * _CENTRAL_SIZE:
        raise _make_damage_error(Message("its count of entries is wrong"))
    data = _read_exactly(stream, end.start - end.size, end.size)
    members: list[ZipMember] = []
    at = 0
    while data.startswith(_CENTRAL, at) and at + _CENTRAL_SIZE <= len(data):
        if len(members) >= end.count:
            raise _make_damage_error(Message("its count of entries is wrong"))
        (_, _, flags, method, stamp, crc, packed, size, name_len, extra_len, comment_len, disk, _, attributes, offset) = (
            struct.unpack_from("<HHHHLLLLHHHHHLL", data, at + 4)
        )
        stop = at + _CENTRAL_SIZE + name_len + extra_len + comment_len
        if stop > len(data):
            raise _make_damage_error(Message("its directory is cut off"))
        raw_name = data[at + _CENTRAL_SIZE : at + _CENTRAL_SIZE + name_len]
        extra = data[at + _CENTRAL_SIZE + name_len : stop - comment_len]
        size, packed, offset, problem = _widen_sizes(extra, size, packed, offset)
        if disk:
            raise _make_damage_error(Message("it is a part of a split archive"))
        mode = attributes >> 16 if data[at + 5] in (3, 19) else 0
        name, name_problem = _decode_name(raw_name, flags, extra)
        members.append(
            ZipMember(
                name, raw_name, flags, method, stamp, crc, packed, size, base + offset, mode, problem=problem or name_problem
            )
        )
        at = stop
    if at != len(data) or len(members) != end.count:
        raise _make_damage_error(Message("its count of entries is wrong"))
    return members


def _iter_extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields (kind, data) of an extra field block."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _widen_sizes(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int, Message]:
    """Returns size, packed size and offset with their 64-bit values where needed, and a problem or ""."""
    if _FULL32 not in (size, packed, offset):
        return size, packed, offset, NOTHING
    wide = next((data for kind, data in _iter_extra_fields(extra) if kind == 1), b"")
    values = [size, packed, offset]
    for n, value in enumerate(values):
        if value == _FULL32:
            if len(wide) < 8:
                return size, packed, offset, Message("its 64-bit sizes are missing")
            values[n], wide = int.from_bytes(wide[:8], "little"), wide[8:]
    return values[0], values[1], values[2], NOTHING


def _decode_name(raw: bytes, flags: int, extra: bytes) -> tuple[str, Message]:
    """Returns (name, problem).

    A Unicode path extra counts first, then UTF-8 when flagged or valid, else code page 437.
    """
    for kind, data in _iter_extra_fields(extra):
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


def _check_local(stream: BinaryIO, member: ZipMember, directory_start: int) -> None:
    """Compares an entry's local header with the directory, and sets where its bytes lie."""
    try:
        header = _read_exactly(stream, member.offset, _LOCAL_SIZE)
        if not header.startswith(_LOCAL) or member.offset + _LOCAL_SIZE > directory_start:
            raise _make_damage_error(Message("no header"))
        _, flags, method, stamp, crc, packed, size, name_len, extra_len = struct.unpack("<HHHLLLLHH", header[4:])
        name = _read_exactly(stream, member.offset + _LOCAL_SIZE, name_len)
        extra = _read_exactly(stream, member.offset + _LOCAL_SIZE + name_len, extra_len)
    except InputError:
        member.problem = member.problem or Message("its local header is missing")
        member.data_start = member.end = member.offset
        return
    size, packed, _, _ = _widen_sizes(extra, size, packed, 0)
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
        member.end += _descriptor_length(stream, member, directory_start)


def _descriptor_length(stream: BinaryIO, member: ZipMember, directory_start: int) -> int:
    """Returns the length of the data descriptor behind the bytes, in any of its four forms, or 0 when none fits."""
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


def _mark_duplicates(members: list[ZipMember]) -> None:
    """Sets a problem on every entry whose name occurs twice, since nobody can say which is meant."""
    seen: dict[str, ZipMember] = {}
    for member in members:
        twin = seen.setdefault(member.name, member)
        if twin is not member:
            twin.problem = twin.problem or Message("its name stands twice in the archive")
            member.problem = member.problem or Message("its name stands twice in the archive")


def _find_unclaimed_ranges(stream: BinaryIO, members: list[ZipMember], end: _EndRecord, size: int) -> Iterator[tuple[int, int]]:
    """Yields ranges that belong to no entry, unless they are all zero.

    Raises InputError when entries overlap.
    """
    at = 0
    places = [(m.offset, m.end) for m in members if m.end > m.offset] + [(end.start - end.size, end.stop)]
    for start, stop in places:
        if start < at:
            raise _make_damage_error(Message("entries overlap"))
        if start > at and not _is_zero_filled(stream, at, start):
            yield at, start
        at = stop
    if size > at:
        yield at, size


def _is_zero_filled(stream: BinaryIO, start: int, stop: int) -> bool:
    """Returns whether a range holds only zero bytes."""
    stream.seek(start)
    while start < stop:
        chunk = stream.read(min(limits.CHUNK, stop - start))
        if not chunk or chunk.count(0) != len(chunk):
            return False
        start += len(chunk)
    return True
