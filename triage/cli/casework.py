"""Defines the case commands: a case holds reports, register numbers, an officer and a stage."""

from __future__ import annotations

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_time, print_json, print_line, print_table
from triage.jobs.casework import cases as case_job
from triage.model.casework import CaseView
from triage.model.moment import pakistan_day


@triage.group()
def case() -> None:
    """Manage cases: reports, numbers, officer and stage."""


@case.command("open")
@click.argument("reports", nargs=-1)
@click.option("--officer", metavar="USER", help="The officer of the case; you when not given.")
@with_common
def case_open(common: Common, reports: tuple[str, ...], officer: str | None) -> int:
    """Open a case with these reports."""
    with common.session() as session:
        return _print_case(common, case_job.open_case(session, reports, officer))


@case.command("add")
@click.argument("number")
@click.argument("reports", nargs=-1, required=True)
@with_common
def case_add(common: Common, number: str, reports: tuple[str, ...]) -> int:
    """Add reports to a case."""
    with common.session() as session:
        return _print_case(common, case_job.add_reports(session, number, reports))


@case.command("stage")
@click.argument("number")
@click.argument("stage")
@click.option("--due", metavar="YYYY-MM-DD", help="The day by which the stage should end.")
@click.option("--note", metavar="TEXT", help="A note on the stage.")
@with_common
def case_stage(common: Common, number: str, stage: str, due: str | None, note: str | None) -> int:
    """Move a case to a stage, or change the deadline of its stage.

    Stages: verification, enquiry, legal opinion, approval, FIR, challan, trial.
    """
    with common.session() as session:
        return _print_case(common, case_job.set_stage(session, number, stage, due=due, note=note))


@case.command("number")
@click.argument("number")
@click.argument("kind")
@click.argument("value")
@click.option("--remove", is_flag=True, help="Remove the number.")
@with_common
def case_number(common: Common, number: str, kind: str, value: str, remove: bool) -> int:
    """Record a number of a case.

    Kinds: complaint, source report, enquiry, FIR, warrant, mutual assistance, court, property register.
    """
    with common.session() as session:
        return _print_case(common, case_job.set_number(session, number, kind, value, remove=remove))


@case.command("officer")
@click.argument("number")
@click.argument("user_name", metavar="USER")
@with_common
def case_officer(common: Common, number: str, user_name: str) -> int:
    """Assign a case to an officer."""
    with common.session() as session:
        return _print_case(common, case_job.set_officer(session, number, user_name))


@case.command("show")
@click.argument("number")
@with_common
def case_show(common: Common, number: str) -> int:
    """Show everything about one case."""
    with common.session() as session:
        return _print_case(common, case_job.show_case(session, number))


@case.command("list")
@with_common
def case_list(common: Common) -> int:
    """List all cases."""
    with common.session() as session:
        found = case_job.load_cases(session)
    if common.json:
        print_json(found)
        return 0
    print_table(
        ("case", "stage", "due", "officer", "reports", "opened"),
        [(c.number, c.stage, c.stages[-1].due, c.officer, ", ".join(c.reports), str(pakistan_day(c.opened))) for c in found],
    )
    return 0


def _print_case(common: Common, found: CaseView) -> int:
    """Prints a case as JSON or text and returns exit code 0."""
    if common.json:
        print_json(found)
        return 0
    opened = f"opened {pakistan_day(found.opened)} by {found.by}"
    print_line(f"Case {found.number}, at {found.stage}, with {found.officer or 'nobody'}; {opened}")
    print_line(f"Reports: {', '.join(found.reports) or 'none'}")
    for number in found.numbers:
        print_line(f"  {number.kind} number {number.value}")
    for stage in found.stages:
        due = f", due {stage.due} ({stage.basis})" if stage.due else ", no deadline set"
        print_line(f"  {stage.stage} since {format_time(stage.since)}{due}" + (f": {stage.note}" if stage.note else ""))
    return 0
