"""The part of the house of cards for the funnel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from triage.model.casework import Stage
from triage.model.funnel import IN_CASE, Funnel, FunnelOutcome, FunnelPlace, FunnelStep, OverdueReport
from triage.model.users import Right

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi

STEPS = ("received", "judged", "folded as duplicates", "assigned", "in a case", "FIR", "challan", "trial")


class FakeFunnel:
    """Mixed into FakeApi: of each step half reaches the next; `late` reports of the queue are overdue."""

    late = 12

    def funnel(self: FakeApi, since: str | None = None, until: str | None = None) -> Funnel:
        self._require(Right.STATISTICS)
        received = len(self.queue)
        steps = tuple(
            FunnelStep(step=name, reports=received >> at, per_100_000=100_000 * (received >> at) / received if received else None)
            for at, name in enumerate(STEPS)
        )
        return Funnel(
            since=since, until=until, steps=steps, without_outcome=max(0, received - 60), overdue=self.late,
            outcomes=(
                FunnelOutcome(status="closed", reason="not pertinent", reports=40),
                FunnelOutcome(status=IN_CASE, reason="joined to a case", reports=19),
                FunnelOutcome(status="destroyed", reason="by order", reports=1),
            ),
            standing=(
                FunnelPlace(status="new", count=200, overdue=self.late, longest_days=61),
                FunnelPlace(status="in_progress", count=40, overdue=0, longest_days=9),
                FunnelPlace(stage=Stage.FIR, count=3, overdue=1, longest_days=80),
            ),
        )  # fmt: skip

    def overdue(self: FakeApi, limit: int = -1, offset: int = 0) -> tuple[OverdueReport, ...]:
        self._require(Right.READ_REPORT)
        from tests.ui.fakes import NOW, iso

        return tuple(
            OverdueReport(
                report_id=row.report_id, band=row.band, imported=iso(NOW - timedelta(days=60)), due=iso(NOW - timedelta(days=5)),
                days_over=5, status=row.status, assignee=row.assignee, office=row.office,
            )
            for row in self.queue[: self.late]
        )  # fmt: skip
