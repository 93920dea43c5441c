"""The part of the house of cards for other workstations, shifts and referrals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from triage.jobs.consent import Consent
from triage.jobs.leaving.outgoing import NOT_SAID
from triage.message import Message
from triage.model.deconfliction import (
    Deconfliction,
    DeconflictionFile,
    DeconflictionList,
    DeconflictionPlan,
    DeconflictionResult,
)
from triage.model.handover import Handover
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.referral import ReferralBody, ReferralFact, ReferralMade, ReferralPreview, SafeContactPlan, WithheldFact
from triage.model.shift import ShiftList, ShiftRow, ShiftSheet
from triage.model.users import Right
from triage.model.work import (
    HeldBack,
    ResultsPreview,
    ResultsSent,
    WorkConflict,
    WorkList,
    WorkPreview,
    WorkReport,
    WorkRow,
    WorkSent,
    Workstation,
)

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi

HQ, LAHORE, QUETTA = "aa" * 32, "bb" * 32, "cc" * 32
REPORT = "900144218"


def a_package(at: int, direction: str, **fields: Any) -> WorkRow:
    base = WorkRow(
        package_id=f"{at:032x}", direction=direction, with_="Lahore", reports=2, sent="2026-11-10T05:00:00Z",
        due="2026-11-20", state=direction, conflicts=0,
    )  # type: ignore[arg-type]  # fmt: skip
    return msgspec.structs.replace(base, **fields)


def a_conflict(field: str = "status", here: str | None = "on_hold", there: str | None = "in_progress") -> WorkConflict:
    return WorkConflict(
        package_id=f"{1:032x}", with_="Lahore", report_id=REPORT, field=field, here=here, there=there, resolved=False
    )


def a_deconfliction(at: int, **fields: Any) -> Deconfliction:
    base = Deconfliction(
        session=f"s{at}", other="Lahore", begun_here=True, made="2026-11-10T05:00:00Z", by="khi-04", state="started",
        compared=43, shared=None, silent=None, finished=None,
    )  # fmt: skip
    return replace(base, **fields)


def a_sheet(at: int, **fields: Any) -> ShiftSheet:
    base = ShiftSheet(
        number=at, made="2026-11-23T13:00:00Z", by="khi-07", counts={"open in band A": 3}, note="The carrier comes at nine.",
        acknowledged=None, acknowledged_by=None,
    )  # fmt: skip
    return replace(base, **fields)


LISTS = (
    ShiftList(
        name="open in band A",
        total=1,
        rows=(ShiftRow(number=REPORT, band="A", due="2026-12-01T00:00:00Z", due_for="operator traffic data", assignee=None, what="new"),),
    ),
    ShiftList(
        name="requests without a reply",
        total=1,
        rows=(
            ShiftRow(
                number="R-2026-0002", band=None, due=None, due_for=None, assignee=None,
                what=Message("{to}, sent on {day}", to="Example Telecom", day="2026-11-01"),
            ),
        ),
    ),
    ShiftList(name="no outcome in time", total=0, rows=()),
)  # fmt: skip
BODIES = (
    ReferralBody(
        id="PB-CPWB", name="Child Protection and Welfare Bureau", kind="child protection", province="PB", helpline="1121"
    ),
    ReferralBody(id="SD-CPA", name="Child Protection Authority", kind="child protection", province="SD", helpline=None),
    ReferralBody(id="NCMEC", name="NCMEC", kind="ncmec", province=None, helpline=None),
)


class FakeExchange:
    """Mixed into FakeApi."""

    calls: list[tuple[Any, ...]]

    def _begin_exchange(self) -> None:
        self.packages: tuple[WorkRow, ...] = (
            a_package(1, "sent", state="merged", results=1, conflicts=1, imported="2026-11-12T05:00:00Z"),
            a_package(2, "sent", state="overdue", with_="Quetta"),
            a_package(3, "received", imported="2026-11-12T05:00:00Z"),
        )
        self.conflicts: tuple[WorkConflict, ...] = (a_conflict(), a_conflict("stage", None, "FIR"))
        self.stations = (
            Workstation(name="", fingerprint=HQ, age_key="age1own", own=True),
            Workstation(name="Lahore", fingerprint=LAHORE, age_key="age1lahore"),
            Workstation(name="Quetta", fingerprint=QUETTA, age_key=None),
        )
        self.held_back: tuple[HeldBack, ...] = ()
        self.work_refused: Message | None = None
        self.deconflictions: tuple[Deconfliction, ...] = (
            a_deconfliction(3),
            a_deconfliction(2, begun_here=False, state="answered"),
            a_deconfliction(1, state="finished", shared=0, silent=0, finished="2026-11-11T05:00:00Z"),
        )
        self.compared = DeconflictionResult(session="s1", compared=43, shared=(), silent=0)
        self.carried = DeconflictionFile(session="s3", step="answer", other="Lahore", points=64, begun_here=True, finished=None)
        self.sheets: tuple[ShiftSheet, ...] = (
            a_sheet(2),
            a_sheet(1, acknowledged="2026-11-23T14:00:00Z", acknowledged_by="khi-04"),
        )
        self.cleared = False

    # Work packages

    def find_work(self: FakeApi) -> WorkList:
        self._require(Right.READ_REPORT)
        ids = {way: [n for n, row in enumerate(self.packages, 1) if row.direction == way] for way in ("sent", "received")}
        return WorkList(**ids, overdue=sum(row.state == "overdue" for row in self.packages))

    def load_work(self: FakeApi, ids: Sequence[int]) -> dict[int, WorkRow]:
        self._require(Right.READ_REPORT)
        return {n: self.packages[n - 1] for n in ids}

    def list_work_reports(self: FakeApi, package_id: str) -> tuple[WorkReport, ...]:
        self._require(Right.READ_REPORT)
        return (
            WorkReport(report_id=REPORT, status="on_hold", assignee=None, status_there="in_progress", stage_there="FIR",
                       case_there="C-2026-0001", conflicts=1),
        )  # fmt: skip

    def list_workstations(self: FakeApi) -> tuple[Workstation, ...]:
        self._require(Right.READ_REPORT)
        return self.stations

    def list_work_conflicts(self: FakeApi, *, waiting: bool) -> tuple[WorkConflict, ...]:
        self._require(Right.READ_REPORT)
        return tuple(each for each in self.conflicts if not (waiting and each.resolved))

    def resolve_work_conflict(
        self: FakeApi, report_number: str, field: str, take: str, reason: str, *, package_id: str
    ) -> WorkConflict:
        self._require(Right.ASSIGN)
        self.calls.append(("resolve", report_number, field, take, reason, package_id))
        found = next(each for each in self.conflicts if each.field == field)
        self.conflicts = tuple(each for each in self.conflicts if each is not found)
        return found

    def preview_work(
        self: FakeApi, report_numbers: Sequence[str], *, office: str | None, assignee: str | None, with_media: bool,
        on_progress: OnProgress, cancel: CancelToken,
    ) -> WorkPreview:  # fmt: skip
        self.calls.append(("preview work", tuple(report_numbers), office, assignee, with_media))
        return WorkPreview(
            reports=(REPORT,), versions=1, documents=2, media=3, size=2_000_000, decisions=4, grades=5, grades_waiting=1,
            corrections=0, list_matches=0, refused=self.work_refused,
        )  # fmt: skip

    def export_work(
        self: FakeApi, report_numbers: Sequence[str], recipient: str, out: Path, *, office: str | None, assignee: str | None,
        with_media: bool, due: str | None, consent: Consent | None, handover: Handover, on_progress: OnProgress,
        cancel: CancelToken,
    ) -> WorkSent:  # fmt: skip
        self._require(Right.EXPORT_QUEUE)
        self.calls.append(("send", tuple(report_numbers), recipient, out, office, assignee, with_media, due, consent))
        return WorkSent(path=str(out), package_id="ab" * 16, reports=1, media=0, recipient=recipient, signature_key=HQ, due=due)

    def preview_results(self: FakeApi, package_id: str, *, on_progress: OnProgress, cancel: CancelToken) -> ResultsPreview:
        return ResultsPreview(
            recipient="age1lahore", with_="Lahore", reports=(REPORT,), decisions=2, grades=1, corrections=0, notices=1,
            fields=((REPORT, "stage", "FIR"),), held_back=self.held_back, refused=self.work_refused,
        )  # fmt: skip

    def export_results(
        self: FakeApi, package_id: str, recipient: str, out: Path, *, handover: Handover, on_progress: OnProgress,
        cancel: CancelToken,
    ) -> ResultsSent:  # fmt: skip
        self._require(Right.EXPORT_QUEUE)
        self.calls.append(("results", package_id, recipient, out))
        return ResultsSent(
            path=str(out), package_id=package_id, reports=1, decisions=2, grades=1, signature_key=HQ, held_back=self.held_back
        )

    # Deconfliction

    def find_deconflictions(self: FakeApi) -> DeconflictionList:
        self._require(Right.ASSIGN)
        waiting = sum(each.state != "finished" for each in self.deconflictions)
        return DeconflictionList(sessions=[each.session for each in self.deconflictions], waiting=waiting)

    def load_deconflictions(self: FakeApi, which: Sequence[str]) -> dict[str, Deconfliction]:
        self._require(Right.ASSIGN)
        return {each.session: each for each in self.deconflictions if each.session in which}

    def show_deconfliction(self: FakeApi, which: str) -> DeconflictionResult:
        self._require(Right.ASSIGN)
        return self.compared

    def plan_deconfliction(self: FakeApi, *, on_progress: OnProgress, cancel: CancelToken) -> DeconflictionPlan:
        self._require(Right.ASSIGN)
        return DeconflictionPlan(compared=43, silent=2)

    def inspect_deconfliction_file(self: FakeApi, path: Path) -> DeconflictionFile:
        self._require(Right.ASSIGN)
        return self.carried

    def withdraw_deconfliction(self: FakeApi, which: str) -> int:
        self.calls.append(("withdraw", which))
        self.deconflictions = tuple(each for each in self.deconflictions if each.session != which)
        return 1

    def start_deconfliction(
        self: FakeApi, other: str, out: Path, *, handover: Handover, on_progress: OnProgress, cancel: CancelToken
    ) -> DeconflictionResult:
        self.calls.append(("start", other, out))
        return self.compared

    def answer_deconfliction(
        self: FakeApi, path: Path, out: Path, *, handover: Handover, on_progress: OnProgress, cancel: CancelToken
    ) -> DeconflictionResult:
        self.calls.append(("answer", path, out))
        return self.compared

    def finish_deconfliction(
        self: FakeApi,
        path: Path,
        out: Path | None = None,
        *,
        handover: Handover = NOT_SAID,
        on_progress: OnProgress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> DeconflictionResult:
        self.calls.append(("finish", path, out))
        return self.compared

    # Shifts

    def list_shifts(self: FakeApi) -> tuple[ShiftSheet, ...]:
        self._require(Right.READ_REPORT)
        return self.sheets

    def show_shift(self: FakeApi, number: int) -> ShiftSheet:
        return replace(next(each for each in self.sheets if each.number == number), lists=LISTS)

    def close_shift(self: FakeApi, note: str | None) -> ShiftSheet:
        self._require(Right.DECIDE)
        self.calls.append(("close shift", note))
        self.sheets = (a_sheet(3, note=note), *self.sheets)
        return self.sheets[0]

    def acknowledge_shift(self: FakeApi, number: int) -> ShiftSheet:
        self._require(Right.DECIDE)
        self.calls.append(("acknowledge", number))
        return self.show_shift(number)

    def print_shift(self: FakeApi, number: int, out: Path, *, handover: Handover) -> ShiftSheet:
        self.calls.append(("print", number, out))
        return self.show_shift(number)

    # Referrals

    def list_bodies(self: FakeApi) -> tuple[ReferralBody, ...]:
        return BODIES

    def preview_referral(
        self: FakeApi, report_number: str, to: str, *, redact: bool, although_cleared: str | None
    ) -> ReferralPreview:
        self._require(Right.CASE_PAPERS)
        body = next(each for each in BODIES if each.id == to)
        names = body.kind == "child protection" and not redact
        facts = [ReferralFact(field="report", label="CyberTipline report", value=report_number)]
        if names:
            facts.append(ReferralFact(field="child_name", label="Child, name", value="Amber Specimen"))
        refused = Message("the reported user was cleared") if self.cleared and although_cleared is None else None
        return ReferralPreview(
            report_id=report_number, body=body, names_child=names, facts=tuple(facts),
            withheld=(WithheldFact(what="media", why="no media leave with a referral"),), cleared=self.cleared, refused=refused,
        )  # fmt: skip

    def create_referral(
        self: FakeApi, report_number: str, to: str, out: Path, *, safe_contact: SafeContactPlan | None, redact: bool,
        although_cleared: str | None, handover: Handover,
    ) -> ReferralMade:  # fmt: skip
        self.calls.append(("refer", report_number, to, out, safe_contact, redact, although_cleared))
        return ReferralMade(
            path=str(out), to=to, names_child=safe_contact is not None, fields=("report",), withheld=(), signature_key=HQ
        )
