"""What is known of a medium: the same bytes or a like picture in the store, and hits in the hash lists."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from triage import limits
from triage.hashing import windows
from triage.hashing.index import HammingIndex
from triage.hashing.likeness import Kept, PictureIndex, may_match
from triage.importers.lists import words
from triage.importers.lists.profiles import meaning
from triage.model.judgement import ListHit
from triage.model.media import MediaFacts, Perceptual
from triage.model.report import ReportFile
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import lists, media
from triage.store.queries.lists import EntryRow, ListRow
from triage.store.queries.users import store_id

DIGEST_KINDS = ("md5", "sha1", "sha256")
COMPARED_KINDS = (*DIGEST_KINDS, "pdq")
"""Hash kinds of a list that are compared; others are kept and said to be unmatched."""
_STRONGEST = ("sha256", "sha1", "md5")
_LENGTHS = {"md5": 16, "sha1": 20, "sha256": 32}

Digests = Mapping[str, bytes]
"""Of one file, by kind."""


def picture_index(db: Reader) -> PictureIndex:
    """All pictures of the store that may match, with their windows."""
    index = PictureIndex()
    for block in media.window_blocks(db, limits.MIN_PDQ_QUALITY):
        index.extend(block)
    return index


def kept_in(db: Reader) -> Kept:
    return lambda medium_id: media.windows(db, medium_id)


def digests_of(file: ReportFile) -> dict[str, bytes]:
    """Of a file's bytes when they came, else as the source declared them; what is no digest is left out."""
    there = file.occurrence
    stated = [("md5", there.md5), ("sha1", there.sha1), ("sha256", there.sha256)] if there else list(file.entry.declared)
    found = {kind: _hex(value) for kind, value in stated if kind in DIGEST_KINDS}
    return {kind: value for kind, value in found.items() if len(value) == _LENGTHS[kind]}


def put_file_hashes(batch: Batch, report_id: int, files: Sequence[ReportFile]) -> None:
    """Keeps a report's digests where a list meets them as a set."""
    rows = {
        (kind, value, report_id, file.entry.name or file.entry.original_name or file.entry.key, int(file.occurrence is None))
        for file in files
        for kind, value in digests_of(file).items()
    }
    lists.replace_file_hashes(batch, report_id, sorted(rows, key=lambda row: (*row[:4], -row[4])))


