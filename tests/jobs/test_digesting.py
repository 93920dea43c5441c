"""Each attachment of a group gets the digests of its own bytes, whatever lies beside it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import limits
from triage.errors import InputError
from triage.hashing import digests
from triage.importers.bundle_entry import Entry
from triage.jobs.intake.attachments import Attachment
from triage.jobs.intake.digesting import ReadAttachment, read_and_digest


@dataclass
class Bytes:
    """Where an entry's bytes come from; None where they can't be read."""

    data: bytes | None

    def open(self) -> BinaryIO:
        if self.data is None:
            raise InputError("damaged")
        return io.BytesIO(self.data)

    def raw(self) -> BinaryIO:
        return io.BytesIO()


@dataclass
class FakeIntake:
    destroyed: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)

    def quarantined(self, path: str, reason: object, raw: object) -> None:
        self.paths.append(path)


def attachment(number: int, data: bytes | None, size: int | None = None, kind: str = "image", suffix: str = "jpg") -> Attachment:
    origin: Any = Bytes(data)
    return Attachment(Entry("b", f"{number}.{suffix}", len(data or b"") if size is None else size, origin), kind)


def read(group: list[Attachment], intake: FakeIntake | None = None) -> list[ReadAttachment | None]:
    own: Any = intake or FakeIntake()
    return read_and_digest(own, group)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(params=["as installed", "hashlib"], autouse=True, scope="module")
def each_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """With the compiled kernel where there is one, and without."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "hashlib":
            patch.setattr(digests, "load_kernel", lambda: None)
        yield


@given(st.lists(st.one_of(st.none(), st.binary(max_size=200)), max_size=9))
def test_each_gets_its_own(contents: list[bytes | None]) -> None:
    intake = FakeIntake()
    found = read([attachment(n, data) for n, data in enumerate(contents)], intake)
    assert intake.paths == [f"b/{n}.jpg" for n, data in enumerate(contents) if data is None]
    assert [one and (one.entry.name, one.data) for one in found] == [
        None if data is None else (f"{n}.jpg", data) for n, data in enumerate(contents)
    ]
    for one, data in zip(found, contents, strict=True):
        assert one is None or data is None or (one.digests.sha256, one.digests.size) == (sha256(data), len(data))


def test_a_file_that_grew_is_read_to_its_end() -> None:
    (one, other) = read([attachment(0, b"a" * 1000, size=10), attachment(1, b"b")])
    assert one is not None and other is not None
    assert (one.digests.sha256, one.data, other.digests.sha256) == (sha256(b"a" * 1000), b"a" * 1000, sha256(b"b"))


def test_a_large_file_is_digested_and_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_WHOLE", 50)
    found = read([attachment(0, b"a"), attachment(1, b"b" * 51), attachment(2, b"c")])
    assert [one and (one.digests.sha256, one.data) for one in found] == [
        (sha256(b"a"), b"a"), (sha256(b"b" * 51), None), (sha256(b"c"), b"c"),
    ]  # fmt: skip


def test_a_file_that_grew_too_large_to_hold_is_digested_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_WHOLE", 50)
    found = read([attachment(0, b"a" * 1000, size=10), attachment(1, b"b" * 50, size=10)])
    assert [one and (one.digests.sha256, one.digests.size, one.data) for one in found] == [
        (sha256(b"a" * 1000), 1000, None), (sha256(b"b" * 50), 50, b"b" * 50),
    ]  # fmt: skip


def test_destroyed_bytes_are_noticed() -> None:
    found = read([attachment(0, b"kept"), attachment(1, b"gone")], FakeIntake({sha256(b"gone")}))
    assert [one and one.destroyed for one in found] == [False, True]


def test_documents_have_their_type_by_name() -> None:
    found = read([attachment(n, b"x", kind="document", suffix=suffix) for n, suffix in enumerate(("TXT", "csv", "odd"))])
    assert [one and one.facts and one.facts.mime for one in found] == ["text/plain", "text/csv", "application/octet-stream"]
