"""Defines the referral commands: to child protection, foreign police, NCMEC and providers."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.group import OUT_EITHER, Common, triage, with_common
from triage.cli.handing_over import handover_options, read_handover
from triage.cli.output import print_json, print_line, print_table


@triage.group()
def referral() -> None:
    """Refer a report to child protection, foreign police, NCMEC or a provider."""


@referral.command("bodies")
@with_common
def referral_bodies(common: Common) -> int:
    """List the bodies to which a report can be referred."""
    from triage.jobs.casework.referral import list_bodies

    found = list_bodies()
    if common.json:
        print_json(found)
    else:
        print_table(
            ("id", "name", "kind", "province", "helpline"),
            [(b.id, b.name, b.kind, b.province or "all", b.helpline or "not known") for b in found],
        )
    return 0


@referral.command("create")
@click.argument("report")
@click.option("--to", metavar="BODY", required=True, help="The body, by its id in: triage referral bodies")
@click.option("--out", type=OUT_EITHER, required=True, metavar="DIR", help="A new folder.")
@click.option(
    "--safe-contact",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Plan for safe contact with the child, TOML; needed for what names or locates a child.",
)
@click.option("--redact", is_flag=True, help="Leave out what names or locates a child.")
@click.option("--although-cleared", metavar="REASON", help="Why to include a report whose reported user was cleared.")
@handover_options
@with_common
def referral_create(
    common: Common,
    report: str,
    to: str,
    out: Path,
    safe_contact: Path | None,
    redact: bool,
    although_cleared: str | None,
    **leaves: str | None,
) -> int:
    """Write a referral: minimum data, no media. A plan for safe contact is needed before a child is named or located.

    \b
    Example:
      triage referral create 900000004 --to PB-CPWB --safe-contact plan.toml --out referral
    """
    from triage.jobs.casework.referral import create_referral, read_plan

    plan = None if safe_contact is None else read_plan(safe_contact)
    with common.session() as session:
        made = create_referral(
            session,
            report,
            to,
            out,
            safe_contact=plan,
            redact=redact,
            although_cleared=although_cleared,
            handover=read_handover(leaves),
        )
    if common.json:
        print_json(made)
    else:
        print_line(f"The referral to {made.to} is in {made.path}, signed with key {made.signature_key}")
        print_line("It names or locates a child." if made.names_child else "It names and locates no child.")
        print_table(("left out", "why"), [(each.what, each.why) for each in made.withheld])
    return 0
