"""Defines the command stats: counts, and how good the ranking is as far as outcomes show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_word, print_json, print_left_out, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable

if TYPE_CHECKING:
    from triage.jobs.judging.sampling import Ranking, Share
    from triage.jobs.reading.provider_profiles import ProviderProfile


@triage.group(invoke_without_command=True)
@with_common
@click.pass_context
def stats(context: click.Context, common: Common) -> int:
    """Show counts by status, band, office and month, and views avoided."""
    from triage.jobs.stats import load_statistics as stats_job

    if context.invoked_subcommand is not None:
        context.obj = common
        return 0
    with common.session() as session:
        found = stats_job(session)
    if common.json:
        print_json(found)
        return 0
    print_line(f"{found.reports} reports, of which {found.destroyed} were destroyed")
    if found.destroyed:
        print_line("The tables count destroyed reports too; the queue does not.")
    print_line(f"{found.media} media, {found.set_aside} set aside, {found.looks_avoided} views avoided")
    print_line(f"{found.held_for_review} hashes held for review, {found.possible} possible matches wait for review")
    for what, counts in (
        ("status", {format_word(status): n for status, n in found.by_status.items()}),
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


@stats.command("rules")
@with_common
def stats_rules(common: Common) -> int:
    """Show what became of the reports on whose cards each rule applies, and of each band."""
    from triage.jobs.judging import rule_outcomes as outcomes_job

    with common.session() as session:
        found = outcomes_job.measure_rules(session)
    if common.json:
        print_json(found)
        return 0
    print_line(f"confirmed: {format_share(found.base)}")
    print_table(("band", "confirmed"), [(each.band, format_rate(each.rate, each.share)) for each in found.bands])
    print_table(
        ("rule", "minimum band", "applied", "confirmed", "lift"),
        [
            (r.rule, r.band, r.applied, format_rate(r.rate, r.share), None if r.lift is None else f"{r.lift:.2f}")
            for r in found.rules
        ],
    )
    print_left_out(found.unread)
    return 0


@stats.command("providers")
@with_common
def stats_providers(common: Common) -> int:
    """Show what each provider's reports usually state: marks, viewed, text, boilerplate, and how much of band A was confirmed."""
    from triage.jobs.reading import provider_profiles as providers_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        found = providers_job.measure_providers(session, bar, cancel)
    if common.json:
        print_json(found)
        return 0
    print_table(
        ("provider", "reports", "with marks", "viewed stated", "with text", "boilerplate", "band A confirmed", "damaged"),
        [(p.name or "not stated", p.reports, *(format_share(each) for each in _list_shares(p)), p.unread) for p in found],
        empty="No report of a provider yet.",
    )
    return 0


def _list_shares(profile: ProviderProfile) -> tuple[Share, ...]:
    return profile.flagged, profile.viewed, profile.with_text, profile.boilerplate, profile.confirmed


def format_rate(rate: float | None, share: Share) -> str:
    """Returns a rate with its interval, or that too few reports are decided."""
    return f"not enough decided reports ({share.of})" if rate is None else format_share(share)


def format_share(share: Share) -> str:
    """Returns a share with its interval; never 0 % of nothing."""
    if not share.of:
        return "none decided"
    return f"{share.hits} of {share.of}, 95 % interval {share.low:.0%} to {share.high:.0%}"
