"""Defines the commands of series: victim identification by clues, with the recorded state of each series."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.consenting import with_consent
from triage.cli.group import OUT_FILE, Common, triage, with_common
from triage.cli.handing_over import force_option, handover_options, read_handover
from triage.cli.output import format_count, format_time, print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.model.damage import UNREADABLE_WORD
from triage.model.victim_id import ClueKind, SeriesView

if TYPE_CHECKING:
    from triage.jobs.consent import Consent

_KINDS = tuple(kind.value for kind in ClueKind)


@triage.group()
def series() -> None:
    """Manage series of victim identification: files, clues and state."""


@series.command("list")
@with_common
def series_list(common: Common) -> int:
    """List all series, the newest first."""
    from triage.jobs.victim_id import series as series_job

    with common.session() as session:
        found = series_job.list_series(session)
    if common.json:
        print_json(found)
    else:
        rows = [(s.number, s.state or UNREADABLE_WORD, s.media, s.reports, s.clues, format_time(s.opened), s.by) for s in found]
        print_table(
            ("series", "child", "files", "reports", "clues", "opened", "by"),
            rows,
            empty="No series yet. Open one with: triage series open",
        )
    return 0


@series.command("show")
@click.argument("number")
@with_common
def series_show(common: Common, number: str) -> int:
    """Show a series: files, clues, states, and files that may belong to it."""
    from triage.jobs.victim_id import series as series_job

    with common.session() as session:
        return _print_series(common, series_job.show_series(session, number))


@series.command("open")
@click.argument("report")
@click.argument("files", nargs=-1, metavar="SHA256...")
@with_common
def series_open(common: Common, report: str, files: tuple[str, ...]) -> int:
    """Open a series with these files of a report."""
    from triage.jobs.victim_id import series as series_job

    with common.session() as session:
        return _print_series(common, series_job.open_series(session, report, files))


@series.command("add")
@click.argument("number")
@click.argument("report")
@click.argument("file", metavar="SHA256")
@with_common
def series_add(common: Common, number: str, report: str, file: str) -> int:
    """Put a file of a report into a series."""
    from triage.jobs.victim_id import series as series_job

    with common.session() as session:
        return _print_series(common, series_job.add_to_series(session, number, report, file))


@series.command("remove")
@click.argument("number")
@click.argument("file", metavar="SHA256")
@with_common
def series_remove(common: Common, number: str, file: str) -> int:
    """Take a file out of a series."""
    from triage.jobs.victim_id import series as series_job

    with common.session() as session:
        return _print_series(common, series_job.take_from_series(session, number, file))


@series.command("clue")
@click.argument("number")
@click.argument("words", required=False)
@click.option("--kind", metavar="KIND", help=f"One of: {', '.join(_KINDS)}.")
@click.option("--file", metavar="SHA256", help="The file of the series on which the clue was seen.")
@click.option("--strike", type=int, metavar="ID", help="Strike out this clue instead.")
@with_common
def series_clue(common: Common, number: str, words: str | None, kind: str | None, file: str | None, strike: int | None) -> int:
    """Record a clue in words, or strike one out. A crop is chosen in the desktop.

    \b
    Examples:
      triage series clue V-2026-0001 "green school tie" --kind "clothing or uniform"
      triage series clue V-2026-0001 --strike 3
    """
    from triage.jobs.victim_id import clues as clues_job

    if (words is None) == (strike is None):
        raise click.UsageError("Give the clue in words, or --strike ID.")
    with common.session() as session:
        if strike is not None:
            return _print_series(common, clues_job.withdraw_clue(session, number, strike))
        return _print_series(common, clues_job.record_clue(session, number, kind or "other clue", words or "", sha256=file))


@series.command("state")
@click.argument("number")
@click.argument("state")
@click.option("--source", required=True, metavar="TEXT", help="Who or what says so, for example ICSE.")
@click.option("--note", metavar="TEXT", help="A note; never the child's name.")
@with_common
def series_state(common: Common, number: str, state: str, source: str, note: str | None) -> int:
    """Record whether the child of a series is identified.

    States: identified, not identified, not known.
    """
    from triage.jobs.victim_id import identification as identification_job

    with common.session() as session:
        return _print_series(common, identification_job.record_victim_state(session, number, state, source, note=note))


@series.command("sheet")
@click.argument("number")
@click.option("--out", type=OUT_FILE, required=True, metavar="FILE", help="The PDF to write.")
@click.option("--with-crops", is_flag=True, help="Enclose the crops of the clues; needs a second person.")
@click.option("--although-cleared", metavar="REASON", help="Why to write it although a reported user was cleared.")
@force_option
@handover_options
@with_consent
@with_common
def series_sheet(
    common: Common,
    number: str,
    out: Path,
    with_crops: bool,
    although_cleared: str | None,
    force: bool,
    consent: Consent | None,
    **leaves: str | None,
) -> int:
    """Write the sheet of a series for other desks: state, clues, digests.

    It names no report and no person. Crops leave only when a lead or examiner other than you agrees.

    \b
    Example:
      triage series sheet V-2026-0001 --out sheet.pdf --with-crops --consent-user lead
    """
    from triage.jobs.leaving import export_series as sheet_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        written = sheet_job.export_series_sheet(
            session,
            number,
            out,
            with_crops=with_crops,
            consent=consent,
            although_cleared=although_cleared,
            handover=read_handover(leaves),
            overwrite=force,
            on_progress=bar,
            cancel=cancel,
        )
    if common.json:
        print_json(written)
    else:
        counts = (format_count(written.clues, "clue", "clues"), format_count(written.crops, "crop", "crops"))
        print_line(f"{written.path}: series {written.series}, {' and '.join(counts)}; signed.")
        for each in written.left_out:
            print_line(f"left out: {each.sha256}: {each.reason}")
    return 3 if written.left_out else 0


def _print_series(common: Common, found: SeriesView) -> int:
    """Prints a series."""
    if common.json:
        print_json(found)
        return 0
    row = found.row
    files, reports = format_count(row.media, "file", "files"), format_count(row.reports, "report", "reports")
    print_line(
        f"{row.number}: child {row.state or UNREADABLE_WORD}; {files} in {reports}; opened {format_time(row.opened)} by {row.by}."
    )
    if found.cases:
        print_line(f"cases: {', '.join(found.cases)}")
    print_table(("file", "name", "report", "state"), [(f.sha256, f.name, f.report, f.state) for f in found.files])
    if found.clues:
        crops = {True: "with a crop", False: ""}
        print_table(
            ("clue", "kind", "words", "", "by"), [(c.id, c.kind, c.words, crops[c.crop is not None], c.by) for c in found.clues]
        )
    for entry in found.states:
        print_line(f"{format_time(entry.recorded)}: {entry.state or UNREADABLE_WORD}, source: {entry.source}, {entry.by}")
    for each in found.candidates:
        print_line(f"may belong to it: {each.file.sha256} of {each.file.report}: {each.why}")
    return 0
