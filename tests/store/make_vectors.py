"""Makes tests/store/vectors/*.json: one file for each fault of a key file or a signed log head, with the expected answer.

Run `python -m tests.store.make_vectors`. Keys are random, so that every run makes other files; those in the repository stay.
Passphrase, name and keys are invented and open nothing else. A file that is too large for the repository is described by `pad`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyrage

from triage.store import audit, keys
from triage.store.key_form import Cost, KeyFile, Slot
from triage.store.keys import KeyRing
from triage.store.queries.audit_log import AuditState

FOLDER = Path(__file__).parent / "vectors"
NAME, PASSPHRASE = "First User", "seven green boats"
CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
DAMAGED = "The key file is damaged or was changed; restore the newest backup."
BAD_HEAD = "The audit log's head head.json is damaged or was changed."
WHEN_UNLOCKED = {
    "generation changed", "master is no age file", "master of a passphrase with work 40", "key missing", "master of another store",
    "master of another store with a short key", "master of five bytes",
}  # fmt: skip
"""Only the right passphrase shows these; all others are refused before one is tried."""
Change = Callable[[KeyFile], KeyFile]


def _with(**changes: Any) -> Change:
    return lambda file: msgspec.structs.replace(file, **changes)


def _slot(**changes: Any) -> Change:
    """The passphrase slot, changed."""

    def change(file: KeyFile) -> KeyFile:
        return msgspec.structs.replace(file, slots=[msgspec.structs.replace(file.slots[0], **changes), *file.slots[1:]])

    return change


def _many_costs(file: KeyFile) -> KeyFile:
    slots = [msgspec.structs.replace(file.slots[0], cost=Cost(1 << 20, 4 + n, 1)) for n in range(8)]
    return msgspec.structs.replace(file, slots=[*slots, *file.slots])


def _foreign_master(file: KeyFile, ring: KeyRing, signing: bytes | None = None, master: bytes = b"m" * 32) -> KeyFile:
    """What anybody can make of a key file: a master and keys of their own, sealed to the slot's public recipient."""
    page = keys.SecretPage()
    kept = page.keep(master)
    theirs = keys.Keys.generate(page)
    if signing is not None:
        theirs = msgspec_replace(theirs, signing=page.keep(signing))
    slots = [msgspec.structs.replace(s, master=keys._seal_to(s.recipient, kept)) for s in file.slots]
    wrapped = keys._wrap_keys(theirs, kept) if len(master) == 32 else file.keys
    made = msgspec.structs.replace(file, slots=slots, keys=wrapped)
    return keys._add_mac(made, kept)


def msgspec_replace(theirs: keys.Keys, **changes: memoryview) -> keys.Keys:
    return keys.Keys(**{**theirs.by_purpose(), **changes})


