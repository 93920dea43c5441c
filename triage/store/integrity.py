"""Checks that everything in the store agrees, and that every byte authenticates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from triage.errors import StoreError
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress, Progress, ignore_progress
from triage.model.verification import AuditResult, CheckResult
from triage.store import audit
from triage.store.audit import LogHead
from triage.store.database import Database, Reader
from triage.store.files import explain_disk_errors
from triage.store.free_pages import are_free_pages_whole
from triage.store.pack_check import find_accounting_problems, find_pack_problems, measure_packs
from triage.store.pack_reader import PackReader
from triage.store.pages import REPLAYED, PageDigests
from triage.store.queries import audit_log
from triage.store.queries import vault as vault_sql
from triage.store.queries.database_check import find_damage
from triage.store.tree import Frontier
from triage.store.vault import ItemPlace, SealedReader

Reference: TypeAlias = Callable[[Reader], tuple[Iterable[Message], dict[str, int]]]
"""A further check by the caller: problems, one message each, and counts of what was checked."""

_PAGE = 500


@dataclass(frozen=True, slots=True)
class CheckSubject:
    """A store, or its backup, that is checked. `problems` are those known already."""

    database: Database
    vault: Path
    head: Path
    store: str
    public_key: bytes
    pages: PageDigests
    problems: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class VaultPart:
    """Which items of the vault a check reads: slice `n` of `of`, counted from 1, of the items behind `after` up to `until`.

    It ends after `most` bytes. All bounds are None or 0 for the whole vault.
    """

    n: int = 1
    of: int = 1
    after: int = 0
    until: int | None = None
    most: int | None = None

    def is_read(self, item: int, done: int) -> bool:
        """Returns whether the part ends before this item, when so many bytes were read."""
        return (self.until is not None and item > self.until) or (self.most is not None and done >= self.most)


WHOLE_VAULT = VaultPart()


@dataclass(frozen=True, slots=True)
class CheckFindings:
    """The problems that a check found, and under `checked` the counts of what it read."""

    problems: Sequence[Message]
    checked: Mapping[str, int] = field(default_factory=dict)

    def join(self, other: CheckFindings) -> CheckFindings:
        """Returns the findings of both checks, these first."""
        return CheckFindings([*self.problems, *other.problems], {**self.checked, **other.checked})

    def result(self) -> CheckResult:
        """Returns the result with the problems in English, each once."""
        checked = {what: n for what, n in self.checked.items() if what != "vault_up_to"}
        return CheckResult(
            valid=not self.problems,
            problems=_format_problems(self.problems),
            checked=checked,
            read_up_to=self.checked.get("vault_up_to", 0),
        )


@dataclass(frozen=True, slots=True)
class StructureCheck:
    """A check of database, audit log and vault that has begun, on the state that `log.reader` and `database` see.

    `packs` are the vault's files by name, with their lengths, or why one can't be used; None if the vault can't be listed.
    `folded`: the database's file holds that state and keeps it, so that others may write from here on. Otherwise the pages
    `in_log` stand in the write-ahead log only.
    """

    log: LogCheck
    database: Reader
    packs: Mapping[str, int | Message] | None
    problems: tuple[Message, ...]
    folded: bool
    in_log: frozenset[int] = frozenset()


@contextmanager
def begin_structure_check(subject: CheckSubject) -> Iterator[StructureCheck]:
    """Fixes the state that is checked. The caller keeps writers out until this yields, and beyond if it was not `folded`."""
    found, folded, packs = list[Message](), False, None
    try:
        folded = subject.database.fold_log()
    except StoreError as error:
        found.append(error.message)
    with begin_log_check(subject, None) as log, subject.database.fresh_reader() as database:
        try:
            with explain_disk_errors(Message("checking the store")):
                packs = measure_packs(subject.vault)
        except StoreError as error:
            found.append(error.message)
        in_log = frozenset[int]() if folded else subject.pages.list_pages_in_log(subject.database.writer)
        yield StructureCheck(log, database, packs, tuple(found), folded, in_log)


def check_structure(begun: StructureCheck, progress: OnProgress, cancel: CancelToken) -> CheckFindings:
    """Checks all of the database and the audit log, and that the vault's packs fit the database."""
    subject = begun.log.subject
    found, checked = [*subject.problems, *begun.problems], dict[str, int]()
    progress(Progress(done=0, total=3, unit="steps", note=Message("database")))
    found += _catch_store_errors(lambda: _find_database_damage(begun))
    cancel.check()
    progress(Progress(done=1, total=3, unit="steps", note=Message("record")))
    log = _finish_log_check(begun.log, progress, cancel)
    found += log.problems
    checked["record_entries"] = log.entries
    cancel.check()
    progress(Progress(done=2, total=3, unit="steps", note=Message("vault")))
    if (packs := begun.packs) is not None:
        found += _catch_store_errors(lambda: list(find_accounting_problems(subject.vault, begun.log.reader, packs, checked)))
    return CheckFindings(found, checked)


