"""case, grade, preserve, links, rules, sample: what becomes of reports, and what belongs together."""

from __future__ import annotations

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import both_clocks, print_json, say, table
from triage.jobs import cases as case_job
from triage.jobs import grading, preservation
from triage.jobs.session import Session
from triage.model.casework import Agreement, CaseView


@triage.group()
def case() -> None:
    """Cases join reports and carry numbers, officer, stage and its clock."""


@case.command("open")
@click.argument("reports", nargs=-1)
@click.option("--officer", metavar="USER")
@with_common
def case_open(common: Common, reports: tuple[str, ...], officer: str | None) -> int:
    """Open a case with these reports."""
    with common.session() as session:
        return _tell(common, case_job.open_case(session, reports, officer))


@case.command("add")
@click.argument("number")
@click.argument("reports", nargs=-1, required=True)
@with_common
def case_add(common: Common, number: str, reports: tuple[str, ...]) -> int:
    """Join reports to a case."""
    with common.session() as session:
        return _tell(common, case_job.add_reports(session, number, reports))


@case.command("stage")
@click.argument("number")
@click.argument("stage")
@click.option("--due", metavar="YYYY-MM-DD", help="The day on which the stage should be over.")
@click.option("--note")
@with_common
def case_stage(common: Common, number: str, stage: str, due: str | None, note: str | None) -> int:
    """Move a case to verification, enquiry, legal opinion, approval, FIR, challan or trial; or edit its clock."""
    with common.session() as session:
        return _tell(common, case_job.set_stage(session, number, stage, due=due, note=note))


@case.command("number")
@click.argument("number")
@click.argument("kind")
@click.argument("value")
@click.option("--remove", is_flag=True, help="Strike it out.")
@with_common
def case_number(common: Common, number: str, kind: str, value: str, remove: bool) -> int:
    """Write down a number: complaint, source report, enquiry, FIR, warrant, mutual assistance, court, property register."""
    with common.session() as session:
        return _tell(common, case_job.set_number(session, number, kind, value, remove=remove))


@case.command("officer")
@click.argument("number")
@click.argument("user_name", metavar="USER")
@with_common
def case_officer(common: Common, number: str, user_name: str) -> int:
    """Give a case to an officer."""
    with common.session() as session:
        return _tell(common, case_job.set_officer(session, number, user_name))


@case.command("show")
@click.argument("number")
@with_common
def case_show(common: Common, number: str) -> int:
    """Everything of one case."""
    with common.session() as session:
        return _tell(common, case_job.show_case(session, number))


@case.command("list")
@with_common
def case_list(common: Common) -> int:
    """All cases."""
    with common.session() as session:
        found = case_job.all_cases(session)
    if common.json:
        print_json(found)
        return 0
    table(
        ("case", "stage", "due", "officer", "reports", "opened"),
        [(c.number, c.stage, c.stages[-1].due, c.officer, ", ".join(c.reports), c.opened[:10]) for c in found],
    )
    return 0


def _tell(common: Common, found: CaseView) -> int:
    if common.json:
        print_json(found)
        return 0
    say(f"Case {found.number}, at {found.stage}, with {found.officer or 'nobody'}; opened {found.opened[:10]} by {found.by}")
    say(f"Reports: {', '.join(found.reports) or 'none'}")
    for number in found.numbers:
        say(f"  {number.kind} number {number.value}")
    for stage in found.stages:
        due = f", due {stage.due} ({stage.basis})" if stage.due else ", no day set"
        say(f"  {stage.stage} since {both_clocks(stage.since)}{due}" + (f": {stage.note}" if stage.note else ""))
    return 0


@triage.command()
@click.argument("report")
@click.argument("file", required=False)
@click.option("--grade", "grade_", metavar="GRADE", help="abuse material, exploitive, age uncertain, adult, innocent ...")
@click.option("--for-court", is_flag=True, help="A second person grades it too, without knowing of this grade.")
@click.option("--settle", is_flag=True, help="A lead decides between two who disagreed.")
@click.option("--also", multiple=True, metavar="SHA256", help="A picture like it that gets the same grade.")
@with_common
def grade(
    common: Common, report: str, file: str | None, grade_: str | None, for_court: bool, settle: bool, also: tuple[str, ...]
) -> int:
    """Grade a file of a report. `grade agreement` tells how often two people agree, `grade waiting` what is to be done."""
    with common.session() as session:
        if file is None and report in ("agreement", "waiting"):
            return _agreement(common, grading.agreement(session)) if report == "agreement" else _waiting(common, session)
        if file is None or grade_ is None:
            raise click.UsageError("Give a report, a file of it and --grade; or `grade agreement`, `grade waiting`.")
        state = grading.grade_file(session, report, file, grade_, for_court=for_court, settle=settle, also=also)
    if common.json:
        print_json(state)
    else:
        say(f"{state.sha256}: {state.state}" + (f", {state.grade}" if state.grade else "") + f"; in {state.copies} reports.")
    return 0


def _agreement(common: Common, found: tuple[Agreement, ...]) -> int:
    if common.json:
        print_json(found)
    else:
        table(("grade", "pairs", "agreed", "share"), [(a.grade, a.pairs, a.agreed, f"{a.agreed / a.pairs:.0%}") for a in found])
    return 0


def _waiting(common: Common, session: Session) -> int:
    found = grading.waiting(session)
    if common.json:
        print_json(found)
    else:
        table(("file", "state", "in reports"), [(s.sha256, s.state, s.copies) for s in found])
    return 0


@triage.command()
@click.argument("report")
@click.option("--issued", metavar="WHEN", help="Day or time of a written notice to keep data.")
@click.option("--to", "to_whom", metavar="WHOM")
@click.option("--number", metavar="N", help="The notice's number.")
@click.option("--court-told", metavar="WHEN", help="When the Court was told of the last notice.")
@with_common
def preserve(
    common: Common, report: str, issued: str | None, to_whom: str | None, number: str | None, court_told: str | None
) -> int:
    """Record a notice to keep data (PECA s.31): 90 days, and 24 hours to tell the Court."""
    if court_told is None and (issued is None or to_whom is None):
        raise click.UsageError("Give --issued and --to, or --court-told.")
    with common.session() as session:
        clocks = (
            preservation.record_notice(session, report, issued=issued, to_whom=to_whom, number=number)
            if issued is not None and to_whom is not None
            else ()
        )
        if court_told is not None:
            clocks = preservation.court_told(session, report, told=court_told)
    if common.json:
        print_json({"report_id": report, "clocks": clocks})
    else:
        for clock in clocks:
            say(f"{clock.name} until {both_clocks(clock.due)}: {clock.basis}")
    return 0
