"""Defines the command export feedback: what became of reports, for NCMEC or a provider."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import OUT_FILE, Common, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_count, print_json, print_line, print_table
from triage.cli.outputs import export


@export.command("feedback")
@click.option("--out", type=OUT_FILE, required=True, help="File to write, ending in .csv or .pdf.")
@click.option("--esp", metavar="NAME", help="Only reports of this provider, and addressed to it.")
@click.option("--from", "first", metavar="DATE", help="First day of receipt, YYYY-MM-DD.")
@click.option("--to", "last", metavar="DATE", help="Last day of receipt, included.")
@force_option
@handover_options
@with_common
def feedback(
    common: Common, out: Path, esp: str | None, first: str | None, last: str | None, force: bool, **leaves: str | None
) -> int:
    """Write what became of reports, without names.

    \b
    Example:
      triage export feedback --out feedback.csv --esp "Lantern Chat" --from 2026-01-01 --to 2026-06-30
    """
    from triage.jobs.leaving.export_feedback import export_feedback

    handover = read_handover(leaves)
    with common.session() as session:
        written = export_feedback(session, out, esp=esp, first=first, last=last, handover=handover, overwrite=force)
    if common.json:
        print_json(written)
    else:
        counted = format_count(written.rows, "report", "reports")
        print_line(f"{counted} written to {written.path}, signed with key {written.signature_key}")
        if written.left_out:
            print_table(("left out", "reason"), [(each.report_id, each.reason) for each in written.left_out])
    return SET_ASIDE if written.left_out else 0
