"""The queue of imports, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from tests.ui.slow_work import take_time
from triage.errors import Cancelled, Refused, WorldError
from triage.importers.archive import ZIP_LOCKED
from triage.importers.le_pdf import IMAGE_ONLY
from triage.jobs.exchange.import_queue import ImportCounts, QueuedImport
from triage.jobs.intake.retry import RetryResult
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.import_counts import MediaCounts, ReportCounts, SetAside
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Right
from triage.model.views import ImportResult

MAIN = "900144218"


def queued(number: int, state: Any = "waiting", **more: Any) -> QueuedImport:
    base: dict[str, Any] = {
        "user": "khi-04",
        "queued": "2026-11-24T09:00:00Z",
        "paths": (f"/media/stick/bundle-{number}.zip",),
        "receipt": Receipt(received_from="NCMEC", medium="USB stick 14", seal="No. 77"),
        "passwords": 0,
        "bundle": None,
        "ended": None,
        "problem": None,
        "result": None,
    }
    return QueuedImport(id=number, state=state, **{**base, **more})


def import_result() -> ImportResult:
    return ImportResult(
        reports=ReportCounts(new=412, updated=3, unchanged=1),
        media=MediaCounts(new=1200, duplicate=310, near_duplicate=22),
        quarantined=(
            SetAside(path="bundle/scan.pdf", reason=Message(IMAGE_ONLY)),
            SetAside(path="bundle/b.zip", reason=Message(ZIP_LOCKED, n=4, total=4)),
        ),
        skipped=(SetAside(path="bundle/Thumbs.db", reason=Message("Left behind by an operating system.")),),
        seconds=41.2,
        report_ids=(MAIN,),
    )


class FakeImports:
    """Answers what the import page asks."""

    calls: list[tuple[Any, ...]]
    slow: float

    def _begin_imports(self) -> None:
        self.orders: list[QueuedImport] = []
        self.import_fails: WorldError | None = None
        self.retried: Literal["resolved", "not"] = "resolved"

    def _require(self, right: Right) -> None:
        raise NotImplementedError

    def queue_import(self, paths: Sequence[Path], *, receipt: Receipt, passwords: int) -> QueuedImport:
        self._require(Right.IMPORT)
        self.calls.append(("queue", tuple(paths), receipt, passwords))
        made = queued(len(self.calls), paths=tuple(str(path) for path in paths), receipt=receipt, passwords=passwords)
        self.orders.append(made)
        return made

    def import_queue(self) -> tuple[QueuedImport, ...]:
        self._require(Right.READ_REPORT)
        return tuple(self.orders)

    def _set(self, order_id: int, **more: Any) -> None:
        self.orders = [replace(each, **more) if each.id == order_id else each for each in self.orders]

    def run_import(
        self, order_id: int, *, passwords: Sequence[bytes], on_progress: OnProgress, cancel: CancelToken
    ) -> ImportResult:
        self._require(Right.IMPORT)
        self.calls.append(("run", order_id, tuple(passwords)))
        self._set(order_id, state="running")
        try:
            for done in range(0, 101, 10):
                cancel.rest()
                note = Message("reading reports") if done < 50 else Message("media")
                on_progress(Progress(done=done, total=100, unit="files", note=note, overall=done / 100))
                take_time(self, cancel)
            if self.import_fails is not None:
                raise self.import_fails
        except Cancelled:
            self._set(order_id, state="paused" if cancel.paused() else "stopped")
            raise
        except WorldError as error:
            self._set(order_id, state="failed", problem=error.message)
            raise
        counts = ImportCounts(new=412, updated=3, unchanged=1, media=1222, set_aside=2)
        self._set(order_id, state="finished", ended="2026-11-24T09:26:00Z", result=counts)
        return import_result()

    def mark_import_paused(self, order_id: int, *, paused: bool) -> None:
        self.calls.append(("paused", order_id, paused))
        if any(each.id == order_id and each.state in ("running", "paused") for each in self.orders):
            self._set(order_id, state="paused" if paused else "running")

    def move_import(self, order_id: int, step: int) -> None:
        self.calls.append(("move", order_id, step))
        at = next(n for n, each in enumerate(self.orders) if each.id == order_id)
        self.orders.insert(at + step, self.orders.pop(at))

    def remove_import(self, order_id: int) -> None:
        self.calls.append(("remove", order_id))
        self.orders = [each for each in self.orders if each.id != order_id]

    def retry_set_aside(
        self,
        row_id: int,
        *,
        passwords: Sequence[bytes],
        copy: Path | None,
        on_progress: OnProgress,
        cancel: CancelToken,
    ) -> RetryResult:
        self._require(Right.IMPORT)
        self.calls.append(("retry", row_id, tuple(passwords), copy))
        if self.retried == "resolved":
            return RetryResult(resolved=True, why=None, result=import_result())
        if self.import_fails is not None:
            raise Refused("no")
        return RetryResult(resolved=False, why=Message(ZIP_LOCKED, n=4, total=4), result=import_result())