def _scrypt_stanza(work: int) -> bytes:
    """A master sealed to a passphrase, whose header asks for 2**work blocks."""
    sealed: bytes = pyrage.passphrase.encrypt(b"m" * 32, "seven green boats")
    head, _, body = sealed.partition(b"\n---")
    lines = head.split(b"\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(b"-> scrypt"))
    lines[at] = b" ".join([*lines[at].split(b" ")[:3], str(work).encode()])
    return b"\n".join(lines) + b"\n---" + body


def key_files(ring: KeyRing) -> dict[str, tuple[bytes, str | None, int]]:
    """Name -> (file, expected sentence or None when it opens, blanks to add at the end)."""
    file = ring.file
    slot: Slot = file.slots[0]
    changes: dict[str, tuple[Change, str | None]] = {
        "good": (_with(), None),
        "generation changed": (_with(generation=2), DAMAGED),
        "slots of 65": (_with(slots=[slot] * 65), DAMAGED),
        "costs of eight kinds": (_many_costs, DAMAGED),
        "memory of 2 GiB": (_slot(cost=Cost(2 << 20, 1, 1)), DAMAGED),
        "iterations of 33": (_slot(cost=Cost(64, 33, 1)), DAMAGED),
        "lanes of 17": (_slot(cost=Cost(1024, 1, 17)), DAMAGED),
        "memory below the lanes": (_slot(cost=Cost(64, 1, 16)), DAMAGED),
        "new slots too dear": (_with(cost=Cost(1 << 20, 32, 4)), DAMAGED),
        "passphrase slot without cost": (_slot(cost=None), DAMAGED),
        "salt short": (_with(salt=b"s"), DAMAGED),
        "salt long": (_with(salt=bytes(10_000)), DAMAGED),
        "private long": (_slot(private=bytes(10_000)), DAMAGED),
        "master long": (_slot(master=bytes(10_000)), DAMAGED),
        "recipient long": (_slot(recipient="age1" + "q" * 1_000), DAMAGED),
        "key long": (_with(keys={**file.keys, "age": bytes(10_000)}), DAMAGED),
        "master is no age file": (_slot(master=b"master"), DAMAGED),
        "master of a passphrase with work 40": (_slot(master=_scrypt_stanza(40)), DAMAGED),
        "key missing": (lambda f: keys._add_mac(_with(keys={"age": f.keys["age"]})(f), ring._master), DAMAGED),
        "master of another store": (
            lambda f: _foreign_master(f, ring), "The key file belongs to another store; put this store's own key file back."
        ),
        "master of another store with a short key": (lambda f: _foreign_master(f, ring, signing=b"short"), DAMAGED),
        "master of five bytes": (lambda f: _foreign_master(f, ring, master=b"short"), DAMAGED),
    }  # fmt: skip
    made = {name: (change(file).encode(), said, 0) for name, (change, said) in changes.items()}
    plain = json.loads(file.encode())
    newer = "The key file was written by another version of Triage; update this workstation."
    made |= {
        "empty": (b"", DAMAGED, 0),
        "folders of brackets": (b"[" * 20_000, DAMAGED, 0),
        "no UTF-8": (b'{"format":"triage keys\xff"}', DAMAGED, 0),
        "version 2": (json.dumps({**plain, "version": 2}).encode(), newer, 0),
        "version of 400 digits": (json.dumps({**plain, "version": 10**400}).encode(), newer, 0),
        "generation of 400 digits": (json.dumps({**plain, "generation": 10**400}).encode(), DAMAGED, 0),
        "unknown field": (json.dumps({**plain, "note": ""}).encode(), DAMAGED, 0),
        "unknown field in a slot": (
            json.dumps({**plain, "slots": [{**plain["slots"][0], "note": ""}]}).encode(), DAMAGED, 0
        ),
        "larger than a key file": (file.encode(), "larger than such a file can be", 300_000),
    }  # fmt: skip
    return made


def heads(ring: KeyRing) -> dict[str, tuple[bytes, str | None, int]]:
    """As `key_files`. A head that can be read is compared with the database by other tests."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    sign = Ed25519PrivateKey.from_private_bytes(ring.keys.signing).sign
    good = audit.make_head("store", AuditState(1, 1, bytes(32), b"", 0, bytes(32)), sign, "")
    plain = json.loads(good.encode())
    return {
        "good": (good.encode(), None, 0),
        "empty": (b"", BAD_HEAD, 0),
        "folders of brackets": (b"[" * 15_000, BAD_HEAD, 0),
        "unknown field": (json.dumps({**plain, "note": ""}).encode(), BAD_HEAD, 0),
        "field missing": (json.dumps({n: v for n, v in plain.items() if n != "root"}).encode(), BAD_HEAD, 0),
        "another kind": (json.dumps({**plain, "kind": "triage backup"}).encode(), BAD_HEAD, 0),
        "count of 400 digits": (json.dumps({**plain, "count": 10**400}).encode(), BAD_HEAD, 0),
        "larger than a head": (good.encode(), "larger than such a file can be", 20_000),
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    ring, _ = KeyRing.create(NAME, PASSPHRASE, CHEAP)
    for kind, made in (("key file", key_files(ring)), ("head", heads(ring))):
        for name, (data, said, pad) in made.items():
            stage = "unlock" if kind == "key file" and name in WHEN_UNLOCKED else "read"
            vector = {
                "kind": kind,
                "fault": name,
                "expected": said,
                "stage": stage,
                "pad": pad,
                "base64": base64.b64encode(data).decode(),
            }
            path = FOLDER / f"{kind} {name}.json".replace(" ", "_")
            path.write_text(json.dumps(vector, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
