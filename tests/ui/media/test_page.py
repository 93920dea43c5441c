"""Media stay blurred until a hand holds them open, and whatever takes the hand away blurs them again at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import sharpness
from tests.ui.fakes import MAIN, alike, sha256_of
from tests.ui.screens import PictureApi, open_page, settle, texts, wait_active
from tests.ui.used_again import REFUSAL, refusing_acts
from triage.errors import InputError
from triage.message import Message
from triage.model.casework import DISAGREE, WAITS
from triage.model.films import ShowFilm
from triage.model.match_way import FRAME_PDQ, MatchWay
from triage.model.matches import NearMatch, SharedFrames
from triage.model.media import Pixels, RevealStep
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.media import media_words, reveal
from triage.ui.media.grade_dialog import GradeDialog
from triage.ui.media.hidden_files import hidden_hashes
from triage.ui.media.page import MediaPage
from triage.ui.media.reveal import HeldPixels, overwrite
from triage.ui.report.page import ReportPage
from triage.ui.text import times
from triage.wellbeing import Exposure, Rung

PLAIN, WARNED, VIDEO, EXACT, ABSENT = 1, 0, 3, 4, 6
"""Places of files in the fake report: nothing said, a grave warning, can't be decoded, graded elsewhere, not here."""


@pytest.fixture(scope="module")
def whole(lasting_runner: Runner) -> Iterator[ReportPage]:
    """One page for all tests here: to build it is dear."""
    made = open_page(PictureApi(), lasting_runner, None)
    yield made
    made.host.close()  # type: ignore[attr-defined]
    made.host.deleteLater()  # type: ignore[attr-defined]  # else each later change of the look would dress it


@pytest.fixture
def api(whole: ReportPage) -> PictureApi:
    """As it was when the session began."""
    made = whole._api
    assert isinstance(made, PictureApi)
    made.forget()
    hidden_hashes(made).clear()
    return made


@pytest.fixture
def page(whole: ReportPage, api: PictureApi) -> Iterator[ReportPage]:
    whole.show()
    whole.window().showNormal()
    whole.window().activateWindow()
    QTest.qWaitForWindowActive(whole.window())  # a window without a person's keys will do
    yield whole
    whole.close_media()
    whole.view.strip.refresh()  # type: ignore[union-attr]


@pytest.fixture
def media(page: ReportPage, lasting_runner: Runner) -> MediaPage:
    page.open_media(PLAIN)
    settle(lasting_runner)
    assert page.media is not None
    return page.media


def hold(media: MediaPage, qtbot: QtBot, key: Qt.Key = Qt.Key.Key_3) -> None:
    QTest.keyPress(media.stage, key)
    qtbot.waitUntil(media.stage.is_revealing)


def release(media: MediaPage, qtbot: QtBot, key: Qt.Key = Qt.Key.Key_3) -> None:
    """Lets a key go, and waits until it counts as up: a repeat of the keyboard looks the same for a moment."""
    QTest.keyRelease(QApplication.focusWidget() or media.stage, key)
    qtbot.waitUntil(lambda: not media.stage.is_revealing())


def ended(api: PictureApi) -> int:
    return sum(call[0] == "reveal ended" for call in api.calls)


def test_nothing_is_revealed_unasked(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    for _ in range(len(media._report.files)):
        media.go(1)
    qtbot.wait(20)
    assert not api.handed
    assert set(api.previews) == {1024}, "all that comes unasked is a preview of 32 x 32"


def test_holding_reveals_and_letting_go_blurs(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    hold(media, qtbot)
    assert api.open == 1
    release(media, qtbot)
    qtbot.waitUntil(lambda: ended(api) == 1)
    assert api.open == 0


def _key_release(media: MediaPage) -> None:
    QTest.keyRelease(media.stage, Qt.Key.Key_3)


def _focus_out(media: MediaPage) -> None:
    QApplication.sendEvent(media.stage, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.OtherFocusReason))


def _focus_moves(media: MediaPage) -> None:
    media.hide_button.setFocus()


def _application_inactive(media: MediaPage) -> None:
    QApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)  # type: ignore[union-attr]


def _minimised(media: MediaPage) -> None:
    media.window().showMinimized()


