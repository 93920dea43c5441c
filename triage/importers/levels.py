"""Which documents make one report, and whose attachment a file is.

A level is one folder or one zip; one level is one report unless its documents carry several numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from msgspec.structs import replace

from triage.model.document import Document
from triage.model.formats import ReportFormat
from triage.model.media import Digests

_OWN_NUMBER = (ReportFormat.LE_JSON, ReportFormat.LE_PDF)
_REPORT_SLOT = ReportFormat.ESP_XML.slot("report")
_FILE_SLOT = ReportFormat.ESP_XML.slot("file")
_DIGITS = re.compile(r"\d+")
_ANSWER_SLOTS = (ReportFormat.ESP_XML.slot("response"), ReportFormat.ESP_XML.slot("done"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report's documents at one level say of files: declared hashes and names, all in comparable form."""

    number: str | None
    hashes: tuple[str, ...]
    names: tuple[str, ...]
    original_names: tuple[str, ...]


class Level:
    """The reports that have documents at one level, each known by whatever number the caller likes.

    Of one report nothing more is asked; where there are several, an index says which of them wants a file, so that a folder of
    ten thousand reports and their files takes no longer than ten thousand folders.
    """

    __slots__ = ("_index", "reports")

    def __init__(self) -> None:
        self.reports: dict[int, list[Wanted]] = {}
        self._index: _Index | None = None

    def add(self, report: int, wanted: Wanted) -> None:
        self.reports.setdefault(report, []).append(wanted)
        self._index = None

    def lists(self, name: str) -> bool:
        """Whether a report here lists a file of this comparable name."""
        if len(self.reports) > 1:
            index = self._indexed()
            return name in index.names or name in index.original_names
        return any(name in wanted.names or name in wanted.original_names for each in self.reports.values() for wanted in each)

    def place(self, below: str, name: str, digests: Digests) -> int | None:
        """Whose is a file in a folder `below` this level? See `place`."""
        if len(self.reports) == 1:
            return next(iter(self.reports))
        index, own = self._indexed(), comparable(name)
        hashed = {report for value in (digests.md5, digests.sha1, digests.sha256) for report in index.hashes.get(value, ())}
        for fitting in (hashed, index.names.get(own), index.original_names.get(own), index.numbered(below)):
            if fitting and len(fitting) == 1:
                return next(iter(fitting))
        return None

    def _indexed(self) -> _Index:
        index = self._index
        if index is None:
            index = _Index()
            for report, said in self.reports.items():
                for wanted in said:
                    index.add(report, wanted)
            self._index = index
        return index


class _Index:
    """Whole before anybody sees it, since several threads ask."""

    def __init__(self) -> None:
        self.hashes: dict[str, set[int]] = {}
        self.names: dict[str, set[int]] = {}
        self.original_names: dict[str, set[int]] = {}
        self._numbers: dict[str, set[int]] = {}
        self._other_numbers: dict[str, set[int]] = {}
        """Of complaints and cases: not digits alone."""

    def add(self, report: int, wanted: Wanted) -> None:
        for values, by in (
            (wanted.hashes, self.hashes),
            (wanted.names, self.names),
            (wanted.original_names, self.original_names),
        ):
            for value in values:
                by.setdefault(value, set()).add(report)
        if wanted.number is not None:
            numbers = self._numbers if wanted.number.isdecimal() else self._other_numbers
            numbers.setdefault(wanted.number, set()).add(report)

    def numbered(self, below: str) -> set[int]:
        """The reports whose number stands in the name of a folder, and not as a part of a longer number."""
        fitting = {report for run in _DIGITS.findall(below) for report in self._numbers.get(run, ())}
        for number, reports in self._other_numbers.items():
            if any(_bears(folder, number) for folder in below.split("/")):
                fitting |= reports
        return fitting


@dataclass(frozen=True, slots=True)
class Draft:
    """The documents of one bundle that speak of one report. `number` is None when none of them carries one."""

    number: str | None
    placed: tuple[tuple[Document, str], ...]
    """(document, level), ordered by the document's path."""
    repeated: tuple[Document, ...] = ()
    """Further ones that say the same as one of them."""

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(document for document, _ in self.placed)

    @property
    def levels(self) -> frozenset[str]:
        return frozenset(level for _, level in self.placed)

    @property
    def is_report(self) -> bool:
        """NCMEC's answers to a provider alone make no report."""
        return any(not is_answer(document) for document in self.documents)

    @property
    def main(self) -> Document:
        """The document that a local number is made of: the report itself rather than file details or answers."""
        return min(self.documents, key=lambda d: (is_answer(d), d.slot.startswith(_FILE_SLOT), d.path, d.slot))

    def wanted(self, level: str) -> Wanted:
        """What the documents at the level say of files; when they list none, what all documents of the report say."""
        here = [entry for document, lies in self.placed if lies == level for entry in document.files]
        entries = here or [entry for document in self.documents for entry in document.files]
        return Wanted(
            number=self.number,
            hashes=tuple({value.casefold() for entry in entries for _, value in entry.declared}),
            names=tuple({comparable(entry.name) for entry in entries if entry.name}),
            original_names=tuple({comparable(entry.original_name) for entry in entries if entry.original_name}),
        )


def is_answer(document: Document) -> bool:
    return document.slot.startswith(_ANSWER_SLOTS)


