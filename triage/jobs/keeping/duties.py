"""Says what an administrator or an auditor should attend to today.

Each duty has a key for programs and a sentence for people. A duty that can't be judged is listed as unknown, never left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from triage.jobs.policy import read_policy
from triage.jobs.session import Session
from triage.message import NOTHING, Message
from triage.model.moment import parse_utc
from triage.model.users import CONSENTING, Right, Role
from triage.store.database import Reader
from triage.store.queries import backups, lists, recovery, restored, upkeep
from triage.store.queries import users as users_sql
from triage.store.queries.upkeep import UpkeepRow

Urgency = Literal["now", "soon", "fine"]
CHECK_DAYS, LOG_DAYS, HEAD_DAYS, LIST_DAYS, BACKUP_DAYS = 30, 7, 7, 180, 7
"""Days after which a check, a verification, an exported log head, a hash list or the newest backup is called old."""
_AHEAD = timedelta(minutes=2)  # a stored time that is later than this is one to come: the clock was wrong then, or is now
_HALVES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something to attend to, or what is in order. `page` names the page of the desktop where it is done."""

    key: str
    urgency: Urgency
    says: Message
    next_step: Message
    page: str


def list_duties(session: Session) -> tuple[Duty, ...]:
    """Returns the duties of this user's rights, the pressing ones first."""
    session.require(Right.RECORD)
    policy = read_policy(session)
    with session.reading() as db:
        found: list[Duty] = []
        if session.user.may(Right.BACKUP):
            found += _judge_backups(db, policy.backup_expires_after_days)
        found += _judge_upkeep(db)
        if session.user.may(Right.USERS):
            found += [*_judge_users(db), _judge_custodians(db)]
        if session.user.may(Right.READ_REPORT):
            found.append(_judge_lists(db))
    order: dict[Urgency, int] = {"now": 0, "soon": 1, "fine": 2}
    return tuple(sorted(found, key=lambda duty: order[duty.urgency]))


def utc_now() -> datetime:
    """Returns the present time; tests replace it."""
    return datetime.now(UTC)


