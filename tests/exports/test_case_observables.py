"""The graph of a packet: accounts, addresses, messages and relations, each scoped by the store that wrote it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.exports.conftest import NUMBER
from triage.exports.case_jsonld import make_graph
from triage.exports.case_observables import ObservableNodes
from triage.jobs.leaving.signing import describe_export
from triage.jobs.reading.show import load_report_view
from triage.jobs.session import Session
from triage.message import Message
from triage.model.exports import CustodyStep
from triage.model.packet import PacketReport
from triage.model.verification import Written
from triage.model.views import ShowPerson, ShowReport, ShowText

STEP = CustodyStep(
    when="2026-10-02T08:00:00Z", who="lead", what="report decided", subject="", says=Message("lead decided."), entry=1, leaf="00"
)


def graph(written: Written) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = json.loads((Path(written.path) / "data" / "case.jsonld").read_bytes())["@graph"]
    return nodes


def observe(show: ShowReport, scope: str = "00ff") -> list[dict[str, Any]]:
    nodes = ObservableNodes(scope)
    nodes.add_report(show, "kb:investigation-1")
    return nodes.nodes


def values(nodes: list[dict[str, Any]], kind: str) -> list[object]:
    """The values of the first facets of the nodes of one class."""
    return [
        value
        for node in nodes
        if node["@type"] == f"uco-observable:{kind}"
        for name, value in node["uco-core:hasFacet"][0].items()
        if not name.startswith("@")
    ]


def test_accounts_and_addresses_are_nodes_of_their_own_class(made: Written) -> None:
    nodes = graph(made)
    assert "kite@mail.example.invalid" in values(nodes, "EmailAddress")
    assert "+923000000123" in values(nodes, "PhoneAccount")
    assert values(nodes, "IPv4Address") == ["203.0.113.9"]
    assert {"kite_flyer", "user_900000002"} <= set(values(nodes, "DigitalAccount"))


def test_a_capture_is_a_relation_with_its_time_and_port(made: Written) -> None:
    nodes = graph(made)
    (address,) = [n for n in nodes if n["@type"] == "uco-observable:IPv4Address"]
    (relation,) = [n for n in nodes if n.get("uco-core:source") == {"@id": address["@id"]}]
    assert relation["uco-core:startTime"] == {"@type": "xsd:dateTime", "@value": "2026-10-01T04:59:58Z"}
    assert "Port: 40123." in relation["uco-core:description"] and "Event: Upload." in relation["uco-core:description"]
    (person,) = [n for n in nodes if n["@id"] == relation["uco-core:target"]["@id"]]
    assert person["@type"] == "uco-identity:Person" and person["uco-core:name"].startswith("reported user 1")


def test_every_reference_has_its_node_and_every_id_is_used_once(made: Written) -> None:
    nodes = graph(made)
    ids = [node["@id"] for node in nodes]
    assert len(set(ids)) == len(ids)
    for node in nodes:
        for end in ("uco-core:source", "uco-core:target"):
            assert end not in node or node[end]["@id"] in ids


def test_a_time_without_a_zone_says_so(desk: Session) -> None:
    show = load_report_view(desk, NUMBER)
    (timed,) = [i for i in show.identifiers if i.time]
    said = json.dumps(observe(replace(show, identifiers=(replace(timed, time_zone="assumed UTC"),))))
    assert "zone not stated; UTC assumed" in said
    assert "zone not stated" not in json.dumps(observe(show))


def test_texts_are_messages_or_notes(desk: Session) -> None:
    show = load_report_view(desk, NUMBER)
    texts = (
        ShowText(text="hello", of="incident", label="chatLog", sources=()),
        ShowText(text="seen before", of="incident", label="additionalInfo", sources=()),
    )
    nodes = observe(replace(show, free_text=texts))
    assert values(nodes, "Message") == ["hello"] and values(nodes, "Note") == ["seen before"]


def test_persons_of_two_stores_or_two_reports_are_never_one(desk: Session) -> None:
    show = replace(load_report_view(desk, NUMBER), people=(ShowPerson(role="suspect", says="x", facts={}),))

    def ids(nodes: list[dict[str, Any]]) -> set[str]:
        return {node["@id"] for node in nodes}

    assert not ids(observe(show, "aa")) & ids(observe(show, "bb"))
    assert ids(observe(show, "aa")) == ids(observe(show, "aa"))
    reported = [n["@id"] for s in (show, replace(show, report_id="2")) for n in observe(s) if n["@type"] == "uco-identity:Person"]
    assert len(set(reported)) == 2


def test_two_desks_leads_are_two_persons(desk: Session) -> None:
    about, show = describe_export(desk), load_report_view(desk, NUMBER)
    report = PacketReport(
        show=show, sources=(), files=(), receipts=(), versions=(), custody=(STEP,), media={}, case=None, notices=(),
        lane_confirmed=None, not_done=(),
    )  # fmt: skip
    leads = [
        node["@id"]
        for fingerprint in ("aa" * 32, "bb" * 32)
        for node in json.loads(make_graph([report], replace(about, fingerprint=fingerprint)))["@graph"]
        if node.get("uco-core:name") == "lead"
    ]
    assert len(leads) == len(set(leads)) == 2


def test_a_pdq_hash_is_said_without_breaking_conformance(made: Written, shown: dict[str, Any]) -> None:
    (file,) = [n for n in graph(made) if shown["files"][0]["pdq"] in str(n.get("uco-core:description"))]
    assert file["@type"] == "uco-observable:File" and '"PDQ"' not in json.dumps(graph(made))
