"""The policy of the office: defaults, what is set, and a value that another version wrote."""

from __future__ import annotations

import pytest

from triage.errors import Refused, StoreError
from triage.jobs.policy import SETTINGS, OfficePolicy, format_policy, read_policy, set_policy
from triage.jobs.session import Session
from triage.store.queries import policies


def test_each_choice_of_each_policy_is_set_and_read(session: Session) -> None:
    assert read_policy(session) == OfficePolicy()
    for each in SETTINGS:
        for choice in each.choices or ("Child Protection Cell, Islamabad",):
            set_policy(session, each.name, format_policy(OfficePolicy(**{each.field: choice}))[each.name])
            assert getattr(read_policy(session), each.field) == choice


def test_unknown_names_and_values_are_refused(session: Session) -> None:
    with pytest.raises(Refused, match="no policy 'colour'"):
        set_policy(session, "colour", "green")
    with pytest.raises(Refused, match="takes one of: no, yes"):
        set_policy(session, "receipt-required", "maybe")
    for text in ("a" * 201, "a\u202eb", "a\ud800"):
        with pytest.raises(Refused, match="one plain line of at most 200 characters"):
            set_policy(session, "agency-name", text)


def test_a_line_of_text_is_cleaned_and_never_stands_in_the_audit_log(session: Session) -> None:
    set_policy(session, "agency-name", "  Example \n Agency ")
    assert read_policy(session).agency_name == "Example Agency"
    entry = session.store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")
    assert "policy set" in str(entry) and "Example" not in str(entry)


def test_a_value_that_this_version_does_not_know_is_not_taken_for_the_default(session: Session) -> None:
    with session.store.batch() as batch:
        policies.save_policy(batch, "receipt-required", "always")
    with pytest.raises(StoreError, match=r"receipt-required has the unknown value 'always'.*triage policy set"):
        read_policy(session)
    set_policy(session, "receipt-required", "yes")
    assert read_policy(session).receipt_required
