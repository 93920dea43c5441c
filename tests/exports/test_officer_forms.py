"""What nobody stated is a line to fill in by hand."""

from __future__ import annotations

from triage.exports.officer_forms import describe_officer, make_officer_form, make_signature_form
from triage.model.users import Officer, Profile

BARE = Officer(user="a.khan", profile=Profile(), agency_name="", agency_address="", clock_source="")


def test_nothing_is_invented() -> None:
    values = [value for row in (*make_officer_form(BARE).rows, *make_signature_form(BARE, None).rows) for _, value in row]
    assert [value for value in values if value] == ["a.khan"]
    assert describe_officer(BARE) == "a.khan"


def test_both_sign_beside_each_other() -> None:
    named = Officer(
        user="b", profile=Profile(full_name="B", rank="R", badge="1"), agency_name="", agency_address="", clock_source=""
    )
    rows = make_signature_form(BARE, named).rows
    assert all(len(row) == 2 for row in rows)
    assert rows[0][1][1] == "B" and rows[1][1][1] == "R, 1"
    assert describe_officer(named) == "B, R, 1 (signed in as b)"
