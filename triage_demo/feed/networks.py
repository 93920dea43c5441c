"""Addresses for invented captures: random ones inside ranges of Pakistani and foreign operators, and documentation ranges.

An address here stands for nobody. The ranges only make the operator and the country come out right. Ranges: largest blocks by AS
number in the address tables named in NOTICE.md (RouteViews, NRO, DB-IP; CC BY 4.0).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Network:
    """A range of addresses, its operator and its country."""

    operator: str
    country: str
    mobile: bool
    first: str
    last: str


PAKISTANI: tuple[Network, ...] = (
    Network("Jazz", "PK", True, "119.160.0.0", "119.160.61.255"),
    Network("Jazz", "PK", True, "154.198.64.0", "154.198.127.255"),
    Network("Telenor", "PK", True, "37.111.128.0", "37.111.191.255"),
    Network("Zong", "PK", True, "223.123.0.0", "223.123.31.255"),
    Network("Zong", "PK", True, "117.134.192.0", "117.134.202.255"),
    Network("Ufone", "PK", True, "119.155.160.0", "119.155.215.255"),
    Network("PTCL", "PK", False, "39.34.192.0", "39.63.255.255"),
    Network("PTCL", "PK", False, "182.176.0.0", "182.189.63.255"),
    Network("Nayatel", "PK", False, "58.65.128.0", "58.65.191.255"),
    Network("Wateen", "PK", False, "110.39.0.0", "110.39.255.255"),
    Network("StormFiber", "PK", False, "202.163.65.0", "202.163.127.255"),
    Network("SCO", "PK", False, "118.107.128.0", "118.107.143.255"),
    Network("PERN", "PK", False, "111.68.96.0", "111.68.111.255"),
    Network("Telenor", "PK", True, "2402:e000::", "2402:e000:ffff:ffff:ffff:ffff:ffff:ffff"),
    Network("Zong", "PK", True, "2402:ad80:1000::", "2402:ad80:4fff:ffff:ffff:ffff:ffff:ffff"),
    Network("PTCL", "PK", False, "2404:7000:2000::", "2404:7000:5fff:ffff:ffff:ffff:ffff:ffff"),
)
FOREIGN: tuple[Network, ...] = (
    Network("Example carrier", "GB", False, "81.128.0.0", "81.159.255.255"),
    Network("Example carrier", "US", False, "73.0.0.0", "73.63.255.255"),
    Network("Example carrier", "DE", False, "87.128.0.0", "87.159.255.255"),
    Network("Example carrier", "AE", False, "94.200.0.0", "94.207.255.255"),
    Network("Example carrier", "SA", False, "188.48.0.0", "188.55.255.255"),
)
DOCUMENTATION: tuple[Network, ...] = (
    Network("documentation", "", False, "203.0.113.1", "203.0.113.254"),
    Network("documentation", "", False, "198.51.100.1", "198.51.100.254"),
    Network("documentation", "", False, "2001:db8::1", "2001:db8::ffff:ffff:ffff"),
)


def address(network: Network, rng: np.random.Generator) -> str:
    """Returns a random address inside the network, in the usual written form."""
    first, last = ipaddress.ip_address(network.first), ipaddress.ip_address(network.last)
    span = int(last) - int(first)
    offset = int.from_bytes(rng.bytes(16), "big") % (span + 1)
    return str(type(first)(int(first) + offset))


def pick(networks: tuple[Network, ...], rng: np.random.Generator, *, mobile: bool | None = None) -> Network:
    """Returns a random network, mobile or not as asked."""
    fitting = [network for network in networks if mobile is None or network.mobile is mobile]
    return fitting[int(rng.integers(len(fitting)))]
