"""init, user, audit, check, stats: the store itself."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.consenting import with_consent
from triage.cli.group import Common, read_secret, triage, with_common
from triage.cli.output import format_time, print_json, print_line, print_table, progress_bar
from triage.cli.ranking_text import print_ranking
from triage.jobs import policy as policy_job
from triage.jobs import users as users_job
from triage.jobs.consent import Consent
from triage.jobs.keeping import check as check_job
from triage.jobs.keeping import keys as keys_job
from triage.jobs.leaving import outgoing as outgoing_job
from triage.jobs.session import create_store, now
from triage.jobs.stats import stats as stats_job
from triage.model.people import User

_HALVES_VOID = (
    "The halves of the recovery key that the first user saw open nothing any more. Show new ones, each to its own custodian:"
    " triage keys recovery --half 1 --custodian NAME, then --half 2."
)


@triage.command()
@with_common
def init(common: Common) -> int:
    """Make a new store; the user becomes its first and holds all roles."""
    created = create_store(common.directory(), common.user_name(), common.passphrase("New passphrase", confirm=True))
    with created.session as session:
        if common.json:
            print_json(
                {
                    "store": str(common.directory()),
                    "user": session.user.name,
                    "fingerprint": created.fingerprint,
                    "recovery": created.recovery,
                }
            )
            return 0
        print_line(f"Store {common.directory()} is ready; {session.user.name} holds all roles.")
        print_line(f"Fingerprint of its signing key, to be kept on paper: {created.fingerprint}")
        print_line("Recovery key, in two halves. It is shown once and kept nowhere:")
        for half in created.recovery:
            print_line(f"  {half}")
        print_line("You have seen both halves, since the store has one user. They are void as soon as you add a second one.")
    return 0


@triage.group()
def user() -> None:
    """Users and their roles: analyst, lead, examiner, admin, auditor."""


@user.command("add")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--new-passphrase-file", help="File with the new user's passphrase; else the terminal is asked.")
@with_consent
@with_common
def user_add(common: Common, name: str, roles: tuple[str, ...], new_passphrase_file: str | None, consent: Consent | None) -> int:
    """Add a user, who changes this passphrase first of all. Once the store has had two users, a second person agrees."""
    with common.session() as session:
        passphrase = read_secret(new_passphrase_file, f"Passphrase of {name}", confirm=True)
        before = keys_job.show_keys(session).recovery
        added = users_job.add_user(session, name, list(roles), passphrase, consent)
        void = bool(before) and not keys_job.show_keys(session).recovery
    if void:
        click.echo(_HALVES_VOID, err=True)
    if common.json:
        print_json(_user(added))
    else:
        print_line(f"{added.name} may work as {', '.join(sorted(added.roles))}, after running triage user passphrase.")
    return 0


@user.command("list")
@with_common
def user_list(common: Common) -> int:
    """Who works with this store."""
    with common.session() as session:
        found = users_job.all_users(session)
    if common.json:
        print_json([_user(u) for u in found])
    else:
        print_table(("name", "roles", ""), [(u.name, ", ".join(sorted(u.roles)), _standing(u)) for u in found])
    return 0


def _user(found: User) -> dict[str, object]:
    return {
        "name": found.name,
        "roles": sorted(found.roles),
        "disabled": found.disabled,
        "must_change_passphrase": found.initial,
        "recovered": found.recovered,
    }


def _standing(found: User) -> str:
    if found.disabled:
        return "disabled"
    if found.initial:
        return "has to change the passphrase"
    return "recovered, not confirmed" if found.recovered else ""


@user.command("roles")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True)
@with_consent
@with_common
def user_roles(common: Common, name: str, roles: tuple[str, ...], consent: Consent | None) -> int:
    """Say anew what a user may do, from the next time they unlock. A second person agrees."""
    with common.session() as session:
        changed = users_job.set_roles(session, name, list(roles), consent)
    if common.json:
        print_json(_user(changed))
    else:
        print_line(f"{changed.name} may work as {', '.join(sorted(changed.roles))}.")
    return 0


@user.command("disable")
@click.argument("name")
@with_common
def user_disable(common: Common, name: str) -> int:
    """Take a user's key away; what they did stays in the record."""
    with common.session() as session:
        users_job.disable_user(session, name)
    if common.json:
        print_json({"name": name, "disabled": True})
    else:
        print_line(f"{name} can no longer open this store.")
    return 0


@user.command("enable")
@click.argument("name")
@click.option("--new-passphrase-file", help="File with the user's new passphrase; else the terminal is asked.")
@with_consent
@with_common
def user_enable(common: Common, name: str, new_passphrase_file: str | None, consent: Consent | None) -> int:
    """Let a disabled user in again, with a new passphrase that they change first of all. A second person agrees."""
    with common.session() as session:
        passphrase = read_secret(new_passphrase_file, f"Passphrase of {name}", confirm=True)
        enabled = users_job.enable_user(session, name, passphrase, consent)
    if common.json:
        print_json(_user(enabled))
    else:
        print_line(f"{enabled.name} may work again, after running triage user passphrase.")
    return 0


@user.command("passphrase")
@click.option("--for", "name", metavar="NAME", help="Somebody else, who forgot theirs; a second person agrees.")
@click.option("--new-passphrase-file")
@with_consent
@with_common
def user_passphrase(common: Common, name: str | None, new_passphrase_file: str | None, consent: Consent | None) -> int:
    """Change one's own passphrase, or give somebody else one that they change first of all."""
    if name is None and consent is not None:
        raise click.UsageError("Your own passphrase needs no second person; leave --consent-user out.")
    with common.session(initial=True) as session:
        whose = name or session.user.name
        passphrase = read_secret(new_passphrase_file, f"New passphrase of {whose}", confirm=True)
        if name is None:
            users_job.change_passphrase(session, passphrase)
        else:
            users_job.reset_passphrase(session, name, passphrase, consent)
    if common.json:
        print_json({"name": whose, "changed": True})
    elif name is None:
        print_line("The passphrase is changed.")
    else:
        print_line(f"{whose} has a new passphrase, and changes it first of all with triage user passphrase.")
    return 0


