"""The keys of a store: random keys, wrapped by a random master key, which each user's slot opens with a passphrase.

    passphrase --Argon2id--> slot key --AES-256-GCM--> the slot's own age identity --age--> master key
    master key --AES-256-GCM--> database, record, signing, ledger and age keys; and the MAC over the whole file

A slot has an age identity of its own so that the master key can be changed without anybody's passphrase. The new master key is
sealed to the public recipient of every slot. See docs/decisions/01-keys.md.
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
from triage.store.key_form import KEY_BYTES, VERSION, Cost, KeyFile, Purpose, Slot, SlotKind, make_damage_error
from triage.store.secret import SecretPage

_KEY, _NONCE, _TAG = KEY_BYTES, 12, 16
_IDENTITY = 74
"""Letters of an age identity."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that the master key wraps, in a memory page of their own.

    `signing` never changes and is derived from nothing: its fingerprint is on paper.
    """

    database: memoryview
    record: memoryview
    signing: memoryview
    ledger: memoryview
    age: memoryview

    @classmethod
    def generate(cls, page: SecretPage) -> Keys:
        """Makes new random keys in this page."""
        identity = str(pyrage.x25519.Identity.generate()).encode()
        database, record, signing, ledger = (page.keep(os.urandom(_KEY)) for _ in range(4))
        return cls(database, record, signing, ledger, page.keep(identity))

    def by_purpose(self) -> dict[Purpose, memoryview]:
        """Returns the keys by their names in the key file."""
        return {
            "database": self.database,
            "record": self.record,
            "signing": self.signing,
            "ledger": self.ledger,
            "age": self.age,
        }

    def recipient(self) -> str:
        """Returns the public half of the age key."""
        return str(pyrage.x25519.Identity.from_str(bytes(self.age).decode()).to_public())

    def public_signing_key(self) -> bytes:
        """Returns the raw public signing key, 32 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw()


