"""Prints how good the ranking is, as far as outcomes show."""

from __future__ import annotations

from triage.cli.output import print_line, print_table
from triage.jobs.judging.sampling import Ranking


def print_ranking(found: Ranking) -> None:
    """Prints what the sample, band A and the providers' reports turned out to be."""
    for what, share in (("missed in the sample of bands D and E", found.missed), ("band A hit rate", found.top_band)):
        counts = f"{share.hits} of {share.of} completed" if share.of else "none completed yet"
        print_line(f"{what}: {counts}, 95 % interval {share.low:.1%} to {share.high:.1%}")
    print_table(
        ("band", "reports in cases", "median hours to first view"),
        [(band, n, found.first_look_hours.get(band, "not viewed")) for band, n in found.cases_by_band.items()],
    )
    print_table(
        ("provider", "reports", "in band A", "became a case"),
        [(esp or "not stated", p.reports, p.band_a, p.cases) for esp, p in list(found.by_provider.items())[:20]],
    )
