"""Two media side by side stay blurred until a hand holds both open; both looks are recorded, and a word can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui import sharpness
from tests.ui.fakes import MAIN, alike, sha256_of
from tests.ui.screens import PictureApi, open_page, settle, texts
from triage.errors import StoreError
from triage.model.users import Role
from triage.model.views import ShowReport
from triage.ui.compare.compare_page import ComparePage
from triage.ui.compare.compare_view import CompareView
from triage.ui.core.runner import Runner
from triage.ui.media.hidden_files import hidden_hashes
from triage.ui.report.page import ReportPage
from triage.wellbeing import Rung

PLAIN, NEAR, WARNED, VIDEO = 1, 2, 0, 3


class LikeApi(PictureApi):
    """One file is possibly like another, and surely like two more: the first with a grave warning, the second unreadable."""

    def show(self, report_id: str, version: int | None = None) -> ShowReport:
        report = super().show(report_id, version)
        files = list(report.files)
        near = {"tier": "match", "dhash_distance": None}
        files[PLAIN] = replace(
            files[PLAIN], alike=(alike(NEAR), alike(WARNED, distance=4, **near), alike(VIDEO, distance=9, **near))
        )
        return replace(report, files=tuple(files))


@pytest.fixture
def api() -> LikeApi:
    made = LikeApi()
    hidden_hashes(made).clear()
    return made


@pytest.fixture
def page(api: LikeApi, runner: Runner, qtbot: QtBot) -> Iterator[ReportPage]:
    whole = open_page(api, runner, qtbot)
    whole.open_media(PLAIN)
    settle(runner)
    assert whole.media is not None
    QTest.keyClick(whole.media.stage, Qt.Key.Key_C)
    settle(runner)
    assert whole.compare is not None
    yield whole
    whole.conceal()


@pytest.fixture
def pairs(page: ReportPage) -> ComparePage:
    assert page.compare is not None
    return page.compare


@pytest.fixture
def compare(pairs: ComparePage) -> CompareView:
    return pairs.compare


def hold(compare: CompareView, qtbot: QtBot, key: Qt.Key = Qt.Key.Key_3) -> None:
    QTest.keyPress(compare.stages[0], key)
    qtbot.waitUntil(lambda: all(stage.is_revealing() for stage in compare.stages))


def shas(api: LikeApi, kind: str) -> list[str]:
    return sorted(call[2] for call in api.calls if call[0] == kind)


def test_one_step_opens_both_and_records_both(compare: CompareView, api: LikeApi, qtbot: QtBot) -> None:
    assert not api.handed, "nothing is opened unasked"
    hold(compare, qtbot)
    assert shas(api, "reveal") == sorted([sha256_of(PLAIN), sha256_of(NEAR)])
    QTest.keyRelease(compare.stages[0], Qt.Key.Key_3)
    qtbot.waitUntil(lambda: not any(stage.is_revealing() for stage in compare.stages))
    qtbot.waitUntil(lambda: len(shas(api, "reveal ended")) == 2)


@pytest.mark.parametrize("end", ["focus", "next", "back", "judged", "too long"])
def test_whatever_ends_a_hold_blurs_both(
    end: str, page: ReportPage, pairs: ComparePage, compare: CompareView, api: LikeApi, qtbot: QtBot
) -> None:
    hold(compare, qtbot)
    buffers = [revealer.held_pixels()._rgb for revealer in compare.revealers if revealer.held_pixels() is not None]  # type: ignore[union-attr]
    assert len(buffers) == 2
    {
        "focus": lambda: QApplication.sendEvent(
            compare.stages[0], QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.OtherFocusReason)
        ),
        "next": lambda: compare.go(1),
        "back": page.close_compare,
        "judged": lambda: compare.record_answer(True),
        "too long": compare._longest.timeout.emit,
    }[end]()
    assert not any(stage.is_revealing() for stage in compare.stages)
    assert not any(any(buffer) for buffer in buffers), "the pixels are overwritten"
    qtbot.waitUntil(lambda: len(shas(api, "reveal ended")) == 2)


def test_the_ladder_is_climbed_in_order_and_begins_anew_with_each_pair(compare: CompareView, api: LikeApi, qtbot: QtBot) -> None:
    said: list[str] = []
    compare.said.connect(said.append)
    QTest.keyPress(compare.stages[0], Qt.Key.Key_4)
    QTest.keyRelease(compare.stages[0], Qt.Key.Key_4)
    assert said == ["Do step 3 first."]
    hold(compare, qtbot)
    QTest.keyRelease(compare.stages[0], Qt.Key.Key_3)
    assert compare.reached_step() is Rung.BLURRED
    compare.go(1)
    assert compare.reached_step() < Rung.BLURRED


def test_a_warning_of_either_stands_before_both(compare: CompareView, api: LikeApi, runner: Runner) -> None:
    compare.go(1)
    settle(runner)
    says = [stage.words_instead() for stage in compare.stages]
    assert says[1] is not None
    assert "infant" in says[1][0]
    assert says[0] is not None, "the harmless one waits too"
    compare.hold(Rung.BLURRED)
    assert not api.handed
    QTest.keyClick(compare.stages[0], Qt.Key.Key_2)
    assert [stage.words_instead() for stage in compare.stages] == [None, None]


def test_what_cannot_be_shown_or_was_hidden_is_said_and_the_other_one_opens(
    compare: CompareView, api: LikeApi, runner: Runner, qtbot: QtBot
) -> None:
    compare.go(1)
    compare.go(1)
    settle(runner)
    says = compare.stages[1].words_instead()
    assert says is not None
    assert says[0] == "Nothing can be shown"
    QTest.keyPress(compare.stages[0], Qt.Key.Key_3)
    qtbot.waitUntil(compare.stages[0].is_revealing)
    QTest.keyRelease(compare.stages[0], Qt.Key.Key_3)
    assert shas(api, "reveal") == [sha256_of(PLAIN)]


def test_a_word_goes_to_the_next_pair_and_can_be_taken_back(
    pairs: ComparePage, compare: CompareView, api: LikeApi, runner: Runner
) -> None:
    QTest.keyClick(compare.stages[0], Qt.Key.Key_S)
    settle(runner)
    assert pairs.at == 1
    QTest.keyClick(compare.stages[0], Qt.Key.Key_N)
    settle(runner)
    assert [call for call in api.calls if call[0] == "same"] == [
        ("same", sha256_of(PLAIN), sha256_of(NEAR), True),
        ("same", sha256_of(PLAIN), sha256_of(WARNED), False),
    ]
    pairs.go(-1)
    assert "You said: not the same." in texts(compare.panel)
    for place in (1, 0):
        QTest.keyClick(compare.stages[0], Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        settle(runner)
        assert pairs.at == place
    assert api.said == {}
    said: list[str] = []
    compare.said.connect(said.append)
    compare.undo()
    assert said == ["There is nothing to undo."]


def test_what_could_not_be_taken_back_stands_and_can_be_tried_again(
    pairs: ComparePage, compare: CompareView, api: LikeApi, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare.record_answer(False)
    settle(runner)

    def refused(*_: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(api, "decide_pair", refused)
        compare.undo()
        settle(runner)
    assert pairs.at == 0
    assert not compare.panel.said.isHidden() and compare.panel.said.text() == "You said: not the same."
    compare.undo()
    settle(runner)
    assert api.said == {}
    assert compare.panel.said.isHidden()


def test_the_report_of_each_file_comes_first_and_is_not_cut(compare: CompareView) -> None:
    """A long file name pushed the report's number out of sight."""
    assert all(name.text().startswith("report ") for name in compare._names)
    assert compare.panel.open.words().startswith("Open report ") and compare.panel.open._cap == "O"


