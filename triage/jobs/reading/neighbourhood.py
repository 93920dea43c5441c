"""Shows the neighbourhood of a report or a case: linked reports and what they share, as a graph of at most some hundred nodes.

Only what the rules of links allow ties reports here: an address that strangers share, boilerplate, contacts of providers and
viral files tie nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from triage.jobs.judging.material import ENOUGH, UNLINKED
from triage.jobs.lookup import find_case, find_report
from triage.jobs.reading import link_reasons, shared_files, shared_values
from triage.jobs.reading.graph_layout import place_graph
from triage.jobs.reading.shared_files import FileSeries, HeldFiles
from triage.jobs.reading.shared_values import Captures, SharedValue
from triage.jobs.session import Session
from triage.links.link_keys import find_weaker_key
from triage.message import Message
from triage.model.judgement import BANDS, name_band
from triage.model.link_graph import GraphEdge, GraphNode, GraphOmission, GraphPlace, Neighbourhood
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import cases, judgement, neighbours, reports

MOST_REPORTS = 60  # that one drawing shows; more can't be told apart
MOST_NODES = 180  # that one drawing shows, reports and what they share
MOST_STEPS = 3  # links from a chosen report
NEAR_STRENGTH = 40
"""Where reports that share only near copies stand among linked reports, whose strength is 50 and more."""
FURTHEST = 200
"""Columns and rows from the middle beyond which a place from an earlier reading is not kept."""

Pair = frozenset[int]


@dataclass(slots=True)
class _Chosen:
    """The reports that the graph shows."""

    seeds: list[int]
    shown: list[int] = field(default_factory=list)
    tied: dict[Pair, int] = field(default_factory=dict)
    """Pairs that the score cards link -> strength."""
    seeds_left: int = 0
    linked_left: int = 0


def show_neighbourhood(
    session: Session,
    report: str | None = None,
    *,
    case: str | None = None,
    steps: int = 2,
    kept: Mapping[str, GraphPlace] | None = None,
) -> Neighbourhood:
    """Returns the graph around a report, or around the reports of a case.

    Args:
        session: The session.
        report: Number of the report.
        case: Number of the case, when no report is given.
        steps: Over how many links reports are followed, 1 to 3.
        kept: Places of nodes in an earlier reading; those nodes stay where they are.

    Raises:
        NotFound: if there is no such report or case
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        about, seeds = _find_seeds(db, report, case)
        chosen = _choose_reports(db, seeds, max(1, min(steps, MOST_STEPS)))
        held = shared_files.load_held_files(db, chosen.shown)
        builder = _GraphBuilder(db, chosen, held)
        builder.add_values()
        builder.add_files()
        return builder.build(about, steps, kept or {})


def _find_seeds(db: Reader, report: str | None, case: str | None) -> tuple[str, list[int]]:
    """Returns the number that was asked for, and the reports from which the graph begins, the gravest first."""
    if report is not None:
        report_id = find_report(db, report)
        return reports.load_number(db, report_id), [report_id]
    found = find_case(db, case or "")
    ids = cases.list_report_ids(db, found.id)
    facts = judgement.load_queue_facts(db, ids)
    return found.number, sorted(ids, key=lambda i: (facts[i].band, -facts[i].risk, i) if i in facts else (len(BANDS), 0, i))


def _choose_reports(db: Reader, seeds: Sequence[int], steps: int) -> _Chosen:
    """Returns the reports to show: the gravest of the case, then step by step those with the strongest links."""
    chosen = _Chosen(list(seeds[:MOST_REPORTS]), seeds_left=max(0, len(seeds) - MOST_REPORTS))
    chosen.shown = list(chosen.seeds)
    edge, beyond = list(chosen.seeds), set(seeds)
    left: set[int] = set()
    for _ in range(steps):
        found: dict[int, int] = {}
        for (_, other), strength in neighbours.load_link_strengths(db, edge).items():
            found[other] = max(strength, found.get(other, 0))
        held = shared_files.load_held_files(db, edge)
        for other in shared_files.find_near_reports(db, held, edge):
            found.setdefault(other, NEAR_STRENGTH)
        new = sorted((i for i in found if i not in beyond), key=lambda i: (-found[i], i))
        edge = new[: MOST_REPORTS - len(chosen.shown)]
        chosen.shown += edge
        beyond |= set(new)
        left |= set(new[len(edge) :])
        if not edge:
            break
    chosen.linked_left = len(left)
    shown = set(chosen.shown)
    for (one, other), strength in neighbours.load_link_strengths(db, chosen.shown).items():
        if one in shown and other in shown:
            chosen.tied[frozenset((one, other))] = strength
    return chosen


