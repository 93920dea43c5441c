"""Defines the commands queue, show and why."""

from __future__ import annotations

from collections.abc import Callable

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import (
    choose_limit,
    cut_table,
    format_time_cell,
    format_word,
    print_json,
    print_json_list,
    print_line,
    print_table,
)
from triage.cli.show_text import print_report
from triage.model.judgement import BANDS
from triage.model.moment import format_pakistan_day
from triage.model.queue_order import choose_values
from triage.model.views import STATUSES, QueueFilter, QueueRow


def _describe_ran_out(row: QueueRow) -> str | None:
    """Returns that all deadlines of a report ran out, or None when it never had one."""
    return f"ran out {format_pakistan_day(row.ran_out[-1].due)}, ask anyway" if row.ran_out else None


_COLUMNS: dict[str, Callable[[QueueRow], str | None]] = {
    "report": lambda row: row.report_id,
    "band": lambda row: row.band,
    "risk": lambda row: f"{row.risk:.1f}",
    "action": lambda row: f"{row.actionability:.1f}",
    "next deadline": lambda row: format_time_cell(row.deadline) or _describe_ran_out(row),
    "provider": lambda row: row.esp,
    "incident": lambda row: row.incident_type,
    "office": lambda row: row.office,
    "status": lambda row: format_word(row.status),
    "assigned to": lambda row: row.assignee,
    "flags": lambda row: ", ".join(row.flags),
}
"""The columns of the table of `triage queue`: heading and cell."""


def filter_options(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the options that filter the queue."""
    for option in reversed(
        (
            click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Most reports to list."),
            click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Reports to skip first."),
            click.option("--office", metavar="ID", help="Only this office, for example ISB or HQ."),
            click.option("--band", type=click.Choice(BANDS), help="Only this band."),
            click.option("--status", type=click.Choice(STATUSES), help="Only this status."),
            click.option("--assignee", metavar="USER", help="Only reports assigned to this user."),
            click.option("--search", metavar="TEXT", help="Only reports that hold these words."),
        )
    ):
        command = option(command)
    return command


def queue_filter(given: dict[str, str | None]) -> QueueFilter:
    """Returns the filter that a command's options describe."""
    return QueueFilter(
        offices=choose_values(given["office"]),
        bands=choose_values(given["band"]),
        statuses=choose_values(given["status"]),
        assignees=choose_values(given["assignee"]),
        search=given["search"],
    )


@triage.command()
@filter_options
@with_common
def queue(common: Common, limit: int | None, offset: int, **narrow: str | None) -> int:
    """Show the prioritised queue.

    Without --limit a table ends after 1,000 reports and says so; JSON holds all.

    \b
    Example:
      triage queue --office ISB --band A --limit 20
    """
    from triage.jobs.reading import queue as queue_job

    with common.session() as session:
        wanted = queue_filter(narrow)
        if common.json:
            print_json_list(queue_job.read_queue_rows(session, wanted, choose_limit(limit, json=True), offset))
            return 0
        found = queue_job.list_queue_rows(session, wanted, choose_limit(limit, json=False), offset)
        total = queue_job.count_lanes(session).total if not found else 0
    rows = cut_table(found, limit)
    none = (
        f"No report matches. Reports in the store: {total}."
        if total
        else "No reports yet. Import a bundle with: triage import PATH"
    )
    print_table(tuple(_COLUMNS), [[cell(row) for cell in _COLUMNS.values()] for row in rows], empty=none)
    if len(rows) < len(found):
        print_line("More follow; list them with --limit and --offset, or write all of them with: triage export queue")
    return 0


@triage.command()
@click.argument("report")
@click.option("--version", type=click.IntRange(min=1), help="Show an earlier version of the report.")
@with_common
def show(common: Common, report: str, version: int | None) -> int:
    """Show everything known about one report.

    \b
    Example:
      triage show 900000001
      triage show 900000001 --version 1 --json
    """
    from triage.jobs.reading import show as show_job

    with common.session() as session:
        found = show_job.load_report_view(session, report, version)
    if common.json:
        print_json(found)
    else:
        print_report(found)
    return 0


@triage.command()
@click.argument("one")
@click.argument("other")
@with_common
def why(common: Common, one: str, other: str) -> int:
    """Explain why one of two reports stands above the other in the queue.

    \b
    Example:
      triage why 900000101 900000102
    """
    from triage.jobs.reading import order as order_job

    with common.session() as session:
        found = order_job.explain_queue_order(session, one, other)
    if common.json:
        print_json(found)
        return 0
    print_line(f"{found.above} stands above {found.below}. {found.why}")
    print_table(
        ("rule", "for", found.above, found.below, "why"),
        [(d.rule, d.axis, _format_points(d.above), _format_points(d.below), str(d.why)) for d in found.differences],
    )
    return 0


def _format_points(points: float | None) -> str:
    return "does not apply" if points is None else f"{points:+.1f}"
