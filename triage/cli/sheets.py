"""Prints what a filled-in sheet of the queue changes; the command import calls it."""

from __future__ import annotations

from pathlib import Path

from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import Common
from triage.cli.output import format_count, print_json, print_line, print_table
from triage.model.queue_sheet import SheetChange, SheetImport

_NOTHING = {
    "reports": {"new": 0, "updated": 0, "unchanged": 0},
    "media": {"new": 0, "duplicate": 0, "near_duplicate": 0},
    "quarantined": [],
    "skipped": [],
    "seconds": 0.0,
}
"""The keys of every import: a sheet brings no reports and no media."""


def import_filled_sheet(common: Common, path: Path, dry_run: bool) -> int:
    """Imports a filled-in sheet, or shows what it would change. Conflicts are exit 3, as files that were set aside are."""
    from triage.jobs.casework.sheet_import import import_sheet

    with common.session() as session:
        found = import_sheet(session, path, dry_run=dry_run)
    if common.json:
        print_json({**_NOTHING, "sheet": found})
    else:
        _print_sheet(found)
    return SET_ASIDE if found.conflicts else 0


def _print_sheet(found: SheetImport) -> None:
    """Prints the changes and the conflicts."""
    print_line(f"Sheet of {found.made} with {format_count(found.rows, 'report', 'reports')}; {found.unchanged} unchanged.")
    counted = format_count(len(found.changes), "assignment", "assignments")
    print_line(f"{counted} recorded." if found.applied else f"{counted} would be recorded. Nothing was changed.")
    if found.changes:
        print_table(("report", "from", "to", "note"), [_list_cells(each) for each in found.changes])
    if found.conflicts:
        print_line(f"{format_count(len(found.conflicts), 'row', 'rows')} not applied:")
        print_table(("report", "from", "to", "why not"), [(*_list_cells(e)[:3], e.conflict) for e in found.conflicts])


def _list_cells(change: SheetChange) -> tuple[str, str, str, str | None]:
    return change.report_id, change.here or "nobody", change.to, change.note
