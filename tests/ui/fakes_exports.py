"""What the fake answers where something leaves the store, and what papers say of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from triage.errors import Refused
from triage.jobs.leaving.export_statistics import WrittenStatistics
from triage.jobs.leaving.graded_media import NOT_FOR_COURT
from triage.jobs.leaving.not_done import ALWAYS
from triage.jobs.policy import OfficePolicy
from triage.message import Message
from triage.model.graded import LeftOut, WrittenMedia
from triage.model.handover import Handover
from triage.model.outgoing_preview import OutgoingPreview, PacketPreview, QueuePreview, RedactedText
from triage.model.packet import Edition, Removed
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.report_times import WrittenTimeline
from triage.model.users import Officer, Profile, Right, User
from triage.model.verification import Written
from triage.model.views import QueueFilter, QueueRow

KEY = "SHA256:EXAMPLE"
LEFT_OUT = (
    LeftOut(sha256="a" * 64, reason=NOT_FOR_COURT),
    LeftOut(sha256="b" * 64, reason=NOT_FOR_COURT),
    LeftOut(sha256="c" * 64, reason=Message("The reported user of the report with this file was cleared.")),
)


class FakeExports:
    """Previews and exports: twelve files of which three are left out, and forty events."""

    user: User
    policy: OfficePolicy
    calls: list[tuple[Any, ...]]
    queue: list[QueueRow]
    _matching: Callable[[QueueFilter], list[QueueRow]]
    _require: Callable[[Right], None]

    def _begin_exports(self) -> None:
        self.profile = Profile(full_name="Invented Officer", rank="Inspector")
        self.graded = 12
        self.left_out = LEFT_OUT
        self.clearing: str | None = None
        """A report whose person was cleared: exports of reports ask for a reason."""

    def _preview(self, on_progress: OnProgress, cancel: CancelToken) -> OutgoingPreview:
        self._require(Right.EXPORT_TOOLS)
        cancel.check()
        on_progress(Progress(done=1, total=1, unit="files"))
        return OutgoingPreview(rows=self.graded, left_out=self.left_out)

    def _export(self, out: Path, *about: Any) -> WrittenMedia:
        self._require(Right.EXPORT_TOOLS)
        self.calls.append((*about[:1], out, *about[1:]))
        return WrittenMedia(path=str(out), media=self.graded, left_out=self.left_out, signature_key=KEY)

    def preview_vics(
        self,
        *,
        version: str,
        grades: str,
        case_number: str | None,
        although_cleared: str | None,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> OutgoingPreview:
        return self._preview(on_progress, cancel)

    def export_vics(
        self,
        out: Path,
        *,
        version: str,
        grades: str,
        case_number: str | None,
        although_cleared: str | None,
        handover: Handover,
        overwrite: bool,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> WrittenMedia:
        return self._export(out, "vics", version, grades, case_number, although_cleared, handover, overwrite)

    def preview_icse(self, *, on_progress: OnProgress, cancel: CancelToken) -> OutgoingPreview:
        return self._preview(on_progress, cancel)

    def export_icse(
        self, out: Path, *, handover: Handover, overwrite: bool, on_progress: OnProgress, cancel: CancelToken
    ) -> WrittenMedia:
        return self._export(out, "icse", handover, overwrite)

    def preview_hashes(self, *, kind: str, grade: str, on_progress: OnProgress, cancel: CancelToken) -> OutgoingPreview:
        return self._preview(on_progress, cancel)

    def export_hashes(
        self,
        out: Path,
        *,
        kind: str,
        grade: str,
        handover: Handover,
        overwrite: bool,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> WrittenMedia:
        return self._export(out, "hashes", kind, grade, handover, overwrite)

    def preview_timeline(
        self,
        report_numbers: Sequence[str],
        out: Path,
        *,
        case_number: str | None,
        although_cleared: str | None,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> OutgoingPreview:
        self._require(Right.EXPORT_TOOLS)
        if self.clearing in report_numbers and although_cleared is None:
            raise Refused(
                "{numbers}: the reported user was cleared. To export all the same, give --although-cleared REASON.",
                numbers=(self.clearing,),
            )
        return OutgoingPreview(rows=40)

    def export_timeline(
        self,
        report_numbers: Sequence[str],
        out: Path,
        *,
        case_number: str | None,
        although_cleared: str | None,
        handover: Handover,
        overwrite: bool,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> WrittenTimeline:
        self._require(Right.EXPORT_TOOLS)
        self.calls.append(("timeline", out, tuple(report_numbers), case_number, although_cleared, handover, overwrite))
        return WrittenTimeline(path=str(out), rows=40, signature_key=KEY)

    def preview_statistics(
        self, first: str, last: str, *, although_overlapping: str | None, on_progress: OnProgress, cancel: CancelToken
    ) -> OutgoingPreview:
        self._require(Right.EXPORT_QUEUE)
        return OutgoingPreview(rows=210, withheld=17)

    def export_statistics(
        self,
        first: str,
        last: str,
        out: Path,
        *,
        although_overlapping: str | None,
        handover: Handover,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> WrittenStatistics:
        self._require(Right.EXPORT_QUEUE)
        self.calls.append(("statistics", out, first, last, although_overlapping, handover))
        return WrittenStatistics(path=str(out), tables=8, cells=210, suppressed=17, signature_key=KEY)

    def preview_packet(
        self,
        report_numbers: Sequence[str],
        *,
        edition: Edition,
        although_cleared: str | None,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> PacketPreview:
        self._require(Right.PACKET)
        if self.clearing in report_numbers and although_cleared is None:
            raise Refused("{numbers}: the reported user was cleared.", numbers=(self.clearing,))  # message-ok
        removed = (
            Removed(
                what=Message("{kind}, wherever they stand: {n}", kind=Message("Account names"), n=2),
                why=Message("It identifies a child, or a person who may be one."),
            ),
        )
        return PacketPreview(
            reports=1,
            documents=3,
            files=7,
            removed=removed if edition == "redacted" else (),
            not_done=((ALWAYS[0], 0), (Message("The file has no grade."), 4)),
            texts=(
                (
                    RedactedText(
                        report_id=report_numbers[0],
                        label="additional information",
                        text="He asked. She goes to Lantern School. He left.",
                        telling=("She goes to Lantern School.",),
                    ),
                )
                if edition == "redacted"
                else ()
            ),
        )

    def write_viewing_log(self, packet: Path, out: Path, *, handover: Handover, overwrite: bool) -> Written:
        self._require(Right.PACKET)
        self.calls.append(("viewing_log", packet, out, handover, overwrite))
        return Written(path=str(out), rows=7, signature_key=KEY)

    def preview_queue(self, wanted: QueueFilter) -> QueuePreview:
        self._require(Right.EXPORT_QUEUE)
        ids = {row.id for row in self._matching(wanted)}
        found = [row for row in self.queue if row.id in ids]
        offices = Counter(row.office for row in found)
        return QueuePreview(
            rows=len(found),
            bands=tuple(sorted(Counter(row.band for row in found).items())),
            offices=tuple(sorted(offices.items(), key=lambda each: each[0] or "~")),
        )

    def officer(self) -> Officer:
        return Officer(
            user=self.user.name,
            profile=self.profile,
            agency_name=self.policy.agency_name,
            agency_address=self.policy.agency_address,
            clock_source=self.policy.clock_source,
        )

    def set_profile(self, name: str, given: dict[str, str]) -> Officer:
        self.calls.append(("set_profile", name, given))
        self.profile = replace(self.profile, **given)
        return self.officer()

    def set_policy(self, name: str, value: str) -> None:
        self._require(Right.POLICY)
        self.calls.append(("set_policy", name, value))
