"""Judges IP addresses by two range tables: the country, the operator, and whether lines share an address.

An address is never evidence of a province: city tables put half of Pakistan into Islamabad. Only the Special Communications
Organization serves one region alone (AJK and Gilgit-Baltistan). That points to one of two, so the province stays open.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from triage.locate.evidence import CAPTURED_WITH_FILE, Evidence, find_subject, make_evidence
from triage.locate.rules import read_rules
from triage.locate.tables import Operator, Version, read_announced_ranges, read_country_ranges, read_ipfire_ranges, read_operators
from triage.message import NOTHING, Message, join
from triage.model.addresses import Address, is_server_port, parse_address
from triage.model.document import Identifier
from triage.model.judgement import Of
from triage.model.moment import Moment, parse_utc
from triage.resources import reads_tables

SCO = 18053
_DAY = 86_400  # seconds
SCO_SERVES = Message("this operator serves only AJK and Gilgit-Baltistan (administered by Pakistan): possibly one of the two")

_MAY_SHARE = Message("Lines may share one address")
_SHARED = {
    "certain": Message("Many lines share one address"),
    "likely": Message("Many lines probably share one address"),
    "campus": Message("A campus shares one address"),
    "office": Message("An office shares one address"),
    "possible": _MAY_SHARE,
}
LINE_TYPES = {
    "mixed": Message("mobile and fixed"),
    "mobile": Message("mobile"),
    "fixed": Message("fixed"),
    "backbone": Message("backbone"),
    "education": Message("education"),
    "government": Message("government"),
    "office": Message("office"),
    "other": Message("line type not known"),
    "foreign": Message("foreign network"),
    "hosting": Message("hosting"),
}
"""The kind of an operator -> what its lines are called."""
_AT_HOME = frozenset({"ip.pakistan", "ip.unannounced", "ip.one_table"})
_NOT_HERE = frozenset({"ip.abroad", "ip.abroad_mixed", "ip.unknown"})
_NO_LINES = frozenset({"hosting", "foreign"})


class Finding(msgspec.Struct, frozen=True, gc=False):
    """The answer of the tables on one address. `rule` leaves proxies and the person's other addresses out of account."""

    address: str
    rule: str
    says: Message
    source: str
    operator: Operator | None = None
    country: str | None = None


