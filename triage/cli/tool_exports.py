"""Defines the commands export vics, export icse, export hashes and export timeline: files for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import OUT_FILE, Common, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_count, print_json, print_line, progress_bar
from triage.cli.outputs import export
from triage.cli.stopping import stoppable
from triage.model.graded import WrittenMedia

_MOST_NAMED = 20  # files that are named on the terminal; the rest is counted
_out = click.option("--out", type=OUT_FILE, required=True, metavar="FILE", help="File to write.")


@export.command("vics")
@_out
@click.option("--version", default="2.0", metavar="2.0|1.3", help="Version of VICS; 2.0 if you name none.")
@click.option("--grades", default="all", metavar="all|court", help="All final grades, or only those bound for court.")
@click.option("--case", "case_number", metavar="CASE", help="Write this case with its media, instead of a hash list.")
@click.option("--although-cleared", metavar="REASON", help="Why to include a report of the case whose reported user was cleared.")
@force_option
@handover_options
@with_common
def export_vics(
    common: Common,
    out: Path,
    version: str,
    grades: str,
    case_number: str | None,
    although_cleared: str | None,
    force: bool,
    **leaves: str | None,
) -> int:
    """Write graded media as a Project VIC file, for Griffeye, Autopsy, IPED and others.

    Without --case it is a hash list: no report, no file name.

    \b
    Examples:
      triage export vics --out graded.json
      triage export vics --out case.json --case C-2026-0001 --grades court
    """
    from triage.jobs.leaving import export_graded as graded_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        written = graded_job.export_vics(
            session,
            out,
            version=version,
            grades=grades,
            case_number=case_number,
            although_cleared=although_cleared,
            handover=read_handover(leaves),
            overwrite=force,
            on_progress=bar,
            cancel=cancel,
        )
    return _print_written(common, written)


@export.command("icse")
@_out
@force_option
@handover_options
@with_common
def export_icse(common: Common, out: Path, force: bool, **leaves: str | None) -> int:
    """Write graded media as a table in the form of INTERPOL's ICSE exports.

    \b
    Example:
      triage export icse --out graded.csv
    """
    from triage.jobs.leaving import export_graded as graded_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        written = graded_job.export_icse(
            session, out, handover=read_handover(leaves), overwrite=force, on_progress=bar, cancel=cancel
        )
    return _print_written(common, written)


@export.command("hashes")
@_out
@click.option("--kind", required=True, metavar="md5|sha1|sha256|pdq", help="Kind of the hashes.")
@click.option("--grade", required=True, metavar="GRADE", help="Only media with this grade.")
@force_option
@handover_options
@with_common
def export_hashes(common: Common, out: Path, kind: str, grade: str, force: bool, **leaves: str | None) -> int:
    """Write the hashes of graded media, one a line, as Autopsy, X-Ways and IPED read them.

    A PDQ hash shows a coarse picture of the image. Give such a list only to people who may see the images.

    \b
    Example:
      triage export hashes --kind md5 --grade "abuse material" --out md5.txt
    """
    from triage.jobs.leaving import export_graded as graded_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        written = graded_job.export_hashes(
            session, out, kind=kind, grade=grade, handover=read_handover(leaves), overwrite=force, on_progress=bar, cancel=cancel
        )
    return _print_written(common, written)


@export.command("timeline")
@click.argument("reports", nargs=-1, metavar="[REPORT]...")
@click.option("--case", "case_number", metavar="CASE", help="All reports of this case, instead of REPORT.")
@click.option("--out", type=OUT_FILE, required=True, help="File to write, ending in .csv or .kmz.")
@click.option("--although-cleared", metavar="REASON", help="Why to include a report whose reported user was cleared.")
@force_option
@handover_options
@with_common
def export_timeline(
    common: Common,
    reports: tuple[str, ...],
    case_number: str | None,
    out: Path,
    although_cleared: str | None,
    force: bool,
    **leaves: str | None,
) -> int:
    """Write what happened when as a CSV for Timesketch, or the places as a KMZ for maps.

    \b
    Examples:
      triage export timeline 900000001 --out timeline.csv
      triage export timeline --case C-2026-0001 --out places.kmz
    """
    from triage.jobs.leaving import export_timeline as timeline_job

    if bool(reports) == (case_number is not None):
        raise click.UsageError("Give either reports or --case.")
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        written = timeline_job.export_timeline(
            session,
            reports,
            out,
            case_number=case_number,
            although_cleared=although_cleared,
            handover=read_handover(leaves),
            overwrite=force,
            on_progress=bar,
            cancel=cancel,
        )
    if common.json:
        print_json(written)
    else:
        print_line(
            f"{format_count(written.rows, 'row', 'rows')} written to {written.path}, signed with key {written.signature_key}"
        )
    return 0


def _print_written(common: Common, written: WrittenMedia) -> int:
    """Prints what was written and what was left out."""
    if common.json:
        print_json(written)
        return 0
    counted = format_count(written.media, "file", "files")
    print_line(f"{counted} written to {written.path}, signed with key {written.signature_key}")
    if written.left_out:
        print_line(f"{format_count(len(written.left_out), 'file is', 'files are')} left out:")
    for each in written.left_out[:_MOST_NAMED]:
        print_line(f"  {each.sha256}: {each.reason}")
    if len(written.left_out) > _MOST_NAMED:
        print_line("  ... (--json names all)")
    return 0
