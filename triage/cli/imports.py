"""Defines the command import and prints its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.cli.work_text import print_package
from triage.errors import WorldError
from triage.model.handover import Receipt
from triage.model.versions import EARLIER_KNOWN
from triage.model.views import ImportResult


@triage.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Passwords for zips and PDFs, one per line.",
)
@click.option("--received-from", metavar="WHO", help="Who sent it.")
@click.option("--delivered-by", metavar="WHO", help="Who brought it.")
@click.option("--received-at", metavar="WHEN", help="When it was handed over, as stated.")
@click.option("--carrier", "--medium", "medium", metavar="WHAT", help="Disk or stick it came on: make and model.")
@click.option("--carrier-serial", "--medium-serial", "medium_serial", metavar="NUMBER", help="Serial number of the carrier.")
@click.option("--seal", metavar="TEXT", help="Number of the seal, and whether it was intact.")
@click.option("--write-blocked/--not-write-blocked", default=None, help="Was it read through a write blocker?")
@click.option("--note", metavar="TEXT", help="A note on the delivery.")
@click.option("--dry-run", is_flag=True, help="Of a filled-in queue sheet: only show what would change.")
@with_common
def import_(common: Common, paths: tuple[Path, ...], password_file: Path | None, dry_run: bool, **receipt: Any) -> int:
    """Import files, folders and zips (also zips within zips), or one work package or results file of another workstation.

    A spreadsheet that `triage export queue` wrote and a lead filled in assigns its reports.

    \b
    Example:
      triage import /media/usb/bundle --received-from NCMEC --carrier "SanDisk Ultra"
      triage import queue.xlsx --dry-run
    """
    if len(paths) == 1 and paths[0].suffix.lower() == ".xlsx":
        from triage.cli.sheets import import_filled_sheet
        from triage.jobs.casework.sheet_import import is_own_sheet

        if is_own_sheet(paths[0]):
            return import_filled_sheet(common, paths[0], dry_run)
    if dry_run:
        raise click.UsageError("--dry-run is for one queue sheet that was filled in (.xlsx).")
    passwords = _read_passwords(password_file) if password_file else []
    from triage.jobs.exchange.receive import import_paths

    given = Receipt(**receipt)
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        result = import_paths(session, paths, receipt=given, passwords=passwords, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(result)
    else:
        print_import(result)
    return SET_ASIDE if result.quarantined else 0


def _read_passwords(file: Path) -> list[bytes]:
    """Reads the passwords of a file, one per line, without empty lines.

    Raises:
        WorldError: the file can't be read.
    """
    try:
        return [line for line in file.read_bytes().splitlines() if line]
    except OSError as error:
        raise WorldError(
            "The password file {file} can't be read. Name a file that you may read, with one password in each line.",
            file=file.name,
            detail=str(error),
        ) from error


def print_import(result: ImportResult) -> None:
    """Prints what an import brought."""
    if result.package is not None:
        print_package(result.package)
    counts, media = result.reports, result.media
    print_line(f"Reports: {counts.new} new, {counts.updated} updated, {counts.unchanged} unchanged")
    print_line(f"Media: {media.new} new, {media.duplicate} duplicate, {media.near_duplicate} near duplicate")
    if result.new_by_band:
        print_line("New by band: " + ", ".join(f"{band} {count}" for band, count in result.new_by_band.items()))
    earlier = sum(1 for each in result.skipped if each.reason == EARLIER_KNOWN)
    skipped = len(result.skipped) - earlier
    print_line(f"In {result.seconds:.1f} s; {skipped} skipped as junk, {len(result.quarantined)} set aside")
    if earlier:
        print_line(f"Documents that are an earlier version, already known: {earlier}. They change nothing.")
    if result.versions_waiting:
        print_line(f"Reports with a version that says less and waits: {result.versions_waiting}. See: triage versions waiting")
    if result.rose_after_closing:
        print_line(f"Closed reports that became graver and are open again: {result.rose_after_closing}. See: triage queue")
    if result.held:
        print_line(f"Hashes that match too many files and wait for review: {result.held}. See: triage held")
    if result.quarantined:
        print_table(("set aside", "reason"), [(q.path, q.reason) for q in result.quarantined])
