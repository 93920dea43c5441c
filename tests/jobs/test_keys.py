"""Keys as jobs: what is shown, whom one trusts, recovery, rotation, and going on after a loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people import add_person
from triage.errors import InputError, NotFound, Refused, StoreError, WrongPassphrase
from triage.exports import signature
from triage.exports.verify import verify_file
from triage.jobs.keeping import keys as job
from triage.jobs.keeping.check import check
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.session import Session, unlock
from triage.model.people import Role
from triage.model.views import QueueFilter
from triage.store.store import Store

WORDS = "seven green boats"


def test_what_is_shown_is_not_secret(session: Session) -> None:
    facts = job.show_keys(session)
    assert facts.fingerprint == session.store.fingerprint
    assert facts.slots == {"passphrase": 1, "recovery": 1}
    assert facts.recipient.startswith("age1")
    ring = session.store.keys.ring.keys
    assert not [key for key in ring.by_purpose().values() if bytes(key).hex() in str(facts) or repr(bytes(key)) in str(facts)]


def test_a_known_key_is_called_by_name(session: Session, tmp_path: Path) -> None:
    from tests.jobs.conftest import CHEAP

    with Session(Store.create(tmp_path / "lahore", "x", "y", cost=CHEAP).store) as other:
        export_queue(other, QueueFilter(), tmp_path / "queue.csv")
        key, pem = other.store.fingerprint, tmp_path / "queue.csv.pem"
    signed = verify_file(tmp_path / "queue.csv").signature_key
    assert job.signer_name(session, signed) is None
    assert job.trust_key(session, str(pem), "Lahore") == key
    assert job.signer_name(session, signed) == "Lahore"
    spelled = " ".join(key[at : at + 8] for at in range(0, 64, 8)).upper()
    assert job.trust_key(session, spelled, "Lahore desk 2") == key
    assert job.show_keys(session).trusted == {key: "Lahore desk 2"}
    with pytest.raises(Refused, match="Another key"):
        job.trust_key(session, "ab" * 32, "Lahore desk 2")
    job.distrust_key(session, "Lahore desk 2")
    assert job.signer_name(session, signed) is None
    assert job.signer_name(session, session.store.fingerprint) == "this store"
    assert job.signer_name(session, None) is None
    with pytest.raises(NotFound):
        job.distrust_key(session, "Lahore")


def test_what_is_no_key_is_refused(session: Session, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a key")
    (tmp_path / "large").write_bytes(bytes(10_000))
    for path in (tmp_path / "text", tmp_path / "large"):
        with pytest.raises(InputError):
            job.trust_key(session, str(path), "n")
    with pytest.raises(Exception, match="PEM file"):
        job.trust_key(session, "abcd", "n")
    (tmp_path / "key.pem").write_bytes(signature.pem(session.store.public_key))
    with pytest.raises(Refused):
        job.trust_key(session, str(tmp_path / "key.pem"), " \u0007 ")


def test_recovery_gives_a_new_passphrase_and_uses_the_halves_up(session: Session) -> None:
    with pytest.raises(Refused, match="nobody may see both"):
        for half in (1, 2):
            job.show_half(session, half, "Amal")
    halves = tuple(job.show_half(session, half, name).text for half, name in ((1, "Amal"), (2, "Basit")))
    directory = session.store.directory
    session.close()
    with job.recover(directory, halves, "first", "other words") as recovered:
        assert recovered.user.name == "first"
    with pytest.raises(WrongPassphrase):
        unlock(directory, "first", WORDS)
    with pytest.raises(WrongPassphrase):
        job.recover(directory, halves, "first", "third words")
    unlock(directory, "first", "other words").close()


def test_rotation_shuts_out_an_older_key_file(session: Session) -> None:
    path = session.store.directory / "keys.json"
    before = path.read_bytes()
    assert job.rotate(session) == 2
    now = path.read_bytes()
    path.write_bytes(before)
    with pytest.raises(StoreError, match="older than the store"):
        unlock(session.store.directory, "first", WORDS)
    path.write_bytes(now)
    unlock(session.store.directory, "first", WORDS).close()


def test_the_databases_key_is_changed_by_who_manages_keys(session: Session) -> None:
    directory = session.store.directory
    add_person(session.store, "second", [Role.LEAD], "eight blue kites")
    before = bytes(session.store.keys.ring.keys.database)
    with pytest.raises(StoreError, match="Another window"):
        job.rotate_database(directory, "first", WORDS)
    session.close()
    with pytest.raises(Refused, match="manage keys"):
        job.rotate_database(directory, "second", "eight blue kites")
    job.rotate_database(directory, "first", WORDS)
    with unlock(directory, "first", WORDS) as again:
        assert bytes(again.store.keys.ring.keys.database) != before
        assert check(again).valid


def test_an_administrator_goes_on_after_a_loss_and_the_record_says_so(session: Session) -> None:
    store = session.store
    head = (store.directory / "head.json").read_bytes()
    for _ in range(3):
        job.trust_key(session, "ab" * 32, "Lahore")
    session.close()
    (store.directory / "head.json").write_bytes(head)
    with pytest.raises(StoreError, match="older than the database"):
        unlock(store.directory, "first", WORDS)
    assert "older than the database" in job.accept_loss(store.directory, "first", WORDS)[0]
    with unlock(store.directory, "first", WORDS) as opened:
        last = opened.store.read().value("SELECT json FROM record_entry ORDER BY n DESC LIMIT 1")
        assert "rollback accepted" in last
        assert check(opened).valid
