"""Pictures of the desk, taken with the others (triage/ui/screenshots/save.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from triage.model.users import Right
from triage.ui.rules.page import RulesPage
from triage.ui.shell.main_window import MainWindow

EDITED = "type.enticement"
POINTS = "12"
"""What the picture of a trial is of: who would move if enticement counted less."""


def pages(window: MainWindow, settle: Callable[[], None]) -> Iterator[str]:
    """Opens one page after the other and names it while it is shown: cases, a case when there is one, grades, the ranking, the
    rules with an edit, and who would move by it. Nothing is used."""
    for name in ("cases", "grades", "ranking"):
        window.show_desk(name)
        settle()
        yield name
    found = window.api.cases()
    if found:
        window.show_case(max(found, key=lambda case: (len(case.numbers), case.reports, case.number)).number)
        settle()
        yield "case"
    window.show_desk("rules")
    settle()
    page = window.desk.page("rules")
    if isinstance(page, RulesPage) and window.api.may(Right.RULES):
        page.listed.choose(EDITED)
        page.listed.enter(EDITED, POINTS)
        settle()
        yield "rules"
        page.try_edits()
        settle()
        yield "who-moves"
        page.show_list()
    window.show_queue()
