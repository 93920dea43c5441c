"""Describes the nodes and lines of a graph in words."""

from __future__ import annotations

from collections.abc import Mapping

from triage.model.link_graph import GraphEdge, GraphNode, Neighbourhood
from triage.model.role_words import ROLES
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, tr_message, trn, word

KINDS = {
    "report": mark("report"),
    "cnic": mark("CNIC"),
    "user_id": mark("user id"),
    "email": mark("email"),
    "device": mark("device"),
    "phone": mark("phone"),
    "ip_port_minute": mark("line"),
    "wallet": mark("wallet"),
    "profile_url": mark("profile"),
    "camera": mark("camera"),
    "username": mark("username"),
    "ipv6": mark("IPv6 address"),
    "file": mark("file"),
    "advertising_id": mark("advertising id"),
    "subscriber": mark("owner of a line"),
    "handle": mark("name"),
    "ip": mark("IP address"),
}
"""Kinds of link keys (resources/rules/ties.toml), short enough for a column."""
SHORT_DIGEST = 16


def describe_kind(node: GraphNode) -> Safe:
    """Returns what sort of thing a node is."""
    if node.kind == "series":
        return tr("series")
    return word(KINDS["report"] if node.kind == "report" else KINDS.get(node.what, node.what))


def name_node(node: GraphNode) -> Safe:
    """Returns the short name of a node, for its label and the list."""
    if node.kind == "series":
        return tr("{n} near copies, {name}", n=number(node.files), name=ltr(node.title))
    if node.kind == "file" and node.sha256 is None:
        kind, _, digest = node.title.partition(":")
        return tr("{kind} {digest}", kind=ltr(kind), digest=ltr(digest[:SHORT_DIGEST]))
    return ltr(node.title) if node.kind != "value" or node.title.isascii() else isolated(node.title)


def describe_node(node: GraphNode) -> Safe:
    """Returns a node in one line, as a screen reader says it."""
    if node.kind != "report":
        held = trn("in {n} report", "in {n} reports", node.reports)
        return tr("{kind} {name}, {held}", kind=describe_kind(node), name=name_node(node), held=held)
    parts = [tr("report {number}", number=ltr(node.title))]
    if node.band:
        parts.append(tr("band {band}", band=node.band))
    if node.what:
        parts.append(words.incident(node.what))
    parts.append(describe_place(node))
    return Safe(tr(", ").join(parts))


def describe_place(node: GraphNode) -> Safe:
    """Returns whether a report is one of those from which the graph begins, and in which case it is."""
    if node.inside:
        return tr("here")
    return tr("outside") if node.case is None else tr("in {number}", number=ltr(node.case))


def describe_certainty(node: GraphNode, edges: tuple[GraphEdge, ...]) -> Safe:
    """Returns in a word or two how sure it is that reports share what a node stands for."""
    if node.kind == "report":
        return describe_place(node)
    if node.kind == "series":
        return tr("near copies")
    if node.kind == "file":
        return tr("exact copies") if all(not edge.possible for edge in edges) else tr("exact, possible")
    if all(edge.possible for edge in edges):
        return tr("possible")
    return tr("verified") if any(edge.verified for edge in edges) else tr("stated")


def describe_edge(edge: GraphEdge, nodes: Mapping[str, GraphNode], seen_from: str) -> Safe:
    """Returns what lies at the other end of a line, whose it is there and when it was captured."""
    other = nodes[edge.other if seen_from == edge.report else edge.report]
    name = name_node(other) if other.kind == "report" else tr("{kind} {name}", kind=describe_kind(other), name=name_node(other))
    said = [word(ROLES.get(role, role)) for role in edge.roles]
    if edge.captures > 1:
        said.append(trn("captured {n} time", "captured {n} times", edge.captures))
    if edge.times:
        days = [times.day(times.to_pkt(times.parse(each))) for each in edge.times]
        said.append(days[0] if days[0] == days[-1] else tr("{first} to {last}", first=days[0], last=days[-1]))
    if edge.verified is not None:
        said.append(tr("verified") if edge.verified else tr("not verified"))
    if edge.possible:
        said.append(tr("possible"))
    return name if not said else tr("{name}: {facts}", name=name, facts=Safe(tr(", ").join(said)))


def explain_node(node: GraphNode, graph: Neighbourhood) -> list[Safe]:
    """Returns the sentences about a node: what it is, how sure its lines are, and a line for each."""
    edges = [edge for edge in graph.edges if node.key in (edge.report, edge.other)]
    lines = [describe_node(node)]
    lines += list(dict.fromkeys(tr_message(edge.why) for edge in edges)) if node.kind != "report" else []
    nodes = {each.key: each for each in graph.nodes}
    lines += [describe_edge(edge, nodes, node.key) for edge in edges]
    return lines


def describe_left_out(graph: Neighbourhood) -> Safe:
    """Returns what the graph leaves out and by which rule, or an empty text."""
    if not graph.left_out:
        return Safe("")
    parts = [tr("{n} {rule}", n=number(each.count), rule=tr_message(each.rule)) for each in graph.left_out]
    return tr("Left out: {parts}.", parts=Safe(tr("; ").join(parts)))
