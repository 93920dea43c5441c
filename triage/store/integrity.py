"""`check` and `audit verify`: does everything in the store agree, and does every byte authenticate?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.verification import AuditResult, CheckResult
from triage.safe_files import UnsafeFile, file_size, list_names
from triage.store import audit
from triage.store.audit import Head
from triage.store.database import Database, Reader
from triage.store.files import disk
from triage.store.pages import Pages
from triage.store.queries import record
from triage.store.queries import vault as vault_sql
from triage.store.vault import Place, SealedReader, pack_path, sealed_length

Reference: TypeAlias = Callable[[Reader], tuple[Iterable[Message], dict[str, int]]]
"""A further check by the caller: problems, one message each, and counts of what was checked."""

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: a store, or its backup. `problems` are known already."""

    database: Database
    vault: Path
    head: Path
    store: str
    public_key: bytes
    pages: Pages
    problems: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found. `checked` counts what was read."""

    problems: Sequence[Message]
    checked: Mapping[str, int] = field(default_factory=dict)

    def join(self, other: Findings) -> Findings:
        """Returns the findings of both checks, these first."""
        return Findings([*self.problems, *other.problems], {**self.checked, **other.checked})

    def result(self) -> CheckResult:
        """Returns the findings in English, each problem once."""
        return CheckResult(valid=not self.problems, problems=_sentences(self.problems), checked=dict(self.checked))


def check_structure(subject: Subject, progress: OnProgress, cancel: CancelToken) -> Findings:
    """Checks database, record and the vault's accounts, whole. Nobody may write meanwhile."""
    found, checked = list(subject.problems), dict[str, int]()
    progress(Progress(done=0, total=3, unit="steps", note="database"))
    found += _catch_store_errors(subject.database.check)
    cancel.check()
    progress(Progress(done=1, total=3, unit="steps", note="record"))
    log = _check_log(subject, None)
    found += log.problems
    checked["record_entries"] = log.entries
    cancel.check()
    progress(Progress(done=2, total=3, unit="steps", note="vault"))
    found += _catch_store_errors(lambda: list(_find_accounting_problems(subject, checked)))
    return Findings(found, checked)


def check_contents(
    subject: Subject,
    subset: tuple[int, int] | None,
    progress: OnProgress,
    cancel: CancelToken,
    references: Sequence[Reference] = (),
) -> Findings:
    """Runs the caller's checks, and reads the bytes of every item or of slice n of t (from 1). Others may write meanwhile."""
    found, checked = list[Message](), dict[str, int]()
    for reference in references:
        cancel.check()
        found += _catch_store_errors(partial(_check_reference, subject, reference, checked))
    found += _catch_store_errors(lambda: list(_find_item_problems(subject, subset, progress, cancel, checked)))
    return Findings(found, checked)


def verify_record(subject: Subject, exported: Path | None) -> AuditResult:
    """Compares the record with its head and, if given, with an exported head. Nobody may write meanwhile."""
    log = _check_log(subject, exported)
    return AuditResult(
        valid=not log.problems,
        entries=log.entries,
        head=log.head.root if log.head else "",
        last_step=log.head.time if log.head else None,
        problems=_sentences(log.problems),
    )


def find_log_problems(subject: Subject) -> tuple[Message, ...]:
    """Returns what is wrong with the record or its head. Nobody may write meanwhile."""
    return tuple(dict.fromkeys(_check_log(subject, None).problems))


def find_replayed_pages(subject: Subject, head: Head) -> Message | None:
    """Returns the problem when a page was put back to an older content, which only the head's digest of all pages shows.

    Nobody may write meanwhile.
    """
    if not head.pages or head.commits != record.state(subject.database.writer).commits:
        return None  # a head that does not fit is reported by whoever compares the two
    if subject.pages.opened(head.pages, subject.store, head.commits) == subject.pages.whole(subject.database.writer):
        return None
    return Message(
        "The database does not hold the pages that the audit log's head vouches for: one was put back to an older content, or"
        " something else than Triage changed the file; restore the newest backup."
    )


def require_pages(subject: Subject, head: Head) -> None:
    """Raises StoreError when a page was put back to an older content. Nobody may write meanwhile."""
    if problem := find_replayed_pages(subject, head):
        raise StoreError(problem)  # message-ok


@dataclass(frozen=True, slots=True)
class _LogFindings:
    problems: list[Message]
    entries: int
    head: Head | None


