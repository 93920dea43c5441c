"""Writes a zip locked with the old PKWARE cipher (APPNOTE 6.1), as agencies still send them.

The cipher is weak. It is here because the import must read it, with and without the password.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

_FLAGS = 0x0801
"""Encrypted, names in UTF-8."""
_DATE = ((2026 - 1980) << 9) | (1 << 5) | 1


class _Keys:
    """The three keys of the cipher."""

    def __init__(self, password: bytes) -> None:
        self._table = _table()
        self._a, self._b, self._c = 0x12345678, 0x23456789, 0x34567890
        self.lock(password)

    def lock(self, data: bytes) -> bytes:
        """Returns the data encrypted, and updates the keys with each byte of plain text."""
        out, table = bytearray(len(data)), self._table
        a, b, c = self._a, self._b, self._c
        for i, byte in enumerate(data):
            mask = (c & 0xFFFF) | 2
            out[i] = byte ^ ((mask * (mask ^ 1)) >> 8 & 0xFF)
            a = (a >> 8) ^ table[(a ^ byte) & 0xFF]
            b = ((b + (a & 0xFF)) * 134_775_813 + 1) & 0xFFFFFFFF
            c = (c >> 8) ^ table[(c ^ (b >> 24)) & 0xFF]
        self._a, self._b, self._c = a, b, c
        return bytes(out)


def _table() -> list[int]:
    """Returns the CRC-32 of single bytes, without the inversions that zlib puts around it."""
    table = []
    for i in range(256):
        value = i
        for _ in range(8):
            value = (value >> 1) ^ 0xEDB88320 if value & 1 else value >> 1
        table.append(value)
    return table


def locked_zip(entries: Mapping[str, bytes], password: bytes) -> bytes:
    """Returns a zip whose entries are deflated and locked with one password.

    The lock's random header is fixed, so that the feed repeats.
    """
    out, central = bytearray(), bytearray()
    for path, data in entries.items():
        name, crc = path.encode(), zlib.crc32(data)
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
        locked = _Keys(password).lock(b"not random." + bytes((crc >> 24,)) + packed)
        common = struct.pack("<HHHHHIIIHH", 20, _FLAGS, 8, 0, _DATE, crc, len(locked), len(data), len(name), 0)
        at = len(out)
        out += b"PK\x03\x04" + common + name + locked
        central += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0o644 << 16, at) + name
    count, start = len(entries), len(out)
    return bytes(out + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(central), start, 0))
