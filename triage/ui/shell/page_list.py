"""Lists the pages of the desktop beside the queue: one row for each.

The rail, the palette "Go to", the shortcuts and the window's titles follow from this table. Pages are imported when they are
first shown, so that the desktop's start does not pay for them.
"""

from __future__ import annotations

from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage, PageEntry
from triage.ui.core.runner import Runner
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.keys import KEYS
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


def _make_gallery(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.gallery.page import GalleryPage

    return GalleryPage(api, runner)


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


def _make_work(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.exchange.work_page import WorkPage

    return WorkPage(api, runner)


def _make_deconfliction(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.exchange.deconfliction_page import DeconflictionPage

    return DeconflictionPage(api, runner)


def _make_shift(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.shift.page import ShiftPage

    return ShiftPage(api, runner)


def _make_rules(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.rules.page import RulesPage

    return RulesPage(api, runner)


def _make_leads(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.leads.page import LeadsPage

    return LeadsPage(api, runner)


def _make_wellbeing(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.wellbeing.page import WellbeingPage

    return WellbeingPage(api, runner)


def _make_admin(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.start_page import AdminPage

    return AdminPage(api, runner)


def _make_users(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.users_page import UsersPage

    return UsersPage(api, runner)


def _make_policies(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.policies_page import PoliciesPage

    return PoliciesPage(api, runner)


def _make_hash_lists(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.lists_page import ListsPage

    return ListsPage(api, runner)


def _make_offices(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.offices_page import OfficesPage

    return OfficesPage(api, runner)


def _make_keyring(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.keyring_page import KeyringPage

    return KeyringPage(api, runner)


def _make_updates(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.updates_page import UpdatesPage

    return UpdatesPage(api, runner)


def _make_audit(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.audit.page import AuditPage

    return AuditPage(api, runner)


def _make_outgoing(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.audit.outgoing_page import OutgoingPage

    return OutgoingPage(api, runner)


def _make_backups(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.backups_page import BackupsPage

    return BackupsPage(api, runner)


def _make_destruction(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.destruction_page import DestructionPage

    return DestructionPage(api, runner)


def _make_statistics(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.admin.statistics_page import StatisticsPage

    return StatisticsPage(api, runner)


def _make_program_log(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.audit.log_page import ProgramLogPage

    return ProgramLogPage(api, runner)


def _make_training(api: Api, runner: Runner) -> DeskPage:
    from triage.ui.training.page import TrainingPage

    return TrainingPage(api, runner)


PAGES: tuple[PageEntry, ...] = (
    PageEntry("cases", mark("Cases"), mark("Cases"), _make_cases, right=Right.READ_REPORT, shortcut="Ctrl+2", in_rail=True),
    PageEntry("case", mark("Case"), mark("Case"), _make_case, shown_with="cases"),
    PageEntry(
        "gallery", mark("Gallery"), mark("Gallery"), _make_gallery, right=Right.READ_REPORT, shortcut="Ctrl+3", in_rail=True
    ),
    PageEntry("links", mark("Links"), mark("Links"), _make_links, shown_with="cases"),
    PageEntry("victims", mark("Victim identification"), mark("Victim identification"), _make_victims, right=Right.READ_REPORT),
    PageEntry(
        "requests", mark("Requests"), mark("Requests"), _make_requests, right=Right.READ_REPORT, shortcut="Ctrl+4", in_rail=True
    ),
    PageEntry("grades", mark("Grades"), mark("Grades awaiting review"), _make_grades, right=Right.READ_REPORT, in_rail=True),
    PageEntry("possible", mark("Possible matches"), mark("Possible matches"), _make_possible, right=Right.READ_REPORT),
    PageEntry("held", mark("Held hashes"), mark("Held hashes"), _make_held, right=Right.READ_REPORT),
    PageEntry("ranking", mark("Ranking"), mark("Is the ranking right?"), _make_ranking, under="leads"),
    PageEntry("funnel", mark("Funnel"), mark("What became of the reports"), _make_funnel, under="leads"),
    PageEntry("work", mark("Work packages"), mark("Work packages"), _make_work, right=Right.READ_REPORT, shortcut="Ctrl+9"),
    PageEntry("shift", mark("Shift"), mark("Shift"), _make_shift, right=Right.READ_REPORT),
    PageEntry("deconfliction", mark("Deconfliction"), mark("Deconfliction"), _make_deconfliction, right=Right.ASSIGN),
    PageEntry("leads", mark("Leads"), mark("Leads"), _make_leads, right=Right.ASSIGN, shortcut="Ctrl+5", in_rail=True),
    PageEntry("rules", mark("Rules"), mark("Rules"), _make_rules, right=Right.READ_REPORT, shortcut="Ctrl+6", in_rail=True),
    PageEntry("wellbeing", mark("Wellbeing"), mark("Wellbeing"), _make_wellbeing, shortcut="Ctrl+7", in_rail=True),
    PageEntry(
        "admin", mark("Administration"), mark("Administration"), _make_admin, right=Right.RECORD, shortcut="Ctrl+8", in_rail=True
    ),
    PageEntry("users", mark("Users and roles"), mark("Users and roles"), _make_users, right=Right.RECORD, under="admin"),
    PageEntry("policies", mark("Policies"), mark("Policies"), _make_policies, under="admin"),
    PageEntry("hash_lists", mark("Hash lists"), mark("Hash lists"), _make_hash_lists, right=Right.READ_REPORT, under="admin"),
    PageEntry("offices", mark("Offices"), mark("Offices"), _make_offices, right=Right.STATISTICS, under="admin"),
    PageEntry("keyring", mark("Keys and custodians"), mark("Keys and custodians"), _make_keyring, under="admin"),
    PageEntry("updates", mark("Signed updates"), mark("Signed updates"), _make_updates, right=Right.STATISTICS, under="admin"),
    PageEntry(
        "audit", mark("Audit log and checks"), mark("Audit log and checks"), _make_audit, right=Right.RECORD, under="admin"
    ),
    PageEntry("outgoing", mark("What left"), mark("What left"), _make_outgoing, right=Right.RECORD, under="admin"),
    PageEntry(
        "backups", mark("Backup and restore"), mark("Backup and restore"), _make_backups, right=Right.BACKUP, under="admin"
    ),
    PageEntry(
        "destruction",
        mark("Destruction and holds"),
        mark("Destruction and holds"),
        _make_destruction,
        right=Right.RECORD,
        under="admin",
    ),
    PageEntry("statistics", mark("Statistics"), mark("Statistics"), _make_statistics, right=Right.STATISTICS, under="admin"),
    PageEntry(
        "program_log",
        mark("Log of the program"),
        mark("Log of the program"),
        _make_program_log,
        right=Right.RECORD,
        under="admin",
    ),
    PageEntry("training", mark("Training"), mark("Training"), _make_training, training=True, in_rail=True),
)
"""In the order of the rail and the palette. Pages without a shortcut are reached by the palette."""


SCREENS: dict[Screen, str] = {
    "queue": mark("Queue"),
    "report": mark("Report"),
    "media": mark("Media"),
    "compare": mark("Same or not"),
    "import": mark("Import"),
    "set_aside": mark("Set aside"),
    "trial": mark("Band changes"),
    "help": mark("Help"),
    "everywhere": mark("Everywhere"),
    **{page.name: page.title for page in PAGES if page.name in KEYS},
}
"""The name of each screen, above its keys and in the window's title."""


def list_pages(api: Api) -> tuple[PageEntry, ...]:
    """Returns the pages that a person's roles let them open by name; the page of one case is reached from the list of cases."""
    shown = (page for page in PAGES if not page.shown_with and (api.training or not page.training))
    return tuple(page for page in shown if page.right is None or api.may(page.right))


def find_page(name: str) -> PageEntry:
    """Returns the row of a page."""
    return next(page for page in PAGES if page.name == name)
