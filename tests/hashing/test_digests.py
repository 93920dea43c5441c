from __future__ import annotations

import hashlib
import io

import pytest

from triage import limits
from triage.hashing.digests import digest_bytes, digest_stream


@pytest.mark.parametrize("size", [0, 1, 3, limits.CHUNK - 1, limits.CHUNK, limits.CHUNK + 1, 9 * limits.CHUNK + 5])
def test_same_as_hashing_all_at_once(size: int) -> None:
    data = (bytes(range(256)) * (size // 256 + 1))[:size]
    found = digest_stream(io.BytesIO(data))
    assert found.md5 == hashlib.md5(data).hexdigest()
    assert found.sha1 == hashlib.sha1(data).hexdigest()
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.size == size
    assert digest_bytes(data) == found


def test_published_values() -> None:
    """Of "abc": RFC 1321 appendix A.5, FIPS 180."""
    found = digest_stream(io.BytesIO(b"abc"))
    assert found.md5 == "900150983cd24fb0d6963f7d28e17f72"
    assert found.sha1 == "a9993e364706816aba3e25717850c26c9cd0d89d"
    assert found.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
