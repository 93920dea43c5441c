"""The gallery: nothing in it is sharp, a scroll leaves no queue behind, and many files are graded with few keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import sharpness
from tests.ui.fakes import MAIN, sha256_of
from tests.ui.screens import PictureApi, settle, texts, wait_active
from tests.ui.used_again import refusing_acts
from triage.model.casework import GivenGrade, Grade, GradeAct
from triage.model.gallery import FileFacet, FileState, GalleryFilter, GalleryScope, Grouping
from triage.model.media import RevealStep
from triage.model.private_account import PrivateSettings
from triage.model.users import Role
from triage.ui.core.own_choices import keep_choices
from triage.ui.core.runner import Runner
from triage.ui.gallery import cell_loader
from triage.ui.gallery.cell_loader import AT_ONCE, KEPT, make_thumbnail
from triage.ui.gallery.grade_question import GradeQuestion
from triage.ui.gallery.page import GalleryPage
from triage.ui.gallery.session_acts import list_acts
from triage.ui.kit import keys, theme
from triage.ui.media.hidden_files import hidden_hashes
from triage.wellbeing import Rung


def make_page(api: PictureApi, runner: Runner, qtbot: QtBot, what: str = "") -> GalleryPage:
    host = QWidget()
    host.setProperty("kind", "ground")
    host.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    page = GalleryPage(api, runner)  # type: ignore[arg-type]
    page.host = host  # type: ignore[attr-defined]  # nothing else keeps the window alive
    qtbot.addWidget(host)
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page)
    host.resize(1186, 740)
    host.show()
    host.activateWindow()
    wait_active(host)
    if what:
        page.choose(what)
    page.reload()
    settle(runner)
    page.focus()
    return page


@pytest.fixture
def api() -> Iterator[PictureApi]:
    made = PictureApi()
    made.near_every = 0
    made.warned_every = 0
    yield made
    hidden_hashes(made).clear()  # type: ignore[arg-type]


@pytest.fixture
def page(api: PictureApi, runner: Runner, qtbot: QtBot) -> GalleryPage:
    return make_page(api, runner, qtbot)


def test_before_its_files_are_there_a_hidden_page_lays_nothing_out(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    page = GalleryPage(api, runner)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.reload()
    assert page.states.currentWidget() is page.message
    settle(runner)
    assert page.states.currentWidget() is page.body


class Typist:
    """Presses keys in the grid and counts them."""

    def __init__(self, page: GalleryPage, runner: Runner) -> None:
        self.page, self.runner, self.count = page, runner, 0

    def press(self, *pressed: str) -> None:
        """Presses keys as the table of keys names them, such as "Ctrl+A" or "G"; a key with modifiers counts once."""
        names = {"Enter": Qt.Key.Key_Return, "Esc": Qt.Key.Key_Escape, "Down": Qt.Key.Key_Down, "Right": Qt.Key.Key_Right,
                 "End": Qt.Key.Key_End, "Left": Qt.Key.Key_Left, "0": Qt.Key.Key_0}  # fmt: skip
        for each in pressed:
            *modifiers, name = each.split("+")
            code = names.get(name) or getattr(Qt.Key, f"Key_{name}")
            held = Qt.KeyboardModifier.NoModifier
            for modifier in modifiers:
                held |= {"Ctrl": Qt.KeyboardModifier.ControlModifier, "Shift": Qt.KeyboardModifier.ShiftModifier}[modifier]
            asked = question(self.page)
            if asked is None and not self.page.isActiveWindow():
                self.page.window().activateWindow()  # as a window manager does when a dialog closes
                wait_active(self.page.window())
                self.page.focus()
            QTest.keyClick(asked or self.page.grid, code, held)
            self.count += 1
            settle(self.runner)


@pytest.fixture
def typist(page: GalleryPage, runner: Runner) -> Typist:
    return Typist(page, runner)


def question(page: GalleryPage) -> GradeQuestion | None:
    return next((each for each in page.findChildren(GradeQuestion) if each.isVisible()), None)


def see_all(api: PictureApi, page: GalleryPage, runner: Runner) -> None:
    api.seen |= set(range(1, api.files + 1))
    page.reload()
    settle(runner)


# -- nothing is sharp ------------------------------------------------------------------------------------------------------


def measure(grey: sharpness.Grey, picture: Any) -> float:
    return sharpness.sharpest(np.pad(grey, 8, mode="edge"), picture)[0]


def test_no_cell_is_sharper_than_the_blur_allows(page: GalleryPage, api: PictureApi, runner: Runner) -> None:
    for step in (-1, 1, 2):
        page.grid.step_side(step)
        settle(runner)
        screen = sharpness.screenshot(page.grid.viewport())
        for cell in page.grid.list_visible()[:3]:
            place = page.grid.lines.place(cell)
            left, top, right, bottom = (side // sharpness.SHRINK for side in place.getCoords())
            size = (right - left, (right - left) * 3 // 4)
            picture = api.picture(sha256_of(cell))
            stored = (
                np.frombuffer(sharpness.preview_of(int(sha256_of(cell)[:8], 16)), np.uint8).reshape(32, 32).astype(np.float32)
            )
            of_blur, of_sharp = (
                measure(sharpness.resized(each, *size), picture) for each in (stored, picture.astype(np.float32))
            )
            assert of_sharp > sharpness.FOUND + 0.2, "it would be found"
            found, width = sharpness.sharpest(screen[top:bottom, left:right], picture)
            assert found < max(sharpness.FOUND, of_blur + 0.05), (cell, page.grid.side, width)
    assert not api.handed, "nothing was revealed"
    assert set(api.previews) == {1024}, "all that comes unasked is a preview of 32 x 32"


@pytest.mark.parametrize("side", [72, 152, 256])
def test_a_stretched_thumbnail_gains_no_detail(app: QApplication, side: int) -> None:
    """Between neighbouring pixels it changes no more than the stored preview does, spread over the stretch."""
    grey = sharpness.preview_of(7)
    image = make_thumbnail(grey, QSize(side, side * 3 // 4)).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    rows = rows[6:-6, 6 : image.width() - 6]  # within the round corners
    stored = np.frombuffer(grey, np.uint8).reshape(32, 32).astype(int)
    for axis, stretch in ((0, side * 3 // 4 / 32), (1, side / 32)):
        steepest = np.abs(np.diff(stored, axis=axis)).max()
        assert np.abs(np.diff(rows.astype(int), axis=axis)).max() <= steepest / stretch * 1.6 + 2


def test_the_ladder_is_the_one_of_the_media_page(page: GalleryPage, api: PictureApi, qtbot: QtBot, runner: Runner) -> None:
    said: list[str] = []
    page.said.connect(said.append)
    QTest.keyPress(page.grid, Qt.Key.Key_5)
    QTest.keyRelease(page.grid, Qt.Key.Key_5)
    assert said == ["Do step 3 first."] and not api.handed
    for count, key in enumerate((Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_Space), 1):
        QTest.keyPress(page.grid, key)
        qtbot.waitUntil(page.viewer.stage.is_revealing)
        QTest.keyRelease(page.grid, key)
        qtbot.waitUntil(lambda: not page.viewer.stage.is_revealing())
        qtbot.waitUntil(lambda count=count: sum(call[0] == "reveal ended" for call in api.calls) == count)
    assert [call[1:4] for call in api.calls if call[0] == "reveal"] == [
        (MAIN, sha256_of(0), RevealStep.BLURRED), (MAIN, sha256_of(0), RevealStep.EDGES), (MAIN, sha256_of(0), RevealStep.EDGES),
    ]  # fmt: skip
    settle(runner)


def _leave(page: GalleryPage) -> None:
    page.hide()


def _move_on(page: GalleryPage) -> None:
    page.grid.go(1)


def _lose_focus(page: GalleryPage) -> None:
    page.filters.filter_button.setFocus()


@pytest.mark.parametrize("end", [_leave, _move_on, _lose_focus, GalleryPage.conceal])
def test_whatever_ends_a_hold_blurs(end: Any, page: GalleryPage, api: PictureApi, qtbot: QtBot, runner: Runner) -> None:
    QTest.keyPress(page.grid, Qt.Key.Key_3)
    qtbot.waitUntil(page.viewer.stage.is_revealing)
    end(page)
    assert not page.viewer.stage.is_revealing()
    qtbot.waitUntil(lambda: api.open == 0)
    settle(runner)


def test_a_warning_is_read_first(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.warned_every = 1
    page = make_page(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    QTest.keyPress(page.grid, Qt.Key.Key_3)
    assert said == ["Read the warning first: press 2."] and not api.handed
    assert any("the provider warns of an infant or toddler" in text for text in texts(page.viewer))
    QTest.keyClick(page.grid, Qt.Key.Key_2)
    QTest.keyPress(page.grid, Qt.Key.Key_3)
    qtbot.waitUntil(page.viewer.stage.is_revealing)
    QTest.keyRelease(page.grid, Qt.Key.Key_3)
    settle(runner)


def test_without_the_right_nothing_opens_and_nothing_is_graded(runner: Runner, qtbot: QtBot) -> None:
    api = PictureApi(roles=frozenset({Role.AUDITOR}))
    page = make_page(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    QTest.keyPress(page.grid, Qt.Key.Key_3)
    page.grading.grade(Grade.ADULT)
    assert not api.handed and not [call for call in api.calls if call[0] == "grade files"]


def test_a_hidden_file_shows_nothing_and_comes_back_by_undo(page: GalleryPage, api: PictureApi, typist: Typist) -> None:
    typist.press("Ctrl+H")
    assert sha256_of(0) in hidden_hashes(api)  # type: ignore[arg-type]
    assert not page.viewer.can_show() and page.viewer.stage._preview is None
    assert page.viewer.stage.words_instead()[0] == "You hid this item"  # type: ignore[index]
    typist.press("Ctrl+Z")
    assert not hidden_hashes(api)  # type: ignore[arg-type]
    assert page.viewer.can_show() and page.viewer.stage._preview is not None


# -- scrolling -------------------------------------------------------------------------------------------------------------


def test_a_scroll_asks_only_for_what_is_in_view_at_last(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.files = 20_000
    page = make_page(api, runner, qtbot)
    before = len(api.asked_cells)
    scroll = page.grid.verticalScrollBar()
    for part in range(1, 60):
        scroll.setValue(scroll.maximum() * part // 60)
        page.grid.viewport().repaint()
    last = {place[0] for place in page.grid.shown.list_places(page.grid.list_visible())}  # type: ignore[union-attr]
    settle(runner)
    asked = api.asked_cells[before:]
    assert last <= {medium_id for some in asked for medium_id in some}, "what is in view came"
    assert len(asked) <= 6, "nothing queued up behind the scroll"
    assert all(len(some) <= AT_ONCE for some in asked)
    assert len(page.loader._cells) <= KEPT


def test_thumbnails_that_are_out_of_view_take_a_bounded_part_of_memory(
    api: PictureApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of all cells in memory would be 65 MB, of large ones 250."""
    api.files = 2_000
    page = make_page(api, runner, qtbot)
    one = page.grid.side * page.grid.side * 3 // 4 * 4  # bytes
    monkeypatch.setattr(cell_loader, "PIXMAP_BYTES", 20 * one)
    monkeypatch.setattr(cell_loader, "MAKING_SECONDS", 60.0)
    for part in range(6):
        page.grid.verticalScrollBar().setValue(part * page.grid.viewport().height())
        settle(runner)
        page.grid.viewport().repaint()
        in_view = {place[0] for place in page.grid.shown.list_places(page.grid.list_visible())}  # type: ignore[union-attr]
        assert in_view <= set(page.loader._pixmaps), "what is in view stays"
        assert len(page.loader._pixmaps) <= 20 + len(page.loader._wanted)


