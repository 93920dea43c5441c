"""Defines the command note."""

from __future__ import annotations

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_time, print_json, print_line


@triage.command()
@click.argument("report")
@click.argument("text", required=False)
@with_common
def note(common: Common, report: str, text: str | None) -> int:
    """Write a note on a report for the next person, or list its notes without TEXT.

    Nobody can change or remove a note; a later one can correct it.

    \b
    Example:
      triage note 900000001 "The mother called; call back after 18:00."
    """
    from triage.jobs.casework import notes as notes_job
    from triage.jobs.reading import show as show_job

    with common.session() as session:
        added = None if text is None else notes_job.add_note(session, report, text)
        found = show_job.load_report_view(session, report)
    if common.json:
        print_json({"report_id": found.report_id, "note": added, "notes": found.notes})
        return 0
    if added is not None:
        print_line(f"{found.report_id}: note saved.")
        return 0
    for each in found.notes:
        print_line(f"{format_time(each.when)}, {each.user}: {each.text}")
    if not found.notes:
        print_line(f"{found.report_id} has no note.")
    return 0
