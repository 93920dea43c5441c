"""Large input, which the worker reads by ranges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from tests.decode import media
from tests.hashing.scenes import landscape
from triage import limits
from triage.decode.client import MediaPool
from triage.hashing.perceptual import hash_plane


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


class Ranges:
    def __init__(self, data: bytes) -> None:
        self._data, self.asked = data, []

    @property
    def size(self) -> int:
        return len(self._data)

    def read(self, start: int, length: int) -> bytes:
        self.asked.append((start, length))
        return self._data[start : start + length]


@pytest.fixture
def small_whole(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limits, "MAX_WHOLE", 1000)
    return None


@pytest.mark.usefixtures("small_whole")
@pytest.mark.parametrize("kind", ["bytes", "reader"])
def test_large_input_is_read_by_ranges(pool: MediaPool, drawn: Image.Image, kind: str) -> None:
    for data in (
        media.film("mp4", "libx264"),
        media.film("matroska", "libx264"),
        media.encoded(drawn, "JPEG", exif=media.exif()),
        media.encoded(drawn, "HEIF", exif=media.exif()),
        media.encoded(drawn, "PNG"),
        media.document(),
    ):
        reader = Ranges(data)
        facts = pool.measure(data if kind == "bytes" else reader)
        assert facts.problem is None
        assert facts.preview is not None
        assert kind == "bytes" or reader.asked


@pytest.mark.usefixtures("small_whole")
@pytest.mark.parametrize("encoding", ["JPEG", "PNG", "WEBP"])
def test_large_pictures_hash_the_same_by_every_path(pool: MediaPool, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    """Over 8 MP: reduced after decoding, or scaled by Pillow when read by ranges; PDQ stays within 4 bits of the full plane's."""
    plane = landscape(625, 825, 8).repeat(4, axis=0).repeat(4, axis=1)
    data = media.encoded(Image.fromarray(plane), encoding, exif=media.exif(orientation=6))
    expected = hash_plane(np.rot90(plane, -1).copy(), (3300, 2500))
    for whole in (1000, 64 * limits.MIB):
        monkeypatch.setattr(limits, "MAX_WHOLE", whole)
        facts = pool.measure(data)
        assert (facts.width, facts.height) == (2500, 3300)
        assert facts.perceptual is not None
        assert distance(facts.perceptual.pdq, expected.pdq) <= (4 if encoding == "PNG" else 8)
        assert distance(facts.perceptual.phash, expected.phash) <= 2


@pytest.mark.usefixtures("small_whole")
def test_an_index_at_the_end_is_found_without_reading_all(pool: MediaPool) -> None:
    film = media.film("mp4", "libx264")
    assert film.index(b"moov") > len(film) // 2
    padding = b"\0\0\0\0free"
    size = 40 * limits.MIB
    start = film.index(b"mdat") - 4
    large = film[:start] + size.to_bytes(4) + padding[4:] + bytes(size - 8) + film[start:]
    # The index names absolute places in the file: the table of chunks moves with them.
    table = large.index(b"stco") + 12
    count = int.from_bytes(large[table - 4 : table])
    moved = b"".join((int.from_bytes(large[at : at + 4]) + size).to_bytes(4) for at in range(table, table + 4 * count, 4))
    large = large[:table] + moved + large[table + 4 * count :]
    reader = Ranges(large)
    assert pool.measure(reader).problem is None
    assert sum(length for _, length in reader.asked) < size


def test_a_reader_that_fails_is_the_callers_error_and_the_pool_lives_on(pool: MediaPool, drawn: Image.Image) -> None:
    class Failing(Ranges):
        def read(self, start: int, length: int) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        pool.measure(Failing(bytes(10)))
    assert pool.measure(media.encoded(drawn, "JPEG")).problem is None
