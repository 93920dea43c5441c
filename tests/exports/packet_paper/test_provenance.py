"""Which delivery brought which exhibit: the graph and the chain of custody say it of each, and each exhibit with its own values."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from triage.exports.case_jsonld import make_graph
from triage.exports.packet_custody import list_custody_rows
from triage.model.packet import Packet, PacketReport


def with_two_deliveries(values: Packet) -> PacketReport:
    """A report whose first delivery brought a document and a file, the second another document and the same file, the third nothing."""
    report = values.reports[0]
    receipt, source, file = report.receipts[0], report.sources[0], report.files[0]
    receipts = tuple(
        replace(receipt, bundle=n, imported=f"2026-11-0{n}T00:00:00Z", by=f"user{n}", containers=()) for n in (1, 2, 3)
    )
    sources = (
        replace(source, exhibit="S1", path="one.xml", size=11, sha256="1" * 64, received_in=(1,)),
        replace(source, exhibit="S2", path="two.xml", size=22, sha256="2" * 64, received_in=(2,)),
    )
    files = (replace(file, exhibit="F1", name="drawn.jpg", path="a/drawn.jpg", size=33, sha256="3" * 64, received_in=(1, 2)),)
    shown = replace(report.show.files[0], exhibit="F1", present=True, sha256="3" * 64, md5="4" * 32, sha1="5" * 40, pdq="6" * 64)
    return replace(report, receipts=receipts, sources=sources, files=files, show=replace(report.show, files=(shown,)))


BROUGHT = {1: ["S1", "F1"], 2: ["S2", "F1"], 3: []}


def test_the_graph_ties_each_exhibit_to_the_delivery_that_brought_it(values: Packet) -> None:
    nodes: dict[str, dict[str, Any]] = {
        node["@id"]: node for node in json.loads(make_graph([with_two_deliveries(values)], values.about))["@graph"]
    }
    receipts = sorted(
        (node for node in nodes.values() if node.get("uco-core:name") == "bundle received"),
        key=lambda node: str(node["uco-action:startTime"]["@value"]),
    )
    assert [node["uco-action:startTime"]["@value"] for node in receipts] == [f"2026-11-0{n}T00:00:00Z" for n in (1, 2, 3)]
    for n, node in enumerate(receipts, 1):
        found = [nodes[each["@id"]]["case-investigation:exhibitNumber"] for each in node.get("uco-action:result", [])]
        assert found == BROUGHT[n]
        assert nodes[node["uco-action:performer"]["@id"]]["uco-core:name"] == f"user{n}"
    records = {
        node["case-investigation:exhibitNumber"]: node for node in nodes.values() if "case-investigation:exhibitNumber" in node
    }
    assert {exhibit: describe(nodes, record) for exhibit, record in records.items()} == {
        "S1": ("Source document as received", "one.xml", 11, {"SHA256": "1" * 64}, None),
        "S2": ("Source document as received", "two.xml", 22, {"SHA256": "2" * 64}, None),
        "F1": ("Reported file", "drawn.jpg", 33, {"MD5": "4" * 32, "SHA1": "5" * 40, "SHA256": "3" * 64}, f"PDQ hash {'6' * 64}"),
    }


def describe(nodes: dict[str, dict[str, Any]], record: dict[str, Any]) -> tuple[object, ...]:
    """Returns what a provenance record and its file say: what it is, name, size, hashes, description."""
    file = nodes[record["uco-core:object"][0]["@id"]]
    facts, content = file["uco-core:hasFacet"]
    hashes = {each["uco-types:hashMethod"]: each["uco-types:hashValue"]["@value"] for each in content["uco-observable:hash"]}
    name, size = facts["uco-observable:fileName"], facts["uco-observable:sizeInBytes"]
    return record["uco-core:description"], name, size, hashes, file.get("uco-core:description")


def test_the_chain_of_custody_ties_each_exhibit_to_the_delivery_that_brought_it(values: Packet) -> None:
    rows = list(list_custody_rows(with_two_deliveries(values), "Triage 1"))
    digests = {"S1": "1" * 64, "S2": "2" * 64, "F1": "3" * 64}
    for bundle, exhibits in BROUGHT.items():
        own = [row for row in rows if row.get("bundle") == bundle]
        assert [(row["exhibit"], row["input_sha256"]) for row in own] == [(each, digests[each]) for each in exhibits]
        assert {(row["when"], row["who"], row["tool"]) for row in own} <= {
            (f"2026-11-0{bundle}T00:00:00Z", f"user{bundle}", "Triage 1")
        }
    later = [row for row in rows if "bundle" not in row]
    assert [(row["when"], row["what"], row["entry"], row["leaf"]) for row in later] == [
        (step.when, step.what, step.entry, step.leaf) for step in values.reports[0].custody
    ]
