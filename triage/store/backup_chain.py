"""The parts of which a backup's copy of the database is made: a base with all pages, and behind it what changed since.

    database/NNNNNN.pages    the part that backup number NNNNNN wrote

A page of a later part takes the place of an earlier one. The key of each part is random. The keys are sealed for the newest state
of the backup, in its manifest, and the store keeps them to go on from there.
"""

from __future__ import annotations

import hmac
import os
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import create_file, flush, is_there, list_names, remove_file, sync_folder
from triage.store.backup_manifest import Manifest
from triage.store.database import PAGE
from triage.store.files import explain_disk_errors
from triage.store.page_parts import KEY_BYTES, PageGroup, Part, is_there_whole, make_damage_error, read_index, read_pages
from triage.store.pages import LOCK_PAGE, TAG
from triage.store.snapshot import Snapshot

FOLDER = "database"
MOST_PARTS = 100
"""A restore reads each; with a backup a night the database is copied whole every three months."""
_NAME = re.compile(r"[0-9]{6,}\.pages")
_NONCE = 12
_TOLD_EVERY = 4096
"""Pages between two words of progress."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The parts of a backup, the base first. Together they hold a database of `count` pages."""

    parts: tuple[Part, ...]
    count: int

    @property
    def total(self) -> int:
        """The number of pages of all parts."""
        return sum(part.pages for part in self.parts)

    @property
    def keys(self) -> dict[int, bytes]:
        """The keys of the parts, by number."""
        return {part.number: part.key for part in self.parts}

    def is_there(self) -> bool:
        """Returns whether the file of each part is there and as long as it has to be, and the parts can hold so many pages."""
        return all(map(is_there_whole, self.parts)) and 0 < self.count <= self.total + 1  # SQLite leaves one page out

    def is_worth_continuing(self, changed: int) -> bool:
        """Returns whether a part with so many pages is better than a new base: later parts hold half of it at most."""
        return len(self.parts) < MOST_PARTS and 2 * (self.total - self.parts[0].pages + changed) <= self.parts[0].pages

    def reread(self, after: int, most: int, tell: Callable[[int], None]) -> int:
        """Reads the pages of all parts again, in their order, behind the first `after` of them.

        Returns how many were read: up to `most` bytes, but at least one page, and up to the end.

        Raises:
            DamagedPart: if one is not whole
        """
        at, done = 0, 0
        for part in self.parts:
            if at + part.pages > after:
                for group in read_index(part):
                    first = max(0, after - at - group.first)
                    for _ in read_pages(part, group, first=first) if first < len(group.numbers) else ():
                        done += 1
                        if done * PAGE >= most:
                            return done
                    tell(done)
            at += part.pages
        return done

    def compose(self, path: Path, tell: Callable[[int], None]) -> None:
        """Writes the database, as it lay in the store, into a new file: each page from the newest part that holds it.

        Raises:
            DamagedPart: if a part is not whole
            StoreError: if a page is missing, or the disk refuses
        """
        owner, done = self._find_owners(), 0
        with explain_disk_errors(Message("writing the store")), create_file(path) as out:
            for n, part in enumerate(self.parts, 1):
                for group in read_index(part):
                    if not np.any(owner[_within(group, self.count)] == n):
                        continue
                    for number, page in read_pages(part, group):
                        if number <= self.count and owner[number] == n:
                            out.seek((number - 1) * PAGE)
                            out.write(page)
                    done += len(group.numbers)
                    tell(done)
            out.truncate(self.count * PAGE)
            flush(out)

    def load_tags(self, digest: int | None = None) -> KnownTags:
        """Returns what the backup has of each page. `digest` is that of all its pages, as far as it is known.

        Raises:
            DamagedPart: if an index is not whole
        """
        tags = np.zeros((self.count + 1, TAG), np.uint8)
        for part in self.parts:
            for group in read_index(part):
                kept = group.numbers <= self.count
                tags[group.numbers[kept]] = group.tags[kept]
        return KnownTags(tags, digest)

    def _find_owners(self) -> NDArray[np.uint32]:
        """Returns for each page, by its number, the place of the part that holds its newest content, counted from 1.

        Raises:
            StoreError: if a page is missing, or a part holds one that no database has
        """
        owner = np.zeros(self.count + 1, np.uint32)
        for n, part in enumerate(self.parts, 1):
            for group in read_index(part):
                owner[_within(group, self.count)] = n
        missing = np.flatnonzero(owner[1:] == 0) + 1
        if any(number != LOCK_PAGE for number in missing[:2].tolist()):
            raise StoreError("The backup lacks a page of the database; use another copy of the backup.")
        return owner


