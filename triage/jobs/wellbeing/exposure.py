"""Sums up one's own views, for oneself alone, and the views of the whole team, for leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from triage.jobs.session import Session, now
from triage.jobs.state.account import list_own_views
from triage.model.media import RevealStep
from triage.model.moment import format_pakistan_week, format_utc, pakistan_day
from triage.model.private_account import DayViews, ExposureSummary, TeamWeekTotal
from triage.model.users import Right
from triage.store.queries import own_work, private
from triage.wellbeing import Exposure

MOST_WEEKS = 26  # half a year, of the person's own account
LEAST_PEOPLE = 5
"""A week in which fewer people viewed media has no total: others could work out what one of them viewed."""


def summarize_exposure(session: Session) -> ExposureSummary:
    """Returns the sums of one's own views, and how many views one's own reports did not need.

    Nobody else's can be opened, whatever the role.
    """
    session.require_own_passphrase()
    views = list_own_views(session)
    viewed = {view.medium for view in views}
    exact = near = 0
    with session.reading() as db:
        for each in own_work.list_own_files(db, session.user.id):
            if each.medium in viewed:
                exact += each.files - 1
            elif each.known:
                exact += each.files
            elif each.inherited:
                near += each.files
    return ExposureSummary(
        views=len(views),
        seconds=_sum_seconds(views),
        by_step={step.name.lower(): sum(v.step == step for v in views) for step in RevealStep if step != RevealStep.PREVIEW},
        by_warning=dict(Counter(warning for view in views for warning in view.warnings).most_common()),
        avoided_exact=exact,
        avoided_near=near,
        by_day=_group_by_day(views),
    )


def _group_by_day(views: Sequence[Exposure]) -> tuple[DayViews, ...]:
    """Returns the views by day in Pakistan, the newest day first."""
    days: dict[str, list[Exposure]] = {}
    for view in views:
        days.setdefault(str(pakistan_day(format_utc(view.began))), []).append(view)
    return tuple(
        DayViews(day=day, views=len(some), seconds=_sum_seconds(some), grave=sum(bool(view.warnings) for view in some))
        for day, some in sorted(days.items(), reverse=True)
    )


def _sum_seconds(views: Sequence[Exposure]) -> float:
    """Returns how long the views lasted together."""
    return round(sum(view.lasted.total_seconds() for view in views), 3)


def list_team_weeks(session: Session) -> tuple[TeamWeekTotal, ...]:
    """Returns the views of all people together by finished week, the newest first.

    The running week is left out: a total that grows while one person works tells what this person views. Minutes are whole.
    """
    session.require(Right.ASSIGN)
    running = format_pakistan_week(now())
    with session.reading() as db:
        weeks = private.list_team_weeks(db, MOST_WEEKS)
    return tuple(
        TeamWeekTotal(
            week=each.week,
            views=each.views if each.people >= LEAST_PEOPLE else None,
            minutes=round(each.milliseconds / 60_000) if each.people >= LEAST_PEOPLE else None,
        )
        for each in weeks
        if each.week < running
    )
