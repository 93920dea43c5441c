"""Zips made by hand, so that every lie a zip can tell can be told."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field


@dataclass
class Made:
    """One entry; the fields after `data` override what an honest writer would say, in the local header or the directory."""

    name: bytes
    data: bytes = b""
    deflate: bool = False
    local: dict[str, int | bytes] = field(default_factory=dict)
    central: dict[str, int | bytes] = field(default_factory=dict)
    streamed: bool = False
    gap: bytes = b""
    """Bytes before the local header."""
    mode: int = 0
    offset: int | None = None
    body: bytes | None = None


def honest(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def crooked(
    entries: list[Made],
    *,
    count: int | None = None,
    disk: int = 0,
    prefix: bytes = b"",
    before_directory: bytes = b"",
    behind: bytes = b"",
    comment: bytes = b"",
    comment_length: int | None = None,
    directory_offset: int | None = None,
    wide: bool = False,
) -> bytes:
    """`wide` writes 64-bit end records, and full 16-bit counts in the old one."""
    out = bytearray(prefix)
    directory = bytearray()
    for entry in entries:
        out += entry.gap
        body = entry.body
        if body is None:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            body = packer.compress(entry.data) + packer.flush() if entry.deflate else entry.data
        honestly: dict[str, int | bytes] = {
            "flags": 8 if entry.streamed else 0,
            "method": 8 if entry.deflate else 0,
            "stamp": 0x58210000,
            "crc": zlib.crc32(entry.data),
            "packed": len(body),
            "size": len(entry.data),
            "name": entry.name,
            "extra": b"",
        }
        local = {**honestly, **({"crc": 0, "packed": 0, "size": 0} if entry.streamed else {}), **entry.local}
        central = {**honestly, **entry.central}
        offset = len(out) if entry.offset is None else entry.offset
        out += struct.pack("<4sHHHLLLLHH", b"PK\3\4", 20, *_values(local)) + local["name"] + local["extra"] + body
        if entry.streamed:
            out += struct.pack("<4sLLL", b"PK\7\x08", *(honestly[k] for k in ("crc", "packed", "size")))
        directory += struct.pack("<4sHHHHLLLLHH", b"PK\1\2", 0x0314, 20, *_values(central))
        directory += struct.pack("<HHHLL", 0, disk, 0, entry.mode << 16, offset) + central["name"] + central["extra"]
    out += before_directory
    at = len(out) if directory_offset is None else directory_offset
    count = len(entries) if count is None else count
    out += directory
    if wide:
        record_at = len(out)
        out += struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, disk, disk, count, count, len(directory), at)
        out += struct.pack("<4sLQL", b"PK\6\7", disk, record_at, 1)
        count, at = 0xFFFF, min(at, 0xFFFFFFFF)
    length = len(comment) if comment_length is None else comment_length
    out += struct.pack("<4sHHHHLLH", b"PK\5\6", disk, disk, count, count, len(directory), at, length)
    return bytes(out + comment + behind)


def _values(said: dict[str, int | bytes]) -> list[int]:
    plain = [said[k] for k in ("flags", "method", "stamp", "crc", "packed", "size")]
    return [*plain, len(said["name"]), len(said["extra"])]  # type: ignore[arg-type,list-item]


def zipcrypto(files: dict[str, bytes], password: bytes) -> bytes:
    """ZipCrypto, which no library at hand writes: the old cipher of APPNOTE 6.1, for tests alone."""
    table = [0] * 256
    for n in range(256):
        value = n
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table[n] = value

    def locked(data: bytes) -> bytes:
        keys = [0x12345678, 0x23456789, 0x34567890]

        def update(byte: int) -> None:
            keys[0] = keys[0] >> 8 ^ table[(keys[0] ^ byte) & 255]
            keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
            keys[2] = keys[2] >> 8 ^ table[(keys[2] ^ keys[1] >> 24) & 255]

        for byte in password:
            update(byte)
        out = bytearray()
        for byte in data:
            mask = keys[2] | 2
            out.append(byte ^ (mask * (mask ^ 1) >> 8 & 255))
            update(byte)
        return bytes(out)

    def entry(name: str, data: bytes) -> Made:
        head = b"12345678901" + struct.pack("<L", zlib.crc32(data))[3:]
        body = locked(head + data)
        said: dict[str, int | bytes] = {"flags": 1}
        return Made(name.encode(), data, local=said, central=said, body=body)

    return crooked([entry(name, data) for name, data in files.items()])
