"""Whether a report is in the child lane: its reported user may be the child, and nothing goes out before a lead confirms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from triage.errors import Refused
from triage.jobs.codec import score_from_bytes
from triage.store.database import Reader
from triage.store.queries import cases, judgement, reports

FLAG = "child lane"


LaneState = Literal["no", "waits for a lead", "confirmed"]


def state(db: Reader, report_id: int) -> LaneState:
    if not in_lane(db, report_id):
        return "no"
    return "confirmed" if cases.load_child_lane_confirmation(db, report_id) else "waits for a lead"


def must_be_confirmed(db: Reader, report_ids: Sequence[int]) -> None:
    """Raises Refused when one of the reports may not go out yet. One that was not judged yet may be in the lane too."""
    waiting = [reports.load_number(db, i) for i in report_ids if state(db, i) == "waits for a lead"]
    if waiting:
        raise Refused(
            "{reports}: the reported user may be a child. Nothing is exported before a lead confirms it with: "
            "triage set REPORT --confirm-child-lane",
            reports=tuple(waiting),
        )
    unjudged = [reports.load_number(db, i) for i in report_ids if judgement.load_card(db, i) is None]
    if unjudged:
        raise Refused(
            "{reports}: not scored yet, so it is not known whether the reported user may be a child.", reports=tuple(unjudged)
        )


def in_lane(db: Reader, report_id: int) -> bool:
    card = judgement.load_card(db, report_id)
    return card is not None and FLAG in score_from_bytes(card.score).flags
