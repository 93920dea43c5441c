"""Defines the case commands: a case holds reports, register numbers, an officer and a stage."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import OUT_FILE, Common, triage, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import (
    choose_listed,
    format_time,
    print_json,
    print_json_list,
    print_line,
    print_table,
    read_parts,
    say_left_out,
)
from triage.model.casework import CaseFilter, CaseView
from triage.model.moment import pakistan_day

_although_cleared = click.option(
    "--although-cleared", metavar="REASON", help="Why to include a report whose reported user was cleared."
)


@triage.group()
def case() -> None:
    """Manage cases: reports, numbers, officer and stage."""


@case.command("open")
@click.argument("reports", nargs=-1)
@click.option("--officer", metavar="USER", help="The officer of the case; you when not given.")
@with_common
def case_open(common: Common, reports: tuple[str, ...], officer: str | None) -> int:
    """Open a case with these reports."""
    from triage.jobs.casework import cases as case_job

    with common.session() as session:
        return _print_case(common, case_job.open_case(session, reports, officer))


@case.command("add")
@click.argument("number")
@click.argument("reports", nargs=-1, required=True)
@with_common
def case_add(common: Common, number: str, reports: tuple[str, ...]) -> int:
    """Add reports to a case."""
    from triage.jobs.casework import cases as case_job

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
    from triage.jobs.casework import cases as case_job

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
    from triage.jobs.casework import cases as case_job

    with common.session() as session:
        return _print_case(common, case_job.set_number(session, number, kind, value, remove=remove))


@case.command("officer")
@click.argument("number")
@click.argument("user_name", metavar="USER")
@with_common
def case_officer(common: Common, number: str, user_name: str) -> int:
    """Assign a case to an officer."""
    from triage.jobs.casework import cases as case_job

    with common.session() as session:
        return _print_case(common, case_job.set_officer(session, number, user_name))


@case.command("appeal")
@click.argument("number")
@click.option("--text", metavar="TEXT", required=True, help="What the appeal says; with --answer: the answer.")
@click.option("--from", "from_whom", metavar="NAME", help="Who appeals; the reported user when not given.")
@click.option("--received", metavar="YYYY-MM-DD", help="The day on which it was received; today when not given.")
@click.option("--report", metavar="REPORT", help="The report of the case that it is about.")
@click.option("--answer", type=int, metavar="ID", help="Answer this appeal.")
@with_common
def case_appeal(
    common: Common,
    number: str,
    text: str,
    from_whom: str | None,
    received: str | None,
    report: str | None,
    answer: int | None,
) -> int:
    """Record the reported user's side of a case, or answer it. An appeal is open until it is answered.

    \b
    Examples:
      triage case appeal C-2026-0001 --text "The account was taken over in May."
      triage case appeal C-2026-0001 --answer 1 --text "Confirmed by the provider; the report was cleared."
    """
    from triage.jobs.casework import appeals as appeals_job

    if answer is not None and (from_whom or received or report):
        raise click.UsageError("Give --from, --received and --report only when you record an appeal.")
    with common.session() as session:
        if answer is not None:
            return _print_case(common, appeals_job.answer_appeal(session, number, answer, text))
        return _print_case(
            common,
            appeals_job.record_appeal(session, number, text, from_whom=from_whom, received=received, report=report),
        )


@case.command("draft")
@click.argument("number")
@click.option("--out", type=OUT_FILE, required=True, metavar="FILE.docx", help="File to write.")
@_although_cleared
@force_option
@handover_options
@with_common
def case_draft(common: Common, number: str, out: Path, although_cleared: str | None, force: bool, **leaves: str | None) -> int:
    """Draft a source report to the agency from a case, and list what is still missing. No child is named in it.

    \b
    Example:
      triage case draft C-2026-0001 --out source-report.docx
    """
    from triage.jobs.casework import source_report as draft_job

    with common.session() as session:
        draft = draft_job.export_source_report(
            session, number, out, although_cleared=although_cleared, handover=read_handover(leaves), overwrite=force
        )
        key = session.store.fingerprint
    if common.json:
        print_json({"path": str(out), "case": draft.case, "missing": draft.missing, "signature_key": key})
    else:
        print_line(f"The draft on {draft.case} is in {out}, signed with key {key}")
        print_line(f"Still missing: {', '.join(draft.missing) or 'nothing'}")
    return 0


@case.command("diary")
@click.argument("number")
@click.option("--out", type=OUT_FILE, required=True, metavar="FILE", help="File to write: .pdf or .xlsx.")
@_although_cleared
@force_option
@handover_options
@with_common
def case_diary(common: Common, number: str, out: Path, although_cleared: str | None, force: bool, **leaves: str | None) -> int:
    """Write everything that was done on a case, in the order of time, to a signed file.

    \b
    Example:
      triage case diary C-2026-0001 --out diary.pdf
    """
    from triage.jobs.casework import diary as diary_job

    with common.session() as session:
        diary = diary_job.export_diary(
            session, number, out, although_cleared=although_cleared, handover=read_handover(leaves), overwrite=force
        )
        key = session.store.fingerprint
    if common.json:
        print_json({"path": str(out), "case": diary.case, "missing": [], "entries": len(diary.entries), "signature_key": key})
    else:
        print_line(f"The diary of {diary.case} with {len(diary.entries)} entries is in {out}, signed with key {key}")
    return 0


@case.command("show")
@click.argument("number")
@with_common
def case_show(common: Common, number: str) -> int:
    """Show everything about one case."""
    from triage.jobs.casework import cases as case_job

    with common.session() as session:
        return _print_case(common, case_job.show_case(session, number))


@case.command("list")
@with_common
def case_list(common: Common) -> int:
    """List all cases, the oldest first.

    A table holds the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.casework import case_list as list_job
    from triage.jobs.casework import cases as case_job

    with common.session() as session:
        ids = list_job.find_cases(session, CaseFilter())
        listed = choose_listed(ids, json=common.json)[::-1]
        if common.json:
            print_json_list(read_parts(listed, lambda part: case_job.load_views(session, part)))
            return 0
        rows = [each for part in read_parts(listed, lambda part: list_job.load_cases(session, part)) for each in part]
        reports = list_job.list_reports_of_cases(session, listed)
    print_table(
        ("case", "stage", "due", "officer", "reports", "opened"),
        [(c.number, c.stage, c.due, c.officer, ", ".join(reports.get(c.number, ())), str(pakistan_day(c.opened))) for c in rows],
        empty="No case yet. Open one with: triage case open REPORT",
    )
    say_left_out(len(listed), len(ids))
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
    for appeal in found.appeals:
        about = f" about {appeal.report}" if appeal.report else ""
        whose = appeal.from_whom or "the reported user"
        print_line(f"  appeal {appeal.id}{about} of {appeal.received} from {whose}: {appeal.text}")
        if appeal.answer is None:
            print_line("    not answered yet")
        else:
            print_line(f"    answered by {appeal.answered_by}: {appeal.answer}")
    return 0
