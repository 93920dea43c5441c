"""Defines the commands keys, recover, destroy, hold and clear."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.consenting import with_consent
from triage.cli.group import OUT_FILE, Common, read_secret, triage, with_common
from triage.cli.handing_over import handover_options, read_handover
from triage.cli.output import format_count, print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable

if TYPE_CHECKING:
    from triage.jobs.consent import Consent


@triage.group()
def keys() -> None:
    """Manage the store's keys and known signing keys of other workstations."""


@keys.command("show")
@with_common
def keys_show(common: Common) -> int:
    """Show fingerprint, age recipient, key file generation and known keys. Shows nothing secret."""
    from triage.jobs.keeping import keys as keys_job

    with common.session() as session:
        facts = keys_job.show_keys(session)
    if common.json:
        print_json(facts)
        return 0
    print_line(f"Fingerprint of the signing key: {facts.fingerprint}")
    print_line(f"age recipient of this store: {facts.recipient}")
    slots = ", ".join(f"{n} {kind}" for kind, n in facts.slots.items())
    print_line(f"Key file of generation {facts.generation}, slots: {slots}")
    for half in facts.recovery:
        waits = "" if half.valid else ", waits for the other half"
        print_line(f"Half {half.half} of the recovery key was shown to {half.custodian} on {half.shown}{waits}")
    if not any(half.valid for half in facts.recovery):
        print_line("There is no recovery key: show a half to each of two custodians with triage keys recovery.")
    print_table(
        ("known key", "fingerprint"),
        [(name, fingerprint) for fingerprint, name in facts.trusted.items()],
        empty="No key of another workstation is known.",
    )
    return 0


@keys.command("trust")
@click.argument("key")
@click.option("--name", required=True, help="Name of the workstation.")
@with_common
def keys_trust(common: Common, key: str, name: str) -> int:
    """Record another workstation's signing key (PEM file or fingerprint) under a name."""
    from triage.jobs import trusted_keys

    with common.session() as session:
        fingerprint = trusted_keys.trust_key(session, key, name)
    if common.json:
        print_json({"name": name, "fingerprint": fingerprint})
    else:
        print_line(f"{fingerprint} is recorded as {name}. Compare it with the paper of that workstation.")
    return 0


@keys.command("distrust")
@click.argument("name")
@with_common
def keys_distrust(common: Common, name: str) -> int:
    """Remove a known signing key."""
    from triage.jobs import trusted_keys

    with common.session() as session:
        trusted_keys.distrust_key(session, name)
    if common.json:
        print_json({"name": name, "trusted": False})
    else:
        print_line(f"The key of {name} is removed.")
    return 0


@keys.command("recovery")
@click.option("--half", type=click.IntRange(1, 2), required=True, help="The half to show now.")
@click.option("--custodian", metavar="NAME", required=True, help="The user who keeps it; each half needs another one.")
@with_consent
@with_common
def keys_recovery(common: Common, half: int, custodian: str, consent: Consent | None) -> int:
    """Show a new half of the recovery key to its custodian. The old halves are valid until both new ones were shown."""
    from triage.jobs.keeping import keys as keys_job

    with common.session() as session:
        shown = keys_job.show_half(session, half, custodian, consent)
    if common.json:
        print_json({"half": shown.number, "custodian": custodian, "recovery": shown.text, "whole": shown.whole})
        return 0
    print_line(f"Half {shown.number} of the recovery key, for {custodian} alone. It is shown once and stored nowhere:")
    print_line(f"  {shown.text}")
    other = 3 - shown.number
    print_line(
        "Both halves were shown. They are valid from now on; older halves are void."
        if shown.whole
        else f"It is not valid until half {other} was shown to its custodian, in another person's session."
    )
    return 0


@keys.command("rotate")
@click.option("--database", is_flag=True, help="Also replace the database key; the store must not be open elsewhere.")
@with_common
def keys_rotate(common: Common, database: bool) -> int:
    """Replace the master key, for example when somebody has left. Other open windows must sign in again."""
    from triage.jobs.keeping import keys as keys_job

    if database:
        user, passphrase = common.user_name(), common.passphrase()
        with progress_bar() as bar, stoppable() as cancel:
            generation = keys_job.rotate_database_key(common.directory(), user, passphrase, bar, cancel)
    else:
        with common.session() as session:
            generation = keys_job.rotate_master_key(session)
    if common.json:
        print_json({"generation": generation})
    else:
        new = "Master and database keys are" if database else "The master key is"
        print_line(f"{new} new (generation {generation}); passphrases and recovery halves stay valid.")
        print_line("Earlier copies of the disk and earlier backups still open with their old passphrases.")
    return 0


