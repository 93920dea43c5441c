"""A sheet that describes a file holds each value in its row, in English and in Urdu, and says of each what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exports.packet_paper.test_paper_values import FILE, NOTHING_STATED, with_show
from triage.exports.description_sheets import _URDU, make_sheets
from triage.exports.pdf_documents import Rows
from triage.model.packet import Packet

NO = ("not stated", _URDU["not stated"])


def read_sheet(values: Packet, **file: object) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Returns the rows of the sheet of one file, and its digests."""
    shown = replace(values.reports[0].show.files[0], **file)  # type: ignore[arg-type]
    rows, digests = (
        block.rows
        for block in make_sheets(replace(values, reports=(with_show(values, files=(shown,)),)))
        if isinstance(block, Rows)
    )
    labels = [row[0].split("\n") for row in rows]
    assert all(urdu == _URDU[label] for label, urdu in labels)
    return {label: tuple(row[1:]) for (label, _), row in zip(labels, rows, strict=True)}, dict(digests)  # type: ignore[arg-type]


def test_all_that_is_known(values: Packet) -> None:
    rows, digests = read_sheet(
        values, **FILE | {"duration_ms": 61_250, "mime": "video/mp4", "annotations": ("viral", "generativeAi")}
    )
    marks = rows.pop("Marks of the source")
    assert "viral" in marks[0] and ", " in marks[0] and marks[1] == marks[0], "words of a source stand as they are"
    assert rows == {
        "Exhibit": ("900000001-F1", "900000001-F1"), "Report": ("900000001", "900000001"), "Kind": ("video (video/mp4)", _URDU["video"]),
        "Size": ("1,234,567 bytes", "1,234,567 bytes"), "Length": ("61.2 s", "61.2 s"), "Declared by the provider": ("class A1", NO[1]),
        "Viewed by the provider": ("yes", _URDU["yes"]), "Known from lists": ("exact. List of May.", _URDU["exact"]),
        "Grade": ("adult; seen by amina", _URDU["adult"]),
    }  # fmt: skip
    assert digests == {"MD5": "1" * 32, "SHA-1": "2" * 40, "SHA-256": "3" * 64}


def test_nothing_is_known(values: Packet) -> None:
    rows, digests = read_sheet(values, **NOTHING_STATED)
    absent = ("not received", _URDU["not received"])
    assert rows == {
        "Exhibit": absent, "Report": ("900000001", "900000001"), "Kind": absent, "Size": absent, "Declared by the provider": NO, "Marks of the source": NO,
        "Viewed by the provider": NO, "Known from lists": ("not checked. No list.", _URDU["not checked"]), "Grade": ("not graded", _URDU["not graded"]),
    }  # fmt: skip
    assert set(digests.values()) == {"not stated"}


@pytest.mark.parametrize(
    ("mime", "kind"),
    [("image/png", "image"), ("video/mp4", "video"), ("text/plain", "text or document"), ("application/pdf", "text or document"), ("audio/mp3", "unknown"),
     (None, "unknown")],
)  # fmt: skip
@pytest.mark.parametrize(("viewed", "said"), [(True, "yes"), (False, "no"), (None, "not stated")])
def test_a_kind_and_whether_it_was_viewed(values: Packet, mime: str | None, kind: str, viewed: bool | None, said: str) -> None:
    rows, _ = read_sheet(values, **FILE | {"mime": mime, "viewed_by_esp": viewed})
    assert rows["Kind"] == (f"{kind} ({mime})" if mime else kind, _URDU[kind]) and rows["Viewed by the provider"] == (
        said,
        _URDU[said],
    )
