"""Checks that the stored documents of reports can be read.

Decoding all of them takes a fifteenth to a seventh of a check, by how much the vault holds. So a check of a large store decodes a
share of them, drawn by lot, and says how many it left out; all are decoded when a person asks for it.
"""

from __future__ import annotations

import secrets

from triage.jobs.codec import is_document_sound
from triage.message import Message
from triage.model.progress import CancelToken, check_cancelled
from triage.store.database import Reader
from triage.store.queries import reports, stored_documents

SHARES = 4
"""A check of a large store decodes one share of so many, which takes some 4 % of its time at most."""
LEAST_DECODED = 200
"""A share has so many documents at least; a store with fewer than twice as many is decoded whole."""
_MOST_NAMED = 20  # damaged reports that a problem names; all are counted
_STEP = 500  # documents between two looks whether the check was stopped


class DocumentCheck:
    """Is the part of a store's check that decodes documents: slice n of t, (1, 1) for all, None for a share drawn by lot."""

    def __init__(self, part: tuple[int, int] | None = None, cancel: CancelToken | None = None) -> None:
        self._part, self._cancel = part, cancel

    def __call__(self, db: Reader) -> tuple[list[Message], dict[str, int]]:
        """Names the reports of which a document can't be read: one costs one report. Counts what was read, and what was not."""
        total = stored_documents.count_documents(db)
        n, of = self._part or _draw_share(total)
        read, damaged = 0, dict[int, None]()
        for report_id, stored in stored_documents.iterate_documents(db, n, of):
            if not read % _STEP:
                check_cancelled(self._cancel)
            read += 1
            if not is_document_sound(stored, report_id):
                damaged[report_id] = None
        counts = {"documents": read} | ({"documents_unread": total - read} if total > read else {})
        return _describe(db, list(damaged)), counts


def _draw_share(total: int) -> tuple[int, int]:
    """Returns the slice that a check decodes which was not told one. Nobody can foresee which one it is."""
    of = max(1, min(SHARES, total // LEAST_DECODED))
    return 1 + secrets.randbelow(of), of


def _describe(db: Reader, damaged: list[int]) -> list[Message]:
    """Returns the problem in a sentence, or nothing."""
    if not damaged:
        return []
    numbers = reports.load_numbers(db, damaged[:_MOST_NAMED])
    return [
        Message(
            "Reports with a document that can't be read: {count}. What it states is not known: {reports}."
            " Restore the newest backup.",
            count=len(damaged),
            reports=tuple(numbers[i] for i in damaged[:_MOST_NAMED]),
        )
    ]
