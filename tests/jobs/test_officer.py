"""What papers say of an officer: who may state it, and what a profile may hold."""

from __future__ import annotations

import pytest

from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.jobs.leaving.signing import describe_export
from triage.jobs.officer import describe_officer, set_profile
from triage.jobs.policy import set_policy
from triage.jobs.session import Session
from triage.model.users import Role
from triage.store.store import Store


def test_a_profile_is_stated_field_by_field_and_stands_on_exports(session: Session) -> None:
    assert describe_export(session).by == session.user.name
    set_profile(session, session.user.name, {"full_name": " Ayesha  Khan ", "badge": "4411"})
    set_profile(session, session.user.name, {"rank": "Inspector"})
    set_policy(session, "agency-name", "Example Agency")
    set_policy(session, "clock-source", "the office's GPS clock, 2026-11-27, 0.4 s")
    about = describe_export(session)
    assert about.by == f"Ayesha Khan, Inspector, 4411 (signed in as {session.user.name})"
    assert about.officer.name == "Ayesha Khan" and about.officer.agency_name == "Example Agency"
    assert about.clock.endswith("0.4 s")
    set_profile(session, session.user.name, {"full_name": ""})
    assert describe_officer(session).name == session.user.name


@pytest.mark.parametrize("text", ["x" * 201, "Khan\u202e", "Khan\x00"])
def test_a_text_that_could_mislead_a_reader_is_refused(session: Session, text: str) -> None:
    with pytest.raises(Refused, match="The full name is not one plain line"):
        set_profile(session, session.user.name, {"full_name": text})


def test_only_an_administrator_states_the_profile_of_another(session: Session) -> None:
    with pytest.raises(NotFound):
        set_profile(session, "stranger", {"rank": "Inspector"})
    words, directory = "nine plain wooden chairs", session.store.directory
    add_person(session.store, "lead", [Role.LEAD], words)
    assert set_profile(session, "lead", {"rank": "Inspector"}).profile.rank == "Inspector"
    first = session.user.name
    session.close()
    with Session(Store.open(directory, "lead", words)) as lead:
        assert set_profile(lead, "lead", {"badge": "7"}).profile.rank == "Inspector"
        with pytest.raises(Refused):
            set_profile(lead, first, {"rank": "Constable"})