def _days_since(when: str) -> int | None:
    """Returns the whole days since a stored time, or None for a time to come: then nobody knows how long ago that was."""
    passed = utc_now() - parse_utc(when)
    return None if passed < -_AHEAD else max(0, passed // timedelta(days=1))


def _judge_backups(db: Reader, expires_after: int) -> list[Duty]:
    """Judges whether there is a new backup, and whether a backup holds what was destroyed."""
    rows = [row for row in backups.list_backups(db) if row.gone is None]
    step = Message("Make a backup on a carrier that is kept elsewhere.")
    if restored.find_unsettled_since(db) is not None:
        says = Message("This store was restored and waits for the register of destructions; no media are shown.")
        step = Message("Apply the newest register, or state that there is none.")
        return [Duty(key="register", urgency="now", says=says, next_step=step, page="backups")]
    if not rows:
        return [Duty(key="backup", urgency="now", says=Message("There is no backup."), next_step=step, page="backups")]
    ages = [_days_since(row.made) for row in rows]
    known = [age for age in ages if age is not None]
    newest = min(known, default=None)
    if len(known) < len(rows) and (newest is None or newest > BACKUP_DAYS):
        newest = None  # one of those whose age is unknown may be newer
    says = _tell_backup_age(newest)
    found = [Duty(key="backup", urgency=_judge_age(newest, BACKUP_DAYS), says=says, next_step=step, page="backups")]
    holding = [row for row in rows if row.destroyed_since]
    if holding:
        says = (
            Message("{n} backup still holds reports that were destroyed since.", n=1)
            if len(holding) == 1
            else Message("{n} backups still hold reports that were destroyed since.", n=len(holding))
        )
        step = Message("Back up into them again, or destroy their carriers.")
        found.append(Duty(key="backup holds destroyed", urgency="now", says=says, next_step=step, page="backups"))
    expired = [row for row, age in zip(rows, ages, strict=True) if age is not None and age >= expires_after]
    expired = [row for row in expired if not row.destroyed_since]
    if expired:
        says = (
            Message("{n} backup is older than {days} days.", n=1, days=expires_after)
            if len(expired) == 1
            else Message("{n} backups are older than {days} days.", n=len(expired), days=expires_after)
        )
        step = Message("Back up into them again, or destroy their carriers.")
        found.append(Duty(key="backup expired", urgency="soon", says=says, next_step=step, page="backups"))
    return found


def _tell_backup_age(days: int | None) -> Message:
    """Returns how old the newest backup is, None for not known."""
    if days is None:
        return Message("It is not known how old the newest backup is: its time is still to come. Check this machine's clock.")
    if days > 1:
        return Message("The newest backup is {n} days old.", n=days)
    return Message("The newest backup is a day old.") if days else Message("The newest backup is of today.")


def _judge_age(days: int | None, limit: int) -> Urgency:
    """Returns how pressing something is that is so many days old, None for not known."""
    return "now" if days is None or days > 4 * limit else "soon" if days > limit else "fine"


@dataclass(frozen=True, slots=True)
class _Upkeep:
    """What is done from time to time: how its duty is worded. `bad` takes the number of problems that were found."""

    what: str
    limit_days: int
    never: Message
    ago: Callable[[int], Message]
    unknown: Message
    bad: Callable[[int], Message]
    step: Message


_UPKEEP = (
    _Upkeep(
        "check",
        CHECK_DAYS,
        Message("The store was never checked."),
        lambda n: (
            Message("The store was checked {n} days ago.", n=n)
            if n > 1
            else Message("The store was checked a day ago.")
            if n
            else Message("The store was checked less than a day ago.")
        ),
        Message("It is not known when the store was checked: that time is still to come. Check this machine's clock."),
        lambda n: Message("The last check of the store found problems: {n}.", n=n),
        Message("Check the store."),
    ),
    _Upkeep(
        "log",
        LOG_DAYS,
        Message(
            "No person has verified the audit log yet."
            " The program checks it by itself, but can't tell an older copy of the whole store."
        ),
        lambda n: (
            Message("A person verified the audit log {n} days ago.", n=n)
            if n > 1
            else Message("A person verified the audit log a day ago.")
            if n
            else Message("A person verified the audit log less than a day ago.")
        ),
        Message("It is not known when the audit log was verified: that time is still to come. Check this machine's clock."),
        lambda n: Message("The last verification of the audit log found problems: {n}.", n=n),
        Message("Verify the audit log, also against a log head that is kept elsewhere."),
    ),
    _Upkeep(
        "head",
        HEAD_DAYS,
        Message("No log head is kept elsewhere, so nobody could tell an older copy of the whole store."),
        lambda n: (
            Message("The newest exported log head is {n} days old.", n=n)
            if n > 1
            else Message("The newest exported log head is a day old.")
            if n
            else Message("The newest exported log head is less than a day old.")
        ),
        Message(
            "It is not known how old the newest exported log head is: its time is still to come. Check this machine's clock."
        ),
        lambda n: NOTHING,
        Message("Export the log head and keep it away from this machine."),
    ),
)


def _judge_upkeep(db: Reader) -> list[Duty]:
    """Judges the last check, the last verification and the exported log head."""
    done = upkeep.load_upkeep(db)
    return [_judge_last(each, done.get(each.what)) for each in _UPKEEP]


def _judge_last(each: _Upkeep, row: UpkeepRow | None) -> Duty:
    """Judges when something was done last, and what it found."""
    if row is None:
        return Duty(key=each.what, urgency="now", says=each.never, next_step=each.step, page="audit")
    if row.problems:
        return Duty(key=each.what, urgency="now", says=each.bad(row.problems), next_step=each.step, page="audit")
    days = _days_since(row.done)
    says = each.unknown if days is None else each.ago(days)
    return Duty(key=each.what, urgency=_judge_age(days, each.limit_days), says=says, next_step=each.step, page="audit")


def _judge_users(db: Reader) -> list[Duty]:
    """Judges whether a second person is there for acts that take two, and who waits for something."""
    active = [user for user in users_sql.list_users(db) if not user.disabled]
    step = Message("Add a user, or give a user the role.")
    found: list[Duty] = []

    def add(key: str, urgency: Urgency, says: Message, do: Message = step) -> None:
        found.append(Duty(key=key, urgency=urgency, says=says, next_step=do, page="users"))

    able = [user for user in active if user.roles & CONSENTING and not user.initial and not user.recovered]
    if len(able) < 2:
        add("second person", "now", Message("No second person can agree to what takes two people."))
    for role, words in ((Role.LEAD, Message("lead")), (Role.ADMIN, Message("administrator"))):
        if sum(role in user.roles for user in active) < 2:
            add(f"second {role.value}", "soon", Message("There is no second {role}, if the first is away.", role=words))
    if not any(user.roles == frozenset({Role.AUDITOR}) for user in active):
        add("auditor", "soon", Message("Nobody is auditor alone: whoever checks the work also does it."))
    waiting = [user.name for user in active if user.recovered]
    if waiting:
        says = Message("Regained access with the recovery key and waits for confirmation: {names}.", names=tuple(waiting))
        add("confirm", "now", says, Message("A person who knows them confirms them."))
    initial = [user.name for user in active if user.initial]
    if initial:
        says = Message("Has not yet set a passphrase of their own: {names}.", names=tuple(initial))
        add("initial", "soon", says, Message("They sign in and choose their own passphrase."))
    if not found:
        add("users", "fine", Message("Each role that takes two people has two."), Message("Nothing to do."))
    return found


def _judge_custodians(db: Reader) -> Duty:
    """Judges whether two custodians hold the halves of the recovery key."""
    halves = recovery.load_halves(db, valid=True)
    if len(halves) < _HALVES:
        says = Message("There is no valid recovery key: if all passphrases are lost, the store is lost.")
        step = Message("Show a half to each of two custodians.")
        return Duty(key="custodians", urgency="now", says=says, next_step=step, page="keyring")
    active = {user.name for user in users_sql.list_users(db) if not user.disabled}
    gone = sorted({half.custodian for half in halves} - active)
    if gone:
        says = Message("A custodian of the recovery key is no longer an active user: {names}.", names=tuple(gone))
        step = Message("Show new halves to two active users.")
        return Duty(key="custodians", urgency="soon", says=says, next_step=step, page="keyring")
    says = Message("Both halves of the recovery key have custodians: {names}.", names=tuple(half.custodian for half in halves))
    return Duty(key="custodians", urgency="fine", says=says, next_step=Message("Nothing to do."), page="keyring")


def _judge_lists(db: Reader) -> Duty:
    """Judges whether files are compared with a list of known material, and how old the newest is."""
    rows = [row for row in lists.load_lists(db) if row.kind == "known"]
    step = Message("Import the newest edition of each list.")
    if not rows:
        says = Message("No hash list of known material is loaded; no file was checked.")
        return Duty(key="lists", urgency="now", says=says, next_step=step, page="hash_lists")
    ages = {row.name: _days_since(row.added) for row in rows}
    unknown = [name for name, days in ages.items() if days is None]
    if unknown:
        says = Message(
            "It is not known when these lists were added, since that time is still to come: {names}. Check this machine's clock.",
            names=tuple(unknown),
        )
        return Duty(key="lists", urgency="soon", says=says, next_step=step, page="hash_lists")
    old = [name for name, days in ages.items() if days is not None and days > LIST_DAYS]
    if old:
        says = Message("Added more than {days} days ago: {names}.", days=LIST_DAYS, names=tuple(old))
        return Duty(key="lists", urgency="soon", says=says, next_step=step, page="hash_lists")
    says = Message(
        "{n} hash list of known material is in use." if len(rows) == 1 else "{n} hash lists of known material are in use.",
        n=len(rows),
    )
    return Duty(key="lists", urgency="fine", says=says, next_step=Message("Nothing to do."), page="hash_lists")