def test_only_cells_near_the_view_are_objects(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.files = 50_000
    page = make_page(api, runner, qtbot)
    assert page.grid.count() == 50_000
    assert sum(map(len, api.asked_cells)) < 300
    page.grid.go_to(49_999)
    settle(runner)
    cell = page.current_cell()
    assert cell is not None and cell.media_id == 50_000
    assert sum(map(len, api.asked_cells)) < 600


# -- moving and selecting --------------------------------------------------------------------------------------------------


def test_keys_move_and_select(page: GalleryPage, typist: Typist) -> None:
    columns = page.grid.lines.columns
    typist.press("Right", "Down")
    assert page.grid.current == columns + 1 and page.grid.list_chosen() == [columns + 1]
    typist.press("Shift+Right", "Shift+Right")
    assert page.grid.list_chosen() == [columns + 1, columns + 2, columns + 3]
    typist.press("Shift+X", "X", "Right")
    assert page.grid.list_chosen() == [columns + 4], "moving without Shift begins anew"
    typist.press("Ctrl+A")
    assert len(page.grid.list_chosen()) == 40
    typist.press("End")
    assert page.grid.current == 39


def test_every_bound_key_is_in_the_table_and_every_action_is_bound(page: GalleryPage) -> None:
    held = {entry.action for entry in keys.KEYS["gallery"] if entry.hold}
    bound = {each.key().toString() for each in page.findChildren(QShortcut)}
    for entry in keys.KEYS["gallery"]:
        if entry.action not in held:
            assert {QKeySequence(sequence).toString() for sequence in entry.keys} <= bound, entry.action


def test_the_mouse_selects_ranges_and_folds_groups(page: GalleryPage, runner: Runner) -> None:
    page.set_grouping(Grouping.REPORT)
    settle(runner)
    first, third = (page.grid.lines.place(cell).center() for cell in (0, 2))
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, third)
    assert page.grid.list_chosen() == [0, 1, 2]
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, third)
    assert page.grid.list_chosen() == [0, 1]
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 12))
    assert page.grid.shown.folded.all()  # type: ignore[union-attr]


