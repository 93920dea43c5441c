"""The packet as a CASE/UCO graph (CASE 1.5.0): files with hashes, provenance, and who did what with which tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from triage.exports.case_observables import Node, ObservableNodes, make_node_id
from triage.exports.packet_custody import format_receipt
from triage.model.exports import About
from triage.model.packet import PacketFile, PacketReport, PacketSource
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
    stated = ObservableNodes(about.fingerprint, [report.show.report_id for report in reports])
    for report in reports:
        nodes += _make_report(report, about, people, stated)
    nodes += stated.nodes
    nodes += [{"@id": iri, "@type": "uco-identity:Person", "uco-core:name": name} for name, iri in people.items()]
    return msgspec.json.format(msgspec.json.encode({"@context": _CONTEXT, "@graph": nodes}), indent=1)


def _make_tool(about: About) -> Node:
    name, _, version = about.tool.partition(" ")
    return {"@id": make_node_id("tool", "triage"), "@type": "uco-tool:Tool", "uco-core:name": name, "uco-tool:version": version}


def _make_report(report: PacketReport, about: About, people: dict[str, str], stated: ObservableNodes) -> list[Node]:
    """Returns the nodes of one report: files, provenance, actions and the investigation.

    What the report states of people and accounts is added to `stated`. Every number counts within one store, so the key's
    fingerprint is part of each id.
    """
    number = report.show.report_id
    investigation = make_node_id("investigation", about.fingerprint, number)
    sources = {source.exhibit: source for source in reversed(report.sources)}
    exhibits = [(s.exhibit, "Source document as received", _make_source(s, about)) for s in reversed(sources.values())]
    shown = {file.sha256: file for file in report.show.files if file.present}
    exhibits += [(f.exhibit, "Reported file", _make_file(f, shown.get(f.sha256), about)) for f in report.files]
    nodes: list[Node] = []
    records: dict[str, str] = {}
    for exhibit, what, file in exhibits:
        record = make_node_id("provenancerecord", about.fingerprint, exhibit)
        records[exhibit] = record
        nodes.append(file)
        nodes.append(
            {
                "@id": record,
                "@type": "case-investigation:ProvenanceRecord",
                "uco-core:description": what,
                "case-investigation:exhibitNumber": exhibit,
                "uco-core:object": [{"@id": file["@id"]}],
            }
        )
    actions = list(_make_actions(report, about, people, records))
    nodes += actions
    listed = [*records.values(), *(str(a["@id"]) for a in actions), *stated.add_report(report.show, investigation)]
    nodes.append(
        {
            "@id": investigation,
            "@type": "case-investigation:Investigation",
            "uco-core:name": f"CyberTipline report {number}",
            "uco-core:object": [{"@id": iri} for iri in listed],
        }
    )
    return nodes


def _make_actions(report: PacketReport, about: About, people: dict[str, str], records: Mapping[str, str]) -> list[Node]:
    """Returns a node for the receipt of each bundle, with what it brought, and for each step of custody.

    Names of people are added to `people` with their IRIs. A login name belongs to one workstation: the key makes it unique.
    `records` are the IRIs of provenance records by exhibit.
    """
    number = report.show.report_id

    def make(name: str, description: str, who: str, when: str, *identity: object) -> Node:
        return {
            "@id": make_node_id("investigativeaction", about.fingerprint, number, *identity),
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": name,
            "uco-core:description": description,
            "uco-action:performer": {"@id": people.setdefault(who, make_node_id("person", about.fingerprint, who))},
            "uco-action:instrument": [{"@id": make_node_id("tool", "triage")}],
            "uco-action:startTime": {"@type": "xsd:dateTime", "@value": when},
        }

    nodes: list[Node] = []
    for receipt in report.receipts:
        node = make("bundle received", format_receipt(receipt.receipt), receipt.by, receipt.imported, "bundle", receipt.bundle)
        brought = [each.exhibit for each in report.sources if receipt.bundle in each.received_in]
        brought += [each.exhibit for each in report.files if receipt.bundle in each.received_in]
        if brought:
            node["uco-action:result"] = [{"@id": records[exhibit]} for exhibit in dict.fromkeys(brought)]
        nodes.append(node)
    nodes += [make(step.what, str(step.says), step.who, step.when, "step", n) for n, step in enumerate(report.custody, 1)]
    return nodes


def _make_source(source: PacketSource, about: About) -> Node:
    iri = make_node_id("file", about.fingerprint, source.exhibit, source.sha256)
    return _make_observable(iri, source.path, source.size, [("SHA256", source.sha256)])


def _make_file(file: PacketFile, shown: ShowFile | None, about: About) -> Node:
    hashes = [("MD5", shown.md5), ("SHA1", shown.sha1)] if shown is not None else []
    stated = [(method, value) for method, value in (*hashes, ("SHA256", file.sha256)) if value]
    iri = make_node_id("file", about.fingerprint, file.exhibit, file.sha256)
    node = _make_observable(iri, file.name or "unnamed", file.size, stated)
    if shown is not None and shown.pdq:  # CASE's vocabulary of hashes lacks PDQ: as a Hash it would not conform
        node["uco-core:description"] = f"PDQ hash {shown.pdq}"
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
