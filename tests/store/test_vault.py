from __future__ import annotations

import hashlib
import io
import struct
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.errors import StoreError
from triage.store import vault
from triage.store.vault import (
    Extent,
    ItemPlace,
    SealedReader,
    VaultWriter,
    count_missing_bytes,
    find_uncommitted,
    pack_path,
    sealed_length,
)

BIG = bytes(range(251)) * 10_000


def seal(
    directory: Path, *contents: bytes, last: tuple[int, int] | None = None, limit: int = vault.PACK_LIMIT
) -> list[ItemPlace]:
    writer = VaultWriter(directory, last, limit)
    places = [writer.seal(n, data, None) for n, data in enumerate(contents, 1)]
    writer.sync()
    writer.close()
    return places


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "CHUNK", 16)


@pytest.mark.parametrize("size", [0, 1, vault.CHUNK - 1, vault.CHUNK, vault.CHUNK + 1, 2 * vault.CHUNK])
def test_bytes_and_streams_come_back(tmp_path: Path, size: int) -> None:
    data = BIG[:size]
    writer = VaultWriter(tmp_path, None)
    whole, streamed = writer.seal(1, data, None), writer.seal(2, iter([data[:10], b"", data[10:]]), None)
    writer.close()
    assert SealedReader(tmp_path, whole).all() == SealedReader(tmp_path, streamed).all() == data
    assert whole.sha256 == streamed.sha256
    assert pack_path(tmp_path, 1).stat().st_size == 2 * sealed_length(size)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.binary(max_size=100), pieces=st.lists(st.integers(0, 40)), start=st.integers(0, 110), length=st.integers(0, 110))
def test_any_range_of_any_stream(
    tmp_path: Path, small_chunks: None, data: bytes, pieces: list[int], start: int, length: int
) -> None:
    stream, rest = [], data
    for size in pieces:
        stream.append(rest[:size])
        rest = rest[size:]
    pack_path(tmp_path, 1).unlink(missing_ok=True)
    writer = VaultWriter(tmp_path, None)
    place = writer.seal(1, iter([*stream, rest]), None)
    writer.close()
    reader = SealedReader(tmp_path, place)
    assert reader.size == len(data)
    assert reader.read(start, length) == data[start : start + length]


def test_a_stream_seeks_and_reads_like_a_file(tmp_path: Path) -> None:
    (place,) = seal(tmp_path, BIG)
    with SealedReader(tmp_path, place).stream() as stream:
        assert stream.read(3) == BIG[:3]
        assert stream.seek(-5, io.SEEK_END) == len(BIG) - 5
        assert stream.read() == BIG[-5:]
        stream.seek(vault.CHUNK - 2)
        assert stream.read(4) == BIG[vault.CHUNK - 2 : vault.CHUNK + 2]
        with pytest.raises(ValueError):
            stream.seek(-1)


def test_ranges_before_the_start_are_a_bug(tmp_path: Path) -> None:
    (place,) = seal(tmp_path, b"abc")
    with pytest.raises(ValueError):
        SealedReader(tmp_path, place).read(-1, 2)


