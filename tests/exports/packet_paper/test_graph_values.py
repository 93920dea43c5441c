"""The graph of a report holds each value in a node of its class, and each relation with what the report says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.exports.packet_paper.test_paper_values import IDENTIFIER, SILENT, with_show
from triage.exports.case_observables import ObservableNodes
from triage.model.judgement import Link
from triage.model.packet import Packet
from triage.model.views import ShowPerson, ShowReport, ShowText

SUSPECT = ShowPerson(role="suspect", says="reported", facts={})


def observe(show: ShowReport, *packet: str) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Returns the IRIs that belong to the report, and all nodes by IRI."""
    nodes = ObservableNodes("00ff", packet)
    own = nodes.add_report(show, "kb:investigation-1")
    return own, {str(node["@id"]): node for node in nodes.nodes}


def bare(packet: Packet, **changed: Any) -> ShowReport:
    nothing: dict[str, Any] = {"people": (), "identifiers": (), "free_text": (), "links": (), "prior_reports": ()}
    return with_show(packet, **nothing | {"report_id": "900000001", "esp": "Drawn Chat"} | changed).show


@pytest.mark.parametrize(
    ("kind", "value", "node", "facet", "name"),
    [
        ("email", "a@b.example", "EmailAddress", {"EmailAddressFacet": ("addressValue", "a@b.example")}, "email a@b.example"),
        ("phone", "+923000000123", "PhoneAccount", {"PhoneAccountFacet": ("phoneNumber", "+923000000123")}, "phone +923000000123"),
        ("url", "https://x.invalid", "URL", {"URLFacet": ("fullValue", "https://x.invalid")}, "url https://x.invalid"),
        ("device", "D-1", "Device", {"DeviceFacet": ("serialNumber", "D-1")}, "device D-1"),
        ("wallet", "w1", "DigitalAccount", {"AccountFacet": ("accountIdentifier", "w1")}, "wallet w1"),
        ("ip", "192.0.2.7", "IPv4Address", {"IPv4AddressFacet": ("addressValue", "192.0.2.7")}, "ip 192.0.2.7"),
        ("ip", "2001:db8::1", "IPv6Address", {"IPv6AddressFacet": ("addressValue", "2001:db8::1")}, "ip 2001:db8::1"),
        ("ip", "no address", "ObservableObject", {}, "ip no address"), ("cnic", "9", "ObservableObject", {}, "cnic 9"),
        ("username", "kite", "DigitalAccount", {"DigitalAccountFacet": ("accountLogin", "kite")}, "username kite at Drawn Chat"),
        ("display_name", "Kite", "DigitalAccount", {"DigitalAccountFacet": ("displayName", "Kite")}, "display name Kite at Drawn Chat"),
        ("user_id", "u-1", "DigitalAccount", {"AccountFacet": ("accountIdentifier", "u-1")}, "user id u-1 at Drawn Chat"),
    ],
)  # fmt: skip
def test_a_value_is_a_node_of_its_class(
    values: Packet, kind: str, value: str, node: str, facet: dict[str, tuple[str, str]], name: str
) -> None:
    item = replace(SILENT, kind=kind, value=value, normalised=None, person=None)
    own, nodes = observe(bare(values, identifiers=(item,)))
    found = nodes[own[0]]
    assert (found["@type"], found["uco-core:name"]) == (f"uco-observable:{node}", name)
    facets = [{key: each[key] for key in each if key != "@id"} for each in found.get("uco-core:hasFacet", [])]
    assert facets == [{"@type": f"uco-observable:{of}", f"uco-observable:{field}": said} for of, (field, said) in facet.items()]
    assert len({each["@id"] for each in found.get("uco-core:hasFacet", [])}) == len(facet)


def test_an_address_is_a_place_and_a_normal_form_counts(values: Packet) -> None:
    place = replace(SILENT, kind="address", value="House 1", normalised=None, person=None)
    other = replace(SILENT, kind="email", value="A@B.example", normalised="a@b.example", person=None)
    own, nodes = observe(bare(values, identifiers=(place, other, other)))
    assert nodes[own[0]]["@type"] == "uco-location:Location" and "uco-core:hasFacet" not in nodes[own[0]]
    assert nodes[own[1]]["uco-core:name"] == "email a@b.example"
    assert len(own) == len(set(own)) == 4, "a value that stands twice is one node with one relation"


@pytest.mark.parametrize(
    ("details", "esp", "at"),
    [
        ({"platform": "P", "espService": "S"}, "E", " at P"),
        ({"espService": "S"}, "E", " at S"),
        ({}, "E", " at E"),
        ({}, None, ""),
    ],
)
def test_an_account_is_of_its_platform(values: Packet, details: dict[str, str], esp: str | None, at: str) -> None:
    own, nodes = observe(
        bare(values, esp=esp, identifiers=(replace(SILENT, kind="username", value="kite", normalised=None, details=details),))
    )
    assert nodes[own[0]]["uco-core:name"] == f"username kite{at}"


