"""queue, show, set: reading and deciding."""

from __future__ import annotations

from collections.abc import Callable

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, say, table
from triage.cli.show_text import tell_report
from triage.jobs.casework import child_lane
from triage.jobs.casework import decisions as triage_report
from triage.jobs.reading import queue as queue_job
from triage.jobs.reading import show as show_job
from triage.model.judgement import BANDS
from triage.model.views import STATUSES, QueueFilter, Status


def filter_options(command: Callable[..., int]) -> Callable[..., int]:
    """Options that narrow the queue."""
    for option in reversed(
        (
            click.option("--limit", type=click.IntRange(min=0)),
            click.option("--offset", type=click.IntRange(min=0), default=0),
            click.option("--office", metavar="ID"),
            click.option("--band", type=click.Choice(BANDS)),
            click.option("--status", type=click.Choice(STATUSES)),
            click.option("--assignee", metavar="USER"),
            click.option("--search", metavar="TEXT"),
        )
    ):
        command = option(command)
    return command


def narrowed(given: dict[str, str | None]) -> QueueFilter:
    return QueueFilter(
        office=given["office"],
        band=given["band"],
        status=given["status"],
        assignee=given["assignee"],
        search=given["search"],
    )


@triage.command()
@filter_options
@with_common
def queue(common: Common, limit: int | None, offset: int, **narrow: str | None) -> int:
    """The prioritised queue."""
    with common.session() as session:
        rows = queue_job.queue_rows(session, narrowed(narrow), -1 if limit is None else limit, offset)
    if common.json:
        print_json(rows)
        return 0
    table(
        ("report", "band", "risk", "action", "next deadline", "provider", "incident", "office", "status", "has it", "flags"),
        [
            (
                r.report_id,
                r.band,
                f"{r.risk:.1f}",
                f"{r.actionability:.1f}",
                r.deadline,
                r.esp,
                r.incident_type,
                r.office,
                r.status,
                r.assignee,
                ", ".join(r.flags),
            )
            for r in rows
        ],
    )
    if not rows:
        say("Nothing is in this queue. Take in a bundle with: triage import PATH")
    return 0


@triage.command()
@click.argument("report")
@click.option("--version", type=click.IntRange(min=1), help="As of an earlier version.")
@with_common
def show(common: Common, report: str, version: int | None) -> int:
    """Everything known about one report."""
    with common.session() as session:
        found = show_job.show(session, report, version)
    if common.json:
        print_json(found)
    else:
        tell_report(found)
    return 0


@triage.command("set")
@click.argument("report")
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--reason")
@click.option("--note")
@click.option("--assign", metavar="USER")
@click.option("--confirm-child-lane", is_flag=True, help="A lead has read it: it may go out.")
@with_common
def set_(
    common: Common,
    report: str,
    status: Status | None,
    reason: str | None,
    note: str | None,
    assign: str | None,
    confirm_child_lane: bool,
) -> int:
    """Record a decision on a report. Closing needs a reason of the list."""
    decides = not (status is None and reason is None and note is None and assign is None)
    if not decides and not confirm_child_lane:
        raise click.UsageError("Give at least one of --status, --reason, --note, --assign, --confirm-child-lane.")
    decision = None
    with common.session() as session:
        if decides:
            decision = triage_report.decide(session, report, status=status, reason=reason, note=note, assignee=assign)
        if confirm_child_lane:
            child_lane.confirm(session, report)
        found = show_job.show(session, report)
    if common.json:
        print_json({"report_id": found.report_id, "decision": decision, "status": found.status, "assignee": found.assignee})
    else:
        say(f"{found.report_id} is {found.status}" + (f", with {found.assignee}." if found.assignee else "."))
    return 0
