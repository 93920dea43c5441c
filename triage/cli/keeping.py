"""keys, recover, destroy, hold, clear: keeping a store for years."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.consenting import with_consent
from triage.cli.group import Common, read_secret, triage, with_common
from triage.cli.output import print_json, print_line, print_table, progress_bar
from triage.jobs import trusted_keys
from triage.jobs.consent import Consent
from triage.jobs.keeping import destruction as destruction_job
from triage.jobs.keeping import keys as keys_job


@triage.group()
def keys() -> None:
    """The store's keys, and known keys of other workstations."""


@keys.command("show")
@with_common
def keys_show(common: Common) -> int:
    """Fingerprint, age recipient, generation of the key file, known keys. Nothing secret."""
    with common.session() as session:
        facts = keys_job.show_keys(session)
    if common.json:
        print_json(facts)
        return 0
    print_line(f"Fingerprint of the signing key: {facts.fingerprint}")
    print_line(f"Encrypt for this store with age to: {facts.recipient}")
    slots = ", ".join(f"{n} {kind}" for kind, n in facts.slots.items())
    print_line(f"Key file of generation {facts.generation}, slots: {slots}")
    for half in facts.recovery:
        said = "" if half.valid else ", waits for the other half"
        print_line(f"Half {half.half} of the recovery key was shown to {half.custodian} on {half.shown}{said}")
    if not any(half.valid for half in facts.recovery):
        print_line("There is no recovery key: show a half to each of two custodians with triage keys recovery.")
    print_table(("known key", "fingerprint"), [(name, fingerprint) for fingerprint, name in facts.trusted.items()])
    return 0


@keys.command("trust")
@click.argument("key")
@click.option("--name", required=True, help="Whose key it is.")
@with_common
def keys_trust(common: Common, key: str, name: str) -> int:
    """Know another workstation's signing key (PEM file or fingerprint) by name."""
    with common.session() as session:
        fingerprint = trusted_keys.trust_key(session, key, name)
    if common.json:
        print_json({"name": name, "fingerprint": fingerprint})
    else:
        print_line(f"{fingerprint} is known as {name}. Compare it with the paper of that workstation.")
    return 0


@keys.command("distrust")
@click.argument("name")
@with_common
def keys_distrust(common: Common, name: str) -> int:
    """Forget a known key."""
    with common.session() as session:
        trusted_keys.distrust_key(session, name)
    if common.json:
        print_json({"name": name, "trusted": False})
    else:
        print_line(f"{name} is no longer known.")
    return 0


@keys.command("recovery")
@click.option("--half", type=click.IntRange(1, 2), required=True, help="Which half is shown now.")
@click.option("--custodian", metavar="NAME", required=True, help="Who takes it: a user, and another one for each half.")
@with_consent
@with_common
def keys_recovery(common: Common, half: int, custodian: str, consent: Consent | None) -> int:
    """Show a new half of the recovery key to its custodian. The older halves count until both new ones were shown."""
    with common.session() as session:
        shown = keys_job.show_half(session, half, custodian, consent)
    if common.json:
        print_json({"half": shown.number, "custodian": custodian, "recovery": shown.text, "whole": shown.whole})
        return 0
    print_line(f"Half {shown.number} of the recovery key, for {custodian} alone. It is shown once and kept nowhere:")
    print_line(f"  {shown.text}")
    other = 3 - shown.number
    print_line(
        "Both halves were shown: they count from now on, and older halves are void."
        if shown.whole
        else f"It opens nothing until half {other} was shown to its own custodian, in another person's session."
    )
    return 0


@keys.command("rotate")
@click.option("--database", is_flag=True, help="The database gets a new key as well; the store must be open nowhere else.")
@with_common
def keys_rotate(common: Common, database: bool) -> int:
    """A new master key, for instance when somebody has left. Other open windows have to unlock again."""
    if database:
        user, passphrase = common.user_name(), common.passphrase()
        with progress_bar() as bar:
            generation = keys_job.rotate_database(common.directory(), user, passphrase, bar)
    else:
        with common.session() as session:
            generation = keys_job.rotate(session)
    if common.json:
        print_json({"generation": generation})
    else:
        new = "Master and database keys are" if database else "The master key is"
        print_line(f"{new} new (generation {generation}); passphrases and recovery halves stay valid.")
        print_line("A copy of the disk or a backup made before still opens with the passphrases it was made with.")
    return 0


