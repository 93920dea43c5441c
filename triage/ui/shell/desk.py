"""Creates the pages of the office when they are first shown, and switches between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from triage.model.views import Status
from triage.ui.core.api import Api
from triage.ui.core.page import REPORT, DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.shell.loading_ahead import LoadingAhead
from triage.ui.shell.page_list import SCREENS, find_page
from triage.ui.text.i18n import Safe, word


class Desk(QObject):
    """Shows the pages of the office.

    `left` returns to the queue, and `open_asked` carries the report and the file to open. `report_asked` goes back to a report.
    """

    left = Signal()
    said = Signal(str)
    open_asked = Signal(str, str)
    report_asked = Signal(str)
    shown = Signal(str)
    import_asked = Signal(str)

    def __init__(self, api: Api, runner: Runner, pages: QStackedWidget, decide: Callable[[str, Status], None]) -> None:
        super().__init__(pages)
        self._api, self._runner = api, runner
        self._pages, self._decide = pages, decide
        self._made: dict[str, DeskPage] = {}
        LoadingAhead(self)

    def page(self, name: str) -> DeskPage:
        """Returns a page by its name, and creates it at the first call."""
        if name not in self._made:
            entry = find_page(name)
            page = self._made[name] = entry.make(self._api, self._runner)
            page.closed.connect((lambda: self.show(entry.shown_with)) if entry.shown_with else self.left.emit)
            page.said.connect(self.said)
            page.open_asked.connect(self.open_asked)
            page.case_asked.connect(partial(self.show, "case"))
            page.decide_asked.connect(self._decide)
            page.page_asked.connect(self.show)
            page.import_asked.connect(self.import_asked)
            self._pages.addWidget(page)
        return self._made[name]

    def show(self, name: str, what: str = "") -> None:
        """Shows a page, reads its content again, and chooses there what is named."""
        if name == REPORT:
            self.report_asked.emit(what)
            return
        page = self.page(name)
        if what:
            page.choose(what)
        page.reload()
        self._pages.setCurrentWidget(page)
        page.take_focus()
        self.shown.emit(find_page(name).lit)

    def name_of(self, page: DeskPage) -> str:
        """Returns the name of a page; a page that needs to be told what to show is named by the one it belongs to."""
        name = next(name for name, made in self._made.items() if made is page)
        return find_page(name).shown_with or name

    def lit_of(self, page: DeskPage) -> str:
        """Returns the name of the button of the rail that a page lights."""
        return find_page(self.name_of(page)).lit

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


def title_of(page: DeskPage) -> Safe:
    """Returns the window title of a page, without case numbers, since other programs can read titles."""
    return word(SCREENS[page.screen_now()])
