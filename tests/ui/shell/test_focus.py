"""The keys belong to the page that is shown: what a hidden page still reads takes them from nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, wait_active
from triage.model.users import Role
from triage.ui.app import Desktop
from triage.ui.core.page import DeskPage
from triage.ui.shell.main_window import MainWindow
from triage.ui.shell.page_list import PAGES, list_pages

NEEDS_WHAT = {page.name for page in PAGES if page.shown_with}
ROLES = {"all": frozenset(Role), "audit": frozenset({Role.AUDITOR, Role.ADMIN})}


@pytest.fixture(params=ROLES)
def desktop(request: pytest.FixtureRequest, app: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Desktop]:
    made = Desktop(app, tmp_path / "store", api=FakeApi(roles=ROLES[request.param]), buses=("", ""))  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    wait_active(made)
    settle(made.runner)
    yield made
    made.close()


def working(desktop: Desktop) -> MainWindow:
    window = desktop.centralWidget()
    assert isinstance(window, MainWindow)
    return window


def has_keys(page: QWidget | None) -> bool:
    focused = QApplication.focusWidget()
    return page is not None and focused is not None and (focused is page or page.isAncestorOf(focused))


def test_a_page_that_is_left_while_it_reads_takes_no_keys(desktop: Desktop) -> None:
    window = working(desktop)
    names = [page.name for page in list_pages(window.api) if page.name not in NEEDS_WHAT]
    wrong = []
    for first, then in zip(names, names[1:] + names[:1], strict=True):
        window.show_desk(first)
        window.show_desk(then)
        settle(desktop.runner)
        wrong += [] if has_keys(window.desk.current()) else [f"{first}, then {then}: {QApplication.focusWidget()}"]
    assert wrong == []


def test_another_language_leaves_the_keys_with_the_page(desktop: Desktop) -> None:
    """After it, Esc did nothing on a page of an auditor: the page of administration behind it had the keys."""
    for name in ("audit", "wellbeing", "admin"):
        working(desktop).show_desk(name)
        settle(desktop.runner)
        desktop.change_look(replace(desktop.preferences, theme="light" if desktop.preferences.theme == "dark" else "dark"))
        settle(desktop.runner)
        shown = working(desktop).desk.current()
        assert isinstance(shown, DeskPage) and has_keys(shown), (name, QApplication.focusWidget())
