"""Defines the deconflict commands: two stores learn which identifiers both hold, over three carried files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from triage.cli.group import OUT_FILE, Common, triage, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_time, print_json, print_line, print_list, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.model.deconfliction import Deconfliction, DeconflictionResult

_SESSIONS: dict[str, Callable[[Deconfliction], object]] = {
    "session": lambda each: each.session,
    "with": lambda each: each.other,
    "begun": lambda each: format_time(each.made),
    "state": lambda each: each.state,
    "compared": lambda each: each.compared,
    "shared": lambda each: "not known yet" if each.shared is None else each.shared,
    "undercover": lambda each: "not known yet" if each.silent is None else each.silent,
}
"""The columns of the table of sessions: heading and cell."""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@triage.group()
def deconflict() -> None:
    """Learn which identifiers of reported users another store holds too, and nothing else.

    Three files are carried: start here, answer there, finish here; with --out the last one also tells the other side.
    """


@deconflict.command("start")
@click.option("--with", "other", metavar="NAME", required=True, help="The other store, by its name in: triage keys trust")
@click.option("--out", type=OUT_FILE, required=True, help="The first file.")
@force_option
@handover_options
@with_common
def deconflict_start(common: Common, other: str, out: Path, force: bool, **leaves: str | None) -> int:
    """Begin a session, and write the file that the other store answers."""
    from triage.jobs.exchange import deconflict as job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        begun = job.start_deconfliction(
            session, other, out, handover=read_handover(leaves), overwrite=force, on_progress=bar, cancel=cancel
        )
    return _print_step(common, begun, out)


@deconflict.command("answer")
@click.argument("file", type=_FILE)
@click.option("--out", type=OUT_FILE, required=True, help="The answer.")
@force_option
@handover_options
@with_common
def deconflict_answer(common: Common, file: Path, out: Path, force: bool, **leaves: str | None) -> int:
    """Answer the file of another store whose key is trusted."""
    from triage.jobs.exchange import deconflict as job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        answered = job.answer_deconfliction(
            session, file, out, handover=read_handover(leaves), overwrite=force, on_progress=bar, cancel=cancel
        )
    return _print_step(common, answered, out)


@deconflict.command("finish")
@click.argument("file", type=_FILE)
@click.option("--out", type=OUT_FILE, help="A file that tells the other side the same.")
@force_option
@handover_options
@with_common
def deconflict_finish(common: Common, file: Path, out: Path | None, force: bool, **leaves: str | None) -> int:
    """Find out what both stores hold, from the other store's file."""
    from triage.jobs.exchange import deconflict as job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        found = job.finish_deconfliction(
            session, file, out, handover=read_handover(leaves), overwrite=force, on_progress=bar, cancel=cancel
        )
    return _print_result(common, found)


@deconflict.command("show")
@click.argument("which", metavar="SESSION")
@with_common
def deconflict_show(common: Common, which: str) -> int:
    """Show again what a finished session found."""
    from triage.jobs.exchange import deconflict as job

    with common.session() as session:
        return _print_result(common, job.show_deconfliction(session, which))


@deconflict.command("withdraw")
@click.argument("which", metavar="SESSION")
@with_common
def deconflict_withdraw(common: Common, which: str) -> int:
    """Withdraw a session that is not finished. No file can finish it here then.

    Destroy the carried file: from an answer the other side still learns what both hold.
    """
    from triage.jobs.exchange import deconflict as job

    with common.session() as session:
        compared = job.withdraw_deconfliction(session, which)
    if common.json:
        print_json({"session": which, "compared": compared})
    else:
        print_line(f"Session {which} was withdrawn. Destroy the file that was carried.")
    return 0


@deconflict.command("list")
@with_common
def deconflict_list(common: Common) -> int:
    """List all sessions. One that is not finished has found nothing yet.

    A table ends after the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.exchange import deconflict_list as job

    with common.session() as session:
        found = job.list_deconfliction_ids(session)
        print_list(
            found,
            lambda part: job.load_deconflictions(session, part),
            _SESSIONS,
            json=common.json,
            empty="No session yet. Begin one with: triage deconflict start",
        )
    return 0


def _print_step(common: Common, done: DeconflictionResult, out: Path) -> int:
    """Prints a step that finds nothing yet, and returns exit code 0."""
    if common.json:
        print_json({"session": done.session, "compared": done.compared, "unread": done.unread})
        return 0
    print_line(f"{done.compared} identifiers are hidden in {out}. Nothing is known before the session is finished.")
    if done.unread:
        print_line(f"Reports left out because their documents can't be read: {done.unread}. triage check names them.")
    return 0


def _print_result(common: Common, found: DeconflictionResult) -> int:
    """Prints what was found, and returns exit code 0."""
    if common.json:
        print_json(found)
        return 0
    print_line(f"{found.compared} identifiers were compared; the other store holds {len(found.shared)} of them too.")
    if found.shared:
        print_table(("kind", "value", "reports"), [(s.kind, s.value, ", ".join(s.reports)) for s in found.shared])
    if found.silent:
        print_line(f"Under a hold “undercover”: {found.silent} more. For you alone; the other store learns nothing of them.")
    return 0
