"""Tells a person what became of their reports, and finds their reports with a warning from which they keep away."""

from __future__ import annotations

from collections.abc import Iterable

from triage.jobs.reading.queue_bits import list_ids
from triage.jobs.reading.queue_filter import Selection
from triage.jobs.reading.queue_table import select_reports
from triage.jobs.session import Session
from triage.jobs.state.account import load_own_settings
from triage.jobs.state.queue_layout import encode_user
from triage.jobs.state.queue_planes import open_planes, read_now
from triage.model.judgement import name_band
from triage.model.private_account import KeptAwayReport, OwnOutcome
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import judgement, own_work, reports

MOST_OUTCOMES = 200  # reports of the person, the newest


def list_own_outcomes(session: Session) -> tuple[OwnOutcome, ...]:
    """Returns what became of the reports on which one decided or graded, the latest outcome first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        rows = own_work.list_own_reports(db, session.user.id, MOST_OUTCOMES)
    return tuple(
        OwnOutcome(
            report_id=row.number,
            worked=row.worked,
            status=row.status or "new",
            reason=row.reason,
            case=row.case,
            stage=row.stage,
            since=max(row.decided or "", row.staged or ""),
        )
        for row in rows
    )


def list_kept_away(session: Session) -> tuple[KeptAwayReport, ...]:
    """Returns the open reports that are assigned to oneself and have a warning from which one keeps away.

    They can be given back without a reason. Nobody else can ask this.
    """
    session.require(Right.READ_REPORT)
    wanted = load_own_settings(session).keeps_away
    with open_planes(session, read_now()) as (db, planes):
        bits = _load_flag_bits(db, wanted)
        flags = frozenset(bit.bit_length() - 1 for bit in bits.values())
        own = Selection(open_only=True, facets={"assignee": frozenset({encode_user(session.user.id)}), "flag": flags})
        found = own_work.load_bands_and_flags(db, list_ids(select_reports(planes, own)).tolist()) if bits else []
        numbers = reports.load_numbers(db, [i for i, _, _ in found])
    return tuple(
        KeptAwayReport(report_id=numbers[i], band=name_band(band), kinds=tuple(kind for kind, bit in bits.items() if flags & bit))
        for i, band, flags in found
    )


def _load_flag_bits(db: Reader, flags: Iterable[str]) -> dict[str, int]:
    """Returns the bit of each of these flags in the queue; flags that no report has are missing."""
    wanted = set(flags)
    return {word: 1 << rank for rank, word in enumerate(judgement.load_codes(db, "flag").values()) if word in wanted}
