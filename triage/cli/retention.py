"""Defines the retention commands: what the rule proposes to destroy, and destroying it with two people."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import Common, read_secret, triage, with_common
from triage.cli.handing_over import handover_options, read_handover
from triage.cli.output import format_count, format_time_cell, print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.model.moment import format_pakistan_day

_SHOWN = 50


@triage.group()
def retention() -> None:
    """Destroy closed reports when the office's rule no longer keeps them."""


@retention.command("list")
@with_common
def retention_list(common: Common) -> int:
    """List the reports that the rule no longer keeps, the oldest first. Nothing is changed.

    The rule is the policy closed-kept-months. Kept are reports under a legal hold, of cases, packets and series, with a part that
    came since, and those that an open request, comparison, conflict, appeal or duty speaks of. So are reports of a work
    package that is not answered yet.
    """
    from triage.jobs.keeping import retention as retention_job

    with common.session() as session:
        plan = retention_job.plan_retention(session)
    if common.json:
        print_json(plan)
        return 0
    if not plan.months:
        print_line("There is no rule. Set one with: triage policy set closed-kept-months 36")
        return 0
    counted = format_count(plan.due, "report", "reports").capitalize()
    print_line(f"{counted} closed before {format_pakistan_day(plan.before)} can be destroyed.")
    if plan.out:
        stay = format_count(plan.out, "more report stays", "more reports stay")
        print_line(f"{stay} only because of a work package that is not answered. See: triage work list")
    if plan.reports:
        print_table(
            ("report", "last decision"),
            [(each.report_id, format_time_cell(each.last_decision)) for each in plan.reports[:_SHOWN]],
        )
    return 0


@retention.command("destroy")
@click.option("--order", required=True, help="The rule, with its number and date.")
@click.option("--second-user", required=True, metavar="USER", help="The second person, a lead or administrator.")
@click.option("--second-passphrase-file", metavar="FILE", help="File with that person's passphrase; else the terminal asks.")
@click.option(
    "--certificates",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder for certificates.",
)
@click.option("--most", type=click.IntRange(1, 5_000), default=5_000, show_default=True, help="Reports at most.")
@handover_options
@with_common
def retention_destroy(
    common: Common,
    order: str,
    second_user: str,
    second_passphrase_file: str | None,
    certificates: Path,
    most: int,
    **leaves: str | None,
) -> int:
    """Destroy the reports that the rule no longer keeps, each with a certificate. Their counts stay in the statistics.

    \b
    Example:
      triage retention destroy --order "Rule 12" --second-user lead --certificates papers
    """
    from triage.jobs.consent import Consent
    from triage.jobs.keeping import retention as retention_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        second = Consent(second_user, read_secret(second_passphrase_file, f"Passphrase of {second_user}"))
        gone = retention_job.destroy_due_reports(
            session,
            order=order,
            second=second,
            folder=certificates,
            most=most,
            handover=read_handover(leaves),
            on_progress=bar,
            cancel=cancel,
        )
    if common.json:
        print_json(gone)
        return 0
    print_line(f"Destroyed: {format_count(len(gone.destroyed), 'report', 'reports')}; the certificates are in {gone.folder}.")
    for number, why in gone.kept.items():
        print_line(f"Kept: {number}, {why}")
    if not gone.log_emptied:
        print_line("The reports are destroyed, but old database pages remain. Close all windows, then open the store once.")
    print_line("Take all files destructions* away from this machine: restoring an older backup asks for them.")
    return 0
