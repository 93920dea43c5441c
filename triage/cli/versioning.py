"""Defines the commands of versions: what arrived for a report, and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_time, print_json, print_line, print_table

if TYPE_CHECKING:
    from triage.model.versions import ReportVersion


class _ReportOrCommand(click.Group):
    """Takes what is no subcommand for the number of a report."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns the subcommand, or the one that lists the versions of a report."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["list", *args])


@triage.group(cls=_ReportOrCommand)
def versions() -> None:
    """Show what arrived for a report, and accept or refuse a version.

    A version that says less than what was there waits, and the graver of all counts meanwhile. Accepting takes a lead where the
    report would leave band A or B or the child lane, or lose a child.

    \b
    Examples:
      triage versions 900000001
      triage versions accept 900000001 3 --reason "NCMEC confirmed by letter 12/2026"
    """


@versions.command("list", hidden=True)
@click.argument("report")
@with_common
def versions_list(common: Common, report: str) -> int:
    """Show what arrived for a report."""
    from triage.jobs.reading import version_list as versions_job

    with common.session() as session:
        _print(common, versions_job.list_report_versions(session, report), "")
    return 0


@versions.command("waiting")
@with_common
def versions_waiting(common: Common) -> int:
    """List the versions of all reports that wait for a person."""
    from triage.jobs.reading import version_list as versions_job

    with common.session() as session:
        _print(common, versions_job.list_waiting_versions(session), "No version waits.")
    return 0


@versions.command("accept")
@click.argument("report")
@click.argument("n", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Why; others and a court will read it.")
@with_common
def versions_accept(common: Common, report: str, n: int, reason: str) -> int:
    """Let version N count, and no longer what it replaces.

    An earlier or a refused version is taken back in by the same command.
    """
    from triage.jobs.casework import version_choices as versions_job

    with common.session() as session:
        _print_one(common, versions_job.accept_version(session, report, n, reason))
    return 0


@versions.command("refuse")
@click.argument("report")
@click.argument("n", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Why; others and a court will read it.")
@with_common
def versions_refuse(common: Common, report: str, n: int, reason: str) -> int:
    """Let version N count no longer; it stays in the store."""
    from triage.jobs.casework import version_choices as versions_job

    with common.session() as session:
        _print_one(common, versions_job.refuse_version(session, report, n, reason))
    return 0


@versions.command("ask")
@click.argument("report")
@click.argument("n", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Whom you asked, and what.")
@with_common
def versions_ask(common: Common, report: str, n: int, reason: str) -> int:
    """Record that the source was asked about version N.

    The version goes on waiting.
    """
    from triage.jobs.casework import version_choices as versions_job

    with common.session() as session:
        _print_one(common, versions_job.ask_about_version(session, report, n, reason))
    return 0


def _print(common: Common, found: Sequence[ReportVersion], empty: str) -> None:
    """Prints versions as a table, with what each says less."""
    if common.json:
        print_json(found)
        return
    rows = [
        (each.report_id, str(each.n), format_time(each.imported), each.state, "lead" if each.needs_lead else "", _describe(each))
        for each in found
    ]
    print_table(("report", "version", "imported", "state", "accepting takes", "says less"), rows, empty=empty)


def _print_one(common: Common, found: ReportVersion) -> None:
    """Prints one version after a choice."""
    if common.json:
        print_json(found)
    else:
        print_line(f"Version {found.n} of report {found.report_id}: {found.state}")


def _describe(version: ReportVersion) -> str:
    """Returns what a version says less, in one line."""
    return "; ".join(
        f"{each.what}: {each.before} → {each.after}" if each.before else str(each.what) for each in version.says_less
    )