def _find_database_damage(begun: StructureCheck) -> list[Message]:
    """Returns what is wrong with the database. Its file alone shows whether free pages are whole, so it has to hold the state."""
    if not begun.folded or begun.in_log:
        return find_damage(begun.database, begun.in_log)
    count = begun.database.count_pages()
    return find_damage(begun.database, is_rest_whole=lambda: are_free_pages_whole(begun.log.subject.pages, count))


def compare_structure(begun: StructureCheck) -> CheckFindings:
    """Compares the database's pages with the head and the vault's packs with the database; of neither it reads the content."""
    subject, found = begun.log.subject, [*begun.log.problems, *begun.problems]
    if (packs := begun.packs) is not None:
        known = vault_sql.load_pack_lengths(begun.log.reader)
        found += _catch_store_errors(lambda: list(find_pack_problems(subject.vault, known, packs)))
    return CheckFindings(found, {"database_pages_unread": begun.database.count_pages()})


def check_contents(
    subject: CheckSubject,
    part: VaultPart,
    progress: OnProgress,
    cancel: CancelToken,
    references: Sequence[Reference] = (),
    reader: Reader | None = None,
) -> CheckFindings:
    """Runs the caller's checks, then reads and authenticates a part of the vault's items. Others may write meanwhile.

    `reader` sees the state whose items these are; without it, the newest one counts.
    """
    found, checked = list[Message](), dict[str, int]()
    for reference in references:
        cancel.check()
        found += _catch_store_errors(partial(_check_reference, subject, reference, checked))
    reader = reader or subject.database.reader()
    found += _catch_store_errors(lambda: list(_find_item_problems(subject.vault, reader, part, progress, cancel, checked)))
    return CheckFindings(found, checked)


def verify_log(begun: LogCheck, progress: OnProgress, cancel: CancelToken, frontier: Frontier | None = None) -> AuditResult:
    """Compares the audit log with its head and, if given, with an exported head. Others may write meanwhile.

    `frontier` is the tree of the entries that were verified before; it grows by those that follow.
    """
    log = _finish_log_check(begun, progress, cancel, frontier)
    return AuditResult(
        valid=not log.problems,
        entries=log.entries,
        head=log.head.root if log.head else "",
        last_step=log.head.time if log.head else None,
        problems=tuple(dict.fromkeys(log.problems)),
    )


def find_log_problems(subject: CheckSubject) -> tuple[Message, ...]:
    """Returns what is wrong with the audit log or its head. The caller keeps writers out."""
    with begin_log_check(subject, None) as begun:
        return tuple(dict.fromkeys(_finish_log_check(begun, ignore_progress, CancelToken()).problems))


def find_replayed_pages(subject: CheckSubject, head: LogHead) -> Message | None:
    """Returns the problem when a page was put back to an older content, else None.

    Only the head's digest of all pages shows this. A head that does not fit the database is not judged here. The caller keeps
    writers out.
    """
    if head.commits != audit_log.load_state(subject.database.writer).commits:
        return None  # a head that does not fit is reported by whoever compares the two
    if subject.pages.open_digest(head.pages, subject.store, head.commits) == subject.pages.digest_all(subject.database.writer):
        return None
    return REPLAYED


def require_current_pages(subject: CheckSubject, head: LogHead) -> None:
    """Raises StoreError when a page was put back to an older content. The caller keeps writers out."""
    if problem := find_replayed_pages(subject, head):
        raise StoreError(problem)  # message-ok


@dataclass(frozen=True, slots=True)
class _LogFindings:
    """What the check of the audit log found: the problems, the number of entries, and the head if it could be read."""

    problems: list[Message]
    entries: int
    head: LogHead | None


@dataclass(frozen=True, slots=True)
class LogCheck:
    """A check of the audit log that has begun: the heads were read, and `reader` sees the log as it was then."""

    subject: CheckSubject
    reader: Reader
    own: LogHead | None
    other: LogHead | None
    entries: int
    problems: tuple[Message, ...]