def _hidden(media: MediaPage) -> None:
    media.window().hide()


def _closed(media: MediaPage) -> None:
    media.window().close()


def _other_file(media: MediaPage) -> None:
    media.go(1)


def _back(media: MediaPage) -> None:
    media.closed.emit()


def _locked(media: MediaPage) -> None:
    """As the main window does before the lock."""
    page = media.parent()
    while page is not None and not isinstance(page, ReportPage):
        page = page.parent()
    assert page is not None
    page.close()


def _held_too_long(media: MediaPage) -> None:
    media._longest.timeout.emit()


ENDS: list[Callable[[MediaPage], None]] = [
    _key_release, _focus_out, _focus_moves, _application_inactive, _minimised, _hidden, _closed, _other_file, _back, _locked,
    _held_too_long,
]  # fmt: skip


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
def test_whatever_ends_a_hold_drops_the_pixels(
    end: Callable[[MediaPage], None], media: MediaPage, api: PictureApi, qtbot: QtBot
) -> None:
    hold(media, qtbot)
    held = media.revealer.held_pixels()
    assert held is not None
    buffer = held._rgb
    end(media)
    if end is _key_release:
        qtbot.waitUntil(lambda: not media.stage.is_revealing())
    assert not media.stage.is_revealing()
    assert media.revealer.held_pixels() is None
    assert held.image() is None
    assert not any(buffer), "the pixels are overwritten, not only let go"
    qtbot.waitUntil(lambda: ended(api) == 1)


def test_another_window_takes_the_picture_away(media: MediaPage, qtbot: QtBot) -> None:
    hold(media, qtbot)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    wait_active(other)
    qtbot.waitUntil(lambda: not media.stage.is_revealing())


