"""Defines the commands export report and export chart: what people see on the desktop, as signed files."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import OUT_FILE, Common, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_count, print_json, print_line, progress_bar
from triage.cli.outputs import export
from triage.cli.stopping import stoppable
from triage.model.figure_tables import FIGURE_TABLES

_CHART_HELP = f"""Write the numbers of a chart of the leads' page as CSV. It holds counts and no report.

\b
Charts: {", ".join(FIGURE_TABLES)}

\b
Example:
  triage export chart backlog-ages --out backlog.csv
"""


@export.command("report")
@click.argument("report")
@click.option("--out", type=OUT_FILE, required=True, help="File to write, ending in .pdf.")
@click.option("--although-cleared", metavar="REASON", help="Why to print it although its reported user was cleared.")
@force_option
@handover_options
@with_common
def export_report(common: Common, report: str, out: Path, although_cleared: str | None, force: bool, **leaves: str | None) -> int:
    """Write one report to a signed PDF, without media and notes.

    \b
    Example:
      triage export report 900000001 --out report.pdf
    """
    from triage.jobs.leaving import export_report as report_job

    with common.session() as session:
        key = report_job.export_report(
            session,
            report,
            out,
            although_cleared=although_cleared,
            handover=read_handover(leaves),
            overwrite=force,
        )
    if common.json:
        print_json({"path": str(out), "report_id": report, "signature_key": key})
    else:
        print_line(f"Report {report} was written to {out}, signed with key {key}.")
    return 0


@export.command("chart", help=_CHART_HELP)
@click.argument("chart", metavar="CHART")
@click.option("--out", type=OUT_FILE, required=True, help="File to write, ending in .csv.")
@click.option("--office", metavar="ID", help="Only reports of this office.")
@force_option
@handover_options
@with_common
def export_chart(common: Common, chart: str, out: Path, office: str | None, force: bool, **leaves: str | None) -> int:
    """Writes the numbers of a chart as CSV."""
    from triage.errors import Refused
    from triage.jobs.leaving import export_chart as chart_job
    from triage.jobs.reading.lead_figures import measure_lead_figures

    if chart not in FIGURE_TABLES:
        raise Refused("There is no chart {name}; choose from: {names}.", name=repr(chart), names=tuple(FIGURE_TABLES))
    if out.suffix.lower() != ".csv":
        raise Refused("The numbers of a chart are written as CSV; end the name in .csv.")
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        table = FIGURE_TABLES[chart](measure_lead_figures(session, office, bar, cancel))
        data = chart_job.format_chart_table(table.titles, table.rows)
        written = chart_job.export_chart(session, data, out, handover=read_handover(leaves), overwrite=force)
    if common.json:
        print_json({"path": written.path, "rows": len(table.rows), "signature_key": written.signature_key})
    else:
        print_line(f"{format_count(len(table.rows), 'row', 'rows')} written to {written.path}, signed.")
    return 0
