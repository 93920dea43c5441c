"""Defines the command export statistics: counts of a period for the public, the ministry or headquarters."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import OUT_EITHER, Common, with_common
from triage.cli.handing_over import handover_options, read_handover
from triage.cli.output import format_count, print_json, print_line, progress_bar
from triage.cli.outputs import export
from triage.cli.stopping import stoppable


@export.command("statistics")
@click.option("--from", "first", metavar="DATE", required=True, help="First day, YYYY-MM-DD in Pakistan's time.")
@click.option("--to", "last", metavar="DATE", required=True, help="Last day, included.")
@click.option(
    "--out",
    type=OUT_EITHER,
    required=True,
    help="Folder to write; it must not exist or be empty.",
)
@click.option("--although-overlapping", metavar="REASON", help="Why, although an earlier statistic has some of these days.")
@handover_options
@with_common
def statistics(common: Common, first: str, last: str, out: Path, although_overlapping: str | None, **leaves: str | None) -> int:
    """Write counts of a period; small ones are withheld.

    \b
    Example:
      triage export statistics --from 2026-01-01 --to 2026-12-31 --out year-2026
    """
    from triage.jobs.leaving.export_statistics import export_statistics

    handover = read_handover(leaves)
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        written = export_statistics(
            session,
            first,
            last,
            out,
            although_overlapping=although_overlapping,
            handover=handover,
            on_progress=bar,
            cancel=cancel,
        )
    if common.json:
        print_json(written)
    else:
        counted = f"{format_count(written.tables, 'table', 'tables')} with {format_count(written.cells, 'count', 'counts')}"
        print_line(
            f"{counted}, {written.suppressed} withheld, written to {written.path}, signed with key {written.signature_key}"
        )
    return 0
