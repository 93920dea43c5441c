from __future__ import annotations

from triage.decode import media_worker
from triage.decode.sandbox.source import InputSource

FILM = b"\0\0\0\x18ftypisom"


def split(*files: bytes) -> list[tuple[range, bool]]:
    return list(media_worker._split_into_steps([InputSource(len(data), data, lambda start, length: b"") for data in files]))


def test_small_files_are_begun_together_up_to_a_size_and_a_large_one_alone() -> None:
    half = bytes(media_worker._STEP_BYTES // 2)
    large = bytes(3 * media_worker._STEP_BYTES)
    assert split(half, half, b"a", large, b"b", b"c") == [
        (range(2), False), (range(2, 3), False), (range(3, 4), False), (range(4, 6), False)
    ]  # fmt: skip
    assert split() == []


def test_a_film_is_begun_alone_and_has_the_full_time() -> None:
    assert split(b"a", b"b", FILM, b"c") == [(range(2), False), (range(2, 3), True), (range(3, 4), False)]
    assert split(FILM, FILM) == [(range(1), True), (range(1, 2), True)]
