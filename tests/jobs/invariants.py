"""What must hold of a store after any input, however hostile: nothing in one report may cost another report anything."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import redirect_stdout

from triage.cli.show_text import print_report
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.reading.queue import count_lanes, list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.model.json_text import encode_json
from triage.model.views import QueueFilter
from triage.store.queries import reports

MOST_TOLD = 12
"""So many reports, spread over the queue, are also told as text, which takes longer than all the rest."""


def check_invariants(
    session: Session, good_report_ids: Iterable[str], *, told_later: bool = False, unreadable: str | None = None
) -> None:
    """Fails when the store lost a report, left one unjudged or unreadable, or no longer agrees with itself.

    Args:
        session: of somebody who holds all roles.
        good_report_ids: the numbers of reports that were sound; they must be in the queue, judged.
        told_later: only the sound reports are shown, and none is told as text: a later check of the same store does that with all.
        unreadable: the number of the only report with a document that can't be read; the check names it, and finds nothing else.
    """
    rows = {row.report_id: row for row in list_queue_rows(session, QueueFilter())}
    counts = count_lanes(session)
    assert counts.stale == 0, "a report still waits to be judged"
    with session.reading() as db:
        stored = reports.count_reports(db)
    assert len(rows) == stored == counts.total, "a stored report is not in the queue"
    good = list(good_report_ids)
    for number in good:
        assert number in rows, f"the sound report {number} is not in the queue"
        assert "not judged" not in rows[number].flags, f"the sound report {number} was not judged"
    told = {*good, *list(rows)[:: 1 + len(rows) // MOST_TOLD]}
    for number in good if told_later else rows:
        shown = load_report_view(session, number)
        assert shown.report_id == number
        assert encode_json(shown)
        if told_later or number not in told:
            continue
        with redirect_stdout(io.StringIO()):
            print_report(shown)
    load_statistics(session)
    verified = verify_record(session)
    assert verified.valid, verified.problems
    found = check_store(session, documents=True)
    if unreadable is None:
        assert found.valid, found.problems
    else:
        (problem,) = found.problems
        assert problem.startswith("Reports with a document that can't be read: 1.") and unreadable in problem
