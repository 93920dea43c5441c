"""Whole lists, for small stores: the product reads the rows of a list as they are shown."""

from __future__ import annotations

from triage.jobs import status
from triage.jobs.casework import case_list, cases
from triage.jobs.exchange import deconflict_list
from triage.jobs.intake import imports
from triage.jobs.intake.imports import ImportRow
from triage.jobs.leaving import outgoing
from triage.jobs.requests import life
from triage.jobs.session import Session
from triage.model.casework import CaseFilter, CaseView
from triage.model.data_requests import RequestRow
from triage.model.deconfliction import Deconfliction
from triage.model.handover import Outgoing
from triage.store.queries.bundles import SetAsideRow


def list_cases(session: Session) -> tuple[CaseView, ...]:
    """Returns everything known about all cases, the oldest first."""
    return tuple(cases.load_views(session, case_list.find_cases(session, CaseFilter())).values())


def list_requests(session: Session) -> tuple[RequestRow, ...]:
    """Returns all requests, the oldest first."""
    return tuple(life.load_requests(session, life.find_requests(session).ids).values())


def list_outgoing(session: Session) -> tuple[Outgoing, ...]:
    """Returns the register of outgoing data, the newest entry first."""
    return tuple(outgoing.load_outgoing(session, outgoing.list_outgoing_ids(session)).values())


def list_quarantined(session: Session) -> tuple[SetAsideRow, ...]:
    """Returns all files that were set aside, the newest first."""
    return tuple(status.load_quarantined(session, status.list_quarantined_ids(session)).values())


def list_imports(session: Session) -> tuple[ImportRow, ...]:
    """Returns all imports, the newest first."""
    return tuple(imports.load_imports(session, imports.list_import_ids(session)).values())


def list_deconflictions(session: Session) -> tuple[Deconfliction, ...]:
    """Returns all sessions in which two stores compare their reported users, the newest first."""
    return tuple(deconflict_list.load_deconflictions(session, deconflict_list.list_deconfliction_ids(session)).values())
