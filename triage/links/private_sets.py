"""Group arithmetic of the private set intersection: points of edwards25519 that hide values, by libsodium.

A value is hashed to a point of the prime-order subgroup, and a secret scalar hides it. Hiding commutes: two sides that hide the
same value, each with its own scalar, reach the same point in either order (Meadows 1986; Huberman, Franklin, Hogg 1999).
Without the scalar a point says nothing about its value, as far as the decisional Diffie-Hellman problem is hard.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from nacl import bindings

POINT = bindings.crypto_core_ed25519_BYTES
"""Bytes of a point."""
_DOMAIN = b"triage deconfliction 1"
_LEAST_POINTS = 16  # of a list, however few values it has


def make_scalar() -> bytes:
    """Returns a random scalar of the group, never 0."""
    while True:
        scalar = bindings.crypto_core_ed25519_scalar_reduce(secrets.token_bytes(64))
        if any(scalar):
            return scalar


def hash_to_point(session: str, kind: str, value: str) -> bytes:
    """Returns the point of a value in one session: the sum of two independent maps, so that all points are equally likely."""
    said = b"\x00".join(text.encode("utf-8", "surrogatepass") for text in (session, kind, value))
    digest = hashlib.sha512(_DOMAIN + b"\x00" + said).digest()
    one, two = (bindings.crypto_core_ed25519_from_uniform(part) for part in (digest[:32], digest[32:]))
    return bindings.crypto_core_ed25519_add(one, two)


def hide(point: bytes, scalar: bytes) -> bytes:
    """Returns the point hidden by a scalar."""
    return bindings.crypto_scalarmult_ed25519_noclamp(scalar, point)


def unhide(point: bytes, scalar: bytes) -> bytes:
    """Returns the point without the scalar by which it was hidden."""
    return bindings.crypto_scalarmult_ed25519_noclamp(bindings.crypto_core_ed25519_scalar_invert(scalar), point)


def make_filler(scalar: bytes, place: int) -> bytes:
    """Returns the point that stands for no value at a place of a list.

    It follows from the secret scalar, so that a list that is made again is the same list. Two lists whose fillers differed would
    tell which points are values.
    """
    return hide(hash_to_point(scalar.hex(), "filler", str(place)), scalar)


def pad_length(count: int) -> int:
    """Returns how long a list of so many points is made, so that its length tells only the order of magnitude."""
    return max(_LEAST_POINTS, 1 << max(count - 1, 0).bit_length())


def split_points(data: bytes, most: int) -> list[bytes]:
    """Returns the points that stand one behind the other in bytes of a stranger.

    Raises:
        ValueError: if there are too many or too few bytes, a point is not of the group's prime-order part, or one stands twice
    """
    if len(data) % POINT or not 0 < len(data) <= most * POINT:
        raise ValueError("no list of points")
    points = [data[at : at + POINT] for at in range(0, len(data), POINT)]
    if len(set(points)) != len(points):
        raise ValueError("a point stands twice")
    if not all(bindings.crypto_core_ed25519_is_valid_point(point) for point in points):
        raise ValueError("not a point of the group")
    return points


def join_points(points: Sequence[bytes]) -> bytes:
    """Returns points one behind the other."""
    return b"".join(points)
