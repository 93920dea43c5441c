"""How strongly two reports are linked by the values they share."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from triage.links.link_kinds import SHOWN_FROM, load_shipped_kinds
from triage.model.judgement import Link, LinkKey


def find_links(
    own: Sequence[LinkKey],
    shared: Mapping[LinkKey, Sequence[str]],
    days_apart: Mapping[str, int] | None = None,
) -> tuple[Link, ...]:
    """Returns the links of one report, the strongest linked report first: one for each other report and kind of key.

    `shared` names for each own key the other reports that hold it. `days_apart` says how many days lie between this report and
    another, where both dates are known. The strengths of different kinds add up like independent chances. Reports linked by less
    than SHOWN_FROM altogether are left out, so that weak keys count only together.
    """
    best: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
    for key in own:
        others = sorted(set(shared.get(key, ())))
        for other in others:
            strength = load_shipped_kinds()[key.kind].effective_strength(key.strength, len(others), (days_apart or {}).get(other))
            kept = best[other].get(key.kind, (0.0, ""))
            if strength > 0 and (-strength, key.value) < (-kept[0], kept[1]):
                best[other][key.kind] = (strength, key.value)
    together = {other: _combine_strengths([strength for strength, _ in kinds.values()]) for other, kinds in best.items()}
    links = [
        (-together[other], other, -strength, Link(report_id=other, via=via, value=value, strength=_round_strength(strength)))
        for other, kinds in best.items()
        if together[other] >= SHOWN_FROM
        for via, (strength, value) in kinds.items()
    ]
    return tuple(link for *_, link in sorted(links, key=lambda row: (row[0], row[1], row[2], row[3].via)))


def _combine_strengths(strengths: Sequence[float]) -> float:
    """Returns the combined strength of independent links, 0 to 100."""
    return 100.0 * (1.0 - math.prod(1.0 - strength / 100.0 for strength in sorted(strengths)))


def _round_strength(strength: float) -> int:
    """Returns the strength as a whole number from 1 to 100."""
    return min(100, max(1, round(strength)))
