"""Tells whether a report is in the child lane: its reported user may be a child, and a lead confirms before it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from triage.errors import Refused
from triage.jobs.codec import flags_from_bytes, read_or_none
from triage.message import Message
from triage.store.database import Reader
from triage.store.queries import cases, judgement, reports, split_into_chunks

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
    reasons = find_reasons_to_wait(db, report_ids)

    def name_reports(reason: Message) -> tuple[str, ...]:
        """Returns the numbers of those that wait for this reason."""
        return tuple(reports.load_number(db, i) for i, why in reasons.items() if why is reason)

    if waiting := name_reports(WAITS_FOR_LEAD):
        raise Refused(
            "{reports}: the reported user may be a child. Nothing is exported before a lead confirms it on its page, or with: "
            "triage set REPORT --confirm-child-lane",
            reports=waiting,
        )
    if damaged := name_reports(CARD_DAMAGED):
        raise Refused(
            "{reports}: the score card is damaged, so it is not known whether the reported user may be a child. Nothing is"
            " exported before a lead confirms it on its page, or with: triage set REPORT --confirm-child-lane",
            reports=damaged,
        )
    if unjudged := name_reports(NOT_SCORED):
        raise Refused("{reports}: not scored yet, so it is not known whether the reported user may be a child.", reports=unjudged)


def find_reasons_to_wait(db: Reader, report_ids: Sequence[int]) -> dict[int, Message]:
    """Returns those of these reports that may not go out yet, in their order, each with the reason.

    A report that was not judged yet may be in the lane too.
    """
    found: dict[int, Message] = {}
    for part in split_into_chunks(report_ids):
        scores, confirmed = judgement.load_scores(db, part), cases.find_confirmed_child_lane(db, part)
        for i in part:
            flags = read_or_none(flags_from_bytes, scores[i], i) if i in scores else ()
            if i not in scores:
                found[i] = NOT_SCORED
            elif i not in confirmed and (flags is None or FLAG in flags):
                found[i] = CARD_DAMAGED if flags is None else WAITS_FOR_LEAD
    return found


def is_in_lane(db: Reader, report_id: int) -> bool:
    """Returns whether the report's score card has the flag of the child lane, or can't be read; False without a card."""
    flags = _load_flags(db, report_id)
    return flags is None or FLAG in flags


def _load_flags(db: Reader, report_id: int) -> tuple[str, ...] | None:
    """Returns the flags of the report's score card, none without a card; None when the card is damaged."""
    score = judgement.load_scores(db, [report_id]).get(report_id)
    return () if score is None else read_or_none(flags_from_bytes, score, report_id)
