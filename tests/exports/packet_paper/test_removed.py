"""A redacted edition says what was removed, how much of it, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.exports.packet_paper.test_paper_values import with_show
from triage.exports.packet import Contents, _make_info
from triage.exports.redaction.child_values import ChildValue
from triage.exports.redaction.redact import _list_removed
from triage.model.exports import Cleared
from triage.model.packet import Packet
from triage.model.progress import CancelToken
from triage.model.views import ShowNotUnderstood


def test_all_that_was_removed_is_counted(values: Packet) -> None:
    file = values.reports[0].show.files[0]
    nothing: dict[str, Any] = {"pdq": None, "phash": None, "declared": {}}
    hashed = [
        nothing | each
        for each in ({"pdq": "1"}, {"phash": "2"}, {"declared": {"md5": "3"}}, {"declared": {"md5": "3", "photodna": "4"}}, {})
    ]
    unread = (ShowNotUnderstood(source="a", path="b", value="c"),) * 3
    report = with_show(values, files=tuple(replace(file, **each) for each in hashed), not_understood=unread)
    sources = tuple(replace(report.sources[0], exhibit=exhibit) for exhibit in ("S2", "S1", "S2"))
    packet = replace(values, reports=(replace(report, sources=sources),) * 2)
    found = _list_removed(
        packet,
        [
            ChildValue("name", "Drawn", "child 1"),
            ChildValue("school", "Vale", "child 1"),
            ChildValue("position", "31.5", "a file"),
        ],
    )
    child = "It identifies a child, or a person who may be one."
    assert [(str(each.what), str(each.why)) for each in found] == [
        ("Names, wherever they stand: 1", child), ("Schools, wherever they stand: 1", child),
        ("What stands in words in the element of a child: school, nickname, description and the like", child),
        (
            (
                f"Texts and chats of the sources, and quotations of them: {2 * len(report.show.free_text)}; sentences in them that"
                " speak of a school, a home or the like: 0"
            ),
            "They may name a child, and nobody stated that they read them.",
        ),
        ("The source documents S1, S2: they are listed with their SHA-256", "Their bytes hold what was removed elsewhere."),
        ("Perceptual hashes (PDQ, pHash, PhotoDNA and the like); files: 8", "A coarse picture can be made from such a hash."),
        ("What was not understood of the source documents; parts: 6", "They may name a child."),
        ("Positions, serial numbers, owners and comments in the EXIF data of files", "They may lead to a child's home or device."),
    ]  # fmt: skip


@pytest.mark.parametrize("cleared", [True, False])
def test_the_head_of_a_packet_s_folder_says_what_it_is(values: Packet, cleared: bool) -> None:
    about = replace(values.about, made="2026-11-19T20:00:00Z")  # the next day in Pakistan
    sentence = Cleared(reports=("900000001",), reason="asked")
    packet = replace(values, about=about, cleared=sentence if cleared else None, second_person="added in May")
    contents = Contents(
        packet=packet, proofs=b"", media=(), check=lambda *_: None, on_progress=lambda _: None, cancel=CancelToken()
    )
    assert list(_make_info(contents)) == [
        ("Source-Organization", about.by), ("External-Identifier", "900000001, 900000002"), ("Bagging-Date", "2026-11-20"),
        ("Bag-Software-Agent", about.tool), ("Signing-Key-Fingerprint", about.fingerprint), *([("Cleared", sentence.sentence)] if cleared else []), ("Edition", "full"),
        ("Second-Person", "added in May"), ("Clock-Source", about.clock), ("Media", "none"),
    ]  # fmt: skip
    media: Any = (None, None)
    assert list(_make_info(replace(contents, media=media)))[-1] == ("Media", "2 files, encrypted")
