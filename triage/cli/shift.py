"""Defines the shift commands: the sheet at the end of a shift, which the next person acknowledges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from triage.cli.group import OUT_FILE, Common, triage, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_time, format_time_cell, print_json, print_line, print_list, print_table
from triage.model.shift import ShiftSheet


@triage.group()
def shift() -> None:
    """Close a shift with a sheet of what is open; the next person acknowledges it."""


FIRST_ROWS = 20
"""Rows of each list that are printed when nobody asks for a number. A sheet has twelve lists and should fit some screens."""
limit_option = click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Most rows of each list; by default {FIRST_ROWS}, and with --json all that the sheet holds.",
)


@shift.command("close")
@click.option("--note", metavar="TEXT", help="What the next person should know.")
@limit_option
@with_common
def shift_close(common: Common, note: str | None, limit: int | None) -> int:
    """Make the sheet of this moment: open A and B, unassigned, due soon, and what waits for a second person."""
    from triage.jobs.casework import shift as shift_job

    with common.session() as session:
        return _print_sheet(common, shift_job.close_shift(session, note), limit)


@shift.command("show")
@click.argument("number", type=int)
@limit_option
@with_common
def shift_show(common: Common, number: int, limit: int | None) -> int:
    """Show a sheet, with its lists as of now."""
    from triage.jobs.casework import shift as shift_job

    with common.session() as session:
        return _print_sheet(common, shift_job.show_shift(session, number), limit)


@shift.command("print")
@click.argument("number", type=int)
@click.option("--out", type=OUT_FILE, required=True, metavar="FILE.pdf", help="File to write.")
@force_option
@handover_options
@with_common
def shift_print(common: Common, number: int, out: Path, force: bool, **leaves: str | None) -> int:
    """Write a sheet to a signed PDF."""
    from triage.jobs.casework import shift as shift_job

    with common.session() as session:
        shift_job.print_shift(session, number, out, handover=read_handover(leaves), overwrite=force)
        key = session.store.fingerprint
    if common.json:
        print_json({"path": str(out), "number": number, "signature_key": key})
    else:
        print_line(f"Shift sheet {number} is in {out}, signed with key {key}")
    return 0


@shift.command("acknowledge")
@click.argument("number", type=int)
@limit_option
@with_common
def shift_acknowledge(common: Common, number: int, limit: int | None) -> int:
    """Acknowledge a sheet as the next person. Nobody acknowledges their own."""
    from triage.jobs.casework import shift as shift_job

    with common.session() as session:
        return _print_sheet(common, shift_job.acknowledge_shift(session, number), limit)


@shift.command("list")
@with_common
def shift_list(common: Common) -> int:
    """List all sheets, newest first.

    A table ends after the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.casework import shift as shift_job

    with common.session() as session:
        numbers = shift_job.list_shift_numbers(session)
        print_list(
            numbers,
            lambda part: shift_job.load_shifts(session, part),
            _SHEETS,
            json=common.json,
            empty="No shift was closed yet. Close one with: triage shift close",
        )
    return 0


_SHEETS: dict[str, Callable[[ShiftSheet], object]] = {
    "number": lambda s: s.number,
    "closed": lambda s: format_time(s.made),
    "by": lambda s: s.by,
    "acknowledged": lambda s: format_time(s.acknowledged) if s.acknowledged else "not yet",
    "acknowledged by": lambda s: s.acknowledged_by,
}


def _print_sheet(common: Common, sheet: ShiftSheet, limit: int | None) -> int:
    """Prints a sheet as JSON or text, with at most so many rows of each list, and returns exit code 0."""
    most = limit if limit is not None or common.json else FIRST_ROWS
    shown = replace(sheet, lists=tuple(replace(each, rows=each.rows[:most]) for each in sheet.lists))
    if common.json:
        print_json(shown)
        return 0
    print_line(f"Shift sheet {sheet.number}, closed {format_time(sheet.made)} by {sheet.by}")
    said = (
        f"Acknowledged {format_time(sheet.acknowledged)} by {sheet.acknowledged_by}"
        if sheet.acknowledged
        else "Not acknowledged yet"
    )
    print_line(said)
    if sheet.note:
        print_line(f"Note: {sheet.note}")
    print_table(("list", "now", "when closed"), [(each.name, each.total, sheet.counts.get(each.name, 0)) for each in sheet.lists])
    for each, whole in zip(shown.lists, sheet.lists, strict=True):
        if not each.rows:
            continue
        print_line()
        print_table(
            (each.name, "band", "next deadline", "for", "assigned to", "state"),
            [(row.number, row.band, format_time_cell(row.due), row.due_for, row.assignee, row.what) for row in each.rows],
        )
        if len(each.rows) < each.total:
            more = "list more with --limit" if len(each.rows) < len(whole.rows) else "a sheet holds no more"
            print_line(f"The first {len(each.rows):,} of {each.total:,} are listed; {more}.")
    return 0