def test_a_reader_serves_several_threads(tmp_path: Path) -> None:
    (place,) = seal(tmp_path, BIG)
    reader, wrong = SealedReader(tmp_path, place), []

    def read(start: int) -> None:
        wrong.extend(at for at in range(start, len(BIG), 99_991) if reader.read(at, 500) != BIG[at : at + 500])

    threads = [threading.Thread(target=read, args=(n * 1000,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_packs_roll(tmp_path: Path) -> None:
    places = seal(tmp_path, b"a" * 100, b"b" * 100, b"c" * 100, limit=150)
    assert [(place.pack, place.offset) for place in places] == [(1, 0), (1, 116), (2, 0)]
    assert [SealedReader(tmp_path, place).read(0, 1) for place in places] == [b"a", b"b", b"c"]


def test_every_item_has_its_own_key_and_equal_bytes_look_different(tmp_path: Path) -> None:
    one, two = seal(tmp_path, b"same bytes", b"same bytes")
    sealed = pack_path(tmp_path, 1).read_bytes()
    assert one.key != two.key
    assert sealed[: two.offset] != sealed[two.offset :]
    assert b"same" not in sealed


def test_a_pack_is_written_as_the_decision_says(tmp_path: Path, small_chunks: None) -> None:
    """Read without our reader: stores that were written before this version must stay readable. See docs/decisions/03-store-files.md."""
    contents = (b"forty bytes of plain content to be sealed", b"", bytes(32))
    places = seal(tmp_path, *contents)
    pack = pack_path(tmp_path, 1).read_bytes()
    for place, content in zip(places, contents, strict=True):
        chunks = [content[start : start + 16] for start in range(0, max(len(content), 1), 16)]
        at, opened = place.offset, []
        for number, chunk in enumerate(chunks):
            sealed, at = pack[at : at + len(chunk) + 16], at + len(chunk) + 16
            bound = b"triage vault 1" + struct.pack(">QQ?", place.id, number, number == len(chunks) - 1)
            opened.append(AESGCM(place.key).decrypt(number.to_bytes(12, "big"), sealed, bound))
        assert b"".join(opened) == content and place.sha256 == hashlib.sha256(content).digest()
    assert at == len(pack)


@pytest.mark.parametrize("at", [0, 15, 16, 40, 63, -1])
def test_a_changed_byte_is_noticed_and_the_item_named(tmp_path: Path, small_chunks: None, at: int) -> None:
    (place,) = seal(tmp_path, b"forty bytes of plain content to be sealed")
    path = pack_path(tmp_path, 1)
    data = bytearray(path.read_bytes())
    data[at] ^= 0x80
    path.write_bytes(data)
    with pytest.raises(StoreError, match="Item 1 of the vault"):
        SealedReader(tmp_path, place).all()


def test_moved_swapped_and_dropped_chunks_are_noticed(tmp_path: Path, small_chunks: None) -> None:
    (place,) = seal(tmp_path, bytes(48))
    path = pack_path(tmp_path, 1)
    data = path.read_bytes()
    one, two, three = data[:32], data[32:64], data[64:]
    path.write_bytes(two + one + three)
    with pytest.raises(StoreError):
        SealedReader(tmp_path, place).all()
    path.write_bytes(one + two)
    shorter = ItemPlace(place.id, place.pack, 0, 32, place.key, place.sha256)
    with pytest.raises(StoreError):
        SealedReader(tmp_path, shorter).all()
    path.write_bytes(data)
    renamed = ItemPlace(place.id + 1, place.pack, 0, 48, place.key, place.sha256)
    with pytest.raises(StoreError):
        SealedReader(tmp_path, renamed).all()


def test_missing_bytes_and_files_are_named(tmp_path: Path) -> None:
    (place,) = seal(tmp_path, BIG)
    path = pack_path(tmp_path, 1)
    path.write_bytes(path.read_bytes()[:-1])
    reader = SealedReader(tmp_path, place)
    assert reader.read(0, 10) == BIG[:10]
    with pytest.raises(StoreError, match="bytes are missing"):
        reader.read(len(BIG) - 1, 1)
    path.unlink()
    with pytest.raises(StoreError, match="file is missing"):
        SealedReader(tmp_path, place).all()


def test_what_lies_behind_the_committed_end_is_told_and_stays(tmp_path: Path) -> None:
    seal(tmp_path, b"kept")
    kept = pack_path(tmp_path, 1).read_bytes()
    pack_path(tmp_path, 1).write_bytes(kept + b"left over")
    pack_path(tmp_path, 2).write_bytes(b"never committed")
    assert find_uncommitted(tmp_path, (1, len(kept))) == (Extent(1, len(kept), 9), Extent(2, 0, 15))
    assert find_uncommitted(tmp_path, None) == (Extent(1, 0, len(kept) + 9), Extent(2, 0, 15))
    assert find_uncommitted(tmp_path, (2, 15)) == ()
    assert count_missing_bytes(tmp_path, (1, len(kept))) == 0
    assert count_missing_bytes(tmp_path, (1, len(kept) + 10)) == 1
    assert count_missing_bytes(tmp_path, (3, 7)) == 7


@pytest.mark.parametrize("change", [b"left over", b""])
def test_a_writer_never_writes_over_bytes_or_behind_a_hole(tmp_path: Path, change: bytes) -> None:
    seal(tmp_path, b"kept")
    kept = pack_path(tmp_path, 1).read_bytes()
    pack_path(tmp_path, 1).write_bytes(kept + change if change else kept[:-1])
    before = pack_path(tmp_path, 1).read_bytes()
    writer = VaultWriter(tmp_path, (1, len(kept)))
    with pytest.raises(StoreError, match="not as long as the database says"):
        writer.seal(2, b"next", None)
    assert pack_path(tmp_path, 1).read_bytes() == before


def test_a_writer_takes_back_what_it_wrote_and_nothing_else(tmp_path: Path) -> None:
    seal(tmp_path, b"kept")
    kept = pack_path(tmp_path, 1).read_bytes()
    writer = VaultWriter(tmp_path, (1, len(kept)), limit=50)
    for n in range(5):
        writer.seal(n, b"x" * 40, None)
    assert pack_path(tmp_path, 2).exists()
    pack_path(tmp_path, 9).write_bytes(b"not of this batch")
    writer.remove_unfinished((1, len(kept)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000001.pack", "000009.pack"]
    assert pack_path(tmp_path, 1).read_bytes() == kept
    idle = VaultWriter(tmp_path, (1, 3))
    idle.remove_unfinished((1, 3))
    assert pack_path(tmp_path, 1).read_bytes() == kept


def test_a_batch_is_announced_before_its_first_byte(tmp_path: Path) -> None:
    said: list[int] = []
    writer = VaultWriter(tmp_path, None, limit=50, announce=lambda: said.append(len(list(tmp_path.iterdir()))))
    for n in range(3):
        writer.seal(n, b"x" * 40, None)
    writer.close()
    assert said == [0]


def test_the_packs_are_private(tmp_path: Path) -> None:
    seal(tmp_path, b"x")
    assert pack_path(tmp_path, 1).stat().st_mode & 0o077 == 0
