"""One administrator alone, who knows only the passphrases that he chose himself, tries every sequence of acts upon users and keys.

He began the store, saw both halves of its first recovery key, added the second user alone, and gave up his other roles since.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.jobs.conftest import CHEAP
from tests.people import add_person
from tests.thorough import count_examples
from triage.errors import Refused, StoreError, WorldError
from triage.jobs.consent import Consent
from triage.jobs.keeping import keys as keys_job
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.leaving.packet import create_packet
from triage.jobs.reading.queue import list_queue_ids
from triage.jobs.session import Session, unlock
from triage.jobs.users import (
    add_user,
    change_passphrase,
    confirm_user,
    disable_user,
    enable_user,
    reset_passphrase,
    set_roles,
)
from triage.model.users import READING, Role
from triage.model.views import QueueFilter
from triage.store import keys as store_keys
from triage.store.opening import read_key_file
from triage.store.store import Store

pytestmark = pytest.mark.usefixtures("short_papers")

MALLORY, LEAD, EXAMINER = "mallory", "lead", "examiner"
OWN, FIRST_OF_LEAD, NEW = "seven green boats", "nine grey herons", "four tin lamps in the attic"
SECRETS = {LEAD: "eight blue kites by the sea", EXAMINER: "ten grey stones in a row"}
PEOPLE = (MALLORY, LEAD, EXAMINER)

accounts = st.sampled_from([*PEOPLE, "puppet"])
people = st.sampled_from(PEOPLE)
roles = st.lists(st.sampled_from([role.value for role in Role]), min_size=1, max_size=3, unique=True)
passphrases = st.sampled_from([OWN, FIRST_OF_LEAD, NEW])
consents = st.none() | st.builds(Consent, accounts, passphrases)


def make_store(path: Path, keep: Path | None = None) -> list[str]:
    """Makes the store as he left it before he tries; returns the halves that he saw. `keep`: a copy of the first day."""
    created = Store.create(path, MALLORY, OWN, cost=CHEAP)
    with Session(created.store) as session:
        add_user(session, LEAD, ["lead"], FIRST_OF_LEAD)
        if keep is not None:
            shutil.copytree(path, keep)
        with unlock(path, LEAD, FIRST_OF_LEAD) as lead:
            change_passphrase(lead, SECRETS[LEAD])
        add_person(session.store, EXAMINER, [Role.EXAMINER], SECRETS[EXAMINER])
        set_roles(session, MALLORY, ["admin"], Consent(LEAD, SECRETS[LEAD]))
    return list(created.recovery)


class LoneAdministrator(RuleBasedStateMachine):
    def __init__(self, template: Path, halves: list[str], folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.store = shutil.copytree(template, folder / "store")
        self.seen = halves
        self.before = self.agreed()

    def teardown(self) -> None:
        self.may_not_recover(LEAD, None)
        shutil.rmtree(self.folder)

    def tries(self, act: Callable[[Session], Any], account: str, passphrase: str) -> Any:
        """Returns what the act gave, or the refusal."""
        try:
            with unlock(self.store, account, passphrase) as session:
                return act(session)
        except WorldError as refused:
            return refused

    def agreed(self) -> int:
        """Counts all consents that were ever given."""
        with unlock(self.store, MALLORY, OWN) as session:
            kinds = [json.loads(row[0])["kind"] for row in session.store.read().all("SELECT json FROM audit_entry")]
        return sum(kind.endswith("consented") for kind in kinds)

    @rule(
        account=accounts, passphrase=passphrases, name=st.sampled_from(["puppet", "Iead", "lead2"]), roles=roles, consent=consents
    )
    def adds(self, account: str, passphrase: str, name: str, roles: list[str], consent: Consent | None) -> None:
        assert isinstance(self.tries(lambda s: add_user(s, name, roles, NEW, consent), account, passphrase), WorldError)

    @rule(account=accounts, passphrase=passphrases, name=people, roles=roles, consent=consents)
    def raises(self, account: str, passphrase: str, name: str, roles: list[str], consent: Consent | None) -> None:
        assert isinstance(self.tries(lambda s: set_roles(s, name, roles, consent), account, passphrase), WorldError)

    @rule(account=accounts, passphrase=passphrases, name=people, consent=consents, enable=st.booleans())
    def resets(self, account: str, passphrase: str, name: str, consent: Consent | None, enable: bool) -> None:
        job = enable_user if enable else reset_passphrase
        assert isinstance(self.tries(lambda s: job(s, name, NEW, consent), account, passphrase), WorldError)

    @rule(name=people)
    def disables(self, name: str) -> None:
        self.tries(lambda s: disable_user(s, name), MALLORY, OWN)

    @rule(account=st.sampled_from([LEAD, EXAMINER, "puppet"]), passphrase=passphrases)
    def changes(self, account: str, passphrase: str) -> None:
        assert isinstance(self.tries(lambda s: change_passphrase(s, NEW), account, passphrase), WorldError)

    @rule(account=accounts, passphrase=passphrases, half=st.sampled_from([1, 2]), custodian=accounts, consent=consents)
    def asks_for_a_half(self, account: str, passphrase: str, half: int, custodian: str, consent: Consent | None) -> None:
        got = self.tries(lambda s: keys_job.show_half(s, half, custodian, consent).text, account, passphrase)
        assert isinstance(got, WorldError)

    @rule(name=people, consent=consents)
    def recovers(self, name: str, consent: Consent | None) -> None:
        self.may_not_recover(name, consent)

    def may_not_recover(self, name: str, consent: Consent | None) -> None:
        try:
            keys_job.recover_user(self.store, (self.seen[0], self.seen[1]), name, NEW, consent).close()
        except WorldError:
            return
        raise AssertionError("he recovered an account alone")

    @rule(account=accounts, passphrase=passphrases, name=people)
    def confirms(self, account: str, passphrase: str, name: str) -> None:
        assert isinstance(self.tries(lambda s: confirm_user(s, name), account, passphrase), WorldError)

    @rule(database=st.booleans())
    def rotates(self, database: bool) -> None:
        if database:
            keys_job.rotate_database_key(self.store, MALLORY, OWN)
        else:
            self.tries(keys_job.rotate_master_key, MALLORY, OWN)

    @rule(account=accounts, passphrase=passphrases, consent=consents)
    def takes_evidence(self, account: str, passphrase: str, consent: Consent | None) -> None:
        second = consent or Consent(MALLORY, OWN)
        out = self.folder / "out.json"
        for act in (
            lambda s: list_queue_ids(s, QueueFilter()),
            lambda s: create_packet(s, ["1"], self.folder / "packet", consent=consent),
            lambda s: destroy_report(s, "1", reason="r", order="o", second=second, certificate=out),
        ):
            assert isinstance(self.tries(act, account, passphrase), WorldError)

    @invariant()
    def he_is_one_person_without_reports(self) -> None:
        file = read_key_file(self.store)
        for name in (LEAD, EXAMINER, "puppet", "Iead", "lead2"):
            for passphrase in (OWN, FIRST_OF_LEAD, NEW):
                try:
                    store_keys.unlock_key_file(file, name, passphrase)
                except WorldError:
                    continue
                raise AssertionError(f"he opens the store as {name}")
        with unlock(self.store, MALLORY, OWN) as session:
            assert not session.user.roles & READING
            assert {user.name for user in session.store.users.all()} == set(PEOPLE)
        assert self.agreed() == self.before


def test_no_sequence_of_acts_of_one_administrator_makes_him_two_people(tmp_path: Path) -> None:
    halves, number = make_store(tmp_path / "template"), itertools.count()
    run_state_machine_as_test(
        lambda: LoneAdministrator(tmp_path / "template", halves, tmp_path / str(next(number))),
        settings=settings(
            max_examples=count_examples(5), stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_two_acts_that_were_the_hole(tmp_path: Path) -> None:
    """Everybody else is disabled, then a person of his own is added: the store still counts three users."""
    store = tmp_path / "store"
    make_store(store)
    with unlock(store, MALLORY, OWN) as session:
        for name in (LEAD, EXAMINER):
            disable_user(session, name)
        for attempt in (
            lambda: add_user(session, "puppet", ["lead"], NEW),
            lambda: set_roles(session, MALLORY, ["admin", "analyst"]),
            lambda: enable_user(session, LEAD, NEW),
            lambda: keys_job.show_half(session, 1, MALLORY),
        ):
            try:
                attempt()
            except Refused:
                continue
            raise AssertionError("one person alone did what takes two")


@pytest.mark.parametrize("kept", ["of the first day", "of a copy of the store that went on by itself"])
def test_a_kept_key_file_does_not_make_one_person_two(tmp_path: Path, kept: str) -> None:
    """In it the passphrase that he gave the lead, or the halves that he saw, would open the store again."""
    path, older = tmp_path / "store", tmp_path / "older"
    halves = make_store(path, keep=older)
    if kept != "of the first day":
        for _ in range(20):
            with unlock(older, MALLORY, OWN) as session:
                keys_job.rotate_master_key(session)
    shutil.copy(older / "keys.json", path / "keys.json")
    for name, passphrase in ((MALLORY, OWN), (LEAD, FIRST_OF_LEAD)):
        with pytest.raises(StoreError, match="key file"):
            unlock(path, name, passphrase)
    with pytest.raises(Refused, match="newest key file"):
        keys_job.accept_loss(path, MALLORY, OWN)
    with pytest.raises(StoreError, match=r"key file|do not open this store"):
        keys_job.recover_user(path, (halves[0], halves[1]), LEAD, NEW)
