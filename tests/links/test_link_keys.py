from __future__ import annotations

from typing import Any

import pytest

from tests.priority.make import file, identifier, moment, report, sha
from triage.links import find_link_keys
from triage.links.link_keys import find_other_keys, find_weaker_key
from triage.model.media import Exif, MediaFacts
from triage.model.moment import Moment
from triage.model.report import Report


def keys(what: Report, media: dict[str, MediaFacts] | None = None) -> dict[tuple[str, str], int]:
    return {(key.kind, key.value): key.strength for key in find_link_keys(what, media or {})}


def of(kind: str, value: str, role: str = "suspect", **said: Any) -> dict[tuple[str, str], int]:
    return keys(report(esp="Example", identifiers=(identifier(kind, value, role, **said),)))


@pytest.mark.parametrize("kind", ["email", "phone", "cnic", "wallet"])
def test_what_belongs_to_one_person_ties_strongly(kind: str) -> None:
    assert of(kind, " Value ")[kind, "value"] >= 85


def test_the_normal_form_ties_different_spellings() -> None:
    one = identifier("phone", "0300 0000123", normalised="+923000000123")
    other = identifier("phone", "+92-300-0000123", normalised="+923000000123")
    assert find_link_keys(report(identifiers=(one,)), {}) == find_link_keys(report(identifiers=(other,)), {})


def test_accounts_tie_with_their_provider_and_names_weakly_without() -> None:
    assert of("user_id", "u-1") == {("user_id", "u-1 at example"): 95}
    assert set(of("username", "Kite")) == {("username", "kite at example"), ("handle", "kite")}
    assert set(keys(report(identifiers=(identifier("username", "kite"),)))) == {("handle", "kite")}
    assert ("username", "kite at other") in of("username", "kite", details=(("espService", "Other"),))
    assert keys(report(identifiers=(identifier("user_id", "u-1"),))) == {}


def test_device_numbers_tie_more_than_ids_that_can_be_reset_and_network_names_not_at_all() -> None:
    imei = of("device", "990000000000001", details=(("idType", "IMEI"),))["device", "990000000000001"]
    advertising = of("device", "ad-1", details=(("idType", "Advertising ID"),))["advertising_id", "ad-1"]
    assert imei > advertising
    assert of("device", "home", details=(("idType", "SSID"),)) == {}


def test_an_address_alone_is_weak_and_with_port_and_minute_strong() -> None:
    found = of("ip", "203.0.113.9", port=40123, time=moment("2026-10-01T04:59:58Z"))
    assert found["ip", "203.0.113.9"] < 50
    assert found["ip_port_minute", "203.0.113.9 port 40123 2026-10-01T04:59"] > 80
    assert set(of("ip", "203.0.113.9", port=40123)) == {("ip", "203.0.113.9")}


@pytest.mark.parametrize("port", [80, 443, 5222, 22])
def test_a_servers_port_joins_everybody_behind_a_carrier_and_ties_nobody(port: int) -> None:
    found = of("ip", "203.0.113.9", port=port, time=moment("2026-10-01T04:59:58Z"))
    assert set(found) == {("ip", "203.0.113.9")}


def test_a_day_without_an_hour_is_no_minute() -> None:
    day = Moment("2026-10-01T00:00:00Z", "2026-10-01", "assumed UTC")
    assert set(of("ip", "203.0.113.9", port=40123, time=day)) == {("ip", "203.0.113.9")}
    midnight = Moment("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z")
    assert ("ip_port_minute", "203.0.113.9 port 40123 2026-10-01T00:00") in of("ip", "203.0.113.9", port=40123, time=midnight)


def test_behind_a_proxy_strangers_share_an_address_but_not_one_port_in_one_minute() -> None:
    found = of("ip", "2001:db8::9", possible_proxy=True, port=40123, time=moment())
    assert {kind for kind, _ in found} == {"ip_port_minute"}


