"""Stores link keys, and marks the reports that they concern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain

from triage.jobs.judging import boilerplate
from triage.jobs.judging.key_kinds import CONTENT, EVENT, REPORT, SPREAD, is_own_number
from triage.jobs.judging.material import ENOUGH
from triage.jobs.judging.number_order import format_sort_key
from triage.store.batch import Batch
from triage.store.key_digests import OTHERS
from triage.store.queries import judgement, key_holders, reports
from triage.store.queries.key_holders import LinkKey

_ALSO = {"file": SPREAD, SPREAD: "file"}
"""The same bytes may be viral in one report and not in another: each is counted for both."""
_CONCERN_OTHERS = (*_ALSO, OTHERS)
"""Kinds of keys that concern the holders of other keys."""
_UNCAPPED = (CONTENT, REPORT)


def store_keys(batch: Batch, new: Mapping[int, Sequence[LinkKey]]) -> set[int]:
    """Stores link keys and marks the holders of keys that came or went as stale.

    Returns the reports that had no keys and share none now.
    """
    old = key_holders.load_keys_of_reports(batch, new)
    come = [(i, tie) for i, ties in new.items() for tie in (ties if i not in old else set(ties) - old[i])]
    gone = [(i, tie) for i, had in old.items() for tie in had - set(new[i])]
    sentences = boilerplate.sentences_of(tie[:2] for _, tie in chain(come, gone) if tie[0] == key_holders.SENTENCE)
    recurring = boilerplate.recurring_among(batch, sentences)
    shared = key_holders.save_keys(batch, come, gone)
    boilerplate.mark_changed(batch, sentences, recurring)
    come, gone = ([(i, tie) for i, tie in some if tie[0] != key_holders.SENTENCE] for some in (come, gone))
    # Who alone holds a key that came is of this batch. Most keys are held by one report, and nothing has to name each of them.
    keys = {key for _, tie in come if (key := tie[:2]) in shared or tie[0] in _CONCERN_OTHERS}
    # Whoever counts these reports counts their events, and names them by their numbers. Of a report that is new all keys came.
    again = {i for i, tie in chain(come, gone) if i in old and (tie[0] == EVENT or is_own_number(tie))}
    once_more = {tie[:2] for i in again for tie in new[i]}
    keys |= once_more
    shared |= key_holders.find_shared_keys(batch, once_more)
    left = {tie[:2] for _, tie in gone}
    marked = {_marked_key(value) for kind, value in keys if kind == OTHERS}
    left |= {_marked_key(value) for kind, value in left if kind == OTHERS}
    left |= {(_ALSO[kind], value) for kind, value in keys | marked | left if kind in _ALSO}
    most = ENOUGH + len(new)
    stale: set[int] = set()
    told: set[tuple[str, str]] = set()
    alone = new.keys() - old.keys()
    holding = key_holders.find_holders_of_keys(batch, ((shared & keys) | marked) - left, 2, most)
    holding |= key_holders.find_holders_of_keys(batch, left, 1, most)
    more = Counter(key for _, tie in come if (key := tie[:2]) in holding)
    more.subtract(key for _, tie in gone if (key := tie[:2]) in holding)
    for key, holders in holding.items():
        # At that many, before and now, the key ties nobody and every count of its holders is capped: nothing changes for them.
        if min(len(holders), len(holders) - more[key]) < ENOUGH:
            stale.update(holders)
            told.add(key)
        if len(holders) > 1:
            alone -= set(holders)
    uncapped = _list_uncapped(come, gone, {i: new[i] for i in again})
    for key, changed in uncapped.items():
        if key not in told and (key in shared or key in left):
            stale |= _find_concerned(batch, key, changed)
    judgement.mark_stale(batch, stale, judgement.StaleStage.KEYS)
    return alone


def _list_uncapped(
    come: Iterable[tuple[int, LinkKey]], gone: Iterable[tuple[int, LinkKey]], again: Mapping[int, Iterable[LinkKey]]
) -> dict[tuple[str, str], set[int]]:
    """Returns keys that concern their holders however many there are, with the reports of which they changed.

    The queue shows the first of all reports of one content. Whoever names an earlier report asks what became of it.
    """
    found: dict[tuple[str, str], set[int]] = {}
    for i, tie in chain(come, gone, ((i, tie) for i, ties in again.items() for tie in ties)):
        if tie[0] in _UNCAPPED and (tie[0] == CONTENT or is_own_number(tie)):
            found.setdefault(tie[:2], set()).add(i)
    return found


def _find_concerned(batch: Batch, key: tuple[str, str], changed: Set[int]) -> set[int]:
    """Returns the holders of a key; none where another report than these was the first of a content, and is."""
    holders = {i for i, _ in key_holders.list_holders(batch, *key, -1)}
    if key[0] != CONTENT:
        return holders
    numbers = {i: format_sort_key(number) for i, number in reports.load_numbers(batch, holders | changed).items()}
    first = min((numbers[i] for i in changed if i in numbers), default=None)
    others = min((numbers[i] for i in holders - changed if i in numbers), default=None)
    return holders if first is not None and (others is None or first < others) else set()


def _marked_key(value: str) -> tuple[str, str]:
    """Returns the key (kind, value) of which a mark says that it is not the reported user's."""
    kind, _, rest = value.partition(" ")
    return kind, rest
