"""The pages of auditors: millions of entries by windows, filters, verification, what left, and the program's log."""

from __future__ import annotations

import ast
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.source_trees import nodes
from tests.ui.fakes import FakeApi
from tests.ui.fakes_admin import entry
from tests.ui.screens import settle
from triage.jobs.keeping.audit_reading import AuditFilter
from triage.message import Message
from triage.model.progress import CancelToken, OnProgress
from triage.model.users import Role
from triage.model.verification import AuditResult, CheckResult
from triage.ui.audit.kind_words import GRAVE, GROUPS
from triage.ui.audit.log_page import ProgramLogPage
from triage.ui.audit.outgoing_page import OutgoingPage
from triage.ui.audit.page import AuditPage
from triage.ui.core.paged_table import KEPT, WINDOW
from triage.ui.core.runner import Runner

ROOT = Path(__file__).parents[3]


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


@pytest.fixture
def said() -> list[str]:
    return []


def open_page(page: Any, runner: Runner, qtbot: QtBot, said: list[str]) -> Any:
    qtbot.addWidget(page)
    page.said.connect(said.append)
    page.resize(1186, 700)
    page.show()
    page.reload()
    settle(runner)
    return page


def test_two_million_entries_are_read_by_windows(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.audit_count = 2_000_000
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    assert page.table.paged.rowCount() == 2_000_000
    assert page.table.current_row() == entry(1_999_999), "the newest first"
    read = sum(call[1] for call in api.calls if call[0] == "audit_entries")
    assert read <= 3 * WINDOW
    for row in range(0, 2_000_000, 2_000_000 // (KEPT + 20)):
        page.table.select(row)
        settle(runner)
        assert page.table.current_row() == entry(1_999_999 - row)
    assert len(page.table.paged._windows) <= KEPT, "memory does not grow with the log"
    page.table.select(1_999_999)
    settle(runner)
    assert page.table.current_row() == entry(0)


def test_a_row_that_is_not_read_yet_says_so_and_comes(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    model = page.table.paged
    first = model.data(model.index(3_000, 0))
    assert first == "…" and model.at(3_000) is None
    settle(runner)
    assert model.at(3_000) == entry(1_999)


def test_the_filter_finds_entries_while_it_searches(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    box = page.filter.kind
    box.setCurrentIndex(next(at for at in range(box.count()) if box.itemData(at) == ("consent failed",)))
    page.filter.since.setText("2026-11-01")
    page.filter.until.setText("2026-11-02")
    page.filter.report.setText(" 900144218 ")
    page.search()
    settle(runner)
    wanted = api.calls[[call[0] for call in api.calls].index("find_audit")][1]
    assert wanted == AuditFilter(
        kinds=("consent failed",), since="2026-10-31T19:00:00Z", before="2026-11-02T19:00:00Z", report="900144218"
    ), "days are Pakistan's, the last one is included"
    assert page.table.paged.rowCount() == 1_000 and page.state.text() == "1,000 entries fit"
    page.table.select(999)
    settle(runner)
    assert page.table.current_row().kind == "consent failed"
    page.filter.reset()
    settle(runner)
    assert page.table.paged.rowCount() == 5_000


def test_a_group_stands_for_all_its_kinds(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    page.filter.kind.setCurrentIndex(1)
    assert page.filter.read().kinds == GROUPS[0][1]


def test_a_day_that_is_none_is_said(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    before = len(api.calls)
    page.filter.since.setText("1 November")
    page.search()
    assert said and said[0].startswith("Write a day as") and len(api.calls) == before


def test_nothing_found_says_what_to_do(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    page.filter.about.setText("nothing")
    page.search()
    settle(runner)
    assert page.nothing.isVisible() and not page.table.isVisible()


def test_a_newer_search_drops_the_one_before(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    go_on = threading.Event()
    real = api.find_audit

    def slow(wanted: AuditFilter, on_found: Any, on_progress: Any, cancel: CancelToken) -> int:
        if wanted.about == "slow":
            on_found([1, 0])
            go_on.wait(60)
            on_found([0])
            return 3
        return real(wanted, on_found, on_progress, cancel)

    api.find_audit = slow  # type: ignore[method-assign,assignment]
    page.filter.about.setText("slow")
    page.search()
    qtbot.waitUntil(lambda: page.table.paged.rowCount() == 2)
    page.filter.reset()
    go_on.set()
    settle(runner)
    assert page.table.paged.rowCount() == 5_000 and page.state.text() == ""


def test_who_saw_what_is_hidden_but_counted(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    page.table.select(3)  # entry 4,996
    settle(runner)
    shown = page.table.current_row()
    assert shown.hidden
    column = page.table.paged.columns[2]
    assert column.text(shown) == "auditors only"
    assert any("What a person viewed is private." in text for text in texts(page))


def test_whoever_may_not_read_entries_still_verifies(runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api = FakeApi(roles=frozenset({Role.ANALYST}))
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    assert not page.table.isVisible() and "verify the log here" in page.nothing.text()
    page.checks.verify_log()
    settle(runner)
    assert "The audit log is whole." in texts(page.checks)


# -- checks ----------------------------------------------------------------------------------------------------------------


def test_verification_says_what_it_does_not_show(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    page.checks.verify_log()
    settle(runner)
    assert any("An older copy of the whole store would look the same" in text for text in texts(page.checks))
    page.checks._verify(Path("/papers/head.json"))
    settle(runner)
    assert ("verify_log", Path("/papers/head.json")) in api.calls
    assert "It holds all that the exported head vouches for." in texts(page.checks)


def test_a_log_that_is_not_whole_is_never_green(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.log_result = AuditResult(
        valid=False, entries=3, head="", last_step=None, problems=(Message("Entry {n} of the audit log was changed.", n=2),)
    )
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    page.checks.verify_log()
    settle(runner)
    found = texts(page.checks)
    assert any("NOT whole" in text for text in found) and "Entry 2 of the audit log was changed." in found
    assert not [label for label in page.checks.findChildren(QLabel) if label.property("kind") == "good"]


def test_a_stopped_check_says_that_nothing_was_checked(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    begun = threading.Event()

    def slow(*, subset: Any, on_progress: OnProgress, cancel: CancelToken) -> CheckResult:
        begun.set()
        while True:
            cancel.check()
            threading.Event().wait(0.01)

    api.check_store = slow  # type: ignore[method-assign,assignment]
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    page.checks.check_store()
    qtbot.waitUntil(begun.is_set)
    assert not page.checks.verify.isEnabled()
    page.stop()
    settle(runner)
    assert "Stopped before its end: not checked." in texts(page.checks) and page.checks.verify.isEnabled()
    assert not [label for label in page.checks.findChildren(QLabel) if label.property("kind") == "good"]


def test_a_slice_does_not_speak_for_the_whole(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AuditPage(api, runner), runner, qtbot, said)
    page.checks.slice.setCurrentIndex(3)
    page.checks.check_store()
    settle(runner)
    assert ("check_store", (3, 7)) in api.calls
    assert "Slice 3 of 7 agrees; the rest of the vault was not read." in texts(page.checks)
    page.checks.export_head(Path("/papers/head.json"))
    settle(runner)
    assert ("export_head", Path("/papers/head.json")) in api.calls


# -- what left, the program's log ----------------------------------------------------------------------------------------


def test_what_left_is_listed_newest_first(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(OutgoingPage(api, runner), runner, qtbot, said)
    assert [row.id for row in page.table.rows()] == [5, 4, 3, 2, 1]
    assert {"USB 14", "Inspector A."} <= set(texts(page))
    api.outgoing_count = 0
    page.reload()
    settle(runner)
    assert page.message.title.text() == "Nothing has left this store yet."


def test_the_programs_log_is_filtered(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(ProgramLogPage(api, runner), runner, qtbot, said)
    assert len(page.table.rows()) == 2 and "builtins.ValueError" in "".join(texts(page))
    page.toggle_errors()
    assert [row[1].level for row in page.table.rows()] == ["ERROR"]
    page.toggle_errors()
    assert page.beside.text() == "2 messages"


def test_every_kind_of_entry_is_in_a_group() -> None:
    """The filter offers each kind that the program writes."""
    listed = {kind for _, kinds in GROUPS for kind in kinds}
    assert len(listed) == sum(len(kinds) for _, kinds in GROUPS) and listed >= GRAVE
    written = set()
    for path in (ROOT / "triage").rglob("*.py"):
        for call in nodes(path, ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "note" and call.args:
                written |= {
                    node.value
                    for node in ast.walk(call.args[0])
                    if isinstance(node, ast.Constant) and isinstance(node.value, str)
                }
    kinds = {kind for kind in written if kind[:1].islower() and " " in kind}
    begun = {kind for kind in kinds if kind.endswith(" ") and any(each.startswith(kind) for each in listed)}
    assert kinds - begun - listed == set()
