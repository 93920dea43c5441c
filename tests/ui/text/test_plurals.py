"""A sentence with a number and a unit of time has a form for one, in every package."""

from __future__ import annotations

import json
import re

from triage.jobs.case_page.acts import _tell_end
from triage.jobs.casework.shift import _tell_days_over
from triage.jobs.reading.queue_sheet import describe_filter
from triage.model.views import QueueFilter
from triage.resources import find_root
from triage.ui.queue.facets import describe_days, list_chips

_UNIT = re.compile(r"\{(\w+)\} (day|hour|minute|second|time|backup|problem)s\b")
_NEVER_ONE = {
    "Added more than {days} days ago: {names}.": "a limit of the program",
    "Lock after {n} minutes": "a choice of 2 to 30",
    "Locked after {n} minutes without activity.": "the same choice",
    "The last {n} days with views. All of them: triage exposure": "a limit of the program",
    "older than {n} days": "a policy of 30 to 365",
    "{n} backup is older than {days} days.": "a policy of 30 to 365",
    "{device}, and it was sent within {hours} hours of being taken.": "a limit of the program",
}
"""Sentences whose number can't be 1, with what it is."""
_OTHER_ONES = {
    "The store was checked {n} days ago.": "The store was checked a day ago.",
    "The audit log was verified {n} days ago.": "The audit log was verified a day ago.",
    "The newest exported log head is {n} days old.": "The newest exported log head is a day old.",
    "{label}: names {place}, {n} times": "{label}: names {place}",
    "The newest backup is {n} days old.": "The newest backup is a day old.",
}
"""Sentences whose form for one has other words."""


def test_every_number_of_units_has_a_form_for_one() -> None:
    keys = _read_keys()
    assert {*_NEVER_ONE, *_OTHER_ONES, *_OTHER_ONES.values()} <= keys, "a sentence is gone: take it out here"
    missing = [
        key
        for key in keys - set(_NEVER_ONE) - set(_OTHER_ONES)
        if (unit := _UNIT.search(key)) and not _has_form_for_one(key, unit, keys)
    ]
    assert missing == []


def test_the_form_for_one_is_chosen() -> None:
    assert [str(describe_days(n)) for n in (1, 7)] == ["Deadline: within 1 day", "Deadline: within 7 days"]
    for n, words in ((1, "1 day"), (2, "2 days")):
        filter = QueueFilter(expiring_within_days=n, preserve_within_days=n)
        assert [re.sub("<[^>]*>|[\\u2066-\\u2069]", "", chip.words).split("within ")[1] for chip in list_chips(filter)] == [
            words,
            words,
        ]
        assert [value for _, value in describe_filter(filter, -1) if "day" in value] == [words, words]
    assert str(_tell_end(1, operator=True)).startswith("The operator's log ends in 1 day; ")
    assert str(_tell_end(1, operator=False)).startswith("The provider's data end in 1 day; ")
    assert str(_tell_end(2, operator=True)).startswith("The operator's log ends in 2 days; ")
    assert str(_tell_end(2, operator=False)).startswith("The provider's data end in 2 days; ")
    assert [str(_tell_days_over("A", n)) for n in (1, 2)] == ["band A, 1 day over", "band A, 2 days over"]


def _has_form_for_one(key: str, unit: re.Match[str], keys: set[str]) -> bool:
    """Returns whether the words before the unit, with the unit in the singular, begin another sentence."""
    one = f"{key[: unit.start()]}{{{unit[1]}}} {unit[2]}"
    return any(each.startswith((one + " ", one + ",", one + ".", one + ";")) or each == one for each in keys)


def _read_keys() -> set[str]:
    files = [each for each in (find_root() / "translations").iterdir() if each.name.startswith("ur_")]
    return {key for file in files for key in json.loads(file.read_text(encoding="utf-8"))}