def test_what_the_jobs_handed_over_is_overwritten(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    hold(media, qtbot)
    assert not any(api.handed[0]), "a copy is kept while held, the original is zeroed at once"


def test_leaving_waits_for_the_record(
    page: ReportPage, media: MediaPage, api: PictureApi, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that closes right after must find the look recorded."""
    monkeypatch.setattr(media.revealer, "finish", partial(media.revealer.finish, 60))  # a busy machine records late
    hold(media, qtbot)
    page.conceal()
    assert ended(api) == 1


def test_a_reveal_that_comes_after_letting_go_is_never_shown(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    QTest.keyPress(media.stage, Qt.Key.Key_3)
    QTest.keyRelease(media.stage, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: ended(api) == 1)
    qtbot.wait(20)
    assert not media.stage.is_revealing()
    assert media.revealer.held_pixels() is None


def test_a_key_that_repeats_itself_is_one_hold(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    hold(media, qtbot)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress) * 3:
        QApplication.sendEvent(media.stage, QKeyEvent(kind, Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier, "3", True))
    assert media.stage.is_revealing()
    assert len(api.handed) == 1


def repeat_unmarked(widget: QWidget, times: int = 1) -> None:
    """As X repeats a held key: a release and a press that nothing marks as repeats."""
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress) * times:
        QApplication.sendEvent(widget, QKeyEvent(kind, Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier, "3", False))


def test_a_repeat_that_is_not_marked_as_one_neither_flickers_nor_is_another_view(
    media: MediaPage, api: PictureApi, qtbot: QtBot
) -> None:
    """Under X most repeats of a key are a release and a press like any: one hold made six records."""
    hold(media, qtbot)
    shown: list[bool] = []
    for _ in range(40):
        repeat_unmarked(media.stage)
        shown.append(media.stage.is_revealing())
    assert all(shown) and len(api.handed) == 1
    release(media, qtbot)
    qtbot.waitUntil(lambda: ended(api) == 1)
    assert api.open == 0 and len(api.handed) == 1


def _popup(media: MediaPage) -> None:
    menu = QMenu(media)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction("A line")
    menu.popup(QPoint(0, 0))


def _popup_without_focus(media: MediaPage) -> None:
    media.stage.clearFocus()
    media.hold(Rung.BLURRED)
    _popup(media)


def _dialog(media: MediaPage) -> None:
    dialog = QDialog(media)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


@pytest.mark.parametrize("end", [_focus_moves, _popup, _popup_without_focus, _dialog, _held_too_long])
def test_a_hold_ends_without_a_release_and_what_the_key_repeats_opens_nothing(
    end: Callable[[MediaPage], None], media: MediaPage, api: PictureApi, qtbot: QtBot
) -> None:
    hold(media, qtbot)
    end(media)
    assert not media.stage.is_revealing()
    repeat_unmarked(media.stage, 5)
    assert media.holding is None and not media.stage.is_revealing(), "the key was down all the time"
    qtbot.waitUntil(lambda: ended(api) == 1)
    for window in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
        if window is not None:
            window.close()
    media.stage.setFocus()
    QTest.keyRelease(media.stage, Qt.Key.Key_3)
    QTest.keyClick(media.stage, Qt.Key.Key_Shift)  # a keyboard repeats the last key alone
    hold(media, qtbot)


def test_a_release_that_another_widget_takes_ends_the_hold(media: MediaPage, qtbot: QtBot) -> None:
    hold(media, qtbot)
    other = QLineEdit()
    qtbot.addWidget(other)
    QTest.keyRelease(other, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: not media.stage.is_revealing())


def test_what_is_opened_again_at_once_is_the_same_view(
    media: MediaPage, api: PictureApi, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveal, "JOINED_SECONDS", 3_600.0)  # no machine is slow enough to miss it
    for _ in range(3):
        hold(media, qtbot)
        release(media, qtbot)
    assert len(api.handed) == 3 and not any(any(rgb) for rgb in api.handed), "rendered anew each time, and overwritten"
    assert sum(call[0] == "reveal" for call in api.calls) == 1 and ended(api) == 0
    hold(media, qtbot, Qt.Key.Key_4)
    release(media, qtbot, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: ended(api) == 1)
    QTest.keyClick(media.stage, Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: ended(api) == 2)
    assert [call[3] for call in api.calls if call[0] == "reveal"] == [RevealStep.BLURRED, RevealStep.EDGES]


def test_what_is_opened_again_later_is_another_view(
    media: MediaPage, api: PictureApi, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveal, "JOINED_SECONDS", 0.0)
    for _ in range(2):
        hold(media, qtbot)
        release(media, qtbot)
    qtbot.waitUntil(lambda: ended(api) == 2)


def test_the_other_hold_key_does_not_end_it(media: MediaPage, qtbot: QtBot) -> None:
    hold(media, qtbot)
    QTest.keyRelease(media.stage, Qt.Key.Key_4)
    assert media.stage.is_revealing()


def test_the_ladder_is_climbed_in_order(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    said: list[str] = []
    media.said.connect(said.append)
    QTest.keyPress(media.stage, Qt.Key.Key_5)
    QTest.keyRelease(media.stage, Qt.Key.Key_5)
    assert said == ["Do step 3 first."]
    assert not api.handed
    hold(media, qtbot)
    assert said == ["Do step 3 first.", ""], "step 3 was done: what asks for it is taken back"
    release(media, qtbot)
    qtbot.waitUntil(lambda: ended(api) == 1)
    for key in (Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6):
        hold(media, qtbot, key)
        release(media, qtbot, key)
    qtbot.waitUntil(lambda: ended(api) == 5)
    assert said == ["Do step 3 first.", ""]
    steps = [call[3] for call in api.calls if call[0] == "reveal"]
    assert steps == [RevealStep.BLURRED, RevealStep.BLURRED, RevealStep.EDGES, RevealStep.GREY, RevealStep.COLOUR]


def test_space_holds_the_step_one_is_on(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_3, Qt.Key.Key_4):
        hold(media, qtbot, key)
        release(media, qtbot, key)
    hold(media, qtbot, Qt.Key.Key_Space)
    QTest.keyRelease(media.stage, Qt.Key.Key_Space)
    assert [call[3] for call in api.calls if call[0] == "reveal"][-1] is RevealStep.EDGES


def test_space_holds_also_while_a_button_has_the_focus(media: MediaPage, qtbot: QtBot) -> None:
    media.hide_button.setFocus()
    QTest.keyPress(media.hide_button, Qt.Key.Key_Space)
    qtbot.waitUntil(media.stage.is_revealing)
    QTest.keyRelease(media.hide_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not media.stage.is_revealing())
    assert not media.is_hidden(), "Space did not press the button"


def test_the_mouse_on_the_picture_holds_it(media: MediaPage, qtbot: QtBot) -> None:
    centre = media.stage.rect().center()
    QTest.mousePress(media.stage, Qt.MouseButton.LeftButton, pos=centre)
    qtbot.waitUntil(media.stage.is_revealing)
    QTest.mouseRelease(media.stage, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not media.stage.is_revealing()


def test_the_mouse_beside_the_picture_does_not(media: MediaPage, api: PictureApi) -> None:
    QTest.mousePress(media.stage, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert media.holding is None


def test_the_mouse_on_a_step_holds_it(media: MediaPage, qtbot: QtBot) -> None:
    button = media.panel.ladder.buttons[Rung.BLURRED]
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(media.stage.is_revealing)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert not media.stage.is_revealing()


def test_a_latch_stands_in_for_holding_and_ends_by_itself(media: MediaPage, qtbot: QtBot) -> None:
    QTest.keyClick(media.stage, Qt.Key.Key_L)
    qtbot.waitUntil(media.stage.is_revealing)
    assert media._latched.isActive()
    media._latched.setInterval(0)  # its time is up
    qtbot.waitUntil(lambda: not media.stage.is_revealing())


def test_a_latch_is_closed_by_its_key(media: MediaPage, qtbot: QtBot) -> None:
    QTest.keyClick(media.stage, Qt.Key.Key_L)
    qtbot.waitUntil(media.stage.is_revealing)
    QTest.keyClick(media.stage, Qt.Key.Key_L)
    assert not media.stage.is_revealing()


def test_a_warning_stands_before_the_picture(page: ReportPage, media: MediaPage, api: PictureApi) -> None:
    media.show_file(WARNED)
    assert media.stage.words_instead() is not None
    assert "infant" in media.stage.words_instead()[0]  # type: ignore[index]
    media.hold(Rung.BLURRED)
    assert not api.handed
    QTest.keyClick(media.stage, Qt.Key.Key_2)
    assert media.stage.words_instead() is None


def test_no_warning_stated_is_not_none(media: MediaPage) -> None:
    assert media.panel.warning.text() == "No warning stated by the provider."


def test_known_says_how_and_by_whom(media: MediaPage) -> None:
    media.show_file(EXACT)
    said = " ".join(texts(media.panel))
    assert "known, exact. Exact copy in drawn-2 of 2026-11-03." in said
    assert "Graded Comparison by lhr-02" in said
    assert "No need to open it" in said


def test_what_a_film_has_in_common_with_others_is_said(whole: ReportPage) -> None:
    share = SharedFrames(relation="part", found=9, frames=10, other_found=9, other_frames=40, distinct=3, quality=80)
    near = NearMatch(
        sha256="ab" * 32,
        names=("b.mp4",),
        tier="possible",
        way=MatchWay(hash_kind=FRAME_PDQ, distance=6),
        reports=("900000007",),
        lists=(),
        film=share,
    )
    looked = ShowFilm(frames=10, looked=90, flat=2, still=78, not_checked=(Message("1 of 2 video tracks"),), crowd=0)
    file = replace(whole.report.files[VIDEO], film=looked, in_films=(near,))  # type: ignore[union-attr]
    assert media_words.describe_videos(file) == [
        "sampled frames compared: 10 of 90",
        "not checked: 1 of 2 video tracks",
        "possibly: this film is a part of that one, matching frames: 9/10 of this video, 9/40 of the other, 900000007",
    ]


FRAMES = (0, 400, 12_300)


@pytest.fixture
def film(page: ReportPage, api: PictureApi, lasting_runner: Runner) -> Iterator[MediaPage]:
    """The page on a film whose frames are known."""
    report = page.report
    assert report is not None
    looked = ShowFilm(frames=3, looked=90, flat=2, still=78, not_checked=(), crowd=0)
    files = list(report.files)
    files[VIDEO] = replace(files[VIDEO], film=looked, problem=None)
    page.report, api.times = replace(report, files=tuple(files)), FRAMES
    page.open_media(VIDEO)
    settle(lasting_runner)
    assert page.media is not None
    yield page.media
    page.report, api.times = report, ()


def test_one_frame_of_a_film_is_opened_alone(film: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    hold(film, qtbot)
    release(film, qtbot)
    for _ in range(2):
        QTest.keyClick(film.stage, Qt.Key.Key_Period)
    assert film.stage.words_instead() == ("frame 2 of 3, at 0.4 s", "Hold 3 to open this frame alone, blurred.")
    assert film.reached_step() is Rung.VERDICT, "another frame is another picture: it begins blurred"
    hold(film, qtbot)
    QTest.keyRelease(film.stage, Qt.Key.Key_3)
    QTest.keyClick(film.stage, Qt.Key.Key_Period)
    QTest.keyClick(film.stage, Qt.Key.Key_Period)
    hold(film, qtbot)
    QTest.keyRelease(film.stage, Qt.Key.Key_3)
    QTest.keyClick(film.stage, Qt.Key.Key_0)
    assert film.stage.words_instead() is None, "the sheet again"
    qtbot.waitUntil(lambda: ended(api) == 3)
    assert api.frames == [None, 400, 12_300]


def test_going_to_another_frame_blurs_at_once(film: MediaPage, qtbot: QtBot) -> None:
    QTest.keyClick(film.stage, Qt.Key.Key_Comma)
    assert film.frames.at_ms == FRAMES[-1], "from the sheet backwards to the last"
    hold(film, qtbot)
    film.frames.go(-1)
    assert not film.stage.is_revealing()


def test_a_picture_has_no_frames(media: MediaPage, api: PictureApi) -> None:
    QTest.keyClick(media.stage, Qt.Key.Key_Period)
    assert media.frames.at_ms is None
    assert not media.frames.isVisible()


def grading(page: ReportPage, **fields: Any) -> GradeDialog:
    """The dialog on the plain file, which has got these fields."""
    assert page.report is not None
    assert page.media is not None
    files = list(page.report.files)
    files[PLAIN] = replace(files[PLAIN], **fields)
    page.media.show_report(replace(page.report, files=tuple(files)))
    QTest.keyClick(page.media.stage, Qt.Key.Key_G)
    dialog = page.media.findChild(GradeDialog)
    assert dialog is not None
    dialog.activateWindow()
    while QApplication.activeWindow() is not dialog:  # qWaitForWindowActive comes back before that
        QTest.qWait(5)
    return dialog


def test_a_file_is_graded_by_letter_and_its_likes_by_number(
    page: ReportPage, media: MediaPage, api: PictureApi, lasting_runner: Runner
) -> None:
    near = {"tier": "match", "dhash_distance": None}
    seen = alike(EXACT, distance=9, grade="seen by lhr-02 at 2026-11-24 10:00 UTC", graded="adult", seen=True, **near)
    dialog = grading(page, alike=(alike(2, distance=4, **near), seen, alike(5)), seen_in=("900098112",))
    said = texts(dialog)
    assert "One verdict covers the same bytes in 2 reports." in said
    assert "You have not viewed this file; a grade states that you did." in said
    assert any(text.startswith("will state: grade from this image, distance 4") for text in said)
    assert any("its own grade stays" in text for text in said)
    assert len(dialog.ticks) == 2, "what is only possible inherits nothing"
    for key in (Qt.Key.Key_D, Qt.Key.Key_1, Qt.Key.Key_2):
        QTest.keyClick(dialog, key)
    with refusing_acts(lasting_runner):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        dialog.close()
        settle(lasting_runner)
    assert dialog.isVisible() and dialog.isEnabled() and dialog.problem.text() == REFUSAL
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(lasting_runner)
    more = {"also": [sha256_of(2)], "for_court": False, "settle": False}
    assert ("grade", MAIN, sha256_of(PLAIN), "adult", more) in api.calls
    with refusing_acts(lasting_runner):
        media.undo()
        settle(lasting_runner)
    media.undo()
    settle(lasting_runner)
    assert ("take back grade", MAIN, sha256_of(PLAIN)) in api.calls


@pytest.mark.parametrize(("state", "decides"), [(WAITS, False), (DISAGREE, True)])
def test_a_lead_decides_between_two_grades_in_the_words_of_the_store(
    page: ReportPage, media: MediaPage, state: str, decides: bool
) -> None:
    assert page.report is not None
    verdict = replace(page.report.files[PLAIN].verdict, grade=None, grade_state=state)
    assert grading(page, verdict=verdict).settle.isVisible() == decides


def test_a_grade_is_taken_over_from_what_somebody_saw(
    page: ReportPage, media: MediaPage, api: PictureApi, lasting_runner: Runner
) -> None:
    seen = alike(
        EXACT, tier="match", dhash_distance=None, grade="seen by lhr-02 at 2026-11-24 10:00 UTC", graded="adult", seen=True
    )
    dialog = grading(page, alike=(seen,))
    QTest.keyClick(dialog, Qt.Key.Key_T)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(lasting_runner)
    assert ("inherit", MAIN, sha256_of(PLAIN), sha256_of(EXACT)) in api.calls


def test_what_is_not_here_is_not_graded(media: MediaPage) -> None:
    media.show_file(ABSENT)
    said: list[str] = []
    media.said.connect(said.append)
    media.grade()
    media.compare()
    assert said == [
        "The file is not stored, so it can't be graded.",
        "Nothing in this store matches this file, not even possibly.",
    ]


def test_tri_states_stay_apart(media: MediaPage) -> None:
    media.show_file(EXACT)
    said = texts(media.panel)
    assert said[said.index("Viewed by provider") + 1] == "not stated"
    media.show_file(VIDEO)
    said = texts(media.panel)
    assert said[said.index("Viewed by provider") + 1] == "no"
    assert said[said.index("Publicly available") + 1] == "yes"


def test_class_is_always_called_a_class(media: MediaPage) -> None:
    said = texts(media.panel)
    assert "class A2: prepubescent, lascivious exhibition" in said
    assert "A2" not in said


@pytest.mark.parametrize("at", [VIDEO, ABSENT])
def test_what_has_no_picture_opens_nothing(at: int, media: MediaPage, api: PictureApi) -> None:
    media.show_file(at)
    assert media.stage.words_instead() is not None
    media.hold(Rung.BLURRED)
    media.toggle_latch()
    assert not api.handed


def test_hiding_is_for_oneself_and_can_be_undone(page: ReportPage, media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    QTest.keyClick(media.stage, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert media.stage.words_instead() == ("You hid this item", "Only from you, until you lock. Ctrl H shows it again.")
    media.hold(Rung.BLURRED)
    assert not api.handed
    page.close_media()
    assert page.view is not None
    assert page.view.strip.thumbs[PLAIN].is_hidden
    page.open_media(PLAIN)
    assert page.media is not None
    QTest.keyClick(page.media.stage, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.media.stage.words_instead() is None
    assert not page.view.strip.thumbs[PLAIN].is_hidden


def test_another_session_sees_what_this_one_hid(media: MediaPage) -> None:
    media.toggle_hidden()
    assert hidden_hashes(media._api)
    assert not hidden_hashes(PictureApi())


def test_arrows_and_letters_go_through_the_files(media: MediaPage) -> None:
    QTest.keyClick(media.stage, Qt.Key.Key_Right)
    assert media.at == PLAIN + 1
    QTest.keyClick(media.stage, Qt.Key.Key_K)
    QTest.keyClick(media.stage, Qt.Key.Key_Left)
    assert media.at == PLAIN - 1
    said: list[str] = []
    media.said.connect(said.append)
    QTest.keyClick(media.stage, Qt.Key.Key_Left)
    assert media.at == 0
    assert said == ["This is the first file."]


def test_every_file_begins_at_the_foot_of_the_ladder(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    hold(media, qtbot)
    media.go(1)
    assert media.current is Rung.VERDICT
    assert media.reached[media.at] is Rung.VERDICT


def test_a_picture_that_cannot_be_rendered_says_so(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    def broken(*asked: object) -> object:
        raise InputError("This medium can't be rendered.")

    api.reveal = broken  # type: ignore[assignment,method-assign]
    with qtbot.waitSignal(media.said) as said:
        QTest.keyPress(media.stage, Qt.Key.Key_3)
    assert said.args == ["This medium can't be rendered."]
    assert media.holding is None
    assert media.reached[media.at] < Rung.BLURRED


def test_our_own_mistake_keeps_it_blurred(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    def broken(*asked: object) -> object:
        raise ZeroDivisionError

    api.reveal = broken  # type: ignore[assignment,method-assign]
    with qtbot.waitSignal(media.said) as said:
        QTest.keyPress(media.stage, Qt.Key.Key_3)
    assert "stays blurred" in said.args[0]


def test_roles_without_the_right_open_nothing(lasting_runner: Runner, qtbot: QtBot) -> None:
    api = PictureApi(roles=frozenset({Role.AUDITOR}))
    page = open_page(api, lasting_runner, qtbot)
    page.open_media(PLAIN)
    assert page.media is not None
    said: list[str] = []
    page.media.said.connect(said.append)
    page.media.hold(Rung.BLURRED)
    assert said == ["Your roles do not allow you to open media."]
    assert not api.handed


def test_a_break_is_advised_and_only_advised(media: MediaPage, api: PictureApi, qtbot: QtBot) -> None:
    assert not media.panel.advice.isVisible()
    now = times.now()
    api.looked = [
        Exposure(step=RevealStep.GREY, medium=n, began=now - timedelta(minutes=50 - n * 5), lasted=timedelta(seconds=2))
        for n in range(10)
    ]
    hold(media, qtbot)
    QTest.keyRelease(media.stage, Qt.Key.Key_3)
    qtbot.waitUntil(media.panel.advice.isVisible)
    assert "Only you see this" in media.panel.advice.text()
    hold(media, qtbot)


def test_a_reveal_of_a_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="size"):
        HeldPixels(Pixels(4, 4, bytes(3)))


def test_overwriting_leaves_short_bytes_alone() -> None:
    overwrite(b"")
    overwrite(b"x")
    assert bytes([120]) == b"x"


def test_sharp_regions_show_only_during_a_reveal(page: ReportPage, api: PictureApi, lasting_runner: Runner, qtbot: QtBot) -> None:
    """The proof: no screenshot shows the known picture sharply but the one taken while it is held, and that one does."""
    picture = api.picture(page.report.files[PLAIN].sha256 or "")  # type: ignore[union-attr]
    page.view.area.ensureWidgetVisible(page.view.strip)  # type: ignore[union-attr]
    settle(lasting_runner)
    assert sharpness.sharpest(sharpness.screenshot(page.window()), picture)[0] < sharpness.FOUND, "the strip is blurred"
    page.open_media(PLAIN)
    media = page.media
    assert media is not None
    settle(lasting_runner)
    assert sharpness.sharpest(sharpness.screenshot(page.window()), picture)[0] < sharpness.FOUND, "the preview is blurred"
    hold(media, qtbot)
    found, width = sharpness.sharpest(sharpness.screenshot(page.window()), picture)
    assert found > sharpness.FOUND, "else this test could not fail"
    assert width > 400
    release(media, qtbot)
    assert sharpness.sharpest(sharpness.screenshot(page.window()), picture)[0] < sharpness.FOUND, "blurred again"


@pytest.mark.parametrize("width", [111, 640])
def test_the_search_would_find_a_sharp_picture_of_any_size(width: int, app: QApplication, qtbot: QtBot) -> None:
    """The control of the proof above: drawn small or large, somewhere in a window, it is found."""
    picture = sharpness.known_picture(7)
    image = QImage(picture.tobytes(), 480, 360, 480, QImage.Format.Format_Grayscale8)
    window, shown = QWidget(), QLabel()
    shown.setPixmap(QPixmap.fromImage(image).scaledToWidth(width, Qt.TransformationMode.SmoothTransformation))
    shown.setParent(window)
    shown.move(37, 23)
    qtbot.addWidget(window)
    window.resize(900, 620)
    window.show()
    assert sharpness.sharpest(sharpness.screenshot(window), picture)[0] > sharpness.FOUND
    assert sharpness.sharpest(sharpness.screenshot(window), sharpness.known_picture(8))[0] < sharpness.FOUND, "another one"
