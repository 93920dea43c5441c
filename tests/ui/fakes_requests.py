"""The part of the house of cards for requests: invented operators, one request of each state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.ui.slow_work import take_time
from triage.jobs.requests.planning import NO_ENQUIRY_EACH, NO_WARRANT
from triage.message import Message
from triage.model.data_requests import (
    MadeRequest,
    MadeRequests,
    NotAsked,
    PlannedRequest,
    PlannedRequests,
    Reminder,
    ReplyResult,
    RequestKind,
    RequestList,
    RequestRow,
    UnmatchedRow,
)  # fmt: skip
from triage.model.handover import Handover
from triage.model.moment import PAKISTAN
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi


def a_request(at: int, **fields: Any) -> RequestRow:
    base = RequestRow(
        number=f"R-2026-{at:04d}", kind="subscriber", addressee="Example Telecom", case="C-2026-0001", made="2026-11-02T05:00:00Z",
        sent=None, due=None, replied=None, lines=12, state="made", missing=(), answered_lines=0, unmatched=0, unread_replies=0,
        court_due=None, court_informed=None, court_overdue=False, child_line=False,
    )  # fmt: skip
    return replace(base, **fields)


def some_requests() -> tuple[RequestRow, ...]:
    ago = (datetime.now(PAKISTAN) - timedelta(days=30)).strftime("%Y-%m-%d")
    late = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        a_request(1, state="answered", sent=ago, replied=late, answered_lines=11, unmatched=2, court_due=late, court_informed=ago),
        a_request(2, kind="preservation", state="overdue", sent=ago, due=late, court_due=late, court_overdue=True),
        a_request(3, kind="foreign-preservation", addressee="Saffron Chat, trust and safety", case=None, state="draft",
                  missing=(NO_ENQUIRY_EACH,)),
        a_request(4, kind="traffic", state="made", child_line=True),
        a_request(5, state="closed"),
        a_request(6, kind="mla", addressee="Indigo Drive", state="sent", sent=ago, due=late),
    )  # fmt: skip


class FakeRequests:
    """Mixed into FakeApi. Writing takes `slow` seconds and can be stopped."""

    calls: list[tuple[Any, ...]]
    slow: float

    def _begin_requests(self) -> None:
        self.requests = some_requests()
        self.planned = PlannedRequests(
            requests=(
                PlannedRequest(kind="foreign-preservation", addressee="Saffron Chat, trust and safety", lines=3, missing=()),
                PlannedRequest(kind="preservation", addressee="Example Telecom", lines=41, missing=(NO_ENQUIRY_EACH, NO_WARRANT)),
            ),
            left_out=(
                NotAsked(
                    identifier="+92 300 0000000", reason=Message("not a possible number"), kind="Phone", reports=("900144218",)
                ),
                NotAsked(identifier="203.0.113.\u202e7", reason=Message("not an IP address"), kind="IP address"),
            ),
        )

    def find_requests(self: FakeApi) -> RequestList:
        self._require(Right.READ_REPORT)
        late, court = sum(r.state == "overdue" for r in self.requests), sum(r.court_overdue for r in self.requests)
        return RequestList(range(len(self.requests), 0, -1), late, court)

    def load_requests(self: FakeApi, request_ids: Sequence[int]) -> dict[int, RequestRow]:
        self._require(Right.READ_REPORT)
        return {i: self.requests[i - 1] for i in request_ids}

    def list_unanswered(self: FakeApi, older_than: int) -> Sequence[int]:
        self._require(Right.READ_REPORT)
        sent = ((i, each) for i, each in enumerate(self.requests, 1) if each.state in ("sent", "overdue"))
        from triage.ui.requests.life_dialogs import count_days  # these rows are also used where Qt is missing

        return [i for i, each in sent if count_days(each) >= older_than]

    def send_request(self: FakeApi, number: str, *, sent: str) -> RequestRow:
        return self._set_request(number, "sent", sent, state="sent", sent=sent)

    def record_court_told(self: FakeApi, number: str, *, told: str) -> RequestRow:
        return self._set_request(number, "court", told, court_informed=told, court_overdue=False)

    def _set_request(self: FakeApi, number: str, what: str, day: str, **fields: Any) -> RequestRow:
        self._require(Right.DECIDE)
        self.calls.append((what, number, day))
        self.requests = tuple(replace(each, **fields) if each.number == number else each for each in self.requests)
        return next(each for each in self.requests if each.number == number)

    def close_request(self: FakeApi, number: str) -> RequestRow:
        return self._set_request(number, "close", "", state="closed")

    def remind(
        self: FakeApi, older_than: int, out: Path, *, handover: Handover, on_progress: OnProgress, cancel: CancelToken
    ) -> tuple[Reminder, ...]:
        self._require(Right.CASE_PAPERS)
        self.calls.append(("remind", older_than, out, handover))
        return (Reminder(number="R-2026-0002", addressee="Example Telecom", days=30, path=str(out)),)

    def take_reply(
        self: FakeApi, number: str, files: Sequence[Path], *, on_progress: OnProgress, cancel: CancelToken
    ) -> ReplyResult:
        self._require(Right.DECIDE)
        self.calls.append(("reply", number, tuple(files)))
        for done in range(10):
            cancel.check()
            on_progress(Progress(done=done, total=10, unit="documents", note=Message("reading the reply")))
            take_time(self, cancel)
        unmatched = tuple(
            UnmatchedRow(document="answer.xlsx", row=f"row {at}", value="+92 300 0000000", reason=Message("several lines fit"))
            for at in range(40)
        )
        return ReplyResult(
            number=number, documents=1, matched_lines=9, unmatched=unmatched, reports=4, already_received=("a.csv",)
        )

    def preview_requests(
        self: FakeApi, case_number: str, kind: RequestKind, *, warrant: str | None, child_line: bool,
        although_cleared: str | None, on_progress: OnProgress, cancel: CancelToken,
    ) -> PlannedRequests:  # fmt: skip
        self._require(Right.CASE_PAPERS)
        self.calls.append(("preview", case_number, kind, warrant, child_line))
        return self.planned

    def preview_expiring(
        self: FakeApi, days: int, *, only: Sequence[int] | None = None, on_progress: OnProgress, cancel: CancelToken
    ) -> PlannedRequests:
        self._require(Right.CASE_PAPERS)
        self.calls.append(("preview expiring", days) if only is None else ("preview expiring", days, tuple(only)))
        return self.planned

    def create_requests(
        self: FakeApi, case_number: str, kind: RequestKind, out: Path, *, operator: str | None, warrant: str | None,
        child_line: bool, although_cleared: str | None, handover: Handover, on_progress: OnProgress, cancel: CancelToken,
    ) -> MadeRequests:  # fmt: skip
        self.calls.append(("create", case_number, kind, out, warrant, child_line, operator))
        return self._make_requests(out, on_progress, cancel)

    def preserve_expiring(
        self: FakeApi,
        days: int,
        out: Path,
        *,
        only: Sequence[int] | None = None,
        handover: Handover,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> MadeRequests:
        self.calls.append(("preserve", days, out, handover))
        return self._make_requests(out, on_progress, cancel)

    def _make_requests(self: FakeApi, out: Path, on_progress: OnProgress, cancel: CancelToken) -> MadeRequests:
        self._require(Right.CASE_PAPERS)
        for done in range(10):
            cancel.check()
            on_progress(Progress(done=done, total=10, unit="files", note=Message("writing letters")))
            take_time(self, cancel)
        made = tuple(
            MadeRequest(number=f"R-2026-001{at}", kind=each.kind, addressee=each.addressee, case=None, lines=each.lines,
                        path=str(out), draft=bool(each.missing), missing=each.missing)
            for at, each in enumerate(self.planned.requests)
        )  # fmt: skip
        return MadeRequests(requests=made, left_out=self.planned.left_out)
