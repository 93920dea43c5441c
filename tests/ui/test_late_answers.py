"""Two threads read, so an older answer can arrive after a newer one. It is never shown: a screen shows what was chosen last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.fakes_figures import make_figures
from tests.ui.late_runner import LateRunner
from triage.errors import StoreError
from triage.jobs.policy import SETTINGS
from triage.model.gallery import FileState
from triage.model.settings import format_value
from triage.model.victim_id import ClueHit
from triage.ui.admin.destruction_dialog import DestroyDialog
from triage.ui.admin.policies_page import PoliciesPage
from triage.ui.audit.entries_table import EntriesTable
from triage.ui.core.runner import Job
from triage.ui.gallery.page import GalleryPage
from triage.ui.graph.panel import GraphPanel
from triage.ui.leads.page import LeadsPage
from triage.ui.queue.model import QueueModel
from triage.ui.queue.open_marks import OpenMarks
from triage.ui.queue.page import QueuePage
from triage.ui.shell.lane_counting import LaneCounting
from triage.ui.shell.page_list import PAGES, PageEntry
from triage.ui.victim_id.page import VictimPage
from triage.ui.victim_id.victim_dialogs import NewSeriesDialog
from triage.ui.wellbeing.page import WellbeingPage

CHOSEN = {"case": "C-2026-0001", "links": MAIN}
"""What pages about one thing show."""


@pytest.fixture
def late(app: QApplication) -> Iterator[LateRunner]:
    made = LateRunner()
    yield made
    made.stop()


def dropped(late: LateRunner, first: list[Job], second: list[Job]) -> None:
    """Requires that answers to the first questions do not arrive after those to the second ones about the same thing."""
    assert all(job in late.delivered for job in second)
    late.let_go()
    again = {job.about for job in second}
    assert [job.about for job in first if job in late.delivered and job.about in again] == []


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_what_a_page_read_first_does_not_replace_what_it_read_last(entry: PageEntry, late: LateRunner, qtbot: QtBot) -> None:
    api = FakeApi()
    api.training = entry.training
    page = entry.make(api, late)
    qtbot.addWidget(page)
    if entry.name in CHOSEN:
        page.choose(CHOSEN[entry.name])
    late.settle()
    with late.late() as first:
        page.reload()
    assert first and None not in [job.about for job in first]
    late.delivered.clear()
    page.reload()
    late.settle()
    second = [job for job in late.delivered if job not in first]
    dropped(late, first, second)


# What differs between two questions. Each of these showed the older answer, or acted on it.


def test_the_figures_of_an_office_do_not_stand_below_the_name_of_another(late: LateRunner, qtbot: QtBot) -> None:
    """The choice of an office was passed over while another one was measured."""
    page = LeadsPage(FakeApi(), late)
    qtbot.addWidget(page)
    page.reload()
    late.settle()
    with late.late():
        page._choose_office(1)
    page._choose_office(2)
    late.settle()
    late.let_go()
    assert page.found is not None and page.office == page.offices.itemData(2) != page.offices.itemData(1)
    assert page.found[0] == make_figures("2026-11-24T09:26:00Z", page.office)


def test_the_graph_shows_as_many_steps_as_were_chosen_last(late: LateRunner, qtbot: QtBot) -> None:
    panel = GraphPanel(FakeApi(), late)
    qtbot.addWidget(panel)
    panel.choose(report=MAIN)
    with late.late():
        panel.steps.setCurrentIndex(2)
    panel.steps.setCurrentIndex(0)
    late.settle()
    late.let_go()
    assert panel.graph is not None and panel.graph.steps == 1


def test_what_is_out_of_sight_is_not_ticked_later(late: LateRunner, qtbot: QtBot) -> None:
    """Ticks go with the filter; those still being read came afterwards, and the next act reached them."""
    page = QueuePage(FakeApi(), late)
    qtbot.addWidget(page)
    page.start()
    late.settle()
    with late.late():
        page.tick_all()
    page.state.change(bands=("A",))
    late.settle()
    late.let_go()
    assert not page.ticks


def test_rows_stay_readable_when_the_queue_could_not_be_read_again(late: LateRunner, qtbot: QtBot) -> None:
    """A page of rows on its way was dropped when a new order was asked for, and never asked for again."""
    api = FakeApi(count=300)
    model = QueueModel(api, late)
    model.load()
    late.settle()
    with late.late():
        assert model.row(200) is None
        qtbot.waitUntil(lambda: bool(model._asked))

    def refuse(*_: object) -> None:
        raise StoreError("The disk is full; free some space.")

    api.queue_window = refuse  # type: ignore[assignment,method-assign]
    model.load()
    late.settle()
    late.let_go()
    assert model.row(200) is not None


def test_the_files_of_a_series_are_those_of_the_report_entered_last(late: LateRunner, qtbot: QtBot) -> None:
    api, host = FakeApi(), QWidget()
    qtbot.addWidget(host)
    dialog = NewSeriesDialog(api, late, parent=host, done=lambda _: None)
    first, second = api.queue[6].report_id, api.queue[7].report_id
    with late.late():
        dialog.number.setText(first)
        dialog.read_files()
    dialog.number.setText(second)
    dialog.read_files()
    late.settle()
    late.let_go()
    assert dialog._report == second


def test_what_goes_is_that_of_the_report_entered_last(late: LateRunner, qtbot: QtBot) -> None:
    api, host = FakeApi(), QWidget()
    qtbot.addWidget(host)
    dialog = DestroyDialog(api, late, parent=host, done=lambda _: None)
    for number in ("900000001", "900000002"):
        dialog.number.setText(number)
        if number.endswith("1"):
            with late.late():
                dialog.read_preview()
        else:
            dialog.read_preview()
    late.settle()
    late.let_go()
    assert dialog.found is not None and dialog.found.report_id == "900000002"


def test_a_grade_is_not_shown_as_it_was_before_the_next_one(late: LateRunner, qtbot: QtBot) -> None:
    api = FakeApi()
    page = GalleryPage(api, late)
    qtbot.addWidget(page)
    page.reload()
    late.settle()
    items = page.items
    assert items is not None
    one, other = (int(each) for each in items.media[:2])
    with late.late():
        page.grading.read_states([one, other])
    api.seen.add(one)
    api.seen.add(other)
    page.grading.read_states([one])
    late.settle()
    seen = [bool(state & FileState.SEEN_BY_ME) for state in items.state[:2]]
    assert seen == [True, True], "what the dropped answer would have brought is asked for too"
    late.let_go()
    assert [bool(state & FileState.SEEN_BY_ME) for state in items.state[:2]] == seen


def test_a_window_of_the_log_that_was_not_full_is_read_again(late: LateRunner, qtbot: QtBot) -> None:
    """The first, short answer was taken for the second one, and the rows below it stayed empty."""
    table = EntriesTable(FakeApi(), late)
    qtbot.addWidget(table)
    table.begin_search()
    table.add_found([90])
    with late.late():
        assert table.paged.at(0) is None
    table.add_found([80])
    with late.late():
        assert table.paged.at(1) is None
    late.let_go()
    found = [table.paged.at(row) for row in range(2)]
    assert [each.n for each in found if each is not None] == [90, 80]


@pytest.mark.parametrize("first", ["queue", "count"])
def test_what_came_since_the_queue_was_read_is_told_whichever_answer_is_the_first(
    late: LateRunner, qtbot: QtBot, first: str
) -> None:
    """The first count stood for the time of reading: what came in between was never offered, what came before offered as new."""
    api, parent = FakeApi(count=40), QWidget()
    qtbot.addWidget(parent)
    model, counting, new = QueueModel(api, late), LaneCounting(api, late, parent), list[int]()
    model.loaded.connect(lambda: counting.restart(model.stored))
    counting.came.connect(new.append)
    if first == "count":
        with late.late():
            counting.read()
        api.queue = FakeApi(count=41).queue
        model.load()
        late.settle()
        late.let_go()
        counting.read()
        late.settle()
        assert new == [0, 0]
    else:
        with late.late():
            model.load()
        api.queue = FakeApi(count=41).queue
        late.let_go()
        assert new == [1]
    counting.stop()


def test_a_choice_just_made_is_not_replaced_by_the_one_before(late: LateRunner, qtbot: QtBot) -> None:
    api = FakeApi()
    page = WellbeingPage(api, late)
    qtbot.addWidget(page)
    page.calm.click()
    late.settle()
    assert not any(call[0] == "save settings" for call in api.calls), "before the choices are read there is nothing to save"
    page.reload()
    late.settle()
    box = next(iter(page.kinds.values()))
    before = box.isChecked()
    with late.late():
        page.reload()
    box.click()
    late.settle()
    late.let_go()
    assert box.isChecked() is not before


def test_a_value_just_set_is_not_replaced_by_the_one_before(late: LateRunner, qtbot: QtBot) -> None:
    page = PoliciesPage(FakeApi(), late)
    qtbot.addWidget(page)
    page.reload()
    late.settle()
    setting = next(each for each in SETTINGS if each.field == "receipt_required")
    before = getattr(page.policy, setting.field)
    with late.late():
        page.reload()
    page.set_value(setting, format_value(not before))
    late.settle()
    late.let_go()
    assert getattr(page.policy, setting.field) is not before


def test_a_series_does_not_come_back_below_a_report(late: LateRunner, qtbot: QtBot) -> None:
    page = VictimPage(FakeApi(), late)
    qtbot.addWidget(page)
    page.reload()
    late.settle()
    with late.late():
        page._choose_row(page._rows[0])
    page._choose_row(ClueHit(what="report", name=MAIN, words=""))
    late.settle()
    late.let_go()
    assert page.view is None


def test_what_an_import_brought_during_a_count_is_counted_at_once(late: LateRunner, qtbot: QtBot) -> None:
    """A count that was under way was taken for the new one, and the next came up to 20 times its duration later."""
    api, parent = FakeApi(count=40), QWidget()
    qtbot.addWidget(parent)
    counting, new = LaneCounting(api, late, parent), list[int]()
    counting.before = 40
    counting.came.connect(new.append)
    with late.late():
        counting.read()
    api.queue = FakeApi(count=41).queue
    counting.hurry()
    late.let_go()
    assert new == [0, 1]
    counting.stop()


def test_a_report_that_was_left_before_its_mark_was_kept_is_not_open(late: LateRunner, qtbot: QtBot) -> None:
    """The mark stayed, and was renewed: others saw the report open in this window for as long as it ran."""
    api, parent = FakeApi(), QWidget()
    qtbot.addWidget(parent)
    marks = OpenMarks(api, late, parent)
    with late.late():
        marks.set_opened(MAIN)
        marks._write()
    assert api.opened == MAIN
    marks.set_opened(None)
    marks._write()
    late.settle()
    late.let_go()
    assert api.opened is None and not marks._renew.isActive()
