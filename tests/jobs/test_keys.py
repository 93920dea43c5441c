"""Keys as jobs: what is shown, whom one trusts, recovery, rotation, and going on after a loss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.people import add_person
from triage.errors import InputError, NotFound, Refused, StoreError, WrongPassphrase
from triage.exports import signature
from triage.exports.verify import verify_file
from triage.jobs import trusted_keys
from triage.jobs.consent import Consent, describe_person
from triage.jobs.keeping import keys as job
from triage.jobs.keeping.check import check_store
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.leaving.signing import describe_export
from triage.jobs.session import Session, unlock
from triage.jobs.users import add_user, change_passphrase, confirm_user
from triage.model.users import Role
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
    assert trusted_keys.find_signer(session, signed) is None
    assert trusted_keys.trust_key(session, str(pem), "Lahore") == key
    assert trusted_keys.find_signer(session, signed) == "Lahore"
    spelled = " ".join(key[at : at + 8] for at in range(0, 64, 8)).upper()
    assert trusted_keys.trust_key(session, spelled, "Lahore desk 2") == key
    assert job.show_keys(session).trusted == {key: "Lahore desk 2"}
    with pytest.raises(Refused, match="Another key"):
        trusted_keys.trust_key(session, "ab" * 32, "Lahore desk 2")
    trusted_keys.distrust_key(session, "Lahore desk 2")
    assert trusted_keys.find_signer(session, signed) is None
    assert trusted_keys.find_signer(session, session.store.fingerprint) == "this store"
    assert trusted_keys.find_signer(session, None) is None
    with pytest.raises(NotFound):
        trusted_keys.distrust_key(session, "Lahore")


def test_what_is_no_key_is_refused(session: Session, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a key")
    (tmp_path / "large").write_bytes(bytes(10_000))
    for path in (tmp_path / "text", tmp_path / "large"):
        with pytest.raises(InputError):
            trusted_keys.trust_key(session, str(path), "n")
    with pytest.raises(Exception, match="PEM file"):
        trusted_keys.trust_key(session, "abcd", "n")
    (tmp_path / "key.pem").write_bytes(signature.to_pem(session.store.public_key))
    with pytest.raises(Refused):
        trusted_keys.trust_key(session, str(tmp_path / "key.pem"), " \u0007 ")


def test_recovery_gives_a_new_passphrase_and_uses_the_halves_up(session: Session) -> None:
    with pytest.raises(Refused, match="nobody may see both"):
        for half in (1, 2):
            job.show_half(session, half, "Amal")
    halves = tuple(job.show_half(session, half, name).text for half, name in ((1, "Amal"), (2, "Basit")))
    directory = session.store.directory
    session.close()
    with job.recover_user(directory, halves, "first", "other words") as recovered:
        assert recovered.user.name == "first"
    with pytest.raises(WrongPassphrase):
        unlock(directory, "first", WORDS)
    with pytest.raises(WrongPassphrase):
        job.recover_user(directory, halves, "first", "third words")
    unlock(directory, "first", "other words").close()


def test_each_half_goes_to_another_person_and_nobody_sees_both(session: Session) -> None:
    directory, lead, chief = session.store.directory, Consent("lead", "eight blue kites"), Consent("chief", "ten grey stones")
    first = Consent("first", WORDS)
    add_person(session.store, "lead", [Role.LEAD], lead.passphrase)
    assert job.show_keys(session).recovery == (), "the halves that the first user saw alone are void"
    add_person(session.store, "chief", [Role.ADMIN], chief.passphrase)
    with pytest.raises(Refused, match="consent of a second person"):
        job.show_half(session, 1, "first")
    with pytest.raises(Refused, match="the user concerned"):
        job.show_half(session, 1, "lead", lead)
    with pytest.raises(NotFound):
        job.show_half(session, 1, "Director", lead)
    one = job.show_half(session, 1, "first", lead)
    assert not one.whole
    for custodian, consent in (("first", lead), ("lead", chief)):
        with pytest.raises(Refused, match="first has seen the other half"):
            job.show_half(session, 2, custodian, consent)
    with unlock(directory, "chief", chief.passphrase) as other:
        with pytest.raises(Refused, match="first has seen the other half"):
            job.show_half(other, 2, "first", lead)
        assert [(half.half, half.valid) for half in job.show_keys(other).recovery] == [(1, False)]
    with unlock(directory, "lead", lead.passphrase) as other:
        with pytest.raises(Refused, match="manage keys"):
            job.show_half(other, 2, "chief", first)
        two = job.show_half(other, 2, "lead", chief)
    assert two.whole
    assert [(half.half, half.custodian, half.valid) for half in job.show_keys(session).recovery] == [
        (1, "first", True),
        (2, "lead", True),
    ]
    shown = [entry for entry in entries(session) if entry["kind"] == "recovery half shown"]
    assert [(entry["user"], entry["about"]["half"], entry["about"]["second"]) for entry in shown] == [(1, 1, 2), (2, 2, 3)]
    with job.recover_user(directory, (two.text, one.text), "lead", "six oak chairs on the lawn") as recovered:
        assert recovered.user.recovered


def test_a_recovered_user_agrees_to_nothing_until_somebody_else_confirms(session: Session) -> None:
    directory = session.store.directory
    add_person(session.store, "lead", [Role.LEAD, Role.ADMIN], "eight blue kites")
    halves = []
    for number, who, words, consent in (
        (1, "first", WORDS, ("lead", "eight blue kites")),
        (2, "lead", "eight blue kites", ("first", WORDS)),
    ):
        with unlock(directory, who, words) as custodian:
            halves.append(job.show_half(custodian, number, who, Consent(*consent)).text)
    new = "six oak chairs on the lawn"
    with job.recover_user(directory, (halves[0], halves[1]), "lead", new) as lead:
        assert "not confirmed by another person" in describe_export(lead).by
        assert "not confirmed by anybody" in describe_person(lead, 2)
        with pytest.raises(Refused, match="recovery key was used"):
            confirm_user(lead, "lead")
        with pytest.raises(Refused, match="recovery key was used"):
            add_user(session, "third", ["analyst"], new, Consent("lead", new))
        with pytest.raises(Refused, match="recovery key was used"):
            job.show_half(lead, 1, "lead", Consent("first", WORDS))
        change_passphrase(lead, "four tin lamps in the attic")
        with pytest.raises(Refused, match="recovery key was used"):
            add_user(session, "third", ["analyst"], new, Consent("lead", "four tin lamps in the attic"))
        assert not confirm_user(session, "lead").recovered
        assert describe_export(lead).by == "lead"
        assert "confirmed by first on" in describe_person(lead, 2)
    add_user(session, "third", ["analyst"], new, Consent("lead", "four tin lamps in the attic"))


def test_a_person_at_hand_confirms_a_recovery_at_once(session: Session) -> None:
    directory = session.store.directory
    add_person(session.store, "lead", [Role.LEAD], "eight blue kites")
    one = job.show_half(session, 1, "first", Consent("lead", "eight blue kites")).text
    with unlock(directory, "lead", "eight blue kites") as lead:
        two = job.show_half(lead, 2, "lead", Consent("first", WORDS)).text
    new = "six oak chairs on the lawn"
    with pytest.raises(Refused, match="a different user"):
        job.recover_user(directory, (one, two), "lead", new, Consent("lead", "eight blue kites"))
    with pytest.raises(WrongPassphrase):
        job.recover_user(directory, (one, two), "lead", new, Consent("first", "wrong"))
    with job.recover_user(directory, (one, two), "lead", new, Consent("first", WORDS)) as lead:
        assert not lead.store.users.named("lead").recovered


def entries(session: Session) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in session.store.read().all("SELECT json FROM audit_entry ORDER BY n")]


def test_rotation_shuts_out_an_older_key_file(session: Session) -> None:
    path = session.store.directory / "keys.json"
    before = path.read_bytes()
    assert job.rotate_master_key(session) == 2
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
        job.rotate_database_key(directory, "first", WORDS)
    session.close()
    with pytest.raises(Refused, match="manage keys"):
        job.rotate_database_key(directory, "second", "eight blue kites")
    job.rotate_database_key(directory, "first", WORDS)
    with unlock(directory, "first", WORDS) as again:
        assert bytes(again.store.keys.ring.keys.database) != before
        assert check_store(again).valid


def test_an_administrator_goes_on_after_a_loss_and_the_record_says_so(session: Session) -> None:
    store = session.store
    head = (store.directory / "head.json").read_bytes()
    for _ in range(3):
        trusted_keys.trust_key(session, "ab" * 32, "Lahore")
    session.close()
    (store.directory / "head.json").write_bytes(head)
    with pytest.raises(StoreError, match="older than the database"):
        unlock(store.directory, "first", WORDS)
    assert "older than the database" in str(job.accept_loss(store.directory, "first", WORDS)[0])
    with unlock(store.directory, "first", WORDS) as opened:
        last = opened.store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
        assert "rollback accepted" in last
        assert check_store(opened).valid
