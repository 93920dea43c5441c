"""Finds the first of all reports of one content, which the queue shows the others as duplicates of.

The first is the report with the lowest number. Thousands of reports may have one content, so a report that comes asks a few of
them alone: the row of each names the first. All of them are read only when another report becomes the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from triage.jobs.judging.key_kinds import CONTENT
from triage.jobs.judging.material import ENOUGH
from triage.jobs.judging.number_order import format_sort_key
from triage.store.batch import Batch
from triage.store.queries import duplicates, key_holders, reports

_ASKED = 2 * ENOUGH
"""So many holders of a content are asked. An import leaves the first ENOUGH reports that share a key stale until it ends."""


def find_firsts(batch: Batch, report_ids: Iterable[int]) -> dict[int, int]:
    """Returns report -> the first report of its content, for reports that share their content with others.

    Where one of these reports is the first, or no other names the first, the rows of all others are written anew.
    """
    own: dict[str, set[int]] = {}
    for i, value in key_holders.find_shared_contents(batch, report_ids, CONTENT).items():
        own.setdefault(value, set()).add(i)
    firsts = {value: _find_first(batch, value, ids) for value, ids in own.items()}
    return {i: firsts[value] for value, ids in own.items() for i in ids}


def replace_firsts(batch: Batch, left: Iterable[tuple[int, str]]) -> None:
    """Writes the next first report into the rows of the others where the first of a content left it.

    `left` is (report, content).
    """
    for i, value in left:
        if duplicates.is_named(batch, i):
            _name_first(batch, {j for j, _ in key_holders.list_holders(batch, CONTENT, value, -1)}, set())


def _find_first(batch: Batch, value: str, ids: Set[int]) -> int:
    """Returns the first holder of a content, some of whose holders are these reports."""
    some = {i for i, _ in key_holders.list_holders(batch, CONTENT, value, _ASKED)}
    if len(some) < _ASKED:
        return _name_first(batch, some, ids)
    named = duplicates.find_named(batch, some - ids)
    if named is not None and _find_lowest(batch, {named, *ids}) == named:
        return named
    return _name_first(batch, {i for i, _ in key_holders.list_holders(batch, CONTENT, value, -1)}, ids)


def _name_first(batch: Batch, holders: Set[int], ids: Set[int]) -> int:
    """Has all holders apart from these reports, whose rows are written next, name the first; returns it, or 0 for no holders."""
    first = _find_lowest(batch, holders)
    duplicates.name_first(batch, holders - ids, first)
    return first


def _find_lowest(batch: Batch, report_ids: Set[int]) -> int:
    """Returns the report with the lowest number; 0 for none."""
    numbers = reports.load_numbers(batch, report_ids)
    return min(numbers, key=lambda i: (format_sort_key(numbers[i]), numbers[i]), default=0)