class _Capture(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """All captures of one address for one person."""

    of: Of
    value: str
    finding: Finding
    proxy: bool
    times: int
    usable_port: bool
    server_port: int | None
    missing: Message
    """What a capture lacks by which an operator could name the line; the capture that lacks least speaks."""
    with_file: bool
    days: int | None
    """Days from the incident to the nearest capture, negative before it; None when either has no time."""
    ncmec: str | None
    """The country in NCMEC's own table of the report, when it names one."""


@reads_tables
@lru_cache(maxsize=65_536)
def look_up(text: str) -> Finding | None:
    """Looks an address up in the tables; returns None when `text` is no address."""
    address = parse_address(text)
    if address is None:
        return None
    shown = address.compressed
    nowhere = _explain_nowhere(address)
    if nowhere:
        return Finding(shown, "ip.nowhere", nowhere, shown)
    version: Version = 4 if address.version == 4 else 6
    number = int(address)
    asn, second = read_announced_ranges(version).find(number), read_ipfire_ranges(version).find(number) is not None
    if asn is None and not second:
        country = read_country_ranges(version).find(number)
        if country is None:
            return Finding(shown, "ip.unknown", Message("Outside the Pakistani tables, country not known"), "unknown")
        says = Message("Outside the Pakistani tables, registered in {country}", country=country)
        return Finding(shown, "ip.abroad", says, f"abroad {country}", country=country)
    if asn is not None and second:
        return _find_pakistani(shown, asn, Message("both tables agree"))
    other = None if asn is not None else read_country_ranges(version).find(number)
    tables = Message("one of two tables, the other has it in {country}", country=other) if other else Message("one of two tables")
    return _find_pakistani(shown, asn or 0, tables, agreed=False)


def _find_pakistani(shown: str, asn: int, tables: Message, *, agreed: bool = True) -> Finding:
    operator, rule, says = _describe_pakistani(asn, tables, agreed)
    return Finding(shown, rule, says, f"AS{asn}" if operator else shown, operator, "PK")


@reads_tables
@lru_cache(maxsize=1_024)
def _describe_pakistani(asn: int, tables: Message, agreed: bool) -> tuple[Operator | None, str, Message]:
    """Returns the operator, the rule and the sentence: the same for all addresses of an operator."""
    operator = read_operators().get(asn)
    name = Message("operator not known")
    if operator:
        name = Message("{operator} (AS{asn}, {kind})", operator=operator.name, asn=str(asn), kind=LINE_TYPES[operator.kind])
    says = Message("Pakistani address: {operator}; {tables}", operator=name, tables=tables)
    if asn == SCO:
        says = join(says, SCO_SERVES, by="; ")
    if operator and operator.kind in _NO_LINES:
        rule = "ip.hosting"
        says = Message(
            "Registered in Pakistan, announced by {operator}: possible VPN or server; {tables}",
            operator=name,
            tables=tables,
        )
    elif not agreed:
        rule = "ip.one_table"
    else:
        rule = "ip.pakistan" if operator else "ip.unannounced"
    return operator, rule, says


def first_bits(address: Address) -> int:
    """Returns the first eight bits, or sixteen of an IPv6 address."""
    return address.packed[0] if address.version == 4 else int(address) >> 112


def _explain_nowhere(address: Address) -> Message:
    """Returns why an address has no place; nothing when it may have one."""
    if first_bits(address) in ORDINARY[address.version]:
        return NOTHING
    if address in _DOCUMENTATION[address.version]:
        return Message("Documentation address: reserved for examples, not on any network")
    tunnel = _find_tunnel(address)
    if tunnel:
        return Message(
            "Tunnel address ({kind}) for {address}: ask about that address too ({found})",
            kind=tunnel[0],
            address=tunnel[1],
            found=_describe_address(tunnel[1]),
        )
    if isinstance(address, ipaddress.IPv4Address) and address in _CARRIER:
        return Message("Address inside an operator's network (100.64.0.0/10): only that operator knows it")
    if address.is_loopback or address.is_unspecified:
        return Message("Loopback address: not on any network")
    if address.is_link_local or (address.is_private and not address.is_reserved):
        return Message("Private address: inside a home or company network")
    if address.is_multicast or address.is_reserved or not address.is_global:
        return Message("Reserved address: not a line")
    return NOTHING


def _find_tunnel(address: Address) -> tuple[str, str] | None:
    """Returns the kind of tunnel or translation that an IPv6 address belongs to, and the IPv4 address of the line in it."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _TRANSLATED:
        return "NAT64", str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    if address.sixtofour:
        return "6to4", str(address.sixtofour)
    return ("Teredo", str(address.teredo[1])) if address.teredo else None


def _describe_address(address: str) -> Message:
    found = look_up(address)
    return found.says if found else Message("not an address")


class _Networks:
    """Membership in any of a few networks."""

    def __init__(self, *networks: str) -> None:
        self._networks = tuple(ipaddress.ip_network(n) for n in networks)

    def __contains__(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


_DOCUMENTATION = {
    4: _Networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
    6: _Networks("2001:db8::/32", "3fff::/20"),
}
_CARRIER = _Networks("100.64.0.0/10")
_TRANSLATED = _Networks("64:ff9b::/96")
ORDINARY = {
    4: frozenset(range(1, 224)) - {10, 100, 127, 169, 172, 192, 198, 203},
    6: frozenset(range(0x2400, 0x2C10)) - {0x2620},
}
"""First bits under which no network is special: those of nearly all addresses."""


def find_evidence(identifiers: Iterable[Identifier], incident: Moment | None = None) -> Iterator[Evidence]:
    """Yields one item for each address of each person, however often it was captured.

    Old captures count less than those near the incident. An address abroad loses points only when the same person used a
    Pakistani one: by its age, and beside a Pakistani one that is as near to the incident.
    """
    captures = list(_group_captures(identifiers, incident))
    at_home: dict[Of, int] = {}
    for capture in captures:
        if capture.finding.rule in _AT_HOME and not capture.proxy:
            at_home[capture.of] = max(at_home.get(capture.of, 0), _find_share(capture))
    for capture in captures:
        yield _weigh_capture(capture, at_home.get(capture.of))


def _find_share(capture: _Capture) -> int:
    return 100 if capture.days is None else read_rules().age.percent(abs(capture.days))


def _count_days(incident: Moment | None, items: Iterable[Identifier]) -> int | None:
    """Returns the days from the incident to the nearest of the captures; of two as near, to the earlier one."""
    if incident is None:
        return None
    start = _read_seconds(incident.utc)
    seconds = [_read_seconds(item.time.utc) - start for item in items if item.time]
    return int(min(seconds, key=lambda apart: (abs(apart), apart)) / _DAY) if seconds else None


@lru_cache(maxsize=4_096)
def _read_seconds(utc: str) -> float:
    """Returns the seconds of a time since 1970."""
    return parse_utc(utc).timestamp()


def _group_captures(identifiers: Iterable[Identifier], incident: Moment | None) -> Iterator[_Capture]:
    together: dict[tuple[Of, str], list[tuple[Identifier, Finding]]] = {}
    for item in identifiers:
        of = find_subject(item.role)
        finding = look_up(item.normalised or item.value) if item.kind == "ip" and of else None
        if of and finding:
            together.setdefault((of, finding.address), []).append((item, finding))
    for (of, address), found in together.items():
        items = [i for i, _ in found]
        ports = {i.port for i in items if i.port and i.time and i.time.to_the_second and i.time.zone == "stated"}
        yield _Capture(
            of=of,
            value=address,
            finding=found[0][1],
            proxy=any(i.possible_proxy for i in items),
            times=len(found),
            usable_port=any(not is_server_port(port) for port in ports),
            server_port=min(filter(is_server_port, ports), default=None),
            missing=min([_describe_missing(*lacks) for lacks in {_find_missing(i) for i in items}])[1],
            days=_count_days(incident, items),
            with_file=all(i.role == "file" for i in items),
            ncmec=_find_ncmec_country(items),
        )


def _find_missing(capture: Identifier) -> tuple[bool, bool, bool, bool]:
    """Returns whether a capture has a time, to the second, with a stated zone, and a port."""
    when = capture.time
    if when is None:
        return False, False, False, bool(capture.port)
    return True, when.to_the_second, when.zone == "stated", bool(capture.port)


@lru_cache(maxsize=16)
def _describe_missing(timed: bool, to_the_second: bool, zoned: bool, port: bool) -> tuple[int, Message]:
    """Returns how many things a capture lacks by which an operator could name the line, and which."""
    if not timed:
        return (
            (1, Message("the port is given, {but}", but=Message("the time is missing")))
            if port
            else (2, Message("both are missing"))
        )
    lacks = NOTHING
    if not to_the_second:
        lacks = Message("the second is missing")
    elif not zoned:
        lacks = Message("the second is given, but no time zone")
    if not port:
        return (2, Message("the source port is missing, and {also}", also=lacks)) if lacks else (1, _NO_PORT)
    return (1, Message("the port is given, {but}", but=lacks)) if lacks else (0, NOTHING)


_NO_PORT = Message("the source port is missing")


def _find_ncmec_country(captures: Iterable[Identifier]) -> str | None:
    named = {value.upper() for item in captures for name, value in item.details if name == "ncmecGeoCountry"}
    return next(iter(named)) if len(named) == 1 else None


def _weigh_capture(capture: _Capture, at_home: int | None) -> Evidence:
    """Returns the evidence of one address; `at_home` is the share that the person's nearest Pakistani address counts."""
    finding = capture.finding
    share = _find_share(capture)
    mixed = at_home is not None and at_home >= share
    rule = finding.rule
    if rule == "ip.abroad" and (capture.proxy or mixed):
        rule = "ip.abroad_proxy" if capture.proxy else "ip.abroad_mixed"
    elif capture.proxy and rule in _AT_HOME:
        rule = "ip.proxy"
    if capture.ncmec == "PK" and rule in _NOT_HERE:
        rule = "ip.ncmec_only"
    elif capture.ncmec not in (None, "PK") and rule in _AT_HOME:
        rule = "ip.ncmec_elsewhere"
    says = [finding.says]
    if capture.ncmec and finding.rule != "ip.nowhere":
        says.append(Message("NCMEC's own table: {country}", country=capture.ncmec))
    if capture.times > 1:
        says.append(Message("captured {n} times", n=capture.times))
    percent = share if finding.country == "PK" or at_home is not None else 100
    return make_evidence(
        rule,
        percent=percent,
        group="ip",
        kind="ip",
        value=capture.value,
        of=capture.of,
        says=join(*says, by="; "),
        source=finding.source,
        why=join(_describe_age(capture.days, percent) if finding.rule != "ip.nowhere" else NOTHING, _describe_line(capture)),
        against=CAPTURED_WITH_FILE if capture.with_file and finding.country else NOTHING,
        country=finding.country,
    )


@lru_cache(maxsize=1_024)
def _describe_age(days: int | None, percent: int) -> Message:
    """Says how many days the capture is from the incident, and what share of its points that leaves."""
    if days is None:
        return NOTHING
    apart = Message("It was captured on the day of the incident.")
    if days < 0:
        apart = Message("Days from the capture to the incident: {n}.", n=-days)
    elif days:
        apart = Message("Days from the incident to the capture: {n}.", n=days)
    return apart if percent == 100 else join(apart, Message("So it counts {percent} % of its points.", percent=percent))


def _describe_line(capture: _Capture) -> Message:
    """Says whether the operator can identify the line. This concerns what to ask for, so it gives no points."""
    operator = capture.finding.operator
    if operator is None or capture.finding.country != "PK":
        return NOTHING
    shared = _SHARED.get(operator.shared, _MAY_SHARE)
    if ":" in capture.value:
        return Message("IPv6 addresses are seldom shared: the operator may be able to identify the line from the exact time.")
    if operator.shared in ("no", "unlikely"):
        return Message("The operator may be able to identify the line from the exact time.")
    if capture.usable_port:
        return Message(
            "{shared}: the operator needs source port and exact time to identify the line; both are stated.",
            shared=shared,
        )
    if capture.server_port:
        return Message(
            "{shared}: the operator needs source port and exact time to identify the line; port {port} is probably the server's.",
            shared=shared,
            port=str(capture.server_port),
        )
    return Message(
        "{shared}: the operator needs source port and exact time to identify the line; {missing}.",
        shared=shared,
        missing=capture.missing,
    )
