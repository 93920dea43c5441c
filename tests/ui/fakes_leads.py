"""The desk's part of the house of cards: cases, a sample, grades that wait, and the shipped rules with invented trials."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.ui.slow_work import take_time
from triage.errors import NotFound, Refused
from triage.jobs.judging.lowering import Move
from triage.jobs.judging.rule_book import FamilyView, RuleBook, _sort_rules
from triage.jobs.judging.rules import RuleUse, Trial
from triage.jobs.judging.sampling import ProviderCounts, Ranking, Sample, SampledReport, SampleView, WeekCount, compute_share
from triage.message import Message
from triage.model.casework import (
    CaseFilter,
    CaseNumber,
    CaseStage,
    CaseSummary,
    CaseView,
    GradeAgreement,
    GradeWork,
    GradeWorkList,
    RegisterNumber,
)
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right
from triage.model.views import QueueRow
from triage.priority import RuleEdit, band_steps, edited_rules, reach_of, rule_texts, rules_from
from triage.resources import resource

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi

WEEK = "2026-W48"
BASIS = "60 days for the investigation report, PECA Investigation Rules 2018 as the press reports them (unverified)"
SINCE = "2026-11-20T06:00:00Z"


def a_case(at: int = 1, **fields: Any) -> CaseView:
    base = CaseView(
        number=f"C-2026-{at:04d}",
        opened="2026-11-02T05:00:00Z",
        by="khi-04",
        officer="khi-04" if at % 3 else None,
        stage="FIR",
        stages=(
            CaseStage(stage="verification", since="2026-11-02T05:00:00Z", due=None, basis="", by="khi-04", note=None),
            CaseStage(stage="FIR", since=SINCE, due="2027-01-19", basis=BASIS, by="lhr-02", note="by the book"),
        ),
        numbers=(CaseNumber(kind="FIR", value=f"{200 + at}/26", by="khi-04"),),
        reports=("900144218", "900112345"),
        clocks=(),
    )
    return replace(base, **fields)


def _search_text(case: CaseSummary, only_numbers: bool) -> str:
    said = [case.number, *(f"{kept.kind} {kept.value}" for kept in case.numbers)]
    return " ".join(said if only_numbers else [*said, case.stage, case.officer or ""]).casefold()


class FakeLeads:
    """Mixed into FakeApi. Cases are kept; rules are really edited, so that refusals are the real ones."""

    calls: list[tuple[Any, ...]]
    slow: float

    def _begin_desk(self: FakeApi, cases: int = 3) -> None:
        self.case_views = {case.number: case for case in (a_case(at) for at in range(1, cases + 1))}
        self.rule_files = rule_texts(resource("rules"))
        self.earlier: list[dict[str, bytes]] = []
        self.waiting = 0
        self.drawn = True
        self.worked = 3
        self.work = (
            GradeWork(
                sha256="ab" * 32, disagree=True, mine=False, since=SINCE, name="IMG_0040.jpg", report="900144218", copies=2
            ),
            GradeWork(
                sha256="cd" * 32, disagree=False, mine=True, since=SINCE, name="IMG_0041.jpg", report="900144218", copies=1
            ),
            GradeWork(sha256="ef" * 32, disagree=False, mine=False, since=SINCE, name=None, report="900144218", copies=1),
        )

    # Rules

    def rule_book(self: FakeApi, edit: RuleEdit | None = None, base: str | None = None) -> RuleBook:
        self._require(Right.READ_REPORT)
        files = self._edited(edit, base) if edit and base else self.rule_files
        rules = rules_from(files)
        return RuleBook(
            name=rules.name, version=rules.version, sha256=rules.sha256, shipped=not self.earlier,
            since=SINCE if self.earlier else None, by="lhr-02" if self.earlier else None, can_go_back=bool(self.earlier),
            waiting=self.waiting, bands={name: begin for name, begin in band_steps(rules.bands)},
            families=tuple(
                FamilyView(name=f.name, axis=f.axis, cap=f.cap, about=f.about, reach=reach_of(f.name, rules.rules))
                for f in rules.families.values()
            ),
            rules=_sort_rules(rules),
            uses=(RuleUse(name=rules.name, since=SINCE, user="lhr-02", taken_back=False),) if self.earlier else (),
        )  # fmt: skip

    def _edited(self: FakeApi, edit: RuleEdit, base: str) -> dict[str, bytes]:
        if base != rules_from(self.rule_files).name:
            raise Refused("Other rules came into use meanwhile; look at them before you change them.")
        return edited_rules(self.rule_files, edit)

    def _trial(self: FakeApi, name: str, on_progress: OnProgress, cancel: CancelToken) -> Trial:
        self._require(Right.RULES)
        for done in range(0, 301, 30):
            cancel.check()
            on_progress(Progress(done=done, total=300, unit="reports", note=Message("trying")))
            take_time(self, cancel)
        moves = tuple(
            Move(report_id=row.report_id, band=row.band, would_be="C", risk=row.risk, would_risk=12.5, why=("type.enticement",))
            for row in self.queue[2:7]
        )
        bands = {"A": (2, 2), "B": (6, 1), "C": (52, 57), "D": (140, 140), "E": (100, 100)}
        return Trial(
            name=name, compared_with=rules_from(self.rule_files).name, reports=300, moved=5, rise=0, bands=bands, moves=moves
        )

    def try_edit(self: FakeApi, edit: RuleEdit, base: str, on_progress: OnProgress, cancel: CancelToken) -> Trial:
        return self._trial(rules_from(self._edited(edit, base)).name, on_progress, cancel)

    def try_back(self: FakeApi, on_progress: OnProgress, cancel: CancelToken) -> Trial:
        return self._trial(rules_from(self.earlier[-1]).name, on_progress, cancel)

    def use_edit(self: FakeApi, edit: RuleEdit, base: str, on_progress: OnProgress, cancel: CancelToken) -> str:
        self._require(Right.RULES)
        files = self._edited(edit, base)
        self.calls.append(("use_edit", edit))
        self.earlier.append(self.rule_files)
        self.rule_files = files
        return rules_from(files).name

    def rules_back(self: FakeApi, on_progress: OnProgress, cancel: CancelToken, *, tried: Trial) -> str:
        self._require(Right.RULES)
        if rules_from(self.rule_files).name != tried.compared_with:
            raise Refused("Other rules came into use meanwhile; look at them before you change them.")
        self.calls.append(("rules_back",))
        self.rule_files = self.earlier.pop()
        return rules_from(self.rule_files).name

    def judge_rest(self: FakeApi, on_progress: OnProgress, cancel: CancelToken) -> None:
        self._require(Right.RULES)
        self.calls.append(("judge_rest",))
        self.waiting = 0

    # The sample

    def sample(self: FakeApi, week: str | None = None) -> SampleView:
        self._require(Right.READ_REPORT)
        counts = (WeekCount(week="2026-W47", of=20, worked=18, hits=1),)
        if self.drawn:
            counts = (WeekCount(week=WEEK, of=20, worked=self.worked, hits=1), *counts)
        low = [row for row in self.queue if row.band in "DE"][:20]
        reports = tuple(
            SampledReport(
                report_id=row.report_id, drawn_in=row.band, band=row.band, incident_type=row.incident_type,
                status="closed" if at < self.worked else "new", assignee=row.assignee, worked=at < self.worked,
            )
            for at, row in enumerate(low)
        )  # fmt: skip
        shown = week or WEEK
        return SampleView(week=shown, reports=reports if any(c.week == shown for c in counts) else (), weeks=counts)

    def draw_sample(self: FakeApi) -> Sample:
        self._require(Right.ASSIGN)
        self.calls.append(("draw_sample",))
        self.drawn = True
        return Sample(week=WEEK, reports=("1", "2"), new=True)

    def ranking(self: FakeApi) -> Ranking:
        self._require(Right.STATISTICS)
        return Ranking(
            sampled=40, missed=compute_share(1, self.worked), top_band=compute_share(24, 31),
            cases_by_band={"A": 19, "B": 12, "C": 4, "D": 1, "E": 0}, first_look_hours={"A": 0.7, "B": 5.5, "C": 30.0},
            by_provider=(
                ProviderCounts(name="Saffron Chat", reports=120, band_a=2, cases=11),
                ProviderCounts(name="Indigo Drive", reports=99, band_a=0, cases=3),
                ProviderCounts(name=None, reports=81, band_a=0, cases=0),
            ),
        )  # fmt: skip

    # Cases

    def find_cases(self: FakeApi, wanted: CaseFilter, limit: int = -1, after: int | None = None) -> Sequence[int]:
        self._require(Right.READ_REPORT)
        every = self.load_cases(range(1, len(self.case_views) + 1))
        officer = self.user.name if wanted.own else None
        ids = [
            i
            for i, case in reversed(every.items())
            if officer in (None, case.officer)
            and (wanted.due_before is None or (case.due is not None and case.due < wanted.due_before.isoformat()))
            and all(word in _search_text(case, wanted.only_numbers) for word in wanted.search.casefold().split())
        ]
        if wanted.due_before is not None:
            ids.sort(key=lambda i: (every[i].due, every[i].number))
        ids = ids if after is None else ids[ids.index(after) + 1 :]
        return array("q", ids if limit < 0 else ids[:limit])

    def load_cases(self: FakeApi, case_ids: Sequence[int]) -> dict[int, CaseSummary]:
        self._require(Right.READ_REPORT)
        views = list(self.case_views.values())
        return {
            i: CaseSummary(
                number=case.number, opened=case.opened, officer=case.officer, stage=case.stage, since=case.stages[-1].since,
                due=case.stages[-1].due, reports=len(case.reports), numbers=tuple(RegisterNumber(n.kind, n.value) for n in case.numbers),
            )
            for i in case_ids if i <= len(views) for case in (views[i - 1],)
        }  # fmt: skip

    def case(self: FakeApi, number: str) -> CaseView:
        self._require(Right.READ_REPORT)
        if number not in self.case_views:
            raise NotFound(f"There is no case {number} in this store.")
        return self.case_views[number]

    def _rows_of_case(self: FakeApi, number: str) -> tuple[QueueRow, ...]:
        held = set(self.case(number).reports)
        return tuple(row for row in self.queue if row.report_id in held)

    def open_case(self: FakeApi, reports: Sequence[str]) -> CaseView:
        self._require(Right.DECIDE)
        self.calls.append(("open_case", tuple(reports)))
        stages = (CaseStage(stage="verification", since=SINCE, due=None, basis="", by=self.user.name, note=None),)
        made = a_case(len(self.case_views) + 1, reports=tuple(reports), numbers=(), stage="verification", stages=stages)
        self.case_views[made.number] = made
        return made

    def _change(self: FakeApi, number: str, **fields: Any) -> CaseView:
        self._require(Right.DECIDE)
        self.calls.append(("case", number, tuple(fields)))
        self.case_views[number] = replace(self.case(number), **fields)
        return self.case_views[number]

    def add_to_case(self: FakeApi, number: str, reports: Sequence[str]) -> CaseView:
        return self._change(number, reports=(*self.case(number).reports, *reports))

    def set_case_number(self: FakeApi, number: str, kind: str, value: str, *, remove: bool = False) -> CaseView:
        kept = tuple(n for n in self.case(number).numbers if (n.kind, n.value) != (kind, value))
        return self._change(number, numbers=kept if remove else (*kept, CaseNumber(kind=kind, value=value, by=self.user.name)))

    def set_case_stage(self: FakeApi, number: str, stage: str, *, due: str | None, note: str | None) -> CaseView:
        if due is not None and len(due) != 10:
            raise Refused(f"{due!r} is no day; write it as YYYY-MM-DD.")
        made = CaseStage(stage=stage, since=SINCE, due=due, basis="set by hand", by=self.user.name, note=note)
        return self._change(number, stage=stage, stages=(*self.case(number).stages, made))

    def set_case_officer(self: FakeApi, number: str, officer: str) -> CaseView:
        return self._change(number, officer=officer)

    # Grades

    def find_grade_work(self: FakeApi) -> GradeWorkList:
        self._require(Right.READ_REPORT)
        ids = sorted(range(1, len(self.work) + 1), key=lambda i: not self.work[i - 1].disagree)
        return GradeWorkList(ids, sum(each.disagree for each in self.work))

    def load_grade_work(self: FakeApi, medium_ids: Sequence[int]) -> dict[int, GradeWork]:
        self._require(Right.READ_REPORT)
        return {i: self.work[i - 1] for i in medium_ids}

    def agreement(self: FakeApi) -> tuple[GradeAgreement, ...]:
        return (GradeAgreement(grade="adult", pairs=8, agreed=7), GradeAgreement(grade="age uncertain", pairs=3, agreed=1))
