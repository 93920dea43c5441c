"""Reads the entries of the audit log, a window at a time, and finds those that fit a filter.

The log may hold millions of entries. Nothing is indexed for this: the whole log is read through, the newest part first, so that
the first page of a search is there at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from triage.jobs.session import Session
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.users import Right, Role
from triage.store.database import Reader
from triage.store.queries import audit_log, reports

VIEWING = frozenset({"media revealed"})
"""Kinds of entries that tell what a person saw. Only auditors, and the person, read who that was."""
_AT_ONCE = 20_000
"""Entries that are read through in one step of a search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted. Empty fields fit all. `since` and `before` are times in UTC with Z, `before` is not included."""

    kinds: tuple[str, ...] = ()
    user: str = ""
    since: str = ""
    before: str = ""
    report: str = ""
    """A report's number."""
    about: str = ""
    """A text that stands in what an entry names: an id, a keyed hash, a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry of the audit log. `about` holds ids, words and keyed hashes by name, never content; of a list, each value.

    `hidden` entries tell what a person saw: user and names are left out for everybody but auditors and that person.
    """

    n: int
    when: str
    user: str
    kind: str
    about: tuple[tuple[str, str | tuple[str, ...]], ...]
    hidden: bool = False


def count_audit_entries(session: Session) -> int:
    """Returns how many entries the audit log has."""
    session.require(Right.AUDIT)
    with session.reading() as db:
        return audit_log.load_state(db).count


def load_audit_entries(session: Session, numbers: Sequence[int]) -> tuple[AuditEntry, ...]:
    """Returns these entries, in the order of `numbers`; numbers that the log does not have are left out."""
    session.require(Right.AUDIT)
    sees_reports = session.user.may(Right.READ_REPORT)
    with session.reading() as db:
        found = audit_log.load_entries(db, numbers)
        entries = {n: json.loads(text) for n, text in found.items()}
        named = _load_report_numbers(db, entries.values()) if sees_reports else {}
    names = session.store.users.names()
    return tuple(_build(session, entries[n], names, named) for n in numbers if n in entries)


def find_audit_entries(
    session: Session,
    wanted: AuditFilter,
    on_found: Callable[[Sequence[int]], None],
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> int:
    """Hands the numbers of the entries that fit to `on_found`, the newest first, and returns how many there are.

    Who viewed media is no way to find entries, except for auditors: a search by user leaves those entries out.

    Raises:
        NotFound: if there is no such user
        Cancelled: if the token was set
    """
    session.require(Right.AUDIT)
    user = session.store.users.named(wanted.user).id if wanted.user else None
    with session.reading() as db:
        count = audit_log.load_state(db).count
        report = reports.find_report(db, wanted.report) if wanted.report else None
    if wanted.report and report is None:
        return 0
    found, until = 0, count
    while until > 0:
        check_cancelled(cancel)
        first = max(0, until - _AT_ONCE)
        with session.reading() as db:
            numbers = audit_log.find_entries(
                db, first, until, wanted.kinds, user, wanted.since, wanted.before, wanted.about.strip()
            )
            if report is not None:
                numbers = _keep_about(db, numbers, report)
            if user is not None and not _may_see_views(session, user):
                numbers = _leave_out_views(db, numbers)
        if numbers:
            found += len(numbers)
            on_found(numbers)
        until = first
        on_progress(Progress(done=count - until, total=count, unit="entries", note=Message("reading the audit log")))
    return found


def _keep_about(db: Reader, numbers: Sequence[int], report: int) -> list[int]:
    """Returns those of the entries that name the report."""
    rows = audit_log.load_entries(db, numbers)
    return [n for n in numbers if _names_report(json.loads(rows[n])["about"], report)]


def _names_report(about: dict[str, object], report: int) -> bool:
    """Returns whether an entry names the report, alone or among others."""
    several = about.get("reports")
    return about.get("report") == report or (isinstance(several, list) and report in several)


def _leave_out_views(db: Reader, numbers: Sequence[int]) -> list[int]:
    """Returns the entries that do not tell what a person saw."""
    rows = audit_log.load_entries(db, numbers)
    return [n for n in numbers if json.loads(rows[n])["kind"] not in VIEWING]


def _may_see_views(session: Session, user: int) -> bool:
    """Returns whether this session's user may read what that user saw."""
    return Role.AUDITOR in session.user.roles or user == session.user.id


def _load_report_numbers(db: Reader, entries: Iterable[dict[str, Any]]) -> dict[int, str]:
    """Returns id -> number of the reports that the entries name."""
    ids: set[int] = set()
    for entry in entries:
        about = entry["about"]
        if isinstance(about.get("report"), int):
            ids.add(about["report"])
        several = about.get("reports")
        if isinstance(several, list):  # other kinds of entries count reports here
            ids.update(each for each in several if isinstance(each, int))
    return reports.load_numbers(db, sorted(ids))


def _build(session: Session, entry: dict[str, Any], names: dict[int, str], named: dict[int, str]) -> AuditEntry:
    """Builds what is shown of an entry."""
    user, kind = int(str(entry["user"])), str(entry["kind"])
    hidden = kind in VIEWING and not _may_see_views(session, user)
    about: dict[str, Any] = entry["about"]
    return AuditEntry(
        n=int(str(entry["n"])),
        when=str(entry["when"]),
        user="" if hidden else names.get(user, str(user)),
        kind=kind,
        about=()
        if hidden
        else tuple(
            (name, _format_values("maker" if name == "by" and kind not in _BY_BUNDLE else name, value, names, named))
            for name, value in about.items()
        ),
        hidden=hidden,
    )


_PEOPLE = frozenset({"subject", "second", "maker", "user_added", "officer", "assignee"})
"""Values that are ids of users."""


_BY_BUNDLE = frozenset({"import completed"})
"""Kinds of entries whose "by" is a bundle; elsewhere it is a user."""


def _format_values(name: str, value: object, names: dict[int, str], named: dict[int, str]) -> str | tuple[str, ...]:
    """Returns a value as text, or the values of a list."""
    if not isinstance(value, list):
        return _format_value(name, value, names, named)
    of_each = "report" if name == "reports" else name  # a number there that is no list is a count
    return tuple(_format_value(of_each, each, names, named) for each in value)


def _format_value(name: str, value: object, names: dict[int, str], named: dict[int, str]) -> str:
    """Returns a value as text: report numbers and user names in place of ids, keyed hashes shortened."""
    if isinstance(value, int) and name == "report":
        return named.get(value, f"#{value}")
    if isinstance(value, int) and name in _PEOPLE:
        return names.get(value, f"#{value}")
    text = "" if value is None else str(value)
    return f"{text[:12]}…" if len(text) == 64 else text
