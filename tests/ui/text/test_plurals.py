"""A sentence with a number and what it counts has a form for one, in every package and in both languages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

import pytest

from tests.source_trees import ROOT, nodes
from triage.jobs.case_page.acts import _tell_end
from triage.jobs.casework.shift import _tell_days_over
from triage.jobs.reading.queue_sheet import describe_filter
from triage.model.views import QueueFilter
from triage.resources import find_root
from triage.ui.queue.facets import describe_days, list_chips
from triage.ui.text import i18n
from triage.ui.text.i18n import trn

_UNIT = re.compile(r"\{(\w+)\} (day|hour|minute|second|time|backup|problem)s\b")
_NEVER_ONE = {
    "Added more than {days} days ago: {names}.": "a limit of the program",
    "Lock after {n} minutes": "a choice of 2 to 30",
    "Locked after {n} minutes without activity.": "the same choice",
    "The last {n} days with views. All days are printed at the command line: triage exposure": "a limit of the program",
    "older than {n} days": "a policy of 30 to 365",
    "{n} backup is older than {days} days.": "a policy of 30 to 365",
    "{device}, and it was sent within {hours} hours of being taken.": "a limit of the program",
}
"""Sentences whose number can't be 1, with what it is."""
_OTHER_ONES = {
    "The store was checked {n} days ago.": "The store was checked a day ago.",
    "A person verified the audit log {n} days ago.": "A person verified the audit log a day ago.",
    "The newest exported log head is {n} days old.": "The newest exported log head is a day old.",
    "{label}: names {place}, {n} times": "{label}: names {place}",
    "The newest backup is {n} days old.": "The newest backup is a day old.",
}
"""Sentences whose form for one has other words."""


_COUNTED = re.compile(r"\{(\w+)(?::[^}]*)?\} ((?:[a-z-]+ ){0,2}?)([a-z]+s)\b")
_NO_NOUNS = frozenset(
    [
        "address",
        "agrees",
        "as",
        "asks",
        "begins",
        "belongs",
        "comes",
        "contains",
        "does",
        "exists",
        "gives",
        "has",
        "holds",
        "is",
        "its",
        "lacks",
        "leaves",
        "less",
        "lies",
        "looks",
        "names",
        "needs",
        "opens",
        "points",
        "reads",
        "rests",
        "says",
        "selects",
        "serves",
        "series",
        "shows",
        "states",
        "status",
        "takes",
        "this",
        "waits",
        "was",
    ]
)
"""Words that end like the plural of a noun and are none; a series has no other plural."""
_NO_ADJECTIVES = frozenset(
    [
        "a",
        "and",
        "are",
        "as",
        "at",
        "for",
        "imported",
        "in",
        "is",
        "named",
        "of",
        "on",
        "or",
        "set",
        "the",
        "to",
        "was",
        "were",
        "with",
        "wrote",
    ]
)
"""Behind one of these the number counts something else."""
_NEVER_ONE_OF_A_NOUN = {
    "A break of {pause} min is advised after {spell} min of viewing without a pause, and after {open} min of media held open. It is also advised after {grave} different files with a grave warning.": "a policy",
    "A clue has at most {n} characters.": "a limit",
    "A statistic covers at most {years} years.": "a limit",
    "Held for review: {n} different files are similar to one another; a lead has to decide.": "one is similar to nothing",
    "One act reaches at most {n} reports. Set a filter first.": "a limit",
    "Press W to draw {n} reports of bands B to E.": "a limit",
    "Select at most {n} reports for a case.": "a limit",
    "The first {n} values; type to find others.": "a limit",
    "The first {shown} of {total} reports.": "more than are shown",
    "The note has {n} characters; write at most {most}.": "above the limit",
    "The workstation took the SHA-256 of what was handed over in bundle {n}: {bytes:,} bytes.": "no bundle has one byte",
    "This store holds {n} identifiers; at most {most} can be compared at once.": "above the limit",
    "Up to {n} reports are drawn by chance, from bands B to E.": "a limit",
    "{days:.1f} days from the incident": "a decimal: 1.0 days",
    "{n} files of this report were made with the same camera (same serial number)": "at least OWN_CAMERA_IMAGES",
    "One grade covers the exact copies in {n} reports.": "several",
    "{n} of {all} video tracks": "several",
    "The zip is locked, and no password at hand opens it ({n} of {total} entries).": "rows that were set aside keep this key",
    "The zip is locked in a way that a password alone does not open ({n} of {total} entries).": "the same",
    "no {kind} of {digits} hexadecimal digits": "32 and more",
    "{n} months": "a choice of 12 to 120",
    "{n} near copies, {name}": "a series has several",
    "{report} has {n} versions; a work package takes at most {most} of one report.": "above the limit",
}
"""Sentences that count no 1, with what the number is."""


def test_every_counted_noun_has_a_form_for_one() -> None:
    keys, paired = _read_keys(), {text for pair in _list_pairs() for text in pair}
    found = {key for key in keys - paired if _counts_nouns(key) and not _UNIT.search(key)}
    assert found == set(_NEVER_ONE_OF_A_NOUN), "give it a form for one, or take out here what is gone"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_each_pair_says_none_one_and_two(language: i18n.Language) -> None:
    """Shows every pair with 0, 1 and 2: one never stands beside the plural, and nothing is left to be filled in."""
    i18n.set_language(language)
    try:
        wrong = []
        for one, many in _list_pairs():
            values = dict.fromkeys(re.findall(r"\{(\w+)", one + many), "x")
            values.pop("n", None)
            none, single, two = (re.sub("[\u2066-\u2069\u200f]", "", trn(one, many, n, **values)) for n in (0, 1, 2))
            if "{n" in many and (many.count("{n}") != two.count("2") or none != two.replace("2", "0")):
                wrong.append(f"{many}: {none} / {two}")
            if "{" in none + single + two or (language == "en" and single == two.replace("2", "1") and _counts_nouns(many)):
                wrong.append(f"{one}: {single}")
        assert wrong == []
    finally:
        i18n.set_language("en")


def _counts_nouns(key: str) -> bool:
    """Returns whether a sentence holds a number and the plural of what it counts. "At most" is a limit."""
    return any(
        found[1] != "most" and found[3] not in _NO_NOUNS and not _NO_ADJECTIVES & set(found[2].split())
        for found in _COUNTED.finditer(key)
    )


def _list_pairs() -> Iterator[tuple[str, str]]:
    """Yields the sentence for one and that for more, wherever one of both is chosen by a number."""
    for path in sorted((ROOT / "triage").rglob("*.py")):
        for node in (*nodes(path, ast.Call), *nodes(path, ast.IfExp), *nodes(path, ast.Tuple)):
            found: list[ast.AST] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "trn":
                found = list(node.args[:2])
            elif isinstance(node, ast.IfExp) and "1" in ast.unparse(node.test):
                found = [node.body, node.orelse]
            elif isinstance(node, ast.Tuple) and path.name == "case.py":
                found = list(node.elts)
            found = [each.args[0] if isinstance(each, ast.Call) and each.args else each for each in found]
            texts = [each.value for each in found if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if len(texts) == 2 and "{" in texts[1]:
                yield texts[0], texts[1]


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
