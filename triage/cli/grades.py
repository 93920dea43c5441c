"""Defines the command grade."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_count, print_json, print_line, print_list, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.model.casework import GradeAgreement, GradeState

if TYPE_CHECKING:
    from triage.jobs.session import Session


@triage.command()
@click.argument("report")
@click.argument("file", required=False)
@click.option("--grade", "grade_", metavar="GRADE", help="abuse material, exploitative, age uncertain, adult, innocent ...")
@click.option("--for-court", is_flag=True, help="A second person also grades it, without seeing this grade.")
@click.option("--settle", is_flag=True, help="As a lead: decide between two grades that differ.")
@click.option("--also", multiple=True, metavar="SHA256", help="A matching image that gets the same grade.")
@click.option("--all", "all_files", is_flag=True, help="Grade all stored files of the report that nobody graded, in one act.")
@click.option("--inherit", metavar="SHA256", help="Copy the grade of this matching image, which somebody has viewed.")
@with_common
def grade(
    common: Common,
    report: str,
    file: str | None,
    grade_: str | None,
    for_court: bool,
    settle: bool,
    also: tuple[str, ...],
    all_files: bool,
    inherit: str | None,
) -> int:
    """Grade a file of a report.

    `grade agreement` shows how often two people agree, `grade waiting` the files that wait for a second grade.
    """
    from triage.jobs.review import grading

    with common.session() as session:
        if file is None and report in ("agreement", "waiting"):
            if report == "agreement":
                return _print_agreement(common, grading.measure_agreement(session))
            return _print_waiting(common, session)
        if all_files:
            if file is not None or grade_ is None or settle or also or inherit is not None:
                raise click.UsageError("--all goes with a report and --grade alone, and with --for-court.")
            return _grade_all(common, session, report, grade_, for_court)
        if file is None or (grade_ is None) == (inherit is None):
            raise click.UsageError("Give a report, a file of it and --grade or --inherit; or `grade agreement`, `grade waiting`.")
        if inherit is not None:
            state = grading.inherit_grade(session, report, file, inherit)
        else:
            state = grading.grade_file(session, report, file, grade_ or "", for_court=for_court, settle=settle, also=also)
    if common.json:
        print_json(state)
    else:
        grade_text = f", {state.grade}, {state.says}" if state.grade else ""
        print_line(f"{state.sha256}: {state.state}{grade_text}; in {state.copies} reports.")
    return 0


def _grade_all(common: Common, session: Session, report: str, grade: str, for_court: bool) -> int:
    """Grades all stored files of a report that nobody graded, in one act that undo in the gallery takes back as a whole."""
    from triage.jobs.reading.show import load_report_view
    from triage.jobs.review.grade_many import grade_files
    from triage.model.casework import FileToGrade

    found = load_report_view(session, report)
    open_files = dict.fromkeys(
        file.sha256 for file in found.files if file.present and file.sha256 and file.verdict.grade_state is None
    )
    with progress_bar() as bar, stoppable() as cancel:
        files = [FileToGrade(found.report_id, sha256) for sha256 in open_files]
        act = grade_files(session, files, grade, for_court=for_court, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(act)
    else:
        print_line(f"{format_count(len(act.given), 'file', 'files')} of {found.report_id} graded {act.grade}.")
        for each in act.refused:
            print_line(f"left out: {each.sha256}: {each.why}")
    return 3 if act.refused else 0


def _print_agreement(common: Common, found: tuple[GradeAgreement, ...]) -> int:
    """Prints how often two people chose the same grade."""
    if common.json:
        print_json(found)
        return 0
    rows = [(a.grade, a.pairs, a.agreed, f"{a.agreed / a.pairs:.0%}") for a in found if a.agreed is not None]
    print_table(("grade", "pairs", "agreed", "share"), rows)
    for each in found:
        if each.agreed is None:
            counted = format_count(each.pairs, "pair is", "pairs are")
            print_line(f"{counted} left out: a stored grade can't be read. Grade these files again: triage grade waiting")
    return 0


def _print_waiting(common: Common, session: Session) -> int:
    """Prints the files whose grade awaits review."""
    from triage.jobs.review import grade_work

    columns: dict[str, Callable[[GradeState], object]] = {
        "file": lambda each: each.sha256,
        "state": lambda each: each.state,
        "in reports": lambda each: each.copies,
    }
    ids = grade_work.find_grade_work(session).ids
    print_list(
        ids,
        lambda part: grade_work.load_open_grades(session, part),
        columns,
        json=common.json,
        empty="No grade awaits review.",
        which="first",
    )
    return 0
