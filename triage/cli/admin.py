"""Defines the commands init, user, audit, policy and check."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from triage.cli.consenting import with_consent
from triage.cli.group import Common, read_secret, triage, with_common
from triage.cli.output import print_json, print_line, print_table, progress_bar
from triage.cli.stopping import stoppable
from triage.model.settings import Setting, format_value
from triage.model.users import User

if TYPE_CHECKING:
    from triage.jobs.consent import Consent

_HALVES_VOID = (
    "The recovery key halves that the first user saw are now void. Show new ones, each to its own custodian:"
    " triage keys recovery --half 1 --custodian NAME, then --half 2."
)


@triage.command()
@with_common
def init(common: Common) -> int:
    """Make a new store. You become its first user and hold all roles."""
    common.require_writable()
    from triage.jobs.session import create_store

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
        print_line(f"Store {common.directory()} is ready. {session.user.name} holds all roles.")
        print_line(f"Fingerprint of its signing key, to keep on paper: {created.fingerprint}")
        print_line("Recovery key, in two halves. It is shown once and stored nowhere:")
        for half in created.recovery:
            print_line(f"  {half}")
        print_line("You have seen both halves, since the store has one user. They are void as soon as you add a second one.")
    return 0


@triage.group()
def user() -> None:
    """Manage users and their roles: analyst, lead, examiner, admin, auditor."""


@user.command("add")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, metavar="ROLE", help="A role; can be given more than once.")
@click.option("--new-passphrase-file", help="File with the new user's passphrase; else the terminal asks.")
@with_consent
@with_common
def user_add(common: Common, name: str, roles: tuple[str, ...], new_passphrase_file: str | None, consent: Consent | None) -> int:
    """Add a user, who must change this passphrase at first sign-in. Once the store has had two users, a second person agrees.

    \b
    Example:
      triage user add a.khan --role analyst --role lead --new-passphrase-file new.txt
    """
    from triage.jobs import users as users_job
    from triage.jobs.keeping import keys as keys_job

    with common.session() as session:
        passphrase = read_secret(new_passphrase_file, f"Passphrase of {name}", confirm=True)
        before = keys_job.show_keys(session).recovery
        added = users_job.add_user(session, name, list(roles), passphrase, consent)
        void = bool(before) and not keys_job.show_keys(session).recovery
    if void:
        click.echo(_HALVES_VOID, err=True)
    if common.json:
        print_json(_user_fields(added))
    else:
        print_line(f"{added.name} may work as {', '.join(sorted(added.roles))}, after running triage user passphrase.")
    return 0


@user.command("list")
@with_common
def user_list(common: Common) -> int:
    """List all users with their roles."""
    from triage.jobs import users as users_job

    with common.session() as session:
        found = users_job.all_users(session)
    if common.json:
        print_json([_user_fields(u) for u in found])
    else:
        print_table(("name", "roles", ""), [(u.name, ", ".join(sorted(u.roles)), _describe_standing(u)) for u in found])
    return 0


def _user_fields(found: User) -> dict[str, object]:
    """Returns a user as JSON fields."""
    return {
        "name": found.name,
        "roles": sorted(found.roles),
        "disabled": found.disabled,
        "must_change_passphrase": found.initial,
        "recovered": found.recovered,
    }


def _describe_standing(found: User) -> str:
    """Returns what is special about a user: disabled, initial passphrase or recovered."""
    if found.disabled:
        return "disabled"
    if found.initial:
        return "has to change the passphrase"
    return "recovered, not confirmed" if found.recovered else ""


@user.command("roles")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, metavar="ROLE", help="A role; can be given more than once.")
@with_consent
@with_common
def user_roles(common: Common, name: str, roles: tuple[str, ...], consent: Consent | None) -> int:
    """Set a user's roles. Takes effect when they next sign in. A second person agrees."""
    from triage.jobs import users as users_job

    with common.session() as session:
        changed = users_job.set_roles(session, name, list(roles), consent)
    if common.json:
        print_json(_user_fields(changed))
    else:
        print_line(f"{changed.name} may work as {', '.join(sorted(changed.roles))}.")
    return 0


@user.command("disable")
@click.argument("name")
@with_common
def user_disable(common: Common, name: str) -> int:
    """Disable a user. What they did stays in the audit log."""
    from triage.jobs import users as users_job

    with common.session() as session:
        users_job.disable_user(session, name)
    if common.json:
        print_json({"name": name, "disabled": True})
    else:
        print_line(f"{name} can no longer open this store.")
    return 0


@user.command("enable")
@click.argument("name")
@click.option("--new-passphrase-file", help="File with the user's new passphrase; else the terminal asks.")
@with_consent
@with_common
def user_enable(common: Common, name: str, new_passphrase_file: str | None, consent: Consent | None) -> int:
    """Enable a disabled user, with a new passphrase that they must change at first sign-in. A second person agrees."""
    from triage.jobs import users as users_job

    with common.session() as session:
        passphrase = read_secret(new_passphrase_file, f"Passphrase of {name}", confirm=True)
        enabled = users_job.enable_user(session, name, passphrase, consent)
    if common.json:
        print_json(_user_fields(enabled))
    else:
        print_line(f"{enabled.name} may work again, after running triage user passphrase.")
    return 0


@user.command("passphrase")
@click.option("--for", "name", metavar="NAME", help="Another user, who forgot theirs; a second person agrees.")
@click.option("--new-passphrase-file", metavar="FILE", help="File with the new passphrase; else the terminal asks.")
@with_consent
@with_common
def user_passphrase(common: Common, name: str | None, new_passphrase_file: str | None, consent: Consent | None) -> int:
    """Change your passphrase, or give another user a new one that they must change at first sign-in."""
    from triage.jobs import users as users_job

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


