"""The part of the house of cards for leads' figures and for one's own account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from triage.jobs.judging.sampling import compute_share
from triage.jobs.leaving.export_chart import WrittenChart
from triage.jobs.reading.provider_profiles import ProviderProfile
from triage.model.handover import Handover
from triage.model.lead_figures import (
    BacklogPart,
    Behind,
    DueWeek,
    Figure,
    LeadFigures,
    MissRate,
    MonthRate,
    OldestReport,
    PersonLoad,
    ProviderRate,
    ReportsBehind,
)
from triage.model.media import RevealStep
from triage.model.private_account import (
    DayViews,
    ExposureSummary,
    KeptAwayReport,
    LastFolders,
    OwnOutcome,
    PrivateSettings,
    TeamWeekTotal,
)
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.users import Right

if TYPE_CHECKING:
    from tests.ui.fakes import FakeApi

AGES = ("under 1", "1 to 7", "8 to 30", "31 to 90", "over 90")
COUNTS = ((4, 22, 61, 118, 40), (2, 58, 174, 402, 110), (0, 44, 238, 640, 190), (0, 18, 162, 520, 212), (0, 6, 67, 280, 88))
STEPS = tuple(step.name.lower() for step in RevealStep if step is not RevealStep.PREVIEW)
"""An account has all of them, also those of which there is no view."""
NO_FIGURES = ExposureSummary(
    views=0, seconds=0.0, by_step=dict.fromkeys(STEPS, 0), by_warning={}, avoided_exact=0, avoided_near=0
)


def make_figures(now: str, office: str | None = None) -> LeadFigures:
    """The figures of the sketch."""
    parts = tuple(
        BacklogPart(band=band, column=age, reports=n, behind=Behind(bands=(band,), open_only=True))
        for age, counts in zip(AGES, COUNTS, strict=True)
        for band, n in zip("ABCDE", counts, strict=True)
        if n
    )
    offices = tuple(
        BacklogPart(band=band, column=name, reports=n, behind=Behind(bands=(band,), office=name, open_only=True))
        for name, counts in (("LHR", COUNTS[1]), ("KHI", COUNTS[2]))
        for band, n in zip("ABCDE", counts, strict=True)
    )
    rates = tuple(
        MissRate(
            week=f"2026-W{week}", hits=hits, of=20, low=compute_share(hits, 20).low, high=compute_share(hits, 20).high,
            behind=Behind(sample="completed", sample_week=f"2026-W{week}"),
            hits_behind=Behind(sample="hits", sample_week=f"2026-W{week}"),
        )
        for week, hits in ((43, 1), (44, 0), (45, 2), (46, 0), (47, 1))
    )  # fmt: skip
    share = compute_share(4, 100)
    return LeadFigures(
        made=now,
        office=office,
        offices=("KHI", "LHR"),
        received=18400,
        open=3456,
        inflow_days=tuple(Figure(name=f"2026-11-{day:02d}", reports=day * 7 % 60, behind=Behind()) for day in range(1, 29)),
        inflow_weeks=tuple(Figure(name=f"2026-{month:02d}-01", reports=month * 90, behind=Behind()) for month in range(1, 12)),
        by_age=parts,
        by_office=offices,
        due=tuple(
            DueWeek(day=f"2026-12-{day:02d}", name=name, reports=n, behind=Behind(due_name=name))
            for day, n in ((1, 9), (8, 7), (15, 4))
            for name in ("operator traffic data", "provider data")
        ),
        overdue_duties=Figure(name="overdue", reports=3, behind=Behind(overdue_duty=True)),
        oldest=(
            OldestReport(band="A", report_id="900160204", days=6, assignee="lhr-02"),
            OldestReport(band="B", report_id="900098540", days=96, assignee=None),
        ),
        months=tuple(
            MonthRate(month=f"2026-{month:02d}", received=1600, cases=25 + 2 * month, behind=Behind(in_case=True))
            for month in range(1, 12)
        ),
        load=tuple(
            PersonLoad(person=f"lhr-0{n}", open=40 - 5 * n, finished=3 * n, open_behind=Behind(assignee=f"lhr-0{n}"),
                       finished_behind=Behind(finished_by=f"lhr-0{n}", finished_since=now))
            for n in range(1, 7)
        ),
        unassigned=Figure(name="unassigned", reports=3315, behind=Behind(assignee="", open_only=True)),
        providers=(
            ProviderRate(name="Saffron Chat", reports=6120, cases=224, behind=Behind(provider="Saffron Chat")),
            ProviderRate(name=None, reports=40, cases=0, behind=Behind(provider="")),
        ),
        missed=MissRate(
            week=None, hits=4, of=100, low=share.low, high=share.high, behind=Behind(sample="completed"),
            hits_behind=Behind(sample="hits"),
        ),
        missed_weeks=rates,
    )  # fmt: skip


class FakeFigures:
    """Mixed into FakeApi."""

    settings = PrivateSettings()
    folders = LastFolders()
    own = NO_FIGURES
    away: tuple[KeptAwayReport, ...] = ()
    became: tuple[OwnOutcome, ...] = ()
    weeks: tuple[TeamWeekTotal, ...] = ()

    def lead_figures(
        self: FakeApi, office: str | None = None, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
    ) -> LeadFigures:
        self._require(Right.ASSIGN)
        self.calls.append(("lead figures", office))
        on_progress(Progress(done=1, total=1, unit="reports"))
        return make_figures("2026-11-24T09:26:00Z", office)

    def reports_behind(self: FakeApi, behind: Behind) -> ReportsBehind:
        self._require(Right.ASSIGN)
        self.calls.append(("behind", behind))
        return ReportsBehind(total=900, rows=tuple(self.queue[:20]))

    def providers(
        self: FakeApi, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
    ) -> tuple[ProviderProfile, ...]:
        self.calls.append(("providers",))
        half = compute_share(50, 100)
        return (
            ProviderProfile(
                name="Saffron Chat",
                reports=100,
                unread=0,
                flagged=half,
                viewed=half,
                with_text=half,
                boilerplate=half,
                confirmed=half,
            ),
        )

    def export_chart(self: FakeApi, data: bytes, out: Path, *, handover: Handover = Handover()) -> WrittenChart:  # noqa: B008
        self._require(Right.EXPORT_QUEUE)
        self.calls.append(("export chart", out, data))
        return WrittenChart(path=str(out), bytes=len(data), signature_key="ab" * 32)

    def team_weeks(self: FakeApi) -> tuple[TeamWeekTotal, ...]:
        self._require(Right.ASSIGN)
        return self.weeks

    def own_exposure(self: FakeApi) -> ExposureSummary:
        return self.own

    def own_settings(self: FakeApi) -> PrivateSettings:
        return self.settings

    def save_own_settings(self: FakeApi, settings: PrivateSettings) -> None:
        self.calls.append(("save settings", settings))
        self.settings = settings

    def last_folders(self: FakeApi) -> LastFolders:
        return self.folders

    def save_last_folders(self: FakeApi, folders: LastFolders) -> None:
        self.folders = folders

    def own_outcomes(self: FakeApi) -> tuple[OwnOutcome, ...]:
        self._require(Right.READ_REPORT)
        return self.became

    def kept_away(self: FakeApi) -> tuple[KeptAwayReport, ...]:
        self._require(Right.READ_REPORT)
        return self.away if self.settings.keeps_away else ()

    def give_back(self: FakeApi, report_numbers: tuple[str, ...]) -> tuple[int, ...]:
        self._require(Right.DECIDE)
        self.calls.append(("give back", tuple(report_numbers)))
        self.away = ()
        return tuple(range(1, len(report_numbers) + 1))


def fill_account(api: FakeApi) -> None:
    """Lets the person have viewed and worked."""
    days = tuple(DayViews(day=f"2026-11-{24 - n}", views=30 - n, seconds=400.0 - 9 * n, grave=n % 3) for n in range(16))
    api.own = ExposureSummary(
        views=412, seconds=5300.5, by_step=dict(zip(STEPS, (240, 90, 60, 22), strict=True)),
        by_warning={"infant": 14, "violenceGore": 6}, avoided_exact=961, avoided_near=140, by_day=days,
    )  # fmt: skip
    api.became = tuple(
        OwnOutcome(
            report_id=f"90001{n:04d}", worked="2026-11-20T09:00:00Z", status=("case_opened", "closed", "referred")[n % 3],
            reason="adult" if n % 3 == 1 else None, case=f"C-2026-{n:04d}" if n % 3 == 0 else None,
            stage="FIR" if n % 3 == 0 else None, since=f"2026-11-{24 - n}T09:00:00Z",
        )
        for n in range(12)
    )  # fmt: skip
    api.away = (KeptAwayReport(report_id="900000001", band="B", kinds=("infant",)),)
    api.weeks = (
        TeamWeekTotal(week="2026-W47", views=4120, minutes=940),
        TeamWeekTotal(week="2026-W46", views=None, minutes=None),
    )
