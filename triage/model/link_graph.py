"""The neighbourhood of a report or case: reports and what they share, as a graph with places to draw it at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.message import Message

NodeKind = Literal["report", "value", "file", "series"]


@dataclass(frozen=True, slots=True)
class GraphPlace:
    """Where a node is drawn: its column and row on the grid. The first report lies at 0, 0."""

    column: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """A report, or what reports share: a value, the same bytes, a series of near copies."""

    key: str
    """What the node is called in edges, and from one reading to the next."""
    kind: NodeKind
    title: str
    """The report number, the value, or the name of the file."""
    what: str
    """Of a value the kind of link key; of a report the type of the incident, "" when not stated."""
    place: GraphPlace
    band: str = ""
    inside: bool = False
    """The report is the one that was asked for, or is in the case."""
    case: str | None = None
    """The case that the report is in."""
    reports: int = 0
    """Reports of the store that hold what is shared."""
    files: int = 0
    """Media items of a series."""
    sha256: str | None = None
    """Of a file, or of one file of the series that is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    """That a report holds what a node stands for, or names another report. `why` says how sure that is."""

    report: str
    """Key of the report's node."""
    other: str
    """Key of the other node."""
    possible: bool
    """It is drawn dashed: a possible match, or a value that alone ties nobody."""
    why: Message
    roles: tuple[str, ...] = ()
    """Whose value it is in the report."""
    times: tuple[str, ...] = ()
    """When it was captured: the first and the last time, ISO 8601 UTC."""
    captures: int = 0
    verified: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOmission:
    """How many things the graph leaves out, and by which rule."""

    count: int
    rule: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """The graph around a report or a case. Nodes are in the order in which they were placed."""

    about: str
    """The report's or the case's number."""
    steps: int
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    left_out: tuple[GraphOmission, ...]

    def list_tied_reports(self) -> frozenset[str]:
        """Returns the numbers of the reports outside that share a value with one inside, or name one, without a chain between.

        Files tie material and not people, so they do not count, nor does what is only possible.
        """
        inside = {node.key for node in self.nodes if node.inside}
        values = {node.key for node in self.nodes if node.kind == "value"}
        sure = [edge for edge in self.edges if not edge.possible]
        shared = {edge.other for edge in sure if edge.other in values and edge.report in inside}
        tied = {edge.report for edge in sure if edge.other in shared or edge.other in inside}
        tied |= {edge.other for edge in sure if edge.report in inside}
        return frozenset(node.title for node in self.nodes if node.kind == "report" and not node.inside and node.key in tied)