@triage.command()
@click.option(
    "--half-file", "half_files", multiple=True, metavar="FILE", help="File with one half; give it twice. Else the terminal asks."
)
@click.option("--new-passphrase-file", metavar="FILE", help="File with the new passphrase; else the terminal asks.")
@click.option(
    "--backup", "source", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Restore this backup into --store NEWDIR first, when nobody has a passphrase of it.",
)  # fmt: skip
@with_consent
@with_common
def recover(
    common: Common, half_files: tuple[str, ...], new_passphrase_file: str | None, source: Path | None, consent: Consent | None
) -> int:
    """Give --user a new passphrase, using both halves of the recovery key. --consent-user confirms the person at once."""
    common.require_writable()
    from triage.jobs.keeping import backup as backup_job
    from triage.jobs.keeping import keys as keys_job
    from triage.jobs.session import unlock

    if len(half_files) not in (0, 2):
        raise click.UsageError("Give --half-file twice, once for each half.")
    if source is not None and consent is not None:
        raise click.UsageError("Give --consent-user without --backup; another person confirms later: triage user confirm.")
    first, second = half_files or (None, None)
    user = common.user_name()
    halves = (read_secret(first, "First half"), read_secret(second, "Second half"))
    passphrase = read_secret(new_passphrase_file, f"New passphrase of {user}", confirm=True)
    if source is not None:
        with progress_bar() as bar, stoppable() as cancel:
            made = backup_job.recover_backup(source, common.directory(), halves, user, passphrase, bar, cancel)
            opened = unlock(common.directory(), user, passphrase, cancel=cancel)
        for problem in made.check.problems:
            print_line(problem)
    else:
        opened = keys_job.recover_user(common.directory(), halves, user, passphrase, consent)
    with opened as session:
        found, fingerprint = session.store.users.named(user), session.store.fingerprint
    if common.json:
        print_json({"user": found.name, "fingerprint": fingerprint, "confirmed": not found.recovered})
        return 0
    print_line(f"{found.name} has a new passphrase. Both halves are used up: show new ones with triage keys recovery.")
    if found.recovered:
        print_line(f"{found.name} can't give consent until another person runs triage user confirm; papers say so until then.")
    return 0


@triage.command()
@click.argument("report")
@click.option("--reason", required=True, metavar="TEXT", help="Why the report is destroyed.")
@click.option("--order", required=True, help="The rule, or the court's order with number and date.")
@click.option("--second-user", required=True, metavar="USER", help="The second person, a lead or administrator.")
@click.option("--second-passphrase-file", metavar="FILE", help="File with that person's passphrase; else the terminal asks.")
@click.option("--certificate", required=True, type=OUT_FILE, help="File to write the certificate to.")
@click.option(
    "--backup", "backups", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A connected backup, to be brought up to date under new keys. Can be given more than once.",
)  # fmt: skip
@handover_options
@with_common
def destroy(
    common: Common,
    report: str,
    reason: str,
    order: str,
    second_user: str,
    second_passphrase_file: str | None,
    certificate: Path,
    backups: tuple[Path, ...],
    **leaves: str | None,
) -> int:
    """Destroy a report for good, by rule or court order.

    \b
    Example:
      triage destroy 900000001 --reason "retention ended" --order "Rule 12" \\
        --second-user lead --certificate certificate.json
    """
    from triage.jobs.consent import Consent
    from triage.jobs.keeping import destruction as destruction_job

    with common.session() as session, progress_bar() as bar:
        second = Consent(second_user, read_secret(second_passphrase_file, f"Passphrase of {second_user}"))
        gone = destruction_job.destroy_report(
            session,
            report,
            reason=reason,
            order=order,
            second=second,
            certificate=certificate,
            reachable=backups,
            handover=read_handover(leaves),
            on_progress=bar,
        )
    if common.json:
        print_json(gone)
        return 0
    counted = f"{format_count(gone.documents, 'document', 'documents')}, {format_count(gone.media, 'media item', 'media items')}"
    print_line(f"Destroyed: {counted}.")
    print_line(f"Kept for other reports: documents {gone.shared_documents}, media {gone.shared_media}.")
    for folder in gone.backups:
        print_line(f"This backup was brought up to date and no longer holds the report: {folder}")
    for folder, why in gone.backups_failed.items():
        print_line(f"This backup was NOT brought up to date: {folder}. {why}")
    for held in gone.still_held:
        print_line(f"This still holds the report: {held.what} {held.where}, made {held.made}")
    if not gone.log_emptied:
        print_line("The report is destroyed, but old database pages remain. Close all windows, then open the store once.")
    print_line(f"The certificate is in {gone.certificate} and {gone.pdf}, each with its signature and key.")
    print_line(
        f"The register of destructions is in {gone.register}: keep it away from this machine; restoring a backup needs it."
    )
    return 0


@triage.command()
@click.argument("report")
@click.option("--reason", help="Why the report must be kept.")
@click.option("--release", is_flag=True, help="Lift the hold.")
@with_common
def hold(common: Common, report: str, reason: str | None, release: bool) -> int:
    """Place a legal hold on a report, or lift it. A held report can't be destroyed."""
    from triage.jobs.keeping import destruction as destruction_job

    if release == (reason is not None):
        raise click.UsageError("Give either --reason or --release.")
    with common.session() as session:
        if reason is None:
            destruction_job.lift_hold(session, report)
        else:
            destruction_job.place_hold(session, report, reason)
    if common.json:
        print_json({"report_id": report, "held": not release})
    else:
        print_line(f"{report} is {'no longer ' if release else ''}under a legal hold.")
    return 0


@triage.command()
@click.argument("report")
@click.option("--reason", help="How the reported user was cleared.")
@click.option("--undo", is_flag=True, help="Undo the clearing; the report is scored again.")
@with_common
def clear(common: Common, report: str, reason: str | None, undo: bool) -> int:
    """Close a report whose reported user was cleared. It has no score and no links until it is destroyed."""
    from triage.jobs.keeping import destruction as destruction_job

    if undo == (reason is not None):
        raise click.UsageError("Give either --reason or --undo.")
    with common.session() as session:
        if reason is None:
            destruction_job.unclear_person(session, report)
        else:
            destruction_job.clear_person(session, report, reason)
    if common.json:
        print_json({"report_id": report, "cleared": not undo})
    else:
        print_line(
            f"{report} is scored again like any other." if undo else f"{report} is closed and set apart, without score and links."
        )
    return 0
