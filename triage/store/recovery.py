"""The recovery key in two halves for two custodians. One half alone reveals nothing about the key.

Each half is a private key of its own (X25519). The store keeps only the public parts, so that one half can be made and shown
without the other. Both together open the recovery slot of the key file (keys.py).

A half is printed as 16 groups of four letters and digits (RFC 4648 base32). It holds one byte of version and number, two bytes
that both halves share, 32 of the private key and five of a checksum. Misread digits (0, 1, 8) are taken for the letters that they
look like.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from triage.errors import StoreError
from triage.message import Message

_VERSION = 2
_SECRET, _MARK, _CHECK, _LENGTH = 32, 2, 5, 40
_LOOKALIKES = str.maketrans("018", "OIB", " -\t\r\n.")


@dataclass(frozen=True, slots=True)
class RecoveryHalf:
    """A new half. `text` is for its custodian's paper only; `public` may be stored."""

    text: str
    public: bytes


@dataclass(frozen=True, slots=True)
class RecoveryPair:
    """Both halves of a new recovery key, and the mark that they share."""

    mark: bytes
    first: RecoveryHalf
    second: RecoveryHalf


def make_mark() -> bytes:
    """Returns a random mark for the two halves of one recovery key."""
    return os.urandom(_MARK)


def make_pair() -> RecoveryPair:
    """Makes both halves at once, for a new store, which has one user."""
    mark = make_mark()
    return RecoveryPair(mark, make_half(1, mark), make_half(2, mark))


def make_half(number: int, mark: bytes) -> RecoveryHalf:
    """Makes half 1 or 2 of the recovery key with this mark."""
    secret = os.urandom(_SECRET)
    return RecoveryHalf(
        _format_half(number, mark, secret), X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    )


def read_halves(first: str, second: str) -> tuple[bytes, bytes]:
    """Returns the private keys of halves 1 and 2, given in any order.

    Raises:
        StoreError: if a half was mistyped, or the two do not belong together; it says which
    """
    halves = sorted((_parse_half(first, Message("first")), _parse_half(second, Message("second"))))
    if [number for number, _, _ in halves] != [1, 2]:
        raise StoreError("These are two copies of one half; the other custodian's half is needed.")
    (_, mark, one), (_, other, two) = halves
    if mark != other:
        raise StoreError("These two halves belong to different recovery keys; use two that were printed together.")
    return one, two


def _format_half(number: int, mark: bytes, secret: bytes) -> str:
    """Returns the half as it is printed."""
    body = bytes([_VERSION << 4 | number]) + mark + secret
    text = base64.b32encode(body + _compute_checksum(body)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _parse_half(text: str, which: Message) -> tuple[int, bytes, bytes]:
    """Returns (number, mark, private key) of a printed half.

    Raises:
        StoreError: if it was mistyped, or printed by another version
    """
    try:
        data = base64.b32decode(text.upper().translate(_LOOKALIKES))
    except (binascii.Error, ValueError):
        data = b""
    body, check = data[:-_CHECK], data[-_CHECK:]
    if len(data) != _LENGTH or check != _compute_checksum(body):
        raise StoreError(
            "The {which} half of the recovery key was mistyped; compare it with the paper, group by group.", which=which
        )
    if body[0] >> 4 != _VERSION:
        raise StoreError("The {which} half of the recovery key was printed by another version of Triage.", which=which)
    return body[0] & 0x0F, body[1 : 1 + _MARK], body[1 + _MARK :]


def _compute_checksum(body: bytes) -> bytes:
    """Returns the checksum of a half."""
    return hashlib.sha256(b"triage recovery half\0" + body).digest()[:_CHECK]
