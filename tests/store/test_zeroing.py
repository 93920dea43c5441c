"""Overwriting sealed bytes: the range reads as zeros, its blocks are given back, and what lies beside it stays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from triage.store.vault import pack_path, sealed_length
from triage.store.zeroing import zero_sealed_bytes

SIZE = 1 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives blocks back in place")
def test_blocks_of_what_was_destroyed_are_given_back(tmp_path: Path) -> None:
    pack, length = pack_path(tmp_path, 1), sealed_length(SIZE)
    pack.write_bytes(b"\1" * 3 * length)
    before = pack.stat()
    assert zero_sealed_bytes(tmp_path, [(1, length, SIZE)]) == 1
    after = pack.stat()
    assert pack.read_bytes() == b"\1" * length + bytes(length) + b"\1" * length
    assert after.st_size == before.st_size
    assert (before.st_blocks - after.st_blocks) * 512 >= SIZE - 2 * 65_536
    assert zero_sealed_bytes(tmp_path, [(1, length, SIZE)]) == 0