def test_filters_combine_and_groups_change(page: GalleryPage, api: PictureApi, runner: Runner) -> None:
    api.grades_given = {n: ["adult"] for n in range(1, 11)}
    page.reload()
    settle(runner)
    page.filters.states["graded"].click()
    settle(runner)
    assert page.grid.count() == 10 and page.filters.states["graded"].isChecked()
    menu = page.filters.build_filter_menu()
    assert [action.text() for action in menu.actions()][:3] == ["State", "Grade", "Kind"]
    page.set_filter(page.wanted.toggle(FileFacet.GRADE, Grade.INNOCENT.value))
    settle(runner)
    assert page.grid.count() == 0, "facets narrow one another"
    page.filters.clear()
    settle(runner)
    page.filters.toggle_done()
    settle(runner)
    assert page.grid.count() == 30, "what is known or graded is folded away"
    for grouping in Grouping:
        page.set_grouping(grouping)
        settle(runner)
        assert page.grid.count() == 30
        page.grid.viewport().repaint()
        settle(runner)


# -- stacks ----------------------------------------------------------------------------------------------------------------


def test_a_stack_opens_and_closes(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.near_every = 2
    page = make_page(api, runner, qtbot)
    typist = Typist(page, runner)
    assert page.grid.count() == 20 and page.grid.shown.count_near(0) == 2  # type: ignore[union-attr]
    typist.press("Right", "Left", "Enter")
    assert page.scope == GalleryScope("like", sha256_of(0)) and page.grid.count() == 2
    typist.press("Esc")
    assert page.scope == GalleryScope() and page.grid.count() == 20
    opened: list[tuple[str, str]] = []
    page.open_asked.connect(lambda *asked: opened.append(asked))
    typist.press("O")
    assert opened == [(MAIN, sha256_of(0))]


def test_near_copies_take_a_grade_over_only_by_a_tick(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.near_every = 2
    page = make_page(api, runner, qtbot)
    see_all(api, page, runner)
    typist = Typist(page, runner)
    typist.press("G", "D")
    asked = question(page)
    assert asked is not None, "near copies: never silently"
    assert not asked.near.isChecked() and "1 near copy" in asked.near.text()
    typist.press("Enter")
    assert api.grades_given == {1: ["adult"]}
    page.grid.go_to(1)
    typist.press("G", "D", "T", "Enter")
    assert api.grades_given == {1: ["adult"], 3: ["adult"], 4: ["adult"]}


# -- grading ---------------------------------------------------------------------------------------------------------------


def test_a_viewed_file_is_graded_by_its_chord_and_the_next_one_is_current(
    page: GalleryPage, api: PictureApi, runner: Runner, typist: Typist
) -> None:
    see_all(api, page, runner)
    typist.press("G", "N")
    assert question(page) is None
    assert api.grades_given == {1: ["not pertinent"]} and page.grid.current == 1
    assert page.bar_below.count.text() == "1 of 40 graded"
    page.bar_below.advance.setChecked(False)
    typist.press("G", "A")
    assert api.grades_given[2] == ["abuse material"] and page.grid.current == 1


def test_a_grade_of_what_was_not_viewed_asks_once_and_names_the_numbers(
    page: GalleryPage, api: PictureApi, typist: Typist
) -> None:
    typist.press("Shift+Right", "Shift+Right", "G", "I")
    asked = question(page)
    assert asked is not None and not api.grades_given
    assert "Grade 3 media items" in texts(asked)[0]
    assert any("You have not viewed 3 of 3" in text for text in texts(asked))
    typist.press("Esc")
    assert not api.grades_given
    typist.press("G", "I", "C", "Enter")
    assert ("grade files", Grade.INNOCENT.value, 3, True) in api.calls


def test_nothing_here_names_the_number_and_asks_once(page: GalleryPage, api: PictureApi, runner: Runner, typist: Typist) -> None:
    see_all(api, page, runner)
    in_view = len(page.grid.list_visible())
    assert 5 < in_view < 40
    assert page.bar_below.page.words() == f"Nothing here: {in_view} on page"
    typist.press("G", "0")
    asked = question(page)
    assert asked is not None and f"Grade {in_view} media items" in texts(asked)[0]
    typist.press("Enter")
    assert api.grades_given == {n: ["not pertinent"] for n in range(1, in_view + 1)}
    assert page.grid.current == in_view, "on to the next"


def test_undo_goes_several_steps_back(page: GalleryPage, api: PictureApi, runner: Runner, typist: Typist) -> None:
    see_all(api, page, runner)
    for letter in "ADI":
        typist.press("G", letter)
    assert [list(grades) for grades in api.grades_given.values()] == [["abuse material"], ["adult"], [Grade.INNOCENT.value]]
    assert "1 media item" in page.bar_below.last.text()
    with refusing_acts(runner):
        typist.press("Ctrl+Z")
    assert len(list_acts(api)) == 3, "what could not be undone can be tried again"  # type: ignore[arg-type]
    typist.press("Ctrl+Z", "Ctrl+Z")
    assert [n for n, grades in api.grades_given.items() if grades] == [1]
    assert len(list_acts(api)) == 1  # type: ignore[arg-type]
    typist.press("Ctrl+Z")
    assert not any(api.grades_given.values())
    said: list[str] = []
    page.said.connect(said.append)
    typist.press("Ctrl+Z")
    assert said == ["There is nothing to undo."]


def test_a_hundred_files_of_a_series_cost_less_than_one_and_a_half_keys_each(
    api: PictureApi, runner: Runner, qtbot: QtBot
) -> None:
    """Four stretches of a series, each with its grade: looked at in passing, selected by lines, graded by one chord."""
    api.files = 100
    page = make_page(api, runner, qtbot, f"report {MAIN}")
    typist = Typist(page, runner)
    columns = page.grid.lines.columns
    for letter, files in (("N", 30), ("I", 30), ("A", 25), ("N", 15)):
        start = page.grid.current
        for _ in range((files - 1) // columns):
            typist.press("Shift+Down")
        while page.grid.current < start + files - 1:
            typist.press("Shift+Right")
        typist.press("G", letter, "Enter")
    assert len(api.grades_given) == 100 and page.bar_below.count.text() == "100 of 100 graded"
    grades = [api.grades_given[n][0] for n in range(1, 101)]
    assert [grades.count(grade) for grade in ("not pertinent", Grade.INNOCENT.value, "abuse material")] == [45, 30, 25]
    assert typist.count < 150, "goal: under 1.5 keys a file"
    assert typist.count <= 60, "and here fewer than two keys for three files"
    assert not api.handed, "no look was needed"


def test_files_of_a_known_series_cost_no_look_and_no_grade(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.files = 100
    api.grades_given = {n: ["abuse material"] for n in range(1, 101)}
    page = make_page(api, runner, qtbot, f"report {MAIN}")
    typist = Typist(page, runner)
    typist.press("U")
    assert page.grid.count() == 0 and typist.count == 1 and not api.handed


def test_all_choices_open_the_dialog_of_the_media_page(
    page: GalleryPage, api: PictureApi, runner: Runner, typist: Typist
) -> None:
    page.viewer._ask_facts()
    settle(runner)
    typist.press("G", "G")
    from triage.ui.media.grade_dialog import GradeDialog

    dialog = next(each for each in page.findChildren(GradeDialog) if each.isVisible())
    assert any(tick.isVisible() for tick in dialog.findChildren(QCheckBox))
    dialog.reject()


def test_a_report_is_read_once_for_all_its_files(page: GalleryPage, api: PictureApi, runner: Runner) -> None:
    asked: list[str] = []
    read = api.show
    api.show = lambda number: (asked.append(number), read(number))[1]  # type: ignore[method-assign,assignment,misc]
    page.viewer.forget_reports()
    page.viewer._settled.stop()  # it would ask by itself a moment later
    page.viewer._ask_facts()
    settle(runner)
    assert len(asked) == 1 and page.viewer.current_file() is not None
    page.viewer._ask_facts()
    settle(runner)
    assert len(asked) == 1, "the facts of the next file come from the report that was read"


# -- the rest --------------------------------------------------------------------------------------------------------------


def test_what_a_person_keeps_away_from_is_hidden_and_counted(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.warned_every = 10
    keep_choices(api, PrivateSettings(keeps_away=("infant",)))  # type: ignore[arg-type]
    page = make_page(api, runner, qtbot)
    page.grid.go_to(next(at for at in range(40) if page.items is not None and page.items.state[at] & FileState.WARNED))
    settle(runner)
    assert "4 kept away from you" in page.counts.toolTip()
    assert page.viewer.is_hidden() and page.viewer.stage._preview is None
    assert page.viewer.stage.words_instead()[0] == "You keep away from this item"  # type: ignore[index]
    page.grading.toggle_hidden(page.viewer)
    assert not page.viewer.is_hidden()


def test_grades_from_before_a_lock_are_undone_first_from_the_newest(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    given = tuple(GivenGrade("900144218", str(at), at) for at in (1, 2))
    api.grades_given = {1: ["adult"], 2: ["adult"]}
    api.acts_before_lock = [GradeAct(grade="adult", given=given, refused=(), files=0, reports=1)]
    page = make_page(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    page.grading.undo()
    settle(runner)
    assert said[-1] == "Undone: 2 media items, adult" and ("take back grades", 2) in api.calls
    page.grading.undo()
    assert said[-1] == "There is nothing to undo."


def test_esc_goes_back_to_the_report_that_asked_for_its_files_once(page: GalleryPage, qtbot: QtBot) -> None:
    page.choose("report 900144218")
    with qtbot.waitSignal(page.page_asked) as asked:
        page.go_back()
    assert asked.args == ["report", "900144218"]
    with qtbot.waitSignal(page.closed):
        page.go_back()


def test_an_empty_gallery_says_what_to_do(api: PictureApi, runner: Runner, qtbot: QtBot) -> None:
    api.files = 0
    page = make_page(api, runner, qtbot)
    assert "No files here." in texts(page) and any("choose whose files to show: S" in text for text in texts(page))


def test_what_is_current_stays_when_the_files_are_read_again(page: GalleryPage, runner: Runner) -> None:
    page.grid.go_to(17)
    page.reload()
    settle(runner)
    assert page.grid.current == 17
    page.set_filter(GalleryFilter().toggle(FileFacet.STATE, "unseen"))
    settle(runner)
    assert page.grid.current == 17


def test_a_screen_reader_hears_the_current_cell(page: GalleryPage) -> None:
    page.grid.go_to(3)
    assert page.grid.accessibleDescription() == "IMG_0043.jpg, unseen, 2 copies, 4 of 40"


def test_in_urdu_the_grid_runs_from_right_to_left(api: PictureApi, runner: Runner, qtbot: QtBot, app: QApplication) -> None:
    theme.apply(app, "dark", "ur")
    page = make_page(api, runner, qtbot)
    QTest.keyClick(page.grid, Qt.Key.Key_Left)
    assert page.grid.current == 1
    place = page.grid.lines.place(0)
    QTest.mouseClick(
        page.grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(page.grid.viewport().width() - place.center().x(), 40)
    )
    assert page.grid.current == 0


def test_a_key_that_repeats_itself_moves_on_but_holds_once(
    page: GalleryPage, qtbot: QtBot, api: PictureApi, runner: Runner
) -> None:
    QTest.keyPress(page.grid, Qt.Key.Key_3)
    qtbot.waitUntil(page.viewer.stage.is_revealing)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress) * 3:
        QApplication.sendEvent(page.grid, QKeyEvent(kind, Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier, "3", True))
    assert page.viewer.stage.is_revealing() and len(api.handed) == 1
    QTest.keyRelease(page.grid, Qt.Key.Key_3)
    settle(runner)
    assert page.viewer.reached_step() is Rung.BLURRED
