"""Tells whether a report is in the child lane: its reported user may be a child, and a lead confirms before it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from triage.errors import Refused
from triage.jobs.codec import flags_from_bytes, read_or_none
from triage.message import Message
from triage.store.database import Reader
from triage.store.queries import cases, judgement, reports

FLAG = "child lane"
WAITS_FOR_LEAD = Message("The reported user may be a child. The report goes out when a lead has confirmed it.")
NOT_SCORED = Message("The report is not scored yet, so it is not known whether the reported user may be a child.")
CARD_DAMAGED = Message("The report's score card is damaged, so it is not known whether the reported user may be a child.")


LaneState = Literal["no", "waits for a lead", "confirmed"]


def load_lane_state(db: Reader, report_id: int) -> LaneState:
    """Returns whether the report is in the child lane, and whether a lead confirmed it.

    A report whose card can't be read may be in the lane, so it is: a lead may confirm it all the same.
    """
    if not is_in_lane(db, report_id):
        return "no"
    return "confirmed" if cases.load_child_lane_confirmation(db, report_id) else "waits for a lead"


def require_confirmed(db: Reader, report_ids: Sequence[int]) -> None:
    """Raises Refused when one of the reports may not go out yet.

    A report that was not judged yet may be in the lane too, so it is refused.
    """
    held = [i for i in report_ids if load_lane_state(db, i) == "waits for a lead"]
    damaged = [reports.load_number(db, i) for i in held if _load_flags(db, i) is None]
    waiting = [number for number in map(partial(reports.load_number, db), held) if number not in damaged]
    if waiting:
        raise Refused(
            "{reports}: the reported user may be a child. Nothing is exported before a lead confirms it on its page, or with: "
            "triage set REPORT --confirm-child-lane",
            reports=tuple(waiting),
        )
    if damaged:
        raise Refused(
            "{reports}: the score card is damaged, so it is not known whether the reported user may be a child. Nothing is"
            " exported before a lead confirms it on its page, or with: triage set REPORT --confirm-child-lane",
            reports=tuple(damaged),
        )
    unjudged = [reports.load_number(db, i) for i in report_ids if judgement.load_card(db, i) is None]
    if unjudged:
        raise Refused(
            "{reports}: not scored yet, so it is not known whether the reported user may be a child.", reports=tuple(unjudged)
        )


def find_reason_to_wait(db: Reader, report_id: int) -> Message | None:
    """Returns why the report may not go out yet, or None. A report that was not judged yet may be in the lane too."""
    if load_lane_state(db, report_id) == "waits for a lead":
        return CARD_DAMAGED if _load_flags(db, report_id) is None else WAITS_FOR_LEAD
    return NOT_SCORED if judgement.load_card(db, report_id) is None else None


def is_in_lane(db: Reader, report_id: int) -> bool:
    """Returns whether the report's score card has the flag of the child lane, or can't be read; False without a card."""
    flags = _load_flags(db, report_id)
    return flags is None or FLAG in flags


def _load_flags(db: Reader, report_id: int) -> tuple[str, ...] | None:
    """Returns the flags of the report's score card, none without a card; None when the card is damaged."""
    card = judgement.load_card(db, report_id)
    return () if card is None else read_or_none(flags_from_bytes, card.score, report_id)
