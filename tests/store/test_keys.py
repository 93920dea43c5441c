from __future__ import annotations

import copy
import json

import msgspec
import pytest

from triage.errors import StoreError, WrongPassphrase
from triage.store import key_form, keys
from triage.store.key_form import Cost, KeyFile
from triage.store.keys import KeyRing
from triage.store.recovery import RecoveryPair, make_pair, read_halves

NAME, PASS = "First User", "seven green boats"


@pytest.fixture
def ring(cheap: Cost) -> KeyRing:
    return KeyRing.create(NAME, PASS, cheap, public(make_pair()))


def public(pair: RecoveryPair) -> tuple[bytes, bytes]:
    return pair.first.public, pair.second.public


def private(pair: RecoveryPair) -> tuple[bytes, bytes]:
    return read_halves(pair.first.text, pair.second.text)


def reread(ring: KeyRing) -> KeyFile:
    return key_form.decode_key_file(ring.file.encode())


def test_the_right_name_and_passphrase_open_all_keys(ring: KeyRing) -> None:
    opened, user = keys.unlock_key_file(reread(ring), NAME, PASS)
    assert (opened.keys, user) == (ring.keys, 1)


def test_names_are_compared_without_case_and_spaces_passphrases_are_not(ring: KeyRing) -> None:
    assert keys.unlock_key_file(ring.file, "  first   USER ", PASS)[1] == 1
    with pytest.raises(WrongPassphrase):
        keys.unlock_key_file(ring.file, NAME, PASS.upper())


