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

import msgspec
import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from triage.errors import StoreError, WrongPassphrase
from triage.store.key_form import KEY_BYTES, VERSION, Cost, KeyFile, Purpose, Slot, SlotKind, damaged
from triage.store.secret import SecretPage

_KEY, _NONCE, _TAG = KEY_BYTES, 12, 16
_IDENTITY = 74
"""Letters of an age identity."""


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
        if len(master) != _KEY:
            raise damaged()
        self._master = self.page.keep(bytes(master))
        if not _is_authentic(file, self._master):
            raise damaged()
        try:
            self.keys = Keys(**{p: _open_into(self.page, self._master, data, _key_aad(p)) for p, data in file.keys.items()})
        except (InvalidTag, TypeError) as error:
            raise damaged() from error
        sizes = {purpose: len(key) for purpose, key in self.keys.by_purpose().items()}
        if sizes != {**dict.fromkeys(sizes, _KEY), "age": _IDENTITY}:  # anybody can wrap keys of their own
            raise damaged()

    @classmethod
    def create(cls, name: str, passphrase: str, cost: Cost, halves: tuple[bytes, bytes]) -> Ring:
        """A new key file for the first user (id 1); `halves` are the public parts of the recovery key's halves."""
        page = SecretPage()
        master, keys = page.keep(os.urandom(_KEY)), Keys.random(page)
        blank = KeyFile("triage keys", VERSION, 1, "", os.urandom(_KEY), cost, _wrap_keys(keys, master), [], b"")
        slot = _passphrase_slot(blank, 1, name, passphrase, master, keys.public())
        recovery = _recovery_slot(halves, master, keys.public())
        ring = cls(_authenticated(msgspec.structs.replace(blank, slots=[slot, recovery]), master), master)
        page.wipe()
        return ring

    def wipe(self) -> None:
        """Zeroes the keys; nothing can be opened or written with this ring, or a copy of it, any more."""
        self.page.wipe()

    def follow(self, file: KeyFile) -> None:
        """Takes over what another process may have written meanwhile."""
        if not _is_authentic(file, self._master):
            raise StoreError("The key file was changed by another program, or is damaged; unlock the store again.")
        self.file = file

    def set_passphrase(self, user: int, name: str, passphrase: str, *, void_recovery: bool = False) -> None:
        """Adds or replaces the slot of `user`; with `void_recovery` the halves of the recovery key open nothing any more."""
        slot = _passphrase_slot(self.file, user, name, passphrase, self._master, self.keys.public())
        others = [s for s in self._slots_but(user) if not (void_recovery and s.kind == "recovery")]
        self._advance(slots=[*others, slot])

    def remove(self, user: int) -> None:
        self._advance(slots=self._slots_but(user))

    def set_recovery(self, halves: tuple[bytes, bytes]) -> None:
        """Seals to a new pair of halves, given by their public parts; the old halves open nothing any more."""
        slot = _recovery_slot(halves, self._master, self.keys.public())
        self._advance(slots=[*(s for s in self.file.slots if s.kind != "recovery"), slot])

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


def unlock_recovery(file: KeyFile, halves: tuple[bytes, bytes]) -> Ring:
    """Opens the file with the private keys of both halves of the recovery key, half 1 first."""
    for slot in (s for s in file.slots if s.kind == "recovery"):
        if opened := _try_slots(file, _recovery_key_of_halves(halves, slot.private[:_KEY]), [slot]):
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
            closed = slot.private[_KEY:] if slot.kind == "recovery" else slot.private
            private = _open(key, closed, _slot_aad(slot.kind, slot.user))
        except InvalidTag:
            continue
        public = private[:_KEY]
        try:
            master = pyrage.decrypt(slot.master, [pyrage.x25519.Identity.from_str(private[_KEY:].decode())])
        except (pyrage.DecryptError, pyrage.IdentityError, ValueError) as error:
            raise damaged() from error
        ring = Ring(file, master)
        if ring.keys.public() != public:
            # Anybody can seal a master key of their own to a recipient; only this store has its signing key.
            raise StoreError("The key file belongs to another store; put this store's own key file back.")
        return ring, slot.user
    return None


def _passphrase_slot(file: KeyFile, user: int, name: str, passphrase: str, master: memoryview, public: bytes) -> Slot:
    key = _passphrase_key(file.salt, name, passphrase, file.cost)
    return _slot("passphrase", user, file.cost, key, master, public)


def _recovery_slot(halves: tuple[bytes, bytes], master: memoryview, public: bytes) -> Slot:
    """Seals to both halves: the slot key is derived from two Diffie-Hellman secrets, one with each half."""
    once = X25519PrivateKey.generate()
    ours = once.public_key().public_bytes_raw()
    one, two = (once.exchange(X25519PublicKey.from_public_bytes(half)) for half in halves)
    slot = _slot("recovery", 0, None, _recovery_key(one + two, ours, halves), master, public)
    return msgspec.structs.replace(slot, private=ours + slot.private)


def _slot(kind: SlotKind, user: int, cost: Cost | None, key: bytes, master: memoryview, public: bytes) -> Slot:
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    private = _close(key, public + str(identity).encode(), _slot_aad(kind, user))
    return Slot(kind, user, cost, recipient, private, _seal_to(recipient, master))


def _passphrase_key(salt: bytes, name: str, passphrase: str, cost: Cost) -> bytes:
    own = hashlib.sha256(b"triage slot salt 1\0" + salt + name_key(name).encode()).digest()
    kdf = Argon2id(salt=own, length=_KEY, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(unicodedata.normalize("NFKC", passphrase).encode())


def _recovery_key_of_halves(halves: tuple[bytes, bytes], ours: bytes) -> bytes:
    one, two = (X25519PrivateKey.from_private_bytes(half) for half in halves)
    try:
        theirs = X25519PublicKey.from_public_bytes(ours)
        secret = one.exchange(theirs) + two.exchange(theirs)
    except ValueError as error:
        raise damaged() from error
    return _recovery_key(secret, ours, (one.public_key().public_bytes_raw(), two.public_key().public_bytes_raw()))


def _recovery_key(secret: bytes, ours: bytes, halves: tuple[bytes, bytes]) -> bytes:
    return HKDF(hashes.SHA256(), _KEY, None, b"triage recovery slot 2" + ours + b"".join(halves)).derive(secret)


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
