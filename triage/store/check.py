"""`check` and `audit verify`: does everything in the store agree, and does every byte authenticate?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from triage.errors import StoreError
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.views import AuditResult, CheckResult
from triage.store import audit
from triage.store.audit import Head
from triage.store.database import Reader
from triage.store.queries import record
from triage.store.queries import vault as vault_sql
from triage.store.vault import Place, SealedReader, pack_path, sealed_length

if TYPE_CHECKING:
    from triage.store.store import Store

Reference = Callable[[Reader], tuple[Iterable[str], dict[str, int]]]
"""A further check by another room: problems, one sentence each, and counts of what was looked at."""

_PAGE = 500


def check(
    store: Store,
    subset: tuple[int, int] | None,
    progress: OnProgress,
    cancel: CancelToken | None,
    references: Sequence[Reference],
) -> CheckResult:
    """The structure is checked whole and with the writer's lock held; the vault's bytes whole or slice n of t."""
    found: list[str] = list(store.problems)
    checked: dict[str, int] = {}
    cancel = cancel or CancelToken()
    progress(Progress(done=0, total=None, unit="steps", note="database"))
    with store.locked():
        found += _guarded(store.database_problems)
        cancel.check()
        progress(Progress(done=1, total=None, unit="steps", note="record"))
        result = _record(store, None)
        found += [p for p in result.problems if p not in found]
        checked["record_entries"] = result.entries
        cancel.check()
        found += _guarded(lambda: list(_accounting(store, checked)))
    for reference in references:
        cancel.check()
        found += _guarded(partial(_reference, store, reference, checked))
    found += _guarded(lambda: list(_items(store, subset, progress, cancel, checked)))
    return CheckResult(valid=not found, problems=tuple(found), checked=checked)


def verify_record(store: Store, exported: Path | None) -> AuditResult:
    with store.locked():
        return _record(store, exported)


def _record(store: Store, exported: Path | None) -> AuditResult:
    reader, found = store.read(), list(store.problems)
    own, other = _head(store.head, found), None
    if exported is not None:
        other = _head(lambda: audit.read_head(exported), found)
    entries = 0
    try:
        with reader.snapshot():
            entries = record.state(reader).count
            for problem in audit.problems(reader, own, other, store.id, store.public_key):
                if problem not in found:
                    found.append(problem)
    except StoreError as error:
        found.append(str(error))
    return AuditResult(valid=not found, entries=entries, head=own.root if own else "", problems=tuple(found))


def _head(read: Callable[[], Head], found: list[str]) -> Head | None:
    try:
        return read()
    except StoreError as error:
        if str(error) not in found:
            found.append(str(error))
        return None


def _guarded(step: Callable[[], list[str]]) -> list[str]:
    """A damaged database ends a step with a sentence, not the whole check."""
    try:
        return step()
    except StoreError as error:
        return [str(error)]


def _reference(store: Store, reference: Reference, checked: dict[str, int]) -> list[str]:
    found, counts = reference(store.read())
    checked.update(counts)
    return list(found)


def _accounting(store: Store, checked: dict[str, int]) -> Iterator[str]:
    """Every byte of every pack belongs to one item."""
    reader, ends = store.read(), dict[int, int]()
    for item, pack, offset, size in vault_sql.extents(reader):
        if offset != ends.get(pack, 0):
            yield f"Item {item} of the vault does not follow the item before it."
        ends[pack] = offset + sealed_length(size)
    packs = vault_sql.packs(reader)
    checked["vault_packs"] = len(packs)
    for number, length in packs.items():
        path = pack_path(store.vault, number)
        size = path.stat().st_size if path.exists() else -1
        if ends.get(number, 0) != length:
            yield f"The items of the vault file {path.name} do not add up to its length."
        if size < 0:
            yield f"The vault file {path.name} is missing."
        elif size != length:
            yield f"The vault file {path.name} has {size} bytes, the database accounts for {length}."
    known = {pack_path(store.vault, number).name for number in packs}
    for path in sorted(store.vault.iterdir()):
        if path.name not in known:
            yield "The vault holds a file that is not its own."


def _items(
    store: Store, subset: tuple[int, int] | None, progress: OnProgress, cancel: CancelToken, checked: dict[str, int]
) -> Iterator[str]:
    """Every item authenticates and has the digest it was sealed with."""
    n, of = subset or (1, 1)
    if not 1 <= n <= of:
        raise ValueError("slice n of t runs from 1 to t")
    reader, total, after = store.read(), vault_sql.count(store.read()), 0
    checked["vault_items"] = checked["vault_bytes"] = 0
    while rows := vault_sql.places(reader, after, _PAGE):
        for row in rows:
            cancel.check()
            after = row[0]
            if after % of != n % of or row[4] is None:
                continue
            place = Place(*row)
            try:
                if _digest(store.vault, place) != place.sha256:
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
