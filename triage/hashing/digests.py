"""Computes MD5, SHA-1 and SHA-256 of raw bytes in one pass, by the host."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from triage import limits
from triage.hashing.digest_kernel import load_kernel
from triage.model.media import Digests

_CHUNK_BYTES = 4 * limits.MIB  # short enough that the second and third digest find the bytes in the processor's cache, long
# enough that most files are one chunk; between chunks a thread waits for its turn


def digest_stream(stream: BinaryIO) -> Digests:
    """Returns the digests and the size of what `stream` holds from its position to its end. Raises OSError of the stream."""
    return _digest_chunks(iter(lambda: stream.read(limits.CHUNK), b""))


def digest_all(strings: Sequence[bytes]) -> list[Digests]:
    """Returns the digests and sizes of several byte strings, in order. The compiled kernel takes a third of the time."""
    kernel = load_kernel()
    return kernel(strings) if kernel is not None else [digest_bytes(each) for each in strings]


def digest_bytes(data: bytes) -> Digests:
    """Returns the digests and the size of bytes in memory, without copying them."""
    view = memoryview(data)
    return _digest_chunks(view[start : start + _CHUNK_BYTES] for start in range(0, len(data), _CHUNK_BYTES))


def _digest_chunks(chunks: Iterable[bytes | memoryview]) -> Digests:
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        for running in (md5, sha1, sha256):
            running.update(chunk)
    return Digests(md5.hexdigest(), sha1.hexdigest(), sha256.hexdigest(), size)
