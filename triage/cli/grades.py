"""Defines the command grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line, print_table
from triage.model.casework import GradeAgreement

if TYPE_CHECKING:
    from triage.jobs.session import Session


@triage.command()
@click.argument("report")
@click.argument("file", required=False)
@click.option("--grade", "grade_", metavar="GRADE", help="abuse material, exploitative, age uncertain, adult, innocent ...")
@click.option("--for-court", is_flag=True, help="A second person also grades it, without seeing this grade.")
@click.option("--settle", is_flag=True, help="As a lead: decide between two grades that differ.")
@click.option("--also", multiple=True, metavar="SHA256", help="A matching image that gets the same grade.")
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


def _print_agreement(common: Common, found: tuple[GradeAgreement, ...]) -> int:
    """Prints how often two people chose the same grade."""
    if common.json:
        print_json(found)
    else:
        print_table(
            ("grade", "pairs", "agreed", "share"), [(a.grade, a.pairs, a.agreed, f"{a.agreed / a.pairs:.0%}") for a in found]
        )
    return 0


def _print_waiting(common: Common, session: Session) -> int:
    """Prints the files whose grade awaits review."""
    from triage.jobs.review import grading

    found = grading.list_open_grades(session)
    if common.json:
        print_json(found)
    else:
        print_table(("file", "state", "in reports"), [(s.sha256, s.state, s.copies) for s in found])
    return 0
