"""Log-ins near the incident count more than old ones."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.locate.reports import ABROAD, JAZZ, PTCL, identifier, of, report
from triage.locate.judge import locate
from triage.locate.rules import PlaceRules, read_rules
from triage.model.document import Identifier
from triage.model.judgement import Location
from triage.model.moment import Moment, make_moment, parse_utc
from triage.resources import resource

INCIDENT = Moment("2026-01-04T14:00:00Z", "2026-01-04T14:00:00Z")


def capture(address: str, days: float, role: str = "suspect") -> Identifier:
    when = parse_utc(INCIDENT.utc) + timedelta(days=days)
    return identifier("ip", address, role, time=make_moment(when, when.isoformat()))  # type: ignore[arg-type]


def seen(*items: Identifier) -> Location:
    found = locate(report(*items, incident_time=INCIDENT), {})
    assert found.total == sum(e.weight for e in found.evidence)
    return found


@pytest.mark.parametrize(
    ("days", "weight"),
    [(0, 40), (-7, 40), (7, 40), (-8, 36), (-30, 36), (-31, 30), (-365, 30), (-366, 20), (-4_000, 20), (366, 20)],
)
def test_the_days_between_capture_and_incident_weigh(days: int, weight: int) -> None:
    assert seen(capture(PTCL, days)).total == weight


def test_the_reason_says_the_days() -> None:
    assert "on the day of the incident" in str(seen(capture(PTCL, -0.5)).evidence[0].why)
    old = str(seen(capture(PTCL, -400)).evidence[0].why)
    assert "Days from the capture to the incident: 400." in old and "50 %" in old
    assert "Days from the incident to the capture: 12." in str(seen(capture(PTCL, 12)).evidence[0].why)


def test_without_a_time_an_address_counts_whole() -> None:
    assert seen(identifier("ip", PTCL)).total == 40
    assert locate(report(capture(PTCL, -400)), {}).total == 40


def test_of_several_captures_the_nearest_counts() -> None:
    assert seen(capture(PTCL, -900), capture(PTCL, -2), capture(PTCL, 500)).total == 40
    assert seen(capture(PTCL, -900), capture("39.32.0.1", -2)).total == 40, "two addresses of one operator are one source"


def test_an_old_pakistani_login_does_not_outweigh_one_from_abroad_at_the_incident() -> None:
    now_abroad = seen(capture(PTCL, -900), capture(ABROAD, 0))
    now_here = seen(capture(PTCL, 0), capture(ABROAD, -900))
    assert of(now_abroad, "suspect").verdict == "unclear"
    assert of(now_here, "suspect").verdict == "likely"
    assert (now_here.total, now_abroad.total) == (38, 0)


def test_an_old_login_from_abroad_is_still_all_that_is_known() -> None:
    assert seen(capture(ABROAD, -900)).verdict == "no"


def test_each_person_is_weighed_by_the_own_log_ins() -> None:
    found = seen(capture(PTCL, -900), capture(JAZZ, -1, "victim"))
    assert (of(found, "suspect").total, of(found, "victim").total) == (20, 40)


@given(st.integers(-20_000, 20_000), st.integers(-20_000, 20_000))
def test_nearer_never_counts_less(one: int, other: int) -> None:
    near, far = sorted((one, other), key=abs)
    assert seen(capture(PTCL, near)).total >= seen(capture(PTCL, far)).total


def test_steps_that_do_not_fall_are_refused() -> None:
    source = resource("rules", "place.toml").read_text(encoding="utf-8")
    assert read_rules().age.percent(0) == 100
    for old, new in (
        ("older = 50", "older = 95"),
        ("days = 7,", "days = 70,"),
        ("percent = 90", "percent = 110"),
        ("older = 50", "older = -1"),
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.toml.decode(source.replace(old, new), type=PlaceRules)