class KnownTags:
    """What a backup has of each page of the database.

    `count` is the number of its pages. `digest` is the one of all of them for which the backup's own head vouches, or None.
    """

    def __init__(self, tags: NDArray[np.uint8], digest: int | None = None) -> None:
        """Takes the HMAC of each page by its number, zeros for a page that the backup lacks; the first row is not looked at."""
        self._tags, self.count, self.digest = tags, len(tags) - 1, digest

    def load(self, number: int) -> bytes:
        """Returns the HMAC of the page that the backup has, or nothing. A database has no page whose HMAC is zeros only."""
        tag = self._tags[number].tobytes() if number <= self.count else b""
        return tag if any(tag) else b""

    def has(self, number: int, tag: bytes) -> bool:
        """Returns whether the backup has this content of the page."""
        return self.load(number) == tag

    def list_changed(self, first: int, tags: bytes) -> list[int]:
        """Returns the numbers of the pages from `first` on that have another HMAC than here. `tags` are their HMACs."""
        new = np.frombuffer(tags, np.uint64).reshape(-1, TAG // 8)
        old = self._tags[first : first + len(new)].view(np.uint64)
        changed = np.ones(len(new), np.bool_)
        changed[: len(old)] = (new[: len(old)] != old).any(axis=1)
        return [first + at for at in np.flatnonzero(changed).tolist() if first + at != LOCK_PAGE]


class Changes:
    """Pages that a part has to hold: their numbers, which rise, and their HMACs, in two arrays since there can be millions."""

    def __init__(self) -> None:
        self.numbers, self.tags = array("I"), bytearray()

    def add(self, number: int, tag: bytes) -> None:
        """Adds a page."""
        self.numbers.append(number)
        self.tags += tag

    def read(self, snapshot: Snapshot) -> Iterator[tuple[int, bytes]]:
        """Yields (number, page) of the pages, each with the HMAC for which the head vouches.

        Raises:
            StoreError: if a page is damaged or was changed meanwhile
        """
        for at, number in enumerate(self.numbers):
            page = snapshot.read_page(number)
            if not page.endswith(self.tags[at * TAG : (at + 1) * TAG]):
                raise StoreError(
                    "Page {number} of the store's database changed while it was copied, which only another program can do;"
                    " run a check.",
                    number=number,
                )
            yield number, page

    def require(self, part: Part, tell: Callable[[int], None]) -> None:
        """Reads a part that was written, and compares it with what it has to hold.

        Raises:
            DamagedPart: if it is not whole, or holds other pages
        """
        for group in read_index(part):
            end = group.first + len(group.numbers)
            numbers, tags = self.numbers[group.first : end], self.tags[group.first * TAG : end * TAG]
            if group.numbers.tolist() != numbers.tolist() or group.tags.tobytes() != tags:
                raise make_damage_error(part)
            for _ in read_pages(part, group):  # each is compared with the index
                pass
            tell(end)


def find_changes(snapshot: Snapshot, known: KnownTags | None, store: str, tell: Callable[[int], None]) -> Changes:
    """Returns the pages of which the backup has another content, after comparing all with the head.

    The HMAC of each page is read. Only of changed ones a hash is computed, where the sum of the others follows from that of the
    backup's own state. Wherever this does not lead to the sum for which the head vouches, the hashes of all are.

    Raises:
        StoreError: if the head does not vouch for the pages
    """
    if known is not None and (found := _compare_with_known(snapshot, known, store, tell)):
        return found
    hashed, total, changes = snapshot.pages.make_hash(), 0, Changes()
    for number, tag in snapshot.iterate_tags():
        total += hashed(number, tag)
        if known is None or not known.has(number, tag):
            changes.add(number, tag)
        if number % _TOLD_EVERY == 0:
            tell(number)
    snapshot.require_digest(total, store)
    return changes


def _compare_with_known(snapshot: Snapshot, known: KnownTags, store: str, tell: Callable[[int], None]) -> Changes | None:
    """Returns the pages of which the backup has another content, or None when their hashes alone do not prove all pages."""
    if known.digest is None:
        return None
    hashed, total, changes = snapshot.pages.make_hash(), known.digest, Changes()
    for first, tags in snapshot.iterate_tag_blocks():
        for number in known.list_changed(first, tags):
            tag = tags[(number - first) * TAG :][:TAG]
            changes.add(number, tag)
            total += hashed(number, tag)
            total -= hashed(number, before) if (before := known.load(number)) else 0
        tell(first)
    for number in range(snapshot.count + 1, known.count + 1):
        total -= hashed(number, before) if (before := known.load(number)) else 0
    return changes if snapshot.has_digest(total, store) else None


def find_parts(out: Path, manifest: Manifest, keys: Mapping[int, bytes]) -> tuple[Part, ...]:
    """Returns the parts that a manifest names, with their keys by number; none unless exactly these keys are known."""
    if set(manifest.parts) != set(keys):
        return ()
    return tuple(name_part(out, manifest.store, manifest.id, n, pages, keys[n]) for n, pages in sorted(manifest.parts.items()))


def name_part(out: Path, store: str, backup: str, number: int, pages: int, key: bytes) -> Part:
    """Returns the part that backup `number` of this folder wrote or writes."""
    return Part(number, out / FOLDER / f"{number:06d}.pages", pages, key, f"{store} {backup}")


def remove_other_parts(out: Path, manifest: Manifest) -> None:
    """Removes the parts that no state needs any more. Files that no backup writes stay.

    Raises:
        OSError: if the disk refuses
    """
    folder, known = out / FOLDER, {f"{number:06d}.pages" for number in manifest.parts}
    if is_there(folder):
        for name in list_names(folder):
            if _NAME.fullmatch(name) and name not in known:
                remove_file(folder / name)
        sync_folder(folder)


def seal_keys(own: memoryview, database: memoryview, manifest: Manifest, chain: Chain) -> str:
    """Returns the database's key and those of the parts, sealed under the key `own` of this state, in hex."""
    nonce = os.urandom(_NONCE)
    plain = bytes(database) + b"".join(part.key for part in chain.parts)
    return (nonce + _make_cipher(own).encrypt(nonce, plain, _format_context(manifest))).hex()


def open_keys(own: memoryview, manifest: Manifest) -> tuple[bytes, dict[int, bytes]]:
    """Returns the key of the database in the parts, and the parts' keys by number.

    Raises:
        StoreError: if they were not sealed for this state
    """
    try:
        data = bytes.fromhex(manifest.keys)
        plain = _make_cipher(own).decrypt(data[:_NONCE], data[_NONCE:], _format_context(manifest))
    except (InvalidTag, ValueError) as error:
        raise StoreError("The backup's manifest was changed; use another copy of the backup.") from error
    if len(plain) != KEY_BYTES * (1 + len(manifest.parts)):
        raise StoreError("The backup's manifest was changed; use another copy of the backup.")
    database, *keys = (plain[at : at + KEY_BYTES] for at in range(0, len(plain), KEY_BYTES))
    return database, dict(zip(sorted(manifest.parts), keys, strict=True))


def _within(group: PageGroup, count: int) -> NDArray[np.uint32]:
    """Returns the numbers of a group's pages that a database of so many pages has."""
    return group.numbers[group.numbers <= count]


def _make_cipher(own: memoryview) -> AESGCM:
    """Returns the cipher that seals the keys of the parts."""
    return AESGCM(hmac.digest(own, b"triage backup keys 1", "sha256"))


def _format_context(manifest: Manifest) -> bytes:
    """Returns the bytes that bind sealed keys to a state of a backup."""
    parts = " ".join(f"{number}:{pages}" for number, pages in sorted(manifest.parts.items()))
    return f"triage backup keys {manifest.store} {manifest.id} {manifest.number} {manifest.pages} {parts}".encode()
