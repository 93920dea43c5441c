"""What a condition of reach sees, asked directly: how near an address lies to the incident, and what other reports share."""

from __future__ import annotations

import pytest

from tests.priority.make import HERE, around, identifier, moment, report
from triage.model.judgement import Link, Surroundings
from triage.model.report import Report
from triage.priority.case import Case, case_of
from triage.priority.conditions.reach import address_near_incident, address_with, has_identifier, has_verified, tied_reports
from triage.priority.rules import shipped


def case(what: Report, stored: Surroundings | None = None) -> Case:
    return case_of(what, HERE, {}, stored or around(), shipped().roles)


@pytest.mark.parametrize(
    ("captured", "share"),
    [
        (("2026-10-01T05:00:00Z",), 1.0),
        (("2026-10-10T05:00:00Z",), 0.9),
        (("2026-08-17T05:00:00Z",), 0.5),
        (("2026-08-17T05:00:00Z", "2026-09-28T05:00:00Z"), 1 - 3 / 90),
        (("2026-12-30T04:59:00Z",), pytest.approx(0, abs=1e-4)),
        (("2026-12-30T05:00:00Z",), None),
        ((), None),
    ],
)
def test_the_nearest_capture_counts_by_its_share_of_the_days(captured: tuple[str, ...], share: float | None) -> None:
    addresses = tuple(identifier("ip", f"203.0.113.{n}", time=moment(when)) for n, when in enumerate(captured))
    seen = address_near_incident.ask(case(report(incident_time=moment("2026-10-01T05:00:00Z"), identifiers=addresses)), 90.0)
    assert (None if seen is None else seen.amount) == (share if not isinstance(share, float) else pytest.approx(share))


def test_without_a_time_of_the_incident_no_capture_is_near() -> None:
    captured = identifier("ip", "203.0.113.1", time=moment())
    assert address_near_incident.ask(case(report(identifiers=(captured,))), 90.0) is None


def test_other_reports_count_once_from_the_strength_on() -> None:
    links = tuple(
        Link(report_id=number, via="phone", value="+923000000777", strength=strength)
        for number, strength in (("1", 60), ("1", 90), ("2", 61), ("3", 59))
    )
    seen = tied_reports.ask(case(report(), around(links=links)), 60.0)
    assert seen is not None and seen.amount == 2.0 and "2 reports" in str(seen.value)
    assert tied_reports.ask(case(report(), around(links=links[3:])), 60.0) is None


def test_identifiers_of_the_named_kinds_count_once_by_their_normal_form() -> None:
    what = report(
        identifiers=(
            identifier("phone", "0300 0000777", normalised="+923000000777"),
            identifier("phone", "+92 300 0000777", normalised="+923000000777", verified=True),
            identifier("email", "kite@mail.example.invalid", verified=False),
            identifier("email", "named@mail.example.invalid", role="mentioned", verified=True),
        )
    )
    for condition, kinds, number in (
        (has_identifier, ("phone",), 1.0),
        (has_identifier, ("phone", "email"), 2.0),
        (has_identifier, ("cnic",), None),
        (has_verified, ("phone", "email"), 1.0),
        (has_verified, ("email",), None),
    ):
        seen = condition.ask(case(what), kinds)
        assert (None if seen is None else seen.amount) == number, (condition.name, kinds)


def test_captures_of_one_address_are_told_from_addresses() -> None:
    spelled = ("2001:db8::7", "2001:0db8:0::7")
    what = report(identifiers=tuple(identifier("ip", each, normalised="2001:db8::7", time=moment()) for each in spelled))
    seen = address_with.ask(case(what), ("time",))
    assert seen is not None and str(seen.value) == "2 captures of 1 address"
