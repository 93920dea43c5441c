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

from triage.model.digest_kinds import list_digests_of
from triage.model.document import Document
from triage.model.formats import ReportFormat
from triage.model.media import Digests

_OWN_NUMBER = (ReportFormat.LE_JSON, ReportFormat.LE_PDF)
_REPORT_SLOT = ReportFormat.ESP_XML.slot("report")
_FILE_SLOT = ReportFormat.ESP_XML.slot("file")
_DIGITS = re.compile(r"\d+")
_ANSWER_SLOTS = (ReportFormat.ESP_XML.slot("response"), ReportFormat.ESP_XML.slot("done"))


@dataclass(frozen=True, slots=True)
class ListedFiles:
    """Hashes and names of files that a report's documents at one level declare, in comparable form."""

    number: str | None
    hashes: tuple[str, ...]
    names: tuple[str, ...]
    original_names: tuple[str, ...]


class Level:
    """The reports that have documents at one level, each under a key that the caller chooses.

    With one report, every file is that report's. With several, an index finds the report that lists a file. A folder of ten
    thousand reports therefore takes no longer than ten thousand folders.
    """

    __slots__ = ("_index", "reports")

    def __init__(self) -> None:
        """Starts without reports."""
        self.reports: dict[int, list[ListedFiles]] = {}
        self._index: _Index | None = None

    def add(self, report: int, wanted: ListedFiles) -> None:
        """Adds the files that one document group of a report lists."""
        self.reports.setdefault(report, []).append(wanted)
        self._index = None

    def lists_name(self, name: str) -> bool:
        """Returns whether a report at this level lists a file of this comparable name."""
        if len(self.reports) > 1:
            index = self._get_index()
            return name in index.names or name in index.original_names
        return any(name in wanted.names or name in wanted.original_names for each in self.reports.values() for wanted in each)

    def find_report(self, below: str, name: str, digests: Digests) -> int | None:
        """Returns the key of the report that owns a file in the folder `below` this level, or None.

        See `find_report_of_file`.
        """
        if len(self.reports) == 1:
            return next(iter(self.reports))
        index, own = self._get_index(), comparable_name(name)
        hashed = {report for _, value in list_digests_of(digests) for report in index.hashes.get(value, ())}
        for fitting in (hashed, index.names.get(own), index.original_names.get(own), index.reports_numbered_in(below)):
            if fitting and len(fitting) == 1:
                return next(iter(fitting))
        return None

    def _get_index(self) -> _Index:
        """Returns the index, and builds it when reports were added since."""
        index = self._index
        if index is None:
            index = _Index()
            for report, said in self.reports.items():
                for wanted in said:
                    index.add(report, wanted)
            self._index = index
        return index


class _Index:
    """Reports by the hashes, names and numbers that they list.

    It is complete before other threads see it.
    """

    def __init__(self) -> None:
        self.hashes: dict[str, set[int]] = {}
        self.names: dict[str, set[int]] = {}
        self.original_names: dict[str, set[int]] = {}
        self._numbers: dict[str, set[int]] = {}
        self._other_numbers: dict[str, set[int]] = {}
        """Of complaints and cases: not digits alone."""

    def add(self, report: int, wanted: ListedFiles) -> None:
        """Adds what one report lists."""
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

    def reports_numbered_in(self, below: str) -> set[int]:
        """Returns the reports whose number stands in a folder's name, and not as part of a longer number."""
        fitting = {report for run in _DIGITS.findall(below) for report in self._numbers.get(run, ())}
        for number, reports in self._other_numbers.items():
            if any(_contains_number(folder, number) for folder in below.split("/")):
                fitting |= reports
        return fitting


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """The documents of one bundle that make one report.

    `number` is None when no document carries a number.
    """

    number: str | None
    placed: tuple[tuple[Document, str], ...]
    """(document, level), ordered by the document's path."""
    repeated: tuple[Document, ...] = ()
    """Further ones that say the same as one of them."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """Returns the documents without their levels."""
        return tuple(document for document, _ in self.placed)

    @property
    def levels(self) -> frozenset[str]:
        """Returns the levels at which the documents lie."""
        return frozenset(level for _, level in self.placed)

    @property
    def is_report(self) -> bool:
        """Returns whether there is a document other than NCMEC's answers to a provider, which alone make no report."""
        return any(not is_answer(document) for document in self.documents)

    @property
    def main_document(self) -> Document:
        """Returns the document that a local number is made of: the report itself before file details and answers."""
        return min(self.documents, key=lambda d: (is_answer(d), d.slot.startswith(_FILE_SLOT), d.path, d.slot))

    def listed_files(self, level: str) -> ListedFiles:
        """Returns the files that the documents at a level list.

        When they list none, returns those of all documents of the report.
        """
        here = [entry for document, lies in self.placed if lies == level for entry in document.files]
        entries = here or [entry for document in self.documents for entry in document.files]
        return ListedFiles(
            number=self.number,
            hashes=tuple({value.casefold() for entry in entries for _, value in entry.declared}),
            names=tuple({comparable_name(entry.name) for entry in entries if entry.name}),
            original_names=tuple({comparable_name(entry.original_name) for entry in entries if entry.original_name}),
        )


def is_answer(document: Document) -> bool:
    """Returns whether a document is NCMEC's answer to a provider."""
    return document.slot.startswith(_ANSWER_SLOTS)


