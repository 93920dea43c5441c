"""Defines the command update: signed tables, rules and hash lists that come on a carrier. Nothing is ever fetched."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.consenting import with_consent
from triage.cli.group import Common, triage, with_common
from triage.cli.output import format_time_cell, print_json, print_line, print_table, progress_bar
from triage.cli.scoring import print_effect
from triage.cli.stopping import stoppable

if TYPE_CHECKING:
    from triage.jobs.consent import Consent

SHOWN_LINES = 5  # added and as many removed lines of each file
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@triage.group()
def update() -> None:
    """Show, apply or undo signed updates: address ranges, offices, law, phrases, rules, hash lists."""


@update.command("show")
@click.argument("file", type=_FILE)
@with_common
def update_show(common: Common, file: Path) -> int:
    """Show who signed an update, what it changes, and what that does to reports. Nothing is stored.

    The exit code is 1 when it can't be applied.
    """
    from triage.jobs import signed_updates
    from triage.jobs.update_changes import MOST_LINES

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        found = signed_updates.show_update(session, file, bar, cancel)
    if common.json:
        print_json(found)
        return 1 if found.problem else 0
    used = f"number {found.in_use} is in use" if found.in_use is not None else "what was shipped is in use"
    print_line(f"{found.kind} {found.name or ''} number {found.number} of {found.issued}; {used}".replace("  ", " "))
    print_line(f"signed by {found.issuer_name or 'a key that nobody here trusts'}: {found.issuer}")
    if found.note:
        print_line(found.note)
    if found.list_kind:
        print_line(f"a hit counts as: {found.list_kind}; meaning of its categories: {found.profile or 'not stated'}")
    for change in found.changes:
        print_line(f"{change.file}: {change.added} lines added, {change.removed} removed")
        lines = [f"- {line}" for line in change.first_removed[:SHOWN_LINES]]
        lines += [f"+ {line}" for line in change.first_added[:SHOWN_LINES]]
        for line in lines:
            print_line(f"  {line}")
        if more := change.added + change.removed - len(lines):
            print_line(f"  {more:,} more changed lines; --json lists up to {MOST_LINES:,} of each file")
    if found.effect is not None:
        print_line(f"{found.effect.moved} of {found.effect.reports} reports would change band")
        print_effect(found.effect)
    print_line(str(found.problem) or f"Apply it with: triage update apply {shlex.quote(str(file))} --digest {found.digest}")
    return 1 if found.problem else 0


@update.command("apply")
@click.argument("file", type=_FILE)
@click.option(
    "--digest", metavar="HEX", required=True, help="The digest that `triage update show` printed; another file is refused."
)
@with_consent
@with_common
def update_apply(common: Common, file: Path, digest: str, consent: Consent | None) -> int:
    """Apply an update. The reports that it changes are judged again. A second lead agrees where it lowers reports."""
    from triage.jobs import signed_updates

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        done = signed_updates.apply_update(session, file, digest, bar, cancel, consent=consent)
    if common.json:
        print_json(done)
    else:
        print_line(f"Update {done.id} ({done.kind} number {done.number}) is in use. Undo it with: triage update undo {done.id}")
    return 0


@update.command("undo")
@click.argument("update_id", metavar="UPDATE", type=int)
@with_consent
@with_common
def update_undo(common: Common, update_id: int, consent: Consent | None) -> int:
    """Undo an update: what was in use before is in use again. A second lead agrees where that lowers reports."""
    from triage.jobs import signed_updates

    with common.session() as session, progress_bar() as bar, stoppable() as cancel:
        signed_updates.undo_update(session, update_id, bar, cancel, consent=consent)
    if common.json:
        print_json({"id": update_id, "undone": True})
    else:
        print_line(f"Update {update_id} is undone.")
    return 0


@update.command("list")
@with_common
def update_list(common: Common) -> int:
    """List the updates that were applied."""
    from triage.jobs import signed_updates

    with common.session() as session:
        found = signed_updates.list_updates(session)
    if common.json:
        print_json(found)
    elif not found:
        print_line("No update was applied; everything is as it was shipped.")
    else:
        print_table(
            ("update", "kind", "name", "number", "issued", "by", "applied", "user", "in use"),
            [
                (
                    u.id,
                    u.kind,
                    u.name,
                    u.number,
                    u.issued,
                    u.issuer_name or u.issuer[:16],
                    format_time_cell(u.applied),
                    u.user,
                    _describe_use(u.in_use, u.undone),
                )
                for u in found
            ],
        )
    return 0


def _describe_use(in_use: bool, undone: str | None) -> str:
    """Returns whether an update is in use, was undone, or was followed by a newer one."""
    return "yes" if in_use else f"undone {undone}" if undone else "no, a newer one is"


@update.command("trust")
@click.argument("fingerprint")
@click.option("--name", required=True, help="Name of the issuer.")
@with_consent
@with_common
def update_trust(common: Common, fingerprint: str, name: str, consent: Consent | None) -> int:
    """Trust an issuer of updates. Two people compare the fingerprint with the issuer's paper."""
    from triage.jobs import signed_updates

    with common.session() as session:
        key = signed_updates.trust_issuer(session, fingerprint, name, consent)
    if common.json:
        print_json({"name": name, "fingerprint": key})
    else:
        print_line(f"Updates that {name} signed can be applied from now on.")
    return 0


@update.command("distrust")
@click.argument("name")
@with_common
def update_distrust(common: Common, name: str) -> int:
    """End the trust in an issuer. What was applied stays until it is undone."""
    from triage.jobs import signed_updates

    with common.session() as session:
        signed_updates.distrust_issuer(session, name)
    if common.json:
        print_json({"name": name, "trusted": False})
    else:
        print_line(f"Updates of {name} are refused from now on.")
    return 0


@update.command("issuers")
@with_common
def update_issuers(common: Common) -> int:
    """List the trusted issuers of updates."""
    from triage.jobs import signed_updates

    with common.session() as session:
        found = signed_updates.list_issuers(session)
    if common.json:
        print_json([{"name": name, "fingerprint": key} for key, name in found.items()])
    elif not found:
        print_line("No issuer is trusted. See: triage update trust --help")
    else:
        print_table(("issuer", "fingerprint"), [(name, key) for key, name in found.items()])
    return 0
