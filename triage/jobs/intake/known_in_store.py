"""What the store knows of the documents that an import is about to write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.store.batch import Batch
from triage.store.queries import bundles, reports


@dataclass(slots=True)
class KnownInStore:
    """The bytes and numbers of a batch that the store knows, queried once and kept up to date."""

    originals: set[str]
    speaking: set[str]
    """Digests of documents that any report has or had."""
    reports: dict[str, int]

    @classmethod
    def load(cls, batch: Batch, digests: Iterable[str], numbers: Iterable[str]) -> KnownInStore:
        """Queries what the store knows of these bytes and report numbers."""
        wanted = list(set(digests))
        return cls(
            bundles.find_originals(batch, wanted),
            reports.find_known_documents(batch, wanted),
            reports.find_reports(batch, list(numbers)),
        )
