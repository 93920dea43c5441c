"""Hash lists of hostile bytes and of any size: nothing but InputError, and memory that does not grow."""

from __future__ import annotations

import gc
import io
import json
import sys
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.importers.list_files import CONTEXT, MD5, SHA1, SHA256, items, vics
from tests.thorough import count_examples
from triage.errors import InputError
from triage.importers.lists import open_list

QUICK = settings(max_examples=count_examples(50), suppress_health_check=[HealthCheck.too_slow], derandomize=True)
GOOD = (
    vics(
        {"MediaID": 1, "Category": 0, "MD5": MD5, "AlternativeHashes": [{"HashName": "PDQ", "HashValue": SHA256}], "Series": "é"}
    ),
    f"MD5;SHA1;Category;Path\n{MD5};{SHA1};1;E:\\a.jpg\n".encode(),
    f"{MD5}  a.jpg\n{SHA256}\n".encode(),
)


def read_or_refuse(data: bytes) -> None:
    try:
        for item in items(data):
            assert item.hashes
            assert all(isinstance(value, bytes) and value for _, value in item.hashes)
            for _, text in item.said:
                assert isinstance(text, bool) or text.encode()
            assert all(path.encode() for path in item.paths)
    except InputError as refusal:
        assert str(refusal).endswith(".")


@QUICK
@given(st.sampled_from(GOOD), st.data())
def test_a_damaged_list_is_read_or_refused(good: bytes, data: st.DataObject) -> None:
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(damaged))


@QUICK
@given(st.sampled_from(GOOD), st.integers(0, 100))
def test_a_cut_list_is_read_or_refused(good: bytes, percent: int) -> None:
    read_or_refuse(good[: len(good) * percent // 100])


@QUICK
@given(st.binary(max_size=300))
@example(b"\xff\xfe{\0")
@example(b"\0\0\0{")
@example(b"[" + b'"\\ud800"')
@example(b"SQLite format 3\0" + bytes(84))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refuse(data)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    (
        "MD5", "SHA1", "Category", "MediaID", "AlternativeHashes", "HashName", "HashValue", "MediaFiles", "FilePath", "FileName",
        "Series", "Tags", "VictimIdentified", "DateUpdated", "PhotoDNA", "RelativeFilePath", "Media",
    )
)  # fmt: skip


@settings(QUICK, max_examples=count_examples(30))
@given(st.lists(st.dictionaries(FIELDS, JSON_VALUES | st.lists(st.dictionaries(FIELDS, JSON_VALUES)), max_size=8), max_size=4))
def test_any_values_in_known_fields_are_read_or_told(media: list[dict[str, object]]) -> None:
    read_or_refuse(vics({"MD5": MD5}, *media))


class Endless(io.RawIOBase):
    """A case export that is made while it is read: nothing holds it whole."""

    def __init__(self, count: int) -> None:
        self._parts = self._made(count)
        self._left = b""

    def _made(self, count: int) -> Iterator[bytes]:
        yield b'{"@odata.context": "' + CONTEXT.encode() + b'Cases", "value": [{"CaseID": "1", "Media": ['
        for n in range(count):
            media = {
                "MediaID": n,
                "MD5": f"{n:032X}",
                "Category": None,
                "MediaFiles": [{"FilePath": "E:\\" + "d" * 500, "FileName": "a"}],
            }
            yield (b"" if n == 0 else b",") + json.dumps(media).encode()
        yield b"]}]}"

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size:
            part = next(self._parts, b"")
            if not part:
                break
            self._left += part
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def seek(self, offset: int, whence: int = 0) -> int:
        self.__init__(8_000)  # type: ignore[misc]
        return 0


def test_memory_does_not_grow_with_the_list() -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in open_list(Endless(8_000)).items())  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 8_000
    assert peak < 8_000_000


def test_a_list_whose_reading_ended_leaves_nothing_for_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is closed before Python takes the reader away, which then may not touch it: that would print a traceback."""
    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: said.append(raised.exc_value))
    stream = io.BytesIO(f"{MD5}\n{SHA1}\n{MD5}\n".encode())
    found = open_list(stream).items()
    next(found)
    stream.close()
    del found
    gc.collect()
    assert said == []
