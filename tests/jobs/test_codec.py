"""What a store holds as bytes is read by every later version."""

from __future__ import annotations

import msgspec
import pytest

from triage.jobs.codec import card_to_bytes, clocks_from_bytes, facts_from_bytes
from triage.message import Message
from triage.model.judgement import Clock

FIRST_FORM: dict[str, dict[str, object]] = {
    "image": {
        "mime": "image/jpeg",
        "width": 640,
        "height": 480,
        "perceptual": {"pdq": bytes(32), "quality": 90, "turns": [bytes(32)] * 8, "phash": bytes(8)},
        "exif": {"make": "Kite", "gps": [31.5, 74.3], "fields": [["Make", "Kite"]]},
        "preview": bytes(1024),
    },
    "video": {
        "mime": "video/mp4",
        "duration_ms": 6_000,
        "film": {"count": 3, "looked": 4, "flat": 1, "still": 0, "sampled": False, "partial": False, "tracks": 1},
    },
    "video of which no frames were hashed": {"mime": "video/mp4", "duration_ms": 5},
    "damaged": {"mime": "image/jpeg", "problem": "could not be decoded: the file is damaged or cut short"},
}
"""Facts as the first stores hold them. Do not add fields here: a field that came later has a default."""


@pytest.mark.parametrize("kind", FIRST_FORM)
def test_facts_that_the_first_stores_hold_are_still_read(kind: str) -> None:
    stored = FIRST_FORM[kind]
    found = facts_from_bytes(msgspec.msgpack.encode(stored))
    assert found.mime == stored["mime"]
    assert (found.perceptual is None, found.film is None) == ("perceptual" not in stored, "film" not in stored)


def test_a_message_has_the_same_bytes_however_often_it_is_stored() -> None:
    def make() -> Clock:
        said = Message("{n} of {what}: {parts}", n=2, what=Message("files"), parts=("a.zip", Message("{m} more", m=1)))
        return Clock(name="kite", due="2026-10-01T05:00:00Z", basis=said, estimated=False)

    kept = make()
    stored = [card_to_bytes((kept, make())) for _ in range(4)]
    assert len(set(stored)) == 1
    assert stored[0] == card_to_bytes((make(), make()))
    assert clocks_from_bytes(stored[3]) == (make(), make()), "and it equals one that was never stored"
    assert hash(kept.basis) == hash(make().basis)
