"""Micro-AP and recall at 90 % precision, as the image similarity challenge of 2021 (DISC21) defines them.

All pairs of all queries stand in one list, the surest first: so a score must mean the same for every query, and a query that has no
true image among those that are searched costs precision when something is found for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

PRECISION = 0.9


class Ranking(NamedTuple):
    """The area below the curve of precision over recall, and the most that is found while nine in ten pairs are true."""

    micro_ap: float
    recall_at_90: float


def rank_pairs(pairs: Iterable[tuple[float, bool]], positives: int) -> Ranking:
    """Returns both figures of pairs (score, whether they are true).

    `positives` are all true pairs, those included that nothing found. Pairs of one score come at once.
    """
    true = all_pairs = 0
    area = recall = 0.0
    for _, tied in groupby(sorted(pairs, reverse=True), key=lambda pair: pair[0]):
        told = [right for _, right in tied]
        more = sum(told)
        true, all_pairs = true + more, all_pairs + len(told)
        area += more / positives * true / all_pairs
        if true / all_pairs >= PRECISION:
            recall = true / positives
    return Ranking(area, recall)