def test_ipv6_is_compared_in_its_short_form() -> None:
    assert set(of("ip", "2001:0DB8:0000:0000:0000:0000:0000:0009")) == {("ipv6", "2001:db8::9")}


@pytest.mark.parametrize(
    "value",
    ["0.0.0.0", "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.9", "100.64.1.2", "::1", "fe80::1", "fd00::1", "no address"],
)
def test_addresses_of_nobody_or_of_every_network_are_no_key(value: str) -> None:
    assert of("ip", value, port=40123, time=moment()) == {}


def test_a_number_of_zeros_is_no_device() -> None:
    assert of("device", "000000000000000", details=(("idType", "IMEI"),)) == {}


def test_a_profile_page_ties_and_a_public_page_does_not() -> None:
    page = "https://www.social.example.invalid/kite/"
    assert set(of("url", page, person=0)) == {("profile_url", "social.example.invalid/kite")}
    assert of("url", page, role="incident") == {}
    assert of("url", page, person=0, details=(("captureType", "URL"),)) == {}
    assert of("url", page, role="mentioned", person=0) == {}


def test_contacts_of_the_reporter_are_no_keys_and_mentions_count_half() -> None:
    assert of("email", "desk@provider.example.invalid", role="reporter") == {}
    assert of("email", "kite@mail.example.invalid", role="mentioned")["email", "kite@mail.example.invalid"] == 45


def test_bytes_here_meet_a_declared_hash_there() -> None:
    here = keys(report(files=(file("a"),)))
    there = keys(report(files=(file("b", present=False, declared=(("md5", sha("a")[:32].upper()),)),)))
    assert set(here) & set(there) == {("file", f"md5:{sha('a')[:32]}")}


@pytest.mark.parametrize("mark", ["viral", "potentialMeme", "Potential Meme"])
def test_everybodys_picture_ties_nobody(mark: str) -> None:
    assert keys(report(files=(file("a", mark),))) == {}


def test_the_serial_number_of_a_camera_ties() -> None:
    media = {sha("a"): MediaFacts(mime="image/png", exif=Exif(make="Kite", model="K 1", serial="9-77"))}
    assert ("camera", "kite k 1 no. 9-77") in keys(report(files=(file("a"),)), media)
    media = {sha("a"): MediaFacts(mime="image/png", exif=Exif(make="Kite", model="K 1", serial="0000000"))}
    assert not any(kind == "camera" for kind, _ in keys(report(files=(file("a"),)), media))


def test_named_reports_tie() -> None:
    assert keys(report(prior_reports=("900000007", "900000007"))) == {("report", "900000007"): 95}


def test_keys_are_sorted_and_each_once_with_its_greatest_strength() -> None:
    both = (
        identifier("email", "kite@mail.example.invalid", "mentioned"),
        identifier("email", "KITE@mail.example.invalid", "victim"),
        identifier("cnic", "9000000000000"),
    )
    made = find_link_keys(report(identifiers=both), {})
    assert [(key.kind, key.strength) for key in made] == [("cnic", 95), ("email", 90)]
    assert made == find_link_keys(report(identifiers=both[::-1]), {})


def test_others_keys_are_those_of_victims_and_mentions_and_neither_the_users_nor_the_reporters() -> None:
    found = report(
        identifiers=(
            identifier("phone", "+923000000001", "suspect"),
            identifier("phone", "+923000000002", "victim"),
            identifier("phone", "+923000000003", "reporter"),
            identifier("phone", "+923000000004", "mentioned"),
            identifier("phone", "+923000000001", "victim"),
        )
    )
    assert find_other_keys(found) == {("phone", "+923000000002"), ("phone", "+923000000004")}


def test_the_weaker_key_of_a_key_is_one_that_the_same_value_gives() -> None:
    named = of("username", "kite at home")
    assert find_weaker_key(*next(key for key in named if key[0] == "username")) in named
    assert find_weaker_key("email", "a@b.invalid") is None
