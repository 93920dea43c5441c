"""A second person: who can be one, what the audit log keeps, and what guessing costs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.people import add_person
from triage.errors import NotFound, Refused, WrongPassphrase
from triage.jobs import consent as consent_job
from triage.jobs.consent import Consent, describe_person
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
from triage.model.users import Role

LEAD = Consent("lead", "eight blue kites")
NEW = "four tin lamps in the attic"


@pytest.fixture
def team(session: Session) -> Session:
    """The first user, a lead, an administrator and an analyst."""
    add_person(session.store, "lead", [Role.LEAD], LEAD.passphrase)
    add_person(session.store, "chief", [Role.ADMIN], "ten grey stones")
    add_person(session.store, "analyst", [Role.ANALYST], "nine red carts")
    return session


def entries(session: Session) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in session.store.read().all("SELECT json FROM audit_entry ORDER BY n")]


ACTS = {
    "add": lambda session, who: add_user(session, "new", ["analyst"], NEW, who),
    "roles": lambda session, who: set_roles(session, "analyst", ["examiner"], who),
    "reset": lambda session, who: reset_passphrase(session, "analyst", NEW, who),
    "enable": lambda session, who: enable_user(session, "gone", NEW, who),
}


@pytest.mark.parametrize("act", ACTS)
def test_no_account_is_made_raised_or_reset_alone(team: Session, act: str) -> None:
    add_person(team.store, "gone", [Role.LEAD], "six oak chairs")
    disable_user(team, "gone")
    before = [(user.name, user.roles, user.disabled) for user in team.store.users.all()]
    refused = [
        (None, "consent of a second person"),
        (Consent("first", "seven green boats"), "a different user"),
        (Consent("gone", "six oak chairs"), "disabled|the user concerned"),
        (Consent("chief", "ten grey stones"), r"another role is needed \(lead, examiner\)"),
        (Consent("analyst", "nine red carts"), r"another role is needed \(lead, examiner\)|the user concerned"),
    ]
    for who, why in refused:
        with pytest.raises(Refused, match=why):
            ACTS[act](team, who)
    with pytest.raises(NotFound):
        ACTS[act](team, Consent("nobody", "x"))
    with pytest.raises(WrongPassphrase):
        ACTS[act](team, Consent("lead", "wrong"))
    assert [(user.name, user.roles, user.disabled) for user in team.store.users.all()] == before
    ACTS[act](team, LEAD)
    acted, agreed = entries(team)[-1], [entry for entry in entries(team) if entry["kind"].endswith("consented")]
    assert acted["about"]["second"] == 2 and [entry["user"] for entry in agreed] == [2], "both are named"


def test_what_shows_no_reports_is_agreed_to_by_an_administrator_too(team: Session) -> None:
    assert add_user(team, "auditor", ["auditor"], NEW, Consent("chief", "ten grey stones")).roles == {Role.AUDITOR}


def test_nobody_agrees_to_what_concerns_them(team: Session) -> None:
    with pytest.raises(Refused, match="the user concerned"):
        set_roles(team, "lead", ["lead", "examiner"], LEAD)


def test_nobody_gives_themselves_reports(team: Session) -> None:
    with unlock(team.store.directory, "chief", "ten grey stones") as chief:
        with pytest.raises(Refused, match="Nobody gives themselves"):
            set_roles(chief, "chief", ["admin", "analyst"], LEAD)
        assert set_roles(chief, "chief", ["admin", "auditor"], LEAD).roles == {Role.ADMIN, Role.AUDITOR}


def test_a_store_that_had_two_users_never_falls_back_to_one(session: Session) -> None:
    assert add_user(session, "lead", ["lead"], NEW).roles == {Role.LEAD}
    disable_user(session, "lead")
    with pytest.raises(Refused, match="consent of a second person"):
        add_user(session, "puppet", ["lead"], NEW)
    with pytest.raises(Refused, match="consent of a second person"):
        enable_user(session, "lead", NEW)


def test_two_windows_do_not_each_add_the_second_user(session: Session) -> None:
    """Both ask while there is one user; the second one is refused within its transaction."""
    with unlock(session.store.directory, "first", "seven green boats") as window:
        agreed = consent_job.request_consent(window, None, "new user consented", reading=True)
        add_user(session, "lead", ["lead"], NEW)
        with pytest.raises(Refused, match="consent of a second person"):
            window.store.users.add("puppet", [Role.LEAD], NEW, window.user, check=agreed.check)


def test_a_second_user_who_is_an_analyst_can_let_a_third_in(session: Session) -> None:
    add_person(session.store, "analyst", [Role.ANALYST], "nine red carts")
    with pytest.raises(Refused, match="consent of a second person"):
        add_user(session, "lead", ["lead"], NEW)
    add_user(session, "lead", ["lead"], NEW, Consent("analyst", "nine red carts"))
    with pytest.raises(Refused, match=r"another role is needed \(lead, examiner\)"):
        add_user(session, "more", ["lead"], NEW, Consent("analyst", "nine red carts"))


def test_a_passphrase_of_somebody_else_is_changed_before_anything_else(team: Session) -> None:
    add_user(team, "new", ["lead"], NEW, LEAD)
    with pytest.raises(Refused, match="another person set the passphrase"):
        add_user(team, "more", ["analyst"], NEW, Consent("new", NEW))
    with unlock(team.store.directory, "new", NEW) as new:
        with pytest.raises(Refused, match="triage user passphrase"):
            set_roles(new, "analyst", ["lead"])
        with pytest.raises(Refused, match="is the old one"):
            change_passphrase(new, NEW)
        change_passphrase(new, "six oak chairs on the lawn")
        assert not new.user.initial
    add_user(team, "more", ["analyst"], NEW, Consent("new", "six oak chairs on the lawn"))
    reset_passphrase(team, "new", NEW, LEAD)
    with pytest.raises(Refused, match="another person set the passphrase"):
        add_user(team, "again", ["analyst"], NEW, Consent("new", NEW))


def test_each_wrong_passphrase_is_written_down_without_names(team: Session) -> None:
    with pytest.raises(WrongPassphrase, match="lead is wrong"):
        add_user(team, "new", ["analyst"], NEW, Consent("lead", "guess"))
    last = entries(team)[-1]
    assert (last["kind"], last["user"], last["about"]["subject"]) == ("consent failed", 1, 2)
    assert "lead" not in json.dumps(last) and "guess" not in json.dumps(last)


def test_guessing_is_slowed_down_over_sessions_and_ends_by_itself(team: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [datetime(2026, 11, 27, 12, tzinfo=UTC)]
    monkeypatch.setattr(consent_job, "utc_now", lambda: clock[0])
    directory = team.store.directory

    def guess() -> None:
        with unlock(directory, "first", "seven green boats") as window:  # each time a new session, as each command is
            add_user(window, "new", ["analyst"], NEW, Consent("lead", "guess"))

    def tries_left() -> bool:
        try:
            guess()
        except WrongPassphrase:
            return True
        except Refused as refused:
            assert "try again in" in str(refused)
            return False
        return False

    assert [tries_left() for _ in range(4)] == [True, True, True, False]
    tried = 0
    for _ in range(60):  # a flood of five hours
        clock[0] += timedelta(minutes=5)
        tried += tries_left()
    assert 15 <= tried <= 5 * 4 + 5, "about four tries an hour"
    with unlock(directory, "chief", "ten grey stones") as chief:  # the lead is not locked out: only the one who guesses waits
        add_user(chief, "other", ["analyst"], NEW, LEAD)
    clock[0] += timedelta(minutes=15)
    add_user(team, "new", ["analyst"], NEW, LEAD)
    assert tries_left(), "a success clears the failures"


def test_a_kill_after_a_wrong_passphrase_still_counts(team: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(consent_job, "unlock", killed)
        for _ in range(3):
            with pytest.raises(Killed):
                add_user(team, "new", ["analyst"], NEW, LEAD)
    with pytest.raises(Refused, match="try again in"):
        add_user(team, "new", ["analyst"], NEW, LEAD)


def test_papers_say_where_a_second_person_comes_from(session: Session) -> None:
    assert "first user of the store, passphrase set by themselves" in describe_person(session, 1)
    add_user(session, "lead", ["lead"], NEW)
    assert "added by first alone, when the store had one user, passphrase set by first on" in describe_person(session, 2)
    with unlock(session.store.directory, "lead", NEW) as lead:
        change_passphrase(lead, LEAD.passphrase)
    assert "passphrase set by themselves on" in describe_person(session, 2)
    add_user(session, "third", ["admin"], NEW, LEAD)
    assert "added by first with the consent of lead" in describe_person(session, 3)


def test_only_recovered_users_are_confirmed_and_only_by_others(team: Session) -> None:
    with pytest.raises(Refused, match="is not waiting"):
        confirm_user(team, "lead")
    with pytest.raises(Refused, match="confirms themselves"):
        confirm_user(team, "first")
    with unlock(team.store.directory, "analyst", "nine red carts") as analyst, pytest.raises(Refused, match="Only a lead"):
        confirm_user(analyst, "lead")
