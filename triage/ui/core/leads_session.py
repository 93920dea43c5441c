"""The real `LeadsApi`: jobs bound to the session of `SessionApi`."""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.casework import case_list, cases
from triage.jobs.judging import rule_book, rules, sampling
from triage.jobs.judging.rule_book import RuleBook
from triage.jobs.judging.rules import Trial
from triage.jobs.judging.sampling import Ranking, Sample, SampleView
from triage.jobs.review import grade_work, grading
from triage.jobs.session import Session
from triage.model.casework import CaseSummary, CaseView, GradeAgreement, GradeWork
from triage.model.progress import CancelToken, OnProgress
from triage.model.views import QueueRow
from triage.priority import RuleEdit


class LeadsSession:
    """See `triage.ui.core.leads_api.LeadsApi`."""

    _session: Session

    def rule_book(self, edit: RuleEdit | None = None, base: str | None = None) -> RuleBook:
        return rule_book.rule_book(self._session, edit, base)

    def try_edit(self, edit: RuleEdit, base: str, on_progress: OnProgress, cancel: CancelToken) -> Trial:
        return rules.try_edit(self._session, edit, base, on_progress, cancel)

    def try_back(self, on_progress: OnProgress, cancel: CancelToken) -> Trial:
        return rules.try_back(self._session, on_progress, cancel)

    def use_edit(self, edit: RuleEdit, base: str, on_progress: OnProgress, cancel: CancelToken) -> str:
        return rules.use_edit(self._session, edit, base, on_progress, cancel)

    def rules_back(self, on_progress: OnProgress, cancel: CancelToken) -> str:
        return rules.back(self._session, on_progress, cancel)

    def judge_rest(self, on_progress: OnProgress, cancel: CancelToken) -> None:
        rules.judge_rest(self._session, on_progress, cancel)

    def sample(self, week: str | None = None) -> SampleView:
        return sampling.show_sample(self._session, week)

    def draw_sample(self) -> Sample:
        return sampling.draw(self._session)

    def ranking(self) -> Ranking:
        return sampling.show_ranking(self._session)

    def cases(self) -> tuple[CaseSummary, ...]:
        return case_list.list_cases(self._session)

    def case(self, number: str) -> CaseView:
        return cases.show_case(self._session, number)

    def case_rows(self, number: str) -> tuple[QueueRow, ...]:
        return case_list.case_rows(self._session, number)

    def open_case(self, reports: Sequence[str]) -> CaseView:
        return cases.open_case(self._session, reports)

    def add_to_case(self, number: str, reports: Sequence[str]) -> CaseView:
        return cases.add_reports(self._session, number, reports)

    def set_case_number(self, number: str, kind: str, value: str, *, remove: bool = False) -> CaseView:
        return cases.set_number(self._session, number, kind, value, remove=remove)

    def set_case_stage(self, number: str, stage: str, *, due: str | None, note: str | None) -> CaseView:
        return cases.set_stage(self._session, number, stage, due=due, note=note)

    def set_case_officer(self, number: str, officer: str) -> CaseView:
        return cases.set_officer(self._session, number, officer)

    def grade_work(self) -> tuple[GradeWork, ...]:
        return grade_work.grade_work(self._session)

    def agreement(self) -> tuple[GradeAgreement, ...]:
        return grading.agreement(self._session)
