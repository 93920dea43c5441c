"""SQL of acts on many reports at once: what the reports are now, and which duplicates are folded into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.store.database import Reader
from triage.store.queries import encode_json_array


@dataclass(frozen=True, slots=True)
class StoredState:
    """What an act on many reports asks of one: its band (0 is A), its status by position, and its user."""

    report_id: int
    band: int
    status: int
    assignee: int | None


def list_folded(db: Reader, report_ids: Sequence[int], closed: int, most: int) -> list[int]:
    """Returns the open reports that are duplicates of these reports, without these reports themselves."""
    chosen = encode_json_array(report_ids)
    return [
        i
        for (i,) in db.all(
            "SELECT report_id FROM queue WHERE duplicates_of IN (SELECT value FROM json_each(?1)) AND status <> ?2"
            " AND report_id NOT IN (SELECT value FROM json_each(?1)) ORDER BY report_id LIMIT ?3",
            (chosen, closed, most),
        )
    ]


def load_states(db: Reader, report_ids: Sequence[int]) -> list[StoredState]:
    """Returns the state of these reports, in ascending order of ids; reports that were never judged are missing."""
    return [
        StoredState(*row)
        for row in db.all(
            "SELECT report_id, band, status, assignee FROM queue WHERE report_id IN (SELECT value FROM json_each(?))"
            " ORDER BY report_id",
            (encode_json_array(report_ids),),
        )
    ]
