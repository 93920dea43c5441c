"""The drawn graph: by keys, in step with the list, said to screen readers, and quick with three hundred nodes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.jobs.test_graph_layout import graph as invented
from tests.ui.fakes import MAIN, FakeApi
from tests.ui.fakes_cases import OUTSIDE, PHONE, POSSIBLE_ONE, build_graph
from tests.ui.screens import settle, wait_active
from triage.jobs.reading.graph_layout import place_graph
from triage.jobs.reading.link_reasons import explain_link
from triage.model.link_graph import GraphEdge, GraphNode, Neighbourhood
from triage.ui.core.runner import Runner
from triage.ui.graph.graph_view import GraphView
from triage.ui.graph.node_words import describe_left_out
from triage.ui.graph.panel import GraphPanel
from triage.ui.kit import theme

TEL = f"phone:{PHONE}"


def shown(view: GraphView, graph: Neighbourhood, qtbot: QtBot, size: tuple[int, int] = (640, 520)) -> GraphView:
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.activateWindow()
    wait_active(view)
    view.setFocus()
    view.show_graph(graph)
    return view


def small(inside: Sequence[str] = (MAIN,)) -> Neighbourhood:
    return build_graph(MAIN, inside, {}, {})


def large(nodes: int) -> Neighbourhood:
    names, holders = invented(5, nodes // 3, nodes - nodes // 3)
    places = place_graph(names, holders, {}, {})
    why = explain_link("phone", alone=True, of_users=True)
    made = [
        GraphNode(
            key=key, kind="report" if key in names else "value", title=key.partition(":")[2], what="phone", place=place,
            band="ABCDE"[at % 5] if key in names else "", inside=at < 5,
        )
        for at, (key, place) in enumerate(places.items())
    ]  # fmt: skip
    edges = [
        GraphEdge(report=r, other=k, possible=n % 3 == 0, why=why) for k, held in holders.items() for n, r in enumerate(held)
    ]
    return Neighbourhood(about=names[0], steps=2, nodes=tuple(made), edges=tuple(edges), left_out=())


def walk(view: GraphView) -> set[str | None]:
    """Returns every node that arrows reach from the current one."""
    seen, ahead = {view.current}, [view.current]
    while ahead:
        here = ahead.pop()
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left):
            view.select(here or "")
            QTest.keyClick(view, key)
            if view.current not in seen:
                seen.add(view.current)
                ahead.append(view.current)
    return seen


def test_arrows_move_to_tied_nodes_and_enter_opens(app: QApplication, qtbot: QtBot) -> None:
    view = shown(GraphView(), small(), qtbot)
    assert walk(view) == {f"report:{MAIN}", f"report:{OUTSIDE}", f"report:{POSSIBLE_ONE}", TEL, "file:ab"}
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.current == f"report:{MAIN}"
    with qtbot.waitSignal(view.opened) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [f"report:{MAIN}"]


def test_every_node_is_reached_by_arrows(app: QApplication, qtbot: QtBot) -> None:
    view = shown(GraphView(), large(90), qtbot, (700, 600))
    assert len(walk(view)) > 80, "the rest is reached by the list"


def test_a_click_chooses_and_a_screen_reader_is_told(app: QApplication, qtbot: QtBot) -> None:
    view = shown(GraphView(), small(), qtbot)
    point = view.find_point(TEL)
    with qtbot.waitSignal(view.chosen) as chosen:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(point).toPoint())
    assert chosen.args == [TEL]
    assert view.accessibleName() == f"Graph: phone {PHONE}, in 2 reports"
    view.select(f"report:{OUTSIDE}")
    assert "report 900777001" in view.accessibleName() and "outside" in view.accessibleName()


def test_zero_fits_everything_and_again_makes_it_readable(app: QApplication, qtbot: QtBot) -> None:
    view = shown(GraphView(), large(120), qtbot, (500, 400))
    assert view.verticalScrollBar().maximum() > 0
    QTest.keyClick(view, Qt.Key.Key_0)
    assert (view.verticalScrollBar().maximum(), view.horizontalScrollBar().maximum()) == (0, 0)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.verticalScrollBar().maximum() > 0
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Minus)


@pytest.mark.parametrize("name", theme.THEMES)
def test_it_is_painted_in_each_theme(qapp: QApplication, qtbot: QtBot, name: theme.ThemeName) -> None:
    theme.apply(qapp, name, "ur")
    view = shown(GraphView(), small((MAIN, "900112345")), qtbot)
    picture = view.grab().toImage()
    band = theme.current().band("B")[0].rgb()
    colours = {picture.pixel(x, y) for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2)}
    assert band in colours and len(colours) > 10


def test_three_hundred_nodes_paint_within_the_bound(app: QApplication, qtbot: QtBot) -> None:
    """Fifty milliseconds is the bound; the test is generous, since other work may hold the processor."""
    view = shown(GraphView(), large(300), qtbot, (900, 700))
    view.zoom(0)
    spent = []
    for _ in range(5):
        begin = time.process_time()
        view.viewport().repaint()
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.2, spent


def test_list_and_graph_select_each_other(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    panel = GraphPanel(api, runner)
    qtbot.addWidget(panel)
    qtbot.addWidget(panel.table)
    panel.choose(report=MAIN)
    panel.reload()
    settle(runner)
    assert panel.view.select(TEL) is None
    panel.view.choose(TEL)
    row = panel.table.current_row()
    assert row is not None and row.node.key == TEL and str(row.sure) == "verified"
    said = panel.lines.text().splitlines()
    assert panel.title.text() == f"phone {PHONE}, in 2 reports"
    assert said[0] == "The same telephone, not shown to be the same person."
    assert f"{MAIN}: reported user, captured 3 times, 3 Nov 2026 to 12 Nov 2026, verified" in said
    panel.table.select_key(f"report:{POSSIBLE_ONE}")
    assert panel.view.current == f"report:{POSSIBLE_ONE}"
    assert describe_left_out(panel.graph or small()) == (
        "Left out: 1,240 linked reports; those with the strongest links are shown."
    )


def test_nodes_stay_where_they_are_when_it_is_read_again(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    panel = GraphPanel(api, runner)
    qtbot.addWidget(panel)
    panel.choose(report=MAIN)
    panel.reload()
    settle(runner)
    before = panel.view.find_places()
    assert api.graph_calls[0] == (MAIN, None, 2, {})
    panel.steps.setCurrentIndex(2)
    settle(runner)
    assert api.graph_calls[1] == (MAIN, None, 3, before) and panel.view.find_places() == before
    panel.choose(report="900112345")
    panel.reload()
    settle(runner)
    assert api.graph_calls[2][3] == {}, "another report's graph begins anew"
