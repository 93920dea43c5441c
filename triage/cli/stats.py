"""Defines the command stats: counts, and how good the ranking is as far as outcomes show."""

from __future__ import annotations

from triage.cli.group import Common, triage, with_common
from triage.cli.output import print_json, print_line, print_table
from triage.jobs.judging.sampling import Ranking
from triage.jobs.stats import load_statistics as stats_job


@triage.command()
@with_common
def stats(common: Common) -> int:
    """Show counts by status, band, office and month, and views avoided."""
    with common.session() as session:
        found = stats_job(session)
    if common.json:
        print_json(found)
        return 0
    print_line(f"{found.reports} reports, of which {found.destroyed} were destroyed")
    print_line(f"{found.media} media, {found.set_aside} set aside, {found.looks_avoided} views avoided")
    print_line(f"{found.held_for_review} hashes held for review, {found.possible} possible matches wait for review")
    for what, counts in (
        ("status", found.by_status),
        ("band", found.by_band),
        ("office", found.by_office),
        ("month", found.by_month),
    ):
        print_line()
        print_table((what, "reports"), list(counts.items()))
    print_line()
    print_ranking(found.ranking)
    return 0


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
        [(each.name or "not stated", each.reports, each.band_a, each.cases) for each in found.by_provider[:20]],
    )
