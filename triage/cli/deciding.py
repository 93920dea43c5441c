"""Defines the commands set and preserve: decisions on a report, and preservation notices."""

from __future__ import annotations

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_word, print_json, print_line
from triage.cli.show_text import describe_deadline
from triage.model.casework import Closing
from triage.model.views import STATUSES, Status

_REASONS = "\n".join(f"      {each.value}" for each in Closing if each is not Closing.CLEARED)
_SET_HELP = f"""Record a decision on a report.

To close a report, give one of these reasons:

\b
{_REASONS}

\b
Example:
  triage set 900000001 --status closed --reason "duplicate" --note "see 900000002"
"""


@triage.command("set", help=_SET_HELP)
@click.argument("report")
@click.option("--status", type=click.Choice(STATUSES), help="The new status.")
@click.option("--reason", metavar="REASON", help="Why; closing needs a reason from the list above.")
@click.option("--note", metavar="TEXT", help="A note on the decision.")
@click.option("--assign", metavar="USER", help="Who works on the report.")
@click.option("--confirm-child-lane", is_flag=True, help="As a lead: you read the report and allow its release.")
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
    """Records a decision on a report, or a lead's confirmation of the child lane, and prints the result."""
    from triage.jobs.casework import child_lane
    from triage.jobs.casework import decisions as decisions_job
    from triage.jobs.reading import show as show_job

    decides = not (status is None and reason is None and note is None and assign is None)
    if not decides and not confirm_child_lane:
        raise click.UsageError("Give at least one of --status, --reason, --note, --assign, --confirm-child-lane.")
    decision = None
    with common.session() as session:
        if decides:
            decision = decisions_job.decide(session, report, status=status, reason=reason, note=note, assignee=assign)
        if confirm_child_lane:
            child_lane.confirm_child_lane(session, report)
        found, user = show_job.load_report_view(session, report), session.user.name
    if common.json:
        print_json({"report_id": found.report_id, "decision": decision, "status": found.status, "assignee": found.assignee})
    else:
        if confirm_child_lane:
            print_line(f"{found.report_id}: child lane confirmed by {user}.")
        if decides:
            print_line(f"{found.report_id} is {format_word(found.status)}, assigned to {found.assignee or 'nobody'}.")
    return 0


@triage.command()
@click.argument("report")
@click.option("--issued", metavar="WHEN", help="When the preservation notice (PECA s.31) was issued.")
@click.option("--to", "to_whom", metavar="WHOM", help="To whom the notice was issued.")
@click.option("--number", metavar="N", help="The notice's number.")
@click.option("--court-told", metavar="WHEN", help="When the Court was informed of the last notice.")
@with_common
def preserve(
    common: Common, report: str, issued: str | None, to_whom: str | None, number: str | None, court_told: str | None
) -> int:
    """Record a data preservation notice (PECA s.31): valid for 90 days; the Court must be informed within 24 hours."""
    from triage.jobs.casework import preservation

    if court_told is None and (issued is None or to_whom is None):
        raise click.UsageError("Give --issued and --to, or --court-told.")
    with common.session() as session:
        clocks = (
            preservation.record_notice(session, report, issued=issued, to_whom=to_whom, number=number)
            if issued is not None and to_whom is not None
            else ()
        )
        if court_told is not None:
            clocks = preservation.record_court_informed(session, report, told=court_told)
    if common.json:
        print_json({"report_id": report, "clocks": clocks})
    else:
        for clock in clocks:
            print_line(describe_deadline(clock))
    return 0
