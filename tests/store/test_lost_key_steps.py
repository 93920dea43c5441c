"""A kill between the key file and the commit: the next opening can't hide who knows a passphrase, and says what is void."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.people import add_person
from tests.store.conftest import CHEAP
from triage.errors import StoreError, WrongPassphrase
from triage.model.users import Role, User
from triage.store.queries import recovery as recovery_sql
from triage.store.store import Store

FIRST, SECOND = ("first", "seven green boats"), ("second", "eight blue kites")
NEW = "nine red carts roll"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A store of two people with a valid pair of recovery halves."""
    with Store.create(tmp_path / "store", *FIRST, cost=CHEAP).store as store:
        add_person(store, SECOND[0], [Role.LEAD, Role.ADMIN], SECOND[1])
        for number in (1, 2):
            show_half(store, number)
    return tmp_path / "store"


def show_half(store: Store, number: int) -> str:
    return store.keys.show_half(number, "first", None, lambda *_: None).text


def kill(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Does something, up to the commit."""

    def die(_: object) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("triage.store.batch.Batch.finish", die)
        with pytest.raises(StoreError, match="killed"):
            act()


def find(store: Store, name: str) -> User:
    assert store.check().valid and store.verify_log().valid
    return store.users.named(name)


def test_whoever_used_the_recovery_key_has_to_be_confirmed(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(two, *FIRST) as store:
        halves = (show_half(store, 1), show_half(store, 2))
    kill(monkeypatch, lambda: Store.recover(two, halves, "second", NEW))
    with Store.open(two, "second", NEW) as store:
        assert store.user.recovered and find(store, "second").recovered
        assert recovery_sql.load_halves(store.read(), valid=True) == (), "they open nothing any more"


def test_a_passphrase_that_somebody_else_set_has_to_be_changed_first(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(two, *FIRST) as store:
        kill(monkeypatch, lambda: store.users.change_passphrase("second", NEW, store.user))
    with Store.open(two, "second", NEW) as store:
        assert store.user.initial and find(store, "second").initial and not store.user.recovered
        assert len(recovery_sql.load_halves(store.read(), valid=True)) == 2
        store.users.change_passphrase("second", "ten white swans", store.user)
        assert not find(store, "second").initial


def test_who_was_disabled_is(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(two, *FIRST) as store:
        kill(monkeypatch, lambda: store.users.disable("second"))
    with pytest.raises(WrongPassphrase):
        Store.open(two, *SECOND)
    with Store.open(two, *FIRST) as store:
        assert find(store, "second").disabled and not find(store, "first").initial
        entry = json.loads(store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1"))
        assert entry["kind"] == "key file adopted" and entry["about"]["disabled"] == [2]


def test_a_pair_of_which_a_half_was_never_shown_counts_as_none(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pair before opens nothing any more, and nobody has the second half of the new one."""
    with Store.open(two, *FIRST) as store:
        show_half(store, 1)
        kill(monkeypatch, lambda: show_half(store, 2))
    with Store.open(two, *FIRST) as store:
        assert recovery_sql.load_halves(store.read(), valid=True) == recovery_sql.load_halves(store.read(), valid=False) == ()
        halves = (show_half(store, 1), show_half(store, 2))
    Store.recover(two, halves, "first", NEW).close()


def test_who_changed_their_own_passphrase_goes_on_with_an_account_of_their_own(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(two, *SECOND) as store:
        with store.batch() as batch:
            store.account.open(batch)
        kill(monkeypatch, lambda: store.users.change_passphrase("second", NEW, store.user))
    with Store.open(two, "second", NEW) as store:
        store.users.change_passphrase("second", "ten white swans", store.user)
    with Store.open(two, "second", "ten white swans") as store, store.batch() as batch:
        assert store.account.open(batch) is not None
