"""What is known of a medium: the same bytes or a like picture in the store, and hits in the hash lists."""

from __future__ import annotations

from collections.abc import Iterable

from triage import limits
from triage.hashing.index import HammingIndex
from triage.model.judgement import ListHit
from triage.model.media import Perceptual
from triage.model.report import ReportFile
from triage.store.database import Reader
from triage.store.queries import lists, media

DIGEST_KINDS = ("md5", "sha1", "sha256")
COMPARED_KINDS = (*DIGEST_KINDS, "pdq")
"""Hash kinds of a list that are compared; others are kept and said to be unmatched."""


def may_match(perceptual: Perceptual | None) -> bool:
    """A flat or poor picture has a hash that says too little: it never matches by hash."""
    return perceptual is not None and perceptual.quality >= limits.MIN_PDQ_QUALITY


def picture_index(db: Reader) -> HammingIndex:
    """All pictures of the store that may match, by medium id."""
    index = HammingIndex()
    for medium_id, pdq in media.all_pdq(db, limits.MIN_PDQ_QUALITY):
        index.add(medium_id, pdq)
    return index


class ListMatcher:
    """Reader all hash lists at once: exact digests in the database, PDQ in an index in memory."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self.lists = {row.id: row for row in lists.all_lists(db)}
        self._pdq = HammingIndex()
        self._values: list[tuple[bytes, int]] = lists.all_pdq(db) if self.lists else []
        for key, (value, _) in enumerate(self._values):
            self._pdq.add(key, value)

    @property
    def checked(self) -> tuple[tuple[str, str], ...]:
        """(name, date) of every list of known material that is asked; only against these can a file be new."""
        return tuple(sorted((row.name, row.added) for row in self.lists.values() if row.kind == "known"))

    def of_file(self, file: ReportFile, perceptual: Perceptual | None) -> list[ListHit]:
        """Hits of a report's file: by its bytes when they came, else by what the source declared."""
        there = file.occurrence
        if there is not None:
            digests = {"md5": there.md5, "sha1": there.sha1, "sha256": there.sha256}
            return self.of_digests(there.sha256, digests.items()) + self.of_picture(there.sha256, perceptual)
        declared = [(kind, value) for kind, value in file.entry.declared if kind in DIGEST_KINDS]
        return self.of_digests(dict(declared).get("sha256", ""), declared)

    def of_digests(self, sha256: str, digests: Iterable[tuple[str, str]]) -> list[ListHit]:
        if not self.lists:
            return []
        found = []
        for kind, value in digests:
            raw = _hex(value)
            for hit in lists.hits(self._db, kind, [raw]) if raw else []:
                found.append(
                    ListHit(
                        list_name=hit.list_name,
                        list_kind=meant(hit.list_kind, hit.profile, hit.category),
                        added=hit.added,
                        sha256=sha256,
                        hash_kind=kind,
                        tier="exact",
                        category=hit.category,
                    )
                )
        return found

    def of_picture(self, sha256: str, perceptual: Perceptual | None) -> list[ListHit]:
        if perceptual is None or not self._values or not may_match(perceptual):
            return []
        found = []
        for key, distance in self._pdq.query(perceptual.pdq, limits.MATCH_RADIUS):
            row = self.lists[self._values[key][1]]
            found.append(
                ListHit(
                    list_name=row.name,
                    list_kind=row.kind,
                    added=row.added,
                    sha256=sha256,
                    hash_kind="pdq",
                    tier="near",
                    category=None,
                    distance=distance,
                )
            )
        return sorted(found, key=lambda h: (h.distance or 0, h.list_name))


def meant(kind: str, profile: str | None, category: str | None) -> str:
    """What an entry of a list says. By the US profile a known list also holds what is not abuse material: 0 non-pertinent,
    4 comparison pictures. Another profile, another category, or none stated: the list's own kind."""
    return "negative" if kind == "known" and profile == "US" and category in ("0", "4") else kind


def _hex(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return b""
