"""The leads' page: charts whose parts carry letter and number, the list behind each number, and what leaves by the register."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.fakes_exchange import REPORT
from tests.ui.fakes_figures import COUNTS, make_figures
from tests.ui.screens import settle, show_page, wait_exposed
from tests.ui.screens import texts as list_texts
from triage.model.lead_figures import Behind
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.leads import chart_makers
from triage.ui.leads.chart import LeadChart
from triage.ui.leads.chart_export_dialog import ExportChartDialog
from triage.ui.leads.chart_library import load_pyqtgraph
from triage.ui.leads.chart_view import ChartView, _is_below
from triage.ui.leads.figure_cards import CardGrid
from triage.ui.leads.page import LeadsPage
from triage.ui.shell.main_window import MainWindow

FIGURES = make_figures("2026-11-24T09:26:00Z")
CHARTS: dict[str, LeadChart] = {
    chart.key: chart
    for chart in (
        chart_makers.make_inflow_chart(FIGURES, weeks=False),
        chart_makers.make_backlog_chart(FIGURES, offices=False),
        chart_makers.make_backlog_chart(FIGURES, offices=True),
        chart_makers.make_due_chart(FIGURES),
        chart_makers.make_outcome_chart(FIGURES),
        chart_makers.make_load_chart(FIGURES),
        chart_makers.make_miss_chart(FIGURES),
    )
}


def texts(page: LeadsPage) -> str:
    return "\n".join(list_texts(page))


def open_leads(api: FakeApi, runner: Runner, qtbot: QtBot, width: int = 1186) -> LeadsPage:
    return show_page(LeadsPage(api, runner), runner, qtbot, width)


def find_view(page: LeadsPage, key: str) -> ChartView:
    return next(view for chart, view in page.charts if chart.key == key)


@pytest.mark.parametrize("key", CHARTS)
def test_every_part_carries_its_number_and_opens_its_reports(key: str) -> None:
    chart = CHARTS[key]
    assert chart.parts and chart.note
    for part in chart.parts:
        assert any(letter.isdigit() for letter in part.mark), part.name
        assert part.behind is not None and any(letter.isdigit() for letter in part.name)
    assert len(chart.rows) and all(len(line) == len(chart.titles) for line in chart.rows)


def test_parts_that_differ_by_colour_differ_by_letter() -> None:
    for key in ("ages", "offices", "due", "load"):
        letters = {part.colour: part.mark.split()[0] for part in CHARTS[key].parts}
        assert len(set(letters.values())) == len(letters) > 1, key


def test_each_chart_is_drawn_in_a_turn_of_its_own(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All six in one turn held the window up for a quarter of a second. What was shown stays until all are there."""
    page = open_leads(api, runner, qtbot)
    monkeypatch.setattr("triage.ui.leads.page.TURN_SECONDS", 0)
    before, drawn = page.grid._cards, []
    monkeypatch.setattr(ChartView, "show_chart", lambda view, chart: drawn.append(chart.key))
    page.show_cards()
    assert drawn == [] and not page.is_filled()
    for turn in range(9):
        page._build_cards()
        assert len(drawn) <= turn + 1 and page.grid._cards == before
    assert len(drawn) == 6
    page._build_cards()
    assert page.grid._cards != before


