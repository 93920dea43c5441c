"""The packet as a CASE/UCO graph (CASE 1.5.0): files with hashes, provenance, and who did what with which tool."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from triage.exports.case_observables import Node, ObservableNodes, make_node_id
from triage.model.exports import About, PacketReport
from triage.model.views import ShowFile

_CONTEXT = {
    "kb": "http://example.org/kb/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-location": "https://ontology.unifiedcyberontology.org/uco/location/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def make_graph(reports: Sequence[PacketReport], about: About) -> bytes:
    """Returns JSON-LD, the same bytes for the same packet contents."""
    nodes: list[Node] = [_make_tool(about)]
    people: dict[str, str] = {}
    stated = ObservableNodes(about.fingerprint)
    for report in reports:
        nodes += _make_report(report, people, about.fingerprint, stated)
    nodes += stated.nodes
    nodes += [{"@id": iri, "@type": "uco-identity:Person", "uco-core:name": name} for name, iri in people.items()]
    return msgspec.json.format(msgspec.json.encode({"@context": _CONTEXT, "@graph": nodes}), indent=1)


def _make_tool(about: About) -> Node:
    name, _, version = about.tool.partition(" ")
    return {"@id": make_node_id("tool", "triage"), "@type": "uco-tool:Tool", "uco-core:name": name, "uco-tool:version": version}


def _make_report(report: PacketReport, people: dict[str, str], scope: str, stated: ObservableNodes) -> list[Node]:
    """Returns the nodes of one report: files, provenance, actions and the investigation.

    `scope` is the fingerprint of the store's key. What the report states of accounts and people is added to `stated`.
    """
    number = report.show.report_id
    investigation = make_node_id("investigation", scope, number)
    exhibits = [_make_source(number, s.path, s.sha256, len(s.data)) for s in report.sources]
    exhibits += [_make_file(number, f) for f in report.show.files if f.present]
    nodes: list[Node] = []
    records: list[str] = []
    for n, file in enumerate(exhibits, 1):
        record = make_node_id("provenancerecord", scope, number, n)
        records.append(record)
        nodes.append(file)
        nodes.append(
            {
                "@id": record,
                "@type": "case-investigation:ProvenanceRecord",
                "uco-core:description": "Source document as received" if n <= len(report.sources) else "Reported file",
                "case-investigation:exhibitNumber": f"{number}-{n}",
                "uco-core:object": [{"@id": file["@id"]}],
            }
        )
    actions = list(_make_actions(report, people, records, scope))
    nodes += actions
    listed = [*records, *(str(a["@id"]) for a in actions), *stated.add_report(report.show, investigation)]
    nodes.append(
        {
            "@id": investigation,
            "@type": "case-investigation:Investigation",
            "uco-core:name": f"CyberTipline report {number}",
            "uco-core:object": [{"@id": iri} for iri in listed],
        }
    )
    return nodes


def _make_actions(report: PacketReport, people: dict[str, str], records: list[str], scope: str) -> list[Node]:
    """Returns a node for each step of custody.

    Names of people are added to `people` with their IRIs. They are scoped: "lead" of another store is another person.
    """
    number = report.show.report_id
    nodes: list[Node] = []
    for n, step in enumerate(report.custody, 1):
        who = people.setdefault(step.who, make_node_id("person", scope, step.who))
        action: Node = {
            "@id": make_node_id("investigativeaction", scope, number, n),
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": step.what,
            "uco-core:description": step.subject,
            "uco-action:performer": {"@id": who},
            "uco-action:instrument": [{"@id": make_node_id("tool", "triage")}],
            "uco-action:startTime": {"@type": "xsd:dateTime", "@value": step.when},
        }
        if step.input_sha256 is not None and records:
            action["uco-action:result"] = [{"@id": iri} for iri in records]
        nodes.append(action)
    return nodes


def _make_source(number: str, path: str, sha256: str, size: int) -> Node:
    return _make_observable(make_node_id("file", number, path, sha256), path, size, [("SHA256", sha256)])


def _make_file(number: str, file: ShowFile) -> Node:
    hashes = [("MD5", file.md5), ("SHA1", file.sha1), ("SHA256", file.sha256)]
    name = file.name or "unnamed"
    stated = [(method, value) for method, value in hashes if value]
    node = _make_observable(make_node_id("file", number, file.key, file.sha256), name, file.size or 0, stated)
    if file.pdq:  # no method of CASE's vocabulary of hashes: as a Hash it would not conform
        node["uco-core:description"] = f"PDQ hash {file.pdq}"
    return node


def _make_observable(iri: str, name: str, size: int, hashes: list[tuple[str, str]]) -> Node:
    return {
        "@id": iri,
        "@type": "uco-observable:File",
        "uco-core:hasFacet": [
            {
                "@id": make_node_id("filefacet", iri),
                "@type": "uco-observable:FileFacet",
                "uco-observable:fileName": name,
                "uco-observable:sizeInBytes": size,
            },
            {
                "@id": make_node_id("contentfacet", iri),
                "@type": "uco-observable:ContentDataFacet",
                "uco-observable:hash": [
                    {
                        "@id": make_node_id("hash", iri, method),
                        "@type": "uco-types:Hash",
                        "uco-types:hashMethod": method,
                        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": value.upper()},
                    }
                    for method, value in hashes
                ],
            },
        ],
    }