def test_why_is_told_beside_them(compare: CompareView) -> None:
    said = texts(compare.panel)
    assert "PDQ: 38 of 256 bits differ, difference hash: 61 of 480 bits differ" in said
    assert "rotated left; this one: the middle, 10 % cut off around it" in said


def test_back_leads_to_the_medium(page: ReportPage, compare: CompareView) -> None:
    QTest.keyClick(compare.stages[0], Qt.Key.Key_Escape)
    assert page.compare is None
    assert page.media is not None
    assert page.media.at == PLAIN


def test_who_may_not_decide_says_nothing(runner: Runner, qtbot: QtBot) -> None:
    api = LikeApi(roles=frozenset({Role.AUDITOR}))
    whole = open_page(api, runner, qtbot)
    whole.open_compare(PLAIN)
    settle(runner)
    assert whole.compare is not None
    said: list[str] = []
    whole.compare.said.connect(said.append)
    whole.compare.compare.record_answer(True)
    assert said == ["Your roles do not allow decisions."]
    assert not api.said


def test_no_screenshot_shows_either_sharply_unless_held(
    page: ReportPage, compare: CompareView, api: LikeApi, runner: Runner, qtbot: QtBot
) -> None:
    pictures = [api.picture(sha256_of(place)) for place in (PLAIN, NEAR)]
    shot = sharpness.screenshot(page.window())
    assert all(sharpness.sharpest(shot, picture)[0] < sharpness.FOUND for picture in pictures)
    hold(compare, qtbot)
    shot = sharpness.screenshot(page.window())
    assert all(sharpness.sharpest(shot, picture)[0] > sharpness.FOUND for picture in pictures), "else this test could not fail"
    QTest.keyRelease(compare.stages[0], Qt.Key.Key_3)
    qtbot.waitUntil(lambda: not any(stage.is_revealing() for stage in compare.stages))
    shot = sharpness.screenshot(page.window())
    assert all(sharpness.sharpest(shot, picture)[0] < sharpness.FOUND for picture in pictures)
    assert page.report_id == MAIN