def test_the_marks_are_written_into_the_chart(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    view = find_view(open_leads(api, runner, qtbot), "ages")
    written = " ".join(
        item.toPlainText() for item in view.plot.getPlotItem().items if isinstance(item, load_pyqtgraph().TextItem)
    ).split()
    for band, counts in zip("ABCDE", zip(*COUNTS, strict=True), strict=True):
        for count in filter(None, counts):
            assert f"{count:,}" in written and band in written


def test_the_regions_rate_is_a_line_with_its_number(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    view = find_view(open_leads(api, runner, qtbot), "outcomes")
    (line,) = (item for item in view.plot.getPlotItem().items if isinstance(item, load_pyqtgraph().InfiniteLine))
    assert line.value() == 2380
    assert any("2,380" in getattr(item, "toPlainText", str)() for item in view.plot.getPlotItem().items)


def test_a_part_opens_its_reports_by_click_and_by_keys(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_leads(api, runner, qtbot)
    view = find_view(page, "ages")
    view.open_at(QPointF(2, 500))  # the third column, in the middle of band D
    settle(runner)
    assert api.calls[-1] == ("behind", Behind(bands=("D",), open_only=True))
    assert page.parts.currentWidget() is page.behind and len(page.behind.table.rows()) == 20
    assert "The first 20 of 900 reports." in texts(page)
    QTest.keyClick(page.behind.table, Qt.Key.Key_Escape)
    assert page.parts.currentIndex() == 0
    view.setFocus()
    view.choose(0)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert "Band B, age in days under 1: 22 open" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Return)
    settle(runner)
    assert api.calls[-1] == ("behind", Behind(bands=("B",), open_only=True))


def test_a_report_of_the_list_opens(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_leads(api, runner, qtbot)
    asked: list[str] = []
    page.open_asked.connect(lambda report, _: asked.append(report))
    page.open_behind(Behind(open_only=True), chart_makers.tr("Open work"))
    settle(runner)
    QTest.keyClick(page.behind.table, Qt.Key.Key_J)
    QTest.keyClick(page.behind.table, Qt.Key.Key_Return)
    assert asked == [api.queue[1].report_id]
    assert page.step(1) == api.queue[2].report_id


def test_every_number_of_the_cards_is_a_link(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_leads(api, runner, qtbot)
    links = {link.text(): link for link in page.findChildren(LinkButton) if link.isVisibleTo(page)}
    for count in ("3,456", "3,315", "3", "300", "150", "4", "100", "6,120", "900160204"):
        assert count in links, count
    links["3,315"].click()
    settle(runner)
    assert api.calls[-1] == ("behind", FIGURES.unassigned.behind)


def test_the_miss_rate_has_its_interval_and_two_numbers(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    said = texts(open_leads(api, runner, qtbot))
    assert "4.0 %, between 1.6 % and 9.8 % at 95 %" in said
    assert "Became a case or a referral" in said and "Completed sampled reports of D and E" in said


def test_the_funnel_says_that_its_scale_is_logarithmic(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    assert "logarithmic scale" in texts(open_leads(api, runner, qtbot))


def test_nothing_on_the_page_reads_what_people_viewed() -> None:
    """Neither the page nor its use cases touch an account."""
    root = Path(__file__).parents[3] / "triage"
    files = [*(root / "ui" / "leads").glob("*.py"), *root.glob("*/*/lead_figures.py"), *root.glob("*/*/behind.py")]
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert not names & {"account", "private", "own_exposure", "exposures", "team_weeks", "list_own_views"}, path
        assert "media_view" not in path.read_text("utf-8")


def test_the_handover_is_shown_and_leads_to_the_shift_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_leads(api, runner, qtbot)
    asked: list[str] = []
    page.page_asked.connect(lambda name, _: asked.append(name))
    said = texts(page)
    assert "open in band A" in said and f"{REPORT}, unassigned" in said and "Not acknowledged yet" in said
    QTest.keyClick(page, Qt.Key.Key_H)
    QTest.keyClick(page, Qt.Key.Key_W)
    QTest.keyClick(page, Qt.Key.Key_R)
    assert asked == ["shift", "rules", "ranking"]
    narrow = open_leads(api, runner, qtbot, width=844)
    assert narrow.side.isHidden() and f"{REPORT}, unassigned" in texts(narrow)


def test_providers_are_measured_on_demand(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_leads(api, runner, qtbot)
    assert ("providers",) not in api.calls
    QTest.keyClick(page, Qt.Key.Key_P)
    settle(runner)
    assert ("providers",) in api.calls and "50 %" in texts(page) and "not measured" in texts(page)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EXAMINER, Role.ADMIN, Role.AUDITOR])
def test_only_a_lead_sees_the_page(runner: Runner, qtbot: QtBot, role: Role) -> None:
    api = FakeApi(roles=frozenset({role}))
    page = open_leads(api, runner, qtbot)
    assert "Only a lead sees these figures." in texts(page) and not any(call[0] == "lead figures" for call in api.calls)
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    assert "leads" not in [entry.name for entry in window._entries] and "wellbeing" in [e.name for e in window._entries]


def test_figures_are_not_measured_for_each_decision(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    from triage.ui.core.runner import Changed

    page = open_leads(api, runner, qtbot)
    page.on_changed(Changed(all_reports=True))
    settle(runner)
    assert sum(call[0] == "lead figures" for call in api.calls) == 1
    page.reload()
    settle(runner)
    assert sum(call[0] == "lead figures" for call in api.calls) == 2, "shown again after a change"
    page.reload()
    settle(runner)
    assert sum(call[0] == "lead figures" for call in api.calls) == 2, "nothing changed since"


@pytest.mark.parametrize(
    ("kind", "begins"), [(0, b"\x89PNG"), (1, b"<?xml"), (2, b'days since received,band,open reports,"internal figures')]
)
def test_a_chart_leaves_by_the_register_only(
    api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: int, begins: bytes
) -> None:
    page = open_leads(api, runner, qtbot)
    at = next(at for at, (chart, _) in enumerate(page.charts) if chart.key == "ages")
    dialog = ExportChartDialog(api, runner, page.charts, chosen=at, parent=page)
    dialog.open()
    dialog.kind.setCurrentIndex(kind)
    settle(runner)
    target = tmp_path / f"c{dialog.kind.currentData()}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    dialog._choose()
    dialog.accept()
    settle(runner)
    name, out, data = api.calls[-1]
    assert (name, out) == ("export chart", target) and data.startswith(begins)
    assert list(tmp_path.iterdir()) == [], "the page itself writes nothing"
    if kind == 0:
        image = QImage.fromData(data)
        assert image.width() > 300 and len({image.pixel(x, image.height() // 2) for x in range(0, image.width(), 7)}) > 3
    if kind == 1:
        assert b"D 640" in data or data.count(b"<path") > 20
    dialog.reject()


def test_the_librarys_own_export_is_off(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    """Its dialog writes files and fills the clipboard around the register."""
    for _, view in open_leads(api, runner, qtbot).charts:
        scene, box = view.plot.scene(), view.plot.getViewBox()
        assert scene.contextMenu == [] and not box.menuEnabled() and not view.plot.getPlotItem().menuEnabled()
        assert view.plot.contextMenuPolicy() == Qt.ContextMenuPolicy.NoContextMenu
        assert box.state["mouseEnabled"] == [False, False]


def test_the_chart_library_is_loaded_in_the_windows_thread_before_the_figures_are_there(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded in a thread that reads, it ended the process now and then."""
    loaded: list[bool] = []
    turn, measure = threading.Event(), api.lead_figures

    def load() -> None:
        loaded.append(page.found is None)
        turn.set()

    def measure_after(*args: Any, **kwargs: Any) -> Any:
        assert turn.wait(20), "the figures come first"  # else a quick answer may
        return measure(*args, **kwargs)

    monkeypatch.setattr("triage.ui.leads.page.load_pyqtgraph", load)
    monkeypatch.setattr(api, "lead_figures", measure_after)
    page = LeadsPage(api, runner)
    qtbot.addWidget(page)
    page.reload()
    assert not loaded, "in a turn of its own"
    settle(runner)
    assert loaded == [True]
    load_pyqtgraph.cache_clear()
    with ThreadPoolExecutor(1) as other, pytest.raises(RuntimeError, match="in the window's thread"):
        other.submit(load_pyqtgraph).result()


def test_only_the_chart_library_imports_pyqtgraph_and_only_late_and_leaves_the_hooks_for_errors_alone() -> None:
    root = Path(__file__).parents[3] / "triage"
    assert [p.name for p in root.rglob("*.py") if "import pyqtgraph" in p.read_text("utf-8")] == ["chart_library.py"]
    code = (
        "import sys, threading, triage.ui.shell.main_window, triage.ui.leads.page\n"
        "print('pyqtgraph' in sys.modules); before = sys.excepthook, threading.excepthook\n"
        "from triage.ui.leads.chart_library import load_pyqtgraph; load_pyqtgraph()\n"
        "print('pyqtgraph' in sys.modules, (sys.excepthook, threading.excepthook) == before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    late, hooks = done.stdout.splitlines()
    assert late == "False", "the desktop's start pays for no chart"
    assert hooks == "True True"


@pytest.mark.parametrize("name", ["dark", "light", "contrast"])
def test_the_page_is_drawn_in_each_theme(app: QApplication, runner: Runner, qtbot: QtBot, name: str) -> None:
    theme.apply(app, name, "ur")  # type: ignore[arg-type]
    page = open_leads(FakeApi(), runner, qtbot)
    assert len(page.charts) == 6


@pytest.mark.parametrize(("least", "room", "columns"), [(200, 900, 3), (320, 900, 2), (500, 900, 1)])
def test_cards_take_fewer_columns_before_one_is_cut(qtbot: QtBot, least: int, room: int, columns: int) -> None:
    grid = CardGrid()
    qtbot.addWidget(grid)
    cards = [QWidget() for _ in range(4)]
    for card in cards:
        card.setMinimumWidth(least)
    grid.resize(room, 600)
    grid.show_cards([(card, 1) for card in cards])
    assert grid._columns == columns
    assert grid.minimumSizeHint().width() <= room, "the area would cut it"


def test_the_axis_keeps_the_space_between_a_number_and_an_urdu_word(app: QApplication, qtbot: QtBot) -> None:
    theme.apply(app, "dark", "ur")
    gaps = {name: measure_widest_gap(qtbot, name) for name in ("90سے", "90 سے")}
    assert gaps["90 سے"] > gaps["90سے"]


def measure_widest_gap(qtbot: QtBot, name: str) -> int:
    """Returns the widest gap in pixels within the name of the only column of a chart."""
    view = ChartView()
    qtbot.addWidget(view)
    view.resize(300, 240)
    view.show_chart(replace(CHARTS["load"], columns=(name,), parts=CHARTS["load"].parts[:1]))
    view.show()
    wait_exposed(view)
    picture = view.plot.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    lines = range(picture.height() - 16, picture.height() - 2)
    ground = picture.pixelColor(picture.width() - 2, lines[-1]).value()
    inked = [x for x in range(80, 280) if any(abs(picture.pixelColor(x, y).value() - ground) > 60 for y in lines)]
    assert len(inked) > 10, "the name was not drawn"
    return max(after - before for before, after in pairwise(inked))


def test_a_chart_names_as_many_columns_as_have_room(qtbot: QtBot) -> None:
    view = ChartView()
    qtbot.addWidget(view)
    view.resize(300, 240)
    view.show_chart(CHARTS["outcomes"])
    few = len(view.plot.getAxis("bottom")._tickLevels[0])
    view.resize(1200, 240)
    view._set_ticks()
    assert 1 <= few <= len(view.plot.getAxis("bottom")._tickLevels[0]) <= 8


def test_the_mark_of_a_point_stands_where_the_line_does_not_run() -> None:
    steep = [722.0, 10.0, 700.0, 705.0, 700.0]
    assert [_is_below(steep, at, 722.0) for at in range(4)] == [False, True, False, True]
    assert [_is_below([0.0, 0.0, 0.0, 500.0], at, 500.0) for at in range(4)] == [False, True, True, False]
