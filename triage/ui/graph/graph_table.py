"""Shows a graph as a list: the same nodes, in groups."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from triage.model.link_graph import GraphNode, Neighbourhood
from triage.ui.graph.node_words import describe_certainty, describe_kind, describe_node, name_node
from triage.ui.kit.table import RowHeading, RowsTable, TableColumn
from triage.ui.text.i18n import Safe, mark, number, tr


@dataclass(frozen=True, slots=True)
class GraphRow:
    """A node with the number of lines in view and with how sure they are."""

    node: GraphNode
    lines: int
    sure: Safe


def _rank(row: GraphRow) -> tuple[int, str, str]:
    """Returns what orders rows of a group: the most lines first."""
    return -row.lines, row.node.what, row.node.title


COLUMNS: tuple[TableColumn[GraphRow], ...] = (
    TableColumn(mark("Kind"), 84, lambda r: describe_kind(r.node), lambda _: "muted"),
    TableColumn(mark("Value"), 0, lambda r: name_node(r.node), told=lambda r: describe_node(r.node)),
    TableColumn(mark("In"), 36, lambda r: number(r.lines)),
    TableColumn(mark("Reason"), 92, lambda r: r.sure, lambda _: "muted"),
)


class GraphTable(RowsTable[GraphRow]):
    """Lists the nodes of a graph: reports, values, files. `with_inside` False leaves out the reports of the case itself."""

    def __init__(self, *, with_inside: bool = True) -> None:
        super().__init__(COLUMNS, lambda row: row.node.key, name=tr("The graph as a list"))
        self._with_inside = with_inside

    def show_graph(self, graph: Neighbourhood) -> None:
        """Lists the nodes, those that join the most reports first."""
        edges = defaultdict(list)
        for edge in graph.edges:
            edges[edge.other].append(edge)
            edges[edge.report].append(edge)
        rows = [GraphRow(node, len(edges[node.key]), describe_certainty(node, tuple(edges[node.key]))) for node in graph.nodes]
        groups: tuple[tuple[Safe, list[GraphRow]], ...] = (
            (tr("Reports here"), [row for row in rows if row.node.inside and self._with_inside]),
            (tr("Shared identifiers"), [row for row in rows if row.node.kind == "value"]),
            (tr("Shared files"), [row for row in rows if row.node.kind in ("file", "series")]),
            (tr("Linked reports"), [row for row in rows if row.node.kind == "report" and not row.node.inside]),
        )
        listed: list[GraphRow | RowHeading] = []
        for words, held in groups:
            if held:
                listed.append(RowHeading(words, number(len(held))))
                ordered: list[GraphRow] = sorted(held, key=_rank)
                listed += ordered
        self.show_rows(listed)

    def select_key(self, key: str) -> bool:
        """Selects the row of a node; returns whether the list has it."""
        for at, row in enumerate(self.rows_model.rows):
            if isinstance(row, GraphRow) and row.node.key == key:
                self.select(at)
                return True
        return False
