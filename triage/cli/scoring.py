"""Defines the commands rules and sample: the scoring rules, and the week's sample."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.consenting import with_consent
from triage.cli.group import OUT_EITHER, Common, triage, with_common
from triage.cli.handing_over import handover_options, read_handover
from triage.cli.output import format_time_cell, print_json, print_left_out, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable

if TYPE_CHECKING:
    from triage.jobs.consent import Consent
    from triage.jobs.judging.lowering import Effect


@triage.group()
def rules() -> None:
    """Show, measure, export, try or apply the scoring rules, or revert to those before."""


@rules.command("show")
@with_common
def rules_show(common: Common) -> int:
    """Show the rules in use and those used before."""
    from triage.jobs.judging import rules as rules_job

    with common.session() as session:
        found = rules_job.show_rules(session)
    if common.json:
        print_json(found)
        return 0
    print_line(f"Rules {found.name}, {found.rules} of them")
    print_table(
        ("rules", "since", "by", "reverted"),
        [(u.name, format_time_cell(u.since), u.user, "yes" if u.taken_back else "") for u in found.uses],
        empty="They came with the program; no others were used.",
    )
    return 0


@rules.command("budget")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@with_common
def rules_budget(common: Common, path: Path | None) -> int:
    """Show how far the rules of each family reach, and its cap. With a folder or zip of rule files, of those.

    A family's slack is its cap without its reach. Rules whose slack is below 0 are refused. The exit code is then 1.

    \b
    Example:
      triage rules budget my-rules/
    """
    from triage.jobs.judging import rules as rules_job

    with common.session() as session:
        budget = rules_job.show_budget(session, path)
    if common.json:
        print_json(budget)
        return 1 if budget.problems else 0
    print_line(f"Rules {budget.name}, in points")
    print_table(
        ("family", "axis", "reach", "cap", "slack"),
        [(f.name, f.axis, f"{f.reach:.2f}", f"{f.cap:.2f}", f"{f.slack:.2f}") for f in budget.families],
    )
    for axis in budget.axes:
        print_line(f"Caps of {axis.axis}: {axis.caps:.2f} of 100, slack {axis.slack:.2f}")
    for problem in budget.problems:
        print_line(str(problem))
    return 1 if budget.problems else 0


@rules.command("export")
@click.argument("out", type=OUT_EITHER)
@handover_options
@with_common
def rules_export(common: Common, out: Path, **leaves: str | None) -> int:
    """Write the rule files in use to a new folder, for editing."""
    from triage.jobs.leaving import rule_files

    with common.session() as session:
        name = rule_files.export_rules(session, out, handover=read_handover(leaves))
    return _print_rules_name(common, name, f"in {out}")


@rules.command("try")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@with_common
def rules_try(common: Common, path: Path) -> int:
    """Show which reports would change band under the rules in a folder or zip. Nothing is stored."""
    from triage.jobs.judging import rules as rules_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        trial = rules_job.try_rules(session, path, bar, cancel)
    if common.json:
        print_json(trial)
        return 0
    print_line(f"{trial.moved} of {trial.reports} reports would change band under {trial.name} (now {trial.compared_with})")
    print_effect(trial)
    return 0


def print_effect(effect: Effect) -> None:
    """Prints what a change does to reports, and whether a second lead has to agree."""
    print_table(("band", "now", "then"), [(band, now, then) for band, (now, then) in effect.bands.items()])
    print_line(f"{effect.rise} would rise, {effect.moved - effect.rise} would fall, {effect.leaving} of them from band A or B")
    for each in effect.minimum_bands:
        becomes = "would go" if each.would_be is None else f"would be another one ({each.would_be})"
        print_line(f"Minimum band {each.band} of the rule {each.rule} {becomes}")
    if effect.second_lead:
        print_line("A second lead has to agree: give --consent-user.")
    if effect.moves:
        print_table(
            ("report", "band", "would be", "risk", "would be", "because of"),
            [(m.report_id, m.band, m.would_be, f"{m.risk:.1f}", f"{m.would_risk:.1f}", ", ".join(m.why)) for m in effect.moves],
        )


@rules.command("use")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@with_consent
@with_common
def rules_use(common: Common, path: Path, consent: Consent | None) -> int:
    """Apply the rules in a folder or zip to all reports from now on.

    A second lead agrees where a minimum band goes or sinks, or a report leaves band A or B: see `triage rules try`. Rules that
    were changed get a version of their own.
    """
    from triage.jobs.judging import rules as rules_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        name = rules_job.use_rules(session, path, bar, cancel, consent=consent)
    return _print_rules_name(common, name, "in use")


@rules.command("back")
@with_consent
@with_common
def rules_back(common: Common, consent: Consent | None) -> int:
    """Return to the rules that were used before. A second lead agrees where that lowers reports."""
    from triage.jobs.judging import rules as rules_job

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        name = rules_job.back(session, bar, cancel, consent=consent)
    return _print_rules_name(common, name, "in use again")


@rules.command("propose")
@click.option("--out", type=OUT_EITHER, required=True, help="The new folder.")
@handover_options
@with_common
def rules_propose(common: Common, out: Path, **leaves: str | None) -> int:
    """Write rule files with points proposed from outcomes to a new folder. Nothing is applied: see `triage rules try`."""
    from triage.jobs.leaving import rule_files

    with common.session() as session:
        found = rule_files.export_proposal(session, out, handover=read_handover(leaves))
    if common.json:
        print_json(found)
        return 0
    print_line(f"{len(found.changes)} rules would change, from {found.decided} decided reports.")
    print_left_out(found.unread)
    print_line(f"Try them with: triage rules try {shlex.quote(str(out))}")
    print_table(
        ("rule", "family", "points", "proposed", "decided", "confirmed"),
        [(c.rule, c.family, f"{c.points:g}", f"{c.proposed:g}", c.decided, c.hits) for c in found.changes],
        empty="No points would change.",
    )
    return 0


@rules.command("counts")
@with_common
def rules_counts(common: Common) -> int:
    """Count by rule how often it applies, and what people say of its factors."""
    from triage.jobs.judging import rule_counts as counts_job

    with common.session() as session:
        found = counts_job.count_rules(session)
    if common.json:
        print_json(found)
        return 0
    print_table(
        ("rule", "axis", "applied", "agreed", "means nothing", "cannot tell"),
        [(c.rule, c.axis, c.applied, c.agreed, c.means_nothing, c.cannot_tell) for c in found],
    )
    print_left_out(max((c.unread for c in found), default=0))
    return 0


def _print_rules_name(common: Common, name: str, what: str) -> int:
    """Prints what was done with a set of rules, and returns exit code 0."""
    if common.json:
        print_json({"rules": name})
    else:
        print_line(f"Rules {name} are {what}.")
    return 0


@triage.command()
@click.option("--week", metavar="2026-W48", help="The week; this week when not given.")
@with_common
def sample(common: Common, week: str | None) -> int:
    """Draw the week's sample: 20 reports of D and E, 5 of C, 5 of B. They are worked like any other; see `triage stats`."""
    from triage.jobs.judging import sampling as sampling_job

    with common.session() as session:
        found = sampling_job.draw_sample(session, week)
    if common.json:
        print_json(found)
    else:
        print_line(f"{found.week}: {', '.join(found.reports) or 'no untouched report of bands B to E is left to draw'}")
    return 0
