from __future__ import annotations

import pytest

from tests.priority.make import identifier, moment, report
from triage.model.moment import Moment
from triage.priority import clocks

ADDRESS = identifier("ip", "203.0.113.9", time=moment("2026-09-01T12:00:00.5Z"))


def due(what: object) -> dict[str, str]:
    return {clock.name: clock.due for clock in clocks(what)}  # type: ignore[arg-type]


@pytest.mark.parametrize("esp", ["Instagram, Inc.", "X Corp", "Snap Inc.", "Microsoft BingImage", "WhatsApp Inc."])
def test_a_year_from_receipt_for_a_provider_in_the_united_states(esp: str) -> None:
    (clock,) = clocks(report(received=moment("2026-10-01T05:00:00Z"), esp=esp))
    assert (clock.name, clock.due, clock.estimated) == ("provider data", "2027-10-01T05:00:00Z", False)
    assert "is based in the United States" in str(clock.basis)


@pytest.mark.parametrize("esp", [None, "Lantern Chat", "Snapfish", "Xcorporate", "Applebaum"])
def test_of_other_providers_nobody_knows_and_the_clock_says_so(esp: str | None) -> None:
    (clock,) = clocks(report(received=moment("2026-10-01T05:00:00Z"), esp=esp))
    assert (clock.due, clock.estimated) == ("2027-10-01T05:00:00Z", True)
    assert "where this one is based is not known" in str(clock.basis)


def test_ninety_days_before_the_report_act() -> None:
    assert due(report(received=moment("2024-05-06T23:59:59Z"))) == {"provider data": "2024-08-04T23:59:59Z"}
    assert due(report(received=moment("2024-05-07T00:00:00Z"))) == {"provider data": "2025-05-07T00:00:00Z"}


def test_an_estimated_receipt_makes_an_estimated_clock() -> None:
    (clock,) = clocks(report(received=moment(), received_estimated=True))
    assert clock.estimated
    assert "incident" in str(clock.basis)


def test_a_complaint_binds_no_provider() -> None:
    """The duty begins with a provider's report to NCMEC. A complaint was received by the agency."""
    assert due(report(received=moment("2026-10-01T05:00:00Z"), esp="Instagram, Inc.", from_tipline=False)) == {}


def test_a_leap_day_is_a_day() -> None:
    assert due(report(received=moment("2027-06-01T00:00:00Z"))) == {"provider data": "2028-05-31T00:00:00Z"}


def test_a_zone_is_taken_into_account() -> None:
    """Three in the morning of 7 May in Pakistan is still 6 May in UTC."""
    there = Moment("2024-05-06T22:00:00Z", "2024-05-07T03:00:00+05:00")
    assert due(report(received=there)) == {"provider data": "2024-08-04T22:00:00Z"}


def test_operator_logs_run_from_the_capture_of_the_act_and_not_from_a_later_log_in() -> None:
    upload = identifier("ip", "203.0.113.11", event="Upload", time=moment("2026-05-02T00:00:00Z"))
    log_in = identifier("ip", "203.0.113.10", event="Login", time=moment("2026-09-01T00:00:00Z"))
    (clock,) = clocks(report(identifiers=(upload, log_in), incident_time=moment("2026-05-01T00:00:00Z")))
    assert (clock.due, clock.estimated) == ("2027-05-02T00:00:00Z", False)
    assert "nearest to the incident" in str(clock.basis)
    registered = identifier("ip", "203.0.113.12", event="Registration", time=moment("2019-01-01T00:00:00Z"))
    (clock,) = clocks(report(identifiers=(registered, log_in), incident_time=moment("2026-08-30T00:00:00Z")))
    assert clock.due == "2027-09-01T00:00:00Z"
    (clock,) = clocks(report(identifiers=(registered, log_in)))
    assert (clock.due, "latest capture" in str(clock.basis)) == ("2027-09-01T00:00:00Z", True)


def test_operator_logs_run_from_the_nearest_capture() -> None:
    earlier = identifier("ip", "203.0.113.10", time=moment("2026-03-01T00:00:00Z"))
    (clock,) = clocks(report(identifiers=(ADDRESS, earlier), incident_time=moment()))
    assert (clock.name, clock.due, clock.estimated) == ("operator traffic data", "2027-09-01T12:00:00Z", False)
    assert "ask even after it has passed" in str(clock.basis)


def test_without_a_timed_capture_they_run_from_the_incident() -> None:
    (clock,) = clocks(report(identifiers=(identifier("ip", "203.0.113.9"),), incident_time=moment("2026-08-01T00:00:00Z")))
    assert (clock.due, clock.estimated) == ("2027-08-01T00:00:00Z", True)
    (clock,) = clocks(report(identifiers=(identifier("phone", "+923000000123"),), incident_time=moment("2026-08-01T00:00:00Z")))
    assert clock.name == "operator traffic data"


def test_nothing_to_ask_an_operator_for_runs_nothing() -> None:
    theirs = identifier("ip", "203.0.113.9", role="reporter", time=moment())
    mentioned = identifier("ip", "203.0.113.9", role="mentioned", time=moment())
    abroad = identifier("phone", "+12025550100")
    assert clocks(report(identifiers=(theirs, mentioned, abroad), incident_time=moment())) == ()


def test_the_first_to_run_out_comes_first() -> None:
    names = [clock.name for clock in clocks(report(identifiers=(ADDRESS,), received=moment()))]
    assert names == ["operator traffic data", "provider data"]