@user.command("confirm")
@click.argument("name")
@with_common
def user_confirm(common: Common, name: str) -> int:
    """Vouch that a user whom the recovery key let in again is the person they say."""
    with common.session() as session:
        confirmed = users_job.confirm_user(session, name)
    if common.json:
        print_json(_user(confirmed))
    else:
        print_line(f"{confirmed.name} can give consent again.")
    return 0


@triage.group()
def audit() -> None:
    """The record of everything that was done."""


@audit.command("verify")
@click.option("--head", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A head exported earlier.")
@with_common
def audit_verify(common: Common, head: Path | None) -> int:
    """Check that the audit log is whole, and that nothing is missing since a signed log head.

    \b
    Example:
      triage audit verify --head /media/usb/head.json
    """
    with common.session(examine=True) as session:
        result = check_job.verify_record(session, head)
    if common.json:
        print_json(result)
    else:
        print_line(f"{result.entries} entries, head {result.head}")
        for problem in result.problems:
            print_line(problem)
        if result.last_step is not None:
            print_line(f"The last step was made {format_time(result.last_step)}.")
            if result.last_step > now():
                print_line("This machine's clock is behind that: set it right, or the times of what is done now mislead.")
        print_line("The audit log is whole." if result.valid else "The audit log is NOT whole.")
        if result.head_problem is not None:
            print_line(str(result.head_problem))
        if head is None:
            print_line(
                "An older copy of the whole store tells an earlier last step; only a head kept elsewhere (--head) proves it."
            )
    return 0 if result.valid and result.head_problem is None else 1


@audit.command("export-head")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@with_common
def audit_export_head(common: Common, out: Path) -> int:
    """Write the signed head, to be kept away from this machine."""
    with common.session() as session:
        check_job.export_head(session, out)
        fingerprint = session.store.fingerprint
    if common.json:
        print_json({"path": str(out), "signature_key": fingerprint})
    else:
        print_line(f"The head is in {out}; keep it away from this machine.")
    return 0


@audit.command("accept-loss")
@with_common
def audit_accept_loss(common: Common) -> int:
    """Go on although head or key file say that something is missing; for an administrator, and the record says so."""
    accepted = keys_job.accept_loss(common.directory(), common.user_name(), common.passphrase())
    if common.json:
        print_json({"accepted": accepted})
    else:
        for problem in accepted:
            print_line(f"Accepted: {problem}")
        print_line("The store can be written again. Import what came since, and export a new head.")
    return 0


@audit.command("outgoing")
@with_common
def audit_outgoing(common: Common) -> int:
    """The register of what left: exports and packets, for whom, on what."""
    with common.session() as session:
        found = outgoing_job.all_outgoing(session)
    if common.json:
        print_json(found)
    else:
        print_table(
            ("written", "by", "what", "name", "SHA-256", "handed to", "medium", "serial"),
            [
                (o.written, o.user, o.kind, o.name, o.sha256, o.handover.handed_to, o.handover.medium, o.handover.medium_serial)
                for o in found
            ],
        )
    return 0


@triage.group()
def policy() -> None:
    """The few policies of the desk."""


@policy.command("list")
@with_common
def policy_list(common: Common) -> int:
    """All policies and what they are set to."""
    with common.session() as session:
        found = policy_job.all_policies(session)
    if common.json:
        print_json(found)
    else:
        print_table(("policy", "value"), list(found.items()))
    return 0


@policy.command("set")
@click.argument("name")
@click.argument("value")
@with_common
def policy_set(common: Common, name: str, value: str) -> int:
    """Set a policy; the record keeps when and by whom."""
    with common.session() as session:
        policy_job.set_policy(session, name, value)
        found = policy_job.all_policies(session)
    if common.json:
        print_json(found)
    else:
        print_line(f"{name} is {value}.")
    return 0


def _slice(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    n, _slash, t = value.partition("/")
    if not (n.isdecimal() and t.isdecimal() and 1 <= int(n) <= int(t)):
        raise click.BadParameter("give N/T with 1 <= N <= T, for example 3/7")
    return int(n), int(t)


@triage.command()
@click.option("--subset", metavar="N/T", callback=_slice, help="Read only the N-th of T slices of the vault.")
@with_common
def check(common: Common, subset: tuple[int, int] | None) -> int:
    """Do database, vault and record agree, and does every byte authenticate?"""
    with common.session(examine=True) as session, progress_bar() as bar:
        result = check_job.check(session, subset=subset, on_progress=bar)
    if common.json:
        print_json(result)
    else:
        print_table(("checked", "count"), list(result.checked.items()))
        for problem in result.problems:
            print_line(problem)
        print_line("Everything agrees." if result.valid else "Something is wrong.")
    return 0 if result.valid else 1


@triage.command()
@with_common
def stats(common: Common) -> int:
    """Counts by status, band, office and month, and looks avoided."""
    with common.session() as session:
        found = stats_job(session)
    if common.json:
        print_json(found)
        return 0
    print_line(f"{found.reports} reports, of which {found.destroyed} were destroyed")
    print_line(f"{found.media} media, {found.set_aside} set aside, {found.looks_avoided} looks avoided")
    print_line(f"{found.held_for_review} hashes held for review, {found.possible} possible matches wait for a person")
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
