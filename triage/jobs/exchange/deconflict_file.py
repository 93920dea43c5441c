"""The three files of a deconfliction session: signed JSON that holds points and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from triage import limits
from triage.errors import InputError
from triage.exports.signature import fingerprint_of, path_beside, read_pem, signature_holds
from triage.exports.untrusted_folder import read_regular
from triage.links.private_sets import POINT, split_points
from triage.store.database import Reader
from triage.store.queries import trusted

DeconflictKind = Literal["deconflict start", "deconflict answer", "deconflict finish"]
MAX_POINTS = 1 << 18
"""Points of one list; a file of two lists has some 22 MB."""
MAX_FILE = 2 * MAX_POINTS * POINT * 4 // 3 + 4096  # bytes: two lists of MAX_POINTS in base64, and the rest


class DeconflictFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file says.

    In the first two files `points` are the sender's own, hidden by the sender. In the answer, `doubled` are the receiver's
    points, hidden by both, in the same order. In the last file `points` are the receiver's, hidden by both, in the same order.
    """

    schema: Literal["triage/1"] = "triage/1"
    kind: DeconflictKind
    session: str
    sender: str
    """Fingerprint of the sender's signing key."""
    recipient: str
    """Fingerprint of the receiver's signing key."""
    points: bytes
    doubled: bytes = b""


def encode_file(said: DeconflictFile) -> bytes:
    """Returns the bytes of a file."""
    return msgspec.json.encode(said) + b"\n"


def read_file(path: Path, kinds: Sequence[DeconflictKind]) -> tuple[DeconflictFile, bytes]:
    """Reads a file of one of these steps, signed by the key that it names as the sender's; returns it with its bytes.

    Raises:
        InputError: if it is none, is of another kind, or its signature does not hold
    """
    name = path.name
    data = read_regular(path, MAX_FILE)
    key = read_pem(read_regular(path_beside(path, ".pem"), limits.MAX_KEY_FILE))
    signature = read_regular(path_beside(path, ".sig"), limits.MAX_KEY_FILE)
    if not signature_holds(key, signature, data):
        raise InputError("The signature of {file} does not hold: the file was changed, or another key signed it.", file=name)
    try:
        said = msgspec.json.decode(data, type=DeconflictFile)
        split_points(said.points, MAX_POINTS)
        if said.doubled:
            split_points(said.doubled, MAX_POINTS)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InputError("{file} is no deconfliction file, or it is damaged.", file=name, detail=type(error).__name__) from error
    if said.sender != fingerprint_of(key):
        raise InputError("{file} names another sender than the key that signed it.", file=name)
    if said.kind not in kinds:
        raise InputError(
            "{file} is of the step {found}; needed is: {wanted}.", file=name, found=said.kind, wanted=" / ".join(kinds)
        )
    return said, data


def read_from_trusted(db: Reader, own: str, path: Path, kinds: Sequence[DeconflictKind]) -> tuple[DeconflictFile, str]:
    """Reads a file for this store, whose fingerprint is `own`, by a trusted key; returns it with its SHA-256.

    Raises:
        InputError: if it is none, is for another store, or its key is not trusted
    """
    said, data = read_file(path, kinds)
    if said.sender == own:
        raise InputError("{file} was made by this store itself.", file=path.name)
    if said.recipient != own:
        raise InputError("{file} was made for another store.", file=path.name)
    if trusted.find_name(db, said.sender) is None:
        raise InputError(
            "{file} is signed with the key {key}, which this store does not know. Compare it with the sender's paper, "
            "then run: triage keys trust {key} --name NAME",
            file=path.name,
            key=said.sender,
        )
    return said, hashlib.sha256(data).hexdigest()
