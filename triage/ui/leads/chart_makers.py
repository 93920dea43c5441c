"""Makes the charts of the leads' page from its figures: every part carries its letter and its number."""

from __future__ import annotations

from collections.abc import Sequence

from triage.model.figure_tables import FIGURE_TABLES
from triage.model.funnel import REGION_CASES_PER_100_000
from triage.model.lead_figures import BacklogPart, Figure, LeadFigures, MissRate
from triage.ui.leads.chart import ChartPart, LeadChart
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, decimal, mark, number, short_count, tr, trn, word

AGES = (mark("under 1"), mark("1 to 7"), mark("8 to 30"), mark("31 to 90"), mark("over 90"), mark("not stated"))
MOST_OFFICES = 8  # lines of one chart that can be told apart


def _describe_inflow(each: Figure) -> Safe:
    """Returns how many reports were received on a day, or in a week from a day on."""
    day = times.short_day(each.name)
    return trn("{day}: {n} report received", "{day}: {n} reports received", each.reports, day=day)


def make_inflow_chart(figures: LeadFigures, *, weeks: bool) -> LeadChart:
    """Returns the reports received each day, or each week."""
    table = FIGURE_TABLES["inflow-weeks" if weeks else "inflow-days"](figures)
    given: Sequence[Figure] = figures.inflow_weeks if weeks else figures.inflow_days
    return LeadChart(
        key="inflow",
        kind="bars",
        title=tr("Received by week") if weeks else tr("Received by day"),
        columns=tuple(times.short_day(each.name) for each in given),
        parts=tuple(
            ChartPart(
                column=at,
                value=each.reports,
                mark=short_count(each.reports),
                name=_describe_inflow(each),
                behind=each.behind,
            )
            for at, each in enumerate(given)
            if each.reports
        ),
        axis=tr("first day of the week") if weeks else tr("day"),
        note=tr("By day of receipt, Pakistan time."),
        titles=table.titles,
        rows=table.rows,
        empty=tr("No report was received in this time."),
    )


def make_backlog_chart(figures: LeadFigures, *, offices: bool) -> LeadChart:
    """Returns the open reports by band and age, or by band and office."""
    table = FIGURE_TABLES["backlog-offices" if offices else "backlog-ages"](figures)
    given = figures.by_office if offices else figures.by_age
    names = _list_offices(given) if offices else [age for age in AGES if any(part.column == age for part in given)]
    shown = [part for part in given if part.column in names]
    ordered = sorted(shown, key=lambda part: (names.index(part.column), part.band))
    return LeadChart(
        key="offices" if offices else "ages",
        kind="stack",
        title=tr("Backlog by band and office") if offices else tr("Backlog by band and age"),
        columns=tuple(words.office(name or None) if offices else word(name) for name in names),
        parts=tuple(
            ChartPart(
                column=names.index(part.column),
                value=part.reports,
                mark=f"{part.band} {short_count(part.reports)}",
                name=_name_backlog(part, offices=offices),
                behind=part.behind,
                colour=f"band_{part.band.lower()}",
            )
            for part in ordered
        ),
        axis=tr("office") if offices else tr("days since received"),
        note=tr("Offices with the most open reports. Small parts are named above the column.")
        if offices
        else tr("Days since received. Small parts are named above the column."),
        titles=table.titles,
        rows=table.rows,
        empty=tr("No report is open."),
    )


def _list_offices(parts: Sequence[BacklogPart]) -> list[str]:
    """Returns the offices with the most open reports."""
    totals: dict[str, int] = {}
    for part in parts:
        totals[part.column] = totals.get(part.column, 0) + part.reports
    return sorted(totals, key=lambda name: (-totals[name], name))[:MOST_OFFICES]


def _name_backlog(part: BacklogPart, *, offices: bool) -> Safe:
    """Returns what a part of the backlog is, in words."""
    if offices:
        where = words.office(part.column or None)
        return tr("Band {band}, {office}: {n} open", band=part.band, office=where, n=number(part.reports))
    return tr("Band {band}, age in days {age}: {n} open", band=part.band, age=word(part.column), n=number(part.reports))


