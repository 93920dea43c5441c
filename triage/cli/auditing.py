"""Defines the commands of audit: the log verified and exported, and what left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.group import OUT_FILE, Common, triage, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_time, format_time_cell, format_word, print_json, print_line, print_list, progress_bar
from triage.cli.stopping import stoppable

if TYPE_CHECKING:
    from triage.model.handover import Outgoing

_OUTGOING: dict[str, Callable[[Outgoing], object]] = {
    "written": lambda row: format_time_cell(row.written),
    "by": lambda row: row.user,
    "what": lambda row: format_word(row.kind),
    "name": lambda row: row.name,
    "SHA-256": lambda row: row.sha256,
    "handed to": lambda row: row.handover.handed_to,
    "carrier": lambda row: row.handover.medium,
    "serial": lambda row: row.handover.medium_serial,
}
"""The columns of the table of what left: heading and cell."""


@triage.group()
def audit() -> None:
    """Verify and export the audit log; list outgoing files."""


@audit.command("verify")
@click.option(
    "--head", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A signed log head that was exported earlier."
)
@with_common
def audit_verify(common: Common, head: Path | None) -> int:
    """Check that the audit log is whole, and that nothing is missing since a signed log head.

    \b
    Example:
      triage audit verify --head /media/usb/head.json
    """
    from triage.jobs.keeping import check as check_job
    from triage.jobs.session import now

    with common.session(examine=True) as session, progress_bar() as bar, stoppable() as cancel:
        result = check_job.verify_record(session, head, bar, cancel)
    if common.json:
        print_json(result)
    else:
        print_line(f"{result.entries} entries, head {result.head}")
        for problem in result.problems:
            print_line(str(problem))
        if result.last_step is not None:
            print_line(f"The last entry was made {format_time(result.last_step)}.")
            if result.last_step > now():
                print_line("This machine's clock is behind that time. Set the clock, or new entries get wrong times.")
        print_line("The audit log is whole." if result.valid else "The audit log is NOT whole.")
        if result.head_problem is not None:
            print_line(str(result.head_problem))
        if head is None:
            print_line("Only a log head kept elsewhere (--head) shows whether the whole store was replaced by an older copy.")
    return 0 if result.valid and result.head_problem is None else 1


@audit.command("export-head")
@click.option("--out", type=OUT_FILE, required=True, help="File to write.")
@force_option
@handover_options
@with_common
def audit_export_head(common: Common, out: Path, force: bool, **leaves: str | None) -> int:
    """Write the signed log head, to be kept away from this machine."""
    from triage.jobs.keeping import check as check_job

    with common.session() as session:
        check_job.export_head(session, out, handover=read_handover(leaves), overwrite=force)
        fingerprint = session.store.fingerprint
    if common.json:
        print_json({"path": str(out), "signature_key": fingerprint})
    else:
        print_line(f"The log head is in {out}. Keep it away from this machine.")
    return 0


@audit.command("accept-loss")
@with_common
def audit_accept_loss(common: Common) -> int:
    """Continue although part of the audit log is missing. Administrators only; recorded."""
    common.require_writable()
    from triage.jobs.keeping import keys as keys_job

    accepted = keys_job.accept_loss(common.directory(), common.user_name(), common.passphrase())
    if common.json:
        print_json({"accepted": accepted})
    else:
        for problem in accepted:
            print_line(f"Accepted: {problem}")
        print_line("The store can be written again. Import the bundles received since, and export a new log head.")
    return 0


@audit.command("outgoing")
@with_common
def audit_outgoing(common: Common) -> int:
    """List exports and packets that left: for whom, on which carrier.

    A table ends after the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.leaving import outgoing as outgoing_job

    with common.session() as session:
        ids = outgoing_job.list_outgoing_ids(session)
        print_list(
            ids,
            lambda part: outgoing_job.load_outgoing(session, part),
            _OUTGOING,
            json=common.json,
            empty="Nothing has left this store yet.",
        )
    return 0
