"""Addresses with known answers. Each is the first of its network, which no line of a person has."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.locate.reports import ABROAD, JAZZ, PTCL, WHEN, identifier, of, report
from triage.locate.evidence import Evidence
from triage.locate.ip import ORDINARY, find_evidence, first_bits, look_up
from triage.locate.judge import locate
from triage.locate.rules import read_rules
from triage.locate.tables import read_announced_ranges, read_country_ranges, read_ipfire_ranges, read_operators
from triage.model.addresses import INSIDE, is_internal_address, parse_address
from triage.model.moment import Moment

SPECIAL_NETWORKS = [
    *INSIDE,
    *(
        ipaddress.ip_network(network)
        for network in (
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
            "3fff::/20", "5f00::/16", "fec0::/10",
        )
    ),
]  # fmt: skip
"""IANA's registries of special-purpose addresses."""


@pytest.mark.parametrize(
    ("address", "asn", "kind"),
    [
        ("39.32.0.0", 17557, "fixed"),
        ("154.80.0.0", 45669, "mobile"),
        ("223.123.0.0", 59257, "mobile"),
        ("37.111.128.0", 24499, "mobile"),
        ("119.155.160.0", 56167, "mobile"),
        ("118.107.128.0", 18053, "mixed"),
        ("121.52.144.0", 45773, "education"),
        ("153.117.0.0", 9541, "fixed"),
        ("2400:add0::", 9541, "fixed"),
        ("2402:e000::", 24499, "mobile"),
        ("2401:ba80::", 56167, "mobile"),
        ("2404:8300::", 18053, "mixed"),
    ],
)
def test_pakistani_operators(address: str, asn: int, kind: str) -> None:
    found = look_up(address)
    assert found is not None and found.operator is not None
    assert (found.rule, found.operator.asn, found.operator.kind) == ("ip.pakistan", asn, kind)
    assert f"AS{asn}" in str(found.says) and "both tables agree" in str(found.says)


@pytest.mark.parametrize(
    ("address", "country"),
    [("8.8.8.8", "US"), ("49.36.0.0", "IN"), ("2001:4860:4860::8888", "US"), ("2405:204::1", "IN")],
)
def test_other_countries_are_named(address: str, country: str) -> None:
    found = look_up(address)
    assert found is not None and (found.rule, found.country) == ("ip.abroad", country)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("203.0.113.9", "Documentation"),
        ("198.51.100.1", "Documentation"),
        ("2001:db8::1", "Documentation"),
        ("10.1.2.3", "Private"),
        ("192.168.0.1", "Private"),
        ("fd00::1", "Private"),
        ("fe80::1", "Private"),
        ("100.64.0.1", "operator's network"),
        ("127.0.0.1", "Loopback"),
        ("::1", "Loopback"),
        ("224.0.0.1", "Reserved"),
        ("240.0.0.1", "Reserved"),
        ("2002:2720::1", "Tunnel"),
    ],
)
def test_addresses_without_a_place_say_so_and_weigh_nothing(address: str, word: str) -> None:
    (piece,) = locate(report(identifier("ip", address)), {}).evidence
    assert word in str(piece.says)
    assert piece.weight == 0
    assert piece.country is None


def test_one_table_alone_weighs_less() -> None:
    first, second = look_up("38.10.168.0"), look_up("2.27.72.0")
    assert first is not None and second is not None
    assert first.rule == second.rule == "ip.one_table"
    assert "the other has it in" in str(second.says)


def test_space_announced_by_hosters_and_foreign_networks_is_a_possible_vpn() -> None:
    for address in ("117.134.203.0", "2a11:3787::", "116.197.156.0"):
        (piece,) = find_evidence([identifier("ip", address)])
        assert piece.rule == "ip.hosting"
        assert "possible VPN" in str(piece.says) and piece.points < read_rules().verdict.likely / 2


def test_spellings_of_one_address() -> None:
    assert str(parse_address("::ffff:39.32.0.0")) == "39.32.0.0"
    padded = look_up("2400:ADD0:0000:0000:0000:0000:0000:0000")
    assert padded is not None and padded == look_up("2400:add0::")
    assert parse_address("fe80::1%eth0") is not None
    assert parse_address("39.32.0") is None
    assert look_up("no address") is None


