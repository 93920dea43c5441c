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
    clusters.replace(batch, report_id, others)
    come, gone = others.keys() - before.keys(), before.keys() - others.keys()
    if come:
        _join(batch, {report_id, *come})
    left = clusters.still_there(batch, gone) if gone else set()
    if gone:
        left -= _flood(batch, report_id)
    while left:
        left -= _flood(batch, min(left))


def _join(batch: Batch, members: set[int]) -> None:
    roots = clusters.roots(batch, members)
    root = min(members | set(roots.values()))
    clusters.join(batch, set(roots.values()), root)
    clusters.put(batch, members - roots.keys(), root)


def _flood(batch: Batch, report_id: int) -> set[int]:
    """Walks the cluster anew from one of its reports and names it; returns its members."""
    members = component(batch, report_id)
    if len(members) == 1:
        clusters.remove(batch, report_id)
    else:
        clusters.put(batch, members, min(members))
    return members


def component(db: Reader, report_id: int) -> set[int]:
    found, edge = {report_id}, {report_id}
    while edge:
        edge = clusters.neighbours(db, edge) - found
        found |= edge
    return found
