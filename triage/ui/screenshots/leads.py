"""Shows the pages of the office one after the other for the screenshots."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from triage.model.users import Right
from triage.ui.rules.page import RulesPage
from triage.ui.shell.main_window import MainWindow

ADMINISTRATION = (
    "admin", "users", "policies", "hash_lists", "offices", "keyring", "audit", "outgoing", "backups", "destruction",
    "statistics", "program_log",
)  # fmt: skip
EDITED = "type.enticement"
POINTS = "12"
"""What the picture of a trial is of: who would move if enticement counted less."""


def visit_pages(window: MainWindow, settle: Callable[[], None]) -> Iterator[str]:
    """Shows the pages of the office in turn and yields the name of each while it is shown.

    The rules are edited and tried, but not used.
    """
    for name in (
        "cases", "gallery", "victims", "requests", "funnel", "grades", "ranking", "work", "shift", "deconfliction", "leads",
        "wellbeing",
    ):  # fmt: skip
        window.show_desk(name)
        settle()
        yield name
    found = window.api.cases()
    if found:
        window.show_desk("case", max(found, key=lambda case: (len(case.numbers), case.reports, case.number)).number)
        settle()
        yield "case"
        joined = next((report for case in found if (report := next(iter(window.api.case(case.number).reports), None))), None)
        if joined is not None:
            window.show_desk("links", joined)
            settle()
            yield "links"
    window.show_desk("rules")
    settle()
    page = window.desk.page("rules")
    if isinstance(page, RulesPage) and window.api.may(Right.RULES):
        page.listed.select_rule(EDITED)
        page.listed.set_points(EDITED, POINTS)
        settle()
        yield "rules"
        page.try_edits()
        settle()
        yield "who-moves"
        page.show_list()
    for name in ADMINISTRATION:
        window.show_desk(name)
        settle()
        yield name.replace("_", "-")
    window.show_queue()
