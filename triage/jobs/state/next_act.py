"""What is to be done next on a report, by one table. The first line whose question is answered with yes counts.

docs/formats/queue-sheet.md prints the same table, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.message import Message
from triage.model.casework import Stage
from triage.model.moment import parse_utc
from triage.model.views import QueueRow
from triage.priority.clocks import OPERATOR, PROVIDER, TELL_COURT

SOON = timedelta(days=30)
"""Data that run out within this time are preserved before anything else is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkState:
    """What the next act depends on."""

    row: QueueRow
    now: datetime
    notices: int
    """Preservation notices that were recorded for the report."""
    ungraded: int
    """Present files that nobody has graded."""
    case: str | None
    stage: str | None

    def runs_out_soon(self, name: str) -> bool:
        """Returns whether the next deadline is this one and ends soon."""
        due = self.row.deadline
        return due is not None and self.row.deadline_name == name and parse_utc(due) - self.now < SOON


@dataclass(frozen=True, slots=True)
class NextAct:
    """A line of the table: the act in words, and the question whether it is the next one."""

    words: Message
    """Without its values."""
    question: str
    """The question in words, for the documents."""
    applies: Callable[[WorkState], bool]


ACTS = (
    NextAct(Message("Nothing: it is closed"), "The report is closed.", lambda s: s.row.status == "closed"),
    NextAct(
        Message("A lead confirms the child lane"),
        "The reported user may be a child, and no lead has confirmed the release.",
        lambda s: s.row.child_lane == "waits for a lead",
    ),
    NextAct(Message("Read it: it could not be scored"), "The program could not score it.", lambda s: "not judged" in s.row.flags),
    NextAct(
        Message("Tell the Court of the notice"),
        "A preservation notice was issued, and the Court was not told.",
        lambda s: s.row.deadline_name == TELL_COURT,
    ),
    NextAct(
        Message("Compare with report {duplicate}, close as duplicate"),
        "Another report has the same content.",
        lambda s: s.row.duplicates_of is not None,
    ),
    NextAct(
        Message("Preserve: ask the provider to keep the data"),
        "The provider's data run out next, within 30 days, and no notice is recorded.",
        lambda s: not s.notices and s.runs_out_soon(PROVIDER),
    ),
    NextAct(
        Message("Preserve: notice to the operator"),
        "The operator's log runs out next, within 30 days, and no notice is recorded.",
        lambda s: not s.notices and s.runs_out_soon(OPERATOR),
    ),
    NextAct(Message("Ask again: it is on hold"), "The status is on hold.", lambda s: s.row.status == "on_hold"),
    NextAct(Message("Await the answer: it was referred"), "The status is referred.", lambda s: s.row.status == "referred"),
    NextAct(
        Message("View and grade the files ({ungraded} not graded)"), "Present files have no grade.", lambda s: s.ungraded > 0
    ),
    NextAct(
        Message("Case {case}: go on from {stage}"),
        "The report is in a case.",
        lambda s: s.case is not None and s.stage in {stage.value for stage in Stage},
    ),
    NextAct(
        Message("Ask the provider for the missing files"),
        "The report names files that did not come.",
        lambda s: s.row.files_present < s.row.files,
    ),
    NextAct(
        Message("Write to the operator for the subscriber"),
        "An operator's log still runs, and no notice is recorded.",
        lambda s: not s.notices and s.row.deadline_name == OPERATOR,
    ),
    NextAct(Message("Decide: open a case, refer, or close"), "None of the lines above.", lambda s: True),
)


def describe_next_act(state: WorkState) -> Message:
    """Returns the next act on a report as a message."""
    act = next(act for act in ACTS if act.applies(state))
    values: dict[str, str | int] = {
        "duplicate": state.row.duplicates_of or "",
        "ungraded": state.ungraded,
        "case": state.case or "",
        "stage": state.stage or "",
    }
    said = act.words.key
    return Message(said, **{name: value for name, value in values.items() if f"{{{name}}}" in said})  # message-ok


def find_next_act(state: WorkState) -> str:
    """Returns the next act on a report in English words."""
    return str(describe_next_act(state))