@lru_cache(maxsize=16_384)
def comparable_name(name: str) -> str:
    """Returns the base name, composed (NFC) and case-folded, since archives and file systems change both."""
    base = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return unicodedata.normalize("NFC", base).casefold()


def group_documents(documents: Iterable[tuple[Document, str]], shared_levels: Collection[str] = ()) -> tuple[ReportDraft, ...]:
    """Groups documents into drafts of reports, in the order of their first document's path.

    A number collects its documents over all levels. `shared_levels` names levels that hold several reports, although these
    documents alone do not show it.
    """
    by_level: defaultdict[str, list[Document]] = defaultdict(list)
    for document, level in sorted(documents, key=lambda pair: (pair[0].path, pair[0].slot)):
        by_level[level].append(document)
    numbered: defaultdict[str, list[tuple[Document, str]]] = defaultdict(list)
    drafts: list[ReportDraft] = []
    for level, here in by_level.items():
        alone = _assign_level_documents(level, here, numbered, level in shared_levels)
        drafts += [ReportDraft(None, tuple((document, level) for document in one)) for one in alone]
    for number, placed in numbered.items():
        drafts.append(ReportDraft(number, *_make_slots_unique(placed)))
    return tuple(sorted(drafts, key=lambda draft: (draft.placed[0][0].path, draft.number or "")))


def _make_slots_unique(placed: Sequence[tuple[Document, str]]) -> tuple[tuple[tuple[Document, str], ...], tuple[Document, ...]]:
    """Returns the documents by path, each with its own slot, and the documents that only repeat another one.

    Documents of one slot with equal content count once. A document of different content gets a numbered slot
    ("esp_xml/report#2"), because one bundle does not tell which of them came later.
    """
    kept: list[tuple[Document, str]] = []
    repeated: list[Document] = []
    seen: defaultdict[str, list[str]] = defaultdict(list)
    uses = Counter(document.slot for document, _ in placed)
    for document, level in sorted(placed, key=lambda pair: (pair[0].path, pair[0].slot)):
        slot = document.slot
        if uses[slot] > 1:
            said = content_key(document)
            if said in seen[slot]:
                repeated.append(document)
                continue
            seen[slot].append(said)
            if len(seen[slot]) > 1:
                document = replace(document, slot=f"{slot}#{len(seen[slot])}")
        kept.append((document, level))
    return tuple(kept), tuple(repeated)


def content_key(document: Document) -> str:
    """Returns a text that is equal for documents that state the same, whatever their own name and bytes."""
    said = replace(document, slot=document.slot.partition("#")[0], path="")
    # Only where it stands as a source: the path is the sender's, and might be a word of the document.
    return repr(said).replace(f"document={document.path!r}", "")


def has_several_reports(documents: Iterable[Document]) -> bool:
    """Returns whether documents of one level belong to several reports.

    None can then be joined to another because it lies beside it.
    """
    numbers: set[str] = set()
    reports = 0
    for document in documents:
        numbers.update(number for number in document.numbers if number.isdecimal())
        reports += document.slot == _REPORT_SLOT
        if len(numbers) > 1 or reports > 1:
            return True
    return False


def identifies_its_report(document: Document) -> bool:
    """Returns whether a document says by itself which report it belongs to, also at a level with several reports."""
    return bool(document.numbers) or document.slot == _REPORT_SLOT or document.format in _OWN_NUMBER


def _assign_level_documents(
    level: str, here: Sequence[Document], numbered: defaultdict[str, list[tuple[Document, str]]], is_shared: bool
) -> list[list[Document]]:
    """Adds the documents of one level to `numbered` and returns the unnumbered rest, one list a report.

    The number of a complaint or a case ("C-12") takes only the document that carries it, whatever lies beside it.
    """
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
    if not is_shared and len(numbers) == 1 and sum(document.slot == _REPORT_SLOT for document in reports) <= 1:
        number = next(iter(numbers))
        joining = [d for d in reports if d.slot == _REPORT_SLOT] + others
        numbered[number] += [(document, level) for document in joining]
        return [[document] for document in reports if document.slot != _REPORT_SLOT]
    if len(reports) == 1 and not is_shared:
        return [[*reports, *others]]
    return [[document] for document in reports] + ([others] if others else [])


def find_report_of_file(level: str, name: str, digests: Digests, levels: Mapping[str, Level]) -> int | None:
    """Returns the key of the report that a file belongs to, or None when it belongs to the bundle alone.

    Looks at the level itself, else at the nearest level above with documents. A single report there owns the file. Of several,
    the owner declares the file's hash. Otherwise it declares its name, then its original name. Last, its number stands in a
    folder name on the way.
    """
    return next(
        (levels[here].find_report(level[len(here) :], name, digests) for here in enclosing_levels(level) if here in levels), None
    )


def is_listed(level: str, name: str, levels: Mapping[str, Level]) -> bool:
    """Returns whether a report at the level, or at the nearest level above with documents, lists a file of this name."""
    return next((levels[here].lists_name(comparable_name(name)) for here in enclosing_levels(level) if here in levels), False)


def enclosing_levels(level: str) -> Iterator[str]:
    """Yields the level and every level above it, "" last."""
    while level:
        yield level
        level = level.rpartition("/")[0]
    yield ""


def _contains_number(folder: str, number: str) -> bool:
    """Returns whether a folder's name contains the number, and not as part of a longer number."""
    before, found, after = folder.partition(number)
    return bool(found) and not before[-1:].isdigit() and not after[:1].isdigit()
