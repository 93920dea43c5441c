"""Shows which reports belong together: the links of one report, and clusters with their dates, offices and cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from triage.jobs.codec import links_from_bytes, read_or_none
from triage.jobs.judging.key_kinds import EVENT
from triage.jobs.load import load_report
from triage.jobs.lookup import find_report
from triage.jobs.session import Session
from triage.model.document import find_owner
from triage.model.judgement import Link, name_band
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import cases, clusters, judgement, reports
from triage.store.queries.judgement import QueueFacts

MOST_READ = 200
"""Reports of a large cluster that are opened to search for repeated people; the view says so."""
_OF_PEOPLE = {"email", "phone", "username", "user_id", "cnic", "device", "wallet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedIdentifier:
    """An identifier of the reported user, a victim or a complainant that stands in several events of a cluster."""

    of: str
    kind: str
    value: str
    reports: tuple[str, ...]
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterView:
    """A cluster. `events` counts several reports of one event once; `unread` reports were not opened for `repeated`.

    `damaged` reports were opened, and their documents can't be read: whom they name is not known.
    """

    name: str
    reports: tuple[str, ...]
    events: int
    first: str | None
    last: str | None
    band: str
    offices: tuple[str, ...]
    open_cases: tuple[str, ...]
    repeated: tuple[RepeatedIdentifier, ...]
    unread: int
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksView:
    """The links of one report, and its cluster, None without one. `damaged`: the stored links can't be read."""

    report_id: str
    links: tuple[Link, ...]
    cluster: ClusterView | None
    damaged: bool = False


def show_links(session: Session, report_number: str) -> LinksView:
    """Returns the links of one report, and the cluster that it is in.

    Raises:
        NotFound: if there is no such report
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        report_id = find_report(db, report_number)
        card = judgement.load_card(db, report_id)
        links = () if card is None else read_or_none(links_from_bytes, card.links, report_id)
        root = clusters.load_cluster_roots(db, [report_id]).get(report_id)
        return LinksView(
            report_id=reports.load_number(db, report_id),
            links=links or (),
            cluster=None if root is None else _build_cluster_view(db, clusters.list_cluster_members(db, root)),
            damaged=links is None,
        )


def list_clusters(session: Session, limit: int = 50) -> tuple[ClusterView, ...]:
    """Returns the largest clusters of the store, the largest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(
            _build_cluster_view(db, clusters.list_cluster_members(db, root))
            for root, _ in clusters.list_largest_clusters(db, limit)
        )


def _build_cluster_view(db: Reader, members: Sequence[int]) -> ClusterView:
    """Builds what people see of a cluster."""
    facts = judgement.load_queue_facts(db, members)
    offices = judgement.load_codes(db, "office")
    numbers = {i: reports.load_number(db, i) for i in members}
    told = clusters.load_events(db, members, EVENT)
    days = sorted(day for _, day in clusters.load_days(db, members))
    joined = {case.number for i in members if (case := cases.find_case_of_report(db, i)) is not None}
    repeated, damaged = _find_repeated(db, _choose_gravest(facts, members), numbers, told)
    return ClusterView(
        name=min(numbers.values(), key=lambda number: (len(number), number)),
        reports=tuple(sorted(numbers.values(), key=lambda number: (len(number), number))),
        events=len({told.get(i, str(i)) for i in members}),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        band=name_band(min((row.band for row in facts.values()), default=4)),
        offices=tuple(sorted({offices[row.office] for row in facts.values() if row.office in offices})),
        open_cases=tuple(sorted(joined)),
        repeated=repeated,
        unread=max(len(members) - MOST_READ, 0),
        damaged=damaged,
    )


def _choose_gravest(facts: dict[int, QueueFacts], members: Sequence[int]) -> list[int]:
    """Returns the MOST_READ gravest reports."""
    ordered = sorted(members, key=lambda i: (facts[i].band, -facts[i].risk, i) if i in facts else (9, 0, i))
    return ordered[:MOST_READ]


def _find_repeated(
    db: Reader, members: Sequence[int], numbers: dict[int, str], told: dict[int, str]
) -> tuple[tuple[RepeatedIdentifier, ...], tuple[str, ...]]:
    """Returns the identifiers that stand in several events, those of victims first, and the reports that can't be read."""
    holding: defaultdict[tuple[str, str, str], set[int]] = defaultdict(set)
    damaged = []
    for report_id in members:
        loaded = load_report(db, report_id)
        if not loaded.readable:
            damaged.append(numbers[report_id])
        for identifier in loaded.report.identifiers:
            owner = find_owner(identifier, loaded.report.people)
            if owner in ("suspect", "victim", "complainant") and identifier.kind in _OF_PEOPLE:
                value = (identifier.normalised or identifier.value).casefold()
                holding[owner, identifier.kind, value].add(report_id)
    found = []
    for (role, kind, value), ids in holding.items():
        events = len({told.get(i, str(i)) for i in ids})
        if events > 1:
            of = "reported user" if role == "suspect" else role
            held = tuple(sorted(numbers[i] for i in ids))
            found.append(RepeatedIdentifier(of=of, kind=kind, value=value, reports=held, events=events))
    return tuple(sorted(found, key=lambda r: (r.of != "victim", -r.events, r.kind, r.value))), tuple(damaged)
