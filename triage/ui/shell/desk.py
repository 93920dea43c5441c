"""Creates the pages of the office when they are first shown, and switches between them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from triage.ui.cases.list_page import CasesPage
from triage.ui.cases.page import CasePage
from triage.ui.compare.held_page import HeldPage
from triage.ui.compare.pairs_page import PairsPage
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.funnel.page import FunnelPage
from triage.ui.grades.page import GradesPage
from triage.ui.kit.keys import Screen
from triage.ui.ranking.page import RankingPage
from triage.ui.requests.page import RequestsPage
from triage.ui.rules.page import RulesPage
from triage.ui.shell.keys_overlay import SCREENS
from triage.ui.text.i18n import Safe, word


class Desk(QObject):
    """Shows the pages of the office.

    `left` returns to the queue, and `open_asked` carries the report and the file to open.
    """

    left = Signal()
    said = Signal(str)
    open_asked = Signal(str, str)
    shown = Signal(str)

    def __init__(self, api: Api, runner: Runner, pages: QStackedWidget, decide: Callable[[str], None]) -> None:
        super().__init__(pages)
        self._pages = pages
        self._made: dict[str, DeskPage] = {}
        self._make: dict[str, Callable[[], DeskPage]] = {
            "cases": lambda: CasesPage(api, runner),
            "case": lambda: CasePage(api, runner, decide),
            "requests": lambda: RequestsPage(api, runner),
            "funnel": lambda: FunnelPage(api, runner),
            "grades": lambda: GradesPage(api, runner),
            "ranking": lambda: RankingPage(api, runner),
            "rules": lambda: RulesPage(api, runner),
            "possible": lambda: PairsPage(api, runner),
            "held": lambda: HeldPage(api, runner),
        }

    def page(self, name: str) -> DeskPage:
        """Returns a page by its name, and creates it at the first call."""
        if name not in self._made:
            page = self._made[name] = self._make[name]()
            page.closed.connect((lambda: self.show("cases")) if name == "case" else self.left.emit)
            page.said.connect(self.said)
            page.open_asked.connect(self.open_asked)
            page.case_asked.connect(self.show_case)
            self._pages.addWidget(page)
        return self._made[name]

    def show(self, name: str) -> None:
        """Shows a page and reads its content again."""
        page = self.page(name)
        page.reload()
        self._pages.setCurrentWidget(page)
        page.focus()
        self.shown.emit("cases" if name == "case" else name)

    def show_case(self, number: str) -> None:
        """Shows the page of a case."""
        page = self.page("case")
        if isinstance(page, CasePage):
            page.choose_case(number)
        self.show("case")

    def current(self) -> DeskPage | None:
        """Returns the page that is shown, or None when another kind of page is shown."""
        page = self._pages.currentWidget()
        return page if isinstance(page, DeskPage) else None

    def return_to(self, page: DeskPage) -> None:
        """Shows a page again after a report that was opened from it."""
        self.show(next(name for name, made in self._made.items() if made is page))

    def conceal(self) -> None:
        """Blurs what any page has open, and returns after the views are recorded."""
        for page in self._made.values():
            page.conceal()

    def on_changed(self, changed: Changed) -> None:
        """Tells the page that is shown what changed; other pages are read again when they are shown."""
        if (page := self.current()) is not None:
            page.on_changed(changed)


def screen_of(page: DeskPage) -> Screen:
    """Returns the name of the screen whose keys apply on a page."""
    return page.screen_now() if isinstance(page, RulesPage) else page.keys_of


def title_of(page: DeskPage) -> Safe:
    """Returns the window title of a page, without case numbers, since other programs can read titles."""
    return word(SCREENS[page.keys_of])