def test_a_flagged_proxy_weighs_less() -> None:
    (piece,) = find_evidence([identifier("ip", PTCL, possible_proxy=True)])
    assert piece.rule == "ip.proxy" and piece.points < read_rules().weights["ip.pakistan"].points
    (piece,) = find_evidence([identifier("ip", ABROAD, possible_proxy=True)])
    assert piece.rule == "ip.abroad_proxy"


def test_a_foreign_address_beside_pakistani_ones_of_the_same_person_weighs_little() -> None:
    pieces = {p.value: p.rule for p in find_evidence([identifier("ip", PTCL), identifier("ip", ABROAD)])}
    assert pieces[ABROAD] == "ip.abroad_mixed"
    pieces = {p.value: p.rule for p in find_evidence([identifier("ip", PTCL, "victim"), identifier("ip", ABROAD)])}
    assert pieces[ABROAD] == "ip.abroad"


def test_shared_lines_need_port_and_second_and_that_earns_nothing() -> None:
    bare, server, full = (
        next(find_evidence([identifier("ip", "154.80.0.0", port=port, time=WHEN)])) for port in (None, 5222, 40123)
    )
    assert "the source port is missing" in str(bare.why)
    assert "probably the server's" in str(server.why)
    assert "both are stated" in str(full.why)
    assert bare.points == server.points == full.points


@pytest.mark.parametrize("port", [80, 443, 5222, 22, 993])
def test_no_line_has_a_source_port_of_a_server(port: int) -> None:
    (found,) = find_evidence([identifier("ip", JAZZ, port=port, time=WHEN)])
    assert f"port {port} is probably the server's" in str(found.why)


def test_a_second_without_a_zone_may_be_hours_off() -> None:
    (found,) = find_evidence([identifier("ip", JAZZ, port=40123, time=Moment(WHEN.utc, "2026-01-04 14:00:07", "assumed UTC"))])
    assert "the port is given, the second is given, but no time zone" in str(found.why)


def test_a_day_is_no_second() -> None:
    (found,) = find_evidence([identifier("ip", JAZZ, port=40123, time=Moment("2026-01-04T14:00:00Z", "2026-01-04 14:00"))])
    assert "the port is given, the second is missing" in str(found.why)


def test_what_is_missing_is_named_and_never_what_is_given() -> None:
    said = {
        (port, text): str(next(find_evidence([identifier("ip", JAZZ, port=port, time=time)])).why).rpartition("; ")[2]
        for port in (None, 40123)
        for text, time in (
            ("none", None),
            ("second", WHEN),
            ("minute", Moment("2026-01-04T14:00:00Z", "2026-01-04 14:00")),
            ("no zone", Moment(WHEN.utc, "2026-01-04 14:00:07", "assumed UTC")),
        )
    }
    assert said == {
        (None, "none"): "both are missing.",
        (None, "second"): "the source port is missing.",
        (None, "minute"): "the source port is missing, and the second is missing.",
        (None, "no zone"): "the source port is missing, and the second is given, but no time zone.",
        (40123, "none"): "the port is given, the time is missing.",
        (40123, "second"): "both are stated.",
        (40123, "minute"): "the port is given, the second is missing.",
        (40123, "no zone"): "the port is given, the second is given, but no time zone.",
    }


@pytest.mark.parametrize(
    ("address", "tunnel"),
    [("2002:2720:0:1::9", "6to4"), ("64:ff9b::2720:0", "NAT64"), ("2001:0:5ef5:79fd:0:59d:d8df:ffff", "Teredo")],
)
def test_a_tunnels_address_points_to_the_one_it_holds_and_earns_nothing(address: str, tunnel: str) -> None:
    (found,) = find_evidence([identifier("ip", address)])
    assert found.points == 0 and tunnel in str(found.says)
    assert "39.32.0.0" in str(found.says) and "AS17557" in str(found.says)


