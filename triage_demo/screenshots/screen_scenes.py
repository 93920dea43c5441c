"""Shows every screen and every dialog of the desktop, one after the other. Pictures are taken of them, and tests look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from triage.model.casework import CaseFilter
from triage.model.queue_order import QueueOrder
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.matches.match_pair import find_pairs
from triage.ui.media.page import MediaPage
from triage.ui.queue.columns import find_column
from triage.ui.queue.facet_list import FacetList
from triage.ui.queue.lanes import SET_ASIDE
from triage.ui.queue.open_marks import OpenQuestion
from triage.ui.queue.state import OPEN_WORK
from triage.ui.report.page import ReportPage
from triage.ui.rules.page import RulesPage
from triage.ui.shell.keys_overlay import KeysOverlay
from triage.ui.shell.main_window import MainWindow
from triage.ui.shell.page_list import PAGES, list_pages
from triage.wellbeing import Rung
from triage_demo.screenshots.dialogs import DIALOGS

Settle = Callable[[], None]

SEARCHED = 60
"""So many reports at the head of the queue are looked at for one with files."""
SAMPLED = 200
"""So many of the newest cases are looked at for the one with most to show."""
SELECTED = 3
NAMED = "A view with a rather long name"
BUNDLES = ("ncmec-2026-11-24", "hand-over.zip")
EDITED = "type.enticement"
POINTS = "12"
"""What the picture of a trial is of: who would move if enticement counted less."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is shown now: a screen of the window, perhaps below a dialog. `settle` waits after a change of its size."""

    name: str
    window: QWidget
    settle: Settle
    dialog: QWidget | None = None


