"""What an IP address or its port can't tell: one answer for location, links and actionability."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

WELL_KNOWN = 1024
"""Below it no line has a source port: systems and shared addresses hand out higher ones (RFC 6056, RFC 6888)."""
SERVERS = frozenset({1935, 3478, 3479, 5222, 5223, 5228, 5229, 5230, 5242, 5349, 8080, 8443})
"""Higher ports of web, push, call and chat servers."""

INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
        "224.0.0.0/3", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip
_BEGINNINGS = frozenset(
    (network.version, byte)
    for network in INSIDE
    for byte in range(network.network_address.packed[0], network.broadcast_address.packed[0] + 1)
)
"""First bytes of addresses that may be inside; nearly all others are told from them at once."""


def is_server_port(port: int) -> bool:
    """Returns whether a stated "source port" is probably the server's own.

    Such a port tells no line from another.
    """
    return port < WELL_KNOWN or port in SERVERS


def is_internal_address(address: Address) -> bool:
    """Returns whether an address is private, carrier-internal (100.64.0.0/10) or local.

    Thousands of networks use the same such addresses. From outside nobody can say whose one was.
    """
    if (address.version, address.packed[0]) not in _BEGINNINGS:
        return False
    return any(address.version == network.version and address in network for network in INSIDE)


@lru_cache(maxsize=16_384)
def parse_address(text: str) -> Address | None:
    """Returns an address from any spelling that reports have: padded IPv6 groups, a scope, IPv4 inside IPv6.

    None if invalid.
    """
    try:
        address = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
