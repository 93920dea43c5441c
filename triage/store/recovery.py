"""The recovery key in two halves for two custodians: either alone says nothing about the key.

A half is printed as 16 groups of four letters and digits (RFC 4648 base32): one byte of version and number, two that both
halves share, 32 of the share, five of a checksum. Misread digits (0, 1, 8) are taken for the letters they look like.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os

from triage.errors import StoreError

_VERSION = 1
_SHARE, _CHECK, _LENGTH = 32, 5, 40
_LOOKALIKES = str.maketrans("018", "OIB", " -\t\r\n.")


def split(key: bytes) -> tuple[str, str]:
    """Two halves of a key of 32 bytes."""
    pad, pair = os.urandom(_SHARE), os.urandom(2)
    return _write(1, pair, pad), _write(2, pair, _xor(key, pad))


def join(first: str, second: str) -> bytes:
    """The key, from its halves in any order. Raises StoreError that says which half was misread."""
    halves = sorted((_read(first, "first"), _read(second, "second")))
    if [number for number, _, _ in halves] != [1, 2]:
        raise StoreError("These are two copies of one half; the other custodian's half is needed.")
    (_, pair, pad), (_, other, share) = halves
    if pair != other:
        raise StoreError("These two halves belong to different recovery keys; use two that were printed together.")
    return _xor(pad, share)


def _write(number: int, pair: bytes, share: bytes) -> str:
    body = bytes([_VERSION << 4 | number]) + pair + share
    text = base64.b32encode(body + _checksum(body)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _read(text: str, which: str) -> tuple[int, bytes, bytes]:
    try:
        data = base64.b32decode(text.upper().translate(_LOOKALIKES))
    except (binascii.Error, ValueError):
        data = b""
    body, check = data[:-_CHECK], data[-_CHECK:]
    if len(data) != _LENGTH or check != _checksum(body):
        raise StoreError(f"The {which} half of the recovery key was mistyped; compare it with the paper, group by group.")
    if body[0] >> 4 != _VERSION:
        raise StoreError(f"The {which} half of the recovery key was printed by another version of Triage.")
    return body[0] & 0x0F, body[1:3], body[3:]


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(b"triage recovery half\0" + body).digest()[:_CHECK]


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
