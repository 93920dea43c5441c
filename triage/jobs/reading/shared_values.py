"""Finds the values that linked reports share, by the rules that link reports, and what each report says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from triage import links
from triage.importers.merge import merge_documents
from triage.jobs.codec import document_from_json
from triage.jobs.faults import log_fault
from triage.jobs.judging.material import ENOUGH, UNLINKED
from triage.links.link_kinds import SHOWN_FROM, load_shipped_kinds
from triage.model.document import Identifier
from triage.store.database import Reader
from triage.store.queries import key_holders, reports, request_replies

MOST_BYTES = 24_000_000
"""Encoded documents that are read for times and roles; of reports beyond that only the shared values are shown."""

_NOT_OF_REPORT = ("reporter", "subscriber")
"""Roles whose identifiers are no link keys: contacts, and owners of lines, who are compared as a whole."""
Key = tuple[str, str]
"""(kind, value) of a link key."""


@dataclass(slots=True)
class SharedValue:
    """A value that linked reports in view share."""

    kind: str
    value: str
    strength: float = 0.0
    """What is left of the kind's strength at best: below SHOWN_FROM the value alone ties nobody."""
    holders: dict[int, float] = field(default_factory=dict)
    """Report in view -> the best strength of its ties by this value."""
    of_others: set[int] = field(default_factory=set)
    """Reports in which the value is not the reported user's."""
    total: int = 0
    """Reports of the store that hold it."""


@dataclass(frozen=True, slots=True)
class Captures:
    """What a report says of a value: whose it is, when it was captured, and whether the provider verified it."""

    roles: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    count: int = 0
    verified: bool | None = None


def find_shared_values(db: Reader, report_ids: Iterable[int], tied: Set[frozenset[int]]) -> tuple[dict[Key, SharedValue], int]:
    """Returns the values that pairs of linked reports share, and how many are left out because too many reports hold them.

    A pair is linked when its score cards say so. A value that ties nobody, since it is common or stale, is in no pair.
    """
    ids = sorted(report_ids)
    rows = key_holders.list_shared_keys(db, ids, UNLINKED, ENOUGH)
    others: defaultdict[tuple[int, str, str], int] = defaultdict(int)
    for i, kind, value, *_ in rows:
        others[i, kind, value] += 1
    shown, found, widespread = set(ids), dict[Key, SharedValue](), set[Key]()
    for i, kind, value, other, others_day, strength, day in rows:
        days = None if day is None or others_day is None else abs(day - others_day)
        count = others[i, kind, value]
        if count >= load_shipped_kinds()[kind].common_above:
            widespread.add((kind, value))
        left = load_shipped_kinds()[kind].effective_strength(strength, count, days)
        if left > 0 and other in shown and frozenset((i, other)) in tied:
            each = found.setdefault((kind, value), SharedValue(kind, value))
            each.total = count + 1
            each.strength = max(each.strength, left)
            for holder in (i, other):
                each.holders[holder] = max(left, each.holders.get(holder, 0.0))
    for key, marking in key_holders.find_marking_reports(db, found, ENOUGH).items():
        found[key].of_others.update(found[key].holders.keys() & marking)
    return found, len(widespread)


def is_possible(strength: float) -> bool:
    """Returns whether a value of this strength would tie nobody alone."""
    return strength < SHOWN_FROM


def load_captures(db: Reader, report_ids: Iterable[int], keys: Set[Key]) -> tuple[dict[tuple[int, str, str], Captures], int]:
    """Returns (report, kind, value) -> what the report says of that value, for the values in `keys`, and how many were not read.

    A report is not read when it is damaged, or when those before it are longer than MOST_BYTES.
    """
    ids = sorted(report_ids)
    documents = reports.load_parsed_documents(db, ids)
    replies = request_replies.load_reply_documents(db, ids)
    found: dict[tuple[int, str, str], Captures] = {}
    left, unread = MOST_BYTES, 0
    for report_id in ids:
        parsed = [*documents.get(report_id, ()), *replies.get(report_id, ())]
        left -= sum(map(len, parsed))
        read = _read_captures(report_id, parsed, keys) if left >= 0 else None
        unread += read is None
        found |= read or {}
    return found, unread


def _read_captures(report_id: int, parsed: list[bytes], keys: Set[Key]) -> dict[tuple[int, str, str], Captures] | None:
    """Returns what one report says of the values, or None when it can't be read."""
    held: defaultdict[Key, list[Identifier]] = defaultdict(list)
    try:
        report = merge_documents([document_from_json(each) for each in parsed], ())
        for identifier in (each for each in report.identifiers if each.role not in _NOT_OF_REPORT):
            for key in links.iter_identifier_keys(identifier, report.esp):
                if key in keys:
                    held[key].append(identifier)
    except Exception as error:  # judging failed on it too
        log_fault(error, "report %d not put together from its documents", report_id)
        return None
    return {(report_id, *key): _summarise(identifiers) for key, identifiers in held.items()}


def _summarise(identifiers: list[Identifier]) -> Captures:
    """Returns roles, first and last time, and verification of some captures of one value."""
    times = sorted({each.time.utc for each in identifiers if each.time is not None})
    said = {each.verified for each in identifiers if each.verified is not None}
    return Captures(
        roles=tuple(sorted({each.role for each in identifiers})),
        times=tuple(dict.fromkeys((times[0], times[-1]))) if times else (),
        count=len(identifiers),
        verified=True if True in said else False if said else None,
    )
