"""What the desktop asks of a large store when it opens a page beside the queue, for bench/serving.py."""

from __future__ import annotations

import time
from collections.abc import Callable

from triage.jobs.casework.case_list import find_cases, load_cases
from triage.jobs.exchange.work_list import find_work, load_work
from triage.jobs.judging.sampling import show_sample
from triage.jobs.keeping.audit_reading import load_audit_entries
from triage.jobs.keeping.duties import list_duties
from triage.jobs.keeping.holdings import list_destruction_ids, list_holds, load_destructions
from triage.jobs.leaving.outgoing import list_outgoing_ids, load_outgoing
from triage.jobs.matching.sweep_state import load_sweep_state
from triage.jobs.reading.queue import load_window
from triage.jobs.reading.queue_picks import count_own_work, list_copies
from triage.jobs.requests.life import find_requests, load_requests
from triage.jobs.requests.preview import preview_expiring
from triage.jobs.review.grade_work import find_grade_work, load_grade_work
from triage.jobs.review.pairs import list_possible_pairs
from triage.jobs.session import Session
from triage.jobs.signed_updates import list_updates
from triage.jobs.state.open_reports import list_open_reports
from triage.jobs.status import list_quarantined_ids, load_quarantined
from triage.jobs.victim_id.series import list_series
from triage.jobs.wellbeing.exposure import list_team_weeks
from triage.model.casework import CaseFilter
from triage.model.queue_order import QueueOrder
from triage.model.views import QueueFilter
from triage.store.queries import audit_log, reports, retention


def list_own_with_flag(session: Session) -> object:
    """Lists one's own open reports with a flag, as a person does who keeps away from it."""
    own = QueueFilter(open_only=True, assignees=(session.user.name,), flags=("child lane",))
    return load_window(session, own, QueueOrder(), 0, 64)


def read_custody(session: Session, number: str) -> object:
    """Reads the entries of the audit log about a report, as its packet does."""
    with session.reading() as db:
        report_id = reports.find_report(db, number)
        return None if report_id is None else audit_log.list_entries_about(db, report_id, [1])


def list_first_packages(session: Session) -> object:
    """Lists the first work packages of both kinds, as the page does."""
    found = find_work(session)
    return load_work(session, [*found.sent[:128], *found.received[:128]])


def list_due(session: Session) -> object:
    """Lists the first reports that a rule of twelve months no longer keeps."""
    now = time.time()
    before, until = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)) for moment in (now - 365 * 86_400, now))
    with session.reading() as db:
        return retention.list_due(db, retention.find_cutoff(db, before, until), 50)


PAGES: dict[str, Callable[[Session], object]] = {
    "own open work": count_own_work,
    "own reports with a flag": list_own_with_flag,
    "folded copies": lambda s: list_copies(s, 1, 100),
    "possible pairs": lambda s: list_possible_pairs(s, 200),
    "cases": lambda s: load_cases(s, find_cases(s, CaseFilter())[:128]),
    "work packages": list_first_packages,
    "requests": lambda s: load_requests(s, find_requests(s).ids[:128]),
    "requests for chosen reports": lambda s: preview_expiring(s, 30, only=range(1_000, 1_020)),
    "marks of open reports": list_open_reports,
    "set aside": lambda s: load_quarantined(s, list_quarantined_ids(s)[:128]),
    "victim series": list_series,
    "sample": show_sample,
    "grades to give": lambda s: load_grade_work(s, find_grade_work(s).ids[:128]),
    "audit log": lambda s: load_audit_entries(s, range(100)),
    "holds": list_holds,
    "destructions": lambda s: load_destructions(s, list_destruction_ids(s)[:128]),
    "duties": list_duties,
    "updates": list_updates,
    "what left": lambda s: load_outgoing(s, list_outgoing_ids(s)[:128]),
    "exposure": list_team_weeks,
    "background comparison": load_sweep_state,
    "due by retention": list_due,
}
"""Page, or part of one -> what is asked first. Most of it depends on what people did and not on the reports; it is to stay so."""
