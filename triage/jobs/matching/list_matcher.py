"""Finds what the hash lists say of files: the same bytes, matches, possible matches, and hashes held for review."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from triage.importers.lists import describe
from triage.importers.lists.profiles import find_meaning
from triage.jobs.state.received_work import ReceivedMatch, load_received_matches
from triage.message import NOTHING, Message, join
from triage.model.digest_kinds import DIGEST_BYTES, DIGEST_KINDS, STRONGEST_FIRST, list_digests_of
from triage.model.judgement import ListHit
from triage.model.media import Perceptual
from triage.model.report import ReportFile
from triage.store.database import Reader
from triage.store.queries import list_matches, lists
from triage.store.queries.list_matches import ListMatchRow
from triage.store.queries.lists import EntryRow, FileHashRow, ListRow

if TYPE_CHECKING:
    from triage.hashing.video_frames import Frame
    from triage.jobs.matching.list_hashes import ListWay

COMPARED_KINDS = (*DIGEST_KINDS, "pdq")
"""Hash kinds of a list that are compared. Others are stored and reported as not compared."""
_PDQ_BYTES = 32

Digests = Mapping[str, bytes]
"""The digests of one file by kind."""


def list_digests(file: ReportFile) -> dict[str, bytes]:
    """Returns the digests of a file by kind: of its bytes when they came, else as the source declared them.

    Values that are no digest are left out.
    """
    there = file.occurrence
    stated = list_digests_of(there) if there else list(file.entry.declared)
    found = {kind: _parse_hex(value) for kind, value in stated if kind in DIGEST_BYTES}
    return {kind: value for kind, value in found.items() if len(value) == DIGEST_BYTES[kind]}


def find_declared_pdq(file: ReportFile) -> bytes | None:
    """Returns the PDQ hash that the source declared of a file whose bytes did not come, or None."""
    value = b"" if file.occurrence else _parse_hex(dict(file.entry.declared).get("pdq", ""))
    return value if len(value) == _PDQ_BYTES else None


def list_file_hashes(report_id: int, files: Sequence[ReportFile]) -> list[FileHashRow]:
    """Returns a report's digests as rows, which are stored so that a new list can be compared with all reports."""
    rows = {
        (kind, value, report_id, file.entry.name or file.entry.original_name or file.entry.key, int(file.occurrence is None))
        for file in files
        for kind, value in (*list_digests(file).items(), *_declared_pdq_pairs(file))
    }
    return sorted(rows, key=lambda row: (*row[:4], -row[4]))


def _declared_pdq_pairs(file: ReportFile) -> list[tuple[str, bytes]]:
    """Returns the declared PDQ hash as (kind, value), if there is one."""
    value = find_declared_pdq(file)
    return [] if value is None else [("pdq", value)]


