from __future__ import annotations

import pytest

from triage.errors import NotFound, Refused, StoreError, WrongPassphrase
from triage.model.users import Role
from triage.store import opening
from triage.store.store import Store


def test_a_user_is_added_opens_and_is_disabled(store: Store) -> None:
    added = store.users.add("  Second   User ", [Role.ANALYST, Role.LEAD], "other words", store.user)
    assert (added.id, added.name, added.roles) == (2, "Second User", {Role.ANALYST, Role.LEAD})
    with Store.open(store.directory, "second user", "other words") as other:
        assert other.user == added
    store.users.disable("SECOND user")
    assert [user.disabled for user in store.users.all()] == [False, True]
    with pytest.raises(WrongPassphrase):
        Store.open(store.directory, "second user", "other words")
    with pytest.raises(Refused):
        store.users.change_passphrase("Second User", "newer words", store.user)


def test_names_are_taken_for_good(store: Store) -> None:
    store.users.add("Second", [Role.ANALYST], "other words", store.user)
    store.users.disable("Second")
    with pytest.raises(StoreError, match="already a user"):
        store.users.add("second", [Role.ANALYST], "other words", store.user)


@pytest.mark.parametrize(
    ("name", "roles", "passphrase"),
    [
        ("", [Role.LEAD], "x"),
        ("a\tb\x07", [Role.LEAD], "x"),
        ("demo: valid", [Role.LEAD], "x"),
        ("FIRST-USER", [Role.LEAD], "x"),
        ("ok", [], "x"),
        ("ok", [Role.LEAD], ""),
    ],
)
def test_what_cannot_be_a_user_is_refused(store: Store, name: str, roles: list[Role], passphrase: str) -> None:
    before = (store.directory / opening.KEYS).read_bytes()
    with pytest.raises(StoreError):
        store.users.add(name, roles, passphrase, store.user)
    assert (store.directory / opening.KEYS).read_bytes() == before


def test_a_passphrase_changes(store: Store) -> None:
    name = store.user.name
    store.users.change_passphrase(name, "newer words", store.user)
    Store.open(store.directory, name, "newer words").close()
    with pytest.raises(WrongPassphrase):
        Store.open(store.directory, name, "seven green boats")
    with pytest.raises(NotFound):
        store.users.change_passphrase("nobody", "x", store.user)


def test_the_last_administrator_stays(store: Store) -> None:
    with pytest.raises(Refused, match="last administrator"):
        store.users.disable(store.user.name)
    store.users.add("Second", [Role.ADMIN], "other words", store.user)
    store.users.disable(store.user.name)


def test_every_change_is_in_the_record_without_names(store: Store) -> None:
    store.users.add("Second", [Role.ANALYST], "other words", store.user)
    store.users.change_passphrase("Second", "newer words", store.user)
    store.users.disable("Second")
    entries = "\n".join(row[0] for row in store.read().all("SELECT json FROM audit_entry ORDER BY n"))
    assert all(kind in entries for kind in ("user added", "passphrase changed", "user disabled"))
    assert "Second" not in entries


def test_two_windows_change_keys_one_after_the_other(store: Store) -> None:
    with Store.open(store.directory, store.user.name, "seven green boats") as window:
        store.users.add("Second", [Role.ANALYST], "other words", store.user)
        window.users.add("Third", [Role.ANALYST], "more words", window.user)
    for name, passphrase in (("Second", "other words"), ("Third", "more words")):
        Store.open(store.directory, name, passphrase).close()


def test_a_crash_between_key_file_and_commit_is_harmless(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key file is one generation ahead; the next start adopts it. The slot without a row opens nothing."""
    with monkeypatch.context() as patch:
        patch.setattr("triage.store.batch.Batch.finish", lambda self: (_ for _ in ()).throw(StoreError("killed")))
        with pytest.raises(StoreError, match="killed"):
            store.users.add("Second", [Role.ANALYST], "other words", store.user)
    with pytest.raises(WrongPassphrase):
        Store.open(store.directory, "Second", "other words")
    with Store.open(store.directory, store.user.name, "seven green boats") as again:
        assert again.check().valid
        assert "key file adopted" in again.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
        again.users.add("Third", [Role.ANALYST], "more words", again.user)
    with pytest.raises(WrongPassphrase):  # its slot's number now belongs to Third
        Store.open(store.directory, "Second", "other words")
    Store.open(store.directory, "Third", "more words").close()


def test_a_failed_commit_can_be_repeated_in_the_same_window(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("triage.store.batch.Batch.finish", lambda self: (_ for _ in ()).throw(StoreError("disk full")))
        for _ in range(3):
            with pytest.raises(StoreError, match="disk full"):
                store.users.change_passphrase(store.user.name, "newer words", store.user)
    store.users.change_passphrase(store.user.name, "newest words", store.user)
    Store.open(store.directory, store.user.name, "newest words").close()
    assert store.check().valid


def test_roles_change_and_the_last_administrator_keeps_his(store: Store) -> None:
    with pytest.raises(Refused, match="last administrator"):
        store.users.set_roles(store.user.name, [Role.LEAD])
    store.users.add("Second", [Role.ADMIN], "other words", store.user)
    assert store.users.set_roles("second", [Role.ADMIN, Role.LEAD]).roles == {Role.ADMIN, Role.LEAD}
    assert store.users.set_roles(store.user.name, [Role.ANALYST]).roles == store.user.roles == {Role.ANALYST}
    with pytest.raises(StoreError, match="at least one role"):
        store.users.set_roles("Second", [])
    store.check()