class _GraphBuilder:
    """Collects nodes and edges, then keeps the strongest and places them."""

    def __init__(self, db: Reader, chosen: _Chosen, held: HeldFiles) -> None:
        self._db, self._chosen, self._held = db, chosen, held
        self._facts = judgement.load_queue_facts(db, chosen.shown)
        self._types = judgement.load_codes(db, "incident_type")
        self._numbers = reports.load_numbers(db, chosen.shown)
        self._cases = neighbours.load_cases_of_reports(db, chosen.shown)
        self._nodes: dict[str, GraphNode] = {}
        """Shared things by key."""
        self._ranks: dict[str, tuple[int, float]] = {}
        self._edges: list[GraphEdge] = []
        self._left: list[GraphOmission] = []
        self._widespread = self._unread = 0
        self._named = {number: i for i, number in self._numbers.items()}

    # -- values ------------------------------------------------------------------------------------------------------------

    def add_values(self) -> None:
        """Adds the values that linked reports share, without digests of files, which `add_files` adds."""
        found, self._widespread = shared_values.find_shared_values(self._db, self._chosen.shown, self._chosen.tied.keys())
        self._widespread += neighbours.count_widespread_values(self._db, self._chosen.shown, UNLINKED, ENOUGH)
        said, self._unread = shared_values.load_captures(self._db, self._chosen.shown, found.keys())
        aliases = reports.find_reports(self._db, sorted({value for kind, value in found if kind == "report"}))
        for (kind, value), each in _fold_weak(found).items():
            named = aliases.get(value) if kind == "report" else None
            if kind == "file" and value in self._held.of_digest:
                continue
            if named is not None and named in self._numbers:
                self._add_naming(named, each)
            else:
                self._add_value(each, said)

    def _add_naming(self, named: int, each: SharedValue) -> None:
        """Adds a line between a report and each report that names it."""
        for holder in sorted(each.holders.keys() - {named}):
            pair = (self._report_key(holder), self._report_key(named))
            self._edges.append(GraphEdge(report=pair[0], other=pair[1], possible=False, why=link_reasons.REASONS["report"]))

    def _add_value(self, each: SharedValue, said: Mapping[tuple[int, str, str], Captures]) -> None:
        """Adds a shared value with a line to each report that holds it."""
        key = f"{each.kind}:{each.value}"
        self._add_node(key, "file" if each.kind == "file" else "value", each.value, each.kind, each.total)
        self._ranks[key] = (len(each.holders), each.strength)
        of_users = not each.of_others
        for holder, strength in sorted(each.holders.items()):
            captures = said.get((holder, each.kind, each.value), Captures())
            self._edges.append(
                GraphEdge(
                    report=self._report_key(holder),
                    other=key,
                    possible=shared_values.is_possible(strength),
                    why=link_reasons.explain_link(
                        each.kind, alone=not shared_values.is_possible(each.strength), of_users=of_users
                    ),
                    roles=captures.roles,
                    times=captures.times,
                    captures=captures.count,
                    verified=captures.verified,
                )
            )

    # -- files -------------------------------------------------------------------------------------------------------------

    def add_files(self) -> None:
        """Adds the series and files that several reports in view hold, and possible matches between files."""
        series, possible = shared_files.find_series(self._db, self._held)
        by_first = {each.first: each for each in series}
        for each in series:
            if len(self._find_holders(each)) > 1:
                self._add_series(each)
        for one, other in possible:
            self._add_possible(by_first[one], by_first[other])
        self._widespread += self._held.widespread

    def _find_holders(self, series: FileSeries) -> set[int]:
        """Returns the reports in view that hold a file of the series."""
        return {report for medium in series.media for report in self._held.holders[medium]}

    def _add_series(self, series: FileSeries) -> str:
        """Adds the node of a series, unless it stands already; returns its key."""
        medium = series.first
        key = f"file:{self._held.sha256[medium]}"
        if key in self._nodes:
            return key
        holders = self._find_holders(series)
        self._add_node(
            key,
            "file" if len(series.media) == 1 else "series",
            self._held.names[medium],
            "file",
            max(len(holders), self._held.stored.get(medium, 0)),
            files=len(series.media),
            sha256=self._held.sha256[medium],
        )
        self._ranks[key] = (len(holders), 60.0)
        why = link_reasons.REASONS["file"] if len(series.media) == 1 else link_reasons.NEAR
        for holder in sorted(holders):
            self._edges.append(GraphEdge(report=self._report_key(holder), other=key, possible=False, why=why))
        return key

    def _add_possible(self, one: FileSeries, other: FileSeries) -> None:
        """Adds dashed lines from the file with more reports to the reports of the other, when these are different reports."""
        first, second = sorted((one, other), key=lambda each: (-len(self._find_holders(each)), each.first))
        reached = self._find_holders(second) - self._find_holders(first)
        if not reached:
            return
        key = self._add_series(first)
        for holder in sorted(reached):
            self._edges.append(GraphEdge(report=self._report_key(holder), other=key, possible=True, why=link_reasons.POSSIBLE))

    # -- the whole ---------------------------------------------------------------------------------------------------------

    def build(self, about: str, steps: int, kept: Mapping[str, GraphPlace]) -> Neighbourhood:
        """Returns the graph with the strongest nodes, placed."""
        self._drop_weakest()
        ids = [*sorted(self._chosen.seeds), *sorted(set(self._chosen.shown) - set(self._chosen.seeds))]
        keys = [self._report_key(i) for i in ids]
        holders: dict[str, set[str]] = {key: set() for key in self._nodes}
        ties: defaultdict[str, set[str]] = defaultdict(set)
        for pair in self._chosen.tied:
            one, other = (self._report_key(i) for i in pair)
            ties[one].add(other)
            ties[other].add(one)
        for edge in self._edges:
            if edge.other in holders:
                holders[edge.other].add(edge.report)
        near = {key: place for key, place in kept.items() if max(abs(place.column), abs(place.row)) <= FURTHEST}
        known = {key: place for key, place in near.items() if key in holders or key in keys}
        places = place_graph(keys, holders, ties, known)
        nodes = {**{self._report_key(i): self._build_report(i) for i in ids}, **self._nodes}
        return Neighbourhood(
            about=about,
            steps=steps,
            nodes=tuple(_place_node(nodes[key], place) for key, place in places.items()),
            edges=tuple(sorted(set(self._edges), key=lambda edge: (edge.other, edge.report, edge.possible))),
            left_out=tuple(self._list_left_out()),
        )

    def _drop_weakest(self) -> None:
        """Leaves out shared things beyond MOST_NODES: those of the fewest reports first, then the weakest."""
        ordered = sorted(self._nodes, key=lambda key: (-self._ranks[key][0], -self._ranks[key][1], key))
        dropped = set(ordered[max(0, MOST_NODES - len(self._chosen.shown)) :])
        if dropped:
            self._nodes = {key: node for key, node in self._nodes.items() if key not in dropped}
            self._edges = [edge for edge in self._edges if edge.other not in dropped]
            rule = Message("shared values and files that fewer reports share, or that say less")
            self._left.append(GraphOmission(count=len(dropped), rule=rule))

    def _list_left_out(self) -> Iterator[GraphOmission]:
        """Yields what the graph does not show, with the rule."""
        if self._chosen.seeds_left:
            rule = Message("reports of the case; the graph begins with the gravest")
            yield GraphOmission(count=self._chosen.seeds_left, rule=rule)
        if self._chosen.linked_left:
            rule = Message("linked reports; those with the strongest links are shown")
            yield GraphOmission(count=self._chosen.linked_left, rule=rule)
        if self._unread:
            rule = Message("reports that were not read: whose their values are, and when they were captured, is not known")
            yield GraphOmission(count=self._unread, rule=rule)
        yield from self._left
        if self._widespread:
            rule = Message("values or files that so many reports hold that they tie nobody")
            yield GraphOmission(count=self._widespread, rule=rule)

    def _add_node(
        self, key: str, kind: str, title: str, what: str, total: int, *, files: int = 0, sha256: str | None = None
    ) -> None:
        """Adds something shared; its place is found at the end."""
        self._nodes[key] = GraphNode(
            key=key,
            kind=kind,  # type: ignore[arg-type]
            title=title,
            what=what,
            place=_NOWHERE,
            reports=total,
            files=files,
            sha256=sha256,
        )

    def _build_report(self, report_id: int) -> GraphNode:
        """Returns the node of a report."""
        facts = self._facts.get(report_id)
        return GraphNode(
            key=self._report_key(report_id),
            kind="report",
            title=self._numbers[report_id],
            what="" if facts is None or facts.incident_type is None else self._types.get(facts.incident_type, ""),
            place=_NOWHERE,
            band="" if facts is None else name_band(facts.band),
            inside=report_id in self._chosen.seeds,
            case=self._cases.get(report_id),
            reports=1,
        )

    def _report_key(self, report_id: int) -> str:
        """Returns the key of a report's node."""
        return f"report:{self._numbers[report_id]}"


_NOWHERE = GraphPlace(0, 0)


def _fold_weak(found: dict[tuple[str, str], SharedValue]) -> dict[tuple[str, str], SharedValue]:
    """Returns the values without weak ones of which a stronger one says the same for the same reports."""
    strong: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, value in found:
        if (weaker := find_weaker_key(kind, value)) is not None:
            strong[weaker] |= found[kind, value].holders.keys()
    return {key: each for key, each in found.items() if not (key in strong and each.holders.keys() <= strong[key])}


def _place_node(node: GraphNode, place: GraphPlace) -> GraphNode:
    """Returns a node with its place."""
    return replace(node, place=place)
