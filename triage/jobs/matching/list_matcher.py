"""What the hash lists say of files: the same bytes, like pictures, and what is only possible or held for review."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from triage.hashing.video_frames import Frame
from triage.importers.lists import describe_stated
from triage.importers.lists.profiles import find_meaning
from triage.jobs.matching.list_hashes import ListWay, list_pictures
from triage.model.judgement import ListHit
from triage.model.media import Perceptual
from triage.model.report import ReportFile
from triage.store.database import Reader
from triage.store.queries import list_near, lists
from triage.store.queries.list_near import ListNearRow
from triage.store.queries.lists import EntryRow, FileHashRow, ListRow

DIGEST_KINDS = ("md5", "sha1", "sha256")
COMPARED_KINDS = (*DIGEST_KINDS, "pdq")
"""Hash kinds of a list that are compared; others are kept and said to be unmatched."""
_STRONGEST = ("sha256", "sha1", "md5")
_LENGTHS = {"md5": 16, "sha1": 20, "sha256": 32}

Digests = Mapping[str, bytes]
"""Of one file, by kind."""


def digests_of(file: ReportFile) -> dict[str, bytes]:
    """Of a file's bytes when they came, else as the source declared them; what is no digest is left out."""
    there = file.occurrence
    stated = [("md5", there.md5), ("sha1", there.sha1), ("sha256", there.sha256)] if there else list(file.entry.declared)
    found = {kind: _hex(value) for kind, value in stated if kind in DIGEST_KINDS}
    return {kind: value for kind, value in found.items() if len(value) == _LENGTHS[kind]}


def file_hashes(report_id: int, files: Sequence[ReportFile]) -> list[FileHashRow]:
    """A report's digests, as they are kept where a list meets them as a set."""
    rows = {
        (kind, value, report_id, file.entry.name or file.entry.original_name or file.entry.key, int(file.occurrence is None))
        for file in files
        for kind, value in digests_of(file).items()
    }
    return sorted(rows, key=lambda row: (*row[:4], -row[4]))


@dataclass(frozen=True)
class ListAnswers:
    """What all hash lists say of some digests and pictures. Rows only, so that another process can read them.

    `items`: entry -> (category, what the list says of it), of the entries that pictures are like.
    """

    lists: tuple[ListRow, ...]
    entries: tuple[EntryRow, ...] = ()
    near: tuple[ListNearRow, ...] = ()
    items: dict[int, tuple[str | None, str | None]] = field(default_factory=dict)

    @property
    def checked(self) -> tuple[tuple[str, str], ...]:
        """(name, date) of every list of known material that is asked; only against these can a file be new."""
        return tuple(sorted((row.name, row.added) for row in self.lists if row.kind == "known"))

    def of_files(self, files: Sequence[ReportFile]) -> list[list[ListHit]]:
        """Hits of each file that count: by its bytes when they came, else by what the source declared."""
        return [
            self.of_digests(digests_of(file)) + [hit for hit in self._by_file.get(hit_name(file), ()) if hit.counts]
            for file in files
        ]

    def not_counted(self, files: Sequence[ReportFile]) -> list[list[ListHit]]:
        """Of each file what is only possible, or matches by a hash that is held for review: for people to judge."""
        return [[hit for hit in self._by_file.get(hit_name(file), ()) if not hit.counts] for file in files]

    def of_digests(self, own: Digests) -> list[ListHit]:
        entries = self._by_digest
        return list(dict.fromkeys(self._hit(entry, _named(own), "exact") for entry in _once(own, entries))) if entries else []

    def of_pictures(self) -> list[ListHit]:
        return [hit for _, hit in self._told]

    @cached_property
    def _by_digest(self) -> Mapping[tuple[str, bytes], Sequence[EntryRow]]:
        entries: defaultdict[tuple[str, bytes], list[EntryRow]] = defaultdict(list)
        for entry in self.entries:
            entries[entry.hash_kind, entry.value].append(entry)
        return entries

    @cached_property
    def _by_file(self) -> Mapping[str, Sequence[ListHit]]:
        """By SHA-256, nearest first, without what a person said is not the same."""
        found: dict[str, list[ListHit]] = {}
        for row, hit in self._told:
            if row.same is not False:
                found.setdefault(row.sha256, []).append(hit)
        return found

    @cached_property
    def _told(self) -> Sequence[tuple[ListNearRow, ListHit]]:
        known = {row.id for row in self.lists}
        told = []
        for row in self.near:
            if row.list_id not in known or row.item_id not in self.items:
                continue
            category, words_of = self.items[row.item_id]
            hit = self._hit(EntryRow("pdq", row.value, row.list_id, row.item_id, category, words_of), row.sha256, "near")
            told.append(
                (
                    row,
                    replace(
                        hit,
                        tier="possible" if row.possible and not row.same else "near",
                        way=row.way,
                        quality=row.quality,
                        value=row.value.hex(),
                        held=row.held and not row.same,
                        joined=bool(row.same),
                    ),
                )
            )
        return sorted(told, key=lambda t: (t[1].tier, t[0].way.distance, t[1].list_name, t[1].category or "", t[1].says))

    @cached_property
    def _rows(self) -> Mapping[int, ListRow]:
        return {row.id: row for row in self.lists}

    def _hit(self, entry: EntryRow, sha256: str, tier: str) -> ListHit:
        row = self._rows[entry.list_id]
        kind, says = entry_says(row, entry.category, entry.said)
        return ListHit(
            list_name=row.name,
            list_kind=kind,
            added=row.added,
            sha256=sha256,
            hash_kind=entry.hash_kind,
            tier=tier,
            category=entry.category,
            says=says,
        )


