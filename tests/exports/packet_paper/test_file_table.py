"""files.csv holds each value of each file in its column, and says which is not stated; receipts say what was not recorded."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from tests.exports.packet_paper.test_paper_values import FILE, NOTHING_STATED, with_show
from triage.exports.packet_custody import format_receipt
from triage.exports.packet_tables import make_file_table
from triage.model.handover import Receipt
from triage.model.packet import Packet

NO = "not stated"


def test_files_csv_holds_each_value_in_its_column(values: Packet) -> None:
    first = values.reports[0].show.files[0]
    full, silent = replace(first, **FILE), replace(first, **NOTHING_STATED)
    other = replace(full, exhibit="900000001-F2", viewed_by_esp=False, exif_viewed_by_esp=True, publicly_available=False, declared_hash_matches=True, annotations=("viral", "generativeAi"))  # fmt: skip
    report = with_show(values, report_id="900000001", files=(full, silent, other))
    listed = [
        replace(values.reports[0].files[0], exhibit=f"900000001-F{n}", media_name=name)
        for n, name in ((1, "900000001/F1.jpg"), (2, None))
    ]
    data = make_file_table(
        [
            replace(report, files=tuple(listed)),
            replace(report, show=replace(report.show, report_id="77", files=(silent,)), files=()),
        ]
    )
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True))
    expected = {
        "exhibit": "900000001-F1", "report": "900000001", "name": "drawn.jpg", "original_name": "IMG_77.jpg", "present": "yes", "size": "1234567", "mime": "image/jpeg",
        "md5": "1" * 32, "sha1": "2" * 40, "sha256": "3" * 64, "pdq": "4" * 64, "pdq_quality": "97", "declared": f"md5 {'5' * 32}; sha1 {'6' * 40}",
        "declared_hash_matches": "no", "viewed_by_esp": "yes", "exif_viewed_by_esp": "no", "publicly_available": "yes", "classification": "A1", "annotations": "viral",
        "uploaded": "2026-10-01T19:30:05Z", "relevance": "Reported", "known": "exact", "known_why": "List of May.", "grade": "adult: seen by amina",
        "media_file": "900000001/F1.jpg",
    }  # fmt: skip
    nothing = dict.fromkeys(expected, NO) | {
        "exhibit": "not received", "report": "900000001", "present": "no", "declared": "", "annotations": "", "known": "not checked", "known_why": "No list.",
        "grade": "not graded", "media_file": "not enclosed",
    }  # fmt: skip
    changed = {
        "exhibit": "900000001-F2", "viewed_by_esp": "no", "exif_viewed_by_esp": "yes", "publicly_available": "no", "declared_hash_matches": "yes",
        "annotations": "viral; generativeAi", "media_file": "not enclosed",
    }  # fmt: skip
    assert rows == [expected, nothing, expected | changed, nothing | {"report": "77"}]


@pytest.mark.parametrize(("blocked", "said"), [(None, "not recorded"), (True, "yes"), (False, "no")])
def test_a_receipt_says_each_value_and_what_was_not_recorded(blocked: bool | None, said: str) -> None:
    full = Receipt(
        received_from="a",
        delivered_by="b",
        received_at="c",
        medium="d",
        medium_serial="e",
        seal="f",
        write_blocked=blocked,
        note="g",
    )
    names = ("Received from", "Delivered by", "Handed over at", "Carrier", "Serial number", "Seal")
    stated = ". ".join(f"{name}: {value}" for name, value in zip(names, "abcdef", strict=True))
    assert format_receipt(full) == f"{stated}. Write blocker: {said}. Note: g."
    empty = ". ".join(f"{name}: not recorded" for name in (*names, "Write blocker", "Note"))
    assert format_receipt(Receipt()) == f"{empty}."
