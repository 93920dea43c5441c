"""Merges the file entries of several documents of one report, and finds the bytes that belong to each.

Entries of different documents are one file when they share the key, a declared hash, or a name that each document uses once.
Bytes belong to the entry that declares their hash, else has their name, else has it as the original name.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from triage.importers.levels import comparable_name
from triage.importers.unite import DisjointGroups, make_conflict, unite_facts
from triage.model.digest_kinds import DIGEST_HEX, list_digests_of
from triage.model.document import Document, FileEntry, Source
from triage.model.report import UNLISTED, Conflict, Occurrence, ReportFile

_SINGLE_VALUED = (
    "viewed_by_esp", "exif_viewed_by_esp", "publicly_available", "name", "original_name", "classification", "relevance",
)  # fmt: skip
_read_single_valued = attrgetter(*_SINGLE_VALUED)
_LOOKED_AT = 50
"""Of many copies of the same bytes, so many are looked at for a fitting name."""
T = TypeVar("T")


def merge_files(
    documents: Sequence[Document], conflicts: list[Conflict]
) -> tuple[tuple[FileEntry, ...], Mapping[tuple[int, str], str]]:
    """Returns the united entries in the order of the documents, and the united key for each (document number, key)."""
    entries = [(d, entry) for d, document in enumerate(documents) for entry in document.files]
    key_of: dict[tuple[int, str], str] = {}
    united: list[FileEntry] = []
    for members in _group_same_file(entries):
        parts = [entries[n][1] for n in members]
        whole = parts[0] if len(parts) == 1 else _unite_entries(parts, conflicts)
        for n in members:
            key_of[entries[n][0], entries[n][1].key] = whole.key
        united.append(whole)
    return tuple(united), key_of


def _group_same_file(entries: Sequence[tuple[int, FileEntry]]) -> list[list[int]]:
    """Returns groups of entries that are one file, by key, then by declared hash, then by name.

    The n-th entry of one document goes with the n-th of another.
    """
    if len({d for d, _ in entries}) < 2:  # those of one document are told apart by it
        return [[n] for n in range(len(entries))]
    sets = DisjointGroups([d for d, _ in entries])
    for marks in (
        [[("key", entry.key)] for _, entry in entries],
        [[(kind, value.casefold()) for kind, value in entry.declared if kind in DIGEST_HEX] for _, entry in entries],
        _names_used_once(entries),
    ):
        holders: defaultdict[tuple[str, str], defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for n, own in enumerate(marks):
            for mark in own:
                holders[mark][entries[n][0]].append(n)
        for by_document in holders.values():
            first, *others = by_document.values()
            for other in others:
                for a, b in zip(first, other, strict=False):
                    sets.join(a, b)
    return sets.groups()


def _names_used_once(entries: Sequence[tuple[int, FileEntry]]) -> list[list[tuple[str, str]]]:
    """Returns for each entry its name as a mark, when its document uses the name once."""
    used = Counter((d, comparable_name(entry.name)) for d, entry in entries if entry.name)
    return [
        [("name", comparable_name(entry.name))] if entry.name and used[d, comparable_name(entry.name)] == 1 else []
        for d, entry in entries
    ]


def _unite_entries(parts: Sequence[FileEntry], conflicts: list[Conflict]) -> FileEntry:
    """Returns one entry of several that are one file.

    Disagreements become conflicts.
    """
    name = next((part.name for part in parts if part.name), parts[0].key)
    single = [_read_single_valued(part) for part in parts]
    if single.count(single[0]) < len(single):
        for field, *said in zip(_SINGLE_VALUED, *single, strict=True):
            _note_conflict(
                conflicts, f"{name}: {field}", [(value, part.sources) for value, part in zip(said, parts, strict=True)]
            )
    declared: dict[str, str] = {}
    for kind in dict.fromkeys([kind for part in parts for kind, _ in part.declared]):
        stated = [(value, part.sources) for part in parts for own, value in part.declared if own == kind]
        declared[kind] = stated[0][0]
        if len({value.casefold() for value, _ in stated}) > 1:
            _note_conflict(conflicts, f"{name}: declared {kind}", [(value.casefold(), sources) for value, sources in stated])
    return FileEntry(
        key=min((part.key for part in parts), key=lambda key: (key.startswith("hash:"), key.startswith("name:"), key)),
        name=_first_stated(part.name for part in parts),
        original_name=_first_stated(part.original_name for part in parts),
        declared=tuple(declared.items()),
        viewed_by_esp=_first_stated(part.viewed_by_esp for part in parts),
        exif_viewed_by_esp=_first_stated(part.exif_viewed_by_esp for part in parts),
        publicly_available=_first_stated(part.publicly_available for part in parts),
        classification=_first_stated(part.classification for part in parts),
        annotations=tuple(dict.fromkeys(chain.from_iterable(part.annotations for part in parts))),
        relevance=_first_stated(part.relevance for part in parts),
        uploaded=_first_stated(part.uploaded for part in parts),
        metadata=tuple(dict.fromkeys(chain.from_iterable(part.metadata for part in parts))),
        facts=unite_facts(chain.from_iterable(part.facts for part in parts)),
        sources=tuple(dict.fromkeys(chain.from_iterable(part.sources for part in parts))),
    )


def _first_stated(values: Iterable[T | None]) -> T | None:
    """Returns the first value that is not None."""
    return next((value for value in values if value is not None), None)


def _note_conflict(conflicts: list[Conflict], field: str, stated: Sequence[tuple[object, tuple[Source, ...]]]) -> None:
    """Adds a conflict to the list when the stated values differ."""
    found = make_conflict(field, stated)
    if found is not None:
        conflicts.append(found)


def attach_bytes(entries: Sequence[FileEntry], occurrences: Sequence[Occurrence]) -> tuple[ReportFile, ...]:
    """Returns every entry with its bytes, then the bytes that no entry lists (key "unlisted:<sha256>")."""
    if not occurrences:  # most reports of a nation come without
        return tuple([ReportFile(entry=entry, occurrence=None, declared_hash_matches=None) for entry in entries])
    ordered = sorted(occurrences, key=lambda o: (o.path, o.sha256))
    chosen = _choose_by_hash(entries, ordered)
    used = {(o.path, o.sha256) for o in chosen.values()}  # a later copy may lie at the same path with other bytes
    free = [o for o in ordered if (o.path, o.sha256) not in used]
    free = _choose_by_name(entries, free, chosen, lambda entry: entry.name)
    free = _choose_by_name(entries, free, chosen, lambda entry: entry.original_name)
    files = [
        ReportFile(entry=entry, occurrence=chosen.get(n), declared_hash_matches=_compare_digests(entry, chosen.get(n)))
        for n, entry in enumerate(entries)
    ]
    taken = {o.sha256 for o in chosen.values()}
    for occurrence in free:
        if occurrence.sha256 not in taken:
            taken.add(occurrence.sha256)
            at = (Source(occurrence.path, "", "bytes"),)
            entry = FileEntry(key=f"{UNLISTED}{occurrence.sha256}", name=occurrence.name, sources=at)
            files.append(ReportFile(entry=entry, occurrence=occurrence, declared_hash_matches=None))
    return tuple(files)


def _choose_by_hash(entries: Sequence[FileEntry], occurrences: Sequence[Occurrence]) -> dict[int, Occurrence]:
    """Returns the bytes for each entry that declares their hash, by entry number.

    Several entries may declare the same bytes: each gets them, under its own name if they came under it.
    """
    holding: defaultdict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        for _, digest in list_digests_of(occurrence):
            holding[digest].append(occurrence)
    chosen: dict[int, Occurrence] = {}
    for n, entry in enumerate(entries):
        declared = [value.strip().casefold() for kind, value in entry.declared if kind in DIGEST_HEX]
        found = next((holding[value] for value in declared if value in holding), [])
        names = {comparable_name(name) for name in (entry.name, entry.original_name) if name}
        if found:
            chosen[n] = next((o for o in found[:_LOOKED_AT] if comparable_name(o.name) in names), found[0])
    return chosen


def _choose_by_name(
    entries: Sequence[FileEntry],
    free: Sequence[Occurrence],
    chosen: dict[int, Occurrence],
    name_of: Callable[[FileEntry], str | None],
) -> list[Occurrence]:
    """Gives free bytes to entries without bytes by name, from the entry's own folder first.

    Returns what stays free.
    """
    if not free:
        return []
    by_name: defaultdict[str, _Namesakes] = defaultdict(_Namesakes)
    for occurrence in free:
        by_name[comparable_name(occurrence.name)].add(occurrence)
    given: set[tuple[str, str]] = set()
    for n, entry in enumerate(entries):
        name = name_of(entry)
        namesakes = by_name.get(comparable_name(name)) if name and n not in chosen else None
        best = namesakes.take({source.document.rpartition("/")[0] for source in entry.sources}) if namesakes else None
        if best is not None:
            chosen[n] = best
            given.add((best.path, best.sha256))
    return [occurrence for occurrence in free if (occurrence.path, occurrence.sha256) not in given]


class _Namesakes:
    """Free bytes of one name in the order of their paths.

    Each is given once. Thousands may share a name.
    """

    def __init__(self) -> None:
        """Starts without bytes."""
        self._all: deque[Occurrence] = deque()
        self._of_level: defaultdict[str, deque[Occurrence]] = defaultdict(deque)
        self._given: set[tuple[str, str]] = set()

    def add(self, occurrence: Occurrence) -> None:
        """Adds bytes, which must come in the order of their paths."""
        self._all.append(occurrence)
        self._of_level[occurrence.level].append(occurrence)

    def take(self, folders: set[str]) -> Occurrence | None:
        """Returns the first that lies in one of the folders, else the first of all, or None when none is left."""
        own = [first for folder in folders if folder in self._of_level and (first := self._first(self._of_level[folder]))]
        best = min(own, key=lambda o: o.path, default=None) or self._first(self._all)
        if best is not None:
            self._given.add((best.path, best.sha256))
        return best

    def _first(self, among: deque[Occurrence]) -> Occurrence | None:
        """Returns the first that was not given yet, and drops those before it."""
        while among and (among[0].path, among[0].sha256) in self._given:
            among.popleft()
        return among[0] if among else None


def _compare_digests(entry: FileEntry, occurrence: Occurrence | None) -> bool | None:
    """Returns whether all declared digests equal those of the bytes, or None when nothing can be compared."""
    if occurrence is None:
        return None
    own: dict[str, str] = dict(list_digests_of(occurrence))
    compared = [
        own[kind] == value.strip().casefold() for kind, value in entry.declared if len(value.strip()) == DIGEST_HEX.get(kind)
    ]
    return all(compared) if compared else None
