"""Gathers the identifiers of reported users that a deconfliction compares."""

from __future__ import annotations

from dataclasses import dataclass

from triage.jobs.load import load_report
from triage.jobs.session import Session
from triage.jobs.state.child_lane import load_lane_state
from triage.links.link_keys import find_family_keys, find_user_keys
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled
from triage.store.database import Reader
from triage.store.queries import deconfliction, destruction, queue

_KINDS = {
    "email": "email",
    "phone": "phone",
    "username": "username",
    "user_id": "user_id",
    "device": "device",
    "advertising_id": "device",
    "cnic": "cnic",
    "wallet": "wallet",
}
"""Kind of link key -> kind that is compared. Names of accounts are compared with their provider only."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class OwnIdentifier:
    """An identifier of reported users, with the reports that state it. `silent`: one of them is under a hold "undercover"."""

    kind: str
    value: str
    reports: tuple[int, ...]
    silent: bool


def gather_identifiers(session: Session, on_progress: OnProgress, cancel: CancelToken | None) -> tuple[list[OwnIdentifier], int]:
    """Returns the identifiers that are compared, and of how many reports the documents can't be read: theirs are not known.

    Left out are reports of cleared people, and those that wait for a lead since the reported user may be a child.
    """
    with session.reading() as db:
        ids = queue.list_judged_reports(db)
        apart = destruction.find_cleared(db, ids)
        undercover = deconfliction.find_undercover_reports(db)
    found: dict[tuple[str, str], list[int]] = {}
    unread = 0
    for at in range(0, len(ids), _BATCH):
        check_cancelled(cancel)
        with session.reading() as db:
            for report_id in ids[at : at + _BATCH]:
                keys = set[tuple[str, str]]() if report_id in apart else _list_keys(db, report_id)
                unread += keys is None
                for key in keys or ():
                    found.setdefault(key, []).append(report_id)
        on_progress(Progress(done=min(at + _BATCH, len(ids)), total=len(ids), unit="reports"))
    return [
        OwnIdentifier(kind, value, tuple(holders), not undercover.isdisjoint(holders))
        for (kind, value), holders in sorted(found.items())
    ], unread


def _list_keys(db: Reader, report_id: int) -> set[tuple[str, str]] | None:
    """Returns (kind, value) of a report's compared identifiers: none while it waits for a lead, None when it can't be read."""
    if load_lane_state(db, report_id) == "waits for a lead":
        return set()
    loaded = load_report(db, report_id)
    if not loaded.readable:
        return None
    report = loaded.report
    keys = find_user_keys(report) - find_family_keys(report)
    return {(_KINDS[kind], value) for kind, value in keys if kind in _KINDS}