class ListMatcher:
    """All hash lists at once: digests are looked up in the database, PDQ in an index in memory."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self.lists = {row.id: row for row in lists.all_lists(db)}

    @property
    def checked(self) -> tuple[tuple[str, str], ...]:
        """(name, date) of every list of known material that is asked; only against these can a file be new."""
        return tuple(sorted((row.name, row.added) for row in self.lists.values() if row.kind == "known"))

    def of_files(self, files: Sequence[ReportFile], facts: Mapping[str, MediaFacts]) -> list[list[ListHit]]:
        """Hits of each file: by its bytes when they came, else by what the source declared. One query a kind of hash."""
        digests = [digests_of(file) for file in files]
        exact = self._exact(digests)
        found = []
        for file, own, hits in zip(files, digests, exact, strict=True):
            there = file.occurrence
            measured = facts.get(there.sha256) if there else None
            found.append(hits + self.of_picture(_named(own), measured.perceptual if measured else None))
        return found

    def of_digests(self, sha256: str, digests: Iterable[tuple[str, str]]) -> list[ListHit]:
        """Hits of one file outside the store."""
        own = {kind: value for kind, text in digests if (value := _hex(text))}
        return self._exact([own | ({"sha256": _hex(sha256)} if sha256 else {})])[0]

    def _exact(self, files: Sequence[Digests]) -> list[list[ListHit]]:
        if not self.lists:
            return [[] for _ in files]
        entries: defaultdict[tuple[str, bytes], list[EntryRow]] = defaultdict(list)
        for kind in DIGEST_KINDS:
            for entry in lists.entries(self._db, kind, list({own[kind] for own in files if kind in own})):
                entries[kind, entry.value].append(entry)
        return [list(dict.fromkeys(self._hit(entry, _named(own), "exact") for entry in _once(own, entries))) for own in files]

    def of_picture(self, sha256: str, perceptual: Perceptual | None) -> list[ListHit]:
        if perceptual is None or not self.lists or not may_match(perceptual):
            return []
        near = _pictures(self._db, self.lists.values()).query(perceptual.pdq)
        said = lists.items(self._db, sorted({item_id for _, item_id in near}))
        found = []
        for (list_id, item_id), (distance, turn) in near.items():
            if list_id in self.lists and item_id in said:
                category, _, told = said[item_id]
                entry = EntryRow("pdq", perceptual.pdq, list_id, item_id, category, told)
                hit = self._hit(entry, sha256, "near", distance)
                found.append(replace(hit, variant=windows.TURNS[turn] if turn else ""))
        return sorted(found, key=lambda h: (h.distance or 0, h.list_name, h.category or "", h.says))

    def _hit(self, entry: EntryRow, sha256: str, tier: str, distance: int | None = None) -> ListHit:
        row = self.lists[entry.list_id]
        kind, says = entry_says(row, entry.category, entry.said)
        return ListHit(
            list_name=row.name,
            list_kind=kind,
            added=row.added,
            sha256=sha256,
            hash_kind=entry.hash_kind,
            tier=tier,
            category=entry.category,
            distance=distance,
            says=says,
        )


class _Pictures:
    """The PDQ hashes of all lists of one state of a store."""

    def __init__(self, rows: Sequence[tuple[bytes, int, int]]) -> None:
        self._rows = [(list_id, item_id) for _, list_id, item_id in rows]
        self._index = HammingIndex()
        self._guard = threading.Lock()
        self._index.extend(range(len(rows)), b"".join(value for value, _, _ in rows))

    def query(self, pdq: bytes) -> dict[tuple[int, int], tuple[int, int]]:
        """(list, item) -> (distance, turn): the picture is asked for in all turns, the nearest counts."""
        best: dict[tuple[int, int], tuple[int, int]] = {}
        with self._guard:
            for turn, hits in enumerate(self._index.query_many(windows.turned_pdq(pdq))):
                for key, distance in hits:
                    row = self._rows[key]
                    best[row] = min(best.get(row, (distance, turn)), (distance, turn))
        return best


_held: tuple[object, _Pictures] | None = None
"""The index is dear to make and the same for every report: it is kept until the lists change."""


def _pictures(db: Reader, rows: Iterable[ListRow]) -> _Pictures:
    global _held
    state = (store_id(db), tuple((row.id, row.sha256, row.added, row.entries) for row in rows))
    held = _held
    if held is None or held[0] != state:
        held = _held = (state, _Pictures(lists.pictures(db)))
    return held[1]


def entry_says(row: ListRow, category: str | None, said: str | None) -> tuple[str, str]:
    """(what an entry counts as, what it says for a person). By its profile a list of known material also holds what is none;
    a category that is open, or a list of another kind, leaves the list's own kind."""
    meant = meaning(row.profile, category)
    kind = meant.means if row.kind == "known" and meant.means != "unclear" else row.kind
    told = words(tuple(json.loads(said).items())) if said else ""
    return kind, ", ".join(part for part in (meant.words, told) if part)


def _once(own: Digests, entries: Mapping[tuple[str, bytes], Sequence[EntryRow]]) -> Iterator[EntryRow]:
    """The entries that hold a file's digests, each once, by the strongest digest it shares. Of several entries of one list
    under one MediaID the first counts."""
    items: set[int] = set()
    ids: set[tuple[int, str | None]] = set()
    for kind in _STRONGEST:
        for entry in entries.get((kind, own.get(kind, b"")), ()):
            media_id = json.loads(entry.said).get("media_id") if entry.said else None
            if entry.item_id in items or (media_id is not None and (entry.list_id, media_id) in ids):
                continue
            items.add(entry.item_id)
            ids.add((entry.list_id, media_id))
            yield entry


def _named(digests: Digests) -> str:
    """One word for the file: its SHA-256, else the strongest digest there is."""
    return next((digests[kind].hex() for kind in _STRONGEST if kind in digests), "")


def _hex(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return b""