class KeyRing:
    """An opened key file: the master key, the keys, and the changes that may be made to the file.

    Each change makes `file` the next generation. It counts once it is written and bound by the database, so a copy is changed
    first.
    """

    def __init__(self, file: KeyFile, master: bytes | memoryview) -> None:
        self.file = file
        self.page = SecretPage()
        self.identity: memoryview | None = None
        """The age identity of the slot that opened the file: a secret of one user. None for the recovery key and for copies."""
        if len(master) != _KEY:
            raise make_damage_error()
        self._master = self.page.keep(bytes(master))
        if not _is_authentic(file, self._master):
            raise make_damage_error()
        try:
            self.keys = Keys(
                **{p: _decrypt_into(self.page, self._master, data, _format_key_context(p)) for p, data in file.keys.items()}
            )
        except (InvalidTag, TypeError) as error:
            raise make_damage_error() from error
        sizes = {purpose: len(key) for purpose, key in self.keys.by_purpose().items()}
        if sizes != {**dict.fromkeys(sizes, _KEY), "age": _IDENTITY}:  # anybody can wrap keys of their own
            raise make_damage_error()

    @classmethod
    def create(cls, name: str, passphrase: str, cost: Cost, halves: tuple[bytes, bytes]) -> KeyRing:
        """Makes a key file for the first user (id 1). `halves` are the public parts of the recovery key's halves."""
        page = SecretPage()
        master, keys = page.keep(os.urandom(_KEY)), Keys.generate(page)
        blank = KeyFile("triage keys", VERSION, 1, "", os.urandom(_KEY), cost, _wrap_keys(keys, master), [], b"")
        made = _make_passphrase_slot(blank, 1, name, passphrase, master, keys.public_signing_key())
        recovery = _make_recovery_slot(halves, master, keys.public_signing_key()).slot
        ring = cls(_add_mac(msgspec.structs.replace(blank, slots=[made.slot, recovery]), master), master)
        ring.identity = ring.page.keep(made.identity)
        page.wipe()
        return ring

    def wipe(self) -> None:
        """Overwrites the keys with zeros. Nothing can be opened or written with this ring, or a copy of it, any more."""
        self.page.wipe()

    def sign(self, data: bytes) -> bytes:
        """Returns the Ed25519 signature under the store's signing key."""
        return Ed25519PrivateKey.from_private_bytes(self.keys.signing).sign(data)

    def own_recipient(self) -> str | None:
        """Returns the age recipient of the passphrase slot that opened the file, or None without one."""
        if self.identity is None:
            return None
        return str(pyrage.x25519.Identity.from_str(bytes(self.identity).decode()).to_public())

    def follow(self, file: KeyFile) -> None:
        """Takes over a file that another process may have written.

        Raises:
            StoreError: if the file is not under this ring's master key
        """
        if not _is_authentic(file, self._master):
            raise StoreError("The key file was changed by another program, or is damaged; unlock the store again.")
        self.file = file

    def set_passphrase(self, user: int, name: str, passphrase: str, *, void_recovery: bool = False) -> bytes:
        """Adds or replaces the slot of `user`; returns its age identity. With `void_recovery` the halves open nothing more."""
        made = _make_passphrase_slot(self.file, user, name, passphrase, self._master, self.keys.public_signing_key())
        others = [s for s in self._list_slots_without(user) if not (void_recovery and s.kind == "recovery")]
        self._advance(slots=[*others, made.slot])
        return made.identity

    def remove_slots(self, user: int) -> None:
        """Removes the slots of this user."""
        self._advance(slots=self._list_slots_without(user))

    def set_recovery(self, halves: tuple[bytes, bytes]) -> None:
        """Seals the master key to a new pair of halves, given by their public parts. The old halves open nothing any more."""
        slot = _make_recovery_slot(halves, self._master, self.keys.public_signing_key()).slot
        self._advance(slots=[*(s for s in self.file.slots if s.kind != "recovery"), slot])

    def rotate_master_key(self) -> None:
        """Makes a new master key, sealed to every slot. Passphrases and recovery halves stay valid."""
        self._master = self.page.keep(os.urandom(_KEY))
        slots = [msgspec.structs.replace(s, master=_seal_to(s.recipient, self._master)) for s in self.file.slots]
        self._advance(slots=slots, keys=_wrap_keys(self.keys, self._master))

    def make_copy_ring(self) -> KeyRing:
        """Returns a ring for a copy, with another master and database key, that the same passphrases and halves open.

        The store's own keys can't open what is destroyed with this key file. The caller wipes the ring.
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
        made = KeyRing(_add_mac(after, master), master)
        page.wipe()
        return made

    def _list_slots_without(self, user: int) -> list[Slot]:
        """Returns the slots of all other users."""
        return [s for s in self.file.slots if s.user != user]

    def _advance(self, **changes: object) -> None:
        """Makes the next generation of the file with these changes."""
        before = self.file
        after = msgspec.structs.replace(before, generation=before.generation + 1, previous=before.digest().hex(), **changes)
        self.file = _add_mac(after, self._master)


def unlock_key_file(file: KeyFile, name: str, passphrase: str) -> tuple[KeyRing, int]:
    """Opens the file as the user `name`; returns the key ring and the user's id.

    The name only enters the salt. So a wrong name costs as much as a wrong passphrase, and the file reveals no names.

    Raises:
        WrongPassphrase: if the name or the passphrase is wrong
        StoreError: if the file is damaged or of another store
    """
    costs = dict.fromkeys(slot.cost for slot in file.slots if slot.kind == "passphrase" and slot.cost)
    for cost in costs:
        key = _derive_passphrase_key(file.salt, name, passphrase, cost)
        if opened := _try_slots(file, key, [s for s in file.slots if s.kind == "passphrase" and s.cost == cost]):
            return opened
    raise WrongPassphrase("The name or the passphrase is wrong.")


def unlock_recovery(file: KeyFile, halves: tuple[bytes, bytes]) -> KeyRing:
    """Opens the file with the private keys of both halves of the recovery key, half 1 first.

    Raises:
        WrongPassphrase: if the halves do not open it
        StoreError: if the file is damaged or of another store
    """
    for slot in (s for s in file.slots if s.kind == "recovery"):
        if opened := _try_slots(file, _derive_recovery_key_from_halves(halves, slot.private[:_KEY]), [slot]):
            return opened[0]
    raise WrongPassphrase("These two halves do not open this store; check that both are of its latest recovery key.")


def normalize_name(name: str) -> str:
    """Returns a user name as names are compared: NFKC, single spaces, without regard to case."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def compute_fingerprint(public_key: bytes) -> str:
    """Returns the SHA-256 of the key's DER form in hex.

    `openssl pkey -pubin -in KEY.pem -outform DER | sha256sum` prints the same.
    """
    return hashlib.sha256(_ED25519_DER + public_key).hexdigest()


_ED25519_DER = bytes.fromhex("302a300506032b6570032100")
"""RFC 8410: the SubjectPublicKeyInfo of Ed25519 is this, then the 32 bytes of the key."""


def _try_slots(file: KeyFile, key: bytes, slots: list[Slot]) -> tuple[KeyRing, int] | None:
    """Returns the key ring and user id of the first slot that this key opens, or None."""
    for slot in slots:
        try:
            closed = slot.private[_KEY:] if slot.kind == "recovery" else slot.private
            private = _decrypt(key, closed, _format_slot_context(slot.kind, slot.user))
        except InvalidTag:
            continue
        public = private[:_KEY]
        try:
            master = pyrage.decrypt(slot.master, [pyrage.x25519.Identity.from_str(private[_KEY:].decode())])
        except (pyrage.DecryptError, pyrage.IdentityError, ValueError) as error:
            raise make_damage_error() from error
        ring = KeyRing(file, master)
        if ring.keys.public_signing_key() != public:
            # Anybody can seal a master key of their own to a recipient; only this store has its signing key.
            raise StoreError("The key file belongs to another store; put this store's own key file back.")
        if slot.kind == "passphrase":
            ring.identity = ring.page.keep(private[_KEY:])
        return ring, slot.user
    return None


def _make_passphrase_slot(file: KeyFile, user: int, name: str, passphrase: str, master: memoryview, public: bytes) -> _NewSlot:
    """Makes the slot that this user's passphrase opens."""
    key = _derive_passphrase_key(file.salt, name, passphrase, file.cost)
    return _make_slot("passphrase", user, file.cost, key, master, public)


