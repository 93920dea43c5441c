"""Checks that the stored documents of reports can be read.

Decoding them all takes a fifteenth to a seventh of a check, by how much the vault holds. So a check of one slice of the vault
decodes one slice of the documents, and says how many it left out.
"""

from __future__ import annotations

from triage.jobs.codec import is_document_sound
from triage.message import Message
from triage.model.progress import CancelToken, check_cancelled
from triage.store.database import Reader
from triage.store.queries import reports, stored_documents

_MOST_NAMED = 20  # damaged reports that a problem names; all are counted
_STEP = 500  # documents between two looks whether the check was stopped


class DocumentCheck:
    """Is the part of a store's check that decodes documents: slice `n` of `of`, counted from 1."""

    def __init__(self, n: int = 1, of: int = 1, cancel: CancelToken | None = None) -> None:
        self._n, self._of, self._cancel = n, of, cancel

    def __call__(self, db: Reader) -> tuple[list[Message], dict[str, int]]:
        """Names the reports of which a document can't be read: one costs one report. Counts the documents that were read."""
        read, damaged = 0, dict[int, None]()
        for report_id, stored in stored_documents.iterate_documents(db, self._n, self._of):
            if not read % _STEP:
                check_cancelled(self._cancel)
            read += 1
            if not is_document_sound(stored, report_id):
                damaged[report_id] = None
        unread = stored_documents.count_documents(db) - read if self._of > 1 else 0
        counts = {"documents": read} | ({"documents_unread": unread} if unread > 0 else {})
        return _describe(db, list(damaged)), counts


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
