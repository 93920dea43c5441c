"""How strongly two reports are tied by what they share."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from triage.links.kinds import SHOWN_FROM, shipped
from triage.model.judgement import Link, TieKey


def judge(
    own: Sequence[TieKey],
    shared: Mapping[TieKey, Sequence[str]],
    days_apart: Mapping[str, int] | None = None,
) -> tuple[Link, ...]:
    """Ties of one report: one link for each other report and kind of key, the strongest tied report first.

    `shared` names for each own key the other reports that hold it. `days_apart` says how many days lie between this report
    and another, where both dates are known. The strengths of different kinds add up like independent chances; reports that
    are tied by less than SHOWN_FROM altogether are left out, so that weak keys show only together.
    """
    best: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for key in own:
        others = sorted(set(shared.get(key, ())))
        for other in others:
            strength = shipped()[key.kind].ties(key.strength, len(others), (days_apart or {}).get(other))
            kept = best[other].get(key.kind, (0.0, ""))
            if strength > 0 and (-strength, key.value) < (-kept[0], kept[1]):
                best[other][key.kind] = (strength, key.value)
    together = {other: _together([strength for strength, _ in kinds.values()]) for other, kinds in best.items()}
    links = [
        (-together[other], other, -strength, Link(report_id=other, via=via, value=value, strength=_whole(strength)))
        for other, kinds in best.items()
        if together[other] >= SHOWN_FROM
        for via, (strength, value) in kinds.items()
    ]
    return tuple(link for *_, link in sorted(links, key=lambda row: (row[0], row[1], row[2], row[3].via)))


def _together(strengths: Sequence[float]) -> float:
    return 100.0 * (1.0 - math.prod(1.0 - strength / 100.0 for strength in sorted(strengths)))


def _whole(strength: float) -> int:
    return min(100, max(1, round(strength)))