def show_scenes(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows each screen and each dialog that this person's roles open, and yields it while it is shown.

    `settle` waits until all that was asked for is painted. Nothing is recorded, apart from what looking records by itself.
    """
    if window.api.may(Right.READ_REPORT):
        yield from _show_queue(window, settle)
        yield from _show_intake(window, settle)
    yield from _show_pages(window, settle)
    if window.api.may(Right.READ_REPORT):
        yield from _show_report(window, settle)


def _scene(window: MainWindow, settle: Settle, name: str, page: object) -> Iterator[Scene]:
    """Yields the screen that is shown, then each of its dialogs."""
    settle()
    yield Scene(name, window, settle)
    yield from _show_dialogs(window, settle, name, page)


def _show_dialogs(window: MainWindow, settle: Settle, scene: str, page: object) -> Iterator[Scene]:
    """Yields each dialog that is opened from a screen."""
    for name, opener in DIALOGS.get(scene, {}).items():
        opener(page)
        settle()
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            yield Scene(name, window, settle, dialog)
            dialog.close()
            settle()
        window.notice.hide()  # it says why there is no dialog


# The queue, and what comes in


def _show_queue(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows the queue with a report that has files, the dialogs that are opened from anywhere, and the keys."""
    queue = window.queue
    row = find_telling_row(window.api)
    if row is not None and (at := queue.model.find(row)) is not None:
        queue.table.select_row(at)
    yield from _scene(window, settle, "queue", queue)
    yield from _show_dialogs(window, settle, "window", window)
    yield from show_queue_states(window, settle)
    window.show_keys()
    settle()
    yield Scene("keys", window, settle)
    for overlay in window.findChildren(KeysOverlay):
        overlay.end()
    settle()


def show_queue_states(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows the states of the queue: selected reports and unfolded copies, a heading's list, a lane, many filters, no report."""
    queue = window.queue
    before, name = queue.state.to_view(), queue.state.view
    chosen = [row_id for at in range(1, 1 + SELECTED) if (row_id := queue.model.id_at(at)) is not None]
    queue.ticks.add(chosen)
    folded = next((at for at, row in sorted(queue.model.rows_at_hand(), key=lambda each: each[0]) if row.copies), None)
    if folded is not None:
        queue.model.toggle_fold(folded)
    yield from _scene(window, settle, "queue-selected", queue)
    queue.ticks.clear()
    queue.list_values(find_column("office").facets, queue.table.across.below("office"))
    yield from _scene(window, settle, "queue-facets", queue)
    for listed in window.findChildren(FacetList):
        listed.close()
    window.choose_lane("preserve")
    yield from _scene(window, settle, "queue-preserve", queue)
    window.choose_lane("all")
    queue.state.name_view(NAMED)
    queue.state.change(offices=("KHI", "LHR"), flags=("viral", "live"), statuses=("new",), assignees=("",))
    queue.bar.views.show_name()
    yield from _scene(window, settle, "queue-filtered", queue)
    queue.state.change(search="nothing of this name")
    yield from _scene(window, settle, "queue-empty", queue)
    queue.state.use_view(name, before)
    settle()


def _show_intake(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows the import page with two bundles, and what was set aside."""
    window.show_import()
    form = window.importing.form
    form.add_paths([Path("/media/stick-14") / name for name in BUNDLES])
    form.received_from.setText("NCMEC")
    form.medium.setText("USB 14")
    yield from _scene(window, settle, "import", window.importing)
    form.clear_fields()
    window.choose_lane(SET_ASIDE.name)
    yield from _scene(window, settle, "set_aside", window.set_aside)


# The pages of the table


def _show_pages(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows each page of the table that the roles open; the page of a case and of links with what shows the most."""
    offered = {page.name for page in list_pages(window.api)}
    for entry in PAGES:
        what = _choose_what(window.api, entry.name)
        if (entry.name not in offered and not entry.shown_with) or what is None:
            continue
        window.show_desk(entry.name, what)
        settle()
        yield from _scene(window, settle, entry.name, window.desk.page(entry.name))
        if entry.name == "rules":
            yield from _show_trial(window, settle)
    window.show_queue()


def _choose_what(api: Api, page: str) -> str | None:
    """Returns what a page is told to show: "" when it needs nothing, None when there is nothing to show."""
    if page not in ("case", "links"):
        return ""
    found = list(api.load_cases(api.find_cases(CaseFilter(), SAMPLED)).values()) if api.may(Right.READ_REPORT) else []
    if not found:
        return None
    if page == "case":
        return max(found, key=lambda case: (len(case.numbers), case.reports, case.number)).number
    return next((report for case in found if (report := next(iter(api.case(case.number).reports), None))), None)


def _show_trial(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows who would move by an edited rule. The edit is not used."""
    page = window.desk.page("rules")
    if not isinstance(page, RulesPage) or not window.api.may(Right.RULES):
        return
    page.listed.select_rule(EDITED)
    page.listed.set_points(EDITED, POINTS)
    settle()
    page.try_edits()
    yield from _scene(window, settle, "trial", page)
    page.show_list()


# A report and its files


def _show_report(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows a report with files, one of its files at the first step, a grade, and the comparison with a similar image."""
    window.show_queue()
    settle()
    report_id = window.queue.current_id()
    if report_id is None:
        return
    page = open_report(window, settle, report_id)
    if page.report is None:
        return
    yield from _scene(window, settle, "report", page)
    if page.report.files:
        page.open_media()
        if page.media is not None:
            page.media.step_on(Rung.VERDICT)
        yield from _scene(window, settle, "media", page)
    yield from _show_comparison(window, settle)


def open_report(window: MainWindow, settle: Settle, report_id: str) -> ReportPage:
    """Opens a report, also one that another window has open, such as a second run of the tool on the same demo store.

    Raises:
        LookupError: the report did not open; its scenes would be missing without a word.
    """
    window.open_report(report_id)
    settle()
    question = QApplication.activeModalWidget()
    if isinstance(question, OpenQuestion):
        question.accept()
        settle()
    if window.report is None:
        raise LookupError(f"report {report_id} did not open")
    return window.report


def _show_comparison(window: MainWindow, settle: Settle) -> Iterator[Scene]:
    """Shows a grade of a file that a similar image exists for, and the comparison with that."""
    found = find_file_with_similar(window.api)
    if found is None:
        return
    report_id, at = found
    page = open_report(window, settle, report_id)
    page.open_media(at)
    media: MediaPage | None = page.media
    if media is None:
        return
    media.step_on(Rung.VERDICT)
    media.grade()
    settle()
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        yield Scene("grade", window, settle, dialog)
        dialog.close()
    media.compare()
    settle()  # the ladder begins anew when the other file has come
    if page.compare is not None:
        page.compare.compare.step_on(Rung.VERDICT)
        yield from _scene(window, settle, "compare", page)
    page.close_media()


def find_file_with_similar(api: Api) -> tuple[str, int] | None:
    """Returns the first report of the queue that has a similar image, and the position of its file, or None."""
    for row in api.queue_window(OPEN_WORK, QueueOrder(), 0, SEARCHED).rows:
        if not row.files_present:
            continue
        files = api.show(row.report_id).files
        at = next((n for n, file in enumerate(files) if find_pairs(file, row.report_id)), None)
        if at is not None:
            return row.report_id, at
    return None


def find_telling_row(api: Api) -> int | None:
    """Returns the queue id of the first report with stored files, else the first id, or None."""
    rows = api.queue_window(OPEN_WORK, QueueOrder(), 0, SEARCHED).rows
    return next((row.id for row in rows if row.files_present > 1), rows[0].id if rows else None)
