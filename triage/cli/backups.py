"""Defines the commands backup, restore, backups and register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.group import OUT_FILE, OUT_FOLDER, Common, triage, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_count, format_time_cell, print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable

if TYPE_CHECKING:
    from triage.jobs.keeping import backup as backup_job
    from triage.jobs.keeping.register import RegisterResult

_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@triage.command()
@click.argument("directory", type=OUT_FOLDER)
@with_common
def backup(common: Common, directory: Path) -> int:
    """Bring the backup in DIRECTORY up to date. The store may be in use meanwhile.

    \b
    Example:
      triage backup /media/usb/backup
    """
    from triage.jobs.keeping import backup as backup_job
    from triage.jobs.policy import read_policy

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        made = backup_job.make_backup(session, directory, bar, cancel)
        days = read_policy(session).backup_expires_after_days
    if common.json:
        print_json({"path": str(directory), **_backup_fields(made), "expires_after_days": days})
    else:
        if made.current:
            print_line(f"Backup {made.number} in {directory} is up to date: nothing changed in the store since.")
        else:
            print_line(f"Backup {made.number} in {directory} is complete. {made.copied:,} bytes of media were new.")
        for what, count in (("vault_items_unread", "copies of media"), ("database_pages_unread", "pages of the database")):
            if unread := made.check.checked.get(what):
                print_line(f"{unread} {count} were read by earlier backups only; the next backups read them again in turn.")
        print_line(
            f"Bring it up to date within {days} days, or destroy its carrier: it still holds what the store destroys meanwhile."
        )
    return 0


def _backup_fields(made: backup_job.BackupResult) -> dict[str, object]:
    """Returns a backup's result as JSON fields."""
    return {"id": made.id, "number": made.number, "copied": made.copied, "current": made.current, "checked": made.check.checked}


@triage.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--register", type=_THERE, help="The newest register of destructions; what it lists is destroyed again.")
@click.option("--no-register", metavar="REASON", help="Why there is no register, or that nothing was destroyed since.")
@with_common
def restore(common: Common, directory: Path, register: Path | None, no_register: str | None) -> int:
    """Make a new store (--store NEWDIR) from the backup in DIRECTORY. Nothing is overwritten.

    \b
    Example:
      triage restore /media/usb/backup --store /srv/new --register register.json
    """
    common.require_writable()
    from triage.jobs.keeping import backup as backup_job

    if register is not None and no_register is not None:
        raise click.UsageError("Give either --register or --no-register.")
    with progress_bar() as bar, stoppable() as cancel:
        made = backup_job.restore_backup(
            directory,
            common.directory(),
            common.user_name(),
            common.passphrase(),
            bar,
            cancel,
            register=register,
            no_register=no_register,
        )
    result = made.check
    if common.json:
        print_json(
            {
                "store": str(common.directory()),
                "valid": result.valid,
                "problems": result.problems,
                "checked": result.checked,
                "register": made.applied,
                "waits_for_register": made.waits,
            }
        )
        return 0 if result.valid else 1
    for problem in result.problems:
        print_line(problem)
    print_line(f"The store is in {common.directory()}" + (" and complete." if result.valid else ", but NOT complete."))
    if made.applied is not None:
        _print_applied(made.applied)
    if made.waits:
        print_line(
            "It may hold reports that were destroyed after the backup. No media are shown and nothing can be exported until"
        )
        print_line("you apply the newest register of destructions (triage register apply FILE),")
        print_line("or record that there is none (triage register none --reason R).")
    return 0 if result.valid else 1


@triage.command()
@click.option("--gone", metavar="ID", help="Record that the carrier of this backup was destroyed.")
@with_common
def backups(common: Common, gone: str | None) -> int:
    """List backups and what has to be done about them."""
    from triage.jobs.keeping import backup as backup_job

    with common.session() as session:
        if gone is not None:
            backup_job.record_backup_destroyed(session, gone)
        found = backup_job.list_backups(session)
    if common.json:
        print_json(found)
    else:
        print_table(
            ("id", "folder", "state", "made", "carrier destroyed", "to do"),
            [(b.id, b.place, b.number, format_time_cell(b.made), format_time_cell(b.gone), b.to_do) for b in found],
            empty="There is no backup. Make one with: triage backup DIR",
        )
    return 0


@triage.group()
def register() -> None:
    """Apply the register of destructions to a store that was restored from a backup."""


@register.command("export")
@click.argument("file", type=OUT_FILE)
@force_option
@handover_options
@with_common
def register_export(common: Common, file: Path, force: bool, **leaves: str | None) -> int:
    """Write the register of destructions to FILE, to be kept away from this machine."""
    from triage.jobs.keeping import register as register_job

    with common.session() as session:
        named = register_job.export_register(session, file, handover=read_handover(leaves), overwrite=force)
    if common.json:
        print_json({"path": str(file), "destructions": named})
    else:
        counted = format_count(named, "destruction", "destructions")
        print_line(f"{file} names {counted}, by keyed hashes that only this store can read.")
    return 0


@register.command("apply")
@click.argument("file", type=_THERE)
@with_common
def register_apply(common: Common, file: Path) -> int:
    """Destroy in this restored store what FILE lists as destroyed since its backup."""
    from triage.jobs.keeping import register as register_job

    with common.session() as session, progress_bar() as bar:
        applied = register_job.apply_register(session, file, bar)
    if common.json:
        print_json(applied)
    else:
        _print_applied(applied)
    return 0


@register.command("none")
@click.option("--reason", required=True, help="Why there is none.")
@with_common
def register_none(common: Common, reason: str) -> int:
    """Record that nothing was destroyed since this store's backup, or that no register exists."""
    from triage.jobs.keeping import register as register_job

    with common.session() as session:
        register_job.state_no_register(session, reason)
    if common.json:
        print_json({"register": None, "reason": reason})
    else:
        print_line("The store can be used. The audit log records that no register was applied, and by whom.")
    return 0


def _print_applied(applied: RegisterResult) -> None:
    """Prints how many reports an applied register destroyed again."""
    print_line(f"The register of {applied.made} was applied: {applied.destroyed} reports of this store were destroyed again,")
    print_line(f"{applied.elsewhere} that it never held will be refused, {applied.known} were already known.")
    print_line(f"What was destroyed after {applied.made} is unknown here: carry out those orders again.")
