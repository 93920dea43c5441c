"""What the pages of likeness ask of the house; part of `triage.ui.core.api.Api`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from triage.model.casework import GradeState
from triage.model.matches import HeldHash, PossiblePair, SweepState
from triage.model.progress import CancelToken, OnProgress

if TYPE_CHECKING:
    from triage.jobs.matching.sweep_state import OnFound
    from triage.jobs.sweeping.sweep import SweepResult


class LikenessApi(Protocol):
    def possible_pairs(self) -> tuple[PossiblePair, ...]:
        """The first of them; `lanes` says how many there are."""

    def say_same(self, sha256: str, other: str, same: bool | None) -> None:
        """`other` is a SHA-256 or a list's PDQ hash; None takes back what was said of the two."""

    def held(self) -> tuple[HeldHash, ...]: ...
    def say_held(self, held_id: int, confirm: bool | None) -> None:
        """None takes back what was said."""

    def grade(
        self,
        report_id: str,
        sha256: str,
        grade: str,
        *,
        also: Sequence[str] = (),
        for_court: bool = False,
        settle: bool = False,
    ) -> GradeState: ...
    def inherit_grade(self, report_id: str, sha256: str, seen: str) -> GradeState: ...
    def take_back_grade(self, report_id: str, sha256: str) -> None: ...

    def sweep_state(self) -> SweepState: ...
    def sweep(self, on_progress: OnProgress, on_found: OnFound, cancel: CancelToken) -> SweepResult:
        """Needs Right.IMPORT."""

    def film_times(self, sha256: str) -> tuple[int, ...]:
        """Where a film's different frames are, in milliseconds since it began."""