@lru_cache(maxsize=16_384)
def comparable(name: str) -> str:
    """Base name, composed and case-folded: archives and file systems change both."""
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return unicodedata.normalize("NFC", base).casefold()


def group(documents: Iterable[tuple[Document, str]], crowded: Collection[str] = ()) -> tuple[Draft, ...]:
    """Drafts in the order of their first document's path. A number gathers its documents over all levels. `crowded` levels hold
    several reports even where these documents of them do not show it."""
    by_level: defaultdict[str, list[Document]] = defaultdict(list)
    for document, level in sorted(documents, key=lambda pair: (pair[0].path, pair[0].slot)):
        by_level[level].append(document)
    numbered: defaultdict[str, list[tuple[Document, str]]] = defaultdict(list)
    drafts: list[Draft] = []
    for level, here in by_level.items():
        alone = _share_out(level, here, numbered, level in crowded)
        drafts += [Draft(None, tuple((document, level) for document in one)) for one in alone]
    for number, placed in numbered.items():
        drafts.append(Draft(number, *_own_slots(placed)))
    return tuple(sorted(drafts, key=lambda draft: (draft.placed[0][0].path, draft.number or "")))


def _own_slots(placed: Sequence[tuple[Document, str]]) -> tuple[tuple[tuple[Document, str], ...], tuple[Document, ...]]:
    """In the order of paths, and those that are repeated. Of documents in one slot that say the same, the first speaks; one that
    says something else gets a slot of its own ("esp_xml/report#2"): which of them came later, one bundle does not tell."""
    kept: list[tuple[Document, str]] = []
    repeated: list[Document] = []
    seen: defaultdict[str, list[str]] = defaultdict(list)
    uses = Counter(document.slot for document, _ in placed)
    for document, level in sorted(placed, key=lambda pair: (pair[0].path, pair[0].slot)):
        slot = document.slot
        if uses[slot] > 1:
            said = says(document)
            if said in seen[slot]:
                repeated.append(document)
                continue
            seen[slot].append(said)
            if len(seen[slot]) > 1:
                document = replace(document, slot=f"{slot}#{len(seen[slot])}")
        kept.append((document, level))
    return tuple(kept), tuple(repeated)


def says(document: Document) -> str:
    """All that a document states and where in it, whatever its own name and bytes."""
    return repr(document).replace(document.path, "")


def crowds(documents: Iterable[Document]) -> bool:
    """Whether documents of one level are of several reports, so that none can be joined to another for lying beside it."""
    numbers: set[str] = set()
    reports = 0
    for document in documents:
        numbers.update(number for number in document.numbers if number.isdecimal())
        reports += document.slot == _REPORT_SLOT
        if len(numbers) > 1 or reports > 1:
            return True
    return False


def stands_alone(document: Document) -> bool:
    """At a crowded level: it needs no document beside it to say whose it is."""
    return bool(document.numbers) or document.slot == _REPORT_SLOT or document.format in _OWN_NUMBER


def _share_out(
    level: str, here: Sequence[Document], numbered: defaultdict[str, list[tuple[Document, str]]], crowded: bool
) -> list[list[Document]]:
    """Puts the documents of one level under their numbers; returns what has none, one list a report. The number of a complaint
    or of a case ("C-12") is nobody else's, whatever lies beside it."""
    numbers = dict.fromkeys(number for document in here for number in document.numbers if number.isdecimal())
    reports: list[Document] = []
    others: list[Document] = []
    for document in here:
        if document.numbers:
            for number in document.numbers[:1]:
                numbered[number].append((document, level))
        elif document.slot == _REPORT_SLOT or document.format in _OWN_NUMBER:
            reports.append(document)
        else:
            others.append(document)
    if not crowded and len(numbers) == 1 and sum(document.slot == _REPORT_SLOT for document in reports) <= 1:
        number = next(iter(numbers))
        joining = [d for d in reports if d.slot == _REPORT_SLOT] + others
        numbered[number] += [(document, level) for document in joining]
        return [[document] for document in reports if document.slot != _REPORT_SLOT]
    if len(reports) == 1 and not crowded:
        return [[*reports, *others]]
    return [[document] for document in reports] + ([others] if others else [])


def place(level: str, name: str, digests: Digests, levels: Mapping[str, Level]) -> int | None:
    """Whose attachment is this? The report's key, or None when it belongs to the bundle alone.

    Asked is the level itself, else the nearest level above that holds documents. One report there: it is that one's. Several:
    the one that declares its hash, else its name, else its original name, else whose number a folder on the way bears.
    """
    return next((levels[here].place(level[len(here) :], name, digests) for here in upwards(level) if here in levels), None)


def lists(level: str, name: str, levels: Mapping[str, Level]) -> bool:
    """Whether a report at the level, or the nearest level above that holds documents, lists a file of this name."""
    return next((levels[here].lists(comparable(name)) for here in upwards(level) if here in levels), False)


def upwards(level: str) -> Iterator[str]:
    """The level and all above it, "" last."""
    while level:
        yield level
        level = level.rpartition("/")[0]
    yield ""


def _bears(folder: str, number: str) -> bool:
    before, found, after = folder.partition(number)
    return bool(found) and not before[-1:].isdigit() and not after[:1].isdigit()
