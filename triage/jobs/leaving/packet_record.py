"""Checks that custody, proofs and head of a packet fit one key and one state of one audit log."""

from __future__ import annotations

from pathlib import Path

import msgspec

from triage import limits
from triage.errors import InputError
from triage.exports.bag import KEY
from triage.exports.signature import read_pem
from triage.exports.untrusted_folder import UntrustedFolder
from triage.message import Message
from triage.store.audit import LogHead
from triage.store.tree import leaf_hash, verify_inclusion

PROOF, CUSTODY = "data/record-proof.json", "data/custody.jsonl"


class _Proof(msgspec.Struct):
    """A proof of the packet: that `json` is entry `n` of the log."""

    n: int
    json: str
    leaf: str
    path: list[str]
    count: int
    root: str


class _Proofs(msgspec.Struct):
    """The file of proofs: the head, and the proofs under it."""

    head: LogHead
    proofs: list[_Proof]


class _Step(msgspec.Struct):
    """The part of a custody step that names an entry of the audit log."""

    entry: int | None
    leaf: str | None


def find_log_problems(packet: Path) -> tuple[Message, ...]:
    """Returns what is wrong, one sentence for each. It never raises for a bad packet."""
    try:
        with UntrustedFolder(packet) as folder:
            key = read_pem(folder.read(KEY, limits.MAX_KEY_FILE)).public_bytes_raw()
            return tuple(_find_problems(folder, key))
    except InputError as error:
        return (error.message,)
    except OSError as error:
        return (Message("The packet can't be read: {error}.", error=error.strerror or ""),)


def _find_problems(folder: UntrustedFolder, key: bytes) -> list[Message]:
    """Returns what is wrong with head, proofs and custody.

    Raises:
        InputError: if a file is not as Triage writes it
    """
    try:
        said = msgspec.json.decode(folder.read(PROOF, limits.MAX_SIGNED_FILE), type=_Proofs)
        lines = folder.read(CUSTODY, limits.MAX_SIGNED_FILE).splitlines()
        steps = [msgspec.json.decode(line, type=_Step) for line in lines]
        wrong = [proof.n for proof in said.proofs if not _is_proven(proof, said.head)]
        signed = said.head.is_signed_by(key)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InputError(
            "{proof} or {custody} is not as Triage writes it.", proof=PROOF, custody=CUSTODY, detail=type(error).__name__
        ) from error
    found = []
    if not signed:
        found.append(Message("{file} holds a head of the audit log that another key signed.", file=PROOF))
    if wrong:
        found.append(Message("{file} does not prove entry {n:d} of the audit log under its head.", file=PROOF, n=wrong[0]))
    leaves = {proof.n: proof.leaf for proof in said.proofs}
    strange = [step.entry for step in steps if step.entry is not None and leaves.get(step.entry) != step.leaf]
    if strange:
        found.append(
            Message(
                "{file} names entry {n:d} of the audit log, which {proof} does not prove.",
                file=CUSTODY,
                n=strange[0],
                proof=PROOF,
            )
        )
    return found


def _is_proven(proof: _Proof, head: LogHead) -> bool:
    """Returns whether the proof shows the entry in the log of this head.

    Raises:
        ValueError: for what is no hex
    """
    leaf, root = leaf_hash(proof.json.encode()), bytes.fromhex(proof.root)
    path = [bytes.fromhex(sibling) for sibling in proof.path]
    of_head = (proof.count, proof.root) == (head.count, head.root)
    return of_head and leaf.hex() == proof.leaf and verify_inclusion(leaf, proof.n, proof.count, path, root)
