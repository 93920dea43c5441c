"""Stores link keys, and marks the reports that they concern."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from triage.jobs.judging import boilerplate
from triage.jobs.judging.key_kinds import CONTENT, EVENT, SPREAD, SPREAD_BY, is_own_number
from triage.jobs.judging.material import ENOUGH, find_not_counted
from triage.jobs.judging.same_content import replace_firsts
from triage.store.batch import Batch
from triage.store.queries import judgement, key_holders
from triage.store.queries.key_holders import OTHERS, LinkKey

Key = tuple[str, str]
"""(kind, value) of a link key."""
_ALSO = {"file": SPREAD, SPREAD: "file"}
"""The same bytes may be viral in one report and not in another: each is counted for both."""
_CONCERN_OTHERS = (*_ALSO, OTHERS)
"""Kinds of keys that concern the holders of other keys."""
_CONCERN_NO_CARD = (key_holders.SENTENCE, CONTENT)
"""Kinds of keys whose holders are dealt with by themselves."""


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
    replace_firsts(batch, [(i, tie[1]) for i, tie in gone if tie[0] == CONTENT])
    come, gone = ([(i, tie) for i, tie in some if tie[0] not in _CONCERN_NO_CARD] for some in (come, gone))
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
    left |= {(_ALSO[kind], value) for kind, value in keys | marked | left if kind in _ALSO and value.startswith(SPREAD_BY)}
    stale: set[int] = set()
    told: set[Key] = set()
    alone = new.keys() - old.keys()
    least = dict.fromkeys((shared & keys) | marked, 2) | dict.fromkeys(left, 1)
    more = Counter(key for _, tie in come if (key := tie[:2]) in least)
    more.subtract(key for _, tie in gone if (key := tie[:2]) in least)
    for key, holders in _find_holders(batch, least, more).items():
        stale.update(holders)
        told.add(key)
        if len(holders) > 1:
            alone -= set(holders)
    concerned = (shared | left) - told
    moved = {key for key in _list_own_numbers(come) ^ _list_own_numbers(gone) if key[:2] in concerned}
    apart = find_not_counted(batch, {i for _, _, i in moved})
    for kind, value, i in moved:
        if i in apart:
            stale.update(holder for holder, _ in key_holders.list_holders(batch, kind, value, -1))
    judgement.mark_stale(batch, stale, judgement.StaleStage.KEYS)
    return alone


def _find_holders(batch: Batch, least: Mapping[Key, int], more: Mapping[Key, int]) -> dict[Key, list[int]]:
    """Returns link key -> its holders, for keys that at least so many reports hold, and that few held before or hold now.

    `more` is by how many reports each is held more than before. At ENOUGH holders, before and now, the key ties nobody and every
    count of its holders is capped: nothing changes for them.
    """
    together = defaultdict[tuple[int, int], list[Key]](list)
    for key, fewest in least.items():
        together[fewest, ENOUGH + max(0, more[key])].append(key)
    found: dict[Key, list[int]] = {}
    for (fewest, fewer_than), keys in together.items():
        found |= key_holders.find_holders_of_keys(batch, keys, fewest, fewer_than)
    return found


def _list_own_numbers(ties: Iterable[tuple[int, LinkKey]]) -> set[tuple[str, str, int]]:
    """Returns (kind, value, report) of the keys that are the report's own number.

    However many name it, each counts an earlier report or not by what became of it.
    """
    return {(*tie[:2], i) for i, tie in ties if is_own_number(tie)}


def _marked_key(value: str) -> tuple[str, str]:
    """Returns the key (kind, value) of which a mark says that it is not the reported user's."""
    kind, _, rest = value.partition(" ")
    return kind, rest
