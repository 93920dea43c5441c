"""Checks what a trainee did, by their own entries of the audit log and by what the store holds. Clicks count nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from triage.jobs.reading.queue import list_queue_ids
from triage.jobs.session import Session
from triage.jobs.users import all_users
from triage.model.training import Check, EntryCheck, FollowCheck, QueueCheck, Step, StepProgress
from triage.model.views import QueueFilter
from triage.store.queries import audit_log

ANSWERED = "training answered"
ME = "me"


@dataclass(frozen=True, slots=True)
class OwnEntries:
    """What the trainee's own entries of the audit log name, by kind, each with its number, the oldest first."""

    by_kind: dict[str, tuple[tuple[int, dict[str, Any]], ...]]

    def find(self, *kinds: str, where: dict[str, int | str] | None = None) -> list[tuple[int, dict[str, Any]]]:
        """Returns number and content of the entries of the kinds that name these words. Of a list, one word is enough."""
        wanted = (where or {}).items()
        return [
            (n, about)
            for kind in kinds
            for n, about in self.by_kind.get(kind, ())
            if all(value in _list_values(about, name) for name, value in wanted)
        ]


def load_own_entries(session: Session) -> OwnEntries:
    """Returns what the user of the session did here. A training store is small, so the whole log is read."""
    found: defaultdict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    with session.reading() as db:
        count = audit_log.load_state(db).count
        numbers = audit_log.find_entries(db, 0, count, (), session.user.id, "", "", "")
        entries = audit_log.load_entries(db, numbers)
    for n in sorted(numbers):
        entry = json.loads(entries[n])
        found[entry["kind"]].append((n, entry["about"]))
    return OwnEntries({kind: tuple(each) for kind, each in found.items()})


def check_step(session: Session, step: Step, own: OwnEntries) -> StepProgress:
    """Returns whether a step is done: a lesson by the right answer, a task when all of its checks hold."""
    if step.answers:
        given = [about["answer"] for _, about in own.find(ANSWERED) if about["step"] == step.id]
        known = [answer for answer in given if answer < len(step.answers)]
        right = [step.answers[n].right for n in known]
        tries = right.index(True) + 1 if True in right else len(right)
        return StepProgress(step.id, any(right), known[-1] if known else None, tries)
    return StepProgress(step.id, all(_holds(session, check, own) for check in step.checks))


def _holds(session: Session, check: Check, own: OwnEntries) -> bool:
    match check:
        case EntryCheck(kinds=kinds, least=least, where=where):
            return len(own.find(*kinds, where=where)) >= least
        case FollowCheck():
            return _follows(check, own)
        case QueueCheck():
            assignees = tuple(session.user.name if name == ME else name for name in check.assignees)
            if not set(assignees) <= {user.name for user in all_users(session)}:
                return False
            wanted = QueueFilter(bands=check.bands, statuses=check.statuses, assignees=assignees)
            found = set(list_queue_ids(session, wanted))
            if check.acts:
                acts = [about for _, about in own.find(*check.acts)]
                found &= {i for about in acts for name in ("report", "reports") for i in _list_values(about, name)}
            return len(found) >= check.least


def _follows(check: FollowCheck, own: OwnEntries) -> bool:
    """Returns whether one of the later entries follows an earlier one about the same thing."""
    earlier = own.find(*check.first, where=check.where_first)
    for n, about in own.find(*check.then, where=check.where_then):
        for before, named in earlier:
            same = not check.by or _list_values(named, check.by) & _list_values(about, check.by_then or check.by)
            if before < n and same:
                return True
    return False


def _list_values(about: dict[str, Any], name: str) -> set[Any]:
    """Returns the values that an entry names: of one, or of a list."""
    value = about.get(name)
    return set(value) if isinstance(value, list) else set() if value is None else {value}
