"""The real `Api`: a session bound to the jobs. It holds the pool of confined workers that reveals and barriers ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from triage.decode.client import MediaPool
from triage.jobs import policy as policy_job
from triage.jobs import status as status_job
from triage.jobs import users as users_job
from triage.jobs.casework import decisions as report_job
from triage.jobs.intake import import_bundles as import_job
from triage.jobs.keeping import check as check_job
from triage.jobs.leaving import export_queue as export_job
from triage.jobs.leaving import packet as packet_job
from triage.jobs.leaving import verify as verify_job
from triage.jobs.lists import lists as lists_job
from triage.jobs.reading import media as media_job
from triage.jobs.reading import queue as queue_job
from triage.jobs.reading import show as show_job
from triage.jobs.reading.queue import Lanes
from triage.jobs.session import Session
from triage.jobs.status import MachineStatus
from triage.model.handover import Handover, Receipt
from triage.model.media import Pixels, RevealStep
from triage.model.progress import CancelToken, OnProgress
from triage.model.users import Right, User
from triage.model.verification import CheckResult, VerifyResult, Written
from triage.model.views import ImportResult, ListSummary, QueueFilter, QueueRow, ShowReport, Status
from triage.store.queries.bundles import SetAsideRow
from triage.ui.core.api import NOT_SAID
from triage.ui.core.leads_session import LeadsSession
from triage.ui.core.matches_session import LikenessSession
from triage.wellbeing import Exposure

REVEAL_WORKERS = 1


class SessionApi(LeadsSession, LikenessSession):
    """See `triage.ui.core.api.Api`. Closing it ends the workers and the session; calls after that raise."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pool = MediaPool(REVEAL_WORKERS)

    @property
    def user(self) -> User:
        return self._session.user

    def may(self, right: Right) -> bool:
        return self._session.user.may(right)

    def queue_ids(self, wanted: QueueFilter) -> tuple[int, ...]:
        return queue_job.queue_ids(self._session, wanted)

    def rows(self, ids: Sequence[int]) -> dict[int, QueueRow]:
        return queue_job.rows_by_id(self._session, ids)

    def lanes(self) -> Lanes:
        return queue_job.lanes(self._session)

    def show(self, report_id: str, version: int | None = None) -> ShowReport:
        return show_job.show(self._session, report_id, version)

    def decide(
        self,
        report_id: str,
        *,
        status: Status | None = None,
        reason: str | None = None,
        note: str | None = None,
        assignee: str | None = None,
    ) -> int:
        return report_job.decide(self._session, report_id, status=status, reason=reason, note=note, assignee=assignee)

    def undo(self, decision_id: int) -> None:
        report_job.undo(self._session, decision_id)

    def import_bundles(
        self,
        paths: Sequence[Path],
        *,
        receipt: Receipt,
        passwords: Sequence[str],
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> ImportResult:
        keys = [password.encode() for password in passwords]
        return import_job.import_bundles(
            self._session, paths, receipt=receipt, passwords=keys, on_progress=on_progress, cancel=cancel
        )

    def receipt_required(self) -> bool:
        return policy_job.policy(self._session, policy_job.Policy.RECEIPT_REQUIRED) == "yes"

    def set_aside(self) -> tuple[SetAsideRow, ...]:
        return status_job.set_aside(self._session)

    def preview(self, sha256: str) -> bytes | None:
        return media_job.preview(self._session, sha256)

    @contextmanager
    def reveal(self, report_id: str, sha256: str, step: RevealStep, at_ms: int | None = None) -> Iterator[Pixels]:
        with media_job.reveal(self._session, report_id, sha256, step, self._pool, at_ms=at_ms) as pixels:
            yield pixels

    def exposures(self, since: datetime) -> tuple[Exposure, ...]:
        return media_job.exposures(self._session, since)

    def machine(self) -> MachineStatus:
        return status_job.machine(self._session, self._pool)

    def check(self, on_progress: OnProgress, cancel: CancelToken) -> CheckResult:
        return check_job.check(self._session, on_progress=on_progress, cancel=cancel)

    def change_passphrase(self, new: str) -> None:
        users_job.change_passphrase(self._session, new)

    def user_names(self) -> tuple[str, ...]:
        return tuple(user.name for user in users_job.all_users(self._session) if not user.disabled)

    def has_one_user(self) -> bool:
        return len(users_job.all_users(self._session)) == 1

    def lists(self) -> tuple[ListSummary, ...]:
        return tuple(lists_job.all_lists(self._session))

    def export_queue(self, out: Path, wanted: QueueFilter, handover: Handover = NOT_SAID) -> Written:
        return export_job.export_queue(self._session, wanted, out, handover=handover, overwrite=True)  # the file dialog has asked

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
    ) -> Written:
        consent = None
        if consent_user is not None and consent_passphrase is not None:
            consent = packet_job.Consent(consent_user, consent_passphrase)
        return packet_job.create_packet(
            self._session,
            report_ids,
            out,
            with_media=with_media,
            recipients=recipients,
            consent=consent,
            handover=handover,
            on_progress=on_progress,
            cancel=cancel,
        )

    def verify(self, path: Path) -> VerifyResult:
        return verify_job.verify(path)

    def close(self) -> None:
        self._pool.close()
        self._session.close()
