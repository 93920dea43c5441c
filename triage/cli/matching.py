"""Defines the command match, which compares files outside the store with it."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.exit_codes import SET_ASIDE
from triage.cli.group import Common, triage, with_common
from triage.cli.near import describe_near_match
from triage.cli.output import print_json, print_line
from triage.errors import WorldError
from triage.model.matches import MatchResult


@triage.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@with_common
def match(common: Common, files: tuple[Path, ...]) -> int:
    """Compare files outside the store with its files and hash lists.

    \b
    Example:
      triage match photo.jpg video.mp4
    """
    from triage.jobs.reading.match_files import match_files as match_job

    with common.session() as session:
        results = match_job(session, files)
    unread = [result for result in results if result.sha256 is None]
    if len(unread) == len(results):
        raise WorldError("Can't compare {file}: {reason}.", file=results[0].file, reason=results[0].not_checked[0])
    if common.json:
        print_json(results)
    else:
        for result in results:
            _print_match(result)
    return SET_ASIDE if unread else 0


def _print_match(result: MatchResult) -> None:
    """Prints the matches of a file and which checks were made."""
    print_line(f"{result.file}  SHA-256 {result.sha256 or 'unknown'}")
    for exact in result.exact:
        where = ", ".join((*exact.reports, *map(str, exact.lists))) or "no report"
        print_line(f"  exact copy: {', '.join(exact.names)}, in {where}")
    for near in result.near:
        where = ", ".join((*near.reports, *map(str, near.lists))) or "no report"
        print_line(f"  {near.tier}, in {where}: {describe_near_match(near)}")
    if result.checked and not result.exact and not result.near:
        print_line("  nothing found")
    for done in result.checked:
        print_line(f"  checked: {done}")
    for missing in result.not_checked:
        print_line(f"  not checked: {missing}")