def _make_recovery_slot(halves: tuple[bytes, bytes], master: memoryview, public: bytes) -> _NewSlot:
    """Makes the slot that both halves open together.

    Its key is derived from two Diffie-Hellman secrets, one with each half.
    """
    once = X25519PrivateKey.generate()
    ours = once.public_key().public_bytes_raw()
    one, two = (once.exchange(X25519PublicKey.from_public_bytes(half)) for half in halves)
    made = _make_slot("recovery", 0, None, _derive_recovery_key(one + two, ours, halves), master, public)
    return replace(made, slot=msgspec.structs.replace(made.slot, private=ours + made.slot.private))


@dataclass(frozen=True, slots=True)
class _NewSlot:
    """A slot that was made just now, and its age identity."""

    slot: Slot
    identity: bytes


def _make_slot(kind: SlotKind, user: int, cost: Cost | None, key: bytes, master: memoryview, public: bytes) -> _NewSlot:
    """Makes a slot with an age identity of its own, closed under `key`."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    private = _encrypt(key, public + str(identity).encode(), _format_slot_context(kind, user))
    return _NewSlot(Slot(kind, user, cost, recipient, private, _seal_to(recipient, master)), str(identity).encode())


def _derive_passphrase_key(salt: bytes, name: str, passphrase: str, cost: Cost) -> bytes:
    """Derives a slot key from a passphrase with Argon2id."""
    own = hashlib.sha256(b"triage slot salt 1\0" + salt + normalize_name(name).encode()).digest()
    kdf = Argon2id(salt=own, length=_KEY, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(unicodedata.normalize("NFKC", passphrase).encode())


def _derive_recovery_key_from_halves(halves: tuple[bytes, bytes], ours: bytes) -> bytes:
    """Derives the recovery slot's key from the private keys of both halves."""
    one, two = (X25519PrivateKey.from_private_bytes(half) for half in halves)
    try:
        theirs = X25519PublicKey.from_public_bytes(ours)
        secret = one.exchange(theirs) + two.exchange(theirs)
    except ValueError as error:
        raise make_damage_error() from error
    return _derive_recovery_key(secret, ours, (one.public_key().public_bytes_raw(), two.public_key().public_bytes_raw()))


def _derive_recovery_key(secret: bytes, ours: bytes, halves: tuple[bytes, bytes]) -> bytes:
    """Derives the recovery slot's key from the agreed secret with HKDF."""
    return HKDF(hashes.SHA256(), _KEY, None, b"triage recovery slot 2" + ours + b"".join(halves)).derive(secret)


def _seal_to(recipient: str, master: memoryview) -> bytes:
    """Encrypts the master key to an age recipient."""
    return pyrage.encrypt(bytes(master), [pyrage.x25519.Recipient.from_str(recipient)])  # type: ignore[no-any-return]


def _wrap_keys(keys: Keys, master: memoryview) -> dict[Purpose, bytes]:
    """Encrypts each key under the master key."""
    return {purpose: _encrypt(master, key, _format_key_context(purpose)) for purpose, key in keys.by_purpose().items()}


def _is_authentic(file: KeyFile, master: memoryview) -> bool:
    """Returns whether the file's MAC was made under this master key."""
    return hmac.compare_digest(_add_mac(file, master).mac, file.mac)


def _add_mac(file: KeyFile, master: memoryview) -> KeyFile:
    """Returns the file with its MAC under this master key."""
    key = HKDF(hashes.SHA256(), _KEY, None, b"triage key file mac 1").derive(master)
    body = msgspec.json.encode(msgspec.structs.replace(file, mac=b""), order="sorted")
    return msgspec.structs.replace(file, mac=hmac.digest(key, body, "sha256"))


def _encrypt(key: bytes | memoryview, data: bytes | memoryview, aad: bytes) -> bytes:
    """Encrypts with AES-256-GCM; returns the nonce and the sealed bytes."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, aad)


def _decrypt(key: bytes, data: bytes, aad: bytes) -> bytes:
    """Decrypts what `_encrypt` made.

    Raises:
        InvalidTag: if the data, the key or `aad` is another
    """
    if len(data) < _NONCE:
        raise InvalidTag
    return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], aad)


def _decrypt_into(page: SecretPage, key: memoryview, data: bytes, aad: bytes) -> memoryview:
    """Decrypts what `_encrypt` made into the memory page, without a copy elsewhere."""
    if len(data) < _NONCE + _TAG:
        raise InvalidTag
    opened = page.reserve(len(data) - _NONCE - _TAG)
    AESGCM(key).decrypt_into(data[:_NONCE], data[_NONCE:], aad, opened)
    return opened


def _format_key_context(purpose: str) -> bytes:
    """Returns the bytes that bind a wrapped key to its purpose."""
    return f"triage key {VERSION} {purpose}".encode()


def _format_slot_context(kind: str, user: int) -> bytes:
    """Returns the bytes that bind a slot to its kind and user."""
    return f"triage slot {VERSION} {kind} {user}".encode()
