"""Keeps clusters up to date as score cards are written.

A new link joins two clusters. Only a link that went makes it necessary to walk a cluster again.
"""

from __future__ import annotations

from collections.abc import Mapping

from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import clusters


def update_cluster(batch: Batch, report_id: int, before: Mapping[int, int], others: Mapping[int, int]) -> None:
    """Stores the report's links and brings its cluster up to date.

    `others` are the reports that it is linked to now, with the strength; `before` those that it was linked to. A cluster is named
    by the lowest id in it.
    """
    if before == others:
        return
    clusters.replace_links(batch, report_id, others)
    come, gone = others.keys() - before.keys(), before.keys() - others.keys()
    if come:
        _join_clusters(batch, {report_id, *come})
    left = clusters.find_existing_reports(batch, gone) if gone else set()
    if gone:
        left -= _rebuild_cluster(batch, report_id)
    while left:
        left -= _rebuild_cluster(batch, min(left))


def _join_clusters(batch: Batch, members: set[int]) -> None:
    """Joins the clusters of these reports, and takes in those without a cluster."""
    roots = clusters.load_cluster_roots(batch, members)
    root = min(members | set(roots.values()))
    clusters.merge_clusters(batch, set(roots.values()), root)
    clusters.set_cluster_root(batch, members - roots.keys(), root)


def _rebuild_cluster(batch: Batch, report_id: int) -> set[int]:
    """Walks the cluster from one of its reports and names it; returns its members."""
    members = find_component(batch, report_id)
    if len(members) == 1:
        clusters.remove_from_cluster(batch, report_id)
    else:
        clusters.set_cluster_root(batch, members, min(members))
    return members


def find_component(db: Reader, report_id: int) -> set[int]:
    """Returns all reports that can be reached over links from this one, itself included."""
    found, edge = {report_id}, {report_id}
    while edge:
        edge = clusters.find_linked_reports(db, edge) - found
        found |= edge
    return found
