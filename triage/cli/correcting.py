"""Defines the commands correct and corrections: what people say of the judgement of a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from triage.cli.group import Common, triage, with_common
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
from triage.model.judgement import BANDS, VERDICTS

if TYPE_CHECKING:
    from triage.jobs.casework.corrections import CorrectionView
    from triage.jobs.session import Session


@triage.command()
@click.argument("report")
@click.argument("rule", required=False)
@click.option(
    "--as", "verdict", type=click.Choice([each.replace(" ", "-") for each in VERDICTS]), help="What you say of the factor RULE."
)
@click.option("--band", type=click.Choice(BANDS), help="The band to which you raise or lower the report.")
@click.option("--reason", metavar="TEXT", help="Why; it is printed on the card.")
@click.option("--confirm", type=int, metavar="ID", help="As a lead: agree to a correction that another person asked for.")
@click.option("--undo", type=int, metavar="ID", help="Take back a correction.")
@with_common
def correct(
    common: Common,
    report: str,
    rule: str | None,
    verdict: str | None,
    band: str | None,
    reason: str | None,
    confirm: int | None,
    undo: int | None,
) -> int:
    """Correct the judgement of a report: a factor, or the band.

    The rule is the name at the end of a factor's line in `triage show`. A factor that means nothing counts nothing. Taking out a
    minimum band, or lowering below one, counts only when another person, a lead, has confirmed it.

    \b
    Examples:
      triage correct 900000001 words.threat --as means-nothing --reason "title of a film"
      triage correct 900000001 --band A --reason "the child is at the address"
      triage correct 900000001 --undo 3
    """
    from triage.jobs.casework import corrections as corrections_job
    from triage.jobs.reading import show as show_job

    _check_options(rule, verdict, band, reason, confirm, undo)
    with common.session() as session:
        if undo is not None:
            _check_report(session, report, undo)
            made = corrections_job.undo_correction(session, undo)
        elif confirm is not None:
            _check_report(session, report, confirm)
            made = corrections_job.confirm_correction(session, confirm)
        elif rule is not None:
            made = corrections_job.correct_factor(session, report, rule, verdict or "", reason or "")
        else:
            made = corrections_job.correct_band(session, report, band or "", reason or "")
        score = show_job.load_report_view(session, report).score
    if common.json:
        print_json({"correction": made, "band": score.band, "risk": score.risk, "actionability": score.actionability})
    else:
        print_line(f"Correction {made.id}: {made.says}" if made.undone is None else f"Correction {made.id} is undone.")
        print_line(f"{made.report_id} is in band {score.band}: risk {score.risk:.1f}, actionability {score.actionability:.1f}")
    return 0


def _check_options(
    rule: str | None, verdict: str | None, band: str | None, reason: str | None, confirm: int | None, undo: int | None
) -> None:
    """Raises UsageError unless exactly one thing is asked for, with its reason."""
    asked = [each for each in (verdict, band, confirm, undo) if each is not None]
    if len(asked) != 1:
        raise click.UsageError("Give one of --as, --band, --confirm, --undo.")
    if (rule is None) != (verdict is None):
        raise click.UsageError("Give RULE together with --as.")
    if (verdict is not None or band is not None) and not (reason or "").strip():
        raise click.UsageError("Give the reason with --reason.")


def _check_report(session: Session, report: str, correction: int) -> None:
    """Raises UsageError when the correction is one of another report."""
    from triage.jobs.casework import corrections as corrections_job

    if all(each.id != correction for each in corrections_job.list_corrections(session, report)):
        raise click.UsageError(f"Report {report} has no correction {correction}.")


@triage.command()
@click.argument("report", required=False)
@click.option("--waiting", is_flag=True, help="Only those that wait for a lead.")
@with_common
def corrections(common: Common, report: str | None, waiting: bool) -> int:
    """List corrections of the judgement, with those that were undone; the oldest first.

    Without a report, a table holds the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.casework import corrections as corrections_job

    with common.session() as session:
        if report is not None:
            parts: Iterable[Sequence[CorrectionView]] = [corrections_job.list_corrections(session, report, waiting=waiting)]
            listed = total = 0
        else:
            ids = corrections_job.list_correction_ids(session, waiting=waiting)
            chosen = choose_listed(ids, json=common.json)[::-1]
            parts = read_parts(chosen, lambda part: corrections_job.load_corrections(session, part))
            listed, total = len(chosen), len(ids)
        if common.json:
            print_json_list(parts)
            return 0
        rows = [_row(each) for part in parts for each in part]
    print_table(
        ("id", "report", "made", "state", "correction"), rows, empty="No correction waits." if waiting else "No correction."
    )
    say_left_out(listed, total)
    return 0


def _row(each: CorrectionView) -> tuple[str, ...]:
    about = f"{each.rule}: {each.verdict}" if each.rule is not None else f"band {each.band}"
    return str(each.id), each.report_id, format_time(each.made), each.state, f"{about}. {each.says}"
