"""Lists the pages of the desktop beside the queue: one row for each.

The rail, the palette "Go to", the shortcuts and the window's titles follow from this table. Pages are imported when they are
first shown, so that the desktop's start does not pay for them.
"""

from __future__ import annotations

from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage, PageEntry
from triage.ui.core.runner import Runner
from triage.ui.kit.keys import KEYS, Screen
from triage.ui.text.i18n import mark


def _make_cases(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.cases.list_page import CasesPage

    return CasesPage(api, runner)


def _make_case(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.cases.page import CasePage

    return CasePage(api, runner)


def _make_links(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.graph.page import LinksPage

    return LinksPage(api, runner)


def _make_victims(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.victim_id.page import VictimPage

    return VictimPage(api, runner)


def _make_requests(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.requests.page import RequestsPage

    return RequestsPage(api, runner)


def _make_grades(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.grades.page import GradesPage

    return GradesPage(api, runner)


def _make_possible(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.compare.pairs_page import PairsPage

    return PairsPage(api, runner)


def _make_held(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.compare.held_page import HeldPage

    return HeldPage(api, runner)


def _make_ranking(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.ranking.page import RankingPage

    return RankingPage(api, runner)


def _make_funnel(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.funnel.page import FunnelPage

    return FunnelPage(api, runner)


def _make_rules(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.rules.page import RulesPage

    return RulesPage(api, runner)


PAGES: tuple[PageEntry, ...] = (
    PageEntry("cases", mark("Cases"), mark("Cases"), _make_cases, shortcut="Ctrl+2", in_rail=True),
    PageEntry("case", mark("Case"), mark("Case"), _make_case, shown_with="cases"),
    PageEntry("links", mark("Links"), mark("Links"), _make_links, shown_with="cases"),
    PageEntry("victims", mark("Victim identification"), mark("Victim identification"), _make_victims),
    PageEntry("requests", mark("Requests"), mark("Requests"), _make_requests, shortcut="Ctrl+4", in_rail=True),
    PageEntry("grades", mark("Grades"), mark("Grades awaiting review"), _make_grades, in_rail=True),
    PageEntry("possible", mark("Possible matches"), mark("Possible matches"), _make_possible),
    PageEntry("held", mark("Held hashes"), mark("Held hashes"), _make_held),
    PageEntry("ranking", mark("Ranking"), mark("Is the ranking right?"), _make_ranking),
    PageEntry("funnel", mark("Funnel"), mark("What became of the reports"), _make_funnel),
    PageEntry("rules", mark("Rules"), mark("Rules"), _make_rules, shortcut="Ctrl+6", in_rail=True),
)
"""In the order of the rail and the palette. Shortcuts still free for pages to come: Ctrl+3 (gallery), Ctrl+5 (leads), Ctrl+7
(wellbeing), Ctrl+8 (administration), Ctrl+9 (work packages). Other pages are reached by the palette."""


SCREENS: dict[Screen, str] = {
    "queue": mark("Queue"),
    "report": mark("Report"),
    "media": mark("Media"),
    "compare": mark("Same or not"),
    "import": mark("Import"),
    "set_aside": mark("Set aside"),
    "trial": mark("Band changes"),
    "everywhere": mark("Everywhere"),
    **{page.name: page.title for page in PAGES if page.name in KEYS},
}
"""The name of each screen, above its keys and in the window's title."""


def list_pages(api: Api) -> tuple[PageEntry, ...]:
    """Returns the pages that a person's roles let them open by name; the page of one case is reached from the list of cases."""
    return tuple(page for page in PAGES if not page.shown_with and (page.right is None or api.may(page.right)))


def find_page(name: str) -> PageEntry:
    """Returns the row of a page."""
    return next(page for page in PAGES if page.name == name)
