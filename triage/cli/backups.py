"""backup, restore, backups, register: copies of the store, and what must not come back with them."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.jobs.keeping import backup as backup_job
from triage.jobs.keeping import register as register_job
from triage.jobs.keeping.register import Applied

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@triage.command()
@click.argument("directory", type=_FOLDER)
@with_common
def backup(common: Common, directory: Path) -> int:
    """Bring the backup in DIRECTORY up to now; the store may be in use meanwhile."""
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        made = backup_job.backup(session, directory, bar, cancel)
        days = backup_job.expires_after_days(session)
    if common.json:
        print_json({"path": str(directory), **_fields(made), "expires_after_days": days})
    else:
        print_line(f"Backup {made.number} in {directory} is whole; {made.copied:,} bytes of media were new.")
        print_line(
            f"Bring it up to date within {days} days, or destroy its medium: it keeps what is destroyed in the store meanwhile."
        )
    return 0


def _fields(made: backup_job.BackupResult) -> dict[str, object]:
    return {"id": made.id, "number": made.number, "copied": made.copied, "checked": made.check.checked}


@triage.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--register", type=_THERE, help="The newest register of destructions: what was destroyed since goes again.")
@click.option("--no-register", metavar="REASON", help="Say that nothing was destroyed since, or why there is no register.")
@with_common
def restore(common: Common, directory: Path, register: Path | None, no_register: str | None) -> int:
    """Make a new store (--store NEWDIR) from the backup in DIRECTORY; nothing is ever overwritten."""
    if register is not None and no_register is not None:
        raise click.UsageError("Give either --register or --no-register.")
    with progress_bar() as bar, stoppable() as cancel:
        made = backup_job.restore(
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
    print_line(f"The store is in {common.directory()}" + (" and whole." if result.valid else ", but NOT whole."))
    if made.applied is not None:
        _print_result(made.applied)
    if made.waits:
        print_line("What was destroyed since the backup may be in it: no media are revealed and nothing leaves it before")
        print_line("the newest register of destructions was applied (triage register apply FILE),")
        print_line("or you said that there is none (triage register none --reason R).")
    return 0 if result.valid else 1


@triage.command()
@click.option("--gone", metavar="ID", help="Say that the medium of this backup was destroyed.")
@with_common
def backups(common: Common, gone: str | None) -> int:
    """Where backups lie, and what has to be done about them."""
    with common.session() as session:
        if gone is not None:
            backup_job.backup_is_gone(session, gone)
        found = backup_job.all_backups(session)
    if common.json:
        print_json(found)
    else:
        print_table(
            ("id", "folder", "state", "made", "medium destroyed", "to do"),
            [(b.id, b.place, b.number, b.made, b.gone, b.to_do) for b in found],
        )
    return 0


@triage.group()
def register() -> None:
    """The register of destructions, for a store that was restored from an older backup."""


@register.command("export")
@click.argument("file", type=_FILE)
@with_common
def register_export(common: Common, file: Path) -> int:
    """Write the register to FILE, to be kept away from this machine."""
    with common.session() as session:
        named = register_job.export_register(session, file)
    if common.json:
        print_json({"path": str(file), "destructions": named})
    else:
        print_line(f"{file} names {named} destructions, by keyed hashes that only this store understands.")
    return 0


@register.command("apply")
@click.argument("file", type=_THERE)
@with_common
def register_apply(common: Common, file: Path) -> int:
    """Destroy in this restored store what FILE says was destroyed since its backup."""
    with common.session() as session, progress_bar() as bar:
        applied = register_job.apply_register(session, file, bar)
    if common.json:
        print_json(applied)
    else:
        _print_result(applied)
    return 0


@register.command("none")
@click.option("--reason", required=True, help="Why there is none.")
@with_common
def register_none(common: Common, reason: str) -> int:
    """Say, on the record, that nothing was destroyed since the backup of this restored store, or that no register is left."""
    with common.session() as session:
        register_job.no_register(session, reason)
    if common.json:
        print_json({"register": None, "reason": reason})
    else:
        print_line("The store can be read. The record keeps that no register was applied, and who said so.")
    return 0


def _print_result(applied: Applied) -> None:
    print_line(f"The register of {applied.made} was applied: {applied.destroyed} reports of this store were destroyed again,")
    print_line(f"{applied.elsewhere} that it never held are kept out, {applied.known} were known.")
    print_line(f"What was destroyed after {applied.made} is not known here: carry out those orders again.")