class ListMatcher:
    """All hash lists at once: digests are looked up, and so is where pictures met the lists as either came in."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._lists = tuple(lists.all_lists(db))

    @property
    def checked(self) -> tuple[tuple[str, str], ...]:
        """As `ListAnswers.checked`."""
        return ListAnswers(self._lists).checked

    def ask(self, digests: Iterable[tuple[str, bytes]], sha256s: Iterable[str]) -> ListAnswers:
        """`digests` as (kind, value), `sha256s` those of the files whose bytes are here. One query a kind of hash."""
        if not self._lists:
            return ListAnswers(())
        values: defaultdict[str, set[bytes]] = defaultdict(set)
        for kind, value in digests:
            values[kind].add(value)
        entries = tuple(e for kind in DIGEST_KINDS for e in lists.entries(self._db, kind, sorted(values[kind])))
        return self._answers(entries, list_near.of_files(self._db, sorted(set(sha256s))))

    def of_report(self, files: Sequence[ReportFile]) -> ListAnswers:
        digests = [pair for file in files for pair in digests_of(file).items()]
        return self.ask(digests, [file.occurrence.sha256 for file in files if file.occurrence])

    def of_digests(self, sha256: str, digests: Iterable[tuple[str, str]]) -> list[ListHit]:
        """Hits of one file outside the store."""
        own = {kind: value for kind, text in digests if (value := _hex(text))}
        own |= {"sha256": _hex(sha256)} if sha256 else {}
        return self.ask(own.items(), ()).of_digests(own)

    def of_picture(self, sha256: str, perceptual: Perceptual) -> list[ListHit]:
        """Of a picture outside the store, in all its windows and turns."""
        like = list_pictures(self._db).like_picture(perceptual, thorough=True)
        return self._near(sha256, perceptual.quality, like)

    def of_film(self, sha256: str, frames: Sequence[Frame]) -> list[ListHit]:
        """Of a film outside the store, its frames in all turns."""
        return self._near(sha256, None, list_pictures(self._db).like_frames(frames, thorough=True))

    def _near(self, sha256: str, quality: int | None, like: Mapping[tuple[bytes, int, int], ListWay]) -> list[ListHit]:
        held = list_near.of_values(self._db, sorted({value for value, _, _ in like}))
        rows = [
            ListNearRow(sha256, way.quality or quality, value, of, item, way.describe(), way.possible, None, value in held)
            for (value, of, item), way in like.items()
        ]
        return self._answers((), rows).of_pictures()

    def _answers(self, entries: tuple[EntryRow, ...], near: Sequence[ListNearRow]) -> ListAnswers:
        said = lists.items(self._db, sorted({row.item_id for row in near}))
        items = {item: (category, words_of) for item, (category, _, words_of) in said.items()}
        return ListAnswers(self._lists, entries, tuple(near), items)


def hit_name(file: ReportFile) -> str:
    """By which hits of like pictures are found: pictures are compared only when their bytes are here."""
    return file.occurrence.sha256 if file.occurrence else ""


def entry_says(row: ListRow, category: str | None, said: str | None) -> tuple[str, str]:
    """(what an entry counts as, what it says for a person). By its profile a list of known material also holds what is none;
    a category that is open, or a list of another kind, leaves the list's own kind."""
    meant = find_meaning(row.profile, category)
    kind = meant.means if row.kind == "known" and meant.means != "unclear" else row.kind
    told = describe_stated(tuple(json.loads(said).items())) if said else ""
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