def _check_log(subject: Subject, exported: Path | None) -> _LogFindings:
    reader, found = subject.database.reader(), list(subject.problems)
    own = _read_head(subject.head, found)
    other = None if exported is None else _read_head(exported, found)
    entries = 0
    try:
        with reader.snapshot():
            entries = record.state(reader).count
            found += audit.find_problems(reader, own, other, subject.store, subject.public_key)
        if own is not None and (problem := find_replayed_pages(subject, own)):
            found.append(problem)
    except StoreError as error:
        found.append(error.message)
    return _LogFindings(found, entries, own)


def _sentences(problems: Sequence[Message]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(problem) for problem in problems))


def _read_head(path: Path, found: list[Message]) -> Head | None:
    try:
        return audit.read_head(path)
    except StoreError as error:
        found.append(error.message)
        return None


def _catch_store_errors(step: Callable[[], list[Message]]) -> list[Message]:
    """Returns what a step found; a damaged database or vault ends that step with a message, not the whole check."""
    try:
        with disk(Message("checking the store")):
            return step()
    except StoreError as error:
        return [error.message]


def _check_reference(subject: Subject, reference: Reference, checked: dict[str, int]) -> list[Message]:
    found, counts = reference(subject.database.reader())
    checked.update(counts)
    return list(found)


def _find_accounting_problems(subject: Subject, checked: dict[str, int]) -> Iterator[Message]:
    """Checks that every byte of every pack belongs to one item, or to an accounted gap. Raises OSError without a vault."""
    reader, ends = subject.database.reader(), dict[int, int]()
    gaps = vault_sql.gaps(reader)
    for item, pack, offset, size in vault_sql.extents(reader):
        if offset != _behind_gaps(gaps, pack, ends.get(pack, 0)):
            yield Message("Item {item} of the vault does not follow the item before it.", item=item)
        ends[pack] = offset + sealed_length(size)
    packs = vault_sql.packs(reader)
    checked["vault_packs"] = len(packs)
    for number, length in packs.items():
        path = pack_path(subject.vault, number)
        try:
            size = file_size(path)
        except UnsafeFile as error:
            yield Message("The vault file {name} can't be used: {why}.", name=path.name, why=error.strerror or "")
            continue
        if _behind_gaps(gaps, number, ends.get(number, 0)) != length:
            yield Message("The items of the vault file {name} do not add up to its length.", name=path.name)
        if size is None and length:
            yield Message("The vault file {name} is missing.", name=path.name)
        elif (size or 0) != length:
            yield Message(
                "The vault file {name} has {size} bytes, the database accounts for {length}.",
                name=path.name,
                size=size or 0,
                length=length,
            )
    known = {pack_path(subject.vault, number).name for number in packs}
    for name in list_names(subject.vault):
        if name not in known:
            yield Message("The vault holds a file that is not its own.")


def _behind_gaps(gaps: dict[tuple[int, int], int], pack: int, end: int) -> int:
    """Takes the gaps that begin at `end` out of `gaps`; returns where they end."""
    while length := gaps.pop((pack, end), 0):
        end += length
    return end


def _find_item_problems(
    subject: Subject, subset: tuple[int, int] | None, progress: OnProgress, cancel: CancelToken, checked: dict[str, int]
) -> Iterator[Message]:
    """Checks that every item authenticates and has the digest it was sealed with."""
    n, of = subset or (1, 1)
    if not 1 <= n <= of:
        raise ValueError("slice n of t runs from 1 to t")
    reader = subject.database.reader()
    total, after = vault_sql.count(reader), 0
    checked["vault_items"] = checked["vault_bytes"] = 0
    while rows := vault_sql.places(reader, after, _PAGE):
        for row in rows:
            cancel.check()
            after = row[0]
            if after % of != n % of or row[4] is None:
                continue
            place = Place(*row)
            try:
                if _digest(subject.vault, place) != place.sha256:
                    yield Message(
                        "Item {item} of the vault is not what was sealed; restore it from the newest backup.", item=place.id
                    )
            except StoreError as error:
                yield error.message
            checked["vault_items"] += 1
            checked["vault_bytes"] += place.size
        progress(Progress(done=after, total=total, unit="items", note="vault"))


def _digest(vault: Path, place: Place) -> bytes:
    hasher = hashlib.sha256()
    for chunk in SealedReader(vault, place).chunks():
        hasher.update(chunk)
    return hasher.digest()