@dataclass(frozen=True)
class ListAnswers:
    """What all hash lists state of some digests and images. It holds rows only, so that another process can read it.

    `items` is entry -> (category, what the list states), for the entries that images match.
    """

    lists: tuple[ListRow, ...]
    entries: tuple[EntryRow, ...] = ()
    near: tuple[ListMatchRow, ...] = ()
    items: dict[int, tuple[str | None, str | None]] = field(default_factory=dict)
    received: tuple[ReceivedMatch, ...] = ()
    """Matches that other workstations found with their own lists."""

    @property
    def checked(self) -> tuple[tuple[str, str], ...]:
        """The (name, date) of every list of known material. Only compared with these a file can be new."""
        return tuple(sorted((row.name, row.added) for row in self.lists if row.kind == "known"))

    def find_hits(self, files: Sequence[ReportFile]) -> list[list[ListHit]]:
        """Returns the matches of each file that count: by its bytes when they came, else by the declared digests."""
        if not (self.entries or self.near or self.received):
            return [[] for _ in files]
        return [
            self.find_by_digests(list_digests(file))
            + [hit for hit in self._by_file.get(find_file_key(file), ()) if hit.counts]
            + self._find_received(list_digests(file))
            for file in files
        ]

    def find_hits_of_bytes(self, sha256: str, own: Digests) -> tuple[list[ListHit], list[ListHit]]:
        """Returns the matches of stored bytes that count, and those that people have to judge."""
        matches = self._by_file.get(sha256, ())
        hits = self.find_by_digests(own) + [hit for hit in matches if hit.counts] + self._find_received(own)
        return hits, [hit for hit in matches if not hit.counts]

    def _find_received(self, own: Digests) -> list[ListHit]:
        """Returns the matches that other workstations found for a file with these digests."""
        return [replace(each.hit, sha256=_choose_name(own)) for each in self.received if own.get(each.hash_kind) == each.value]

    def find_uncounted(self, files: Sequence[ReportFile]) -> list[list[ListHit]]:
        """Returns the matches of each file that people have to judge: possible ones, and by hashes held for review."""
        return [[hit for hit in self._by_file.get(find_file_key(file), ()) if not hit.counts] for file in files]

    def find_by_digests(self, own: Digests) -> list[ListHit]:
        """Returns the exact matches of a file with these digests."""
        entries = self._by_digest
        return (
            list(dict.fromkeys(self._build_hit(entry, _choose_name(own), "exact") for entry in _iter_entries_once(own, entries)))
            if entries
            else []
        )

    def list_image_hits(self) -> list[ListHit]:
        """Returns the matches of all images."""
        return [hit for _, hit in self._image_hits]

    @cached_property
    def _by_digest(self) -> Mapping[tuple[str, bytes], Sequence[EntryRow]]:
        """The entries by (hash kind, value)."""
        entries: defaultdict[tuple[str, bytes], list[EntryRow]] = defaultdict(list)
        for entry in self.entries:
            entries[entry.hash_kind, entry.value].append(entry)
        return entries

    @cached_property
    def _by_file(self) -> Mapping[str, Sequence[ListHit]]:
        """The matches of images by SHA-256, the nearest first, without those that a person rejected."""
        found: dict[str, list[ListHit]] = {}
        for row, hit in self._image_hits:
            if row.same is not False:
                found.setdefault(row.sha256, []).append(hit)
        return found

    @cached_property
    def _image_hits(self) -> Sequence[tuple[ListMatchRow, ListHit]]:
        """The matches of images with their rows, in the order of tier and distance."""
        known = {row.id for row in self.lists}
        told = []
        for row in self.near:
            if row.list_id not in known or row.item_id not in self.items:
                continue
            category, words_of = self.items[row.item_id]
            hit = self._build_hit(EntryRow("pdq", row.value, row.list_id, row.item_id, category, words_of), row.sha256, "near")
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
        """The lists by id."""
        return {row.id: row for row in self.lists}

    def _build_hit(self, entry: EntryRow, sha256: str, tier: str) -> ListHit:
        """Builds a match from an entry."""
        row = self._rows[entry.list_id]
        kind, says = describe_entry(row, entry.category, entry.said)
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
    """Finds matches with all hash lists at once. Digests are looked up; matches of stored images are read."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._lists = tuple(lists.load_lists(db))

    @property
    def checked(self) -> tuple[tuple[str, str], ...]:
        """The (name, date) of every list of known material."""
        return ListAnswers(self._lists).checked

    def look_up(self, digests: Iterable[tuple[str, bytes]], sha256s: Iterable[str]) -> ListAnswers:
        """Returns what the lists state of `digests` (kind, value), and of stored images by SHA-256.

        It makes one query for each kind of hash. A PDQ hash among the digests is one that a source declared. Nobody knows the
        image's quality, so that its matches are only possible.
        """
        digests = list(digests)
        received = load_received_matches(self._db, digests)
        if not self._lists:
            return ListAnswers((), received=received)
        values: defaultdict[str, set[bytes]] = defaultdict(set)
        for kind, value in digests:
            values[kind].add(value)
        entries = tuple(e for kind in DIGEST_KINDS for e in lists.find_entries(self._db, kind, sorted(values[kind])))
        near = list_matches.load_list_matches(self._db, sorted(set(sha256s)))
        found = self._build_answers(entries, [*near, *self._find_declared_pdqs(sorted(values["pdq"]))])
        return replace(found, received=received)

    def _find_declared_pdqs(self, values: Sequence[bytes]) -> list[ListMatchRow]:
        """Returns the possible matches of declared PDQ hashes, in all orientations."""
        if not values:
            return []
        from triage.hashing.orientations import orient_pdq  # numpy takes time to load
        from triage.jobs.matching.list_hashes import ListQuery, load_list_index

        index = load_list_index(self._db)
        found = {
            value: index.query([ListQuery(0, orientation, oriented) for orientation, oriented in enumerate(orient_pdq(value))])
            for value in values
        }
        held = list_matches.find_held_values(self._db, sorted({listed for ways in found.values() for listed, _, _ in ways}))
        return [
            ListMatchRow(value.hex(), None, listed, of, item, way.describe(), True, None, listed in held)
            for value, ways in found.items()
            for (listed, of, item), way in ways.items()
        ]

    def look_up_report(self, files: Sequence[ReportFile]) -> ListAnswers:
        """Returns what the lists state of the files of a report."""
        digests = [pair for file in files for pair in (*list_digests(file).items(), *_declared_pdq_pairs(file))]
        return self.look_up(digests, [file.occurrence.sha256 for file in files if file.occurrence])

    def find_by_digests(self, sha256: str, digests: Iterable[tuple[str, str]]) -> list[ListHit]:
        """Returns the exact matches of one file outside the store."""
        own = {kind: value for kind, text in digests if (value := _parse_hex(text))}
        own |= {"sha256": _parse_hex(sha256)} if sha256 else {}
        return self.look_up(own.items(), ()).find_by_digests(own)

    def find_image(self, sha256: str, perceptual: Perceptual) -> list[ListHit]:
        """Returns the matches of an image outside the store, in all windows and orientations."""
        from triage.jobs.matching.list_hashes import load_list_index  # numpy takes time to load

        like = load_list_index(self._db).find_image(perceptual, thorough=True)
        return self._build_hits(sha256, perceptual.quality, like)

    def find_video(self, sha256: str, frames: Sequence[Frame]) -> list[ListHit]:
        """Returns the matches of a video outside the store, its frames in all orientations."""
        from triage.jobs.matching.list_hashes import load_list_index  # numpy takes time to load

        return self._build_hits(sha256, None, load_list_index(self._db).find_frames(frames, thorough=True))

    def _build_hits(self, sha256: str, quality: int | None, like: Mapping[tuple[bytes, int, int], ListWay]) -> list[ListHit]:
        """Builds the matches of one file outside the store."""
        held = list_matches.find_held_values(self._db, sorted({value for value, _, _ in like}))
        rows = [
            ListMatchRow(sha256, way.quality or quality, value, of, item, way.describe(), way.possible, None, value in held)
            for (value, of, item), way in like.items()
        ]
        return self._build_answers((), rows).list_image_hits()

    def _build_answers(self, entries: tuple[EntryRow, ...], near: Sequence[ListMatchRow]) -> ListAnswers:
        """Adds what the lists state of the matched entries."""
        said = lists.load_entries(self._db, sorted({row.item_id for row in near}))
        items = {item: (category, words_of) for item, (category, _, words_of) in said.items()}
        return ListAnswers(self._lists, entries, tuple(near), items)


def find_file_key(file: ReportFile) -> str:
    """Returns the hash by which matches of a file's image are found, or "".

    It is the SHA-256 of the bytes; of a file whose bytes are not here it is the declared PDQ hash.
    """
    return file.occurrence.sha256 if file.occurrence else (find_declared_pdq(file) or b"").hex()


def describe_entry(row: ListRow, category: str | None, said: str | None) -> tuple[str, Message]:
    """Returns what an entry counts as, and what it states, for people.

    By its profile a list of known material also holds files that are not known material. A category whose meaning is unclear, or
    a list of another kind, leaves the list's own kind.
    """
    meant = find_meaning(row.profile, category)
    kind = meant.means if row.kind == "known" and meant.means != "unclear" else row.kind
    told = describe(tuple(json.loads(said).items())) if said else NOTHING
    return kind, join(meant.text, told, by=", ")


def _iter_entries_once(own: Digests, entries: Mapping[tuple[str, bytes], Sequence[EntryRow]]) -> Iterator[EntryRow]:
    """Yields the entries that hold a file's digests, each once, by the strongest digest that they share.

    Of several entries of one list with the same MediaID the first counts.
    """
    items: set[int] = set()
    ids: set[tuple[int, str | None]] = set()
    for kind in STRONGEST_FIRST:
        for entry in entries.get((kind, own.get(kind, b"")), ()):
            media_id = json.loads(entry.said).get("media_id") if entry.said else None
            if entry.item_id in items or (media_id is not None and (entry.list_id, media_id) in ids):
                continue
            items.add(entry.item_id)
            ids.add((entry.list_id, media_id))
            yield entry


def _choose_name(digests: Digests) -> str:
    """Returns one name for the file: its SHA-256, else the strongest digest there is."""
    return next((digests[kind].hex() for kind in STRONGEST_FIRST if kind in digests), "")


def _parse_hex(value: str) -> bytes:
    """Returns the bytes of a hex text; none when it is no hex."""
    try:
        return bytes.fromhex(value)
    except ValueError:
        return b""
