"""Numbers, dates and times are written for people in one place: `triage.ui.text.i18n` and `triage.ui.text.times`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import triage.ui
from tests import source_trees
from tests.ui import words_used
from triage.message import Message
from triage.ui.text import i18n, times
from triage.ui.text.i18n import tr_message

ROOT = Path(triage.ui.__file__).parent
WRITERS = {"text/i18n.py", "text/times.py"}
DATE_CALLS = {"strftime", "isoformat", "fromisoformat", "ctime"}
NOT_FOR_PEOPLE = {
    "core/writing_dialog.py": "the date in a file's name",
    "report/packet_dialog.py": "the date in a folder's name",
    "audit/checks_panel.py": "the date in a file's name",
    "audit/filter_row.py": "days that are typed, and bounds for the query",
    "requests/life_dialogs.py": "days that are typed",
    "text/case_words.py": "days are counted",
    "kit/numbers.py": "a field in which people type",
}
"""Files whose figures nobody reads on a screen, and why."""


def find_raw(path: Path) -> Iterator[int]:
    """Yields the lines that format a number or a date by themselves."""
    for value in source_trees.nodes(path, ast.FormattedValue):
        if value.format_spec is not None:
            spec = "".join(each.value for each in ast.walk(value.format_spec) if isinstance(each, ast.Constant))
            if spec[-1:] in tuple("fgen%d,"):
                yield value.lineno
    for call in source_trees.nodes(path, ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in DATE_CALLS:
            yield call.lineno


def test_screens_format_no_number_and_no_date_by_themselves() -> None:
    found: dict[str, list[int]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name not in WRITERS and (lines := list(find_raw(path))):
            found[name] = lines
    assert {name: lines for name, lines in found.items() if name not in NOT_FOR_PEOPLE} == {}
    assert set(NOT_FOR_PEOPLE) <= set(found), "these format nothing any more"


def test_sizes_go_through_one_formatter() -> None:
    """A sentence of a screen never counts bytes: 30,655,063 of them are 30.7 MB."""
    assert [text for text in words_used.sentences() if re.search(r"\} bytes\b", text)] == []


def test_a_week_is_named_by_its_first_day() -> None:
    assert (times.week("2026-W48"), times.short_week("2026-W48")) == ("the week from 23 Nov 2026", "23 Nov")
    assert times.short_week("2026-W53") == "28 Dec"


@pytest.fixture
def urdu() -> Iterator[None]:
    i18n.set_language("ur")
    yield
    i18n.set_language("en")


def test_english_figures() -> None:
    assert (i18n.number(1234567), i18n.decimal(1234.56), i18n.percent(0.125, 1)) == ("1,234,567", "1,234.6", "12.5 %")
    assert (times.calendar_day("2026-11-14"), times.short_day("2026-11-14"), times.month("2026-11")) == (
        "14 Nov 2026",
        "14 Nov",
        "Nov 2026",
    )
    assert times.calendar_day("some day") == "some day"


def test_urdu_figures_are_latin_isolated_and_day_first(urdu: None) -> None:
    assert i18n.number(1234567) == "\u20661,234,567\u2069"
    assert i18n.percent(0.125, 1) == "\u206612.5%\u2069"
    plain = "".join(char for char in times.calendar_day("2026-11-14") if char not in "\u2066\u2068\u2069\u200f")
    assert plain == "14 نومبر 2026"


def test_names_are_chosen_by_their_first_letters(urdu: None) -> None:
    assert i18n.searchable("khi-04") == "khi-04"
    assert i18n.searchable(i18n.tr("{name} (you)", name="khi-04"))[0] == "k"


def test_what_is_over_is_counted_in_days_of_the_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now", lambda: datetime(2026, 11, 28, 6, 0, tzinfo=UTC))
    assert times.time_left("2026-11-23T18:59:59Z") == "over by 5 days", "as the page of the case says it"
    assert times.time_left("2026-11-28T05:00:00Z") == "over today"


def test_days_and_times_of_messages_are_written_as_people_write_them() -> None:
    """The packages below hold them as ISO 8601, and screens showed them so."""
    assert tr_message(Message("sent on {day}", day="2026-11-01")) == "sent on 1 Nov 2026"
    assert tr_message(Message("finished on {when}", when="2026-11-24T09:26:00Z")) == "finished on 24 Nov 2026 14:26:00 PKT"
    assert tr_message(Message("the value {value}", value="2026-99-99T99:99:99Z")) == "the value 2026-99-99T99:99:99Z"
    assert tr_message(Message("{list} of {date}", list="C-2026-11-01", date="2026-11-03")) == "C-2026-11-01 of 3 Nov 2026"


def _list_shown(path: Path) -> Iterator[ast.expr]:
    """Yields what expressions may show: the sides of an "or" or "and", and texts that are made safe for the screen."""
    for node in source_trees.nodes(path, ast.BoolOp):
        yield from node.values
    for call in source_trees.nodes(path, ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id in ("Safe", "ltr", "isolated"):
            yield from call.args


def test_a_missing_value_is_said_in_words() -> None:
    """A dash says nothing to a person who listens to the screen, and not whether nobody stated it or nobody has it."""
    found = [
        f"{path.relative_to(ROOT)}:{shown.lineno}"
        for path in sorted(ROOT.rglob("*.py"))
        for shown in _list_shown(path)
        if isinstance(shown, ast.Constant) and shown.value in ("-", "–")
    ]
    allowed = "graph/graph_view.py", "report/deadlines_card.py"  # a band of the graph is a letter; a mark has its words beside it
    assert [place for place in found if not place.startswith(allowed)] == []
