"""Why one report of the queue stands above the next one."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import texts
from triage.errors import StoreError
from triage.ui.core.runner import Runner
from triage.ui.queue.order_dialog import HEIGHT, OrderDialog
from triage.ui.queue.page import QueuePage


@pytest.fixture
def page(api: FakeApi, runner: Runner, qtbot: QtBot) -> QueuePage:
    made = QueuePage(api, runner)
    qtbot.addWidget(made)
    made.resize(1290, 800)
    made.show()
    with qtbot.waitSignal(made.model.loaded):
        made.reload()
    qtbot.waitUntil(lambda: made.table.current_row() is not None)
    return made


def test_the_current_report_is_compared_with_the_one_below(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    first, second = (api.queue[i].report_id for i in (0, 1))
    page.explain_order()
    qtbot.waitUntil(lambda: bool(page.findChildren(OrderDialog)))
    (dialog,) = page.findChildren(OrderDialog)
    assert api.calls[-1] == ("explain_order", first, second)
    said = "\n".join(texts(dialog))
    assert "The provider marks live streaming; it may be going on." in said and "comes before band" in said
    assert dialog.height() <= HEIGHT + 80
    dialog.accept()


def test_the_last_report_is_compared_with_the_one_above(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(count=3)
    page = QueuePage(api, runner)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.model.loaded):
        page.reload()
    qtbot.waitUntil(lambda: page.table.current_row() is not None)
    page.table.select_row(2)
    page.explain_order()
    qtbot.waitUntil(lambda: ("explain_order", api.queue[1].report_id, api.queue[2].report_id) in api.calls)


def test_alone_in_the_queue_there_is_nothing_to_compare(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(count=1)
    page = QueuePage(api, runner)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.model.loaded):
        page.reload()
    said: list[str] = []
    page.said.connect(said.append)
    page.explain_order()
    assert said and not api.calls


def test_what_could_not_be_explained_is_said(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    def fail(one: str, other: str) -> None:
        raise StoreError("The store is away.")

    api.explain_order = fail  # type: ignore[method-assign,assignment]
    with qtbot.waitSignal(page.said) as said:
        page.explain_order()
    assert "The store is away." in said.args[0]
