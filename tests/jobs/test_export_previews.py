"""A preview tells what the export then writes, refuses what it refuses, and writes nothing. `filled` has a report for each grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.listed import list_outgoing
from tests.jobs.test_export_graded import GRADES, filled_store, grade, number
from triage.errors import Cancelled, NotFound, Refused
from triage.jobs.leaving.export_graded import (
    export_hashes,
    export_icse,
    export_vics,
    preview_hashes,
    preview_icse,
    preview_vics,
)
from triage.jobs.leaving.export_queue import export_queue, preview_queue
from triage.jobs.leaving.export_statistics import export_statistics, preview_statistics
from triage.jobs.leaving.export_timeline import export_timeline, preview_timeline
from triage.jobs.leaving.packet import preview_packet
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.progress import CancelToken, Progress
from triage.model.views import QueueFilter

__all__ = ["filled_store"]
Call = Callable[..., Any]


@pytest.mark.parametrize(
    ("preview", "export", "about"),
    [
        (preview_vics, export_vics, {"version": "1.3"}),
        (preview_vics, export_vics, {"grades": "court"}),
        (preview_icse, export_icse, {}),
        (preview_hashes, export_hashes, {"kind": "md5", "grade": "adult"}),
    ],
)
def test_graded_media_leave_as_previewed(filled: Session, tmp_path: Path, preview: Call, export: Call, about: Any) -> None:
    for n, value in enumerate(GRADES[:5]):
        grade(filled, n, value)
    told: list[Progress] = []
    found = preview(filled, **about, on_progress=told.append)
    assert told and told[-1].done == told[-1].total == 5
    assert list_outgoing(filled) == () and found.left_out
    written = export(filled, tmp_path / "out", **about)
    assert (found.rows, found.left_out) == (written.media, written.left_out)


@pytest.mark.parametrize("call", [preview_vics, preview_icse])
def test_a_preview_stops(filled: Session, call: Call) -> None:
    grade(filled, 0, GRADES[0])
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        call(filled, cancel=token)


def test_a_preview_refuses_what_the_export_refuses(filled: Session) -> None:
    with pytest.raises(Refused):
        preview_vics(filled, version="9")
    with pytest.raises(NotFound):
        preview_vics(filled, case_number="C-2026-0001")
    with pytest.raises(Refused):
        preview_timeline(filled, [number(0)], Path("t.csv"), although_cleared="nobody was cleared")
    with pytest.raises(Refused):
        preview_statistics(filled, "2026-02-01", "2026-01-01")


@pytest.mark.parametrize("ending", [".csv", ".kmz"])
def test_timelines_leave_as_previewed(filled: Session, tmp_path: Path, ending: str) -> None:
    found = preview_timeline(filled, [number(0), number(1)], Path(f"t{ending}"))
    assert list_outgoing(filled) == ()
    assert found.rows == export_timeline(filled, [number(0), number(1)], tmp_path / f"t{ending}").rows


def test_a_statistic_leaves_as_previewed(filled: Session, tmp_path: Path) -> None:
    found = preview_statistics(filled, "2025-01-01", "2025-12-31")
    assert list_outgoing(filled) == ()
    written = export_statistics(filled, "2025-01-01", "2025-12-31", tmp_path / "statistics")
    assert (found.rows, found.withheld) == (written.cells, written.suppressed)


def test_a_queue_leaves_with_the_totals_that_were_previewed(filled: Session, tmp_path: Path) -> None:
    found = preview_queue(filled, QueueFilter())
    assert sum(n for _, n in found.bands) == sum(n for _, n in found.offices) == found.rows == len(GRADES)
    assert found.rows == export_queue(filled, QueueFilter(), tmp_path / "q.csv").rows
    for wanted in (QueueFilter(), QueueFilter(fold_duplicates=True), QueueFilter(statuses=("new",)), QueueFilter(offices=("",))):
        found, rows = preview_queue(filled, wanted), list_queue_rows(filled, wanted)
        assert dict(found.bands) == Counter(row.band for row in rows)
        assert dict(found.offices) == Counter(row.office for row in rows)


def test_only_the_redacted_edition_of_a_packet_removes_something(filled: Session) -> None:
    full, redacted = (preview_packet(filled, [number(0), number(0)], edition=each) for each in ("full", "redacted"))
    assert (full.reports, full.documents, full.files) == (1, 1, 1)
    assert full.removed == () and redacted.removed
    assert ("No file was opened for this packet.", 0) in [(str(what), n) for what, n in full.not_done]
    assert ("The file has no grade.", 1) in [(str(what), n) for what, n in full.not_done]
    assert list_outgoing(filled) == ()
