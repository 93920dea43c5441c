"""Defines the command links: what reports share, and clusters of linked reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line
from triage.cli.show_text import format_link, name_kind
from triage.model.damage import DAMAGE
from triage.model.role_words import ROLES

if TYPE_CHECKING:
    from triage.jobs.reading import clusters as cluster_job


@triage.command()
@click.argument("report", required=False)
@click.option("--clusters", is_flag=True, help="Show the largest clusters of the store instead of one report.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Most clusters to show.")
@with_common
def links(common: Common, report: str | None, clusters: bool, limit: int) -> int:
    """Show the links of a report and its cluster, or the largest clusters."""
    from triage.jobs.reading import clusters as cluster_job

    if (report is None) != clusters:
        raise click.UsageError("Give a report, or --clusters.")
    with common.session() as session:
        if report is None:
            found = cluster_job.list_clusters(session, limit)
            if common.json:
                print_json(found)
            for cluster in () if common.json else found:
                _print_cluster(cluster)
            return 0
        of_one = cluster_job.show_links(session, report)
    if common.json:
        print_json(of_one)
        return 0
    for link in of_one.links:
        print_line(f"{link.report_id} through {format_link(link)}")
    if of_one.damaged:
        print_line(f"{of_one.report_id}: {DAMAGE['links']} Restore the newest backup.")
    elif of_one.cluster is None:
        print_line(f"{of_one.report_id} has no links to other reports.")
    if of_one.cluster is not None:
        _print_cluster(of_one.cluster)
    return 0


def _print_cluster(cluster: cluster_job.ClusterView) -> None:
    """Prints a cluster: its reports, offices, cases and recurring people."""
    days = f"{cluster.first} to {cluster.last}" if cluster.first else "no day stated"
    print_line(
        f"Cluster {cluster.name}: {len(cluster.reports)} reports of {cluster.events} events, {days}, gravest band {cluster.band}"
    )
    print_line(f"  reports {', '.join(cluster.reports)}")
    print_line(f"  offices {', '.join(cluster.offices) or 'none'}; cases {', '.join(cluster.open_cases) or 'none'}")
    for again in cluster.repeated:
        who, what = ROLES.get(again.of, again.of), f"{name_kind(again.kind)} {again.value}"
        print_line(f"  {who} again: {what} in {again.events} events ({', '.join(again.reports)})")
    if cluster.damaged:
        print_line(f"  documents that can't be read, so whom they name is not known: {', '.join(cluster.damaged)}")
    if cluster.unread:
        print_line(f"  {cluster.unread} lower-ranked reports were not searched for recurring people")
