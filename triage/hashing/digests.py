"""MD5, SHA-1 and SHA-256 of the raw bytes, in one pass, by the host."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO

from triage import limits
from triage.model.media import Digests

_STRETCH = 4 * limits.MIB
"""At a time: short enough that the second and third digest find it in the processor's cache, long enough that most files are
one stretch. Between stretches a thread waits for its turn."""


def digest(stream: BinaryIO) -> Digests:
    """Reads `stream` from where it stands to its end."""
    return _digest(iter(lambda: stream.read(limits.CHUNK), b""))


def digest_of(data: bytes) -> Digests:
    """Of bytes in memory, without copying them."""
    view = memoryview(data)
    return _digest(view[start : start + _STRETCH] for start in range(0, len(data), _STRETCH))


def _digest(stretches: Iterable[bytes | memoryview]) -> Digests:
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    size = 0
    for stretch in stretches:
        size += len(stretch)
        for running in (md5, sha1, sha256):
            running.update(stretch)
    return Digests(md5.hexdigest(), sha1.hexdigest(), sha256.hexdigest(), size)
