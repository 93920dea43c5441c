"""No screen of a report ends in empty space: measured over reports of an invented national feed, in usual windows.

`measure_page` knows nothing of the page but its cards, so that it measures any layout. On the page as it was before, with two
columns of fixed widths, the columns of these reports ended 1,182 pixels apart (median).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.jobs.conftest import CHEAP
from tests.thorough import THOROUGH
from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, wait_exposed
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.report_page import load_report_page
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.report_page import ReportPageView
from triage.model.views import QueueFilter
from triage.store.store import Store
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.report.identifiers import break_at_sign
from triage.ui.report.page import ReportPage
from triage.ui.report.view import ReportView
from triage_demo.feed.make import make

REPORTS = 40 if THOROUGH else 20
RAIL, STATUS = 180, 28  # pixels of the window beside and below the page
MOST_UNEVEN, MEDIAN_UNEVEN = 320, 60  # pixels between the ends of two columns
MOST_BELOW = 40  # pixels below the last card
pytestmark = pytest.mark.timeout(600)


class StoredPages(FakeApi):
    """Pages of a store, read beforehand."""

    def __init__(self, pages: dict[str, ReportPageView]) -> None:
        super().__init__()
        self.pages = pages

    def report_page(self, report_id: str) -> ReportPageView:
        return self.pages[report_id]


@dataclass(frozen=True)
class Measured:
    """Pixels: `uneven` between the ends of the columns, `below` under the last card, `clipped` of content cut off in a card."""

    uneven: int
    below: int
    clipped: int


def measure_page(view: QWidget) -> Measured:
    """Measures the cards of a report's page."""
    area = view.area  # type: ignore[attr-defined]
    content = area.widget()
    ends: dict[int, int] = {}
    last = clipped = 0
    for card in content.findChildren(QFrame):
        if card.property("kind") != "card" or card.isHidden():
            continue
        left = card.mapTo(content, QPoint(0, 0)).x()
        inner = [part for part in card.findChildren(QWidget) if part.parent() is card and not part.isHidden() and part.height()]
        bottom = max((part.geometry().bottom() for part in inner), default=0)
        clipped = max(clipped, bottom - card.height())
        if card.width() < content.width() * 0.9 or content.width() < 800:
            ends[left] = max(ends.get(left, 0), card.mapTo(content, QPoint(0, bottom)).y())
        last = max(last, card.mapTo(content, QPoint(0, card.height())).y())
    whole = max(content.height(), area.viewport().height())
    return Measured(max(ends.values()) - min(ends.values()) if ends else 0, whole - last, clipped)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> StoredPages:
    home = tmp_path_factory.mktemp("layout")
    feed = make(home / "feed", seed=23, reports=REPORTS)
    store = Store.create(home / "store", "first", "seven green boats", cost=CHEAP).store
    with Session(store) as session:
        import_bundles(session, [feed.bundles], receipt=Receipt())
        numbers = [row.report_id for row in list_queue_rows(session, QueueFilter())]
        return StoredPages({number: load_report_page(session, number) for number in numbers})


@pytest.fixture
def page(pages: StoredPages, runner: Runner, qtbot: QtBot) -> Iterator[ReportPage]:
    host = QWidget()
    qtbot.addWidget(host)
    made = ReportPage(pages, next(iter(pages.pages)), runner=runner)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(made)
    made.host = host  # type: ignore[attr-defined]
    host.resize(1366 - RAIL, 768 - STATUS)
    host.show()
    wait_exposed(host)
    settle(runner)
    yield made


@pytest.mark.parametrize(
    ("width", "height", "language"),
    [(1366, 768, "en"), (1366, 768, "ur"), (1440, 900, "en"), (1920, 1080, "en"), (1024, 700, "en"), (720, 450, "en")],
    ids=["1366x768", "1366x768 Urdu", "1440x900", "1920x1080", "1024x700", "1440x900 at 200 %"],
)
def test_no_page_ends_in_empty_space(
    page: ReportPage,
    pages: StoredPages,
    runner: Runner,
    qapp: QApplication,
    width: int,
    height: int,
    language: theme.i18n.Language,
) -> None:
    theme.apply(qapp, "dark", language)
    page.host.resize(max(400, width - RAIL), height - STATUS)  # type: ignore[attr-defined]
    measured: dict[str, Measured] = {}
    every = 1 if THOROUGH or (width, height, language) == (1366, 768, "en") else 2
    for number in list(pages.pages)[::every]:
        page.open_report(number)
        settle(runner)
        assert page.view is not None
        measured[number] = measure_page(page.view)
    uneven = [each.uneven for each in measured.values()]
    assert statistics.median(uneven) <= MEDIAN_UNEVEN, measured
    assert max(uneven) <= MOST_UNEVEN, max(measured.items(), key=lambda item: item[1].uneven)
    assert max(each.below for each in measured.values()) <= MOST_BELOW, measured
    assert max(each.clipped for each in measured.values()) <= 0, measured


def test_where_who_until_when_and_what_next_stand_above_the_fold(page: ReportPage, pages: StoredPages, runner: Runner) -> None:
    assert isinstance(page.view, ReportView)
    for number in list(pages.pages)[:: REPORTS // 8]:
        page.open_report(number)
        settle(runner)
        view = page.view
        bottom = view.answers.mapTo(view.area.viewport(), QPoint(0, view.answers.height())).y()
        assert bottom < view.area.viewport().height() / 2
        for answer in view.answers.answers:
            assert answer.list_lines(), "each answers something, if only that nothing is known"
        assert view.location.y() < view.area.viewport().height() / 2, "the map stands at the top"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("lorry_lorry480@inbox.example.invalid", ["lorry_lorry480@", "inbox.example.invalid"]),
        ("chat.example.invalid/room/of-the-third", ["chat.example.invalid/", "room/of-the-third"]),
        ("a" * 30, ["a" * 30]),
        ("House 48, Invented Street 18", ["House 48, Invented Street 18"]),
        ("ab@" + "c" * 30, ["ab@" + "c" * 30]),
    ],
)
def test_a_long_address_is_broken_behind_a_sign(text: str, lines: list[str]) -> None:
    """The last letter of an address stood alone on the second line."""
    assert break_at_sign(text, 24, len).split("\u2028") == lines