def test_ncmecs_own_table_is_a_second_source() -> None:
    def asked(address: str, country: str) -> Evidence:
        return next(find_evidence([identifier("ip", address, details=(("ncmecGeoCountry", country),))]))

    agreed, elsewhere, only, abroad = asked(PTCL, "PK"), asked(PTCL, "DE"), asked(ABROAD, "PK"), asked(ABROAD, "US")
    assert agreed.rule == "ip.pakistan" and "NCMEC's own table: PK" in str(agreed.says)
    assert 0 < elsewhere.points < agreed.points and "NCMEC's own table: DE" in str(elsewhere.says)
    assert 0 < only.points < elsewhere.points
    assert abroad.rule == "ip.abroad"
    found = locate(report(identifier("ip", ABROAD, details=(("ncmecGeoCountry", "PK"),))), {})
    assert found.verdict == "unclear" and found.foreign == ("US",)


def test_twenty_logins_at_one_operator_are_one_piece_of_evidence() -> None:
    logins = [identifier("ip", f"39.32.{n}.0", time=WHEN) for n in range(20)]
    found = locate(report(*logins), {})
    assert len(found.evidence) == 20
    assert found.total == read_rules().weights["ip.pakistan"].points
    once = locate(report(*[identifier("ip", PTCL, time=WHEN)] * 20), {})
    assert len(once.evidence) == 1 and "captured 20 times" in str(once.evidence[0].says)


def test_two_operators_say_more_than_one_but_no_more_than_the_cap() -> None:
    found = locate(report(identifier("ip", PTCL), identifier("ip", JAZZ), identifier("ip", "223.123.0.0")), {})
    assert found.total == read_rules().groups["ip"].most_for


def test_an_address_never_names_a_province_and_sco_only_hints() -> None:
    for address in (PTCL, "118.107.128.0"):
        found = locate(report(identifier("ip", address)), {})
        assert found.in_pakistan is True
        assert found.province is None and found.office == "HQ"
    assert "possibly one of the two" in str(found.evidence[0].says)


def test_an_uploads_address_speaks_of_the_reported_user_and_says_that_this_is_assumed() -> None:
    found = locate(report(identifier("ip", PTCL, "file", file="name:kite.jpg")), {})
    assert of(found, "suspect").in_pakistan is True
    assert "is assumed" in str(found.evidence[0].against)


@given(st.integers(0, 2**32 - 1))
def test_bisection_agrees_with_a_plain_search(number: int) -> None:
    table = read_announced_ranges(4)
    at = [value for first, last, value in zip(table.first, table.last, table.values, strict=True) if first <= number <= last]
    assert ([table.find(number)] if at else None) == (at or None)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_every_address_has_a_finding(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    found = look_up(str(address))
    assert found is not None and found.says


SPECIAL = ("private", "reserved", "multicast", "loopback", "unspecified", "link_local")


@given(st.ip_addresses() | st.sampled_from(SPECIAL_NETWORKS).flatmap(lambda network: st.ip_addresses(network=network)))
def test_beginnings_without_special_networks_have_none(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """What is told at once from its first bits is what all tests would say; every special network is tried."""
    at_once = first_bits(address) in ORDINARY[address.version]
    special = not address.is_global or any(getattr(address, f"is_{name}") for name in SPECIAL)
    tunnel = isinstance(address, ipaddress.IPv6Address) and (address.sixtofour or address.teredo)
    assert not (at_once and (special or tunnel))
    inside = any(address.version == network.version and address in network for network in INSIDE)
    assert is_internal_address(address) is inside


def test_tables_are_sorted_and_disjoint() -> None:
    for table in (read_announced_ranges(4), read_announced_ranges(6), read_ipfire_ranges(4), read_ipfire_ranges(6)):
        assert all(a <= b for a, b in zip(table.first, table.last, strict=True))
        assert all(last < first for last, first in zip(table.last, table.first[1:], strict=False))
    for version in (4, 6):
        bounds = read_country_ranges(version).bounds
        assert list(bounds) == sorted(set(bounds))
        assert len(read_country_ranges(version).which) == len(bounds)
    assert {o.kind for o in read_operators().values()} <= {
        "mobile", "fixed", "mixed", "backbone", "education", "government", "office", "hosting", "foreign", "other",
    }  # fmt: skip