@contextmanager
def begin_log_check(subject: CheckSubject, exported: Path | None) -> Iterator[LogCheck]:
    """Reads both heads, compares the pages with the store's own, and keeps a view of the log. The caller keeps writers out."""
    reader, found = subject.database.reader(), list(subject.problems)
    own = _read_head(subject.head, found)
    other = None if exported is None else _read_head(exported, found)
    entries = 0
    with ExitStack() as stack:
        try:
            stack.enter_context(reader.snapshot())
            entries = audit_log.load_state(reader).count
            if own is not None and (problem := find_replayed_pages(subject, own)):
                found.append(problem)
        except StoreError as error:
            found.append(error.message)
        yield LogCheck(subject, reader, own, other, entries, tuple(found))


def _finish_log_check(
    begun: LogCheck, progress: OnProgress, cancel: CancelToken, frontier: Frontier | None = None
) -> _LogFindings:
    """Checks the entries against both heads."""
    found = list(begun.problems[: len(begun.subject.problems)])
    late = list(begun.problems[len(begun.subject.problems) :])

    def tell(done: int) -> None:
        """Reports how many entries were checked."""
        cancel.check()
        progress(Progress(done=done, total=begun.entries, unit="entries", note=Message("record")))

    try:
        subject = begun.subject
        found += audit.find_problems(begun.reader, begun.own, begun.other, subject.store, subject.public_key, tell, frontier)
    except StoreError as error:
        found.append(error.message)
    return _LogFindings([*found, *late], begun.entries, begun.own)


def _format_problems(problems: Sequence[Message]) -> tuple[str, ...]:
    """Returns the problems in English, each once."""
    return tuple(dict.fromkeys(str(problem) for problem in problems))


def _read_head(path: Path, found: list[Message]) -> LogHead | None:
    """Returns the head, or None after adding the reason why it can't be read to `found`."""
    try:
        return audit.read_head(path)
    except StoreError as error:
        found.append(error.message)
        return None


def _catch_store_errors(step: Callable[[], list[Message]]) -> list[Message]:
    """Returns what a step found. A StoreError ends that step with a message, not the whole check."""
    try:
        with explain_disk_errors(Message("checking the store")):
            return step()
    except StoreError as error:
        return [error.message]


def _check_reference(subject: CheckSubject, reference: Reference, checked: dict[str, int]) -> list[Message]:
    """Runs a check of the caller's on one state; returns its problems and adds its counts to `checked`.

    It compares what several statements read: what somebody writes between two of them would look like a difference.
    """
    reader = subject.database.reader()
    with reader.snapshot():
        found, counts = reference(reader)
        checked.update(counts)
        return list(found)


def _find_item_problems(
    vault: Path, reader: Reader, part: VaultPart, progress: OnProgress, cancel: CancelToken, checked: dict[str, int]
) -> Iterator[Message]:
    """Yields a problem for each item that does not authenticate or has another digest than when it was sealed."""
    if not 1 <= part.n <= part.of:
        raise ValueError("slice n of t runs from 1 to t")
    total, after = vault_sql.find_last_item(reader), part.after
    checked["vault_items"] = checked["vault_bytes"] = 0
    with PackReader() as packs:
        while rows := vault_sql.list_items(reader, after, _PAGE):
            for row in rows:
                cancel.check()
                if part.is_read(row[0], checked["vault_bytes"]):
                    return
                after = checked["vault_up_to"] = row[0]
                if after % part.of != part.n % part.of or row[4] is None:
                    continue
                place = ItemPlace(*row)
                problem = _find_item_problem(vault, place, packs)
                if problem is not None and not _is_destroyed(reader, place.id):
                    yield problem
                checked["vault_items"] += 1
                checked["vault_bytes"] += place.size
            progress(Progress(done=after, total=total, unit="items", note=Message("vault")))


def _find_item_problem(vault: Path, place: ItemPlace, packs: PackReader) -> Message | None:
    """Returns why an item is not what was sealed, or None."""
    try:
        if _digest_item(vault, place, packs) == place.sha256:
            return None
    except StoreError as error:
        return error.message
    return Message("Item {item} of the vault is not what was sealed; restore it from the newest backup.", item=place.id)


def _is_destroyed(reader: Reader, item: int) -> bool:
    """Returns whether an item was destroyed since its row was read: its key goes first, then its bytes."""
    rows = vault_sql.list_items(reader, item - 1, 1)
    return not rows or rows[0][0] != item or rows[0][4] is None


def _digest_item(vault: Path, place: ItemPlace, packs: PackReader) -> bytes:
    """Returns the SHA-256 of an item's plain bytes.

    Raises:
        StoreError: if the item does not authenticate
    """
    return SealedReader(vault, place, packs.read).digest(packs.take_room)
