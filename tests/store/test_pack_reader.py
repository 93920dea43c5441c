"""A reader of many items opens each pack once, and closes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.store.test_vault import seal
from triage.errors import StoreError
from triage.store import pack_reader
from triage.store.pack_reader import PackReader
from triage.store.vault import SealedReader, pack_path


def test_a_pack_is_opened_once_for_all_its_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = seal(tmp_path, b"a" * 40, b"b" * 40, b"c" * 40, limit=100)
    assert [place.pack for place in places] == [1, 1, 2]
    opened: list[int] = []
    real = pack_reader.open_handle
    monkeypatch.setattr(pack_reader, "open_handle", lambda path: opened.append(real(path)) or opened[-1])
    with PackReader() as packs:
        assert [SealedReader(tmp_path, place, packs.read).all()[:1] for place in places] == [b"a", b"b", b"c"]
        assert len(opened) == 2
    for handle in opened:
        with pytest.raises(OSError):
            os.fstat(handle)


def test_a_pack_that_is_gone_is_said_and_the_next_one_is_read(tmp_path: Path) -> None:
    first, _, last = seal(tmp_path, b"a" * 40, b"b" * 40, b"c" * 40, limit=100)
    pack_path(tmp_path, 1).unlink()
    with PackReader() as packs:
        with pytest.raises(StoreError, match="missing"):
            SealedReader(tmp_path, first, packs.read).all()
        assert SealedReader(tmp_path, last, packs.read).all() == b"c" * 40