def test_people_are_numbered_and_said_in_the_words_of_the_source(values: Packet) -> None:
    own, nodes = observe(bare(values, people=(SUSPECT, replace(SUSPECT, role="victim", says="child"))))
    assert [(nodes[iri]["uco-core:name"], nodes[iri]["uco-core:description"]) for iri in own] == [
        ("reported user 1 of report 900000001", "Person 1 of report 900000001: reported user; the source says 'reported'."),
        ("child or victim 2 of report 900000001", "Person 2 of report 900000001: child or victim; the source says 'child'."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        ({}, "Attributed_To", "Event: Upload. Port: 40123. Time as written: Oct 1 2026 19:30:05; zone stated by the source."),
        ({"port": 0, "event": None, "time_zone": "assumed UTC"}, "Attributed_To", "Port: 0. Time as written: Oct 1 2026 19:30:05; zone not stated; UTC assumed."),
        ({"file": "a.jpg", "port": None, "event": None, "time": None}, "Captured_With_Report", "Captured with file a.jpg."),
        ({"role": "mentioned", "port": None, "event": None, "time": None}, "Mentioned_In", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("person", [0, 1, None])
def test_a_relation_says_all_of_a_capture(
    values: Packet, changed: dict[str, Any], kind: str, said: str, person: int | None
) -> None:
    item = replace(IDENTIFIER, person=person, details={}, **changed)
    own, nodes = observe(bare(values, people=(SUSPECT,), identifiers=(item,)))
    (relation,) = (node for node in nodes.values() if node["@type"] == "uco-core:Relationship")
    role = "mentioned only" if item.role == "mentioned" else "reported user"
    text = str(relation["uco-core:description"])
    assert (
        text.startswith("Role in report 900000001: ")
        and text.partition(". ")[2] == said
        and (item.role == "mentioned" or role in text)
    )
    assert relation["uco-core:kindOfRelationship"] == kind and relation["uco-core:isDirectional"] is True
    assert relation["uco-core:source"] == {"@id": own[1]}
    assert relation["uco-core:target"] == {"@id": own[0] if person == 0 else "kb:investigation-1"}
    time = {"@type": "xsd:dateTime", "@value": "2026-10-01T19:30:05Z"} if item.time else None
    assert relation.get("uco-core:startTime") == time


def test_related_reports_are_named_once_and_those_of_the_packet_are_not_named_anew(values: Packet) -> None:
    links = (
        Link(report_id="900000002", via="ip", value="v", strength=9),
        Link(report_id="900000003", via="email", value="v", strength=9),
    )
    own, nodes = observe(bare(values, links=links, prior_reports=("900000003", "900000004")), "900000001", "900000002")
    relations = [node for node in nodes.values() if node["@type"] == "uco-core:Relationship"]
    assert [(each["uco-core:description"], each["uco-core:kindOfRelationship"]) for each in relations] == [
        ("Report 900000001 shares ip.", "Related_To"), ("Report 900000001 shares email.", "Related_To"),
        ("Report 900000001 names as an earlier report.", "Related_To"), ("Report 900000001 names as an earlier report.", "Related_To"),
    ]  # fmt: skip
    assert all(each["uco-core:source"] == {"@id": "kb:investigation-1"} for each in relations)
    named = {
        str(node["uco-core:name"]): iri for iri, node in nodes.items() if node["@type"] == "case-investigation:Investigation"
    }
    assert list(named) == [f"CyberTipline report 90000000{n}, named as a related report" for n in (3, 4)]
    targets = [each["uco-core:target"]["@id"] for each in relations]
    assert targets[1:] == [*named.values()][:1] * 2 + [*named.values()][1:] and targets[0] not in nodes
    assert set(own) == set(nodes)


def test_texts_are_messages_or_notes_with_their_words(values: Packet) -> None:
    texts = tuple(
        ShowText(text=f"words {n}", of=of, label=label, sources=())
        for n, (of, label) in enumerate((("suspect", "chatLog"), ("incident", "Bio\n")))
    )
    own, nodes = observe(bare(values, free_text=texts))
    found = [
        (nodes[iri]["@type"].partition(":")[2], nodes[iri]["uco-core:name"], nodes[iri]["uco-core:hasFacet"][0]) for iri in own
    ]
    assert [each[:2] for each in found] == [
        ("Message", "Text 'chatLog' of reported user in report 900000001"), ("Note", "Text 'Bio\\n' of incident in report 900000001"),
    ]  # fmt: skip
    assert found[0][2]["uco-observable:messageText"] == "words 0" and found[1][2]["uco-observable:text"] == "words 1"
