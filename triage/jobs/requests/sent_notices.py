"""Records for reports that a sent request is a notice to preserve, and that a notice stands in for their deadline."""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import Refused
from triage.jobs.requests import lines as line_finding
from triage.jobs.requests.collecting import iter_reports
from triage.jobs.requests.lines import FoundLine
from triage.model.damage import read_word
from triage.model.data_requests import RequestKind
from triage.priority.clocks import OPERATOR
from triage.store.batch import Batch
from triage.store.queries import requests
from triage.store.queries.requests import StoredRequest


def require_kind(request: StoredRequest) -> RequestKind:
    """Returns what a stored request asks for.

    Raises:
        Refused: if the stored kind can't be read
    """
    kind = read_word(RequestKind, request.kind)
    if kind is None:
        raise Refused("What request {number} asks for can't be read from the store; make a new request.", number=request.number)
    return kind


def record_notices(batch: Batch, request: StoredRequest, issued: str, report_ids: Sequence[int], user_id: int) -> None:
    """Records a request that was sent as the notice of these reports, so that their deadlines run.

    A report that joins the request later has a line in what the addressee got on that day, so its notice has the same day. When
    the Court was told of the notice before, that counts for the report too.
    """
    if require_kind(request).is_notice:
        known = requests.find_reports_with_notice(batch, request.id)
        _, informed = requests.list_notices_of_requests(batch, [request.id]).get(request.id, (None, None))
        for report_id in report_ids:
            if report_id not in known:
                requests.add_notice_of_request(
                    batch,
                    report_id,
                    issued=issued,
                    to_whom=request.name,
                    number=request.number,
                    court_informed=informed,
                    user_id=user_id,
                    request_id=request.id,
                )
    if request.kind == RequestKind.PRESERVATION.value:
        _save_preserved(batch, report_ids)


def _save_preserved(batch: Batch, report_ids: Sequence[int]) -> None:
    """Records for which reports all lines of operators are preserved, so that a notice stands in for that deadline."""
    for i, report in iter_reports(batch, report_ids):
        if report is None:  # which lines it has is not known, so its deadline runs on
            continue
        wanted = {
            each.fact.key for each in line_finding.find_operator_lines(report) if isinstance(each, FoundLine) and not each.child
        }
        if wanted and wanted <= requests.list_preserved_lines(batch, i):
            requests.save_preserved_deadline(batch, i, OPERATOR)
