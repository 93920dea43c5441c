"""The real `LikenessApi`: part of `triage.ui.core.session_api.SessionApi`."""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.matching import sweep_state as swept_job
from triage.jobs.matching.sweep_state import OnFound
from triage.jobs.reading import media as media_job
from triage.jobs.review import grading as grading_job
from triage.jobs.review import held_hashes as held_job
from triage.jobs.review import pairs as sameness_job
from triage.jobs.session import Session
from triage.jobs.sweeping import sweep as sweep_job
from triage.jobs.sweeping.sweep import SweepResult
from triage.model.casework import GradeState
from triage.model.matches import HeldHash, PossiblePair, SweepState
from triage.model.progress import CancelToken, OnProgress

MOST_LISTED = 200
"""Pairs of files, and as many of files and lists: the next come as these are judged."""


class LikenessSession:
    """See `triage.ui.core.matches_api.LikenessApi`."""

    _session: Session

    def possible_pairs(self) -> tuple[PossiblePair, ...]:
        return sameness_job.list_possible_pairs(self._session, MOST_LISTED)

    def say_same(self, sha256: str, other: str, same: bool | None) -> None:
        say = sameness_job.take_back_decision if same is None else sameness_job.confirm_same if same else sameness_job.reject_same
        say(self._session, sha256, other)

    def held(self) -> tuple[HeldHash, ...]:
        return held_job.list_held(self._session)

    def say_held(self, held_id: int, confirm: bool | None) -> None:
        if confirm is None:
            held_job.take_back_held(self._session, held_id)
        else:
            held_job.decide_held(self._session, held_id, confirm=confirm)

    def grade(
        self,
        report_id: str,
        sha256: str,
        grade: str,
        *,
        also: Sequence[str] = (),
        for_court: bool = False,
        settle: bool = False,
    ) -> GradeState:
        return grading_job.grade_file(self._session, report_id, sha256, grade, also=also, for_court=for_court, settle=settle)

    def inherit_grade(self, report_id: str, sha256: str, seen: str) -> GradeState:
        return grading_job.inherit_grade(self._session, report_id, sha256, seen)

    def take_back_grade(self, report_id: str, sha256: str) -> None:
        grading_job.take_back_grade(self._session, report_id, sha256)

    def sweep_state(self) -> SweepState:
        return swept_job.load_sweep_state(self._session)

    def sweep(self, on_progress: OnProgress, on_found: OnFound, cancel: CancelToken) -> SweepResult:
        return sweep_job.run_sweep(self._session, on_progress=on_progress, on_found=on_found, cancel=cancel)

    def film_times(self, sha256: str) -> tuple[int, ...]:
        return media_job.list_frame_times(self._session, sha256)
