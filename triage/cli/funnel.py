"""Defines the command funnel: what became of the reports, and which have no outcome in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import (
    SCATTERED_AT_ONCE,
    choose_limit,
    cut_table,
    format_time,
    format_word,
    print_json,
    print_json_list,
    print_line,
    print_table,
    read_parts,
)

if TYPE_CHECKING:
    from triage.model.funnel import FunnelPlace


@triage.group(invoke_without_command=True)
@click.option("--from", "since", metavar="YYYY-MM-DD", help="Only reports imported on or after this day.")
@click.option("--to", "until", metavar="YYYY-MM-DD", help="Only reports imported on or before this day.")
@with_common
@click.pass_context
def funnel(context: click.Context, common: Common, since: str | None, until: str | None) -> int:
    """Show what became of the reports: how many reached each step, how they ended, and where they stand.

    \b
    Example:
      triage funnel --from 2026-11-01 --to 2026-11-30
    """
    from triage.jobs.casework import funnel as funnel_job

    if context.invoked_subcommand is not None:
        context.obj = common
        return 0
    with common.session() as session:
        found = funnel_job.measure_funnel(session, since, until)
    if common.json:
        print_json(found)
        return 0
    print_table(
        ("step", "reports", "of 100,000"),
        [(step.step, step.reports, "none received" if step.per_100_000 is None else step.per_100_000) for step in found.steps],
    )
    print_line(f"In the region, {found.region_cases_per_100_000} of 100,000 reports become a case.")
    print_line()
    print_table(
        ("outcome", "reason", "reports"), [(format_word(o.status), o.reason or "none given", o.reports) for o in found.outcomes]
    )
    print_line(f"{found.without_outcome} reports have no outcome; for {found.overdue} it is overdue: triage funnel overdue")
    print_line()
    print_table(
        ("stands at", "count", "overdue", "longest, in days"),
        [(_format_place(s), s.count, s.overdue, s.longest_days) for s in found.standing],
    )
    return 0


def _format_place(place: FunnelPlace) -> str:
    """Returns a stage of cases, or a status of reports that are in no case, as the screens say it."""
    return f"case: {place.stage}" if place.status is None else f"{format_word(place.status)}, in no case"


@funnel.command("overdue")
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="N", help="Most reports to list; by default 1,000, and all with --json."
)
@click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Reports to skip first.")
@with_common
def funnel_overdue(common: Common, limit: int | None, offset: int) -> int:
    """List the reports that have no outcome after the deadline of their band."""
    from triage.jobs.casework import funnel as funnel_job

    with common.session() as session:
        found = funnel_job.list_overdue_ids(session, choose_limit(limit, json=common.json), offset)
        listed = found if common.json else cut_table(found, limit)
        parts = read_parts(listed, lambda part: funnel_job.load_overdue(session, part), SCATTERED_AT_ONCE)
        if common.json:
            print_json_list(parts)
            return 0
        rows = [row for part in parts for row in part]
    print_table(
        ("report", "band", "imported", "outcome due", "days over", "status", "assigned to", "office"),
        [
            (
                o.report_id,
                o.band,
                format_time(o.imported),
                format_time(o.due),
                o.days_over,
                format_word(o.status),
                o.assignee or "nobody",
                o.office,
            )
            for o in rows
        ],
        empty="No outcome is overdue.",
    )
    if len(listed) < len(found):
        print_line("More follow; list them with --limit and --offset, or all of them with --json.")
    return 0
