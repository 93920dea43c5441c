from __future__ import annotations

import hashlib
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from triage.errors import NotFound, Refused, StoreError, WrongPassphrase
from triage.model.users import Role
from triage.store import recovery
from triage.store.batch import Batch
from triage.store.database import Database
from triage.store.key_form import Cost
from triage.store.store import CreatedStore, Store


def test_the_first_user_holds_all_roles(created: CreatedStore) -> None:
    assert created.store.user.roles == frozenset(Role)
    assert created.store.users.all() == (created.store.user,)


def test_what_was_sealed_and_written_is_there_after_opening(made: Any) -> None:
    with made.open() as store:
        assert {item: store.unseal(item) for item in made.items} == made.items
        assert store.reader(4).read(1_000_000, 10) == made.items[4][1_000_000:1_000_010]
        assert store.user.name == made.name


def test_opening_makes_one_connection(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection reads the whole schema, which takes longer than all else that an opening does."""
    connect, opened = Database.connect, []
    monkeypatch.setattr(Database, "connect", lambda database: opened.append(database) or connect(database))  # type: ignore[func-returns-value]
    with made.open() as store:
        assert len(opened) == 1
        store.read()
        assert len(opened) == 2


def test_a_given_digest_saves_computing_it(store: Store) -> None:
    with store.batch() as batch:
        batch.seal(b"abc", sha256=hashlib.sha256(b"abc").hexdigest())
        with pytest.raises(ValueError):
            batch.seal(b"abc", sha256="abcd")
    assert store.check().valid
    with store.batch() as batch:
        batch.seal(b"abd", sha256=hashlib.sha256(b"abc").hexdigest())
    assert store.check().problems == ("Item 2 of the vault is not what was sealed; restore it from the newest backup.",)


def test_several_contents_are_sealed_together(store: Store) -> None:
    contents = [b"a kite", b"", b"over the lake" * 9, iter([b"and a ", b"boat"]), b"x" * 60]
    read = [b"a kite", b"", b"over the lake" * 9, b"and a boat", b"x" * 60]
    with store.batch() as batch:
        batch._vault._limit = 100  # bytes, so that a second and a third pack begin on the way
        first = batch.seal(b"before")
        items = batch.seal_all([(data, hashlib.sha256(data).hexdigest() if data == b"a kite" else None) for data in contents])
        assert [*items] == [*range(first + 1, first + 6)]
        assert [batch.unseal(item) for item in items] == read
        assert batch.seal_all([]) == range(first + 6, first + 6)
        assert batch.seal(b"behind") == first + 6
    assert [store.unseal(item) for item in items] == read
    assert store.check().valid


def test_a_batch_sees_what_it_wrote_and_others_do_not(store: Store) -> None:
    with store.batch() as batch:
        item = batch.seal(b"not yet")
        assert batch.unseal(item) == batch.reader(item).read(0, 99) == b"not yet"
        with pytest.raises(NotFound):
            store.unseal(item)
    assert store.unseal(item) == b"not yet"


def test_an_exception_takes_everything_back(store: Store) -> None:
    with store.batch() as batch:
        batch.seal(b"kept")
    before, size = store.read_head(), pack_size(store)
    with pytest.raises(KeyError), store.batch() as batch:
        batch.seal(b"x" * 2_000_000)
        batch.note("thing done", thing=1)
        raise KeyError
    assert (store.read_head(), pack_size(store)) == (before, size)
    with pytest.raises(NotFound):
        store.unseal(2)
    with store.batch() as batch:
        assert batch.seal(b"next") == 2
    assert store.check().valid


def test_a_ctrl_c_right_behind_commit_takes_nothing_back(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = Batch.commit

    def interrupted(self: Batch) -> None:
        commit(self)
        raise KeyboardInterrupt

    store = made.open()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt), store.batch() as batch:
        patched.setattr(Batch, "commit", interrupted)
        item = batch.seal(b"a kite over the lake")
        batch.note("seal kite")
    assert store.unseal(item) == b"a kite over the lake"
    with store.batch() as batch:
        later = batch.seal(b"and a boat")
    assert store.check().valid
    store.close()
    again = made.open()
    assert (again.unseal(item), again.unseal(later)) == (b"a kite over the lake", b"and a boat")
    assert again.check().valid


def test_a_batch_that_changes_nothing_leaves_no_trace(store: Store) -> None:
    before = store.read_head()
    with store.batch() as batch:
        batch.all("SELECT * FROM user")
    assert store.read_head() == before


def test_a_batch_that_only_changes_the_schema_is_kept(store: Store) -> None:
    with store.batch() as batch:
        batch.execute("CREATE TABLE later (x)")
    assert store.read().all("SELECT * FROM later") == []


def test_a_batch_without_an_entry_still_moves_the_head(store: Store) -> None:
    before = store.read_head()
    with store.batch() as batch:
        batch.seal(b"x")
    assert (store.read_head().commits, store.read_head().count) == (before.commits + 1, before.count)


def test_a_batch_is_only_good_inside_its_block(store: Store) -> None:
    with store.batch() as batch:
        batch.note("thing done", thing=1)
    with pytest.raises(AttributeError):
        batch.execute("DELETE FROM audit_entry")


def test_a_batch_inside_another_is_a_bug(store: Store) -> None:
    with store.batch(), pytest.raises(RuntimeError), store.batch():
        pass


def test_batches_of_threads_queue_up(store: Store) -> None:
    def work() -> None:
        for _ in range(10):
            with store.batch() as batch:
                batch.note("thing done", item=batch.seal(b"x" * 1000))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.check().checked["vault_items"] == 30
    assert store.verify_log().entries == 31


def test_waiting_for_a_batch_ends_with_a_sentence(made: Any) -> None:
    with made.open() as one, made.open() as two, one.batch() as batch:
        batch.note("thing done", thing=1)
        with pytest.raises(StoreError, match="in use"), two.batch(wait=0.05):
            pass


def test_destroyed_items_can_never_be_opened_again(store: Store) -> None:
    with store.batch() as batch:
        item = batch.seal(b"to be destroyed")
    with store.batch() as batch:
        batch.destroy(item)
        batch.note("item destroyed", item=item)
    with pytest.raises(StoreError, match="destroyed"):
        store.unseal(item)
    with pytest.raises(NotFound), store.batch() as batch:
        batch.destroy(99)
    assert store.check().valid


def test_opening_refuses_with_one_sentence(made: Any) -> None:
    said = set()
    for name, passphrase in (("nobody", made.passphrase), (made.name, "wrong"), ("", "")):
        with pytest.raises(WrongPassphrase) as error:
            Store.open(made.directory, name, passphrase)
        said.add(str(error.value))
    assert len(said) == 1
    with pytest.raises(StoreError, match=r"no store in .*vault;"):
        Store.open(made.directory / "vault", made.name, made.passphrase)


def test_making_refuses_what_would_overwrite(made: Any, tmp_path: Path, cheap: Cost) -> None:
    with pytest.raises(StoreError, match="already a store"):
        Store.create(made.directory, "x", "y", cost=cheap)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        Store.create(tmp_path / "other", "x", "y", cost=cheap)
    for name, passphrase in (("", "y"), ("x", ""), ("a\nb\x00", "y"), ("x" * 65, "y")):
        with pytest.raises(StoreError):
            Store.create(tmp_path / "new", name, passphrase, cost=cheap)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("step", ["_begin", "opening.write_key_file", "opening.finish_creation"])
def test_an_interrupted_making_can_be_made_again(tmp_path: Path, cheap: Cost, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object) -> None:
        raise StoreError("interrupted")

    with monkeypatch.context() as patch:
        target = f"triage.store.{step}" if "." in step else f"triage.store.store.Store.{step}"
        patch.setattr(target, fail)
        with pytest.raises(StoreError, match="interrupted"):
            Store.create(tmp_path / "store", "x", "y", cost=cheap)
    with Store.create(tmp_path / "store", "x", "y", cost=cheap).store as store:
        assert store.check().valid
    with pytest.raises(StoreError, match="already a store"):
        Store.create(tmp_path / "store", "x", "y", cost=cheap)


def test_a_store_opened_once_counts_as_made(tmp_path: Path, cheap: Cost) -> None:
    Store.create(tmp_path / "store", "x", "y", cost=cheap).store.close()
    (tmp_path / "store" / "making").write_bytes(b"")
    Store.open(tmp_path / "store", "x", "y").close()
    with pytest.raises(StoreError, match="already a store"):
        Store.create(tmp_path / "store", "x", "y", cost=cheap)


def test_a_mark_of_making_that_was_laid_into_a_store_costs_nothing(made: Any, cheap: Cost) -> None:
    with made.open() as store, store.batch() as batch:
        item = batch.seal(b"evidence")
    (made.directory / "making").write_bytes(b"")
    before = {path: path.read_bytes() for path in made.directory.rglob("*") if path.is_file()}
    with pytest.raises(StoreError, match="already a store"):
        Store.create(made.directory, "x", "y", cost=cheap)
    (made.directory / "keys.json").rename(made.directory.parent / "keys.json")
    with pytest.raises(StoreError, match="not empty"):
        Store.create(made.directory, "x", "y", cost=cheap)
    (made.directory.parent / "keys.json").rename(made.directory / "keys.json")
    assert {path: path.read_bytes() for path in made.directory.rglob("*") if path.is_file()} == before
    with made.open() as store:
        assert store.unseal(item) == b"evidence"


def test_the_signature_and_fingerprint_check_with_other_tools(store: Store, tmp_path: Path) -> None:
    key = Ed25519PublicKey.from_public_bytes(store.public_key)
    key.verify(store.sign(b"data"), b"data")
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    try:
        der = subprocess.run(
            ["openssl", "pkey", "-pubin", "-in", tmp_path / "key.pem", "-outform", "DER"], capture_output=True, check=True
        ).stdout
    except FileNotFoundError:
        pytest.skip("no openssl here")
    assert hashlib.sha256(der).hexdigest() == store.fingerprint


def test_nothing_is_readable_by_others_and_nothing_lies_outside(made: Any, tmp_path: Path) -> None:
    with made.open():
        for path in made.directory.rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert {path.name for path in tmp_path.iterdir()} == {"store"}


def test_no_file_of_the_store_holds_what_was_put_in(store: Store) -> None:
    content, name, hashed = b"the quick brown fox", "Unusual Name", hashlib.sha256(b"the quick brown fox")
    with store.batch() as batch:
        batch.seal(content * 50)
        batch.note("thing done", who=store.keyed("someone@example.invalid"))
    store.users.add(name, [Role.ANALYST], "secret words", store.user)
    searched = [b"quick brown", name.encode(), b"secret words", b"thing done", hashed.digest(), hashed.hexdigest().encode()]
    for path in store.directory.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [text for text in searched if text in data], path
            assert not path.name.startswith(hashed.hexdigest()[:8])


def test_recovery_sets_a_new_passphrase_and_new_halves(made: Any) -> None:
    with made.open() as store:
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
        store.users.disable("Second")
        halves = new_halves(store)
    with pytest.raises(NotFound):
        Store.recover(made.directory, halves, "nobody", "third words")
    with Store.recover(made.directory, halves, "second", "new words") as recovered:
        assert (recovered.user.name, recovered.user.disabled, recovered.user.recovered) == ("Second", False, True)
        assert recovered.check().valid
    Store.open(made.directory, "Second", "new words").close()
    made.open().close()
    with pytest.raises(WrongPassphrase):
        Store.recover(made.directory, halves, "second", "third words")


def new_halves(store: Store) -> tuple[str, str]:
    one, two = (store.keys.show_half(number, store.user.name, None, lambda *_: None) for number in (1, 2))
    assert (one.whole, two.whole) == (False, True)
    return one.text, two.text


def test_recovery_halves_can_be_replaced_and_count_when_both_were_shown(made: Any) -> None:
    with made.open() as store:
        one = store.keys.show_half(2, "Amal", None, lambda *_: None)
        assert store.check().valid
    with Store.recover(made.directory, made.recovery, made.name, made.passphrase) as store:
        with pytest.raises(WrongPassphrase):
            Store.recover(made.directory, made.recovery, made.name, "new words")
        halves = new_halves(store)
    assert one.text not in halves
    Store.recover(made.directory, halves, made.name, "new words").close()


def test_one_half_alone_opens_nothing(made: Any) -> None:
    with made.open() as store:
        pair = recovery.make_pair()
        one = store.keys.show_half(1, "Amal", None, lambda *_: None)
        store.keys.show_half(2, "Basit", None, lambda *_: None)
    forged = recovery.make_half(2, recovery._parse_half(one.text, "first")[1])
    for other in (forged.text, pair.second.text):
        with pytest.raises(StoreError):
            Store.recover(made.directory, (one.text, other), made.name, "new words")


def test_the_second_user_voids_what_the_first_saw_alone(made: Any) -> None:
    with made.open() as store:
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
    with pytest.raises(WrongPassphrase):
        Store.recover(made.directory, made.recovery, "Second", "new words")


def test_rotating_the_master_keeps_everybody_and_locks_out_open_windows(made: Any) -> None:
    with made.open() as store, made.open() as window:
        fingerprint = store.fingerprint
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
        halves = new_halves(store)
        store.keys.rotate_master()
        with pytest.raises(StoreError, match="unlock the store again"):
            window.users.add("Third", [Role.ANALYST], "more words", window.user)
    with made.open() as store:
        assert store.fingerprint == fingerprint
        assert store.check().valid
    Store.recover(made.directory, halves, made.name, "new words").close()


def test_closing_twice_is_harmless(made: Any) -> None:
    store = made.open()
    store.close()
    store.close()


def test_a_disabled_user_writes_no_more(made: Any) -> None:
    with made.open() as store:
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
        with Store.open(made.directory, "Second", "other words") as second:
            store.users.disable("Second")
            with pytest.raises(Refused), second.batch():
                pass


def pack_size(store: Store) -> int:
    return (store.vault / "000001.pack").stat().st_size


def test_a_batch_that_can_not_begin_says_why_and_stands_in_nobodys_way(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error that a person can act on passes through, and the transaction that had begun is taken back."""

    def full(*_: object) -> None:
        raise StoreError("The disk is full; free some space.")

    with monkeypatch.context() as patched:
        patched.setattr("triage.store.store.Batch", full)
        with pytest.raises(StoreError, match="The disk is full"), store.batch():
            raise AssertionError("a batch without a beginning")
    with store.batch() as batch:
        item = batch.seal(b"seven tin boats")
    assert store.unseal(item) == b"seven tin boats" and not store.problems
