"""The audit log: who did what and when, as leaves of a Merkle tree whose signed head is also stored outside the database.

Entries hold ids and keyed hashes only, never content or identifiers. Those are in rows that can be erased. See
docs/decisions/02-record.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from triage.errors import StoreError
from triage.message import Message
from triage.safe_files import UnsafeFile, read_file, replace_file
from triage.store.canonical import Json, encode_canonical, now
from triage.store.database import Reader, Writer
from triage.store.files import explain_disk_errors, make_disk_error
from triage.store.queries import audit_log
from triage.store.queries.audit_log import AuditState
from triage.store.tree import EMPTY, Frontier, Tree, leaf_hash

VERSION = 1
MAX_HEAD = 16 << 10
"""Bytes; a head takes less than one thousand."""
_TELL_EVERY = 2_000
"""Entries between two reports of progress while the log is verified."""
Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
"""The largest number that SQLite holds is the limit."""
Sign = Callable[[bytes], bytes]
Value = int | str | None | Sequence[int | str]

_KIND = re.compile(r"[a-z][a-z ]{0,62}[a-z]")
_SAFE = re.compile(
    r"[a-z][a-z0-9_.-]{0,63}"  # a word: a status, a step, a format
    r"|[0-9a-f]{64}"  # a keyed hash or digest
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an id of a store
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"  # a time
)


class LogHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signed state of the audit log after one commit. Hashes and the signature are hex.

    The signature covers all other fields as canonical JSON. `pages` is the sealed digest of the database's pages, see pages.py.
    """

    kind: Literal["triage record head"]
    version: int
    store: str
    commits: Count
    count: Count
    root: str
    time: str
    signature: str
    pages: str

    def encode_unsigned(self) -> bytes:
        """Returns the bytes that the signature covers: all other fields as canonical JSON."""
        fields: dict[str, Json] = msgspec.to_builtins(self)
        del fields["signature"]
        return encode_canonical(fields)

    def encode(self) -> bytes:
        """Returns the head as the bytes of its file."""
        return encode_canonical(msgspec.to_builtins(self)) + b"\n"

    def is_signed_by(self, public_key: bytes) -> bool:
        """Returns whether the signature is by this raw Ed25519 public key."""
        return is_signed(self.encode_unsigned(), self.signature, public_key)


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that `json` is entry `n` of the log whose head states `count` entries and this `root`."""

    n: int
    json: str
    leaf: bytes
    path: tuple[bytes, ...]
    count: int
    root: bytes


def is_signed(data: bytes, signature: str, public_key: bytes) -> bool:
    """Returns whether the hex `signature` of `data` is by the raw Ed25519 `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def make_head(store: str, state: AuditState, sign: Sign, pages: str) -> LogHead:
    """Returns the head of this state, signed with `sign`. `pages` is the sealed digest of the database's pages."""
    blank = LogHead("triage record head", VERSION, store, state.commits, state.count, state.root.hex(), now(), "", pages)
    return msgspec.structs.replace(blank, signature=sign(blank.encode_unsigned()).hex())


def write_head(path: Path, head: LogHead) -> None:
    """Writes the head in place of the one before.

    Raises:
        StoreError: if the disk refuses
    """
    with explain_disk_errors(Message("writing the audit log's head")):
        replace_file(path, head.encode())


def read_head(path: Path) -> LogHead:
    """Reads a head and checks its form only, not its signature.

    Raises:
        StoreError: if it is missing, damaged or can't be read
    """
    try:
        return msgspec.json.decode(read_file(path, MAX_HEAD), type=LogHead)
    except FileNotFoundError as error:
        raise StoreError("The audit log's head {path} is missing.", path=path.name) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("The audit log's head {path} is damaged or was changed.", path=path.name) from error
    except UnsafeFile as error:
        raise make_disk_error(error, Message("reading the audit log's head")) from error
    except OSError as error:
        raise StoreError("The audit log's head {path} can't be read.", path=path.name, detail=str(error)) from error


class LogAppender:
    """Appends entries to the audit log within one transaction."""

    def __init__(self, writer: Writer, user: int) -> None:
        self._writer = writer
        self._user = user
        self._before = audit_log.load_state(writer)
        self._frontier = Frontier.unpack(self._before.count, self._before.frontier)

    def note(self, kind: str, values: dict[str, Value]) -> int:
        """Appends an entry of this kind; returns its number.

        Raises:
            ValueError: if a value might be content, which is a bug
        """
        n = self._frontier.count
        json = encode_entry(n, now(), self._user, kind, values)
        leaf = leaf_hash(json)
        audit_log.add_entry(self._writer, n, json.decode(), leaf)
        self._frontier.append(leaf)
        return n

    def finish(self) -> AuditState:
        """Stores and returns the state that this transaction leaves. It is called once, last."""
        before, frontier = self._before, self._frontier
        state = AuditState(before.commits + 1, frontier.count, frontier.root(), frontier.pack(), before.count, before.root)
        audit_log.save_state(self._writer, state)
        return state


def begin_log(writer: Writer) -> None:
    """Stores the state of an audit log without entries."""
    audit_log.add_first_state(writer, AuditState(0, 0, EMPTY, b"", 0, EMPTY))


def encode_entry(n: int, when: str, user: int, kind: str, values: dict[str, Value]) -> bytes:
    """Returns an entry as canonical JSON.

    Raises:
        ValueError: if `kind` is not lower-case words, or a value might be content
    """
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind of entry: {kind!r}")
    about: dict[str, Json] = {}
    for name, value in values.items():
        about[name] = _check_value(name, value)
    return encode_canonical({"v": VERSION, "n": n, "when": when, "user": user, "kind": kind, "about": about})


def _check_value(name: str, value: Value) -> Json:
    """Returns the value if it can't be content, else raises ValueError."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        if not _SAFE.fullmatch(value):
            raise ValueError(f"{name} may hold content; the record takes ids, words and keyed hashes")
        return value
    if isinstance(value, list | tuple):
        return [_check_value(name, item) for item in value]
    raise ValueError(f"{name} holds a {type(value).__name__}; the record takes ids, words and keyed hashes")


def compare_with_head(
    state: AuditState, head: LogHead, store: str, public_key: bytes, known: LogHead | None = None
) -> Message | None:
    """Returns what is wrong with the head, or None when it fits the database or is one transaction behind.

    The signature of `known`, a head whose signature was checked or made in this process, is not checked again.
    """
    if head.version != VERSION:
        return Message("The audit log's head was written by another version of Triage; update this workstation.")
    if head.store != store or not (head == known or head.is_signed_by(public_key)):
        return Message("The audit log's head was not signed by this store.")
    now_at = (state.commits, state.count, state.root.hex())
    before = (state.commits - 1, state.previous_count, state.previous_root.hex())
    stated = (head.commits, head.count, head.root)
    if stated in (now_at, before):
        return None
    if head.commits > state.commits:
        return _describe_loss(head.commits - state.commits, max(head.count - state.count, 0))
    if head.commits < state.commits - 1:
        return Message("The audit log's head is older than the database: an old head was put in its place.")
    return Message("The database and the audit log's head tell different histories.")


def _describe_loss(steps: int, entries: int) -> Message:
    """Returns the message that so many steps and entries are missing from the database."""
    return Message(
        "The database is older than the audit log's head: {steps} and {entries} made since are missing.",
        steps=Message("1 step") if steps == 1 else Message("{n} steps", n=steps),
        entries=Message("1 record entry") if entries == 1 else Message("{n} record entries", n=entries),
    )


def begin_with_head(reader: Reader, head: LogHead, kept: bytes | None = None) -> Frontier | None:
    """Returns the tree of the entries that the head vouches for, or None when the log does not begin with them.

    `kept` is the frontier that was kept when this was the newest head. It need not be trusted: it has to lead to the head's root,
    and with the entries behind it to that of the whole log. Otherwise all entries are read.
    """
    if kept is not None and (frontier := _unpack_frontier(head, kept)) and _leads_to_state(reader, frontier):
        return frontier
    frontier = Frontier()
    for leaf in audit_log.iter_leaves(reader, 0, head.count):
        frontier.append(leaf)
    return frontier if _is_of_head(frontier, head) else None


def _unpack_frontier(head: LogHead, kept: bytes) -> Frontier | None:
    """Returns the frontier of the head's tree, or None when the kept one is of another tree."""
    try:
        frontier = Frontier.unpack(head.count, kept)
    except ValueError:
        return None
    return frontier if _is_of_head(frontier, head) else None


def _is_of_head(frontier: Frontier, head: LogHead) -> bool:
    """Returns whether this is the tree that the head vouches for."""
    return frontier.count == head.count and frontier.root().hex() == head.root


def _leads_to_state(reader: Reader, frontier: Frontier) -> bool:
    """Returns whether the entries behind a frontier lead from it to the root of the whole log."""
    state, grown = audit_log.load_state(reader), Frontier(frontier.count, frontier.hashes)
    for leaf in audit_log.iter_leaves(reader, frontier.count, state.count):
        grown.append(leaf)
    return grown.count == state.count and grown.root() == state.root


def find_problems(
    reader: Reader,
    head: LogHead | None,
    other: LogHead | None,
    store: str,
    public_key: bytes,
    tell: Callable[[int], None] = lambda done: None,
    frontier: Frontier | None = None,
) -> Iterator[Message]:
    """Recomputes the log from its entries and yields each disagreement with a statement about it.

    Compared are the database's own state, the store's head and an exported head. `head` is None when the store's head could not
    be read, which the caller has reported. `other` is the exported head. `tell` takes the number of entries checked, and may
    raise. `frontier` is the tree of the entries that were recomputed before and are left out; it grows by those that follow.
    """
    state = audit_log.load_state(reader)
    wanted = {state.count: [(Message("the database's own state"), state.root.hex())]}
    for stated, name in ((head, Message("the audit log's head")), (other, Message("the exported head"))):
        if stated is not None:
            wanted.setdefault(stated.count, []).append((name, stated.root))
    frontier = frontier or Frontier()
    yield from _compare_roots(frontier, wanted)
    for n, json, leaf in audit_log.iter_entries(reader, frontier.count):
        if n != frontier.count:
            yield Message("The record has a gap: entry {n} is missing.", n=frontier.count)
            return
        if not _is_entry_intact(n, json, leaf):
            yield Message("Entry {n} of the audit log was changed.", n=n)
        frontier.append(leaf_hash(json.encode()))
        if frontier.count % _TELL_EVERY == 0:
            tell(frontier.count)
        yield from _compare_roots(frontier, wanted)
    for count, claims in wanted.items():
        if count > frontier.count:
            yield from (
                Message(
                    "By {name} the last entry of the audit log is number {count}, but it is {found}.",
                    name=name,
                    count=count,
                    found=frontier.count,
                )
                for name, _ in claims
            )
    if frontier.count != state.count or frontier.pack() != state.frontier:
        yield Message("The audit log's tree does not fit its entries.")
    if head is not None and (wrong := compare_with_head(state, head, store, public_key)):
        yield wrong
    if other is not None and not (other.store == store and other.is_signed_by(public_key)):
        yield Message("The exported head was not signed by this store.")


def prove_entries(reader: Reader, numbers: Sequence[int]) -> tuple[Proof, ...]:
    """Returns proofs of these entries against the state that `reader` sees.

    Raises:
        LookupError: if the log has no entry of such a number
    """
    tree, root = Tree(leaves := audit_log.load_leaves(reader)), audit_log.load_state(reader).root
    proofs = []
    for n in numbers:
        found = audit_log.load_entry(reader, n)
        if found is None:
            raise LookupError(f"the record has no entry {n}")
        proofs.append(Proof(n, found[0], found[1], tree.prove(n), len(leaves), root))
    return tuple(proofs)


def _compare_roots(frontier: Frontier, wanted: dict[int, list[tuple[Message, str]]]) -> Iterator[Message]:
    """Yields a problem for each claim about the present number of entries that states another root."""
    if claims := wanted.get(frontier.count, ()):
        root = frontier.root().hex()
        yield from (
            Message("The entries do not lead to the root in {name}.", name=name) for name, stated in claims if stated != root
        )


def _is_entry_intact(n: int, json: str, leaf: bytes) -> bool:
    """Returns whether entry `n` is canonical JSON, states its own number and has this leaf hash."""
    try:
        entry = msgspec.json.decode(json)
        same = encode_canonical(entry) == json.encode()
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False
    return same and isinstance(entry, dict) and entry.get("n") == n and leaf == leaf_hash(json.encode())