def test_a_wrong_name_says_and_costs_the_same_as_a_wrong_passphrase(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    derived = []
    real = keys._derive_passphrase_key
    monkeypatch.setattr(keys, "_derive_passphrase_key", lambda *a: derived.append(a) or real(*a))
    said, costs = [], []
    for name, passphrase in ((NAME, "wrong"), ("nobody", PASS)):
        with pytest.raises(WrongPassphrase) as error:
            keys.unlock_key_file(ring.file, name, passphrase)
        said.append(str(error.value))
        costs.append(len(derived))
    assert said[0] == said[1]
    assert costs == [1, 2]


def test_the_file_tells_no_names_and_no_keys(ring: KeyRing) -> None:
    data = ring.file.encode()
    text = data.decode().casefold()
    assert "first" not in text
    assert all(key not in data and key.hex() not in text for key in ring.keys.by_purpose().values())


def test_costs_are_stored_and_dear_by_default(ring: KeyRing, cheap: Cost) -> None:
    assert json.loads(ring.file.encode())["slots"][0]["cost"] == msgspec.to_builtins(cheap)
    assert Cost().memory_kib >= 64 * 1024
    assert Cost().iterations >= 3


def test_users_come_and_go_and_change_their_passphrase(ring: KeyRing) -> None:
    ring.set_passphrase(2, "Second", "other words")
    assert keys.unlock_key_file(reread(ring), "second", "other words")[1] == 2
    ring.set_passphrase(2, "Second", "newer words")
    with pytest.raises(WrongPassphrase):
        keys.unlock_key_file(reread(ring), "second", "other words")
    ring.remove_slots(2)
    with pytest.raises(WrongPassphrase):
        keys.unlock_key_file(reread(ring), "second", "newer words")
    assert keys.unlock_key_file(reread(ring), NAME, PASS)[1] == 1


def test_slots_of_different_costs_open(ring: KeyRing, cheap: Cost) -> None:
    dearer = Cost(memory_kib=128, iterations=2, lanes=1)
    ring.file = keys._add_mac(msgspec.structs.replace(ring.file, cost=dearer), ring._master)
    ring.set_passphrase(2, "Second", "other words")
    assert keys.unlock_key_file(reread(ring), NAME, PASS)[1] == 1
    assert keys.unlock_key_file(reread(ring), "Second", "other words")[1] == 2


def test_rotating_the_master_needs_nobodys_passphrase(cheap: Cost) -> None:
    pair = make_pair()
    ring = KeyRing.create(NAME, PASS, cheap, public(pair))
    ring.set_passphrase(2, "Second", "other words")
    before, old = ring.file, copy.copy(ring)
    ring.rotate_master_key()
    assert keys.unlock_key_file(reread(ring), NAME, PASS)[0].keys == ring.keys
    assert keys.unlock_key_file(reread(ring), "Second", "other words")[0].keys == ring.keys
    assert keys.unlock_recovery(reread(ring), private(pair)).keys == ring.keys
    assert all(ring.file.keys[purpose] != before.keys[purpose] for purpose in before.keys)
    with pytest.raises(StoreError, match="unlock the store again"):
        old.follow(ring.file)
    with pytest.raises(StoreError):
        KeyRing(ring.file, old._master)


def test_generations_chain(ring: KeyRing) -> None:
    before = ring.file
    ring.remove_slots(7)
    assert ring.file.generation == before.generation + 1
    assert ring.file.previous == before.digest().hex()


def test_the_recovery_key_opens_until_it_is_replaced(cheap: Cost) -> None:
    first, second = make_pair(), make_pair()
    ring = KeyRing.create(NAME, PASS, cheap, public(first))
    assert keys.unlock_recovery(reread(ring), private(first)).keys == ring.keys
    ring.set_recovery(public(second))
    assert keys.unlock_recovery(reread(ring), private(second)).keys == ring.keys
    for wrong in (private(first), (private(first)[0], private(second)[1]), private(second)[::-1]):
        with pytest.raises(WrongPassphrase):
            keys.unlock_recovery(reread(ring), wrong)
    ring.set_passphrase(1, NAME, PASS, void_recovery=True)
    with pytest.raises(WrongPassphrase):
        keys.unlock_recovery(reread(ring), private(second))


def test_a_master_sealed_by_a_stranger_is_noticed(ring: KeyRing, cheap: Cost) -> None:
    """Anybody can seal to a recipient: only the signing key tells whose file it is."""
    fake = KeyRing.create("stranger", "x", cheap, public(make_pair()))
    slot = ring.file.slots[0]
    planted = msgspec.structs.replace(slot, master=keys._seal_to(slot.recipient, fake._master))
    forged = keys._add_mac(msgspec.structs.replace(fake.file, salt=ring.file.salt, slots=[planted]), fake._master)
    with pytest.raises(StoreError, match="another store"):
        keys.unlock_key_file(forged, NAME, PASS)


def test_every_changed_byte_is_noticed(ring: KeyRing) -> None:
    data = ring.file.encode()
    for at in range(0, len(data), 7):
        changed = bytearray(data)
        changed[at] ^= 0x01
        try:
            opened, _ = keys.unlock_key_file(key_form.decode_key_file(bytes(changed)), NAME, PASS)
        except StoreError:
            continue
        assert opened.file == ring.file, f"byte {at}"  # white space or letter case of JSON escapes at most


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff\xfe", b'{"format":"triage keys"}', b'"' * 10, b'{"format":"triage keys","version":1,"x":2}'],
)
def test_what_is_no_key_file_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(StoreError):
        key_form.decode_key_file(data)


def test_a_newer_key_file_says_so(ring: KeyRing) -> None:
    newer = json.loads(ring.file.encode()) | {"version": 2, "something": "new"}
    with pytest.raises(StoreError, match="another version"):
        key_form.decode_key_file(json.dumps(newer).encode())


def test_costs_that_would_stall_the_machine_are_refused(ring: KeyRing) -> None:
    greedy = json.loads(ring.file.encode())
    greedy["slots"][0]["cost"]["memory_kib"] = 64 * 1024 * 1024
    with pytest.raises(StoreError):
        key_form.decode_key_file(json.dumps(greedy).encode())


def test_the_second_factor_is_reserved(ring: KeyRing) -> None:
    slot = msgspec.structs.replace(ring.file.slots[0], kind="fido2-hmac-secret")
    file = msgspec.structs.replace(ring.file, slots=[slot])
    assert key_form.decode_key_file(file.encode()).slots[0].kind == "fido2-hmac-secret"
    with pytest.raises(WrongPassphrase):
        keys.unlock_key_file(file, NAME, PASS)
