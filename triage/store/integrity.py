"""`check` and `audit verify`: does everything in the store agree, and does every byte authenticate?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from triage.errors import StoreError
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.views import AuditResult, CheckResult
from triage.safe_files import UnsafeFile, file_size, list_names
from triage.store import audit
from triage.store.audit import Head
from triage.store.database import Database, Reader
from triage.store.files import disk
from triage.store.pages import Pages
from triage.store.queries import record
from triage.store.queries import vault as vault_sql
from triage.store.vault import Place, SealedReader, pack_path, sealed_length

Reference = Callable[[Reader], tuple[Iterable[str], dict[str, int]]]
"""A further check by another room: problems, one sentence each, and counts of what was looked at."""

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
    problems: tuple[str, ...] = ()


def structure(subject: Subject, progress: OnProgress, cancel: CancelToken) -> CheckResult:
    """Database, record and the vault's accounts, whole. Nobody may write meanwhile."""
    found, checked = list(subject.problems), dict[str, int]()
    progress(Progress(done=0, total=3, unit="steps", note="database"))
    found += _guarded(subject.database.check)
    cancel.check()
    progress(Progress(done=1, total=3, unit="steps", note="record"))
    result = verify_record(subject, None)
    found += result.problems
    checked["record_entries"] = result.entries
    cancel.check()
    progress(Progress(done=2, total=3, unit="steps", note="vault"))
    found += _guarded(lambda: list(_accounting(subject, checked)))
    return _result(found, checked)


def contents(
    subject: Subject,
    subset: tuple[int, int] | None,
    progress: OnProgress,
    cancel: CancelToken,
    references: Sequence[Reference] = (),
) -> CheckResult:
    """What other rooms check, and the bytes of every item or of slice n of t (from 1). Others may write meanwhile."""
    found, checked = list[str](), dict[str, int]()
    for reference in references:
        cancel.check()
        found += _guarded(partial(_reference, subject, reference, checked))
    found += _guarded(lambda: list(_items(subject, subset, progress, cancel, checked)))
    return _result(found, checked)


def joined(first: CheckResult, second: CheckResult) -> CheckResult:
    return _result([*first.problems, *second.problems], {**first.checked, **second.checked})


def verify_record(subject: Subject, exported: Path | None) -> AuditResult:
    """Nobody may write meanwhile."""
    reader, found = subject.database.reader(), list(subject.problems)
    own = _head(subject.head, found)
    other = None if exported is None else _head(exported, found)
    entries = 0
    try:
        with reader.snapshot():
            entries = record.state(reader).count
            found += audit.problems(reader, own, other, subject.store, subject.public_key)
        if own is not None:
            found += replayed(subject, own)
    except StoreError as error:
        found.append(str(error))
    result = _result(found, {})
    return AuditResult(
        valid=result.valid,
        entries=entries,
        head=own.root if own else "",
        last_step=own.time if own else None,
        problems=result.problems,
    )


def replayed(subject: Subject, head: Head) -> Iterator[str]:
    """A page that was put back to an older content is as valid as the newest one, but for the head's digest of them all.

    Nobody may write meanwhile.
    """
    if not head.pages or head.commits != record.state(subject.database.writer).commits:
        return  # a head that does not fit is told by whoever compares the two
    if subject.pages.opened(head.pages, subject.store, head.commits) != subject.pages.whole(subject.database.writer):
        yield (
            "The database does not hold the pages that the record's head vouches for: one was put back to an older content, or"
            " something else than Triage changed the file; restore the newest backup."
        )


def require_pages(subject: Subject, head: Head) -> None:
    """Raises StoreError when a page was put back to an older content. Nobody may write meanwhile."""
    for problem in replayed(subject, head):
        raise StoreError(problem)


def _result(found: Sequence[str], checked: dict[str, int]) -> CheckResult:
    return CheckResult(valid=not found, problems=tuple(dict.fromkeys(found)), checked=checked)


def _head(path: Path, found: list[str]) -> Head | None:
    try:
        return audit.read_head(path)
    except StoreError as error:
        found.append(str(error))
        return None


def _guarded(step: Callable[[], list[str]]) -> list[str]:
    """A damaged database or vault ends a step with a sentence, not the whole check."""
    try:
        with disk("checking the store"):
            return step()
    except StoreError as error:
        return [str(error)]


def _reference(subject: Subject, reference: Reference, checked: dict[str, int]) -> list[str]:
    found, counts = reference(subject.database.reader())
    checked.update(counts)
    return list(found)


def _accounting(subject: Subject, checked: dict[str, int]) -> Iterator[str]:
    """Every byte of every pack belongs to one item, or to a gap that was accounted for. Raises OSError without a vault."""
    reader, ends = subject.database.reader(), dict[int, int]()
    gaps = vault_sql.gaps(reader)
    for item, pack, offset, size in vault_sql.extents(reader):
        if offset != _behind_gaps(gaps, pack, ends.get(pack, 0)):
            yield f"Item {item} of the vault does not follow the item before it."
        ends[pack] = offset + sealed_length(size)
    packs = vault_sql.packs(reader)
    checked["vault_packs"] = len(packs)
    for number, length in packs.items():
        path = pack_path(subject.vault, number)
        try:
            size = file_size(path)
        except UnsafeFile as error:
            yield f"The vault file {path.name} can't be used: {error.strerror}."
            continue
        if _behind_gaps(gaps, number, ends.get(number, 0)) != length:
            yield f"The items of the vault file {path.name} do not add up to its length."
        if size is None and length:
            yield f"The vault file {path.name} is missing."
        elif (size or 0) != length:
            yield f"The vault file {path.name} has {size or 0} bytes, the database accounts for {length}."
    known = {pack_path(subject.vault, number).name for number in packs}
    for name in list_names(subject.vault):
        if name not in known:
            yield "The vault holds a file that is not its own."


def _behind_gaps(gaps: dict[tuple[int, int], int], pack: int, end: int) -> int:
    """Takes the gaps that begin at `end` out of `gaps`; returns where they end."""
    while length := gaps.pop((pack, end), 0):
        end += length
    return end


def _items(
    subject: Subject, subset: tuple[int, int] | None, progress: OnProgress, cancel: CancelToken, checked: dict[str, int]
) -> Iterator[str]:
    """Every item authenticates and has the digest it was sealed with."""
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
                    yield f"Item {place.id} of the vault is not what was sealed; restore it from the newest backup."
            except StoreError as error:
                yield str(error)
            checked["vault_items"] += 1
            checked["vault_bytes"] += place.size
        progress(Progress(done=after, total=total, unit="items", note="vault"))


def _digest(vault: Path, place: Place) -> bytes:
    hasher = hashlib.sha256()
    for chunk in SealedReader(vault, place).chunks():
        hasher.update(chunk)
    return hasher.digest()
