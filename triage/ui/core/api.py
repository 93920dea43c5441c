"""What the screens ask of the house: one object that binds a session to the jobs. Screens see no store and no decoder.

`Api` is the contract; `SessionApi` the real one. Tests bring their own (tests/ui/fakes.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from triage.model.handover import Handover, Receipt
from triage.model.media import Pixels, RevealStep
from triage.model.progress import CancelToken, OnProgress
from triage.model.users import Right, User
from triage.model.verification import CheckResult, VerifyResult, Written
from triage.model.views import ImportResult, ListSummary, QueueFilter, QueueRow, ShowReport, Status
from triage.ui.core.leads_api import LeadsApi
from triage.ui.core.matches_api import LikenessApi
from triage.wellbeing import Exposure

if TYPE_CHECKING:
    from triage.jobs.reading.queue import Lanes
    from triage.jobs.status import MachineStatus
    from triage.store.queries.bundles import SetAsideRow


NOT_SAID = Handover()


class Api(LeadsApi, LikenessApi, Protocol):
    """Every call may block: call it through `runner.Runner`. Every call may raise `triage.errors.WorldError`."""

    @property
    def user(self) -> User: ...
    def may(self, right: Right) -> bool: ...

    def queue_ids(self, wanted: QueueFilter) -> tuple[int, ...]: ...
    def rows(self, ids: Sequence[int]) -> dict[int, QueueRow]: ...
    def lanes(self) -> Lanes: ...
    def show(self, report_id: str, version: int | None = None) -> ShowReport: ...
    def decide(
        self,
        report_id: str,
        *,
        status: Status | None = None,
        reason: str | None = None,
        note: str | None = None,
        assignee: str | None = None,
    ) -> int: ...
    def undo(self, decision_id: int) -> None: ...

    def import_bundles(
        self,
        paths: Sequence[Path],
        *,
        receipt: Receipt,
        passwords: Sequence[str],
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> ImportResult: ...
    def receipt_required(self) -> bool: ...
    def set_aside(self) -> Sequence[SetAsideRow]: ...

    def preview(self, sha256: str) -> bytes | None: ...
    def reveal(
        self, report_id: str, sha256: str, step: RevealStep, at_ms: int | None = None
    ) -> AbstractContextManager[Pixels]: ...
    def exposures(self, since: datetime) -> Sequence[Exposure]: ...

    def machine(self) -> MachineStatus: ...
    def check(self, on_progress: OnProgress, cancel: CancelToken) -> CheckResult: ...
    def change_passphrase(self, new: str) -> None:
        """One's own."""
        ...

    def user_names(self) -> tuple[str, ...]:
        """Of those who are not disabled."""
        ...

    def has_one_user(self) -> bool:
        """Returns whether the store has only ever had one user, so that nobody could agree; disabled users count."""
        ...

    def lists(self) -> tuple[ListSummary, ...]: ...

    def export_queue(self, out: Path, wanted: QueueFilter, handover: Handover = NOT_SAID) -> Written: ...
    def create_packet(
        self,
        report_ids: Sequence[str],
        out: Path,
        *,
        with_media: bool = False,
        recipients: Sequence[str] = (),
        consent_user: str | None = None,
        consent_passphrase: str | None = None,
        handover: Handover = NOT_SAID,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> Written: ...
    def verify(self, path: Path) -> VerifyResult: ...

    def close(self) -> None: ...
