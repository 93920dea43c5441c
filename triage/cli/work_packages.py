"""Defines the commands export work, export results and work: reports travel to another workstation, and answers come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.consenting import with_consent
from triage.cli.group import OUT_FILE, Common, triage, with_common
from triage.cli.handing_over import handover_options, read_handover
from triage.cli.output import (
    choose_listed,
    format_count,
    format_time_cell,
    print_json,
    print_json_list,
    print_line,
    print_list,
    print_table,
    progress_bar,
    read_parts,
    say_left_out,
)
from triage.cli.outputs import export
from triage.cli.stopping import stoppable
from triage.cli.work_text import print_conflicts

if TYPE_CHECKING:
    from triage.jobs.consent import Consent
    from triage.model.work import WorkRow

_PACKAGES: dict[str, Callable[[WorkRow], object]] = {
    "package": lambda row: row.package_id,
    "direction": lambda row: row.direction,
    "with": lambda row: row.with_,
    "reports": lambda row: row.reports,
    "sent": lambda row: format_time_cell(row.sent),
    "due": lambda row: row.due,
    "state": lambda row: row.state,
    "conflicts": lambda row: row.conflicts,
}
"""The columns of the table of packages: heading and cell."""
_out = click.option("--out", type=OUT_FILE, help="File to write; it must not exist.")
_recipient = click.option(
    "--recipient", metavar="AGE_KEY", help="Age key of the other workstation, as its keys show command prints it."
)


@export.command("work")
@click.argument("reports", nargs=-1)
@click.option("--office", metavar="ID", help="All reports of this office that are not closed.")
@click.option("--assignee", metavar="USER", help="All reports of this person that are not closed.")
@_recipient
@_out
@click.option("--with-media", is_flag=True, help="Enclose the files; needs a second person.")
@click.option("--due", metavar="DATE", help="The day by which results are expected (YYYY-MM-DD).")
@click.option("--preview", is_flag=True, help="Only show what the package would hold.")
@with_consent
@handover_options
@with_common
def export_work_(
    common: Common,
    reports: tuple[str, ...],
    office: str | None,
    assignee: str | None,
    recipient: str | None,
    out: Path | None,
    with_media: bool,
    due: str | None,
    preview: bool,
    consent: Consent | None,
    **leaves: str | None,
) -> int:
    """Write a work package for another workstation: one signed file that only that workstation can open.

    \b
    Example:
      triage export work --office KHI --recipient age1... --out khi.age --due 2026-12-31
    """
    from triage.jobs.exchange.send import export_work

    handover = read_handover(leaves)
    if preview:
        return _preview(common, reports, office, assignee, with_media)
    if recipient is None or out is None:
        raise click.UsageError("Give --recipient AGE_KEY and --out FILE.")
    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        sent = export_work(
            session,
            reports,
            recipient,
            out,
            office=office,
            assignee=assignee,
            with_media=with_media,
            due=due,
            consent=consent,
            handover=handover,
            on_progress=bar,
            cancel=cancel,
        )
    if common.json:
        print_json(sent)
        return 0
    counted = format_count(sent.reports, "report", "reports")
    print_line(f"Work package {sent.package_id} with {counted} and {format_count(sent.media, 'file', 'files')}: {sent.path}")
    print_line(f"Only the workstation with the age key {sent.recipient} can open it. Signed with key {sent.signature_key}")
    if sent.second_person:
        print_line(f"Media: {sent.second_person}")
    return 0


def _preview(common: Common, reports: tuple[str, ...], office: str | None, assignee: str | None, with_media: bool) -> int:
    """Shows what a package would hold; exit 1 when it would be refused."""
    from triage.jobs.exchange.send import preview_work

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        seen = preview_work(
            session, reports, office=office, assignee=assignee, with_media=with_media, on_progress=bar, cancel=cancel
        )
    if common.json:
        print_json(seen)
    else:
        print_line(f"{format_count(len(seen.reports), 'report', 'reports')}: {', '.join(seen.reports)}")
        print_table(
            ("what", "number"),
            [
                ("documents", seen.documents),
                ("files", seen.media),
                ("bytes", seen.size),
                ("decisions", seen.decisions),
                ("grades", seen.grades),
                ("grades that wait and stay here", seen.grades_waiting),
                ("corrections", seen.corrections),
                ("list matches", seen.list_matches),
            ],
        )
        if seen.refused:
            print_line(f"It would be refused: {seen.refused}")
    return 1 if seen.refused else 0


@export.command("results")
@click.option("--package", "package_id", metavar="ID", required=True, help="The work package, as work list names it.")
@click.option("--recipient", metavar="AGE_KEY", required=True, help="Age key of the workstation that sent the package.")
@click.option("--out", type=OUT_FILE, required=True, help="File to write; it must not exist.")
@handover_options
@with_common
def export_results_(common: Common, package_id: str, recipient: str, out: Path, **leaves: str | None) -> int:
    """Write the decisions, notes, grades, case numbers and stages that were made here, for the sender of a work package.

    \b
    Example:
      triage export results --package 3f2a... --recipient age1... --out results.age
    """
    from triage.jobs.exchange.send_results import export_results

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        sent = export_results(session, package_id, recipient, out, handover=read_handover(leaves), on_progress=bar, cancel=cancel)
    if common.json:
        print_json(sent)
    else:
        print_line(
            f"Results of package {sent.package_id} for {format_count(sent.reports, 'report', 'reports')}: {sent.path}. "
            f"{format_count(sent.decisions, 'decision', 'decisions')}, {format_count(sent.grades, 'grade', 'grades')}"
        )
        for held in sent.held_back:
            print_line(f"Left out: report {held.report}. {held.reason}")
    return 0


@triage.group("work")
def work() -> None:
    """List work packages that were sent and received, and resolve what two workstations set differently."""


@work.command("list")
@with_common
def work_list(common: Common) -> int:
    """List packages with their state: sent, received, returned, merged or overdue.

    A table ends after the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.exchange.work_list import list_work_ids, load_work

    with common.session() as session:
        print_list(
            list_work_ids(session),
            lambda part: load_work(session, part),
            _PACKAGES,
            json=common.json,
            empty="No work package was sent or received yet.",
        )
    return 0


