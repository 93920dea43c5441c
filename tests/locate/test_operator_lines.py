"""What the tables say of an address or number, beside the value: operator, sharing, and how sure they are."""

from __future__ import annotations

import pytest

from triage.locate.ip import look_up
from triage.locate.operator_lines import describe_line


def test_an_address_of_a_mobile_operator_is_shared_and_sure() -> None:
    facts = describe_line("ip", "119.160.40.165")
    assert facts is not None
    assert facts.name is not None and "Jazz" in facts.name
    assert (facts.shared, str(facts.sharing), facts.sure, facts.country) == ("shared", "shared address", True, "PK")
    assert str(facts.line) == "mobile"


def test_an_address_abroad_says_so_and_nothing_of_sharing() -> None:
    facts = describe_line("ip", "8.8.8.8")
    assert facts is not None
    assert (facts.name, facts.shared, facts.sure) == (None, "unknown", None)
    assert facts.country == "US"
    assert not facts.sharing


def test_sharing_that_nobody_knows_is_not_a_no() -> None:
    finding = look_up("203.0.113.9")
    facts = describe_line("ip", "203.0.113.9")
    assert finding is not None and facts is not None
    assert facts.shared == "unknown", "an address for documentation belongs to nobody"


def test_ipv6_is_seldom_shared() -> None:
    facts = describe_line("ip", "2402:ad80:4692:95ba:833:f672:3887:59b2")
    assert facts is not None
    assert facts.shared == "not shared" and str(facts.sharing) == "IPv6, seldom shared"


@pytest.mark.parametrize(
    ("number", "name", "line"),
    [
        ("+92 345 0000483", "Telenor", "mobile; numbers can be carried"),
        ("+92 21 34000144", None, "landline of Karachi"),
        ("+1 202 555 0100", None, ""),
    ],
)
def test_numbers(number: str, name: str | None, line: str) -> None:
    facts = describe_line("phone", number)
    assert facts is not None
    assert facts.name == name
    assert str(facts.line).startswith(line)


@pytest.mark.parametrize(("kind", "value"), [("ip", "not an address"), ("email", "a@example.invalid"), ("phone", "x")])
def test_what_no_table_knows_is_left_out(kind: str, value: str) -> None:
    assert describe_line(kind, value) is None