@user.command("profile")
@click.argument("name")
@click.option("--full-name", metavar="TEXT", help="Full name, as papers print it.")
@click.option("--rank", metavar="TEXT", help="Rank or grade.")
@click.option("--badge", metavar="TEXT", help="Badge or personnel number.")
@click.option("--post", metavar="TEXT", help="Post: what this person does, and where.")
@with_common
def user_profile(common: Common, name: str, **given: str | None) -> int:
    """Show or set what papers say of a user. Everybody may set their own; an empty text takes it back.

    \b
    Example:
      triage user profile a.khan --full-name "Ayesha Khan" --rank Inspector --badge 4411
    """
    from triage.jobs import officer as officer_job

    stated = {field: text for field, text in given.items() if text is not None}
    with common.session() as session:
        officer = officer_job.set_profile(session, name, stated) if stated else officer_job.describe_officer(session, name)
    fields = {"name": officer.user, **asdict(officer.profile)}
    if common.json:
        print_json(fields)
    else:
        print_table(("field", "value"), [(field.replace("_", " "), value or "not stated") for field, value in fields.items()])
    return 0


@user.command("confirm")
@click.argument("name")
@with_common
def user_confirm(common: Common, name: str) -> int:
    """Confirm the identity of a user who regained access with the recovery key."""
    from triage.jobs import users as users_job

    with common.session() as session:
        confirmed = users_job.confirm_user(session, name)
    if common.json:
        print_json(_user_fields(confirmed))
    else:
        print_line(f"{confirmed.name} can give consent again.")
    return 0


@triage.group()
def policy() -> None:
    """Show or set the desk's policies."""


@policy.command("list")
@with_common
def policy_list(common: Common) -> int:
    """List all policies with their values."""
    from triage.jobs import policy as policy_job

    with common.session() as session:
        found = policy_job.format_policy(policy_job.read_policy(session))
    if common.json:
        print_json(found)
    else:
        rows = [_describe(each, found[each.name]) for each in policy_job.SETTINGS]
        print_table(("policy", "value", "choices", "meaning"), rows)
    return 0


def _describe(setting: Setting, value: str) -> tuple[str, str, str, str]:
    choices = ", ".join(format_value(choice) for choice in setting.choices) or "any line of text"
    return setting.name, value, choices, str(setting.label)


@policy.command("set")
@click.argument("name")
@click.argument("value")
@with_common
def policy_set(common: Common, name: str, value: str) -> int:
    """Set a policy. The audit log records when and by whom."""
    from triage.jobs import policy as policy_job

    with common.session() as session:
        policy_job.set_policy(session, name, value)
        found = policy_job.format_policy(policy_job.read_policy(session))
    if common.json:
        print_json(found)
    else:
        print_line(f"{name} is {value}.")
    return 0


def _parse_slice(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Reads an option N/T as two numbers.

    Raises:
        click.BadParameter: N is not between 1 and T.
    """
    if value is None:
        return None
    n, _slash, t = value.partition("/")
    if not (n.isdecimal() and t.isdecimal() and 1 <= int(n) <= int(t)):
        raise click.BadParameter("give N/T with 1 <= N <= T, for example 3/7")
    return int(n), int(t)


@triage.command()
@click.option(
    "--subset", metavar="N/T", callback=_parse_slice, help="Read only slice N of T of vault and documents, for example 1/7."
)
@click.option(
    "--next", "gib", type=click.IntRange(1), metavar="GIB", help="Read the next GIB of media, behind the last such part."
)
@click.option("--documents", is_flag=True, help="Decode all stored documents of reports, not only a share drawn by lot.")
@click.option("--rebuild-queue", is_flag=True, help="First count and order the queue anew, when a check said that it differs.")
@with_common
def check(common: Common, subset: tuple[int, int] | None, gib: int | None, documents: bool, rebuild_queue: bool) -> int:
    """Check that database, vault and audit log agree and that no stored byte was changed.

    With --next the command remembers how far it came, and reads the database with the first part only. What was not read
    yet is unknown, and counted as such. Of many documents a share is decoded, another one each time.

    \b
    Example:
      triage check
      triage check --documents
      triage check --subset 1/7
      triage check --next 20
    """
    from triage.jobs.keeping import check as check_job

    if subset is not None and gib is not None:
        raise click.UsageError("Give --subset or --next, not both.")
    if documents and (subset is not None or gib is not None):
        raise click.UsageError("Give --documents without --subset and --next.")
    if rebuild_queue:
        with common.session() as session:
            check_job.rebuild_queue(session)
    with common.session(examine=True) as session, progress_bar() as bar, stoppable() as cancel:
        if gib is not None:
            result = check_job.check_next_part(session, gib << 30, on_progress=bar, cancel=cancel)
        else:
            result = check_job.check_store(session, subset=subset, documents=documents, on_progress=bar, cancel=cancel)
    if common.json:
        print_json(result)
    else:
        print_table(("checked", "count"), list(result.checked.items()))
        for problem in result.problems:
            print_line(problem)
        unread = result.checked.get("vault_items_unread", 0)
        if not result.valid:
            print_line("Problems were found.")
        elif unread:
            print_line(f"What was read agrees. {unread} items of the vault were not read: whether they are whole is unknown.")
        elif "database_pages_unread" in result.checked:
            print_line("Everything that was read in this round agrees; the database was read with its first part.")
        else:
            print_line("What was read agrees." if "documents_unread" in result.checked else "Everything agrees.")
        if left := result.checked.get("documents_unread", 0):
            print_line(f"{left} stored documents were not decoded: whether they can be read is unknown.")
            print_line("To decode all of them: triage check --documents")
    return 0 if result.valid else 1
