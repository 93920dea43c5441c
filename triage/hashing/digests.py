"""MD5, SHA-1 and SHA-256 of the raw bytes, in one pass, by the host."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from triage import limits
from triage.model.media import Digests


def digest(stream: BinaryIO) -> Digests:
    """Reads `stream` from where it stands to its end."""
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    size = 0
    while chunk := stream.read(limits.CHUNK):
        size += len(chunk)
        for running in (md5, sha1, sha256):
            running.update(chunk)
    return Digests(md5.hexdigest(), sha1.hexdigest(), sha256.hexdigest(), size)