@triage.command()
@click.option("--half-file", "half_files", multiple=True, help="File with one half; give it twice. Else the terminal asks.")
@click.option("--new-passphrase-file", help="File with the new passphrase; else the terminal asks.")
@with_consent
@with_common
def recover(common: Common, half_files: tuple[str, ...], new_passphrase_file: str | None, consent: Consent | None) -> int:
    """Give --user a new passphrase, with both halves of the recovery key; --consent-user confirms the person at once."""
    if len(half_files) not in (0, 2):
        raise click.UsageError("Give --half-file twice, once for each half.")
    first, second = half_files or (None, None)
    user = common.user_name()
    halves = (read_secret(first, "First half"), read_secret(second, "Second half"))
    passphrase = read_secret(new_passphrase_file, f"New passphrase of {user}", confirm=True)
    with keys_job.recover(common.directory(), halves, user, passphrase, consent) as session:
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
@click.option("--reason", required=True)
@click.option("--order", required=True, help="The rule, or the court's order with number and date.")
@click.option("--second-user", required=True, metavar="USER", help="The second person, a lead or administrator.")
@click.option("--second-passphrase-file")
@click.option("--certificate", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the certificate goes.")
@click.option(
    "--backup", "backups", multiple=True, type=click.Path(file_okay=False, path_type=Path),
    help="A backup at hand: it is brought up to date under new keys. Can be given more than once.",
)  # fmt: skip
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
) -> int:
    """Destroy a report for good, by rule or court order."""
    with common.session() as session, progress_bar() as bar:
        second = Consent(second_user, read_secret(second_passphrase_file, f"Passphrase of {second_user}"))
        gone = destruction_job.destroy(
            session,
            report,
            reason=reason,
            order=order,
            second=second,
            certificate=certificate,
            reachable=backups,
            on_progress=bar,
        )
    if common.json:
        print_json(gone)
        return 0
    print_line(f"{gone.documents} documents and {gone.media} media can't be opened any more; the report's rows are gone.")
    print_line(f"{gone.shared_documents} documents and {gone.shared_media} media stay, since other reports hold them too.")
    for folder in gone.backups:
        print_line(f"Brought up to date under new keys, and no longer holding it: the backup in {folder}")
    for folder, why in gone.backups_failed.items():
        print_line(f"NOT brought up to date: the backup in {folder}. {why}")
    for held in gone.still_held:
        print_line(f"Made before and still holding it: {held.what} {held.where}, of {held.made}")
    if not gone.log_emptied:
        print_line(
            "The destruction stands, but older pages of the database are still there: close all windows, then open it once."
        )
    print_line(f"The certificate is in {gone.certificate} and {gone.pdf}, each with its signature and key.")
    print_line(
        f"The register of destructions is in {gone.register}: keep it away from this machine, restoring a backup asks for it."
    )
    return 0


@triage.command()
@click.argument("report")
@click.option("--reason", help="Why it has to be kept.")
@click.option("--release", is_flag=True, help="Lift the hold.")
@with_common
def hold(common: Common, report: str, reason: str | None, release: bool) -> int:
    """Place a legal hold: nobody can destroy the report as long as it stands."""
    if release == (reason is not None):
        raise click.UsageError("Give either --reason or --release.")
    with common.session() as session:
        if reason is None:
            destruction_job.release(session, report)
        else:
            destruction_job.hold(session, report, reason)
    if common.json:
        print_json({"report_id": report, "held": not release})
    else:
        print_line(f"{report} is {'no longer ' if release else ''}under a legal hold.")
    return 0


@triage.command()
@click.argument("report")
@click.option("--reason", help="How the person was cleared.")
@click.option("--undo", is_flag=True, help="Judge the report again like any other.")
@with_common
def clear(common: Common, report: str, reason: str | None, undo: bool) -> int:
    """The reported user was cleared: close the report and set it apart, without score or ties, until it is destroyed."""
    if undo == (reason is not None):
        raise click.UsageError("Give either --reason or --undo.")
    with common.session() as session:
        if reason is None:
            destruction_job.unclear(session, report)
        else:
            destruction_job.clear(session, report, reason)
    if common.json:
        print_json({"report_id": report, "cleared": not undo})
    else:
        print_line(f"{report} is judged again like any other." if undo else f"{report} is closed and set apart.")
    return 0