def make_due_chart(figures: LeadFigures) -> LeadChart:
    """Returns the deadlines of open reports that run out in the coming weeks, by what expires."""
    table = FIGURE_TABLES["deadlines"](figures)
    days = sorted({each.day for each in figures.due})
    names = sorted({each.name for each in figures.due})
    letters = {name: chr(ord("a") + at) for at, name in enumerate(names)}
    shades = ("bar", "muted", "accent_fill", "chip")
    key = tr("; ").join(f"{letters[name]} = {word(name)}" for name in names)
    return LeadChart(
        key="due",
        kind="stack",
        title=tr("Deadlines at risk"),
        columns=tuple(times.short_day(day) for day in days),
        parts=tuple(
            ChartPart(
                column=days.index(each.day),
                value=each.reports,
                mark=f"{letters[each.name]} {short_count(each.reports)}",
                name=trn(
                    "Week of {day}, {what}: {n} open report",
                    "Week of {day}, {what}: {n} open reports",
                    each.reports,
                    day=times.short_day(each.day),
                    what=word(each.name),
                ),
                behind=each.behind,
                colour=shades[names.index(each.name) % len(shades)],
            )
            for each in sorted(figures.due, key=lambda due: (due.day, due.name))
        ),
        axis=tr("week in which they run out"),
        note=Safe(key),
        titles=table.titles,
        rows=table.rows,
        empty=tr("No deadline of an open report runs out within 8 weeks."),
    )


def make_outcome_chart(figures: LeadFigures) -> LeadChart:
    """Returns cases per 100,000 received reports by month, with the region's rate as a line."""
    table = FIGURE_TABLES["outcomes"](figures)
    given = figures.months
    return LeadChart(
        key="outcomes",
        kind="line",
        title=tr("Outcome rate"),
        columns=tuple(times.short_month(each.month) for each in given),
        parts=tuple(
            ChartPart(
                column=at,
                value=each.per_100_000,
                mark=short_count(round(each.per_100_000)),
                name=tr(
                    "{month}: reports in a case: {cases} of {received}, {rate} of 100,000",
                    month=times.month(each.month),
                    cases=number(each.cases),
                    received=number(each.received),
                    rate=number(round(each.per_100_000)),
                ),
                behind=each.behind,
            )
            for at, each in enumerate(given)
        ),
        axis=tr("month of receipt"),
        reference=REGION_CASES_PER_100_000,
        reference_name=tr("region {n}", n=number(REGION_CASES_PER_100_000)),
        note=tr("Reports in a case, of 100,000 received. The newest months are still being worked."),
        titles=table.titles,
        rows=table.rows,
        empty=tr("No month of receipt is stated."),
    )


def make_load_chart(figures: LeadFigures) -> LeadChart:
    """Returns the open reports of each person, and those finished in 7 days. It counts work and never exposure."""
    table = FIGURE_TABLES["load"](figures)
    given = figures.load[:12]
    return LeadChart(
        key="load",
        kind="bars",
        title=tr("Load by person"),
        columns=tuple(each.person for each in given),
        parts=tuple(
            part
            for at, each in enumerate(given)
            for part in (
                ChartPart(
                    column=at,
                    value=each.open,
                    mark=f"o {short_count(each.open)}",
                    name=tr("{person}: {n} open", person=each.person, n=number(each.open)),
                    behind=each.open_behind,
                ),
                ChartPart(
                    column=at,
                    value=each.finished,
                    mark=f"f {short_count(each.finished)}",
                    name=tr("{person}: {n} finished in 7 days", person=each.person, n=number(each.finished)),
                    behind=each.finished_behind,
                    colour="muted",
                ),
            )
        ),
        axis=tr("person"),
        note=tr("o = open, f = finished in 7 days. Work only: what people viewed is never shown here."),
        titles=table.titles,
        rows=table.rows,
        empty=tr("Nobody has an open report."),
    )


def make_miss_chart(figures: LeadFigures) -> LeadChart:
    """Returns the sample's miss rate of each week with its interval."""
    table = FIGURE_TABLES["misses"](figures)
    given = figures.missed_weeks
    return LeadChart(
        key="missed",
        kind="intervals",
        title=tr("Miss rate of the sample"),
        columns=tuple(times.short_week(str(each.week)) for each in given),
        parts=tuple(
            ChartPart(
                column=at,
                value=missed_percent(each),
                low=100 * each.low,
                high=100 * each.high,
                mark=f"{each.hits}/{each.of}",
                name=tr(
                    "{week}: {hits} of {of}, between {low} % and {high} %",
                    week=times.week(str(each.week)),
                    hits=each.hits,
                    of=each.of,
                    low=decimal(100 * each.low),
                    high=decimal(100 * each.high),
                ),
                behind=each.behind,
            )
            for at, each in enumerate(given)
        ),
        axis=tr("first day of the week"),
        note=tr("Per cent, with the 95 % interval. Above each: hits / completed."),
        titles=table.titles,
        rows=table.rows,
        empty=tr("No sampled report of bands D and E is completed yet. Draw the week's sample: R."),
    )


def missed_percent(rate: MissRate) -> float:
    """Returns a miss rate in per cent; 0 without completed reports."""
    return 100 * rate.hits / rate.of if rate.of else 0.0
