"""The key file: random keys, wrapped by a random master key, which each user's slot opens with a passphrase.

    passphrase --Argon2id--> slot key --AES-256-GCM--> the slot's own age identity --age--> master key
    master key --AES-256-GCM--> database, record, signing, ledger and age keys; and the MAC over the whole file

A slot has an age identity of its own so that the master can be changed without anybody's passphrase: the new one is sealed
to every slot's public recipient. See docs/decisions/01-keys.md.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

import msgspec
import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from triage.errors import StoreError, WrongPassphrase
from triage.store.secret import SecretPage

VERSION = 1
Purpose = Literal["database", "record", "signing", "ledger", "age"]
SlotKind = Literal["passphrase", "recovery", "fido2-hmac-secret"]
"""fido2-hmac-secret is reserved: its slot key will be HKDF(passphrase key || the token's answer)."""

_KEY, _NONCE, _TAG = 32, 12, 16
_MAX_MEMORY_KIB, _MAX_ITERATIONS, _MAX_LANES = 1024 * 1024, 32, 16


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Argon2id costs. The default takes about 0.3 s on one core of a 2020s desktop."""

    memory_kib: int = 128 * 1024
    iterations: int = 3
    lanes: int = 4


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: SlotKind
    user: int
    """Id of the user in the database; 0 for recovery."""
    cost: Cost | None
    recipient: str
    private: bytes
    """The age identity of this slot and the store's public signing key, under the slot key."""
    master: bytes
    """The master key, sealed to `recipient`."""


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """keys.json. `generation` counts its changes; the database holds the generation and digest that belong to it."""

    format: Literal["triage keys"]
    version: int
    generation: int
    previous: str
    """SHA-256 of the generation before, hex; "" for the first."""
    salt: bytes
    cost: Cost
    """For new slots."""
    keys: dict[Purpose, bytes]
    slots: list[Slot]
    mac: bytes

    def encode(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1) + b"\n"

    def digest(self) -> bytes:
        return hashlib.sha256(self.encode()).digest()


def decode(data: bytes) -> KeyFile:
    """Checks the form only; `Ring` authenticates. Raises StoreError."""
    try:
        head = msgspec.json.decode(data)
        if isinstance(head, dict) and head.get("format") == "triage keys" and head.get("version") != VERSION:
            raise StoreError("The key file was written by another version of Triage; update this workstation.")
        file = msgspec.json.decode(data, type=KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged() from error
    for cost in [file.cost, *(slot.cost for slot in file.slots if slot.cost)]:
        fits = 8 <= cost.memory_kib <= _MAX_MEMORY_KIB and 1 <= cost.iterations <= _MAX_ITERATIONS
        if not (fits and 1 <= cost.lanes <= _MAX_LANES):
            raise _damaged()
    return file


@dataclass(frozen=True, slots=True)
class Keys:
    """What the master key wraps, in a page of their own. `signing` never changes and comes from nothing else: its
    fingerprint is on paper."""

    database: memoryview
    record: memoryview
    signing: memoryview
    ledger: memoryview
    age: memoryview

    @classmethod
    def random(cls, page: SecretPage) -> Keys:
        identity = str(pyrage.x25519.Identity.generate()).encode()
        database, record, signing, ledger = (page.keep(os.urandom(_KEY)) for _ in range(4))
        return cls(database, record, signing, ledger, page.keep(identity))

    def by_purpose(self) -> dict[Purpose, memoryview]:
        return {
            "database": self.database,
            "record": self.record,
            "signing": self.signing,
            "ledger": self.ledger,
            "age": self.age,
        }

    def recipient(self) -> str:
        """The public half of the age key."""
        return str(pyrage.x25519.Identity.from_str(bytes(self.age).decode()).to_public())

    def public(self) -> bytes:
        """The raw public signing key."""
        return Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw()


class Ring:
    """An opened key file: the master key, the keys, and the changes that may be made to the file.

    Each change makes `file` the next generation; it counts once it is written and bound by the database. Change a copy.
    """

    def __init__(self, file: KeyFile, master: bytes | memoryview) -> None:
        self.file = file
        self.page = SecretPage()
        self._master = self.page.keep(bytes(master))
        if not _is_authentic(file, self._master):
            raise _damaged()
        try:
            self.keys = Keys(**{p: _open_into(self.page, self._master, data, _key_aad(p)) for p, data in file.keys.items()})
        except (InvalidTag, TypeError) as error:
            raise _damaged() from error

    @classmethod
    def create(cls, name: str, passphrase: str, cost: Cost) -> tuple[Ring, bytes]:
        """A new key file for the first user (id 1), and the recovery key of 32 bytes."""
        page = SecretPage()
        master, keys = page.keep(os.urandom(_KEY)), Keys.random(page)
        blank = KeyFile("triage keys", VERSION, 1, "", os.urandom(_KEY), cost, _wrap_keys(keys, master), [], b"")
        slot = _passphrase_slot(blank, 1, name, passphrase, master, keys.public())
        recovery, key = _recovery_slot(master, keys.public())
        ring = cls(_authenticated(msgspec.structs.replace(blank, slots=[slot, recovery]), master), master)
        page.wipe()
        return ring, key

    def wipe(self) -> None:
        """Zeroes the keys; nothing can be opened or written with this ring, or a copy of it, any more."""
        self.page.wipe()

    def follow(self, file: KeyFile) -> None:
        """Takes over what another process may have written meanwhile."""
        if not _is_authentic(file, self._master):
            raise StoreError("The key file was changed by another program, or is damaged; unlock the store again.")
        self.file = file

    def set_passphrase(self, user: int, name: str, passphrase: str) -> None:
        """Adds or replaces the slot of `user`."""
        slot = _passphrase_slot(self.file, user, name, passphrase, self._master, self.keys.public())
        self._advance(slots=[*self._slots_but(user), slot])

    def remove(self, user: int) -> None:
        self._advance(slots=self._slots_but(user))

    def replace_recovery(self) -> bytes:
        """Returns the new recovery key; the old one opens nothing any more."""
        slot, key = _recovery_slot(self._master, self.keys.public())
        self._advance(slots=[*(s for s in self.file.slots if s.kind != "recovery"), slot])
        return key

    def rotate(self) -> None:
        """A new master key, sealed to every slot: passphrases and recovery halves stay valid."""
        self._master = self.page.keep(os.urandom(_KEY))
        slots = [msgspec.structs.replace(s, master=_seal_to(s.recipient, self._master)) for s in self.file.slots]
        self._advance(slots=slots, keys=_wrap_keys(self.keys, self._master))

    def for_copy(self) -> Ring:
        """The ring of a backup: the same passphrases and recovery halves open it, to another master and database key.

        What is destroyed with this key file can't be opened by the store's own keys. To be wiped by the caller.
        """
        page = SecretPage()
        master = page.keep(os.urandom(_KEY))
        keys = replace(self.keys, database=page.keep(os.urandom(_KEY)))
        slots = [msgspec.structs.replace(s, master=_seal_to(s.recipient, master)) for s in self.file.slots]
        after = msgspec.structs.replace(
            self.file,
            generation=self.file.generation + 1,
            previous=self.file.digest().hex(),
            slots=slots,
            keys=_wrap_keys(keys, master),
        )
        made = Ring(_authenticated(after, master), master)
        page.wipe()
        return made

    def _slots_but(self, user: int) -> list[Slot]:
        return [s for s in self.file.slots if s.user != user]

    def _advance(self, **changes: object) -> None:
        before = self.file
        after = msgspec.structs.replace(before, generation=before.generation + 1, previous=before.digest().hex(), **changes)
        self.file = _authenticated(after, self._master)


def unlock(file: KeyFile, name: str, passphrase: str) -> tuple[Ring, int]:
    """Opens the file as `name`; returns the user's id too.

    The name only enters the salt, so that a wrong name costs as much as a wrong passphrase, and the file tells no names.
    """
    costs = dict.fromkeys(slot.cost for slot in file.slots if slot.kind == "passphrase" and slot.cost)
    for cost in costs:
        key = _passphrase_key(file.salt, name, passphrase, cost)
        if opened := _try_slots(file, key, [s for s in file.slots if s.kind == "passphrase" and s.cost == cost]):
            return opened
    raise WrongPassphrase("The name or the passphrase is wrong.")


def unlock_recovery(file: KeyFile, key: bytes) -> Ring:
    """Opens the file with the recovery key joined from both halves."""
    if opened := _try_slots(file, _recovery_key(key), [s for s in file.slots if s.kind == "recovery"]):
        return opened[0]
    raise WrongPassphrase("These two halves do not open this store; check that both are of its latest recovery key.")


def name_key(name: str) -> str:
    """How names are compared: composed, without surrounding or doubled spaces, regardless of case."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def fingerprint(public_key: bytes) -> str:
    """SHA-256 of the key's DER form, hex: what `openssl pkey -pubin -in KEY.pem -outform DER | sha256sum` prints."""
    return hashlib.sha256(_ED25519_DER + public_key).hexdigest()


_ED25519_DER = bytes.fromhex("302a300506032b6570032100")
"""RFC 8410: the SubjectPublicKeyInfo of Ed25519 is this, then the 32 bytes of the key."""


def _try_slots(file: KeyFile, key: bytes, slots: list[Slot]) -> tuple[Ring, int] | None:
    for slot in slots:
        try:
            private = _open(key, slot.private, _slot_aad(slot.kind, slot.user))
        except InvalidTag:
            continue
        public, identity = private[:_KEY], private[_KEY:].decode()
        try:
            master = pyrage.decrypt(slot.master, [pyrage.x25519.Identity.from_str(identity)])
        except pyrage.DecryptError as error:
            raise _damaged() from error
        ring = Ring(file, master)
        if ring.keys.public() != public:
            # Anybody can seal a master key of their own to a recipient; only this store has its signing key.
            raise StoreError("The key file belongs to another store; put this store's own key file back.")
        return ring, slot.user
    return None


def _passphrase_slot(file: KeyFile, user: int, name: str, passphrase: str, master: memoryview, public: bytes) -> Slot:
    key = _passphrase_key(file.salt, name, passphrase, file.cost)
    return _slot("passphrase", user, file.cost, key, master, public)


def _recovery_slot(master: memoryview, public: bytes) -> tuple[Slot, bytes]:
    key = os.urandom(_KEY)
    return _slot("recovery", 0, None, _recovery_key(key), master, public), key


def _slot(kind: SlotKind, user: int, cost: Cost | None, key: bytes, master: memoryview, public: bytes) -> Slot:
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    private = _close(key, public + str(identity).encode(), _slot_aad(kind, user))
    return Slot(kind, user, cost, recipient, private, _seal_to(recipient, master))


def _passphrase_key(salt: bytes, name: str, passphrase: str, cost: Cost) -> bytes:
    own = hashlib.sha256(b"triage slot salt 1\0" + salt + name_key(name).encode()).digest()
    kdf = Argon2id(salt=own, length=_KEY, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(unicodedata.normalize("NFKC", passphrase).encode())


def _recovery_key(key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), _KEY, None, b"triage recovery slot 1").derive(key)


def _seal_to(recipient: str, master: memoryview) -> bytes:
    return pyrage.encrypt(bytes(master), [pyrage.x25519.Recipient.from_str(recipient)])  # type: ignore[no-any-return]


def _wrap_keys(keys: Keys, master: memoryview) -> dict[Purpose, bytes]:
    return {purpose: _close(master, key, _key_aad(purpose)) for purpose, key in keys.by_purpose().items()}


def _is_authentic(file: KeyFile, master: memoryview) -> bool:
    return hmac.compare_digest(_authenticated(file, master).mac, file.mac)


def _authenticated(file: KeyFile, master: memoryview) -> KeyFile:
    key = HKDF(hashes.SHA256(), _KEY, None, b"triage key file mac 1").derive(master)
    body = msgspec.json.encode(msgspec.structs.replace(file, mac=b""), order="sorted")
    return msgspec.structs.replace(file, mac=hmac.digest(key, body, "sha256"))


def _close(key: bytes | memoryview, data: bytes | memoryview, aad: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, aad)


def _open(key: bytes, data: bytes, aad: bytes) -> bytes:
    if len(data) < _NONCE:
        raise InvalidTag
    return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], aad)


def _open_into(page: SecretPage, key: memoryview, data: bytes, aad: bytes) -> memoryview:
    """As `_open`, without a copy elsewhere."""
    if len(data) < _NONCE + _TAG:
        raise InvalidTag
    opened = page.room(len(data) - _NONCE - _TAG)
    AESGCM(key).decrypt_into(data[:_NONCE], data[_NONCE:], aad, opened)
    return opened


def _key_aad(purpose: str) -> bytes:
    return f"triage key {VERSION} {purpose}".encode()


def _slot_aad(kind: str, user: int) -> bytes:
    return f"triage slot {VERSION} {kind} {user}".encode()


def _damaged() -> StoreError:
    return StoreError("The key file is damaged or was changed; restore the newest backup.")
