"""How good the order of work is, as readable text."""

from __future__ import annotations

from triage.cli.output import print_line, print_table
from triage.jobs.judging.sampling import Ranking


def print_ranking(found: Ranking) -> None:
    """Whether the order of work is right, as far as outcomes tell."""
    for what, share in (("missed in the sample of D and E", found.missed), ("something in band A", found.top_band)):
        said = f"{share.hits} of {share.of} worked to an end" if share.of else "none worked to an end yet"
        print_line(f"{what}: {said}, 95 % interval {share.low:.1%} to {share.high:.1%}")
    print_table(
        ("band", "reports in cases", "median hours to the first look"),
        [(band, n, found.first_look_hours.get(band, "nobody looked")) for band, n in found.cases_by_band.items()],
    )
    print_table(
        ("provider", "reports", "in band A", "became a case"),
        [(esp, p.reports, p.band_a, p.cases) for esp, p in list(found.by_provider.items())[:20]],
    )
