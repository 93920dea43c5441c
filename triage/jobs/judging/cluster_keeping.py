"""Clusters are kept up to date as cards are written: a new tie joins two of them, a tie that went is the only reason to walk."""

from __future__ import annotations

from collections.abc import Mapping

from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import clusters


def keep(batch: Batch, report_id: int, before: Mapping[int, int], others: Mapping[int, int]) -> None:
    """`others` are the reports this one is tied to now, with the strength, as `before` those it was tied to. A cluster is named
    by the lowest id in it."""
    if before == others:
        return
    clusters.replace_links(batch, report_id, others)
    come, gone = others.keys() - before.keys(), before.keys() - others.keys()
    if come:
        _join(batch, {report_id, *come})
    left = clusters.find_existing_reports(batch, gone) if gone else set()
    if gone:
        left -= _flood(batch, report_id)
    while left:
        left -= _flood(batch, min(left))


def _join(batch: Batch, members: set[int]) -> None:
    roots = clusters.load_cluster_roots(batch, members)
    root = min(members | set(roots.values()))
    clusters.merge_clusters(batch, set(roots.values()), root)
    clusters.set_cluster_root(batch, members - roots.keys(), root)


def _flood(batch: Batch, report_id: int) -> set[int]:
    """Walks the cluster anew from one of its reports and names it; returns its members."""
    members = component(batch, report_id)
    if len(members) == 1:
        clusters.remove_from_cluster(batch, report_id)
    else:
        clusters.set_cluster_root(batch, members, min(members))
    return members


def component(db: Reader, report_id: int) -> set[int]:
    found, edge = {report_id}, {report_id}
    while edge:
        edge = clusters.find_linked_reports(db, edge) - found
        found |= edge
    return found
