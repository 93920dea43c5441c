from __future__ import annotations

from tests.priority.make import identifier, moment, report
from triage.priority import clocks

ADDRESS = identifier("ip", "203.0.113.9", time=moment("2026-09-01T12:00:00.5Z"))


def due(what: object) -> dict[str, str]:
    return {clock.name: clock.due for clock in clocks(what)}  # type: ignore[arg-type]


def test_a_year_from_receipt() -> None:
    (clock,) = clocks(report(received=moment("2026-10-01T05:00:00Z")))
    assert (clock.name, clock.due, clock.estimated) == ("provider data", "2027-10-01T05:00:00Z", False)
    assert "United States" in clock.basis


def test_ninety_days_before_the_report_act() -> None:
    assert due(report(received=moment("2024-05-06T23:59:59Z"))) == {"provider data": "2024-08-04T23:59:59Z"}
    assert due(report(received=moment("2024-05-07T00:00:00Z"))) == {"provider data": "2025-05-07T00:00:00Z"}


def test_an_estimated_receipt_makes_an_estimated_clock() -> None:
    (clock,) = clocks(report(received=moment(), received_estimated=True))
    assert clock.estimated
    assert "incident" in clock.basis


def test_operator_logs_run_from_the_latest_capture() -> None:
    earlier = identifier("ip", "203.0.113.10", time=moment("2026-03-01T00:00:00Z"))
    (clock,) = clocks(report(identifiers=(ADDRESS, earlier), incident_time=moment()))
    assert (clock.name, clock.due, clock.estimated) == ("operator traffic data", "2027-09-01T12:00:00Z", False)
    assert "ask anyway" in clock.basis


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
