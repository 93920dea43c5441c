"""Lists the written notices to preserve data (PECA s.31) of a report: those of this workstation, and those of others."""

from __future__ import annotations

from collections.abc import Mapping

from triage.exports.work_report import decode_notice
from triage.jobs.codec import read_or_none
from triage.jobs.state.received_work import NOTICE
from triage.model.moment import parse_person_time
from triage.model.user_names import name_user
from triage.model.work import ShowNotice
from triage.store.database import Reader
from triage.store.queries import cases, exchange


def list_notices(db: Reader, report_id: int, names: Mapping[int, str]) -> tuple[ShowNotice, ...]:
    """Returns the notices of a report, the oldest first.

    The one who issued a notice tells the Court. So a notice of another workstation starts no deadline here.
    """
    found = [
        ShowNotice(
            issued=row.issued,
            to_whom=row.to_whom,
            number=row.number,
            court_informed=row.told_court,
            by=name_user(names, row.user_id),
        )
        for row in cases.list_notices(db, report_id)
    ]
    for entry in exchange.list_entries(db, [report_id], NOTICE):
        form = read_or_none(decode_notice, entry.body, report_id)
        if form is None:
            continue
        known = exchange.find_remote_user(db, entry.fingerprint, form.by)
        found.append(
            ShowNotice(
                issued=form.issued,
                to_whom=form.to_whom,
                number=form.number,
                court_informed=form.court_informed,
                by=form.by if known is None else names.get(known, form.by),
                elsewhere=True,
            )
        )
    return tuple(sorted(found, key=lambda notice: _order(notice.issued)))


def _order(issued: str) -> str:
    """Returns the moment of a day or time, for sorting. What another workstation wrote may be neither."""
    try:
        return parse_person_time(issued).isoformat()
    except (ValueError, OverflowError):
        return issued