@work.command("conflicts")
@click.option("--package", "package_id", metavar="ID", help="Only those of this package.")
@with_common
def work_conflicts(common: Common, package_id: str | None) -> int:
    """List the fields that both workstations changed, with both values. Resolved ones stay in the list.

    A table holds the newest 1,000 and says so; JSON holds all.
    """
    from triage.jobs.exchange import resolving

    with common.session() as session:
        ids = resolving.list_conflict_ids(session, package_id)
        listed = choose_listed(ids, json=common.json)[::-1]
        parts = read_parts(listed, lambda part: resolving.load_conflicts(session, part))
        if common.json:
            print_json_list(parts)
            return 0
        print_conflicts([each for part in parts for each in part])
    if not listed:
        print_line("No field is in conflict.")
    say_left_out(len(listed), len(ids))
    return 0


@work.command("resolve")
@click.argument("report")
@click.argument("field")
@click.option("--take", metavar="here|there", required=True, help="Which value the report has from now on.")
@click.option("--reason", metavar="TEXT", required=True, help="Why.")
@click.option("--package", "package_id", metavar="ID", help="The package, when several are in conflict.")
@with_common
def work_resolve(common: Common, report: str, field: str, take: str, reason: str, package_id: str | None) -> int:
    """Resolve a conflict. It needs a lead, and the audit log keeps who did it.

    \b
    Example:
      triage work resolve 900000001 status --take there --reason "the office spoke with the family"
    """
    from triage.jobs.exchange import resolving

    with common.session() as session:
        found = resolving.resolve_conflict(session, report, field, take, reason, package_id=package_id)
    if common.json:
        print_json(found)
    else:
        print_line(f"{found.field} of report {found.report_id}: the value from {found.taken} stands. {found.reason}")
    return 0
